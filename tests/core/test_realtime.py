"""Sockets of plugins: who may, what comes back, and that nothing of a stream is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core.access.actors import SYSTEM
from core.access.appointments import end_appointments
from core.contents.models import Content
from core.contents.operations import hide
from core.contract.registry import registry_of
from core.people.operations import change_profile
from core.people.sessions import end_sessions
from core.platform.db import db, operation
from core.platform.signals import signals_of
from core.realtime import connections
from core.realtime.connections import BURST, MOST_CONNECTIONS
from core.realtime.hub import hub_of
from core.realtime.models import StreamEntry, StreamRow
from core.realtime.streams import BATCH
from core.testing.cast import Turned
from core.testing.sockets import Socket
from core.testing.switches import switch_plugin
from tests.core.realtime_kit import Stage


@pytest.fixture
def stage(app: Flask, site_with_talk: Flask) -> Stage:
    return Stage.of(site_with_talk)


def texts(socket: Socket) -> list[str]:
    return [entry["text"] for entry in socket.entries()]


# ---- Words that reach everybody


def test_a_line_reaches_everybody_in_the_room_with_its_number(stage: Stage) -> None:
    one, other = stage.listener(stage.anna), stage.listener(stage.boris)
    assert stage.say(one, "Здравствуйте", "first") == {"number": 1}
    assert stage.say(other, "Добрый день") == {"number": 2}
    for socket in (one, other):
        came = socket.entries()
        assert [(e["number"], e["text"]) for e in came] == [(1, "Здравствуйте"), (2, "Добрый день")]
        assert (came[0]["by"], came[0]["mark"], came[0]["kind"]) == (stage.anna.id, "first", "line")


def test_what_is_sent_twice_is_stored_once(stage: Stage) -> None:
    one = stage.listener(stage.anna)
    assert stage.say(one, "Один раз", "mark") == stage.say(one, "Один раз", "mark")
    assert stage.say(stage.listener(stage.boris), "Другой", "mark") == {"number": 2}
    assert texts(one) == ["Один раз", "Другой"]


def test_who_comes_back_gets_what_was_missed_and_then_what_is_new(stage: Stage) -> None:
    one = stage.listener(stage.anna)
    for text in ("раз", "два", "три"):
        stage.say(one, text)
    other = stage.socket(stage.boris)
    missed = other.join("talk.room", stage.room.id, after=1)
    assert [e["text"] for e in missed["entries"]] == ["два", "три"]
    stage.say(one, "четыре")
    assert texts(other) == ["четыре"]
    again = other.send("missed", stream="talk.room", activity=stage.room.id, after=3)
    assert [e["number"] for e in again["entries"]] == [4]


def test_more_than_a_batch_is_caught_up_with_in_turns(stage: Stage) -> None:
    with stage.app.app_context():
        _fill(SYSTEM, stage.room.id, BATCH + 7)
    socket = stage.socket(stage.anna)
    first = socket.join("talk.room", stage.room.id)
    assert len(first["entries"]) == BATCH
    assert first["more"]
    rest = socket.join("talk.room", stage.room.id, after=first["entries"][-1]["number"])
    assert [e["number"] for e in rest["entries"]] == list(range(BATCH + 1, BATCH + 8))
    assert not rest["more"]


@operation
def _fill(actor: object, activity: int, count: int) -> None:
    row = StreamRow(address=f"talk.room:{activity}:0", activity_id=activity, last_number=count)
    db.session.add(row)
    db.session.flush()
    for number in range(1, count + 1):
        db.session.add(StreamEntry(stream_id=row.id, number=number, kind="line", subject_id=number))


def test_of_what_is_out_of_sight_only_the_number_comes(stage: Stage) -> None:
    one = stage.listener(stage.anna)
    stage.say(one, "Это исчезнет")
    with stage.app.app_context():
        hide(SYSTEM, db.session.get_one(Content, one.entries()[0]["id"]), "не по теме")
    assert stage.socket(stage.boris).join("talk.room", stage.room.id)["entries"] == [{"number": 1}]


def test_what_was_stored_without_a_signal_is_sent_all_the_same(stage: Stage) -> None:
    socket = stage.listener(stage.anna)
    hub = hub_of(stage.app)
    signals, hub.app.extensions["sreda-signals"].hearers = (
        hub.app.extensions["sreda-signals"].hearers, {},
    )  # fmt: skip
    stage.say(socket, "Тихо")
    hub.app.extensions["sreda-signals"].hearers = signals
    assert texts(socket) == []
    with stage.app.app_context():
        hub.catch_up()
    assert texts(socket) == ["Тихо"]


# ---- Who may


def test_a_refusal_is_a_sentence_in_the_readers_language(stage: Stage) -> None:
    reader = stage.cast.member(stage.community, locale="en")
    socket = stage.socket(reader)
    assert socket.send("say", activity=stage.room.id, mark="x", text=" ") == {
        "error": "Write something, up to 2000 characters.", "status": 400,
    }  # fmt: skip
    assert socket.send("dance")["status"] == 400
    assert "error" in stage.socket(stage.anna).send("say", activity=stage.room.id)


def test_whoever_signs_out_is_out_of_every_room(stage: Stage) -> None:
    browser = stage.cast.browser(stage.anna)
    socket = Socket(stage.app, browser, "/talk")
    socket.join("talk.room", stage.room.id)
    browser.post("/sign-out")
    assert not socket.is_connected
    stage.say(stage.listener(stage.boris), "Только для своих")
    assert texts(socket) == []


def test_a_session_that_is_ended_elsewhere_closes_its_sockets(stage: Stage) -> None:
    socket = stage.listener(stage.anna)
    with stage.app.test_request_context():
        end_sessions(SYSTEM, stage.anna.id)
    assert not socket.is_connected


@pytest.mark.parametrize("how", ["excluded", "role ended", "off here", "off", "draft", "deleted"])
def test_whoever_loses_the_right_hears_nothing_more(stage: Stage, how: str) -> None:
    socket = stage.listener(stage.anna)
    speaker = stage.listener(stage.cast.staff(stage.community))
    _lose(stage, how)
    assert [told["room"] for told in socket.received("out")] == [f"talk.room:{stage.room.id}:0"]
    stage.say(speaker, "Без неё")
    assert texts(socket) == []
    assert stage.say(socket, "А я скажу")["status"] in (403, 404)


def _lose(stage: Stage, how: str) -> None:
    with stage.app.test_request_context():
        if how == "excluded":
            coordinator = stage.cast.browser(stage.cast.staff(stage.community, "coordinator"))
            page = f"/c/maths/people/{stage.anna.id}/exclude"
            assert coordinator.post(page, data={"reason": "правила"}).status_code in (302, 303)
        elif how == "role ended":
            _dismiss(SYSTEM, stage.community.id, stage.anna.id)
    if how == "off here":
        switch_plugin(stage.app, "talk", stage.community.id, False)
    elif how == "off":
        switch_plugin(stage.app, "talk", None, False)
    elif how in ("draft", "deleted"):
        with stage.app.app_context():
            _hide(SYSTEM, stage.room.id, delete=how == "deleted")


@operation
def _dismiss(actor: object, community: int, person: int) -> None:
    end_appointments(community, person)


@operation
def _hide(actor: object, number: int, *, delete: bool) -> None:
    from core.activities.models import Activity

    activity = db.session.get_one(Activity, number)
    if delete:
        db.session.delete(activity)
    else:
        activity.state = "draft"


def test_a_right_that_ends_by_the_clock_ends_in_the_room_too(stage: Stage, clock: Turned) -> None:
    socket = stage.listener(stage.anna)
    with stage.app.app_context():
        _end_tomorrow(SYSTEM, stage.anna.id)
    assert socket.received("out") == []
    clock.turn(timedelta(days=2))
    with stage.app.app_context():
        hub_of(stage.app).recheck()
    assert len(socket.received("out")) == 1


@operation
def _end_tomorrow(actor: object, person: int) -> None:
    from sqlalchemy import update

    from core.access.models import Appointment
    from core.platform.db import utcnow

    db.session.execute(
        update(Appointment)
        .where(Appointment.user_id == person)
        .values(ends_at=utcnow() + timedelta(days=1))
    )


# ---- How much


def test_whoever_sends_too_much_is_told_to_wait_and_then_cut_off(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "EACH_SECOND", 0.0)
    socket = stage.socket(stage.anna)
    answers = [socket.send("say", activity=stage.room.id) for _ in range(BURST + 40)]
    assert answers[0]["status"] == 400
    assert answers[-1]["status"] == 429
    assert answers[-1]["retry_after"] == 1
    assert stage.socket(stage.boris).send("say", activity=stage.room.id)["status"] == 400
    for _ in range(400):
        if socket.is_connected:
            socket.send("say", activity=stage.room.id)
    assert not socket.is_connected


def test_nobody_opens_sockets_without_end(stage: Stage) -> None:
    opened = [stage.socket(stage.anna) for _ in range(MOST_CONNECTIONS + 1)]
    assert [socket.is_connected for socket in opened[-2:]] == [True, False]
    opened[0].close()
    assert stage.socket(stage.anna).is_connected


@pytest.mark.parametrize("text", ["а" * 20_001, "\x00", "\ud800", "  "])
def test_text_that_cannot_be_stored_is_refused_with_a_sentence(stage: Stage, text: str) -> None:
    answer = stage.listener(stage.anna).send("say", activity=stage.room.id, mark="m", text=text)
    assert answer.get("status") in (400, 413) or answer == {"number": 1}


def test_a_stream_that_one_may_not_read_is_not_joined_by_any_address(stage: Stage) -> None:
    socket = stage.socket(stage.cast.user())
    for facts in (
        {"stream": "talk.room", "activity": stage.room.id},
        {"stream": "talk.room", "activity": stage.room.id, "key": 1},
        {"stream": "talk.room"},
        {"stream": "talk.other", "activity": stage.room.id},
        {"stream": "forum.room", "activity": stage.room.id},
    ):
        assert socket.send("join", **facts)["status"] in (403, 404)
        assert socket.send("missed", **facts)["status"] in (403, 404)
    assert stage.socket(stage.anna).send(
        "missed", stream="talk.room", activity=stage.room.id
    )["status"] == 404  # fmt: skip


# ---- At the door of the house

FAULTY = {
    "on_say_nothing": (
        "def on_say_nothing(self, activity: Activity) -> None: ...", "says nothing about access",
    ),
    "on_public": (
        "@public\n    def on_public(self) -> None: ...", "sockets are for people with an account",
    ),
    "on_unknown": (
        "@requires('faulty.fly')\n    def on_unknown(self) -> None: ...", "nobody knows",
    ),
    "on_strange": (
        "@signed_in\n    def on_strange(self, what: object) -> None: ...", "no event can bring",
    ),
    "on_together": (
        "@signed_in\n    @together(list)\n    def on_together(self) -> None: ...",
        "takes no activity",
    ),
    "on_join": ("@signed_in\n    def on_join(self) -> None: ...", "core answers 'join' itself"),
    "stream": (
        "streams = (Stream(name='other.room', reads=SIGNED_IN, entries=dict),)",
        "does not begin with",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTY)
def test_a_namespace_with_a_fault_is_not_taken_in(
    install_plugin: Callable[..., None], make_app: Callable[..., Flask], fault: str
) -> None:
    body, sentence = FAULTY[fault]
    source = f"""
class Faulty(ActivityNamespace):
    {body}


@hookimpl
def plugin_manifest():
    return Plugin(name="faulty", title="Faulty", version="1.0", namespaces=(Faulty,))
"""
    install_plugin("faulty", source)
    aside = {left.name: left.reason for left in registry_of(make_app()).quarantined}
    assert sentence in aside["faulty"]


# ---- Who is there


def names(answer: dict[str, Any]) -> list[str]:
    return [person["name"] for person in answer["people"]]


def test_readers_see_who_is_there_and_who_is_typing(stage: Stage) -> None:
    one = stage.listener(stage.anna)
    other = stage.listener(stage.boris)
    place = {"stream": "talk.room", "activity": stage.room.id}
    told = one.received("people")[-1]
    assert told["count"] == 2
    assert {person["id"] for person in told["people"]} == {stage.anna.id, stage.boris.id}
    assert names(other.send("people", **place)) == names(told)
    other.send("typing", **place)
    other.send("typing", **place)
    assert [told["id"] for told in one.received("typing")] == [stage.boris.id]
    other.close()
    assert [p["id"] for p in one.received("people")[-1]["people"]] == [stage.anna.id]


def test_whoever_wants_to_stay_unseen_is_told_to_nobody(stage: Stage) -> None:
    one = stage.listener(stage.anna)
    hidden = stage.listener(stage.cast.member(stage.community, invisible=True))
    place = {"stream": "talk.room", "activity": stage.room.id}
    hidden.send("typing", **place)
    assert one.received("typing") == []
    assert one.send("people", **place)["count"] == 1
    assert hidden.send("people", **place)["count"] == 1


def test_whoever_hides_while_in_the_room_is_gone_from_it_at_once(stage: Stage) -> None:
    one, other = stage.listener(stage.anna), stage.listener(stage.boris)
    assert one.received("people")[-1]["count"] == 2
    for is_hidden, ids in ((True, [stage.anna.id]), (False, [stage.anna.id, stage.boris.id])):
        with stage.app.test_request_context():
            change_profile(SYSTEM, stage.boris.id, invisible=is_hidden)
        assert [p["id"] for p in one.received("people")[-1]["people"]] == ids
        other.send("typing", stream="talk.room", activity=stage.room.id)
        assert bool(one.received("typing")) is not is_hidden


def test_a_service_tells_the_others_whom_it_has(stage: Stage) -> None:
    one = stage.listener(stage.anna)
    room = f"talk.room:{stage.room.id}:0"
    there = [[7, "Яковлева\xa0Я."]]
    with stage.app.app_context():
        signals_of(stage.app).take({"present": [(room, "another service", there, 1)]})
    assert one.received("people")[-1]["count"] == 2
    with stage.app.app_context():
        signals_of(stage.app).take({"present": [(room, "another service", [], 0)]})
        signals_of(stage.app).take({"typing": [(room, 7, "Яковлева\xa0Я.")]})
    assert one.received("people")[-1]["count"] == 1
    assert one.received("typing")[0]["name"] == "Яковлева\xa0Я."

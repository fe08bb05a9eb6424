"""Events that come in the same moment: stored together, each answered as if it had come alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask

from core.access.actors import SYSTEM
from core.access.appointments import end_appointments
from core.errors import Missing
from core.people.sessions import end_sessions
from core.platform import i18n
from core.platform.db import operation
from core.platform.sockets import sockets_of
from core.realtime.hub import AT_ONCE, hub_of
from core.realtime.together import Turns
from core.testing.cast import Made
from core.testing.count import QueryCount
from core.testing.sockets import Socket
from tests.core.realtime_kit import Stage

Answer = dict[str, Any]


@pytest.fixture
def stage(app: Flask, site_with_talk: Flask) -> Stage:
    return Stage.of(site_with_talk)


@contextmanager
def desk_taken(stage: Stage) -> Iterator[Turns]:
    """While others are at the desk nobody's turn comes; what waits for the event "say"."""
    hub = hub_of(stage.app)
    door = sockets_of(stage.app).namespace_handlers["/talk"]
    for _ in range(AT_ONCE):
        hub.desk.acquire()
    try:
        yield door.handlers["say"].turns
    finally:
        for _ in range(AT_ONCE):
            hub.desk.release()


def at_once(
    stage: Stage, sockets: Sequence[Socket], texts: Sequence[str],
    meanwhile: Callable[[], None] = lambda: None,
) -> list[Answer]:  # fmt: skip
    """Let each say something while the desk is taken, so that all but the first go together."""
    with ThreadPoolExecutor(len(sockets)) as pool:
        sent: list[Future[Answer]] = []
        with desk_taken(stage) as turns:
            for socket, text in zip(sockets, texts, strict=True):
                sent.append(pool.submit(lambda s, t: dict(stage.say(s, t)), socket, text))
                # The first is alone in its turn, and the others come after it in their order.
                _until(lambda: waiting(turns) == len(sent) - 1)
            meanwhile()
        return [each.result(30) for each in sent]


def waiting(turns: Turns) -> int:
    """How many wait for the next turn while one is under way; -1 when none is."""
    return sum(map(len, turns.queues.values())) if turns.queues else -1


def _until(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.005)


def members(stage: Stage, count: int) -> list[Made]:
    return [stage.cast.member(stage.community) for _ in range(count)]


def test_what_many_say_at_once_has_an_order_and_costs_as_much_as_two_messages(stage: Stage) -> None:
    sockets = [stage.listener(person) for person in members(stage, 12)]
    texts = [f"строка {number}" for number in range(12)]
    stage.say(sockets[0], "раньше")
    with QueryCount(stage.app) as two:
        at_once(stage, sockets[:2], ["один", "другой"])
    with QueryCount(stage.app) as twelve:
        answers = at_once(stage, sockets, texts)
    assert [answer["number"] for answer in answers] == list(range(4, 16))
    for socket in sockets:
        assert [(e["number"], e["text"]) for e in socket.entries()][-12:] == [
            (number + 4, text) for number, text in enumerate(texts)
        ]
    own = [s for s in twelve.statements if "talk_lines" not in s or s.startswith("INSERT")]
    assert len(own) <= two.number


def test_the_names_are_those_of_whoever_said_it(stage: Stage) -> None:
    people = members(stage, 5)
    sockets = [stage.listener(person) for person in people]
    at_once(stage, sockets, [str(person.id) for person in people])
    assert [(e["by"], e["text"]) for e in sockets[0].entries()] == [
        (person.id, str(person.id)) for person in people
    ]


def test_who_has_lost_the_right_meanwhile_is_refused_and_nobody_else(stage: Stage) -> None:
    first, out, ended, last = members(stage, 4)
    sockets = [stage.listener(person) for person in (first, out, ended, last)]

    @operation
    def end(actor: object) -> None:
        end_appointments(stage.community.id, out.id)

    def lose() -> None:
        with stage.app.app_context():
            end(SYSTEM)
            end_sessions(SYSTEM, ended.id)

    answers = at_once(stage, sockets, ["а", "б", "в", "г"], meanwhile=lose)
    assert [answers[0], answers[3]] == [{"number": 1}, {"number": 2}]
    assert answers[1]["status"] == 404
    assert "number" not in answers[2]
    assert not sockets[2].is_connected
    assert [e["text"] for e in sockets[3].entries()] == ["а", "г"]


def test_looking_at_everybodys_rights_costs_no_more_for_many(stage: Stage) -> None:
    people = members(stage, 20)
    sockets = [stage.listener(person) for person in people]

    def look() -> int:
        with stage.app.app_context(), QueryCount(stage.app) as counted:
            hub_of(stage.app).recheck()
        return counted.number

    twenty = look()
    for socket in sockets[2:]:
        socket.close()
    assert look() == twenty <= 8


def test_each_is_refused_in_the_language_of_their_browser(stage: Stage) -> None:
    english = stage.cast.member(stage.community, locale="en")
    people = [*members(stage, 2), english, stage.anna]
    answers = at_once(stage, [stage.listener(p) for p in people], ["а", "", "", "г"])
    assert answers[1]["error"].startswith("Напишите")
    assert answers[2]["error"].startswith("Write")
    assert [answers[0]["number"], answers[3]["number"]] == [1, 2]


def test_what_is_refused_on_storing_is_said_in_the_language_of_the_person(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.realtime.streams import HeldStream

    def full(stream: HeldStream, kind: str, what: Any) -> list[int]:
        raise Missing(i18n.core_domain.gettext("There is no such page, or it is not open to you."))

    monkeypatch.setattr(HeldStream, "add_all", full)
    english = stage.cast.member(stage.community, locale="en")
    sockets = [stage.listener(stage.anna), stage.listener(english)]
    told = [answer["error"] for answer in at_once(stage, sockets, ["а", "б"])]
    told += [stage.say(socket, "ещё")["error"] for socket in sockets]
    assert [words.split()[0] for words in told] == ["Такой", "There"] * 2


def test_two_windows_of_one_person_keep_their_order(stage: Stage) -> None:
    before = stage.listener(stage.boris)
    one, other = stage.listener(stage.anna), stage.listener(stage.anna)
    answers = at_once(stage, [before, one, other], ["до", "раз", "два"])
    assert [answer["number"] for answer in answers] == [1, 2, 3]
    assert [e["text"] for e in before.entries()] == ["до", "раз", "два"]


def test_rubbish_and_places_that_are_not_there_hold_up_nobody(stage: Stage) -> None:
    first, rubbish, nowhere, last = (stage.listener(p) for p in members(stage, 4))
    with ThreadPoolExecutor(4) as pool, desk_taken(stage) as turns:
        sent = [
            pool.submit(lambda: stage.say(first, "а")),
            pool.submit(lambda: rubbish.send("say", 17, [])),
            pool.submit(lambda: nowhere.send("say", activity=10**30, mark="m", text="б")),
            pool.submit(lambda: stage.say(last, "в")),
        ]
        _until(lambda: waiting(turns) == 2)
    answers = [dict(each.result(30)) for each in sent]
    assert sorted(a["number"] for a in answers if "number" in a) == [1, 2]
    assert sorted(a["status"] for a in answers if "error" in a) == [400, 404]


def test_each_place_has_turns_of_its_own(stage: Stage) -> None:
    other = stage.cast.activity(stage.community, "talk")
    here, there = stage.listener(stage.anna), stage.socket(stage.boris)
    with ThreadPoolExecutor(2) as pool, desk_taken(stage) as turns:
        pool.submit(lambda: stage.say(here, "а"))
        pool.submit(lambda: there.send("say", activity=other.id, mark="m", text="б"))
        _until(lambda: len(turns.queues) == 2)
    assert [e["text"] for e in here.entries()] == ["а"]


def test_what_cannot_be_stored_with_others_is_stored_alone(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever breaks a turn breaks one message at most."""
    from core.realtime.streams import HeldStream

    add_all = HeldStream.add_all

    def broken(stream: HeldStream, kind: str, what: Any) -> list[int]:
        if any(mark == "яд" for _id, _actor, mark in what):
            raise RuntimeError("poison")
        return add_all(stream, kind, what)

    monkeypatch.setattr(HeldStream, "add_all", broken)
    sockets = [stage.listener(person) for person in members(stage, 4)]
    answers = at_once(stage, sockets, ["а", "яд", "в", "г"])
    assert [answer.get("number") for answer in answers] == [1, None, 2, 3]
    assert answers[1]["status"] == 500
    assert [e["text"] for e in sockets[0].entries()] == ["а", "в", "г"]

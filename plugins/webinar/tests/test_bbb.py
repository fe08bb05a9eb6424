"""Meetings on BigBlueButton: opened by a host, joined by others, watched until the recording."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from flask.testing import FlaskClient

from core.api import SYSTEM, User, db, settings_of, utcnow
from plugins.webinar import attendance, looking, rooms
from plugins.webinar.asking import SILENCE, Trouble, Why
from plugins.webinar.attendance import LIST
from plugins.webinar.bbb import Server
from plugins.webinar.bigbluebutton import BigBlueButton
from plugins.webinar.models import Attendance, Film, Meeting, MeetingState
from plugins.webinar.models import Room as Kept
from plugins.webinar.tests import bbb_server
from plugins.webinar.tests.bbb_server import StandIn, serving
from plugins.webinar.tests.conftest import Room, set_servers
from plugins.webinar.visits import Visit

FILM = "https://bbb.example/playback/presentation/2.3/film"


@pytest.fixture
def server(room: Room) -> Iterator[StandIn]:
    """One server, set by the administrator; the meeting begins in ten minutes."""
    with serving() as stand_in:
        set_servers(room, stand_in)
        room.set(provider="bigbluebutton")
        room.clock.turn(timedelta(minutes=110))
        yield stand_in


@pytest.fixture
def host(room: Room) -> FlaskClient:
    return room.login(room.host)


@pytest.fixture
def guest(room: Room) -> FlaskClient:
    return room.sign_up(room.member("Орлова"))


def come(room: Room, browser: FlaskClient) -> dict[str, str]:
    """Through the door: what the address says to which one is led."""
    answer = browser.get(f"{room.meeting_url}door")
    parts = urlsplit(answer.location)
    assert parts.path == "/bigbluebutton/api/join", browser.get(room.url).text
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def refusal(room: Room, browser: FlaskClient) -> str:
    """What somebody reads who is not let in."""
    answer = browser.get(f"{room.meeting_url}door")
    if answer.status_code == 303:
        assert answer.location == room.url
        return browser.get(room.url).text
    assert answer.status_code == 400
    return answer.text


def look(room: Room) -> None:
    """What the worker does every minute."""
    with room.app.app_context():
        looking.sweep()


def name_of(server: StandIn) -> str:
    return next(iter(server.meetings))


def minutes(room: Room) -> dict[int, int | None]:
    with room.app.app_context():
        return {row.user_id: row.minutes for row in db.session.query(Attendance)}


def state(room: Room) -> str:
    with room.app.app_context():
        return db.session.get_one(Meeting, room.meeting).state


def turn(room: Room, **by: float) -> None:
    room.clock.turn(timedelta(**by))
    look(room)


def test_a_host_opens_it_and_everybody_comes_as_who_they_are(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient
) -> None:
    assert "Ведущего ещё нет" in refusal(room, guest)
    led = come(room, host)
    asked = len(server.calls)
    came = come(room, guest)
    assert server.calls == ["create"]
    assert len(server.calls) == asked
    assert (led["role"], came["role"]) == ("MODERATOR", "VIEWER")
    assert led["meetingID"] == came["meetingID"] == name_of(server)
    assert led["password"] == server.meetings[name_of(server)].facts["moderatorPW"]
    assert came["password"] == server.meetings[name_of(server)].facts["attendeePW"]
    assert came["fullName"].startswith("Орлова")
    assert came["userID"] == str(room.members_id("Орлова"))
    facts = server.meetings[name_of(server)].facts
    assert facts["record"] == "true"
    assert facts["autoStartRecording"] == "false"
    assert facts["logoutURL"] == f"http://localhost{room.url}"
    assert state(room) == MeetingState.ON


def test_the_address_to_join_is_signed(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient
) -> None:
    come(room, host)
    location = guest.get(f"{room.meeting_url}door").location
    parts = urlsplit(location)
    assert "checksumError" not in server.respond(parts.path, parts.query)
    forged = parts.query.replace("role=VIEWER", "role=MODERATOR")
    assert "checksumError" in server.respond(parts.path, forged)


def test_opening_it_twice_finds_the_same_room(
    room: Room, server: StandIn, host: FlaskClient
) -> None:
    assert come(room, host)["meetingID"] == come(room, host)["meetingID"]
    assert (server.calls, len(server.meetings)) == (["create", "create"], 1)


def test_what_the_server_says_against_it_is_told(
    room: Room, server: StandIn, host: FlaskClient
) -> None:
    server.answer = (
        b"<response><returncode>FAILED</returncode><messageKey>maxMeetings</messageKey>"
        b"<message>No more than ten meetings</message></response>"
    )
    assert "No more than ten meetings" in refusal(room, host)
    assert state(room) == MeetingState.PLANNED


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"<html>It works!</html>", b"<response><returncode>SUCC",
        b'<!DOCTYPE r [<!ENTITY a "b">]><response><returncode>SUCCESS</returncode></response>',
        b'<?xml version="1.0" encoding="nonsense"?><response/>',
        b"<a>" * 200, b"\xff\xfe\x00", b"<response>" + b" " * 3_000_000,
    ],
)  # fmt: skip
def test_whatever_else_it_says_people_get_a_sentence(
    room: Room, server: StandIn, host: FlaskClient, answer: bytes
) -> None:
    server.answer = answer
    assert "не отвечает" in refusal(room, host)
    assert state(room) == MeetingState.PLANNED


def test_a_redirection_is_not_followed(room: Room, server: StandIn, host: FlaskClient) -> None:
    with serving() as elsewhere:
        server.status, server.location = 302, f"{elsewhere.address}/api/create"
        assert "не отвечает" in refusal(room, host)
        assert elsewhere.calls == []


def test_a_slow_server_keeps_nobody_waiting(
    room: Room, server: StandIn, host: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.webinar.asking.SILENCE", 0.2)
    assert SILENCE <= 5
    server.pause = 0.6
    assert "не отвечает" in refusal(room, host)


def test_of_several_servers_the_one_with_fewest_people_that_is_well(
    room: Room, host: FlaskClient, guest: FlaskClient
) -> None:
    room.set(provider="bigbluebutton")
    room.clock.turn(timedelta(minutes=110))
    with serving() as full, serving() as broken, serving() as empty:
        full.meetings["other"] = busy()
        for number in range(7):
            full.comes("other", number)
        broken.status = 500
        set_servers(room, full, broken, empty)
        come(room, host)
        assert (len(full.meetings), len(broken.meetings), len(empty.meetings)) == (1, 0, 1)
        for number in range(20):
            empty.comes(name_of(empty), number)
        come(room, host)
        assert len(full.meetings) == 1
        answer = guest.get(f"{room.meeting_url}door")
        assert answer.location.startswith(empty.address)


def test_a_server_that_counts_like_no_other_is_passed_over_in_peace(
    room: Room, server: StandIn, host: FlaskClient
) -> None:
    with serving() as strange:
        set_servers(room, server, strange)
        server.status = 500
        count = "9" * 5_000
        strange.answer = (
            "<response><returncode>SUCCESS</returncode><meetings><meeting><participantCount>"
            f"{count}</participantCount></meeting></meetings></response>"
        ).encode()
        assert host.get(f"{room.meeting_url}door").status_code in (303, 400)


def busy() -> bbb_server.Kept:
    """A meeting of others."""
    return bbb_server.Kept({"name": "Другая", "moderatorPW": "", "attendeePW": ""}, "session")


def test_when_its_server_is_lost_the_host_opens_it_on_another(
    room: Room, host: FlaskClient
) -> None:
    room.set(provider="bigbluebutton")
    room.clock.turn(timedelta(minutes=110))
    with serving() as other:
        with serving() as lost:
            set_servers(room, lost, other)
            other.meetings["busy"] = busy()
            other.comes("busy", 1)
            come(room, host)
            assert len(lost.meetings) == 1
        come(room, host)
        assert len(other.meetings) == 2


def test_people_are_not_parted_when_their_server_is_too_busy_to_answer(
    room: Room, host: FlaskClient
) -> None:
    room.set(provider="bigbluebutton")
    room.clock.turn(timedelta(minutes=110))
    with serving() as one, serving() as other:
        set_servers(room, one, other)
        come(room, host)
        here, there = (one, other) if one.meetings else (other, one)
        here.comes(name_of(here), room.host.id)
        turn(room, minutes=1)
        here.status = 503
        answer = host.get(f"{room.meeting_url}door")
        assert answer.location.startswith(here.address)
        assert there.meetings == {}
        turn(room, minutes=5)
        answer = host.get(f"{room.meeting_url}door")
        assert answer.location.startswith(there.address)


def test_a_room_of_a_server_that_is_set_no_more_is_made_anew(
    room: Room, server: StandIn, host: FlaskClient
) -> None:
    come(room, host)
    with serving() as other:
        set_servers(room, other)
        come(room, host)
        assert len(other.meetings) == 1


def test_hosts_who_come_at_once_meet_in_one_room(room: Room) -> None:
    room.set(provider="bigbluebutton")
    with serving() as one, serving() as other:
        set_servers(room, one, other)

        def open_it(number: int) -> None:
            with room.app.test_request_context():
                provider = BigBlueButton.of(settings_of("webinar"))
                provider.open(visit_of(room, number))

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(open_it, range(6)))
        assert len(one.meetings) + len(other.meetings) == 1


def test_whoever_comes_late_moves_nobody_to_another_server(room: Room, server: StandIn) -> None:
    with room.app.test_request_context():
        begun = utcnow()
        rooms.keep(SYSTEM, room.meeting, "one", since=begun)
        room.clock.turn(timedelta(seconds=2))
        rooms.made(SYSTEM, room.meeting, "one", "session")
        kept = rooms.keep(SYSTEM, room.meeting, "two", instead_of="one", since=begun)
        assert kept == "one", "another host got there while this one failed"
        room.clock.turn(timedelta(minutes=9))
        kept = rooms.keep(SYSTEM, room.meeting, "two", instead_of="one", since=utcnow())
        assert kept == "two", "it was made long ago, and the server is lost"
        rooms.made(SYSTEM, room.meeting, "two", "another")
        rooms.made(SYSTEM, room.meeting, "one", "session")
        assert rooms.standing(room.meeting).server == "two", "a late answer changes nothing"


def test_a_host_whose_try_fails_follows_one_who_got_in_meanwhile(
    room: Room, server: StandIn, host: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = Server.create

    def got_in_meanwhile(self: Server, name: str, facts: dict[str, str]) -> str:
        session = create(self, name, facts)
        room.clock.turn(timedelta(seconds=1))
        rooms.made(SYSTEM, room.meeting, self.address, session)
        raise Trouble(Why.SLOW)

    monkeypatch.setattr(Server, "create", got_in_meanwhile)
    with serving() as other:
        set_servers(room, server, other)
        come(room, host)
        assert len(server.meetings) + len(other.meetings) == 1


def visit_of(room: Room, number: int) -> Visit:
    meeting = db.session.get_one(Meeting, room.meeting)
    return Visit(
        meeting_id=meeting.id, room=meeting.room, title="Дроби", link="", home="http://localhost/",
        records=True, user_id=number, name="Ведущая", is_host=True, locale="ru",
    )  # fmt: skip


def test_minutes_grow_while_somebody_is_there(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient
) -> None:
    member = room.members_id("Орлова")
    come(room, host)
    turn(room, seconds=30)
    come(room, guest)
    server.comes(name_of(server), room.host.id)
    server.comes(name_of(server), member)
    for _ in range(20):
        turn(room, minutes=1)
    assert minutes(room) == {room.host.id: 20, member: 20}
    server.goes(name_of(server), member)
    for _ in range(5):
        turn(room, minutes=1)
    server.comes(name_of(server), member)
    for _ in range(5):
        turn(room, minutes=1)
    assert minutes(room) == {room.host.id: 30, member: 25}
    page = host.get(f"{room.url}people").text
    assert "25 минут" in page


def test_a_worker_that_was_down_loses_no_minutes_of_those_who_stayed(
    room: Room, server: StandIn, host: FlaskClient
) -> None:
    come(room, host)
    server.comes(name_of(server), room.host.id)
    turn(room, minutes=1)
    turn(room, minutes=15)
    assert minutes(room) == {room.host.id: 16}


def test_what_a_host_brought_stays(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient
) -> None:
    come(room, host)
    come(room, guest)
    member = room.members_id("Орлова")
    host.post(f"{room.meeting_url}attended", data={"table": "Орлова Анна;44"})
    server.comes(name_of(server), member)
    turn(room, minutes=5)
    with room.app.app_context():
        row = db.session.get_one(Attendance, {"meeting_id": room.meeting, "user_id": member})
        assert (row.minutes, row.source) == (44, LIST)


def test_what_a_host_brought_while_they_were_there_stays_too(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient
) -> None:
    come(room, host)
    come(room, guest)
    member = room.members_id("Орлова")
    server.comes(name_of(server), member)
    turn(room, minutes=5)
    host.post(f"{room.meeting_url}attended", data={"table": "Орлова Анна;44"})
    server.ends(name_of(server))
    turn(room, minutes=1)
    assert minutes(room)[member] == 44


def test_what_a_host_brings_during_a_look_is_not_written_over(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    come(room, host)
    come(room, guest)
    member = room.members_id("Орлова")
    server.comes(name_of(server), member)
    turn(room, minutes=5)
    add = rooms._add

    def brings() -> None:
        with room.app.test_request_context():
            meeting = db.session.get_one(Meeting, room.meeting)
            attendance.count(SYSTEM, meeting, {member: 44})

    with ThreadPoolExecutor(1) as pool:

        def meanwhile(*facts: Any) -> None:
            wait([pool.submit(brings)], 0.5)
            add(*facts)

        monkeypatch.setattr("plugins.webinar.rooms._add", meanwhile)
        turn(room, minutes=1)
    assert minutes(room)[member] == 44


def test_an_end_that_is_learnt_late_does_not_end_what_was_opened_again(
    room: Room, server: StandIn, host: FlaskClient
) -> None:
    come(room, host)
    room.clock.turn(timedelta(minutes=60))
    former = server.ends(name_of(server)).session
    come(room, host)
    with room.app.app_context():
        rooms.gone(SYSTEM, room.meeting, former)
    assert state(room) == MeetingState.ON
    server.comes(name_of(server), room.host.id)
    turn(room, minutes=1)
    assert minutes(room) == {room.host.id: 1}


def test_accounts_that_nobody_can_have_are_passed_over(
    room: Room, server: StandIn, host: FlaskClient
) -> None:
    come(room, host)
    server.comes(name_of(server), 10**18)
    server.comes(name_of(server), 999_999)
    server.comes(name_of(server), room.host.id)
    turn(room, minutes=1)
    assert minutes(room) == {room.host.id: 1}


def test_a_server_that_does_not_answer_has_not_ended_anything(
    room: Room, server: StandIn, host: FlaskClient
) -> None:
    come(room, host)
    server.status = 503
    turn(room, minutes=70)
    assert state(room) == MeetingState.ON
    with room.app.app_context():
        assert db.session.get_one(Kept, room.meeting).ended_at is None


def test_a_room_that_makes_trouble_does_not_keep_others_from_being_looked_into(
    room: Room, server: StandIn, host: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    come(room, host)
    server.comes(name_of(server), room.host.id)
    counted = rooms.seen

    def broken(*facts: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("plugins.webinar.rooms.seen", broken)
    turn(room, minutes=1)
    monkeypatch.setattr("plugins.webinar.rooms.seen", counted)
    turn(room, minutes=1)
    assert minutes(room) == {room.host.id: 1}


def test_a_server_that_was_taken_out_of_the_settings_is_asked_no_more(
    room: Room, server: StandIn, host: FlaskClient
) -> None:
    come(room, host)
    with serving() as other:
        set_servers(room, other)
        calls = len(server.calls)
        for _ in range(24 * 9):
            turn(room, hours=1)
        assert len(server.calls) == calls
    with room.app.app_context():
        assert db.session.get_one(Kept, room.meeting).due_at is None


def test_an_end_that_nobody_told_of_is_found(
    room: Room, server: StandIn, host: FlaskClient
) -> None:
    come(room, host)
    server.comes(name_of(server), room.host.id)
    turn(room, minutes=40)
    turn(room, minutes=20)
    server.ends(name_of(server))
    turn(room, minutes=1)
    assert state(room) == MeetingState.OVER
    turn(room, minutes=1)
    assert server.calls.count("getMeetingInfo") == 3


def test_what_ended_before_it_had_begun_can_be_opened_again(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient
) -> None:
    come(room, host)
    server.ends(name_of(server))
    turn(room, minutes=5)
    assert state(room) == MeetingState.PLANNED
    assert "Ждём ведущего" in guest.get(room.url).text
    come(room, host)
    assert state(room) == MeetingState.ON
    come(room, guest)


def test_a_host_who_ended_it_too_early_opens_it_again(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient
) -> None:
    come(room, host)
    host.post(f"{room.meeting_url}end")
    assert "Открыть снова" in host.get(room.url).text
    assert "Открыть снова" not in guest.get(room.url).text
    assert "завершилась" in refusal(room, guest)
    come(room, host)
    come(room, guest)
    room.clock.turn(timedelta(hours=3))
    assert "Открыть снова" not in host.get(room.url).text


def test_ending_it_here_ends_it_there(
    room: Room, server: StandIn, host: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    come(room, host)
    server.status = 503
    host.post(f"{room.meeting_url}end")
    run_jobs()
    assert len(server.meetings) == 1
    server.status = 200
    room.clock.turn(timedelta(minutes=5))
    run_jobs()
    assert server.meetings == {}
    assert state(room) == MeetingState.OVER


def test_what_was_opened_again_is_not_ended_by_a_late_job(
    room: Room, server: StandIn, host: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    come(room, host)
    host.post(f"{room.meeting_url}end")
    come(room, host)
    run_jobs()
    assert len(server.meetings) == 1
    assert state(room) == MeetingState.ON


def test_calling_it_off_ends_it_there_too(
    room: Room, server: StandIn, host: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    come(room, host)
    host.post(f"{room.meeting_url}cancel", data={"reason": "Карантин"})
    run_jobs()
    assert server.meetings == {}


# ---- What the server calls


def called(room: Room, server: StandIn) -> str:
    """The path of the address that the server calls when a meeting has ended."""
    facts = server.meetings[name_of(server)].facts
    return urlsplit(facts["meta_endCallbackUrl"]).path


def test_the_server_tells_of_the_end(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient,
    client: FlaskClient, run_jobs: Callable[[], int], forgery_check: None,
) -> None:  # fmt: skip
    come(room, host)
    path, name = called(room, server), name_of(server)
    room.clock.turn(timedelta(minutes=60))
    server.ends(name)
    assert client.get(f"{path}?meetingID={name}&recordingmarks=true").status_code == 204
    run_jobs()
    assert state(room) == MeetingState.OVER
    assert "Запись готовится" in guest.get(room.url).text


def test_without_anything_recorded_nobody_waits_for_it(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient,
    client: FlaskClient, run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    come(room, host)
    path = called(room, server)
    room.clock.turn(timedelta(minutes=60))
    server.ends(name_of(server))
    client.get(f"{path}?recordingmarks=false")
    run_jobs()
    assert "Запись готовится" not in guest.get(room.url).text
    turn(room, hours=1)
    assert "getRecordings" not in server.calls


def test_a_forged_end_is_refused_and_a_false_one_changes_nothing(
    room: Room, server: StandIn, host: FlaskClient, client: FlaskClient,
    run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    come(room, host)
    path = called(room, server)
    forged = path[:-8] + ("0" * 8 if not path.endswith("0" * 8) else "1" * 8)
    assert client.get(forged).status_code == 400
    assert client.get(re.sub(r"/\d+/", "/999999/", path)).status_code == 400
    assert client.get(path).status_code == 204
    run_jobs()
    assert state(room) == MeetingState.ON


def test_a_recording_that_is_ready_waits_for_a_host_who_publishes_it(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient,
    client: FlaskClient, run_jobs: Callable[[], int], forgery_check: None,
) -> None:  # fmt: skip
    session = over(room, server, host)
    server.records(name_of_room(room), session, "processing")
    turn(room, minutes=3)
    assert "Запись готовится" in guest.get(room.url).text
    server.records(name_of_room(room), session, "published", FILM)
    answer = client.post(
        f"/webinar/bigbluebutton/{room.meeting}/recorded",
        data={"signed_parameters": signed(server, room, session)},
    )
    assert answer.status_code == 204
    run_jobs()
    assert FILM not in guest.get(room.url).text
    assert "Посмотрите запись" in host.get("/me/notices").text
    page = host.get(room.url).text
    assert FILM in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    publish = re.search(r'action="([^"]+/films/\d+/publish)"', page)
    assert publish is not None
    shown = host.post(publish[1], data={"csrf_token": token[1]})
    assert shown.status_code == 303
    assert FILM in guest.get(shown.location).text
    assert "Смотреть запись" in guest.get(room.url).text
    assert "Есть запись" in guest.get("/me/notices").text
    assert host.post(publish[1], data={"csrf_token": token[1]}).status_code == 400


def test_a_recording_outlives_a_second_session_that_is_not_recorded(
    room: Room, server: StandIn, host: FlaskClient, client: FlaskClient
) -> None:
    come(room, host)
    path = called(room, server)
    room.clock.turn(timedelta(minutes=60))
    session = server.ends(name_of(server)).session
    client.get(f"{path}?recordingmarks=true")
    look(room)
    come(room, host)
    room.clock.turn(timedelta(minutes=5))
    server.ends(name_of(server))
    for _ in range(2):
        client.get(f"{path}?recordingmarks=false")
    look(room)
    assert state(room) == MeetingState.OVER
    server.records(name_of_room(room), session, "published", FILM)
    turn(room, minutes=3)
    assert FILM in host.get(room.url).text


@pytest.mark.parametrize("fate", ["deleted", "unpublished", "lost", "stuck"])
def test_nobody_waits_for_ever_for_a_recording_that_does_not_come(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient, fate: str
) -> None:
    session = over(room, server, host)
    name = name_of_room(room)
    server.records(name, session, "processing")
    turn(room, minutes=3)
    assert "Запись готовится" in guest.get(room.url).text
    if fate == "lost":
        server.recordings.clear()
    elif fate != "stuck":
        server.records(name, session, fate)
    for _ in range(24 * 8):
        turn(room, hours=1)
    assert "Запись готовится" not in guest.get(room.url).text
    with room.app.app_context():
        assert db.session.query(Film).count() == (fate == "stuck")


def test_it_is_published_by_itself_where_the_webinar_says_so(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient
) -> None:
    room.set(recorded="publish")
    session = over(room, server, host)
    server.records(name_of_room(room), session, "published", FILM)
    turn(room, minutes=3)
    page = guest.get(room.url).text
    assert "Смотреть запись" in page
    turn(room, hours=5)
    calls = server.calls.count("getRecordings")
    turn(room, hours=5)
    assert server.calls.count("getRecordings") == calls
    with room.app.app_context():
        assert db.session.query(Film).count() == 1


def test_a_host_can_leave_it_unpublished(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient
) -> None:
    session = over(room, server, host)
    server.records(name_of_room(room), session, "published", FILM)
    turn(room, minutes=3)
    with room.app.app_context():
        film = db.session.query(Film.id).scalar()
    assert guest.post(f"{room.url}films/{film}/publish").status_code == 403
    assert host.post(f"{room.url}films/{film}/refuse").status_code == 303
    assert FILM not in host.get(room.url).text
    assert "Запись готовится" not in guest.get(room.url).text
    assert host.post(f"{room.url}films/{film}/publish").status_code == 400


def test_a_forged_word_of_a_recording_is_refused(
    room: Room, server: StandIn, host: FlaskClient, client: FlaskClient
) -> None:
    session = over(room, server, host)
    path = f"/webinar/bigbluebutton/{room.meeting}/recorded"
    right = signed(server, room, session)
    unsigned = jwt.encode({"meeting_id": name_of_room(room)}, "", algorithm="none")
    other = jwt.encode({"meeting_id": "sreda-1-x", "record_id": "x"}, server.secret)
    strange = jwt.encode({"meeting_id": name_of_room(room)}, "another-secret" * 4)
    for words in ("", "nonsense", unsigned, other, strange, right[:-4]):
        answer = client.post(path, data={"signed_parameters": words})
        assert answer.status_code == 400, words
    missing = f"/webinar/bigbluebutton/{room.meeting + 1000}/recorded"
    assert client.post(missing, data={"signed_parameters": right}).status_code == 400


def test_where_nothing_is_recorded_the_server_is_told_so(
    room: Room, server: StandIn, host: FlaskClient
) -> None:
    room.set(recorded="no")
    come(room, host)
    assert server.meetings[name_of(server)].facts["record"] == "false"
    room.clock.turn(timedelta(minutes=60))
    server.ends(name_of(server))
    turn(room, minutes=2)
    turn(room, hours=2)
    assert "getRecordings" not in server.calls


def test_recordings_are_not_asked_for_for_ever(
    room: Room, server: StandIn, host: FlaskClient, guest: FlaskClient
) -> None:
    over(room, server, host)
    for _ in range(24 * 9):
        turn(room, hours=1)
    assert server.calls.count("getRecordings") < 200
    assert "Запись готовится" not in guest.get(room.url).text


def over(room: Room, server: StandIn, host: FlaskClient) -> str:
    """It took place, and the host recorded; the server's name of the session."""
    come(room, host)
    room.clock.turn(timedelta(minutes=60))
    session = server.ends(name_of(server)).session
    with room.app.app_context():
        rooms.marked(SYSTEM, room.meeting, True)
    look(room)
    assert state(room) == MeetingState.OVER
    return session


def name_of_room(room: Room) -> str:
    with room.app.app_context():
        return db.session.get_one(Meeting, room.meeting).room


def signed(server: StandIn, room: Room, session: str) -> str:
    """As the server signs it."""
    claims = {"meeting_id": name_of_room(room), "record_id": session}
    return jwt.encode(claims, server.secret, algorithm="HS256")


def test_the_secret_stands_in_no_page(room: Room, server: StandIn, host: FlaskClient) -> None:
    administrator = room.login(room.cast.user(administrator=True))
    assert server.secret not in administrator.get("/admin/plugins/webinar/settings").text
    come(room, host)
    assert server.secret not in host.get(room.url).text
    with room.app.app_context():
        assert str(db.session.get_one(User, room.host.id).email) not in str(server.meetings)

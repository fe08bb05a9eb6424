"""The door: when it opens, for whom, where it leads, and who came."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from flask.testing import FlaskClient

from core.api import db
from plugins.webinar.models import Attendance, Meeting, Rating
from plugins.webinar.tests.conftest import Room

ZOOM = """"Name (Original Name)","User Email","Total Duration (Minutes)","Guest"
"Орлова, Анна","","12","No"
"Анна Орлова","orlova@example.org","30","No"
"""
SECRET = "a-secret-of-at-least-thirty-two-letters"


@pytest.fixture
def guest(room: Room) -> FlaskClient:
    return room.sign_up(room.member("Орлова"))


def says(browser: FlaskClient, room: Room) -> str:
    """What somebody reads who presses the button."""
    answer = browser.get(f"{room.meeting_url}door")
    return browser.get(room.url).text if answer.location == room.url else answer.location


def test_the_door_opens_a_quarter_of_an_hour_before(room: Room, guest: FlaskClient) -> None:
    assert "Вход ещё не открыт" in says(guest, room)
    assert "Вход откроется" in guest.get(room.url).text
    room.clock.turn(timedelta(minutes=106))
    assert "Войти" in guest.get(room.url).text
    assert says(guest, room) == "https://meet.example/room"


def test_nobody_comes_in_without_a_place(room: Room) -> None:
    room.clock.turn(timedelta(minutes=110))
    stranger = room.login(room.member())
    assert "Сначала запишитесь" in says(stranger, room)
    assert "https://meet.example/room" not in stranger.get(room.url).text


def test_whoever_left_the_community_neither_leads_nor_walks_in(
    room: Room, guest: FlaskClient
) -> None:
    room.clock.turn(timedelta(minutes=110))
    host = room.login(room.host)
    for browser in (host, guest):
        assert says(browser, room) == "https://meet.example/room"
        assert browser.post(f"/c/{room.community.slug}/leave").status_code == 303
        assert "Сначала запишитесь" in says(browser, room)
        assert "https://meet.example/room" not in browser.get(room.url).text
    assert host.get(f"{room.url}people").status_code == 403
    assert host.post(f"{room.meeting_url}end").status_code == 403


def test_who_comes_is_noted_once(room: Room, guest: FlaskClient) -> None:
    room.clock.turn(timedelta(minutes=110))
    says(guest, room)
    says(guest, room)
    with room.app.app_context():
        assert db.session.query(Attendance).count() == 1


def test_on_now_is_said_on_the_home_of_the_community(room: Room, guest: FlaskClient) -> None:
    room.clock.turn(timedelta(minutes=121))
    assert "Сейчас" in guest.get("/c/maths/").text
    room.clock.turn(timedelta(hours=2))
    assert "Эта встреча завершилась" in says(guest, room)


def test_with_jitsi_people_wait_for_the_host_who_leads(room: Room, guest: FlaskClient) -> None:
    administrator = room.cast.user(administrator=True)
    settings = {
        "jitsi_domain": "meet.school.example", "jitsi_app_id": "sreda", "jitsi_secret": SECRET,
    }  # fmt: skip
    saved = room.login(administrator).post("/admin/plugins/webinar/settings", data=settings)
    assert saved.status_code == 303
    room.set(provider="jitsi")
    room.clock.turn(timedelta(minutes=110))
    assert "Ведущего ещё нет" in says(guest, room)
    led = ticket(says(room.login(room.host), room))
    came = ticket(says(guest, room))
    assert led["context"]["user"]["moderator"] is True
    assert came["context"]["user"]["moderator"] is False
    assert str(came["context"]["user"]["name"]).startswith("Орлова")
    assert led["room"] == came["room"]
    with room.app.app_context():
        assert room.webinar().secret in came["room"]
        assert db.session.get_one(Meeting, room.meeting).state == "on"


def ticket(address: str) -> dict[str, dict[str, dict[str, object]]]:
    """The ticket in an address, checked as a Jitsi server checks it."""
    parts = urlsplit(address)
    assert parts.netloc == "meet.school.example"
    token = parse_qs(parts.query)["jwt"][0]
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], audience="jitsi", issuer="sreda")
    assert claims["sub"] == "meet.school.example"
    assert parts.path == f"/{claims['room']}"
    found: dict[str, dict[str, dict[str, object]]] = claims
    return found


def test_the_host_ends_it_and_brings_the_list(room: Room, guest: FlaskClient) -> None:
    room.clock.turn(timedelta(minutes=150))
    host = room.login(room.host)
    assert host.post(f"{room.meeting_url}end").status_code == 303
    lines = "Имя;Минуты\nПетровна Орлова Анна;40\norlova; 5\nЧужой Человек;10"
    page = host.post(f"{room.meeting_url}attended", data={"table": lines})
    assert page.status_code == 200
    assert "Чужой Человек;10" in page.text
    assert "Имя;Минуты" not in page.text


@pytest.mark.parametrize(
    ("file", "minutes"),
    [
        ('Имя;Почта;Минуты\nОрлова Анна;;41\n', 41),
        (ZOOM, 42),
        ("Участник\tВремя входа\tПродолжительность\nОрлова Анна\t15:04\t1:02:40\n", 63),
        ("Имя,Длительность\nорлова анна петровна,1 ч 5 мин\n", 65),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1251"])
def test_files_of_services_are_read_as_they_come(
    room: Room, guest: FlaskClient, file: str, minutes: int, encoding: str
) -> None:
    room.clock.turn(timedelta(hours=4))
    host = room.login(room.host)
    sent = {"file": (io.BytesIO(file.encode(encoding)), "участники.csv"), "table": ""}
    answer = host.post(f"{room.meeting_url}attended", data=sent)
    with room.app.app_context():
        found = [row.minutes for row in db.session.query(Attendance)]
    assert answer.status_code == 303
    assert found == [minutes]


def test_what_is_no_list_is_refused_in_words(
    room: Room, guest: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.webinar.lists.LONGEST_LIST", 1_000)
    host = room.login(room.host)
    page = f"{room.meeting_url}attended"
    for file in (b"PK\x03\x04\0\0", b"x" * 1_100):
        answer = host.post(page, data={"file": (io.BytesIO(file), "a.csv"), "table": ""})
        assert answer.status_code == 400
    assert host.post(page, data={"table": ""}).status_code == 400


@pytest.mark.parametrize("cell", ["1h" + " " * 60_000 + "x", "Орлова" * 30_000])
def test_a_cell_without_end_tells_of_no_time(room: Room, guest: FlaskClient, cell: str) -> None:
    host = room.login(room.host)
    begun = time.monotonic()
    answer = host.post(f"{room.meeting_url}attended", data={"table": f"Орлова Анна;{cell}"})
    assert answer.status_code in (200, 400)
    assert time.monotonic() - begun < 3


def test_of_namesakes_the_mail_decides(room: Room, guest: FlaskClient) -> None:
    namesake = room.member("Орлова")
    room.sign_up(namesake)
    host = room.login(room.host)
    lines = f"Орлова Анна;;40\nОрлова Анна;{namesake.email};25"
    page = host.post(f"{room.meeting_url}attended", data={"table": lines})
    assert "Орлова Анна;;40" in page.text
    with room.app.app_context():
        found = {row.user_id: row.minutes for row in db.session.query(Attendance)}
    assert found == {namesake.id: 25}


def test_feedback_is_for_those_who_had_a_place(room: Room, guest: FlaskClient) -> None:
    page = f"{room.meeting_url}feedback"
    early = guest.post(page, data={"stars": "5", "words": "Спасибо"})
    assert early.status_code == 400
    room.clock.turn(timedelta(minutes=150))
    assert guest.post(page, data={"stars": "5", "words": "=cmd()"}).status_code == 303
    assert guest.post(page, data={"stars": "9"}).status_code == 400
    stranger = room.login(room.member())
    assert stranger.post(page, data={"stars": "1"}).status_code == 400
    people = room.login(room.host).get(f"{room.url}people").text
    assert "=cmd()" in people
    assert "5,0" in people


def test_feedback_is_not_for_those_who_are_there_no_longer(room: Room, guest: FlaskClient) -> None:
    page = f"{room.meeting_url}feedback"
    gone = room.sign_up(room.member())
    room.clock.turn(timedelta(minutes=150))
    assert guest.get(page).status_code == gone.get(page).status_code == 200
    guest.post(f"{room.url}places/leave")
    gone.post(f"/c/{room.community.slug}/leave")
    for browser in (guest, gone):
        assert browser.post(page, data={"stars": "1"}).status_code == 400
        assert browser.get(page).location.endswith(room.url)
        assert "Отзыв могут оставить только те, у кого было место" in browser.get(room.url).text
    with room.app.app_context():
        assert db.session.query(Rating).count() == 0


def test_nobody_rates_a_meeting_that_was_called_off(room: Room, guest: FlaskClient) -> None:
    host = room.login(room.host)
    assert host.post(f"{room.meeting_url}cancel", data={"reason": "Метель"}).status_code == 303
    room.clock.turn(timedelta(minutes=150))
    answer = guest.post(f"{room.meeting_url}feedback", data={"stars": "5"})
    assert answer.status_code == 400
    assert "Эта встреча отменена" in answer.text


def test_lists_say_nothing_of_a_place_to_whoever_left(room: Room, guest: FlaskClient) -> None:
    page = f"/c/{room.community.slug}/"
    assert "за вами место" in guest.get(page).text
    guest.post(f"/c/{room.community.slug}/leave")
    assert "за вами место" not in guest.get(page).text


def test_those_who_came_are_asked_what_they_thought(
    room: Room, guest: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    away = room.sign_up(room.member())
    room.clock.turn(timedelta(minutes=110))
    says(guest, room)
    room.clock.turn(timedelta(minutes=69))
    run_jobs()
    assert "Расскажите" not in guest.get("/me/notices").text
    room.clock.turn(timedelta(minutes=2))
    run_jobs()
    notices = guest.get("/me/notices").text
    assert "Расскажите, как вам: «Дроби без слёз»" in notices
    assert "Расскажите" not in away.get("/me/notices").text


def test_nobody_is_asked_of_what_was_called_off_or_told_already(
    room: Room, guest: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    room.clock.turn(timedelta(minutes=125))
    says(guest, room)
    guest.post(f"{room.meeting_url}feedback", data={"stars": "5", "words": ""})
    room.clock.turn(timedelta(minutes=60))
    run_jobs()
    assert "Расскажите" not in guest.get("/me/notices").text


def test_a_table_holds_no_formulas(room: Room) -> None:
    room.sign_up(room.member("=1+1"))
    table = room.login(room.host).get(f"{room.url}people.csv")
    assert table.mimetype == "text/csv"
    assert "'=1+1" in table.text


def test_a_recording_is_published_once_and_told(room: Room, guest: FlaskClient) -> None:
    host = room.login(room.host)
    page = f"{room.meeting_url}recordings/new"
    assert host.post(page, data={"title": "Запись"}).status_code == 400
    bad = host.post(page, data={"title": "Запись", "url": "javascript:alert(1)"})
    assert bad.status_code == 400
    sent = {"title": "Запись встречи", "url": "https://video.example/1", "submission": "a" * 32}
    first, second = (host.post(page, data=sent) for _ in range(2))
    assert first.location == second.location
    assert "https://video.example/1" in guest.get(first.location).text
    assert "Есть запись: «Запись встречи»" in guest.get("/me/notices").text

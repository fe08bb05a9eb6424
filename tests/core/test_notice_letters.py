"""Letters about what people are told, as a real mail server receives them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import vobject
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.access.actors import SYSTEM
from core.communities.models import Community
from core.contents.models import Content
from core.contents.operations import hide
from core.contract.notices import Channel
from core.jobs.models import JobRow, JobState
from core.notices import digests, mailing
from core.notices.models import MailRefusal, Notice
from core.notices.operations import choose
from core.notices.telling import notify
from core.people.models import User
from core.platform.db import db, operation, utcnow
from core.testing import worker
from core.testing.cast import Cast, Made, Turned
from tests.core.contents_kit import Notes
from tests.core.mail_kit import Postman, Serve
from tests.core.notices_kit import DATED, EN, GOSSIP, PING, URGENT, Teller, bell, install, links

Login = Callable[[Made], FlaskClient]
NOON = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # a Wednesday; noon in Moscow


class Post:
    """The site with a mail server of its own: what is told, sent, and received."""

    def __init__(self, app: Flask, postman: Postman) -> None:
        self.app, self.postman = app, postman

    def goes_out(self) -> list[EmailMessage]:
        """Let the worker do what is due; all letters received so far."""
        worker.run_jobs(self.app)
        return self.postman.letters()

    def set(self, **settings: Any) -> None:
        self.app.config["SREDA"] = replace(self.app.config["SREDA"], **settings)

    def waiting(self) -> list[tuple[str, bool]]:
        """What is still to be sent by which channel, and whether somebody is at it."""
        with self.app.app_context():
            rows = db.session.scalars(select(Notice).where(Notice.mail != "").order_by(Notice.id))
            return [(row.mail, row.claimed_until is not None) for row in rows]


@pytest.fixture
def clock_at_noon(clock: Turned) -> Turned:
    clock.set(NOON)
    return clock


@pytest.fixture
def post(app: Flask, notes: Notes, serve: Serve, clock_at_noon: Turned) -> Iterator[Post]:
    install(app)
    postman, port = serve()
    former = app.config["SREDA"]
    made = Post(app, postman)
    made.set(mail_url=f"smtp://127.0.0.1:{port}", mail_sender="sreda@school.example",
             base_url="https://school.example")  # fmt: skip
    yield made
    app.config["SREDA"] = former


@pytest.fixture
def teller(post: Post) -> Teller:
    return Teller(post.app)


@pytest.fixture
def place(cast: Cast, post: Post) -> Made:
    return cast.community("maths", visibility="public", title="Учителя математики")


@pytest.fixture
def reader(cast: Cast, place: Made) -> Made:
    return cast.member(place, surname="Семёнова", given_name="Ольга", locale="ru")


@pytest.fixture
def author(cast: Cast, place: Made) -> Made:
    return cast.member(place, surname="Орлова")


def parts(letter: EmailMessage) -> tuple[str, str]:
    """What a letter says as text, and as a page."""
    text, html = letter.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    return text.get_content(), html.get_content()


def test_a_letter_says_who_wrote_what_and_where(
    post: Post, teller: Teller, notes: Notes, place: Made, reader: Made, author: Made
) -> None:
    content = notes.write(place, author, "<p>Дробь &lt;½&gt; &amp; другие</p>")
    teller.of_content(URGENT, [reader], content, by=author)
    [letter] = post.goes_out()
    assert letter["To"] == reader.email
    assert letter["From"] == "Среда <sreda@school.example>"
    assert letter["Subject"] == f"Note {content}"
    text, html = parts(letter)
    for said in (text, html):
        assert "Здравствуйте, Ольга!" in said
        assert "Учителя математики" in said
        assert f"https://school.example/notes/{content}" in said
        assert "Вы получили это письмо, because it is urgent." in said
        assert "https://school.example/me/notices/settings" in said
    assert "Дробь <½> & другие" in text
    assert "Дробь &lt;½&gt; &amp; другие" in html
    assert "<script" not in html
    assert post.waiting() == []
    assert len(post.goes_out()) == 1


def test_a_letter_brings_dates_for_the_calendar_and_strikes_them_out(
    post: Post, teller: Teller, place: Made, reader: Made
) -> None:
    teller.of_place(DATED, [reader], place, once="first", sequence=0)
    post.goes_out()
    teller.of_place(DATED, [reader], place, once="second", sequence=1, off=True)
    told = [_dated(letter) for letter in post.goes_out()]
    assert [(kind, name) for kind, name, _event in told] == [
        ("REQUEST", "invite.ics"), ("CANCEL", "cancel.ics"),
    ]  # fmt: skip
    invited, called_off = (event for _kind, _name, event in told)
    assert invited.uid.value == called_off.uid.value
    assert (invited.sequence.value, called_off.sequence.value) == ("0", "1")
    assert invited.attendee.value == f"mailto:{reader.email}"


def _dated(letter: EmailMessage) -> tuple[str, str, Any]:
    """What is asked, the name of the file, and the date in it, read by a library of others."""
    [file] = letter.iter_attachments()
    assert file.get_content_type() == "text/calendar"
    calendar = vobject.readOne(file.get_content())
    assert calendar.method.value == file.get_param("method")
    return calendar.method.value, str(file.get_filename()), calendar.vevent


def test_headers_that_mail_programs_need(
    post: Post, teller: Teller, notes: Notes, place: Made, reader: Made, author: Made
) -> None:
    content = notes.write(place, author)
    for number in range(2):
        teller.of_content(URGENT, [reader], content, by=author, once=str(number))
        post.goes_out()
    raw = [envelope.content for envelope in post.postman.taken]
    for sent in raw:
        lines = sent.split(b"\r\n")
        assert max(len(line) for line in lines) <= 998
        assert all(line.isascii() for line in lines)
        head = sent.partition(b"\r\n\r\n")[0].decode()
        assert re.search(r"^List-Unsubscribe: <https://school\.example/mail/stop/[\w.-]+>\r$",
                         head, re.MULTILINE)  # fmt: skip
        assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click" in head
        assert "\r\nList-Id: <core-urgent.school.example>" in head
        assert f"\r\nReferences: <content-{content}@school.example>" in head
    first, second = post.postman.letters()
    assert first["Subject"] == second["Subject"]
    assert first["Message-ID"] != second["Message-ID"]
    assert first["Auto-Submitted"] == "auto-generated"


def test_letters_speak_the_language_of_their_reader(
    post: Post, teller: Teller, place: Made, cast: Cast
) -> None:
    english = cast.member(place, given_name="Anna", locale="en")
    teller.of_place(URGENT, [english], place)
    [letter] = post.goes_out()
    text, html = parts(letter)
    assert "Hello, Anna!" in text
    assert '<html lang="en">' in html
    assert "Open on the site" in html


def test_one_click_stops_letters_without_signing_in(
    post: Post, teller: Teller, place: Made, reader: Made, client: FlaskClient, login: Login,
    forgery_check: None,
) -> None:  # fmt: skip
    teller.of_place(URGENT, [reader], place)
    [letter] = post.goes_out()
    path = letter["List-Unsubscribe"].strip("<>").removeprefix("https://school.example")
    page = client.get(path, headers=EN)
    assert page.status_code == 200
    assert "“Urgent”" in page.text
    teller.of_place(URGENT, [reader], place, once="still")
    assert len(post.goes_out()) == 2, "opening the link stops nothing: scanners open it too"
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert client.post(path).status_code == 200
    teller.of_place(URGENT, [reader], place, once="no more")
    assert len(post.goes_out()) == 2
    assert bell(login(reader)) == 1


@pytest.mark.parametrize("token", ["rubbish", "W10.x", "%00", "a" * 490, "WzEsImNvcmUudXJnZW50Il0"])
def test_a_forged_link_stops_nothing(client: FlaskClient, post: Post, token: str) -> None:
    assert client.get(f"/mail/stop/{token}").status_code == 404
    assert client.post(f"/mail/stop/{token}").status_code == 404


def test_a_link_stops_one_kind_of_one_person(
    post: Post, teller: Teller, place: Made, reader: Made, author: Made, client: FlaskClient,
    app: Flask,
) -> None:  # fmt: skip
    with app.app_context():
        for person in (reader, author):
            choose(db.session.get_one(User, person.id), {PING: Channel.MAIL})
    teller.of_place(URGENT, [reader], place)
    [letter] = post.goes_out()
    client.post(letter["List-Unsubscribe"].strip("<>").removeprefix("https://school.example"))
    teller.of_place(URGENT, [reader, author], place, once="2")
    teller.of_place(PING, [reader], place, once="3")
    assert sorted(each["To"] for each in post.goes_out()[1:]) == [reader.email, author.email]


def test_what_was_read_needs_no_letter(
    post: Post, teller: Teller, notes: Notes, place: Made, reader: Made, author: Made,
    login: Login,
) -> None:  # fmt: skip
    teller.of_content(URGENT, [reader], notes.write(place, author), by=author)
    login(reader).post("/me/notices/read", data={"newest": "2147483647"})
    assert post.goes_out() == []
    assert post.waiting() == []


def test_nothing_hidden_or_held_or_closed_is_sent(
    post: Post, teller: Teller, notes: Notes, place: Made, reader: Made, author: Made, app: Flask,
    login: Login,
) -> None:  # fmt: skip
    hidden, held = notes.write(place, author), notes.write(place, author, held=True)
    teller.of_content(URGENT, [reader], hidden, by=author)
    teller.of_content(URGENT, [reader], held, by=author)
    teller.of_place(URGENT, [reader], place, by=author)
    with app.app_context():
        hide(SYSTEM, db.session.get_one(Content, hidden), "Не по теме")
        _close(SYSTEM, place.id)
    login(reader).post("/c/maths/leave")
    assert post.goes_out() == []
    assert post.waiting() == []


@operation
def _close(actor: Any, community: int) -> None:
    db.session.get_one(Community, community).visibility = "private"


def test_a_moderator_gets_no_copy_of_what_was_hidden(
    post: Post, teller: Teller, notes: Notes, place: Made, author: Made, cast: Cast, app: Flask
) -> None:
    moderator = cast.staff(place)
    content = notes.write(place, author, "<p>Тайное слово</p>")
    teller.of_content(URGENT, [moderator], content, by=author)
    with app.app_context():
        hide(SYSTEM, db.session.get_one(Content, content), "Не по теме")
    for letter in post.goes_out():
        assert "Тайное" not in "".join(parts(letter))


@pytest.mark.parametrize("visibility", ["listed", "private"])
def test_letters_can_be_kept_free_of_private_text(
    post: Post, teller: Teller, notes: Notes, cast: Cast, visibility: str
) -> None:
    post.set(mail_private_text=False)
    place = cast.community("secret", visibility=visibility, title="Закрытый круг")
    reader, author = cast.member(place), cast.member(place, surname="Орлова")
    content = notes.write(place, author, "<p>Тайное слово</p>")
    teller.of_content(URGENT, [reader], content, by=author)
    teller.of_content(GOSSIP, [reader], content, by=author, once="g")
    [letter] = post.goes_out()
    assert letter["Subject"] == "Urgent"
    for said in parts(letter):
        for private in ("Тайное", "Закрытый круг", "Орлова", f"Note {content}"):
            assert private not in said


def test_what_everybody_may_read_is_written_all_the_same(
    post: Post, teller: Teller, notes: Notes, place: Made, reader: Made, author: Made
) -> None:
    post.set(mail_private_text=False)
    teller.of_content(URGENT, [reader], notes.write(place, author, "<p>Слово</p>"), by=author)
    [letter] = post.goes_out()
    assert "Слово" in parts(letter)[0]


def test_letters_of_the_night_wait_for_the_morning(
    post: Post, teller: Teller, place: Made, reader: Made, cast: Cast, clock: Turned
) -> None:
    far = cast.member(place, zone_name="Asia/Kamchatka")
    clock.set(NOON.replace(hour=20, minute=30))  # 23:30 in Moscow, 8:30 in Kamchatka
    teller.of_place(URGENT, [reader, far], place)
    assert [letter["To"] for letter in post.goes_out()] == [far.email]
    clock.set(NOON.replace(day=26, hour=3, minute=59))
    assert len(post.goes_out()) == 1
    clock.set(NOON.replace(day=26, hour=4, minute=1))
    assert [letter["To"] for letter in post.goes_out()] == [far.email, reader.email]


def test_without_quiet_hours_letters_come_at_night(
    post: Post, teller: Teller, place: Made, reader: Made, clock: Turned, app: Flask
) -> None:
    with app.app_context():
        choose(db.session.get_one(User, reader.id), {}, quiet_from=5, quiet_until=5)
    clock.set(NOON.replace(hour=23))
    teller.of_place(URGENT, [reader], place)
    assert len(post.goes_out()) == 1


def test_nobody_gets_two_hundred_letters_in_an_hour(
    post: Post, teller: Teller, notes: Notes, place: Made, reader: Made, author: Made,
    clock: Turned, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(mailing, "AN_HOUR", 3)
    for _number in range(5):
        clock.turn(timedelta(seconds=1))
        teller.of_content(URGENT, [reader], notes.write(place, author), by=author)
        post.goes_out()
    assert len(post.postman.taken) == 3
    assert post.waiting() == [("daily", False), ("daily", False)]
    clock.turn(timedelta(hours=1))
    teller.of_content(URGENT, [reader], notes.write(place, author), by=author)
    assert len(post.goes_out()) == 4
    clock.set(NOON.replace(hour=14, minute=5))
    sent = by_digests(post)
    assert len(sent) == 5
    assert parts(sent[-1])[0].count("pings 1 about Note") == 2


def by_digests(post: Post) -> list[EmailMessage]:
    """Let the periodic look for digests happen, then what follows from it."""
    with post.app.app_context():
        digests.look_for_due()
    return post.goes_out()


def test_a_digest_comes_at_its_hour_once_and_without_what_was_read(
    post: Post, teller: Teller, notes: Notes, place: Made, reader: Made, author: Made,
    clock: Turned, login: Login,
) -> None:  # fmt: skip
    contents = [notes.write(place, author, f"<p>Слово {n}</p>") for n in range(3)]
    for content in contents:
        teller.of_content(GOSSIP, [reader], content, by=author)
        teller.of_content(URGENT, [reader], content, by=author, once=f"u{content}")
    assert len(post.goes_out()) == 3
    first = min(int(link.rpartition("/")[2]) for link in links(login(reader)))
    login(reader).post("/me/notices/read", data={"newest": str(first)})
    clock.set(NOON.replace(hour=13, minute=59))  # 16:59 in Moscow
    assert len(by_digests(post)) == 3
    clock.set(NOON.replace(hour=14, minute=1))
    letters = by_digests(post)
    assert len(letters) == 4
    text, _html = parts(letters[-1])
    assert "Сегодня для вас" in letters[-1]["Subject"]
    assert text.count("pings 1 about") == 2
    assert "Слово 0" not in text
    assert letters[-1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    clock.turn(timedelta(minutes=30))
    assert len(by_digests(post)) == 4
    clock.turn(timedelta(days=1))
    assert len(by_digests(post)) == 4


def test_the_weekly_digest_comes_on_its_day(
    post: Post, teller: Teller, place: Made, reader: Made, app: Flask, clock: Turned
) -> None:
    with app.app_context():
        choose(
            db.session.get_one(User, reader.id), {GOSSIP: Channel.WEEKLY}, digest_hour=9,
            digest_day=0,
        )  # fmt: skip
    teller.of_place(GOSSIP, [reader], place)
    for days in range(5):
        clock.set(NOON + timedelta(days=days))
        if clock.moment.weekday() != 0:
            assert by_digests(post) == []
    clock.set(datetime(2026, 11, 30, 5, 59, tzinfo=UTC))
    assert by_digests(post) == []
    clock.set(datetime(2026, 11, 30, 6, 1, tzinfo=UTC))
    assert len(by_digests(post)) == 1


def test_a_link_in_a_digest_stops_the_digest(
    post: Post, teller: Teller, place: Made, reader: Made, clock: Turned, client: FlaskClient
) -> None:
    teller.of_place(GOSSIP, [reader], place)
    clock.set(NOON.replace(hour=14, minute=1))
    [letter] = by_digests(post)
    client.post(letter["List-Unsubscribe"].strip("<>").removeprefix("https://school.example"))
    teller.of_place(GOSSIP, [reader], place, once="2")
    clock.turn(timedelta(days=1))
    assert len(by_digests(post)) == 1


def test_an_address_that_is_refused_holds_up_nobody_and_is_seen(
    post: Post, teller: Teller, place: Made, reader: Made, author: Made, cast: Cast, login: Login
) -> None:
    post.postman.refused[reader.email] = "550 Unknown"
    administrator = cast.user(administrator=True)
    teller.of_place(URGENT, [reader, author], place)
    assert [letter["To"] for letter in post.goes_out()] == [author.email]
    teller.of_place(URGENT, [reader], place, once="2")
    assert len(post.goes_out()) == 1
    assert post.waiting() == []
    health = login(administrator).get("/admin/health", headers=EN).text
    assert "To 1 person no letters go" in health
    browser = login(reader)
    assert "не принимает наши письма" in browser.get("/me/notices/settings").text
    post.postman.refused.clear()
    browser.post("/me/notices/address")
    teller.of_place(URGENT, [reader], place, once="3")
    assert [letter["To"] for letter in post.goes_out()] == [author.email, reader.email]


def test_a_server_that_asks_to_come_back_later_gets_the_letter_later(
    post: Post, teller: Teller, place: Made, reader: Made, author: Made, clock: Turned, app: Flask
) -> None:
    post.postman.refused[reader.email] = "450 Later"
    teller.of_place(URGENT, [reader, author], place)
    assert [letter["To"] for letter in post.goes_out()] == [author.email]
    assert post.waiting() == [("mail", False)]
    post.postman.refused.clear()
    clock.turn(timedelta(minutes=1))
    assert [letter["To"] for letter in post.goes_out()] == [author.email, reader.email]
    with app.app_context():
        assert db.session.scalar(select(MailRefusal)) is None


def test_a_letter_that_no_server_takes_is_not_tried_for_ever(
    post: Post, teller: Teller, place: Made, reader: Made, app: Flask
) -> None:
    post.postman.refuses_letters = "554 Spam"
    teller.of_place(URGENT, [reader], place)
    assert post.goes_out() == []
    assert post.waiting() == []
    with app.app_context():
        assert db.session.scalar(select(JobRow.id).where(JobRow.state == JobState.FAILED)) is None


def test_a_kill_between_claiming_and_sending_loses_no_letter(
    post: Post, teller: Teller, place: Made, reader: Made, app: Flask, clock: Turned
) -> None:
    teller.of_place(URGENT, [reader], place)
    with app.app_context():
        assert len(mailing.claim(SYSTEM, reader.id, Channel.MAIL).ids) == 1
    assert post.goes_out() == []
    assert post.waiting() == [("mail", True)]
    clock.turn(mailing.CLAIM + timedelta(seconds=1))
    assert len(post.goes_out()) == 1
    assert post.waiting() == []


def test_two_workers_do_not_send_one_letter_twice(
    post: Post, teller: Teller, place: Made, reader: Made, app: Flask
) -> None:
    teller.of_place(URGENT, [reader], place)
    with app.app_context():
        first = mailing.claim(SYSTEM, reader.id, Channel.MAIL)
        second = mailing.claim(SYSTEM, reader.id, Channel.MAIL)
    assert len(first.ids) == 1
    assert second.ids == []


def test_nobody_without_an_address_of_their_own_gets_letters(
    post: Post, teller: Teller, place: Made, cast: Cast
) -> None:
    unconfirmed = cast.member(place, email_confirmed_at=None)
    teller.of_place(URGENT, [unconfirmed], place)
    assert post.goes_out() == []
    assert post.waiting() == []


def test_several_replies_at_once_are_one_letter(
    post: Post, teller: Teller, notes: Notes, place: Made, reader: Made, author: Made
) -> None:
    outer = notes.write(place, author)
    for number in range(3):
        content = notes.write(place, author, f"<p>Слово {number}</p>")
        notes.inside[content] = outer
        _tell_inside(teller, reader, author, content, outer)
    [letter] = post.goes_out()
    text, _html = parts(letter)
    assert [f"Слово {n}" in text for n in range(3)] == [True] * 3
    assert letter["References"] == f"<content-{outer}@school.example>"


def _tell_inside(
    teller: Teller, reader: Made, author: Made, content: int, outer: int
) -> None:  # fmt: skip
    def tell(actor: Any) -> None:
        inner, thing = db.session.get_one(Content, content), db.session.get_one(Content, outer)
        notify(URGENT, [reader.id], content=inner, about=thing, by=author.id, once=f"i{content}")

    with teller.app.app_context():
        operation(tell)(SYSTEM)


def test_old_notices_are_forgotten(
    post: Post, teller: Teller, place: Made, reader: Made, clock: Turned, app: Flask, login: Login
) -> None:
    teller.of_place(PING, [reader], place)
    clock.turn(timedelta(days=179))
    with app.app_context():
        digests.forget_old(SYSTEM)
    assert bell(login(reader)) == 1
    clock.turn(timedelta(days=2))
    with app.app_context():
        digests.forget_old(SYSTEM)
    assert bell(login(reader)) == 0
    assert utcnow() == clock.moment


def test_a_letter_holds_what_was_written_now_and_not_what_it_quotes(
    post: Post, teller: Teller, notes: Notes, place: Made, reader: Made, author: Made
) -> None:
    body = "<blockquote><p>Прежние слова</p></blockquote><p>Новые слова</p>"
    teller.of_content(URGENT, [reader], notes.write(place, author, body), by=author)
    own = notes.write(place, reader, "<p>Собственные слова</p>")
    teller.of_content(URGENT, [reader], own, by=author)
    first, second = (parts(letter)[0] for letter in post.goes_out())
    assert "Новые слова" in first
    assert "Прежние слова" not in first
    assert "Собственные слова" not in second

"""What people are told: where it is read, whom it reaches, and that nothing leaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from core.access.actors import SYSTEM, Viewer
from core.access.appointments import end_appointments
from core.communities.models import Community, Membership
from core.communities.operations import admit
from core.communities.role_operations import Term, appoint_member
from core.communities.settings_operations import set_charter
from core.contents.comments import add_comment
from core.contents.models import Content
from core.contents.operations import hide
from core.contents.reactions import react
from core.contract.notices import Channel, Level
from core.contract.registry import registry_of
from core.notices.following import follow
from core.notices.models import Follow, Notice, NoticeChoice
from core.notices.operations import choose
from core.people.erasure import erase
from core.people.export import copy_for
from core.people.models import User
from core.platform.db import db, operation, utcnow
from core.testing.cast import Cast, Made, password_hash
from core.testing.count import QueryCount
from tests.core.contents_kit import Notes
from tests.core.notices_kit import EN, GOSSIP, PING, URGENT, Teller, bell, install, lines, links

Login = Callable[[Made], FlaskClient]


@pytest.fixture
def teller(app: Flask, notes: Notes) -> Teller:
    install(app)
    return Teller(app)


@pytest.fixture
def place(cast: Cast) -> Made:
    return cast.community("maths", visibility="listed", charter="<p>Правила</p>")


@pytest.fixture
def reader(cast: Cast, place: Made, app: Flask) -> Made:
    return cast.member(place)


def rows(app: Flask, person: Made) -> list[Notice]:
    with app.app_context():
        query = select(Notice).where(Notice.user_id == person.id).order_by(Notice.id)
        return list(db.session.scalars(query))


def test_nothing_yet_is_said_kindly(cast: Cast, login: Login) -> None:
    page = login(cast.user()).get("/me/notices", headers=EN)
    assert "Nothing new for you yet" in page.text


def test_a_guest_is_asked_to_sign_in(client: FlaskClient) -> None:
    for path in ("/me/notices", "/me/notices/1", "/me/notices/settings", "/me/follow/content/1"):
        assert "/sign-in" in client.get(path).location


def test_the_bell_counts_lines_and_the_list_says_them(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login, cast: Cast
) -> None:
    other = cast.member(place, surname="Орлова")
    first, second = notes.write(place, other), notes.write(place, other)
    for number in range(3):
        teller.of_content(PING, [reader], first, by=other, once=f"a:{number}")
    teller.of_content(PING, [reader], second, by=other)
    browser = login(reader)
    assert bell(browser) == 2
    assert lines(browser) == [
        f"Орлова\xa0А.\xa0П. pings 1 about Note {second}".replace("\xa0", " "),
        f"Орлова\xa0А.\xa0П. pings 3 about Note {first}".replace("\xa0", " "),
    ]
    assert "maths" in browser.get("/me/notices").text


def test_of_one_occasion_everybody_is_told_once(
    teller: Teller, notes: Notes, place: Made, reader: Made, app: Flask
) -> None:
    content = notes.write(place, reader)
    teller.of_content(PING, [reader], content)
    teller.of_content(GOSSIP, [reader], content)
    assert [row.kind for row in rows(app, reader)] == [PING]


def test_opening_a_line_marks_it_as_read_and_leads_on(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login
) -> None:
    content = notes.write(place, reader)
    teller.of_content(PING, [reader], content)
    browser = login(reader)
    [link] = links(browser)
    assert browser.get(link, headers={"Sec-Purpose": "prefetch"}).location == f"/notes/{content}"
    assert bell(browser) == 1
    assert browser.get(link).location == f"/notes/{content}"
    assert bell(browser) == 0
    assert len(lines(browser)) == 1
    assert lines(browser, "?show=unread") == []


def test_one_line_and_all_lines_are_marked_as_read(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login
) -> None:
    for _number in range(3):
        teller.of_content(PING, [reader], notes.write(place, reader))
    browser = login(reader)
    assert browser.post(links(browser)[0] + "/read").status_code == 303
    assert bell(browser) == 2
    newest = links(browser)[0].rpartition("/")[2]
    teller.of_content(PING, [reader], notes.write(place, reader))
    browser.post("/me/notices/read", data={"newest": newest})
    assert bell(browser) == 1  # what came after the page was made


@pytest.mark.parametrize("newest", ["", "rubbish", "-1", "99999999999999999999", "\x00", "²"])
def test_rubbish_marks_nothing(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login, newest: str
) -> None:
    teller.of_content(PING, [reader], notes.write(place, reader))
    browser = login(reader)
    assert browser.post("/me/notices/read", data={"newest": newest}).status_code == 303
    assert bell(browser) == 1


def test_nobody_opens_or_reads_what_others_are_told(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login, cast: Cast
) -> None:
    teller.of_content(PING, [reader], notes.write(place, reader))
    [link] = links(login(reader))
    stranger = login(cast.member(place))
    assert stranger.get(link).status_code == 404
    assert stranger.post(f"{link}/read").status_code == 404
    assert bell(login(reader)) == 1
    assert stranger.get("/me/notices/2147483647").status_code == 404
    assert stranger.get("/me/notices/99999999999999999999").status_code == 404


def test_what_is_hidden_or_held_is_not_shown(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login, cast: Cast, app: Flask
) -> None:
    author = cast.member(place)
    shown, held = notes.write(place, author), notes.write(place, author, held=True)
    hidden = notes.write(place, author)
    for content in (shown, held, hidden):
        teller.of_content(PING, [reader], content)
    with app.app_context():
        hide(SYSTEM, db.session.get_one(Content, hidden), "Не по теме")
    browser = login(reader)
    assert bell(browser) == 3
    assert lines(browser) == [f"Nobody pings 1 about Note {shown}"]
    assert bell(browser) == 1
    [link] = links(browser)
    number = int(link.rpartition("/")[2])
    assert browser.get(f"/me/notices/{number + 1}").status_code == 404


def test_what_stands_in_something_hidden_is_not_shown(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login, cast: Cast, app: Flask
) -> None:
    author = cast.member(place)
    outer, inner = notes.write(place, author), notes.write(place, author)
    notes.inside[inner] = outer
    teller.of_content(PING, [reader], inner)
    with app.app_context():
        hide(SYSTEM, db.session.get_one(Content, outer), "Не по теме")
    assert lines(login(reader)) == []


def test_who_is_a_member_no_longer_is_shown_nothing_of_it(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login, app: Flask
) -> None:
    teller.of_content(PING, [reader], notes.write(place, reader))
    teller.of_place(PING, [reader], place, once="b")
    with app.app_context():
        _hide_away(SYSTEM, place.id)
    browser = login(reader)
    assert len(lines(browser)) == 2
    browser.post("/c/maths/leave")
    assert lines(browser) == []
    assert bell(browser) == 0


@operation
def _hide_away(actor: Any, community: int) -> None:
    db.session.get_one(Community, community).visibility = "private"


def test_a_kind_of_a_plugin_that_is_gone_is_left_out(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login, app: Flask
) -> None:
    teller.of_content(PING, [reader], notes.write(place, reader))
    registry = registry_of(app)
    assert registry.core is not None
    registry.core = replace(registry.core, notices=())
    assert lines(login(reader)) == []


def test_who_is_suspended_or_did_it_is_not_told(
    teller: Teller, place: Made, reader: Made, cast: Cast, app: Flask
) -> None:
    suspended = cast.member(place)
    with app.app_context():
        _suspend(SYSTEM, suspended.id)
    teller.of_place(PING, [reader, suspended], place, by=reader)
    assert rows(app, reader) == rows(app, suspended) == []


@operation
def _suspend(actor: Any, user: int) -> None:
    db.session.get_one(User, user).state = "suspended"


@pytest.mark.parametrize(
    ("channel", "told", "mail"),
    [
        (Channel.OFF, False, ""),
        (Channel.PAGE, True, ""),
        (Channel.MAIL, True, "mail"),
        (Channel.DAILY, True, "daily"),
        (Channel.WEEKLY, True, "weekly"),
    ],
)
def test_each_kind_comes_as_one_chose(
    teller: Teller, place: Made, reader: Made, app: Flask, channel: Channel, told: bool, mail: str
) -> None:
    with app.app_context():
        choose(db.session.get_one(User, reader.id), {PING: channel})
    teller.of_place(PING, [reader], place)
    assert [row.mail for row in rows(app, reader)] == ([mail] if told else [])


def test_levels_are_inherited_from_the_inside_out(
    teller: Teller, notes: Notes, place: Made, reader: Made, app: Flask
) -> None:
    content = notes.write(place, reader)

    def settle(level: Level | None, *, outside: bool) -> None:
        with app.app_context():
            thing = (
                db.session.get_one(Community, place.id)
                if outside
                else db.session.get_one(Content, content)
            )
            follow(db.session.get_one(User, reader.id), thing, level)

    def reached(once: str) -> bool:
        before = len(rows(app, reader))
        teller.of_content(PING, [reader], content, once=once)
        return len(rows(app, reader)) > before

    assert reached("1")
    settle(Level.OFF, outside=True)
    assert not reached("2")
    settle(Level.DIRECT, outside=False)
    assert reached("3")
    settle(None, outside=False)
    assert not reached("4")
    settle(None, outside=True)
    assert reached("5")
    with app.app_context():
        assert db.session.scalar(select(Follow)) is None


def test_a_request_to_join_and_its_decision(
    cast: Cast, login: Login, app: Flask, deliver_events: Callable[[], int]
) -> None:
    coordinator, applicant = cast.user(), cast.user("Лебедева")
    cast.community("maths", coordinator=coordinator, charter="")
    staff, browser = login(coordinator), login(applicant)
    browser.post("/c/maths/join", data={"version": "0"})
    deliver_events()
    assert lines(staff) == ["Лебедева А. П. asks to join “maths”"]
    [link] = links(staff)
    assert staff.get(link).location == "/c/maths/requests"
    with app.app_context():
        query = select(Membership).where(Membership.user_id == applicant.id)
        admit(db.session.get_one(User, coordinator.id), db.session.scalars(query).one())
    deliver_events()
    assert lines(browser) == ["You are a member of “maths” now"]


def test_a_request_that_is_decided_waits_for_nobody_any_more(
    cast: Cast, login: Login, deliver_events: Callable[[], int]
) -> None:
    coordinator, applicant = cast.user(), cast.user()
    cast.community("maths", coordinator=coordinator, charter="")
    login(applicant).post("/c/maths/join", data={"version": "0"})
    deliver_events()
    assert bell(login(coordinator)) == 1
    login(applicant).post("/c/maths/join/withdraw")
    deliver_events()
    assert bell(login(coordinator)) == 0


def test_who_may_admit_no_longer_is_not_shown_requests(
    cast: Cast, login: Login, deliver_events: Callable[[], int], app: Flask
) -> None:
    place = cast.community("maths", charter="")
    second = cast.staff(place, "coordinator")
    login(cast.user()).post("/c/maths/join", data={"version": "0"})
    deliver_events()
    assert any("asks to join" in line for line in lines(login(second)))
    with app.app_context():
        operation(lambda actor: end_appointments(place.id, second.id, "coordinator"))(SYSTEM)
    assert not any("asks to join" in line for line in lines(login(second)))


def test_roles_and_new_rules(
    cast: Cast, login: Login, app: Flask, deliver_events: Callable[[], int]
) -> None:
    coordinator = cast.user()
    place = cast.community("maths", coordinator=coordinator, charter="<p>Раз</p>")
    member = cast.member(place)
    deliver_events()
    with app.app_context():
        leader = db.session.get_one(User, coordinator.id)
        community = db.session.get_one(Community, place.id)
        appoint_member(leader, community, member.id, "tutor", Term())
        set_charter(leader, db.session.get_one(Community, place.id), "<p>Два</p>")
    deliver_events()
    assert lines(login(member))[:2] == [
        "“maths” has new rules: read and accept them",
        "You are appointed in “maths”: Tutor",
    ]
    assert lines(login(coordinator), "?show=unread") == []
    assert login(member).get(links(login(member))[0]).location == "/c/maths/charter"


def test_comments_and_reactions(
    teller: Teller, notes: Notes, place: Made, reader: Made, cast: Cast, login: Login, app: Flask,
    deliver_events: Callable[[], int],
) -> None:  # fmt: skip
    other = cast.member(place, surname="Орлова")
    content = notes.write(place, reader)
    deliver_events()
    login(reader).post("/me/notices/read", data={"newest": "2147483647"})
    with app.app_context():
        user, target = db.session.get_one(User, other.id), db.session.get_one(Content, content)
        add_comment(user, target, "<p>Верно</p>")
        react(user, db.session.get_one(Content, content), "thanks")
        react(db.session.get_one(User, reader.id), db.session.get_one(Content, content), "idea")
    deliver_events()
    assert lines(login(reader), "?show=unread") == [
        f"Орлова А. П. reacts to what you wrote: Note {content}",
        f"Орлова А. П. comments on what you wrote: Note {content}",
    ]
    assert [row.mail for row in rows(app, reader)][-2:] == ["mail", ""]


def test_pages_ask_the_same_for_one_notice_and_for_thousands(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login, app: Flask
) -> None:
    def asked(path: str) -> int:
        browser = login(reader)
        browser.get(path)
        with QueryCount(app) as count:
            assert browser.get(path).status_code == 200
        return count.number

    content = notes.write(place, reader)
    teller.of_content(PING, [reader], content)
    teller.of_place(PING, [reader], place, once="b")
    paths = ("/me/notices", "/me/notices?show=unread", "/me/notices/settings", "/my")
    few = {path: asked(path) for path in paths}
    assert few["/me/notices"] <= 12
    contents = [notes.write(place, reader) for _number in range(40)]
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            insert(Notice),
            [
                {
                    "user_id": reader.id, "kind": PING, "bundle": f"b{n % 4000}", "once": f"x{n}",
                    "community_id": place.id, "thing_id": contents[n % 40],
                    "content_id": contents[n % 40], "facts": {}, "mail": "", "mail_since": utcnow(),
                    "created_at": utcnow(),
                }
                for n in range(10_000)
            ],
        )  # fmt: skip
    assert {path: asked(path) for path in paths} == few
    assert asked("/me/notices?page=100") == few["/me/notices"]
    assert bell(login(reader)) == 99


def test_the_bell_costs_no_query(
    teller: Teller, notes: Notes, place: Made, reader: Made, cast: Cast, login: Login, app: Flask
) -> None:
    def asked(person: Made) -> int:
        browser = login(person)
        browser.get("/me/profile")
        with QueryCount(app) as count:
            browser.get("/me/profile")
        return count.number

    quiet = asked(cast.member(place))
    teller.of_content(PING, [reader], notes.write(place, reader))
    assert asked(reader) == quiet


def test_telling_everybody_is_one_statement(
    teller: Teller, place: Made, reader: Made, cast: Cast, app: Flask
) -> None:
    def asked(once: str) -> int:
        with QueryCount(app) as count:
            teller.of_place(URGENT, None, place, once=once)
        return count.number

    few = asked("1")
    for _number in range(20):
        cast.member(place)
    assert asked("2") == few
    assert len(rows(app, reader)) == 2


def test_the_settings_show_and_keep_what_one_chooses(
    teller: Teller, reader: Made, login: Login, app: Flask
) -> None:
    browser = login(reader)
    page = browser.get("/me/notices/settings", headers=EN).text
    assert 'name="core-ping" id="core-ping-1" value="page" checked' in page
    form = fields(page) | {"core-ping": "daily", "core-urgent": "off", "quiet_from": "0"}
    assert browser.post("/me/notices/settings", data=form).status_code == 303
    page = browser.get("/me/notices/settings", headers=EN).text
    assert fields(page) == form
    with app.app_context():
        assert len(db.session.scalars(select(NoticeChoice)).all()) == 2
    form["core-ping"] = "page"
    browser.post("/me/notices/settings", data=form)
    with app.app_context():
        assert len(db.session.scalars(select(NoticeChoice)).all()) == 1


def fields(page: str) -> dict[str, str]:
    """What the form of the settings holds."""
    radios = re.findall(
        r'name="(core-[a-z_]+|forum-[a-z_]+)" id="[^"]+" value="(\w+)" checked', page
    )
    selects = re.findall(
        r'<select[^>]*name="(\w+)".*?<option selected value="(\w+)"', page, re.DOTALL
    )
    return dict(radios) | dict(selects)


@pytest.mark.parametrize(
    "wrong",
    [
        {"core-ping": "loud"}, {"core-ping": ""}, {"quiet_from": "24"}, {"quiet_from": "x"},
        {"level": "9"}, {"level": "-1"}, {"digest_day": "7"}, {"digest_hour": "\x00"},
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_a_sentence_and_keeps_the_rest(
    teller: Teller, reader: Made, login: Login, app: Flask, wrong: dict[str, str]
) -> None:
    browser = login(reader)
    form = fields(browser.get("/me/notices/settings").text) | {"core-gossip": "off"} | wrong
    answer = browser.post("/me/notices/settings", data=form, headers=EN)
    assert answer.status_code == 400
    assert "Not everything is filled in correctly" in answer.text
    assert 'id="core-gossip-0" value="off" checked' in answer.text
    with app.app_context():
        assert db.session.scalar(select(NoticeChoice)) is None


def test_what_one_follows_is_settled_on_the_thing(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login, app: Flask
) -> None:
    content = notes.write(place, reader)
    browser = login(reader)
    path = f"/me/follow/content/{content}"
    page = browser.get(path, headers=EN).text
    assert "Only to me" in page
    assert "<html" not in browser.get(path, headers={"HX-Request": "true"}).text
    assert browser.post(path, data={"level": "3", "next": "/my"}).location == "/my"
    with app.app_context():
        assert db.session.scalars(select(Follow.level)).one() == 3
    answer = browser.post(path, data={"level": "0"}, follow_redirects=False)
    assert answer.location == f"/notes/{content}"
    undo = browser.get("/my", headers=EN).text
    assert f"/me/follow/content/{content}?level=3" in undo
    browser.post(path + "?level=inherit")
    with app.app_context():
        assert db.session.scalar(select(Follow)) is None


@pytest.mark.parametrize("level", ["5", "-1", "", "rubbish", "\x00", "99999999999"])
def test_a_level_that_there_is_not(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login, level: str
) -> None:
    path = f"/me/follow/content/{notes.write(place, reader)}"
    answer = login(reader).post(path, data={"level": level}, headers=EN)
    assert answer.status_code == 400
    assert "Choose one of the levels." in answer.text


def test_only_members_follow_and_only_what_they_may_see(
    teller: Teller, notes: Notes, place: Made, reader: Made, cast: Cast, login: Login, app: Flask
) -> None:
    content, held = notes.write(place, reader), notes.write(place, reader, held=True)
    private = cast.community("secret", visibility="private")
    stranger, member = login(cast.user()), login(cast.member(place))
    assert stranger.get(f"/me/follow/content/{content}").status_code == 403
    assert stranger.get(f"/me/follow/community/{place.id}").status_code == 403
    assert member.get(f"/me/follow/community/{place.id}").status_code == 200
    assert member.get(f"/me/follow/content/{held}").status_code == 404
    assert member.get(f"/me/follow/community/{private.id}").status_code == 404
    for path in ("activity/1", "content/2147483647", "rubbish/1", "community/2147483647"):
        assert member.get(f"/me/follow/{path}").status_code == 404
        assert member.post(f"/me/follow/{path}", data={"level": "4"}).status_code == 404


def test_the_copy_of_ones_data_has_it_and_being_forgotten_leaves_none(
    teller: Teller, notes: Notes, place: Made, reader: Made, cast: Cast, login: Login, app: Flask
) -> None:
    other = cast.member(place)
    content = notes.write(place, reader)
    teller.of_content(PING, [reader], content, by=other)
    teller.of_content(PING, [other], content, by=reader, once="back")
    with app.app_context():
        user = db.session.get_one(User, reader.id)
        choose(user, {PING: Channel.DAILY}, level=3)
        follow(user, db.session.get_one(Content, content), Level.ALL)
    with app.test_request_context():
        copy = {s["section"]: s for s in copy_for(Viewer(id=reader.id))["sections"]}
    assert [told["kind"] for told in copy["Уведомления"]["notices"]] == ["Pings"]
    assert len(copy["Настройки уведомлений"]["choices"]) == 2
    assert copy["За чем вы следите"]["follows"][0]["content"] == content
    with app.app_context():
        erase(Viewer(id=reader.id), password_hash())
    assert rows(app, reader) == []
    with app.app_context():
        assert db.session.scalar(select(NoticeChoice)) is None
        assert db.session.scalar(select(Follow)) is None
    assert [row.actor_id for row in rows(app, other)] == [None]


def test_of_several_about_one_thing_only_what_is_hidden_is_left_out(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login, cast: Cast, app: Flask
) -> None:
    author = cast.member(place)
    outer = notes.write(place, author)
    inner = [notes.write(place, author) for _number in range(3)]
    for number in inner:
        notes.inside[number] = outer
        with app.app_context():
            thing = db.session.get_one(Content, outer)
            teller.of_content(PING, [reader], number, about=thing)
    with app.app_context():
        hide(SYSTEM, db.session.get_one(Content, inner[2]), "Не по теме")
    browser = login(reader)
    assert lines(browser) == [f"Nobody pings 2 about Note {outer}"]
    assert bell(browser) == 1
    [link] = links(browser)
    assert browser.get(link).location == f"/notes/{inner[0]}"
    assert bell(browser) == 0


def test_a_kind_that_fails_to_speak_does_not_silence_the_others(
    teller: Teller, notes: Notes, place: Made, reader: Made, login: Login, app: Flask
) -> None:
    def broken(news: Any) -> str:
        raise RuntimeError("no words")

    registry = registry_of(app)
    assert registry.core is not None
    kinds = [replace(k, says=broken) if k.name == URGENT else k for k in registry.core.notices]
    registry.core = replace(registry.core, notices=tuple(kinds))
    teller.of_place(URGENT, [reader], place)
    teller.of_place(PING, [reader], place, once="2")
    app.config["SREDA_RAISE_HOOK_ERRORS"] = False
    try:
        assert lines(login(reader)) == ["Nobody pings 1 about a place"]
    finally:
        app.config["SREDA_RAISE_HOOK_ERRORS"] = True


@pytest.mark.parametrize("page", ["0", "-1", "2", "999999999999", "x"])
def test_pages_that_there_are_not(
    teller: Teller, place: Made, reader: Made, login: Login, page: str
) -> None:
    teller.of_place(PING, [reader], place)
    assert len(lines(login(reader), f"?page={page}")) == 1

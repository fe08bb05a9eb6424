"""The page of everything that one follows: what stands there, and changing it there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from core.access.actors import SYSTEM
from core.activities.models import Activity
from core.communities.models import Community
from core.contents.models import Content
from core.contents.operations import hide
from core.contract.notices import Level
from core.notices.following import follow
from core.notices.models import Follow
from core.people.models import User
from core.platform.db import db
from core.testing.cast import Cast, Made
from core.testing.count import QueryCount
from tests.core.contents_kit import Notes
from tests.core.diary import SOURCE
from tests.core.notices_kit import EN

Login = Callable[[Made], FlaskClient]
PAGE = "/me/notices/following"


@pytest.fixture
def place(cast: Cast) -> Made:
    return cast.community("maths", visibility="listed", title="Математика")


@pytest.fixture
def reader(cast: Cast, place: Made) -> Made:
    return cast.member(place)


def settle(app: Flask, person: Made, model: Any, number: int, level: Level) -> None:
    with app.app_context():
        user, thing = db.session.get_one(User, person.id), db.session.get_one(model, number)
        follow(user, thing, level)


def settled(app: Flask, person: Made) -> list[Level]:
    with app.app_context():
        query = select(Follow.level).where(Follow.user_id == person.id).order_by(Follow.id.desc())
        return [Level(level) for level in db.session.scalars(query)]


def lines(browser: FlaskClient, query: str = "") -> list[str]:
    """The lines of the page as one reads them."""
    page = browser.get(f"{PAGE}{query}", headers=EN)
    assert page.status_code == 200, page.text
    things = re.findall(r'<li class="thing">(.*?)</li>', page.text, re.DOTALL)
    return [" ".join(re.sub("<[^>]+>", " ", thing).split()) for thing in things]


def test_who_settled_nothing_reads_how_it_is_done(cast: Cast, login: Login) -> None:
    page = login(cast.user()).get(PAGE, headers=EN).text
    assert "You have not settled anything yet" in page
    assert "Only to me" in page


def test_a_guest_is_asked_to_sign_in(client: FlaskClient) -> None:
    assert "/sign-in" in client.get(PAGE).location
    assert client.post(f"{PAGE}/1/forget").status_code == 401


def test_contents_activities_and_communities_of_whatever_plugin_stand_there(
    install_plugin: Callable[..., None], make_app: Callable[..., Flask]
) -> None:
    install_plugin("diary", SOURCE)
    app = make_app()
    notes = Notes(app)
    notes.install()
    cast = Cast(app)
    place = cast.community("maths", title="Математика")
    reader = cast.member(place)
    diary = cast.activity(place, "diary", "notebook", title="Дневник наблюдений")
    note = notes.write_in(diary, reader)
    settle(app, reader, Community, place.id, Level.ALL)
    settle(app, reader, Activity, diary.id, Level.TRACK)
    settle(app, reader, Content, note, Level.OFF)
    first, second, third = lines(cast.browser(reader))
    assert f"Note {note}" in first
    assert "Дневник наблюдений · Математика" in first
    assert "Off" in first
    assert "Дневник наблюдений" in second
    assert "Keep track" in second
    assert "Математика" in third
    assert "Everything" in third
    page = cast.browser(reader).get(PAGE).text
    assert f'href="/c/maths/diary/{diary.id}/"' in page
    assert f'href="/notes/{note}"' in page


def test_a_level_is_changed_there_and_one_comes_back(
    app: Flask, notes: Notes, place: Made, reader: Made, login: Login
) -> None:
    note = notes.write(place, reader)
    settle(app, reader, Content, note, Level.OFF)
    browser = login(reader)
    menu = re.search(r'href="(/me/follow/content/[^"]+)"', browser.get(f"{PAGE}?level=0").text)
    assert menu is not None
    page = browser.get(menu[1].replace("&amp;", "&"), headers=EN).text
    back = re.search(r'action="/me/follow/.*?name="next" value="([^"]+)"', page, re.DOTALL)
    assert back is not None
    assert back[1] == f"{PAGE}?level=0"
    sent = browser.post(f"/me/follow/content/{note}", data={"level": "4", "next": back[1]})
    assert sent.location == f"{PAGE}?level=0"
    assert settled(app, reader) == [Level.ALL]
    browser.post(f"/me/follow/content/{note}", data={"level": "inherit", "next": PAGE})
    assert settled(app, reader) == []


def test_switching_off_can_be_undone_and_leads_back_there(
    app: Flask, place: Made, reader: Made, login: Login
) -> None:
    settle(app, reader, Community, place.id, Level.FIRST)
    browser = login(reader)
    browser.post(f"/me/follow/community/{place.id}", data={"level": "0", "next": PAGE})
    undo = re.search(r'action="(/me/follow/[^"]+level=[^"]+)"', browser.get(PAGE).text)
    assert undo is not None
    assert browser.post(undo[1].replace("&amp;", "&")).location == PAGE
    assert settled(app, reader) == [Level.FIRST]


def test_it_is_narrowed_by_community_and_level(
    app: Flask, place: Made, reader: Made, login: Login, cast: Cast
) -> None:
    other = cast.community("physics", title="Физика")
    cast.member(other, reader)
    settle(app, reader, Community, place.id, Level.ALL)
    settle(app, reader, Community, other.id, Level.OFF)
    browser = login(reader)
    assert [("Физика" in line) for line in lines(browser, "?in=physics")] == [True]
    assert [("Физика" in line) for line in lines(browser, "?level=4")] == [False]
    page = browser.get(f"{PAGE}?in=physics&level=4", headers=EN).text
    assert "Nothing like that is settled" in page
    for rubbish in ("?level=7", "?level=x", "?page=-1", "?level=%00"):
        assert len(lines(browser, rubbish)) == 2
    assert lines(browser, "?in=nowhere") == []


def test_what_one_may_not_see_any_more_tells_nothing_and_can_be_taken_out(
    app: Flask, notes: Notes, place: Made, reader: Made, login: Login, cast: Cast
) -> None:
    note = notes.write(place, cast.staff(place))
    settle(app, reader, Content, note, Level.ALL)
    with app.app_context():
        hide(SYSTEM, db.session.get_one(Content, note), "Порядок")
    browser, other = login(reader), login(cast.member(place))
    (line,) = lines(browser)
    assert "not open to you now" in line
    assert "Note" not in line
    forget = re.search(rf'action="({PAGE}/[0-9]+/forget)"', browser.get(PAGE).text)
    assert forget is not None
    assert other.post(forget[1]).status_code == 303
    assert settled(app, reader) == [Level.ALL], "nobody takes away what others follow"
    assert browser.post(forget[1]).location == PAGE
    assert settled(app, reader) == []
    assert browser.post(forget[1]).status_code == 303


def test_nobody_sees_what_others_follow(
    app: Flask, place: Made, reader: Made, login: Login, cast: Cast
) -> None:
    settle(app, reader, Community, place.id, Level.ALL)
    assert lines(login(cast.member(place))) == []


def test_the_page_asks_the_same_for_one_line_and_for_thousands(
    app: Flask, notes: Notes, place: Made, reader: Made, login: Login
) -> None:
    def asked() -> int:
        browser = login(reader)
        browser.get(PAGE)
        with QueryCount(app) as count:
            assert browser.get(PAGE).status_code == 200
        return count.number

    settle(app, reader, Content, notes.write(place, reader), Level.ALL)
    few = asked()
    assert few <= 12
    with app.app_context(), db.engine.begin() as connection:
        row: dict[str, Any] = {"kind": "core.note", "community_id": place.id, "version": 1}
        connection.execute(
            insert(Content),
            [row | {"id": 1_000_000 + n, "author_id": reader.id} for n in range(5_000)],
        )
        connection.execute(
            insert(Follow),
            [{"user_id": reader.id, "content_id": 1_000_000 + n, "level": 3} for n in range(5_000)],
        )
    assert asked() == few

"""The frame around pages: the left column, the account menu and the bar of a phone."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, g, render_template_string

from core.access.actors import SYSTEM, Viewer, current_viewer
from core.activities.models import Activity, ActivityState
from core.activities.operations import set_activity_state
from core.communities.models import Community
from core.contract.manifest import NavItem
from core.frame import Frame, account_menu, bottom_bar, frame_of
from core.platform.db import db
from core.testing.cast import Cast, Made
from core.testing.count import QueryCount
from tests.core.diary import SOURCE


@pytest.fixture
def site_with_diary(install_plugin: Callable[..., None], make_app: Callable[..., Flask]) -> Flask:
    install_plugin("diary", SOURCE)
    return make_app()


def side(app: Flask, person: Made | None, path: str) -> str:
    """The left column of a page."""
    browser = Cast(app).browser(person) if person else app.test_client()
    html = browser.get(path, headers={"Accept-Language": "en"}).text
    return html.split('<nav class="side-nav"', 1)[1].split("</nav>", 1)[0]


def links(html: str) -> list[str]:
    return re.findall(r'href="([^"#]+)"', html)


def current(html: str) -> list[str]:
    """The addresses that are marked as the page one is on."""
    return re.findall(r'href="([^"]+)" aria-current="page"', html)


def test_activities_stand_under_their_forms_with_what_is_unread(site_with_diary: Flask) -> None:
    diary: Any = importlib.import_module("stranger_diary")
    cast = Cast(site_with_diary)
    maths = cast.community("maths")
    quiz = cast.activity(maths, "diary", "quiz", title="Опрос")
    notebook = cast.activity(maths, "diary", "notebook", title="Тетрадь")
    diary.NEWS[notebook.id] = {"text": "…", "unread": 41}
    html = side(site_with_diary, cast.member(maths), f"/c/maths/diary/{quiz.id}/")
    assert html.index("Notebooks") < html.index("Тетрадь") < html.index("Quizzes")
    assert html.index("Тетрадь") < html.index(">41<") < html.index("Quizzes")
    assert current(html) == [f"/c/maths/diary/{quiz.id}/"]
    assert "Diary of the day" in html


def test_a_guest_of_a_community_for_members_sees_no_activities(site_with_diary: Flask) -> None:
    cast = Cast(site_with_diary)
    maths = cast.community("maths", visibility="listed")
    cast.activity(maths, "diary", "quiz", title="Опрос")
    html = side(site_with_diary, None, "/c/maths/")
    assert "Опрос" not in html
    assert "/c/maths/people" not in links(html)


def test_entries_of_managers_are_for_managers(site_with_diary: Flask) -> None:
    cast = Cast(site_with_diary)
    coordinator = cast.user()
    maths = cast.community("maths", coordinator=coordinator)
    manage = {
        "/c/maths/activities/new", "/c/maths/activities/", "/c/maths/requests", "/c/maths/roles",
        "/c/maths/settings",
    }  # fmt: skip
    assert manage <= set(links(side(site_with_diary, coordinator, "/c/maths/")))
    moderator = set(links(side(site_with_diary, cast.staff(maths), "/c/maths/")))
    assert moderator & manage == {"/c/maths/activities/new", "/c/maths/activities/"}
    assert not manage & set(links(side(site_with_diary, cast.member(maths), "/c/maths/")))


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/c/maths/", "/c/maths/"),
        ("/c/maths/people", "/c/maths/people"),
        ("/c/maths/activities/new/diary/quiz", "/c/maths/activities/new"),
        ("/c/maths/activities/archive", "/c/maths/activities/"),
        ("/c/maths/settings/admission", "/c/maths/settings"),
    ],
)
def test_one_entry_is_marked_wherever_one_is(
    site_with_diary: Flask, path: str, marked: str
) -> None:
    cast = Cast(site_with_diary)
    coordinator = cast.user()
    cast.community("maths", coordinator=coordinator)
    assert current(side(site_with_diary, coordinator, path)) == [marked]


def test_ones_own_page_is_marked_and_nobody_elses(app: Flask, cast: Cast) -> None:
    me, other = cast.user(), cast.user()
    maths = cast.community("maths")
    for person in (me, other):
        cast.member(maths, person)
    browser = cast.browser(me)
    assert f"/people/{me.id}" in current(browser.get(f"/people/{me.id}").text)
    assert f"/people/{me.id}" not in current(browser.get(f"/people/{other.id}").text)


def test_administration_is_in_the_menu_of_administrators_alone(app: Flask, cast: Cast) -> None:
    for person, there in ((cast.user(administrator=True), True), (cast.user(), False)):
        with app.test_request_context("/"):
            look_as(person)
            entries = [str(item.title) for item in account_menu(current_viewer())]
        assert any("dmin" in title or "дмин" in title for title in entries) is there


def look_as(person: Made) -> None:
    g.viewer = Viewer(id=person.id)


def test_a_guest_has_neither_menu_nor_bar(app: Flask) -> None:
    with app.test_request_context("/"):
        assert account_menu(current_viewer()) == []
        assert bottom_bar(current_viewer()) == []
        assert frame_of(current_viewer()) is None


def test_the_bar_of_a_phone_has_four_entries_at_most(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [NavItem(f"N{number}", f"/{number}") for number in range(5)]
    monkeypatch.setattr("core.frame._of_plugins", lambda community, viewer: many)
    person = cast.user()
    with app.test_request_context("/"):
        look_as(person)
        bar = bottom_bar(current_viewer())
    assert len(bar) == 4
    assert bar[-1].url == f"/people/{person.id}"


def test_a_piece_of_a_page_pays_nothing_for_the_frame(app: Flask, cast: Cast) -> None:
    maths = cast.community("maths")
    member = cast.member(maths)
    with app.test_request_context("/c/maths/"):
        look_as(member)
        g.community = db.session.get_one(Community, maths.id)
        with QueryCount(app) as count:
            assert render_template_string("{{ site_name }}") != ""
        assert count.number == 0
        with QueryCount(app) as count:
            assert "maths" in render_template_string("{{ frame_of(viewer).community.title }}")
        assert count.number > 0
        assert isinstance(frame_of(current_viewer()), Frame)


def test_every_page_of_an_activity_says_where_one_is(site_with_diary: Flask) -> None:
    cast = Cast(site_with_diary)
    coordinator = cast.user()
    maths = cast.community("maths", title="Математики", coordinator=coordinator)
    quiz = cast.activity(maths, "diary", "quiz", title="Опрос", state="draft")
    address = f"/c/maths/diary/{quiz.id}/"
    html = cast.browser(coordinator).get(address).text
    crumbs = html.split('class="crumbs"', 1)[1].split("</nav>", 1)[0]
    assert crumbs.index("Математики") < crumbs.index("Quizzes") < crumbs.index("Опрос")
    assert f"/c/maths/activities/{quiz.id}/publish" in html
    with site_with_diary.app_context():
        row = db.session.get_one(Activity, quiz.id)
        set_activity_state(SYSTEM, row, ActivityState.PUBLISHED)
    member = cast.browser(cast.member(maths)).get(address).text
    assert "/c/maths/activities/" not in member

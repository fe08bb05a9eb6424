"""How many statements the pages that everybody opens may cost, whatever the number of rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, insert

from core.access.models import Appointment, Role
from core.activities.models import Activity
from core.communities.models import Community, Membership
from core.contract.models import CommunityPlugin
from core.contract.registry import registry_of
from core.people.models import User
from core.platform.db import db
from core.testing.cast import Cast, Made
from core.testing.count import QueryCount
from tests.core.diary import SOURCE

MANY = 10_000
PLACES = 60
# What a plugin may ask on a page that is not its own.
A_PLUGIN = 2


@pytest.fixture
def site_with_diary(install_plugin: Callable[..., None], make_app: Callable[..., Flask]) -> Flask:
    install_plugin("diary", SOURCE)
    return make_app()


def statements(app: Flask, browser: Any, path: str) -> list[str]:
    """What core asks the database for a page once everything is warm; plugins have two each."""
    assert browser.get(path).status_code == 200
    with QueryCount(app) as count:
        assert browser.get(path).status_code == 200
    own = list(count.statements)
    for plugin in registry_of(app).installed:
        theirs = [statement for statement in own if f" {plugin}_" in statement]
        assert len(theirs) <= A_PLUGIN, (plugin, theirs)
        own = [statement for statement in own if statement not in theirs]
    return own


def test_home_of_a_community(site_with_diary: Flask) -> None:
    cast = Cast(site_with_diary)
    community = cast.community("maths", visibility="public", charter="<p>Правила</p>")
    cast.activity(community, "diary", "notebook")
    member = cast.browser(cast.member(community))
    few = statements(site_with_diary, member, "/c/maths/")
    assert len(few) <= 8
    assert len(statements(site_with_diary, site_with_diary.test_client(), "/c/maths/")) <= 7
    fill_community(site_with_diary, community)
    assert len(statements(site_with_diary, member, "/c/maths/")) == len(few)


def test_home_for_its_coordinator(site_with_diary: Flask) -> None:
    cast = Cast(site_with_diary)
    coordinator = cast.user()
    cast.community("maths", coordinator=coordinator)
    assert len(statements(site_with_diary, cast.browser(coordinator), "/c/maths/")) <= 8


def test_my_day(site_with_diary: Flask) -> None:
    cast = Cast(site_with_diary)
    coordinator = cast.user()
    community = cast.community("maths", coordinator=coordinator, charter="<p>Правила</p>")
    cast.activity(community, "diary", "notebook")
    browser = cast.browser(coordinator)
    few = statements(site_with_diary, browser, "/my")
    assert len(few) <= 8
    fill_community(site_with_diary, community)
    join_many(site_with_diary, coordinator)
    assert len(statements(site_with_diary, browser, "/my")) <= 8


def test_front_page(site_with_diary: Flask) -> None:
    cast = Cast(site_with_diary)
    community = cast.community("maths", visibility="public")
    cast.activity(community, "diary", "notebook")
    member = cast.member(community)
    site_with_diary.extensions.pop("sreda-front", None)
    site_with_diary.config["TESTING"] = False
    browser = cast.browser(member)
    assert len(statements(site_with_diary, browser, "/")) <= 3
    assert len(statements(site_with_diary, site_with_diary.test_client(), "/")) <= 1
    fill_community(site_with_diary, community)
    join_many(site_with_diary, member)
    assert len(statements(site_with_diary, browser, "/")) <= 3


def test_lists_of_activities(site_with_diary: Flask) -> None:
    cast = Cast(site_with_diary)
    coordinator = cast.user()
    community = cast.community("maths", coordinator=coordinator)
    cast.activity(community, "diary", "notebook")
    browser = cast.browser(coordinator)
    paths = ("/c/maths/activities/", "/c/maths/activities/archive", "/c/maths/activities/new")
    few = {path: len(statements(site_with_diary, browser, path)) for path in paths}
    assert max(few.values()) <= 10
    fill_community(site_with_diary, community)
    assert {path: len(statements(site_with_diary, browser, path)) for path in paths} == few


def fill_community(app: Flask, community: Made) -> None:
    """Ten thousand people and as many activities, a third of them in the archive."""
    with app.app_context(), db.engine.begin() as connection:
        people = range(100_000, 100_000 + MANY)
        connection.execute(
            insert(User),
            [
                {"id": n, "surname": f"Ф{n}", "given_name": "А", "email": f"{n}@x.ru"}
                for n in people
            ],
        )
        connection.execute(
            insert(Membership),
            [
                {
                    "community_id": community.id, "user_id": n,
                    "state": "requested" if n % 2 else "active",
                }
                for n in people
            ],
        )  # fmt: skip
        connection.execute(
            insert(Activity),
            [
                {
                    "community_id": community.id, "plugin": "diary", "title": f"Т{n}",
                    "kind": "quiz" if n % 2 else "notebook", "position": n,
                    "state": "archived" if n % 3 == 0 else "published",
                }
                for n in range(MANY)
            ],
        )  # fmt: skip


def join_many(app: Flask, person: Made) -> None:
    """Let somebody coordinate many communities, in each of which somebody asks to join."""
    with app.app_context(), db.engine.begin() as connection:
        for number in range(PLACES):
            _coordinated(connection, number + 500_000, person)


def _coordinated(connection: Connection, number: int, person: Made) -> None:
    connection.execute(insert(Community), {"id": number, "slug": f"place-{number}", "title": "М"})
    connection.execute(
        insert(Role),
        {"id": number, "community_id": number, "key": "coordinator", "archetype": "manager"},
    )
    connection.execute(insert(Appointment), {"role_id": number, "user_id": person.id})
    connection.execute(insert(CommunityPlugin), {"community_id": number, "plugin": "diary"})
    connection.execute(
        insert(Membership),
        {"community_id": number, "user_id": person.id, "state": "requested"},
    )
    connection.execute(
        insert(Activity),
        {"community_id": number, "plugin": "diary", "kind": "quiz", "title": "Викторина"},
    )

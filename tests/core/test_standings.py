"""What somebody holds in many communities, read at once, is what each community says by itself."""

from __future__ import annotations

import pytest
from flask import Flask

from core.access.actors import Viewer
from core.access.standing import (
    forget_standings,
    prepare_standings,
    standing_of,
)
from core.admin.switches import enabled_plugins, forget_switches, prepare_switches
from core.communities.models import Community
from core.people.sessions import viewer_by_key
from core.platform.db import db
from core.testing.cast import Cast, Made
from core.testing.count import QueryCount


@pytest.fixture
def places(cast: Cast) -> list[Made]:
    """A community, one inside it, one beside it."""
    parent = cast.community("parent")
    return [parent, cast.community("child", parent=parent), cast.community("other")]


def keys(person: Made, communities: list[Community], *, at_once: bool) -> list[set[str]]:
    forget_standings()
    viewer = Viewer(id=person.id)
    if at_once:
        prepare_standings(viewer, communities)
    return [
        {f"{role.key}-{role.own}" for role in standing_of(viewer, community).roles}
        for community in communities
    ]


@pytest.mark.parametrize("role", ["coordinator", "moderator", "member"])
@pytest.mark.parametrize("where", [0, 1, 2, None])
def test_many_at_once_are_as_each_by_itself(
    app: Flask, cast: Cast, places: list[Made], role: str, where: int | None
) -> None:
    person = cast.user(administrator=where is None)
    if where is not None:
        cast.appoint(person, places[where], role)
    with app.test_request_context("/"):
        communities = [db.session.get_one(Community, place.id) for place in places]
        singly = keys(person, communities, at_once=False)
        assert keys(person, communities, at_once=True) == singly
        manages_the_child = "coordinator-False" in singly[1]
        assert manages_the_child is (role == "coordinator" and where == 0)
        with QueryCount(app) as count:
            prepare_standings(Viewer(id=cast.numbers.__next__() + 10_000), communities)
        assert count.number == 1


def test_switches_of_many_are_as_each_by_itself(app: Flask, places: list[Made]) -> None:
    with app.test_request_context("/"):
        singly = [enabled_plugins(place.id) for place in places]
        forget_switches()
        with QueryCount(app) as count:
            prepare_switches(place.id for place in places)
            assert [enabled_plugins(place.id) for place in places] == singly
            assert enabled_plugins(None) == singly[0]
        assert count.number == 1
        assert singly[0]


def test_whoever_holds_nothing_on_the_site_is_not_looked_up_there(app: Flask, cast: Cast) -> None:
    for administrator in (True, False):
        person = cast.user(administrator=administrator)
        browser = cast.browser(person)
        with browser.session_transaction() as session:
            key = session["_user_id"]
        with app.test_request_context("/"):
            viewer = viewer_by_key(key)
            assert viewer is not None
            assert viewer.serves_site is administrator
            with QueryCount(app) as count:
                assert standing_of(viewer, None).has("administrator") is administrator
            assert count.number == int(administrator)

"""Settings of a community: what it says, who gets in, its switches, opening and ending it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.access.actors import SYSTEM, Viewer
from core.access.standing import can, decide
from core.communities import events
from core.communities.models import Community, CommunityState
from core.communities.settings_operations import change, set_state, switch_plugin
from core.contract.registry import registry
from core.errors import Conflict, DomainError
from core.events.models import EventRow
from core.platform.db import db as database
from core.testing.cast import Cast, Made


def get(app: Flask, place: Made, name: str) -> Any:
    with app.app_context():
        return getattr(database.session.get_one(Community, place.id), name)


def alter(app: Flask, place: Made, **values: Any) -> None:
    with app.app_context():
        change(SYSTEM, database.session.get_one(Community, place.id), **values)


def turn(app: Flask, place: Made, state: CommunityState) -> None:
    with app.app_context():
        set_state(SYSTEM, database.session.get_one(Community, place.id), state)


def may(app: Flask, person: Made, capability: str, place: Made) -> bool:
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        return can(Viewer(id=person.id), capability, community)


@pytest.fixture
def coordinator(cast: Cast) -> Made:
    return cast.user("Яковлева")


@pytest.fixture
def place(cast: Cast, coordinator: Made) -> Made:
    return cast.community("maths", coordinator=coordinator)


@pytest.fixture
def browser(cast: Cast, coordinator: Made, place: Made) -> FlaskClient:
    return cast.browser(coordinator)


def test_what_a_community_says_of_itself_is_changed(
    app: Flask, place: Made, browser: FlaskClient
) -> None:
    assert browser.get("/c/maths/settings").status_code == 200
    sent = {"title": "Учителя математики", "kind": "subject", "goals": "Учим думать"}
    assert browser.post("/c/maths/settings", data=sent).status_code == 303
    assert get(app, place, "title") == "Учителя математики"
    assert get(app, place, "goals") == "Учим думать"


def test_a_community_has_a_name(app: Flask, place: Made, browser: FlaskClient) -> None:
    answer = browser.post("/c/maths/settings", data={"title": " ", "goals": "Мои цели"})
    assert answer.status_code == 400
    assert "Мои цели" in answer.text
    assert get(app, place, "title") == "maths"


ADMISSION = {
    "visibility": "public",
    "admission": "open",
    "member_limit": "150",
    "hold_first_posts": "2",
    "parent_id": "0",
}


def test_policies_are_changed(app: Flask, place: Made, browser: FlaskClient) -> None:
    assert browser.get("/c/maths/settings/admission").status_code == 200
    assert browser.post("/c/maths/settings/admission", data=ADMISSION).status_code == 303
    values = [get(app, place, n) for n in ("visibility", "admission", "member_limit")]
    assert values == ["public", "open", 150]
    assert get(app, place, "hold_first_posts") == 2
    assert get(app, place, "visible_history") is False
    unlimited = {**ADMISSION, "member_limit": ""}
    browser.post("/c/maths/settings/admission", data=unlimited)
    assert get(app, place, "member_limit") is None


def test_there_cannot_be_fewer_places_than_members(
    app: Flask, cast: Cast, place: Made, browser: FlaskClient
) -> None:
    cast.member(place)
    sent = {**ADMISSION, "member_limit": "1"}
    answer = browser.post("/c/maths/settings/admission", data=sent)
    assert answer.status_code == 400
    assert 'value="1"' in answer.text
    assert get(app, place, "member_limit") is None
    browser.post("/c/maths/settings/admission", data={**sent, "member_limit": "2"})
    assert get(app, place, "member_limit") == 2


def test_a_community_does_not_come_to_be_inside_itself(app: Flask, cast: Cast) -> None:
    top = cast.community("district")
    middle = cast.community("maths", parent=top)
    bottom = cast.community("geometry", parent=middle)
    for inside in (top, middle, bottom):
        with pytest.raises(DomainError):
            alter(app, top, parent_id=inside.id)
    assert get(app, top, "parent_id") is None


def test_a_community_joins_only_what_its_coordinator_manages(
    app: Flask, cast: Cast, coordinator: Made, place: Made, browser: FlaskClient
) -> None:
    own = cast.community("district", coordinator=coordinator)
    strange = cast.community("strange")
    answer = browser.post(
        "/c/maths/settings/admission", data={**ADMISSION, "parent_id": str(strange.id)}
    )
    assert answer.status_code == 400
    assert get(app, place, "parent_id") is None
    browser.post("/c/maths/settings/admission", data={**ADMISSION, "parent_id": str(own.id)})
    assert get(app, place, "parent_id") == own.id


def test_settings_are_for_those_who_manage(cast: Cast, place: Made) -> None:
    people = (cast.user(), cast.member(place), cast.staff(place, "moderator"))
    for page in ("", "/admission", "/rules", "/plugins", "/state"):
        for person in people:
            answer = cast.browser(person).get(f"/c/maths/settings{page}")
            assert answer.status_code == 403, page


def test_unknown_settings_are_a_mistake_of_the_programmer(app: Flask, place: Made) -> None:
    with pytest.raises(TypeError):
        alter(app, place, member_count=0)


# Forms of activity -----------------------------------------------------------------------------


def test_forms_of_activity_are_switched_off_and_on(
    app: Flask, cast: Cast, place: Made, browser: FlaskClient
) -> None:
    with app.app_context():
        name = min(registry().installed)
    address = f"/c/maths/settings/plugins/{name}"
    assert address in browser.get("/c/maths/settings/plugins").text
    for enabled in (False, True):
        sent = {"enabled": "1" if enabled else "0"}
        assert browser.post(address, data=sent).status_code == 303
        with app.app_context():
            assert (name in registry().enabled_in(place.id)) is enabled
    assert browser.post("/c/maths/settings/plugins/nonsense", data=sent).status_code == 404


def test_what_the_site_does_not_have_cannot_be_switched_on(app: Flask, place: Made) -> None:
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        with pytest.raises(DomainError):
            switch_plugin(SYSTEM, community, "nonsense", True)


# Opening and ending ----------------------------------------------------------------------------


def test_a_draft_is_seen_by_those_who_prepare_it_alone(app: Flask, cast: Cast) -> None:
    owner = cast.user()
    cast.community("draft", coordinator=owner, state="draft", visibility="public")
    assert cast.browser(owner).get("/c/draft/settings").status_code == 200
    assert cast.browser(cast.user()).get("/c/draft/charter").status_code == 404
    assert app.test_client().get("/c/draft/charter").status_code == 302
    assert 'href="/c/draft/"' not in app.test_client().get("/communities").text


def test_a_draft_is_opened(app: Flask, cast: Cast) -> None:
    owner = cast.user()
    place = cast.community("draft", coordinator=owner, state="draft", visibility="public")
    browser = cast.browser(owner)
    assert "/c/draft/settings/open" in browser.get("/c/draft/settings/state").text
    assert browser.post("/c/draft/settings/open").status_code == 303
    assert get(app, place, "state") == "active"
    assert 'href="/c/draft/"' in app.test_client().get("/communities").text
    assert browser.post("/c/draft/settings/open").status_code == 409


def test_ending_asks_for_the_name(app: Flask, place: Made, browser: FlaskClient) -> None:
    answer = browser.post("/c/maths/settings/end", data={"title": "physics"})
    assert answer.status_code == 400
    assert get(app, place, "state") == "active"
    assert browser.post("/c/maths/settings/end", data={"title": " Maths "}).status_code == 303
    assert get(app, place, "state") == "liquidated"


def test_an_ended_community_is_read_and_no_more(
    app: Flask, cast: Cast, place: Made, coordinator: Made, browser: FlaskClient
) -> None:
    member = cast.browser(cast.member(place))
    turn(app, place, CommunityState.LIQUIDATED)
    for capability in ("communities.manage", "contents.comment", "activities.create"):
        assert not may(app, coordinator, capability, place)
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        decision = decide(Viewer(id=coordinator.id), "communities.manage", community)
    assert decision.reason
    assert member.get("/c/maths/charter").status_code == 200
    assert member.get("/c/maths/people").status_code == 200
    assert browser.post("/c/maths/settings", data={"title": "Новое"}).status_code == 403
    assert cast.browser(cast.user()).get("/c/maths/charter").status_code == 404
    assert 'href="/c/maths/"' not in member.get("/communities").text


def test_one_leaves_an_ended_community_too(
    app: Flask, cast: Cast, place: Made, coordinator: Made, browser: FlaskClient
) -> None:
    turn(app, place, CommunityState.LIQUIDATED)
    assert browser.post("/c/maths/leave").status_code == 303
    assert get(app, place, "member_count") == 0


def test_only_the_administrator_brings_an_ended_community_back(
    app: Flask, cast: Cast, place: Made, browser: FlaskClient
) -> None:
    turn(app, place, CommunityState.LIQUIDATED)
    address = f"/communities/{place.id}/restore"
    assert browser.post(address).status_code in (403, 404)
    assert get(app, place, "state") == "liquidated"
    administrator = cast.browser(cast.user(administrator=True))
    assert address in administrator.get("/communities?ended=1").text
    assert administrator.post(address).status_code == 303
    assert get(app, place, "state") == "active"
    assert address not in browser.get("/communities?ended=1").text


@pytest.mark.parametrize(
    ("former", "state"),
    [("draft", "liquidated"), ("active", "active"), ("active", "draft"), ("liquidated", "draft")],
)
def test_impossible_ways_are_refused(app: Flask, cast: Cast, former: str, state: str) -> None:
    place = cast.community(state=former)
    with pytest.raises(Conflict):
        turn(app, place, CommunityState(state))


def test_opening_and_ending_are_recorded(app: Flask, cast: Cast) -> None:
    place = cast.community(state="draft")
    turn(app, place, CommunityState.ACTIVE)
    turn(app, place, CommunityState.LIQUIDATED)
    turn(app, place, CommunityState.ACTIVE)
    with app.app_context():
        query = select(EventRow.kind).where(EventRow.community_id == place.id)
        kinds = list(database.session.scalars(query.order_by(EventRow.id)))
    assert kinds[-3:] == [events.OPENED, events.LIQUIDATED, events.RESTORED]

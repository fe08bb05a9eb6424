"""Who may do what: roles, their terms, grants of templates and communities, vetoes, the matrix."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from core.access.actors import GUEST_VIEWER, SYSTEM, Viewer
from core.access.capabilities import CAPABILITIES, COMMUNITY_ROLES, SITE_ROLES
from core.access.matrix import Cell, Why, matrix_of, roles_of
from core.access.standing import can, decide, role_title, standing_of
from core.communities.models import Community
from core.communities.role_operations import set_grant
from core.contract.manifest import FACILITATOR, GUEST, MANAGER, MEMBER
from core.platform.db import db as database
from core.testing.cast import Cast, Made, Turned
from core.testing.count import QueryCount

OF_COMMUNITIES = [c for c in CAPABILITIES if not c.name.startswith("site.")]


def place_in(place: Made) -> Community:
    return database.session.get_one(Community, place.id)


@pytest.mark.parametrize("key", ["coordinator", "moderator", "tutor", "expert", "member"])
def test_a_role_of_a_community_gives_what_its_archetype_does(
    app: Flask, cast: Cast, key: str
) -> None:
    place = cast.community(visibility="public")
    person = cast.member(place) if key == "member" else cast.staff(place, key)
    archetype = next(role.archetype for role in COMMUNITY_ROLES if role.key == key)
    with app.app_context():
        for capability in OF_COMMUNITIES:
            allowed = can(Viewer(id=person.id), capability.name, place_in(place))
            assert allowed is (archetype in capability.archetypes), capability.name


def test_guests_and_outsiders_may_do_nothing(app: Flask, cast: Cast) -> None:
    place, outsider = cast.community(visibility="public"), cast.user()
    with app.app_context():
        for viewer in (GUEST_VIEWER, Viewer(id=outsider.id)):
            standing = standing_of(viewer, place_in(place))
            assert standing.is_guest
            assert not standing.is_member
            assert {role.archetype for role in standing.roles} == {GUEST}
            assert not any(can(viewer, c.name, place_in(place)) for c in CAPABILITIES)
            assert not any(can(viewer, c.name) for c in CAPABILITIES)


def test_a_role_counts_in_its_own_community_alone(app: Flask, cast: Cast) -> None:
    here, there = cast.community(), cast.community()
    person = cast.staff(here, "coordinator")
    with app.app_context():
        assert can(Viewer(id=person.id), "communities.manage", place_in(here))
        assert not can(Viewer(id=person.id), "communities.manage", place_in(there))
        assert not can(Viewer(id=person.id), "communities.manage")


def test_the_administrator_may_everything_everywhere(app: Flask, cast: Cast) -> None:
    place, person = cast.community(visibility="private"), cast.user(administrator=True)
    with app.app_context():
        assert all(can(Viewer(id=person.id), c.name, place_in(place)) for c in CAPABILITIES)
        assert can(Viewer(id=person.id), "site.administer")


def test_the_head_has_what_the_template_grants_and_no_more(app: Flask, cast: Cast) -> None:
    place = cast.community()
    person = cast.appoint(cast.user(), None, "head")
    template = next(role for role in SITE_ROLES if role.key == "head")
    with app.app_context():
        held = {c.name for c in CAPABILITIES if can(Viewer(id=person.id), c.name, place_in(place))}
    everybody = {c.name for c in CAPABILITIES if GUEST in c.archetypes}
    assert held == template.grants | everybody


def test_the_system_may_everything(app: Flask, cast: Cast) -> None:
    place = cast.community()
    with app.app_context():
        assert can(SYSTEM, "communities.manage", place_in(place))


def test_a_right_that_nobody_declares_is_a_mistake(app: Flask, cast: Cast) -> None:
    with app.app_context(), pytest.raises(LookupError):
        can(GUEST_VIEWER, "no.such_right")


def test_terms_count_for_roles_of_the_site_too(app: Flask, cast: Cast, clock: Turned) -> None:
    from core.access.appointments import appoint
    from core.platform.db import operation

    person = cast.user()

    @operation
    def for_a_week(actor: object) -> None:
        appoint(SYSTEM, None, "head", person.id, ends_at=clock.now() + timedelta(days=7))

    with app.app_context():
        for_a_week(SYSTEM)
        assert can(Viewer(id=person.id), "communities.found")
        clock.turn(timedelta(days=7))
        assert not can(Viewer(id=person.id), "communities.found")


def test_no_reason_is_given_where_something_is_allowed(app: Flask, cast: Cast) -> None:
    place = cast.community()
    person = cast.member(place)
    with app.app_context():
        granted = decide(Viewer(id=person.id), "contents.comment", place_in(place))
        refused = decide(Viewer(id=person.id), "communities.manage", place_in(place))
    assert (granted.allowed, granted.reason) == (True, "")
    assert [role.key for role in granted.roles] == ["member"]
    assert not refused.allowed
    assert refused.reason


def test_rights_of_a_request_are_read_once(
    app: Flask, cast: Cast, count_queries: Callable[[], QueryCount]
) -> None:
    place = cast.community()
    person = cast.member(place)
    with app.test_request_context(), count_queries() as count:
        community = place_in(place)
        for capability in OF_COMMUNITIES:
            decide(Viewer(id=person.id), capability.name, community)
        assert len([s for s in count.statements if "appointments" in s]) == 1


def test_a_veto_takes_a_granted_right_and_says_why(
    install_plugin: Callable[..., None], make_app: Callable[..., Flask]
) -> None:
    install_plugin(
        "stern",
        """
@hookimpl
def plugin_manifest():
    return Plugin(name="stern", title="Stern", version="1.0")

@hookimpl
def veto(actor, capability, community, activity, content):
    return "Not on Sundays" if capability.endswith((".comment", ".manage")) else None
""",
    )
    app = make_app()
    cast = Cast(app)
    place = cast.community()
    person = cast.member(place)
    with app.app_context():
        viewer, community = Viewer(id=person.id), place_in(place)
        assert decide(viewer, "contents.comment", community).reason == "Not on Sundays"
        assert can(viewer, "contents.react", community)
        assert "Sundays" not in decide(viewer, "communities.manage", community).reason
        assert "Stern" in matrix_of(community).vetoing


# The matrix ------------------------------------------------------------------------------------


def cell(community: Community, key: str, capability: str) -> Cell:
    found = matrix_of(community).find(key, capability)
    assert found is not None
    return found[1]


def test_the_matrix_shows_what_is_decided(app: Flask, cast: Cast) -> None:
    place = cast.community()
    people = {key: cast.staff(place, key) for key in ("moderator", "tutor", "coordinator")}
    with app.app_context():
        community = place_in(place)
        set_grant(SYSTEM, community, "tutor", "activities.create", True)
        set_grant(SYSTEM, community, "moderator", "contents.hide", False)
        for key, person in people.items():
            roles = {key, "member"}
            for capability in OF_COMMUNITIES:
                shown = any(cell(community, k, capability.name).allowed for k in roles)
                assert shown is can(Viewer(id=person.id), capability.name, community)


def test_the_matrix_says_what_settled_a_cell(app: Flask, cast: Cast) -> None:
    place = cast.community()
    with app.app_context():
        community = place_in(place)
        assert cell(community, "moderator", "contents.hide").why is Why.ARCHETYPE
        set_grant(SYSTEM, community, "moderator", "contents.hide", False)
        refused = cell(community, "moderator", "contents.hide")
        assert (refused.allowed, refused.why) == (False, Why.OVERRIDE)
        set_grant(SYSTEM, community, "moderator", "contents.hide", None)
        assert cell(community, "moderator", "contents.hide").allowed


def test_a_role_that_a_plugin_brings_has_grants_of_its_own(
    install_plugin: Callable[..., None], make_app: Callable[..., Flask]
) -> None:
    install_plugin(
        "jury",
        """
@hookimpl
def plugin_manifest():
    return Plugin(
        name="jury", title="Jury", version="1.0",
        capabilities=(Capability("jury.judge", "Judge works", frozenset()),),
        roles=(RoleTemplate(key="jury_juror", title="Juror", archetype=MEMBER,
                            grants=frozenset({"jury.judge"})),),
    )
""",
    )
    app = make_app()
    cast = Cast(app)
    place = cast.community()
    juror, member = cast.staff(place, "jury_juror"), cast.member(place)
    with app.app_context():
        community = place_in(place)
        assert can(Viewer(id=juror.id), "jury.judge", community)
        assert not can(Viewer(id=member.id), "jury.judge", community)
        assert cell(community, "jury_juror", "jury.judge").why is Why.TEMPLATE
        assert role_title("jury_juror") == "Juror"


def test_roles_stand_in_order_of_trust(app: Flask, cast: Cast) -> None:
    place = cast.community()
    with app.app_context():
        archetypes = [role.archetype for role in roles_of(place_in(place))]
    order = [MANAGER, FACILITATOR, MEMBER, GUEST]
    assert archetypes == sorted(archetypes, key=order.index)
    assert set(archetypes) == set(order)


def test_a_community_may_call_a_role_by_a_name_of_its_own(app: Flask) -> None:
    with app.app_context():
        assert role_title("moderator", "Ведущий") == "Ведущий"
        assert role_title("moderator")
        assert role_title("gone") == "gone"

"""The catalogue, sub-communities, founding; and what other pages read of communities."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from core.access.actors import Viewer
from core.access.standing import can
from core.communities.addresses import address_from
from core.communities.models import Community
from core.communities.queries import (
    active_charter,
    children_of,
    communities_of,
    community_by_slug,
    staff_of,
)
from core.platform.db import db as database
from core.testing.cast import Cast, Made
from core.testing.count import QueryCount


def shown(page: str) -> list[str]:
    """The communities of a catalogue's page, in order."""
    return [part.split("/")[2] for part in page.split('<h2 class="live-title mb-1"><a href="')[1:]]


def test_the_catalogue_shows_what_everybody_may_know_of(app: Flask, cast: Cast) -> None:
    for visibility in ("public", "listed", "private"):
        cast.community(visibility, visibility=visibility)
    cast.community("draft", state="draft")
    cast.community("ended", state="liquidated")
    for browser in (app.test_client(), cast.browser(cast.user())):
        assert shown(browser.get("/communities").text) == ["listed", "public"]


def test_communities_are_found_by_words_and_kind(app: Flask, cast: Cast) -> None:
    cast.community("maths", title="Математики", summary="Ёлка задач", kind="subject")
    cast.community("heads", title="Управленцы", subjects="все предметы", kind="beyond_subjects")
    guest = app.test_client()

    def found(query: str) -> list[str]:
        return shown(guest.get(f"/communities?{query}").text)

    assert found("q=МАТЕМ") == ["maths"]
    assert found("q=елка") == ["maths"]
    assert found("q=все+предметы") == ["heads"]
    assert found("q=математики+управленцы") == []
    assert found("q=_") == []
    assert found("kind=beyond_subjects") == ["heads"]
    assert found("kind=nonsense") == ["maths", "heads"]


def test_sub_communities_stand_with_their_parent_and_are_found_alone(
    app: Flask, cast: Cast
) -> None:
    parent = cast.community("district", title="Район")
    cast.community("maths", parent=parent, title="Математики")
    cast.community("secret", parent=parent, title="Тайные", visibility="private")
    guest = app.test_client()
    page = guest.get("/communities").text
    assert shown(page) == ["district"]
    assert 'href="/c/maths/"' in page
    assert "Тайные" not in page
    found = guest.get("/communities?q=математики").text
    assert shown(found) == ["maths"]
    assert "Район" in found


def test_the_catalogue_is_flat_in_queries(
    app: Flask, cast: Cast, count_queries: Callable[[], QueryCount]
) -> None:
    owner = cast.user()
    browser = cast.browser(owner)
    for number in range(2):
        cast.community(f"few-{number}", coordinator=owner)
    browser.get("/communities")
    with count_queries() as few:
        browser.get("/communities")
    for number in range(30):
        cast.community(f"many-{number}", coordinator=owner)
    with count_queries() as many:
        page = browser.get("/communities").text
    assert len(shown(page)) == 25
    assert "page=2" in page
    assert many.number == few.number <= 10, "\n".join(many.statements)


def test_a_coordinator_founds_a_sub_community(app: Flask, cast: Cast) -> None:
    owner = cast.user()
    cast.community("district", coordinator=owner)
    browser = cast.browser(owner)
    assert browser.get("/c/district/communities/new").status_code == 200
    sent = {"title": "Учителя химии", "kind": "subject", "charter": "Пишем вежливо"}
    answer = browser.post("/c/district/communities/new", data=sent)
    assert answer.status_code == 303
    assert answer.location.endswith("/c/uchitelya-khimii/settings")
    with app.app_context():
        child = community_by_slug("uchitelya-khimii")
        parent = community_by_slug("district")
        assert child is not None
        assert parent is not None
        assert (child.parent_id, child.state) == (parent.id, "draft")
        assert [face.id for face in staff_of(child).coordinators] == [owner.id]
        charter = active_charter(child)
        assert charter is not None
        assert "Пишем вежливо" in charter.body
        assert children_of(parent) == []
        assert [c.slug for c in children_of(parent, hidden=True)] == ["uchitelya-khimii"]
    assert "/c/uchitelya-khimii/" in browser.get("/c/district/communities").text
    guest = app.test_client().get("/c/district/communities").text
    assert "/c/uchitelya-khimii/" not in guest


@pytest.mark.parametrize("slug", ["a", "Большой", "-maths", "a b", "taken"])
def test_impossible_addresses_come_back_with_what_was_typed(cast: Cast, slug: str) -> None:
    owner = cast.user()
    cast.community("taken", coordinator=owner)
    sent = {"title": "Учителя химии", "kind": "subject", "slug": slug}
    answer = cast.browser(owner).post("/c/taken/communities/new", data=sent)
    assert answer.status_code in (400, 409)
    assert "Учителя химии" in answer.text


def test_founding_is_for_coordinators_and_for_heads_of_the_site(cast: Cast) -> None:
    place = cast.community("district", visibility="public")
    for person in (cast.user(), cast.member(place), cast.staff(place)):
        browser = cast.browser(person)
        assert browser.get("/c/district/communities/new").status_code == 403
        assert browser.get("/communities/new").status_code == 404
    head = cast.browser(cast.appoint(cast.user(), None, "head"))
    sent = {"title": "Новое сообщество", "kind": "subject"}
    assert head.post("/communities/new", data=sent).status_code == 303


def test_managers_of_the_parent_manage_what_is_inside_and_nobody_else_does(
    app: Flask, cast: Cast
) -> None:
    above, beside = cast.user(), cast.user()
    parent = cast.community("district", coordinator=above)
    moderator = cast.staff(parent, "moderator")
    child = cast.community("maths", parent=parent, coordinator=beside)

    def manages(person: Made, place: Made) -> bool:
        with app.app_context():
            community = database.session.get_one(Community, place.id)
            return can(Viewer(id=person.id), "communities.manage", community)

    assert manages(above, child)
    assert manages(beside, child)
    assert not manages(beside, parent)
    assert not manages(moderator, child)


@pytest.mark.parametrize(
    ("title", "address"),
    [
        ("Учителя химии", "uchitelya-khimii"),
        ("  Щука & Ёж — 5 класс! ", "shchuka-ezh-5-klass"),
        ("Café", "cafe"),
        ("学校", ""),
        ("Очень " * 20, "ochen-ochen-ochen-ochen-ochen-ochen"),
    ],
)
def test_addresses_are_made_of_titles(title: str, address: str) -> None:
    assert address_from(title) == address


# What other pages read -------------------------------------------------------------------------


def test_staff_are_told_apart_and_named_once(app: Flask, cast: Cast) -> None:
    owner = cast.user("Яковлева")
    place = cast.community(coordinator=owner)
    moderators = [cast.staff(place, "moderator") for _ in range(2)]
    cast.appoint(owner, place, "moderator")
    cast.staff(place, "tutor")
    with app.app_context():
        staff = staff_of(database.session.get_one(Community, place.id))
    assert [face.id for face in staff.coordinators] == [owner.id]
    assert {face.id for face in staff.moderators} == {m.id for m in moderators}


def test_my_communities_are_named_with_my_highest_role(
    app: Flask, cast: Cast, count_queries: Callable[[], QueryCount]
) -> None:
    me = cast.user()
    cast.community("b-own", title="Б", coordinator=me)
    place = cast.community("a-other", title="А")
    cast.member(place, me)
    cast.appoint(me, place, "tutor")
    ended = cast.community("ended", coordinator=me, state="liquidated")
    cast.community("strange")
    with app.app_context():
        with count_queries() as count:
            mine = communities_of(Viewer(id=me.id))
        assert count.number == 1
        assert [c.slug for c in mine] == ["a-other", "b-own"]
        assert ended.id not in {c.id for c in mine}
        assert mine[0].member_count == 2
        assert mine[0].role != mine[1].role
        assert communities_of(Viewer()) == []

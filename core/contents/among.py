"""Which of many contents somebody may see: as strict as the door of each, in a few queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.access.actors import Actor, Viewer
from core.access.guard import Place
from core.access.standing import prepare_standings
from core.activities.models import Activity
from core.admin.switches import prepare_switches
from core.communities.models import Community
from core.contents.models import Content
from core.contents.places import check_place, may_see
from core.contents.queries import containers, kept_among
from core.contents.readers import given_among, outermost
from core.contract.registry import registry
from core.errors import DomainError
from core.platform.db import db

# A comment, its post, the topic: more storeys than any kind has, so that a ring comes to an end.
STOREYS = 8


def seen_among(viewer: Viewer, ids: Collection[int]) -> dict[int, Content]:
    """Those of these contents that the viewer may see, by id.

    The number of queries depends on how many kinds there are, not on how many contents.
    """
    contents, inside = _with_containers(ids)
    communities = communities_with_rights(viewer, {c.community_id for c in contents.values()})
    alone = [number for number, content in contents.items() if content.community_id is None]
    given = given_among(viewer, {outermost(number, inside) for number in alone})
    kept = kept_among(viewer, {number: content.kind for number, content in contents.items()})
    return {
        number: contents[number]
        for number in ids
        if number in contents
        and _may_see(viewer, number, contents, inside, communities, given)
        and not any(each.id in kept for each in _chain(number, contents, inside))
    }


def communities_with_rights(
    viewer: Actor | Viewer, ids: Iterable[int | None]
) -> dict[int, Community]:  # fmt: skip
    """Communities by id, with everything at hand that says what somebody may do there; three
    queries, however many there are."""
    wanted = {number for number in ids if number is not None}
    if not wanted:
        return {}
    found = list(db.session.scalars(select(Community).where(Community.id.in_(wanted))))
    prepare_switches(community.id for community in found)
    prepare_standings(viewer, found)
    return {community.id: community for community in found}


def _with_containers(ids: Collection[int]) -> tuple[dict[int, Content], dict[int, int]]:
    """Contents with all that they stand in, and which stands in which."""
    contents: dict[int, Content] = {}
    inside: dict[int, int] = {}
    wanted = set(ids)
    for _storey in range(STOREYS):
        if not wanted:
            break
        found = {content.id: content for content in _contents(wanted)}
        outer = _containers(found)
        contents |= found
        inside |= outer
        wanted = set(outer.values()) - contents.keys()
    return contents, inside


def _contents(ids: Collection[int]) -> Iterable[Content]:
    with_place = joinedload(Content.activity).joinedload(Activity.community)
    return db.session.scalars(select(Content).options(with_place).where(Content.id.in_(ids)))


def _containers(contents: dict[int, Content]) -> dict[int, int]:
    """What these stand in; those whose plugin cannot tell are taken out: nobody is shown them."""
    found: dict[int, int] = {}
    for name, kind in registry().content_types().items():
        these = [number for number, content in contents.items() if content.kind == name]
        inside = containers(kind, these) if these else {}
        for number in these if inside is None else ():
            del contents[number]
        found.update(inside or {})
    return found


def _may_see(
    viewer: Viewer,
    number: int,
    contents: Mapping[int, Content],
    inside: Mapping[int, int],
    communities: Mapping[int, Community],
    given: Collection[int],
) -> bool:
    content = contents[number]
    community = communities.get(content.community_id or 0)
    place = Place(community, content.activity) if community is not None else None
    try:
        check_place(viewer, content, place, given=outermost(number, inside) in given)
    except DomainError:
        return False
    return all(may_see(viewer, each, community) for each in _chain(number, contents, inside))


def _chain(
    number: int, contents: Mapping[int, Content], inside: Mapping[int, int]
) -> Iterable[Content]:
    passed: set[int] = set()
    at: int | None = number
    while at is not None and at in contents and at not in passed:
        passed.add(at)
        yield contents[at]
        at = inside.get(at)

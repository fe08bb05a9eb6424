"""To whom an announcement goes: the rules of its audience as a query, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from core.api import (
    Actor,
    Audience,
    Community,
    User,
    Viewer,
    belongs,
    can,
    communities_with_rights,
    db,
    people_of,
    role_title,
    switched_on,
    utcnow,
)
from plugins.announcements.models import Announcement, Place, Recipient
from plugins.announcements.words import _

PLUGIN = "announcements"
MAY_SEND = "announcements.send"
MAY_LIST = "people.list"


def place_ids(announcement: Announcement) -> list[int]:
    """The communities on whose pages it stands, none for one of the site; before it is sent: its
    own, and those inside it where it is to go there too."""
    own = announcement.community_id
    if own is None or not announcement.with_children:
        return [] if own is None else [own]
    if announcement.sent_at is None:
        return [own, *_inside(own)]
    stands = select(Place.community_id).where(Place.announcement_id == announcement.id)
    return list(db.session.scalars(stands))


def communities_of(announcement: Announcement, who: Actor | Viewer) -> list[Community]:
    """Those of its places to which it goes when ``who`` sends it; once it is sent, those that they
    may know to be among them. Who may announce to a community need not know of those inside."""
    right = MAY_SEND if announcement.sent_at is None else MAY_LIST
    return _open_to(who, right, place_ids(announcement), announcement.community_id)


def are_all(places: Sequence[Community], announcement: Announcement) -> bool:
    """Whether these are all of its places, so that everybody on its sheet may be named."""
    return len(places) == len(place_ids(announcement))


def inner(community: Community, who: Actor | Viewer) -> list[Community]:
    """The communities inside another to which somebody may announce."""
    return _open_to(who, MAY_SEND, _inside(community.id), None)


def _inside(community_id: int) -> list[int]:
    is_open = Community.state == "active"
    inside = select(Community.id).where(Community.parent_id == community_id, is_open)
    return list(db.session.scalars(inside.where(switched_on(PLUGIN, Community.id))))


def _open_to(
    who: Actor | Viewer, right: str, ids: Sequence[int], own: int | None
) -> list[Community]:
    places = communities_with_rights(who, ids)
    return [places[n] for n in sorted(places) if n == own or can(who, right, places[n])]


def is_on() -> ColumnElement[bool]:
    """That an announcement of a query is of the site, or of a community with announcements on."""
    own = Announcement.community_id
    return or_(own.is_(None), switched_on(PLUGIN, own))


def reaches(user_id: Any, now: Any) -> ColumnElement[bool]:
    """That an announcement of a query still reaches somebody whom it was addressed to: it is of the
    site, or they belong to a community in which it stands."""
    at = aliased(Place)
    there = select(at.announcement_id).where(
        at.announcement_id == Announcement.id,
        switched_on(PLUGIN, at.community_id),
        belongs(user_id, at.community_id, now),
    )
    return or_(Announcement.community_id.is_(None), there.exists().correlate_except(at))


def audience_of(announcement: Announcement, communities: Sequence[int]) -> Audience:
    """Whom its rules mean in these communities at this moment."""
    return Audience(
        communities=None if announcement.community_id is None else communities,
        roles=tuple(announcement.roles), categories=tuple(announcement.categories),
        positions=tuple(announcement.positions),
    )  # fmt: skip


def addressed(announcement: Announcement, places: Sequence[Community]) -> Select[Any]:
    """The ids of everybody whom it is for at this moment, its author left out."""
    from_rules = people_of(audience_of(announcement, [place.id for place in places]))
    author = announcement.content.author_id
    return from_rules if author is None else from_rules.where(User.id != author)


def still_reached(announcement: Announcement) -> Select[Recipient]:
    """The lines of those on its sheet whom it still reaches."""
    return (
        select(Recipient)
        .join(Announcement, Announcement.id == Recipient.announcement_id)
        .where(Announcement.id == announcement.id, is_on(), reaches(Recipient.user_id, utcnow()))
    )


def in_words(announcement: Announcement, communities: Sequence[Community]) -> list[str]:
    """The audience as one reads it: where, and narrowed by what."""
    if announcement.community_id is None:
        parts = [_("Everybody on the site")]
    else:
        parts = [", ".join(f"«{community.title}»" for community in communities)]
    if announcement.roles:
        parts.append(_("roles: %(names)s", names=", ".join(map(role_title, announcement.roles))))
    if announcement.categories:
        names = ", ".join(announcement.categories)
        parts.append(_("schools: %(names)s", names=names))
    if announcement.positions:
        parts.append(_("positions: %(names)s", names=", ".join(announcement.positions)))
    if announcement.is_public:
        parts.append(_("and everybody who reads the pages of the community, parents too"))
    return parts

"""To whom an announcement goes: the rules of its audience as a query, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from core.api import Audience, Community, User, db, people_of, role_title
from plugins.announcements.models import Announcement
from plugins.announcements.words import _


def communities_of(announcement: Announcement) -> list[Community]:
    """The communities on whose pages it stands: its own, and those inside it where it goes there
    too; none for one of the site."""
    if announcement.community_id is None:
        return []
    here = Community.id == announcement.community_id
    inside = (Community.parent_id == announcement.community_id) & (Community.state == "active")
    query = select(Community).where(here | inside if announcement.with_children else here)
    return list(db.session.scalars(query.order_by(Community.id)))


def audience_of(announcement: Announcement, communities: Sequence[Community]) -> Audience:
    """Whom its rules mean at this moment."""
    return Audience(
        communities=None
        if announcement.community_id is None
        else tuple(community.id for community in communities),
        roles=tuple(announcement.roles), categories=tuple(announcement.categories),
        positions=tuple(announcement.positions),
    )  # fmt: skip


def addressed(announcement: Announcement) -> Select[Any]:
    """The ids of everybody whom it is for at this moment, its author left out."""
    from_rules = people_of(audience_of(announcement, communities_of(announcement)))
    author = announcement.content.author_id
    return from_rules if author is None else from_rules.where(User.id != author)


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

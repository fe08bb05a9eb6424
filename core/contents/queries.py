"""What is read of contents, whatever plugin they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from core.access.actors import Viewer
from core.access.standing import can
from core.communities.models import Community
from core.contents.models import Content, Revision
from core.contract.manifest import ContentType, ContentView
from core.contract.registry import registry
from core.platform.db import db
from core.platform.html import plain
from core.platform.i18n import core_domain

_ = core_domain.gettext


def content_views(kinds: Mapping[int, str]) -> dict[int, ContentView]:
    """How contents are shown, by their ids; one call for each kind. Ids of plugins that are not
    installed, and of rows that are gone, are left out."""
    found: dict[int, ContentView] = {}
    for kind, ids in _by_type(kinds):
        found.update(kind.views(ids))
    return found


def content_bodies(kinds: Mapping[int, str]) -> dict[int, str]:
    """What contents say as clean HTML, by their ids, where their kind can tell."""
    found: dict[int, str] = {}
    for kind, ids in _by_type(kinds):
        if kind.bodies is not None:
            found.update(kind.bodies(ids))
    return found


def _by_type(kinds: Mapping[int, str]) -> list[tuple[ContentType, list[int]]]:
    known = registry().content_types()
    return [
        (known[kind], [number for number, of in kinds.items() if of == kind])
        for kind in sorted(set(kinds.values()) & known.keys())
    ]


def addresses(kinds: Mapping[int, str]) -> dict[int, str]:
    """The pages on which contents are seen, by their ids."""
    return {number: view.url for number, view in content_views(kinds).items()}


def kind_title(kind: str) -> str:
    """What a kind of content is called; plain words for one whose plugin is not installed."""
    known = registry().content_types().get(kind)
    return str(known.title) if known else _("Unavailable")


def must_wait(viewer: Viewer, community: Community | None) -> bool:
    """Whether what the viewer publishes here waits for approval: the first few of a new member."""
    if community is None or not community.hold_first_posts or viewer.id is None:
        return False
    if can(viewer, "contents.unheld", community):
        return False
    seen = select(func.count()).where(
        Content.community_id == community.id,
        Content.author_id == viewer.id,
        Content.held_at.is_(None),
        Content.hidden_at.is_(None),
    )
    return (db.session.scalar(seen) or 0) < community.hold_first_posts


def held_in(community: Community, limit: int) -> Sequence[Content]:
    """What waits for approval in a community, the longest waiting first."""
    query = select(Content).where(*_held(community)).order_by(Content.held_at, Content.id)
    return db.session.scalars(query.limit(limit)).all()


def held_count(community: Community) -> int:
    """How much waits for approval in a community."""
    query = select(func.count()).select_from(Content).where(*_held(community))
    return db.session.scalar(query) or 0


def _held(community: Community) -> tuple[Any, ...]:
    return (
        Content.community_id == community.id,
        Content.held_at.is_not(None),
        Content.hidden_at.is_(None),
    )


def former_versions(content: Content, before: int, count: int) -> Sequence[Revision]:
    """Revisions of a content below a version, the latest first."""
    query = (
        select(Revision)
        .where(Revision.content_id == content.id, Revision.version < before)
        .order_by(Revision.version.desc())
    )
    return db.session.scalars(query.limit(count)).all()


def words_of(html: str) -> str:
    """The words of clean HTML, for a comparison."""
    return plain(html)

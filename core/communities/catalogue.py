"""What the catalogue of communities shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, and_, select
from sqlalchemy.orm import aliased

from core.access.actors import Viewer
from core.communities.models import Community, CommunityState, Membership, Visibility
from core.platform.db import db
from core.platform.paging import Page, paginate
from core.platform.words import contains_words, folded


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: words, a kind of community, or (the administrator) ended ones."""

    words: str = ""
    kind: str = ""
    ended: bool = False

    @property
    def is_narrow(self) -> bool:
        return bool(self.words or self.kind or self.ended)


@dataclass(frozen=True)
class Inside:
    """A sub-community as its parent's entry names it."""

    slug: str
    title: str


@dataclass(frozen=True)
class Catalogue:
    """A page of communities; sub-communities by parent, own memberships' states by community."""

    page: Page[Row[Any]]
    inside: dict[int, list[Inside]]
    own: dict[int, str]


def catalogue(wanted: Wanted, viewer: Viewer) -> Catalogue:
    """Open communities that everybody may know of: three queries, whatever their number.

    A sub-community stands with its parent, and for itself where one looks for something.
    """
    above = aliased(Community)
    query = (
        select(
            Community.id, Community.slug, Community.title, Community.summary, Community.subjects,
            Community.kind, Community.visibility, Community.member_count, Community.member_limit,
            above.title.label("parent_title"), above.slug.label("parent_slug"),
        )
        .outerjoin(above, and_(above.id == Community.parent_id, *_shown(above)))
        .where(*_shown(Community, ended=wanted.ended))
        .order_by(folded(Community.title), Community.id)
    )  # fmt: skip
    if not wanted.is_narrow:
        query = query.where(Community.parent_id.is_(None))
    if wanted.kind:
        query = query.where(Community.kind == wanted.kind)
    words = (Community.title, Community.summary, Community.subjects, Community.goals)
    page = paginate(query.where(contains_words(wanted.words, *words)))
    ids = [row.id for row in page.items]
    return Catalogue(page, _inside(ids), _own(ids, viewer))


def _shown(community: Any, *, ended: bool = False) -> tuple[Any, ...]:
    if ended:
        return (community.state == CommunityState.LIQUIDATED,)
    return (
        community.state == CommunityState.ACTIVE,
        community.visibility != Visibility.PRIVATE,
    )


def _inside(parents: Sequence[int]) -> dict[int, list[Inside]]:
    found: dict[int, list[Inside]] = {}
    query = (
        select(Community.parent_id, Community.slug, Community.title)
        .where(Community.parent_id.in_(parents), *_shown(Community))
        .order_by(folded(Community.title))
    )
    rows: Iterable[Row[Any]] = db.session.execute(query) if parents else ()
    for row in rows:
        found.setdefault(row.parent_id, []).append(Inside(row.slug, row.title))
    return found


def _own(communities: Sequence[int], viewer: Viewer) -> dict[int, str]:
    if not viewer.is_authenticated or not communities:
        return {}
    query = select(Membership.community_id, Membership.state).where(
        Membership.user_id == viewer.id, Membership.community_id.in_(communities)
    )
    return {row.community_id: row.state for row in db.session.execute(query)}

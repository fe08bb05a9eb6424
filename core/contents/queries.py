"""What is read of contents, whatever plugin they belong to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from flask import url_for
from sqlalchemy import ColumnElement, Row, Select, func, select

from core.access.actors import TINTS, Actor, Viewer, full_name, initials
from core.access.standing import can
from core.communities.models import Community
from core.contents.models import Content, Revision
from core.contract.answers import COUNTS, VIEWS, numbers, texts
from core.contract.manifest import ContentType, ContentView
from core.contract.registry import registry
from core.people.models import School, User
from core.platform.db import db
from core.platform.i18n import CORE, core_domain

_ = core_domain.gettext

T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who wrote something, as a page shows it; without id where nobody knows any more."""

    name: str
    id: int | None = None
    initials: str = ""
    photo_url: str | None = None
    school: str = ""

    @property
    def tint(self) -> int:
        return (self.id or 0) % TINTS

    @property
    def url(self) -> str | None:
        return url_for("people.show", person=self.id) if self.id else None


def content_views(kinds: Mapping[int, str]) -> dict[int, ContentView]:
    """How contents are shown, by their ids; one call for each kind. Ids of plugins that are not
    installed, and of rows that are gone, are left out."""
    found: dict[int, ContentView] = {}
    for kind, ids in _by_type(kinds):
        found |= asked(kind, "views", partial(kind.views, ids), VIEWS, {})
    return found


def content_bodies(kinds: Mapping[int, str], *, strictly: bool = False) -> dict[int, str]:
    """What contents say as clean HTML, by their ids, where their kind can tell.

    ``strictly``: a plugin that fails is not left out, its error goes on.
    """
    found: dict[int, str] = {}
    for kind, ids in _by_type(kinds):
        if kind.bodies is not None and strictly:
            found.update(kind.bodies(ids))
        elif kind.bodies is not None:
            found |= asked(kind, "bodies", partial(kind.bodies, ids), texts, {})
    return found


def containers(kind: ContentType, ids: Sequence[int]) -> Mapping[int, int] | None:
    """What contents of a kind stand in, by their ids; None when their plugin cannot tell."""
    if kind.within is None:
        return {}
    return asked(kind, "within", partial(kind.within, ids), COUNTS, None)


def kept_among(viewer: Viewer, kinds: Mapping[int, str]) -> set[int]:
    """Those of these contents that their plugins keep from somebody, by their ids; one query for
    each kind that keeps any, none for a guest."""
    kept: set[int] = set()
    for kind, ids in _by_type(kinds) if viewer.id is not None else ():
        if kind.kept_from is not None:
            question = partial(kind.kept_from, ids, viewer)
            # What its plugin cannot answer for is shown to nobody.
            kept |= asked(kind, "kept_from", question, numbers, set(ids))
    return kept


def asked(
    kind: ContentType, what: str, question: Callable[[], Any], settle: Callable[[Any], T],
    otherwise: U,
) -> T | U:  # fmt: skip
    """Ask the owner of a kind with the care that a hook gets; core answers for itself."""
    owner = kind.kind.partition(".")[0]
    if owner == CORE:
        return settle(question())
    answer: T | U = registry().consult(owner, f"{what} of {kind.kind}", question, settle, otherwise)
    return answer


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


def must_wait(actor: Actor | Viewer, community: Community | None) -> bool:
    """Whether what somebody publishes here waits for approval: the first few of a new member."""
    if community is None or not community.hold_first_posts or actor.id is None:
        return False
    if can(actor, "contents.unheld", community):
        return False
    seen = select(func.count()).where(
        Content.community_id == community.id,
        Content.author_id == actor.id,
        Content.held_at.is_(None),
        Content.hidden_at.is_(None),
        _has_words(),
    )
    return (db.session.scalar(seen) or 0) < community.hold_first_posts


def held_contents(community: Community) -> Select[Any]:
    """What waits for approval in a community, the longest waiting first, with its authors."""
    return (
        select(Content.id, Content.kind, Content.held_at, Content.created_at, *author_columns())
        .outerjoin(User, User.id == Content.author_id)
        .outerjoin(School, School.id == User.school_id)
        .where(*_held(community))
        .order_by(Content.held_at, Content.id)
    )


def held_count(community: Community) -> int:
    """How much waits for approval in a community."""
    query = select(func.count()).select_from(Content).where(*_held(community))
    return db.session.scalar(query) or 0


def _held(community: Community) -> tuple[Any, ...]:
    return (
        Content.community_id == community.id,
        Content.held_at.is_not(None),
        Content.hidden_at.is_(None),
        _has_words(),
    )


def _has_words() -> ColumnElement[bool]:
    """Leaves out topics and the like, whose words are those of the first post in them."""
    wordless = [kind for kind, of in registry().content_types().items() if of.bodies is None]
    return Content.kind.not_in(wordless)


def author_columns() -> tuple[Any, ...]:
    """What to select of an author, with users and schools joined from the outside."""
    return (
        Content.author_id, User.surname, User.given_name, User.patronymic, User.photo,
        School.short_name.label("school"),
    )  # fmt: skip


def author_of(row: Row[Any]) -> Author:
    """The author in a row of :func:`author_columns`."""
    if not row.surname:
        return Author(name=full_name("", ""))
    return Author(
        id=row.author_id,
        name=full_name(row.surname, row.given_name, row.patronymic),
        initials=initials(row.surname, row.given_name),
        photo_url=row.photo or None,
        school=row.school or "",
    )


def former_versions(content: Content, before: int, count: int) -> Sequence[Revision]:
    """Revisions of a content below a version, the latest first."""
    query = (
        select(Revision)
        .where(Revision.content_id == content.id, Revision.version < before)
        .order_by(Revision.version.desc())
    )
    return db.session.scalars(query.limit(count)).all()


def names_of(user_ids: set[int | None]) -> dict[int | None, str]:
    """The full names of people, by their ids."""
    query = select(User.id, User.surname, User.given_name, User.patronymic).where(
        User.id.in_({number for number in user_ids if number is not None})
    )
    return {
        row.id: full_name(row.surname, row.given_name, row.patronymic)
        for row in db.session.execute(query)
    }

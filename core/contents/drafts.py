"""Drafts: what somebody has typed and not sent, kept on the server for every device of theirs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, and_, bindparam, delete, false, func, or_, select

from core.access.actors import Actor, Viewer
from core.contents.models import Draft
from core.errors import Conflict, DomainError
from core.platform.db import db, operation, rows, upsert, utcnow
from core.platform.html import scrub
from core.platform.i18n import core_domain

_ = core_domain.gettext

DRAFT_BYTES = 200 * 1024
PLACE_LENGTH = 100
TITLE_LENGTH = 300
URL_LENGTH = 500
# Nobody writes at so many texts at a time; the list of one's drafts shows them all.
MOST = 100


class DraftConflict(Conflict):
    """Another page or device saved a different text meanwhile: ``draft``."""

    def __init__(self, draft: Draft) -> None:
        super().__init__(_("You wrote here on another device or page meanwhile. Choose a text."))
        self.draft = draft


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The page that saves a draft.

    ``seen`` is the moment (ISO 8601) of the draft that the page knows of, empty when it knows of
    none, and None to overwrite any; ``page`` is a mark it has had since it was opened.
    """

    url: str = ""
    page: str = ""
    seen: str | None = None


ANYWHERE = Origin()
NO_FIELDS: Mapping[str, str] = {}


def draft_in(viewer: Viewer, place: str) -> Draft | None:
    """What the viewer has typed in a place and not sent; no query where there is nothing."""
    if place not in _places_of(viewer):
        return None
    return db.session.scalar(OWN, {"user": viewer.id, "place": place})


# Put together once: every page with a text to write asks.
OWN = select(Draft).where(Draft.user_id == bindparam("user"), Draft.place == bindparam("place"))


def drafts_at(viewer: Viewer, prefix: str) -> set[str]:
    """The places beginning with ``prefix`` where the viewer has drafts, to mark them in lists.

    They were read together with the session, so this costs a page no query.
    """
    return {place for place in _places_of(viewer) if place.startswith(prefix)}


def _places_of(viewer: Viewer) -> Collection[str]:
    if viewer.draft_places is not None or viewer.id is None:
        return viewer.draft_places or ()
    return rows(select(Draft.place).where(Draft.user_id == viewer.id)).scalars().all()


def drafts_of(viewer: Viewer) -> Sequence[Draft]:
    """The drafts of the viewer, the latest first."""
    query = select(Draft).where(Draft.user_id == viewer.id).order_by(Draft.updated_at.desc())
    return db.session.scalars(query.limit(MOST)).all()


@operation
def save_draft(
    actor: Actor, place: str, body: str, title: str = "", origin: Origin = ANYWHERE,
    fields: Mapping[str, str] = NO_FIELDS,
) -> datetime:  # fmt: skip
    """Keep what somebody is typing in a place, and answer the draft's moment.

    ``body`` is clean HTML; ``fields`` are plain texts by the names of a form's fields. Where all is
    empty the draft is forgotten. Raises :class:`DraftConflict` when another page saved another text
    since the one ``origin`` saw.
    """
    if actor.id is None or not 0 < len(place) <= PLACE_LENGTH:
        raise _impossible()
    typed = {
        "title": scrub(title).strip()[:TITLE_LENGTH], "body": body,
        "fields": {scrub(name): scrub(text) for name, text in fields.items()},
    }  # fmt: skip
    _check_size(body, *fields, *fields.values())
    key = {"user_id": actor.id, "place": scrub(place)}
    if not body.strip() and not typed["title"] and not any(fields.values()):
        return _forget(key, origin)
    _check_number(key)
    now = utcnow()
    page = {"url": local_path(origin.url), "page": scrub(origin.page)[:40], "updated_at": now}
    stored = upsert(Draft, key, page | typed, where=_expected(origin))
    return now if stored else _settled(key, typed)


def _check_size(*texts: str) -> None:
    if sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) > DRAFT_BYTES:
        raise DomainError(_("This text is too long to be kept as a draft."))


def _check_number(key: Mapping[str, Any]) -> None:
    """Drafts are kept as they come, so their number is bounded."""
    others = select(func.count()).where(
        Draft.user_id == key["user_id"], Draft.place != key["place"]
    )
    if (db.session.scalar(others) or 0) >= MOST:
        raise _impossible()


def _expected(origin: Origin) -> ColumnElement[bool] | None:
    """What must be true of the draft that is there for this page to overwrite it."""
    if origin.seen is None:
        return None
    own = and_(Draft.page == origin.page, Draft.page != "")
    return or_(own, Draft.updated_at == _moment(origin.seen) if origin.seen else false())


def _moment(iso: str) -> datetime:
    try:
        moment = datetime.fromisoformat(iso)
        if moment.tzinfo is None:
            raise _impossible()
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _impossible() from None


def _settled(key: Mapping[str, Any], typed: Mapping[str, Any]) -> datetime:
    """The same text saved twice is no conflict; a different one is for the person to choose."""
    draft = db.session.get_one(Draft, dict(key), populate_existing=True)
    if any(getattr(draft, name) != value for name, value in typed.items()):
        raise DraftConflict(draft)
    return draft.updated_at


def _forget(key: Mapping[str, Any], origin: Origin) -> datetime:
    mine = and_(Draft.user_id == key["user_id"], Draft.place == key["place"])
    expected = _expected(origin)
    db.session.execute(delete(Draft).where(mine if expected is None else and_(mine, expected)))
    kept = db.session.get(Draft, dict(key), populate_existing=True)
    if kept is not None:
        raise DraftConflict(kept)
    return utcnow()


def _impossible() -> DomainError:
    return DomainError(_("This draft cannot be kept."))


def local_path(url: str) -> str:
    """The path of an address, without any host, so that it leads to this site; empty for others."""
    try:
        parts = urlsplit(scrub(url).strip())
    except ValueError:
        return ""
    if parts.scheme not in ("", "http", "https") or (parts.netloc and not parts.scheme):
        return ""
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    fits = path.startswith("/") and not path.startswith(("//", "/\\")) and len(path) <= URL_LENGTH
    return path if fits else ""


@operation
def drop_draft(actor: Actor, place: str) -> None:
    """Forget a draft, because it was sent or thrown away."""
    db.session.execute(delete(Draft).where(Draft.user_id == actor.id, Draft.place == place))

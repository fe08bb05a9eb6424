"""Who asks: a viewer of pages, an actor of operations, or the system itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from zoneinfo import ZoneInfo

from flask import has_request_context
from flask_login import current_user

from core.platform.current import current_facts
from core.platform.i18n import core_domain

DEFAULT_ZONE = "Europe/Moscow"
# As many colours for initials as the style sheet has classes `tint-0` … `tint-11`.
TINTS = 12


class Actor(Protocol):
    """Who does an operation; ``id`` is None for the system and for a guest."""

    @property
    def id(self) -> int | None: ...


@dataclass(frozen=True)
class System:
    """The software itself, in jobs and on the command line."""

    id: None = None
    name: str = "Sreda"


SYSTEM = System()


class HasName(Protocol):
    """Whoever carries the parts of a name: a row, a line of a list, a viewer."""

    @property
    def id(self) -> int | None: ...
    @property
    def surname(self) -> str: ...
    @property
    def given_name(self) -> str: ...
    @property
    def patronymic(self) -> str: ...
    @property
    def photo(self) -> str: ...


class Named:
    """How pages show a person, whatever holds the parts of their name."""

    @property
    def name(self: HasName) -> str:
        return full_name(self.surname, self.given_name, self.patronymic)

    @property
    def short_name(self: HasName) -> str:
        return short_name(self.surname, self.given_name, self.patronymic)

    @property
    def initials(self: HasName) -> str:
        return initials(self.surname, self.given_name)

    @property
    def tint(self: HasName) -> int:
        return (self.id or 0) % TINTS

    @property
    def photo_url(self: HasName) -> str | None:
        return self.photo or None


@dataclass(frozen=True)
class Viewer(Named):
    """The person who looks at this page, or a guest (``id`` None). Read once a request."""

    id: int | None = None
    session_id: str = ""
    email: str = ""
    surname: str = ""
    given_name: str = ""
    patronymic: str = ""
    school: str = ""
    photo: str = ""
    locale: str = ""
    zone_name: str = DEFAULT_ZONE
    theme: str = "auto"
    large_text: bool = False
    # Others are not shown that they are here just now.
    invisible: bool = False
    # False when it is known that they hold nothing on the site, so that no page looks for it.
    serves_site: bool = True
    # Lines of notices behind the bell that they have not read, lines of kinds that stand apart, and
    # the contents that all of these are about; read together with the session.
    unread_notices: int = 0
    unread_apart: Mapping[str, int] = field(default_factory=dict, hash=False)
    told_of: frozenset[int] = frozenset()
    # Where they have written something and not sent it, so that no page looks for it elsewhere;
    # None when it is not known.
    draft_places: frozenset[str] | None = None

    @property
    def is_authenticated(self) -> bool:
        return self.id is not None

    is_active = is_authenticated

    @property
    def is_anonymous(self) -> bool:
        return self.id is None

    def get_id(self) -> str:
        """The key of the server-side session, which is what the cookie carries."""
        return self.session_id

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)


def full_name(surname: str, given_name: str, patronymic: str = "") -> str:
    """«Фамилия Имя Отчество», the way a Russian teacher signs."""
    return " ".join(part for part in (surname, given_name, patronymic) if part) or _nameless()


def short_name(surname: str, given_name: str, patronymic: str = "") -> str:
    """«Фамилия И. О.», for narrow places; the spaces inside do not break."""
    letters = "\u00a0".join(f"{part[0]}." for part in (given_name, patronymic) if part)
    return (f"{surname}\u00a0{letters}" if letters else surname) or _nameless()


def _nameless() -> str:
    """What stands in the place of a name that its owner took away with them."""
    return core_domain.gettext("A former participant")


def initials(surname: str, given_name: str) -> str:
    """Two letters that stand for a person without a photo."""
    return (surname[:1] + given_name[:1]).upper()


GUEST_VIEWER = Viewer()


def current_viewer() -> Viewer:
    """The viewer of the request under way; a guest outside of requests."""
    if not has_request_context():
        return GUEST_VIEWER
    facts = current_facts()
    viewer: Viewer | None = facts.get("viewer")
    if viewer is None:
        loaded = current_user._get_current_object()
        viewer = facts.viewer = loaded if isinstance(loaded, Viewer) else GUEST_VIEWER
    return viewer

"""What people can be told of: kinds of notices as manifests declare them, and how closely somebody
follows a thing."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.activities.models import Activity
    from core.communities.models import Community
    from core.contract.manifest import CalendarItem
    from core.platform.i18n import LazyString

    Text = LazyString | str


class Channel(enum.StrEnum):
    """How somebody wants to hear of a kind; whatever comes by mail stands on the site too."""

    OFF = "off"
    PAGE = "page"
    MAIL = "mail"
    DAILY = "daily"
    WEEKLY = "weekly"


class Level(enum.IntEnum):
    """How closely somebody follows a thing. Each step adds to the one before.

    OFF: nothing of it, not even a mention. DIRECT: what is addressed to oneself. FIRST: what is
    begun there. TRACK: everything, on the site alone. ALL: everything, by mail too where one chose
    so.
    """

    OFF = 0
    DIRECT = 1
    FIRST = 2
    TRACK = 3
    ALL = 4


@dataclass(frozen=True, kw_only=True)
class News:
    """One line of somebody's notices: ``count`` of a kind about one thing.

    ``title`` is that of the content it is about, else of the one it leads to, else "". ``who`` did
    the latest; "" where it was nobody in particular. ``facts`` are those of the latest.
    """

    count: int
    who: str
    title: str
    community: Community | None = None
    activity: Activity | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def single(self) -> bool:
        """One person did one thing, so that the sentence can name them. Not for ``ngettext`` to
        tell: in Russian the form for one is also that for 21."""
        return self.count == 1 and bool(self.who)


@dataclass(frozen=True, kw_only=True)
class NoticeKind:
    """A kind of notices.

    ``says`` gives the sentence when the line is read, in the reader's language; ``why`` completes
    a letter: why one gets it. ``level`` is how closely one must follow to be told when nobody is
    named; None: such notices do not depend on following. ``channel`` is how they come unless one
    chose otherwise. ``address`` leads elsewhere than to the content, activity or community that it
    is about; with ``capability`` it is shown only to those who still have that right there.
    ``apart``: its lines stand in a place of the plugin's own and not behind the bell;
    ``viewer.unread_apart`` counts them by kind.
    ``dates`` gives what a letter about it puts into the reader's calendar; a date that was called
    off is struck out there.
    """

    name: str
    title: Text
    says: Callable[[News], str]
    why: Text
    icon: str = "bell"
    hue: str = "slate"
    channel: Channel = Channel.PAGE
    level: Level | None = Level.DIRECT
    address: Callable[[News], str] | None = None
    capability: str = ""
    apart: bool = False
    dates: Callable[[News], Sequence[CalendarItem]] | None = None

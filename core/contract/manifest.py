"""What a plugin is: facts in frozen dataclasses, checked before anything is mounted.

What concerns one owner alone stands here as a typed callable; what core asks everybody is a hook
(see :mod:`core.contract.hookspecs`).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Blueprint

    from core.access.actors import Actor, Viewer
    from core.activities.models import Activity
    from core.communities.models import Community
    from core.contract.notices import NoticeKind
    from core.platform.forms import Form
    from core.platform.i18n import LazyString
    from core.realtime.namespaces import ActivityNamespace

    Text = LazyString | str

API_VERSION = (1, 0)

# Hooks that core can spare a plugin where none of its activities stands.
OF_ACTIVITIES = frozenset({"calendar_items", "page_fragment", "veto"})


class Archetype(enum.StrEnum):
    """What kind of role somebody holds; capabilities name sets of these, never roles."""

    GUEST = "guest"
    MEMBER = "member"
    FACILITATOR = "facilitator"
    MANAGER = "manager"

    # Sets of them are asked a hundred times a page, and the hash of enumerations is slow.
    __hash__ = str.__hash__


GUEST, MEMBER, FACILITATOR, MANAGER = Archetype
EVERYBODY = frozenset(Archetype)
MEMBERS = frozenset({MEMBER, FACILITATOR, MANAGER})
STAFF = frozenset({FACILITATOR, MANAGER})


class Scope(enum.StrEnum):
    """Where a blueprint's routes hang: below an activity, a community or the site."""

    ACTIVITY = "activity"
    COMMUNITY = "community"
    SITE = "site"


@dataclass(frozen=True)
class Capability:
    """A right. ``archetypes`` are those that have it unless a role's own grants say otherwise."""

    name: str
    title: Text
    archetypes: frozenset[Archetype] = frozenset()


@dataclass(frozen=True, kw_only=True)
class RoleTemplate:
    """A role that every community gets: its archetype, and grants of its own on top of it."""

    key: str
    title: Text
    archetype: Archetype
    grants: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One line of news about an activity for one viewer, as lists of activities show it.

    ``waits`` says that the viewer is expected to do something, until ``due`` if there is a date;
    ``live`` that people are at it right now; ``unread`` counts what the viewer has not seen.
    """

    text: Text
    state: Text = ""
    waits: bool = False
    live: bool = False
    due: datetime | None = None
    unread: int = 0


@dataclass(frozen=True, kw_only=True)
class ContentView:
    """How a content of some plugin is shown by core: in logs, lists and complaints."""

    title: Text
    url: str
    excerpt: str = ""


@dataclass(frozen=True, kw_only=True)
class SearchText:
    """What search finds a content by: its title, if it has one of its own, and clean HTML."""

    title: str = ""
    body: str = ""


@dataclass(frozen=True, kw_only=True)
class ActivityType:
    """One form of activity that a community can create.

    ``home`` is the endpoint of its page, ``form`` its settings (inherits ``ActivityForm``, which
    has core's title and dates), ``saved`` is called inside the operation that created or changed
    the activity, ``settings`` gives what the form's own fields hold when it is opened again.
    ``summaries`` and ``unread`` answer for many activities at once, in a fixed number of queries.
    ``publishing`` is called inside the operation that publishes a draft; it raises DomainError for
    one that is not ready.
    ``start`` is the endpoint of a page of the plugin's own on which one is set up, in a blueprint
    of scope COMMUNITY; without it core draws the form.
    """

    key: str
    title: Text
    plural: Text
    icon: str
    hue: str
    home: str
    form: type[Form]
    saved: Callable[[Actor, Activity, Any], None]
    summaries: Callable[[Sequence[Activity], Viewer], Mapping[int, Summary]]
    unread: Callable[[Sequence[Activity], Viewer], Mapping[int, int]] | None = None
    settings: Callable[[Activity], Mapping[str, Any]] | None = None
    publishing: Callable[[Activity], None] | None = None
    description: Text = ""
    start: str = ""


@dataclass(frozen=True, kw_only=True)
class ContentType:
    """A kind of content; ``views`` answers for many ids in one query, ``visibility_changed`` is
    called inside the operation that hid, restored or approved the content with this id.

    ``bodies`` gives the clean HTML of many contents in one query: for what waits for approval, the
    history of edits and a person's copy of their data. A kind without it has no words of its own,
    and is approved together with what stands in it. ``within`` gives for many ids the content that
    each stands in: whoever may not see the topic sees neither its posts nor their files.
    ``searched`` says what many contents are found by, in a fixed number of queries; whoever is left
    out is not found. Without it a content is found by its body. It may see more than a viewer does:
    search shows nothing that the viewer may not see. ``kept_from`` says in one query which of many
    contents somebody may not see who may enter their place: they were shown out of a room. What
    stands in those is kept from them too.
    """

    kind: str
    title: Text
    views: Callable[[Sequence[int]], Mapping[int, ContentView]]
    bodies: Callable[[Sequence[int]], Mapping[int, str]] | None = None
    within: Callable[[Sequence[int]], Mapping[int, int]] | None = None
    searched: Callable[[Sequence[int]], Mapping[int, SearchText]] | None = None
    visibility_changed: Callable[[Actor, int], None] | None = None
    kept_from: Callable[[Sequence[int], Viewer], Collection[int]] | None = None


@dataclass(frozen=True)
class Mount:
    """A blueprint and where it hangs. ``rows`` turns what lies below the activity (or community)
    into rows: a callable gets the parent and the id of the address and answers the row or None.
    On the site there is no parent (None), and the callable looks at who asks."""

    blueprint: Blueprint
    scope: Scope
    rows: Mapping[str, Callable[[Any, int], Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Job:
    """Work that an operation puts off with ``enqueue``: what is slow, or speaks to the world.

    ``run`` gets the facts of the call by name, in the worker, in an application context and outside
    any operation. It is called at least once: after a kill in the midst of it once more, so twice
    must do no harm. When it raises, it is called again after waits that double; after ``tries``
    calls the job is set aside and shown to the administrator.
    """

    name: str
    run: Callable[..., object]
    tries: int = 5


@dataclass(frozen=True)
class Periodic:
    """Work that the worker does again and again, by one of several workers at a time; ``run`` calls
    operations as the system, and is called again sooner when it raised."""

    name: str
    every: timedelta
    run: Callable[[], None]


@dataclass(frozen=True)
class NavItem:
    """One entry of a menu. ``active`` marks the page one is on; ``badge`` is a count of news,
    ``count`` a quiet figure: how many there are."""

    title: Text
    url: str
    icon: str = ""
    hue: str = ""
    badge: int = 0
    active: bool = False
    count: int = 0


@dataclass(frozen=True)
class ContentAction:
    """Something that can be done with a content or a person, as a small button beside it.

    ``post``: pressing it changes something, so it sends a form; else it is a link. ``pressed`` says
    for one that is turned on and off which of both it is.
    """

    title: Text
    url: str
    icon: str = ""
    post: bool = False
    pressed: bool | None = None


@dataclass(frozen=True, kw_only=True)
class CalendarItem:
    """Something with a date, as calendars show it and as phones keep it.

    ``key`` names it for ever and begins with the plugin's name ("forum.problem.17"): a phone knows
    the item again by it. ``start`` is a moment, or a day for what lasts all day; ``end`` is of the
    same kind and not included; without it the item is a point, such as a deadline. ``what`` says in
    a word or two what happens then ("closes"). ``sequence`` grows whenever the item changes, at
    ``updated``. A cancelled item is still given for a while, so that those who noted it learn of
    it. ``zone_name`` is the organiser's. Icon and hue are those of the activity unless given.
    Raises ValueError for dates that nobody can show.
    """

    key: str
    title: Text
    community: Community
    url: str
    start: date
    end: date | None = None
    what: Text = ""
    activity: Activity | None = None
    icon: str = ""
    hue: str = ""
    place: Text = ""
    description: Text = ""
    zone_name: str = ""
    sequence: int = 0
    updated: datetime | None = None
    cancelled: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[\w.:-]{1,200}", self.key) or self.sequence < 0:
            raise ValueError(f"{self.key!r}: a key has letters, digits and dots, no more")
        if not isinstance(self.start, date):
            raise ValueError(f"{self.key}: no start")
        for moment in (self.start, self.end, self.updated):
            if isinstance(moment, datetime) and moment.tzinfo is None:
                raise ValueError(f"{self.key}: a moment without a time zone")
            # Clocks of all zones can tell what lies within these years, and whatever one may type
            # by any clock (1900 to 2199) lies within them.
            if moment is not None and not 1899 <= moment.year <= 2999:
                raise ValueError(f"{self.key}: no calendar shows the year {moment.year}")
        if self.end is None:
            return
        if isinstance(self.end, datetime) is self.all_day or self.end <= self.start:
            raise ValueError(f"{self.key}: the end does not follow the start")

    @property
    def all_day(self) -> bool:
        return not isinstance(self.start, datetime)


@dataclass(frozen=True)
class DataRecord:
    """A piece of what the site knows of a person, for the copy that they may ask for."""

    section: Text
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Verdict:
    """What came of trying settings: a sentence that says what is so, and what to do if it is not
    ``good``."""

    text: Text
    good: bool


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """The manifest: everything about a plugin that is a fact.

    ``events`` are the kinds it records, with the words that the log has for them (who did it stands
    before them), ``listens`` the kinds (its own or others') for which ``event_recorded`` is called,
    ``notices`` what it tells people of. ``settings`` is a form of what a school may set, read by
    ``settings_of``; a community sets its own where ``settings_in_communities``; ``try_settings``
    tries what an administrator has typed, before it is saved. ``core_api`` is the lowest version of
    :mod:`core.api` it needs. ``hooks`` are its own, for other plugins to implement: functions
    marked with ``hookspec``, called after the plugin, asked by ``ask``. ``namespaces`` are its
    sockets, classes that inherit ``ActivityNamespace``.

    Two facts spare pages questions that have no answer: ``slots`` are those for which it has pieces
    (without them it is asked for all), ``of_activities`` names hooks of :data:`OF_ACTIVITIES` in
    which it has something to say of its own activities alone.
    """

    name: str
    title: Text
    version: str
    summary: Text = ""
    author: str = ""
    icon: str = "puzzle"
    core_api: str = "1.0"
    requires: tuple[str, ...] = ()
    activity_types: tuple[ActivityType, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    roles: tuple[RoleTemplate, ...] = ()
    contents: tuple[ContentType, ...] = ()
    mounts: tuple[Mount, ...] = ()
    events: Mapping[str, Text] = field(default_factory=dict)
    listens: tuple[str, ...] = ()
    jobs: tuple[Job, ...] = ()
    notices: tuple[NoticeKind, ...] = ()
    periodic: tuple[Periodic, ...] = ()
    settings: type[Form] | None = None
    settings_in_communities: bool = False
    try_settings: Callable[[Mapping[str, Any]], Sequence[Verdict]] | None = None
    hooks: tuple[Callable[..., Any], ...] = ()
    namespaces: tuple[type[ActivityNamespace], ...] = ()
    slots: tuple[str, ...] = ()
    of_activities: tuple[str, ...] = ()

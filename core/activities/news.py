"""What the forms say about their activities: one line of news each, and unread counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from flask import g, url_for

from core.access.actors import Viewer
from core.access.standing import over_because
from core.activities.models import Activity
from core.activities.queries import Shelf
from core.contract.answers import COUNTS, SUMMARIES
from core.contract.manifest import ActivityType, Summary
from core.contract.registry import registry

T = TypeVar("T")

SILENCE = Summary(text="")


@dataclass(frozen=True)
class Line:
    """An activity with its news for one viewer, as lists show it."""

    activity: Activity
    type: ActivityType
    url: str
    news: Summary

    @property
    def due(self) -> datetime | None:
        """Until when the viewer should act, as the form says or else as the activity closes."""
        return self.news.due or self.activity.closes_at


@dataclass(frozen=True)
class Group:
    """The activities of one form, and how many more there are than are shown."""

    type: ActivityType
    lines: list[Line]
    more: int


def lines_of(activities: Sequence[Activity], viewer: Viewer) -> list[Line]:
    """Activities with their news, in the order given; each form is asked once."""
    types = registry().activity_types()
    news = summaries_of(activities, viewer)
    return [
        Line(a, types[a.plugin, a.kind], address_of(a), _due(a, news.get(a.id, SILENCE)))
        for a in activities
    ]


def _due(activity: Activity, news: Summary) -> Summary:
    """Nobody is called to where nothing can be done any more."""
    if over_because(activity.community, activity):
        return replace(news, state="", waits=False, live=False, due=None)
    return news


def plain_lines(activities: Sequence[Activity]) -> list[Line]:
    """Activities without news, for lists that are the same for everybody."""
    types = registry().activity_types()
    return [Line(a, types[a.plugin, a.kind], address_of(a), SILENCE) for a in activities]


def address_of(activity: Activity) -> str:
    """Where an activity's own page is; raises KeyError when its plugin is gone."""
    home = registry().activity_types()[activity.plugin, activity.kind].home
    return url_for(home, community=activity.community, activity=activity)


def groups_of(lines: Sequence[Line], shelf: Shelf) -> list[Group]:
    """Lines by their form, as they follow one another."""
    groups: list[Group] = []
    for line in lines:
        if not groups or groups[-1].type is not line.type:
            groups.append(Group(line.type, [], 0))
        groups[-1].lines.append(line)
    return [
        Group(group.type, group.lines, shelf.totals.get(_key(group), 0) - len(group.lines))
        for group in groups
    ]


def _key(group: Group) -> tuple[str, str]:
    first = group.lines[0].activity
    return first.plugin, first.kind


def summaries_of(activities: Sequence[Activity], viewer: Viewer) -> dict[int, Summary]:
    """The news of many activities by id, kept for the request; a form that fails is left out."""
    kept: dict[int, Summary] = g.setdefault("summaries", {})
    unasked = [activity for activity in activities if activity.id not in kept]
    for kind, mine in _by_form(unasked):
        kept |= _asked(kind.summaries, mine, viewer, SUMMARIES)
        for activity in mine:
            kept.setdefault(activity.id, SILENCE)
    return kept


def unread_counts(activities: Sequence[Activity], viewer: Viewer) -> dict[int, int]:
    """How much the viewer has not seen, by activity; nothing for a guest."""
    if not viewer.is_authenticated:
        return {}
    told: dict[int, Summary] = g.get("summaries", {})
    counts = {a.id: told[a.id].unread for a in activities if a.id in told}
    for kind, mine in _by_form([a for a in activities if a.id not in told]):
        if kind.unread is not None:
            counts |= _asked(kind.unread, mine, viewer, COUNTS)
    return counts


def _by_form(activities: Sequence[Activity]) -> list[tuple[ActivityType, list[Activity]]]:
    types = registry().activity_types()
    sorted_out: dict[tuple[str, str], list[Activity]] = {}
    for activity in activities:
        sorted_out.setdefault((activity.plugin, activity.kind), []).append(activity)
    return [(types[key], mine) for key, mine in sorted_out.items()]


def _asked(
    ask: Callable[[Sequence[Activity], Viewer], Mapping[int, T]],
    activities: list[Activity],
    viewer: Viewer,
    settle: Callable[[Any], dict[int, T]],
) -> dict[int, T]:
    first = activities[0]
    what = f"{getattr(ask, '__name__', 'news')} of {first.kind}"
    nothing: dict[int, T] = {}
    return registry().consult(first.plugin, what, lambda: ask(activities, viewer), settle, nothing)

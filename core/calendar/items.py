"""Everything that has a date, from core and from all plugins: the one source of every calendar."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.access.actors import Viewer
from core.access.standing import prepare_standings
from core.activities.dates import dates_in, dates_of
from core.activities.models import Activity
from core.activities.queries import may_look_inside
from core.admin.switches import prepare_switches
from core.communities.models import Community
from core.contract.manifest import CalendarItem
from core.contract.registry import registry
from core.platform.dates import current_zone
from core.platform.db import utcnow

# So long somebody who noted a date can still learn that it was called off.
MOURNED = timedelta(days=30)


def items_in(
    communities: Sequence[Community], viewer: Viewer, start: datetime, end: datetime
) -> list[CalendarItem]:
    """What takes place from ``start`` until before ``end``, as far as the viewer may know of it,
    in order. Three queries and one a plugin, however many communities there are."""
    places = _open_to(viewer, communities)
    own = dates_in([c.id for c in places], start, end) if places else ()
    return _gathered(own, places, viewer, start, end)


def coming_up(
    communities: Sequence[Community],
    activities: Collection[Activity],
    viewer: Viewer,
    until: timedelta,
    *,
    whole: bool = False,
) -> list[CalendarItem]:
    """What takes place within a time from now, for pages that have read the activities anyway.

    ``whole`` says that no form is missing among these: then plugins that have no dates but those of
    activities are asked only where they have some.
    """
    now = utcnow()
    places = _open_to(viewer, communities)
    own = (item for activity in activities for item in dates_of(activity))
    present = {(activity.plugin, activity.community_id) for activity in activities}
    by_activities = registry().of_activities("calendar_items") if whole else ()

    def concerns(plugin: str, community_id: int) -> bool:
        return plugin not in by_activities or (plugin, community_id) in present

    items = _gathered(own, places, viewer, now, now + until, concerns)
    return [item for item in items if not item.cancelled and beginning(item) > now]


def _open_to(viewer: Viewer, communities: Sequence[Community]) -> list[Community]:
    prepare_switches(community.id for community in communities)
    prepare_standings(viewer, communities)
    return [community for community in communities if may_look_inside(viewer, community)]


def _gathered(
    own: Iterable[CalendarItem],
    places: Sequence[Community],
    viewer: Viewer,
    start: datetime,
    end: datetime,
    concerns: Callable[[str, int], bool] = lambda plugin, community_id: True,
) -> list[CalendarItem]:
    found = {item.key: item for item in own}
    for answer in registry().ask_about(
        "calendar_items", places, concerns, viewer=viewer, start=start, end=end
    ):
        mine = (item for item in answer.value if item.key.startswith(f"{answer.plugin}."))
        found |= {item.key: item for item in mine}
    known = {community.id for community in places}
    wanted = (
        item for item in found.values()
        if item.community.id in known and beginning(item) < end and ending(item) >= start
        and not _forgotten(item)
    )  # fmt: skip
    return sorted(wanted, key=lambda item: (beginning(item), item.key))


def _forgotten(item: CalendarItem) -> bool:
    """Called off so long ago that nobody waits for it any more."""
    return item.cancelled and item.updated is not None and item.updated < utcnow() - MOURNED


def beginning(item: CalendarItem, zone: ZoneInfo | None = None) -> datetime:
    """The moment at which an item begins; a day begins at midnight by the clock of the zone."""
    return _moment(item.start, zone)


def ending(item: CalendarItem, zone: ZoneInfo | None = None) -> datetime:
    """The last moment of an item; that of a point is the point itself."""
    if item.end is None:
        whole_day = timedelta(days=1) if item.all_day else timedelta(0)
        return beginning(item, zone) + max(whole_day - MOMENT, timedelta(0))
    return _moment(item.end, zone) - MOMENT


MOMENT = timedelta(microseconds=1)


def _moment(day: date, zone: ZoneInfo | None) -> datetime:
    if isinstance(day, datetime):
        return day
    return datetime.combine(day, time(), zone or current_zone()).astimezone(UTC)

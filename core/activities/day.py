"""My day: what is on right now, what waits for me and what the next days bring."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template

from core.access.actors import current_viewer
from core.access.marks import signed_in
from core.activities.blueprint import activities
from core.activities.news import lines_of
from core.activities.queries import activities_in, requests_waiting_for
from core.admin.switches import prepare_switches
from core.calendar.items import coming_up
from core.communities.queries import asked_to_join, communities_of
from core.platform.db import utcnow

WEEK = timedelta(days=7)
# So many lines of a kind are shown; nobody does more in a day.
MOST = 25
# Of the dates to come only so many; the calendar has all.
NEXT = 8


@activities.get("/my")
@signed_in
def my_day() -> str:
    """Across all one's communities, in a fixed number of queries."""
    viewer = current_viewer()
    mine = communities_of(viewer)
    places = [community.id for community in mine if community.state == "active"]
    prepare_switches(places)
    now = utcnow()
    found = activities_in(places, now, now + WEEK)
    under_way = found.activities
    communities = list({activity.community: None for activity in under_way})
    # Before the news: a plugin that has both reads them at once.
    coming = coming_up(communities, under_way, viewer, WEEK, whole=found.whole)
    lines = lines_of(under_way, viewer)
    unread: dict[int, int] = {}
    for line in lines:
        place = line.activity.community_id
        unread[place] = unread.get(place, 0) + line.news.unread
    waiting = [line for line in lines if line.news.waits]
    waiting.sort(key=lambda line: (line.due is None, line.due or now, line.activity.id))
    fresh = sorted(
        (line for line in lines if line.news.unread and not line.news.waits),
        key=lambda line: -line.news.unread,
    )
    return render_template(
        "activities/my_day.html",
        live=[line for line in lines if line.news.live][:MOST],
        waiting=waiting[:MOST],
        fresh=fresh[:MOST],
        requests=requests_waiting_for(viewer, places),
        coming=coming[:NEXT],
        later=len(coming[NEXT:]),
        mine=sorted(mine, key=lambda c: (-unread.get(c.id, 0), c.title.casefold())),
        unread=unread,
        asked=[] if mine else asked_to_join(viewer),
    )

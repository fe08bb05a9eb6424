"""Calendars that phones fetch by themselves: by a secret address, or open to everybody.

Nobody is signed in here: the address alone says whose calendar it is. Whatever an address does not
open (any more) is answered alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from flask import Response, current_app, request

from core.access.actors import GUEST_VIEWER, SYSTEM, Viewer
from core.access.marks import public
from core.access.standing import standing_of
from core.activities.dates import dates_of
from core.activities.models import Activity
from core.activities.queries import is_available
from core.calendar import ics
from core.calendar.blueprint import calendar
from core.calendar.items import beginning, items_in
from core.calendar.operations import NOTED_EVERY, note_fetch
from core.calendar.queries import Subscriber, own_communities, subscriber_of
from core.communities.models import Community
from core.communities.queries import community_by_slug
from core.config import current
from core.errors import Missing
from core.platform.dates import DEFAULT_ZONE, use_zone
from core.platform.db import utcnow
from core.platform.i18n import core_domain, use_locale
from core.platform.limits import limit

_ = core_domain.gettext

BEHIND = timedelta(days=31)
AHEAD = timedelta(days=366)
# So many dates at most go out at once, the nearest first.
MOST = 500


@calendar.get("/calendar/feed/<token>.ics")
@public
def feed(token: str) -> Response:
    """Somebody's own calendar, or that of one of their communities."""
    subscriber = subscriber_of(token)
    places = _places(subscriber) if subscriber is not None else []
    if subscriber is None or (subscriber.community and not places):
        limit("calendar.unknown", "60/hour", request.remote_addr or "")
        raise _nothing()
    limit("calendar.feed", "120/hour", str(subscriber.id))
    with use_locale(subscriber.viewer.locale), use_zone(subscriber.viewer.zone_name):
        response = _answer(places, subscriber.viewer, _title(subscriber))
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    if subscriber.fetched_at is None or subscriber.fetched_at < utcnow() - NOTED_EVERY:
        note_fetch(SYSTEM, subscriber.id)
    return response


def _places(subscriber: Subscriber) -> list[Community]:
    """Communities in which the subscriber still is somebody."""
    if subscriber.community is None:
        return own_communities(subscriber.viewer)
    place = subscriber.community
    gone = not place.is_active or standing_of(subscriber.viewer, place).is_guest
    return [] if gone else [place]


def _title(subscriber: Subscriber) -> str:
    return subscriber.community.title if subscriber.community else current().site_name


@calendar.get("/calendar/open/<slug>.ics")
@public
def open_feed(slug: str) -> Response:
    """The calendar of a community that everybody may read, as a guest sees it."""
    place = community_by_slug(slug)
    if place is None or not place.is_open_to_all:
        raise _nothing()
    limit("calendar.open", "600/hour", request.remote_addr or "", slug)
    with use_zone(DEFAULT_ZONE):
        response = _answer([place], GUEST_VIEWER, place.title)
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@calendar.get("/c/<community>/activities/<int:activity>/dates.ics")
@public
def dates(activity: Activity) -> Response:
    """The dates of one activity, to be noted once."""
    items = list(dates_of(activity)) if is_available(activity) else []
    if not items:
        raise Missing(_("There are no dates here."))
    return calendar_download(ics.calendar_file(items), f"sreda-{activity.id}.ics")


def calendar_download(body: bytes, name: str) -> Response:
    """A calendar file as something to open on the device."""
    response = current_app.response_class(body, content_type=ics.MEDIA_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _answer(places: Sequence[Community], viewer: Viewer, title: str) -> Response:
    now = utcnow()
    items = items_in(places, viewer, now - BEHIND, now + AHEAD)
    nearest = sorted(items, key=lambda item: beginning(item) < now)[:MOST]
    body = ics.feed(sorted(nearest, key=beginning), title)
    response = current_app.response_class(body, content_type=ics.MEDIA_TYPE)
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _nothing() -> Missing:
    return Missing(_("There is no such calendar, or it is not open to you."))

"""The calendar on the screen: one's own across all communities, and that of one community.

Everything is in the address: the view, the day, what the calendar is narrowed to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import render_template, request, url_for

from core.access.actors import current_viewer
from core.access.guard import members_only
from core.access.marks import public, signed_in
from core.activities.dates import MOST
from core.activities.queries import may_look_inside
from core.calendar.blueprint import calendar
from core.calendar.items import items_in
from core.calendar.queries import own_communities
from core.calendar.sheet import days_of, form_of, forms_among, weeks_of
from core.calendar.span import Span, View, asked_day, asked_view, span_of
from core.communities.models import Community
from core.platform.dates import current_zone, format_day, format_month, local
from core.platform.db import utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext

# So many entries of one day are shown; the rest of a month's day stands in the list.
SHOWN = {View.MONTH: 4, View.WEEK: 20, View.AGENDA: 50}


@dataclass(frozen=True)
class Asked:
    """What an address asks for; ``odd`` says that its date is none that can be shown."""

    span: Span
    today: date
    odd: bool
    form: str
    place: str

    @classmethod
    def of_request(cls) -> Asked:
        raw = request.args.get("on", "")
        today = local(utcnow()).date()
        day = asked_day(raw)
        return cls(
            span_of(asked_view(request.args.get("view", "")), day or today), today,
            bool(raw) and day is None, request.args.get("form", ""), request.args.get("place", ""),
        )  # fmt: skip

    def address(self, endpoint: str, **fixed: Any) -> Callable[..., str]:
        """Builds addresses of the same page with another view, day or form."""

        def build(view: str | None = None, on: date | None = None) -> str:
            facts: dict[str, Any] = {
                "view": view or self.span.view, "on": (on or self.span.day).isoformat(),
                "form": self.form or None, "place": self.place or None,
            }  # fmt: skip
            return url_for(endpoint, **fixed, **{k: v for k, v in facts.items() if v})

        return build


@calendar.get("/calendar")
@signed_in
def personal() -> str:
    """The dates of all one's communities."""
    asked = Asked.of_request()
    mine = own_communities(current_viewer())
    chosen = [community for community in mine if community.slug == asked.place]
    asked = asked if chosen else replace(asked, place="")
    return _page(asked, chosen or mine, asked.address("calendar.personal"), mine=mine)


@calendar.get("/c/<community>/calendar")
@public
def of_community(community: Community) -> str:
    """The dates of one community, for everybody who may look inside."""
    if not may_look_inside(current_viewer(), community):
        raise members_only(current_viewer())
    asked = replace(Asked.of_request(), place="")
    address = asked.address("calendar.of_community", community=community)
    return _page(asked, [community], address, community=community)


def _page(
    asked: Asked, communities: Sequence[Community], address: Callable[..., str], **facts: Any
) -> str:
    span = asked.span
    items = items_in(communities, current_viewer(), *span.window(current_zone()))
    forms = forms_among(items)
    if asked.form:
        items = [item for item in items if form_of(item).key == asked.form]
    days = days_of(span, items, SHOWN[span.view])
    return render_template(
        "calendar/show.html", asked=asked, span=span, title=_title(span), forms=forms,
        days=[day for day in days if day.count], weeks=weeks_of(days) if _is_grid(span) else [],
        address=address, cut=len(items) >= MOST, several=len(communities) > 1, **facts,
    )  # fmt: skip


def _is_grid(span: Span) -> bool:
    return span.view is not View.AGENDA


def _title(span: Span) -> str:
    if span.view is View.MONTH:
        return format_month(span.day)
    return f"{format_day(span.first)} – {format_day(span.last)}"

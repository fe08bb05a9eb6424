"""Bringing a calendar to one's phone: the secret address, how to use it, how to take it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import Viewer, current_viewer
from core.access.guard import members_only
from core.access.marks import public, signed_in
from core.access.standing import standing_of
from core.activities.queries import may_look_inside
from core.calendar.blueprint import calendar
from core.calendar.models import Subscription
from core.calendar.operations import digest_of, make_subscription, token_of, unsubscribe
from core.calendar.queries import subscriptions_of
from core.communities.models import Community
from core.platform.addresses import absolute
from core.platform.arriving import row_number
from core.platform.i18n import core_domain
from core.platform.limits import limit
from core.platform.submit import see_other

_ = core_domain.gettext


@dataclass(frozen=True)
class Address:
    """An address to subscribe to. ``url`` is empty when it cannot be shown again, because the
    secret key of the site is another one by now."""

    url: str
    community: Community | None = None
    created_at: datetime | None = None
    fetched_at: datetime | None = None
    number: int = 0

    @property
    def webcal(self) -> str:
        """The same for programs that take such addresses by themselves."""
        return f"webcal{self.url[self.url.index(':') :]}" if self.url else ""


def _secret(subscription: Subscription) -> Address:
    token = token_of(subscription.seed)
    known = digest_of(token) == subscription.digest
    url = absolute(url_for("calendar.feed", token=token)) if known else ""
    return Address(
        url, subscription.community, subscription.created_at, subscription.fetched_at,
        subscription.id,
    )  # fmt: skip


@calendar.get("/calendar/subscribe")
@signed_in
def subscribe() -> str:
    """The address of one's own calendar, and all others that one has made."""
    made = [_secret(subscription) for subscription in subscriptions_of(current_viewer())]
    own = next((address for address in made if address.community is None), None)
    others = [address for address in made if address.community is not None]
    return render_template("calendar/subscribe.html", own=own, others=others)


@calendar.get("/c/<community>/calendar/subscribe")
@public
def subscribe_here(community: Community) -> str:
    """The addresses of a community's calendar: one's own, and the one that is open to all."""
    viewer = current_viewer()
    if not may_look_inside(viewer, community):
        raise members_only(viewer)
    made = [_secret(s) for s in _made_here(viewer, community)]
    return render_template(
        "calendar/subscribe.html", community=community, own=made[0] if made else None,
        open=_open_address(community), belongs=_belongs(viewer, community),
    )  # fmt: skip


def _made_here(viewer: Viewer, community: Community) -> list[Subscription]:
    if not viewer.is_authenticated:
        return []
    return [s for s in subscriptions_of(viewer) if s.community_id == community.id]


def _open_address(community: Community) -> Address | None:
    if not community.is_open_to_all:
        return None
    return Address(absolute(url_for("calendar.open_feed", slug=community.slug)))


def _belongs(viewer: Viewer, community: Community) -> bool:
    return viewer.is_authenticated and not standing_of(viewer, community).is_guest


@calendar.post("/calendar/subscribe")
@signed_in
def make_address() -> ResponseReturnValue:
    """A new secret address of one's own calendar."""
    return _made(None, url_for("calendar.subscribe"))


@calendar.post("/c/<community>/calendar/subscribe")
@signed_in
def make_address_here(community: Community) -> ResponseReturnValue:
    """A new secret address of a community's calendar, for those who belong to it."""
    if not _belongs(current_viewer(), community):
        raise members_only(current_viewer())
    return _made(community, url_for("calendar.subscribe_here", community=community))


def _made(community: Community | None, page: str) -> ResponseReturnValue:
    viewer = current_viewer()
    limit("calendar.make", "20/hour", str(viewer.id))
    make_subscription(viewer, community)
    flash(_("The address is ready. Keep it to yourself: who has it sees your calendar."), "success")
    return see_other(page)


@calendar.post("/calendar/unsubscribe")
@signed_in
def take_back() -> ResponseReturnValue:
    """Take back one of one's addresses; one may have left the place it belongs to."""
    unsubscribe(current_viewer(), row_number(request.form.get("number")))
    flash(_("The address is taken back. Nothing can be fetched from it any more."), "success")
    return see_other(url_for("calendar.subscribe"))

"""What is read for calendars beside the dates themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload

from core.access.actors import Viewer
from core.calendar.models import Subscription
from core.calendar.operations import digest_of
from core.communities.models import Community, CommunityState
from core.communities.queries import communities_of
from core.people.models import User
from core.platform.db import db


def own_communities(viewer: Viewer) -> list[Community]:
    """The communities whose dates are in somebody's own calendar, by title; two queries."""
    ids = [mine.id for mine in communities_of(viewer) if mine.state == CommunityState.ACTIVE]
    if not ids:
        return []
    found = db.session.scalars(select(Community).where(Community.id.in_(ids)))
    return sorted(found, key=lambda community: community.title.casefold())


@dataclass(frozen=True)
class Subscriber:
    """Whose calendar a token opens, and how far it reaches: one community, or (None) all."""

    id: int
    viewer: Viewer
    community: Community | None
    fetched_at: datetime | None


def _by_digest() -> Select[Subscription, User, Community | None]:
    return (
        select(Subscription, User, Community)
        .join(User, User.id == Subscription.user_id)
        .outerjoin(Community, Community.id == Subscription.community_id)
        .where(Subscription.digest == bindparam("digest"), User.state == "active")
    )


# Put together once: phones ask around the clock.
BY_DIGEST = _by_digest()


def subscriber_of(token: str) -> Subscriber | None:
    """Who made this token; None for one that is unknown, taken back, or of somebody who may not
    sign in. Found by its digest, so that the time it takes tells nothing of it; one query."""
    row = db.session.execute(BY_DIGEST, {"digest": digest_of(token)}).one_or_none()
    if row is None:
        return None
    subscription, user, community = row
    viewer = Viewer(id=user.id, locale=user.locale, zone_name=user.zone_name)
    return Subscriber(subscription.id, viewer, community, subscription.fetched_at)


def subscriptions_of(viewer: Viewer) -> list[Subscription]:
    """The addresses somebody has made, the one of all communities first."""
    query = (
        select(Subscription)
        .options(joinedload(Subscription.community))
        .where(Subscription.user_id == viewer.id)
    )
    found = db.session.scalars(query)
    return sorted(found, key=lambda s: (s.community is not None, s.community and s.community.title))

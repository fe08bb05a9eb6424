"""The news of a community for feed readers: the activities that were set up last, and what is new
in them, as their plugins tell."""

from __future__ import annotations

from collections.abc import Iterator

from flask import url_for
from flask.typing import ResponseReturnValue
from markupsafe import escape
from sqlalchemy import bindparam, select

from core.access.marks import public
from core.activities.blueprint import activities
from core.activities.models import Activity, ActivityState
from core.activities.news import address_of
from core.activities.operations import activity_type
from core.activities.queries import is_available
from core.communities.feeds import NEWEST, feed
from core.communities.models import Community
from core.contract.registry import registry
from core.platform.atom import FeedEntry
from core.platform.db import db
from core.platform.i18n import core_domain

_ = core_domain.gettext

# Twice as many as are shown: some may be of plugins that are switched off.
LATEST = (
    select(Activity)
    .where(Activity.community_id == bindparam("community"))
    .where(Activity.state == ActivityState.PUBLISHED)
    .order_by(Activity.id.desc())
    .limit(2 * NEWEST)
)


@activities.get("/c/<community>/feed.xml")
@public
def news(community: Community) -> ResponseReturnValue:
    """What is new here."""
    return feed(
        community, f"communities.{community.id}", community.title,
        url_for("communities.home", community=community), lambda: _entries(community),
        begun=community.created_at,
    )  # fmt: skip


def _entries(community: Community) -> list[FeedEntry]:
    found = {entry.key: entry for entry in (*_new_activities(community), *_told(community))}
    newest = sorted(found.values(), key=lambda entry: (entry.published, entry.key), reverse=True)
    return newest[:NEWEST]


def _told(community: Community) -> Iterator[FeedEntry]:
    """What plugins have that is new; a name that is not their own is passed over."""
    answers = registry().ask(
        "feed_entries", community_id=community.id, community=community, newest=NEWEST
    )
    for answer in answers:
        yield from (one for one in answer.value if one.key.startswith(f"{answer.plugin}."))


def _new_activities(community: Community) -> Iterator[FeedEntry]:
    found = db.session.scalars(LATEST, {"community": community.id})
    for activity in [one for one in found if is_available(one)][:NEWEST]:
        form = activity_type(activity)
        title = _("%(form)s: %(title)s", form=form.title, title=activity.title)
        yield FeedEntry(
            key=f"activities.{activity.id}", title=title, url=address_of(activity),
            published=activity.created_at, updated=activity.changed_at,
            html=f"<p>{escape(str(form.description))}</p>",
        )  # fmt: skip

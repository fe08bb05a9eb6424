"""What consultations add to the pages of others, and hear from the log."""

from __future__ import annotations

from collections.abc import Iterator

from flask import render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select

from core.api import (
    SYSTEM,
    Activity,
    Community,
    Event,
    NavItem,
    User,
    Viewer,
    db,
    mine,
    over_because,
    own_activity_ids,
    standing_of,
)
from plugins.consultations import leaving
from plugins.consultations.models import Consultant
from plugins.consultations.words import _

LISTENS = ("communities.member_left", "communities.member_excluded")


def tutors_item(community: Community | None, viewer: Viewer) -> Iterator[NavItem]:
    """For members of a community: who is qualified, and whom one looks after."""
    if community is None or not standing_of(viewer, community).is_member:
        return
    yield NavItem(
        _("Tutors"), url_for("consultations_community.tutors", community=community),
        "mortarboard", "green",
        active=(request.endpoint or "").startswith("consultations_community."),
    )  # fmt: skip


def consults_on(slot: str, person: User | None, viewer: Viewer) -> Markup | None:
    """On the page of a person: the lines of the viewer's communities on which they consult."""
    if slot != "person.main" or person is None or not viewer.is_authenticated:
        return None
    query = (
        select(Activity.id, Activity.title, Community.slug, Community.title.label("place"))
        .join(Consultant, Consultant.activity_id == Activity.id)
        .join(Community, Community.id == Activity.community_id)
        .where(Consultant.user_id == person.id)
        .where(Activity.id.in_(own_activity_ids("consultations")))
        .order_by(Activity.title, Activity.id)
        .limit(20)
    )
    lines = db.session.execute(query, mine(viewer)).all()
    if not lines:
        return None
    return Markup(  # noqa: S704  # our own template
        render_template("consultations/_consults.html", lines=lines)
    )


def forbid(capability: str, activity: Activity | None) -> str | None:
    """Why somebody with the right cannot use it on this line now."""
    if activity is None or activity.plugin != "consultations":
        return None
    if capability == "consultations.ask":
        return over_because(activity.community, activity) or None
    return None


def member_left(event: Event) -> None:
    """Somebody is a member no longer: they have no part in the lines of the community any more."""
    if event.subject_id is not None and event.community_id is not None:
        leaving.leave_community(SYSTEM, event.subject_id, event.community_id)

"""What consultations add to the pages of others, and hear from the log."""

from __future__ import annotations

from collections.abc import Iterator

from flask import request, url_for
from sqlalchemy import select

from core.api import SYSTEM, Activity, Community, Event, NavItem, Viewer, db, standing_of
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


def forbid(capability: str, activity: Activity | None) -> str | None:
    """Why somebody with the right cannot use it on this line now."""
    if activity is None or activity.plugin != "consultations":
        return None
    if capability == "consultations.ask" and activity.state == "archived":
        return _("This line is in the archive and can only be read.")
    return None


def member_left(event: Event) -> None:
    """Somebody is a member no longer: they are in no team any more."""
    here = select(Consultant).where(Consultant.user_id == event.subject_id)
    for consultant in db.session.scalars(here).all():
        if consultant.line.activity.community_id == event.community_id:
            leaving.leave_team(SYSTEM, consultant)

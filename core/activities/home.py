"""The home of a community: what it is for, what is on, what waits for one, and who leads it."""

from __future__ import annotations

from datetime import timedelta

from flask import g, render_template

from core.access.actors import Viewer, current_viewer
from core.access.marks import public
from core.access.standing import over_because
from core.activities.news import groups_of, lines_of
from core.activities.queries import may_look_inside, relatives_of, shelf_of
from core.calendar.items import coming_up
from core.communities.blueprints import communities
from core.communities.models import (
    Community,
    CommunityState,
    Kind,
    Membership,
    MembershipState,
    Visibility,
)
from core.communities.queries import staff_of
from core.communities.words import KINDS, SHORT_VISIBILITIES

AHEAD = timedelta(days=31)
COMING_SHOWN = 6


@communities.get("/c/<community>/")
@public
def home(community: Community) -> str:
    """Outsiders of a community for members see what it is, who leads it and how to join."""
    viewer = current_viewer()
    shelf = shelf_of(community, viewer)
    # Before the news: a plugin that has both reads them at once.
    over = over_because(community)
    coming = [] if over else coming_up([community], shelf.shown, viewer, AHEAD, whole=True)
    lines = lines_of(shelf.shown, viewer)
    staff = staff_of(community)
    lonely = staff.alone and community.parent_id is None
    relatives = [] if lonely else relatives_of(community, viewer)
    return render_template(
        "activities/home.html",
        community=community,
        inside=may_look_inside(viewer, community),
        step=next_step(viewer, community, g.get("membership")),
        membership=g.get("membership"),
        about=about(community),
        live=[line for line in lines if line.news.live],
        waiting=[line for line in lines if line.news.waits],
        groups=groups_of(lines, shelf),
        unavailable=len(shelf.unavailable),
        coming=coming[:COMING_SHOWN],
        staff=staff,
        parent=next((r for r in relatives if r.is_parent), None),
        children=[r for r in relatives if not r.is_parent],
    )


def next_step(viewer: Viewer, community: Community, membership: Membership | None) -> str:
    """What somebody is to this community, as the page words it with the next step."""
    if community.state != CommunityState.ACTIVE:
        return community.state
    state = membership.state if membership else None
    if membership is not None and state == MembershipState.ACTIVE:
        return "member" if membership.charter_version >= community.charter_version else "rules"
    if not viewer.is_authenticated:
        return "guest"
    if state in (MembershipState.REQUESTED, MembershipState.EXCLUDED):
        return str(state)
    if community.member_limit is not None and community.member_count >= community.member_limit:
        return "full"
    return "refused" if state == MembershipState.REFUSED else "stranger"


def about(community: Community) -> list[str]:
    """The chips under the purpose: subjects, audience, kind, and who may read."""
    words = [part.strip() for part in f"{community.subjects},{community.audience}".split(",")]
    kind = None if community.subjects else KINDS[Kind(community.kind)]
    policy = SHORT_VISIBILITIES[Visibility(community.visibility)]
    return [str(word) for word in (*words, kind, policy) if word]

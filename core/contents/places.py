"""Who may see a content: by the place it stands in, and by whether it is hidden or held.

Addresses of contents and files lie outside ``/c/...``, where the guard does not look; views of
these rooms call :func:`enter` instead, which answers exactly as the guard would.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import g
from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import joinedload

from core.access.actors import Viewer, current_viewer
from core.access.guard import Place, members_only, see, unseen
from core.access.standing import can, standing_of
from core.activities.models import Activity, ActivityState
from core.communities.models import Community, CommunityState, Membership, Visibility
from core.contents.models import Content
from core.contents.queries import containers, kept_among
from core.contents.readers import given_among
from core.contract.registry import registry
from core.platform.db import db


def visible_to(viewer: Viewer, community: Community | None = None) -> ColumnElement[bool]:
    """For lists: contents that are not hidden and not held, the viewer's own, and all for staff.
    Outsiders do not see what is for members only.

    ``community`` is the one that the list belongs to; by default the one of the page.
    """
    community = community or g.get("community")
    if community is not None and is_moderator(viewer, community):
        return true()
    shown = and_(Content.hidden_at.is_(None), Content.held_at.is_(None))
    if is_outsider(viewer, community):
        shown = and_(shown, ~Content.members_only)
    return shown if viewer.id is None else or_(shown, Content.author_id == viewer.id)


def is_moderator(viewer: Viewer, community: Community) -> bool:
    """Whether somebody sees what is hidden and held here."""
    return can(viewer, "contents.hide", community)


def is_outsider(viewer: Viewer, community: Community | None) -> bool:
    """Whether somebody only looks in: what is for members only is not for them."""
    return community is not None and standing_of(viewer, community).is_guest


def may_see(viewer: Viewer, content: Content, community: Community | None) -> bool:
    """Whether somebody who may enter the place may see this content there."""
    if viewer.id is not None and viewer.id == content.author_id:
        return True
    if content.members_only and is_outsider(viewer, community):
        return False
    if content.is_visible:
        return True
    return community is not None and is_moderator(viewer, community)


def enter(content_id: int) -> Content:
    """The content of an address, once it is certain that the viewer may see it.

    From here on the page is one of the content's community. Raises what the guard would raise.
    """
    viewer = current_viewer()
    content = content_with_place(content_id)
    if content is None:
        raise unseen(viewer)
    place = place_of_content(content, viewer)
    check(viewer, content, place)
    if place is not None:
        g.community, g.activity, g.membership = place.community, place.activity, place.membership
    return content


def content_with_place(content_id: int) -> Content | None:
    """A content with its activity and community."""
    with_place = joinedload(Content.activity).joinedload(Activity.community)
    return db.session.get(Content, content_id, options=[with_place])


def place_of_content(content: Content, viewer: Viewer) -> Place | None:
    """Where a content stands, with the viewer's membership there; None for the site's own."""
    if content.community_id is None:
        return None
    own = and_(Membership.community_id == Community.id, Membership.user_id == viewer.id)
    community, membership = db.session.execute(
        select(Community, Membership)
        .outerjoin(Membership, own)
        .where(Community.id == content.community_id)
    ).one()
    return Place(community, content.activity, membership)


def check(viewer: Viewer, content: Content, place: Place | None) -> None:
    """Raise unless the viewer may see the place, the content, and what it stands in."""
    chain = list(_with_containers(content))
    given = place is None and bool(given_among(viewer, [chain[-1].id]))
    check_place(viewer, content, place, given=given)
    community = place.community if place is not None else None
    if not all(may_see(viewer, each, community) for each in chain):
        raise unseen(viewer)
    if kept_among(viewer, {each.id: each.kind for each in chain}):
        raise unseen(viewer)


def check_place(
    viewer: Viewer, content: Content, place: Place | None, *, given: bool = False
) -> None:
    """Raise unless the viewer may enter the place in which a content stands.

    What stands in no community is for its author and for those to whom it was ``given``.
    """
    if place is None:
        own = viewer.id is not None and viewer.id == content.author_id
        if not (own or given) or not _is_on_here(content):
            raise unseen(viewer)
        return
    if not _is_on(content, place):
        raise unseen(viewer)
    see(viewer, place)
    if _only_for_members(viewer, place.community):
        raise members_only(viewer)


def _is_on_here(content: Content) -> bool:
    return content.kind.split(".")[0] in registry().enabled_in(None) | {"core"}


def _is_on(content: Content, place: Place) -> bool:
    """Contents of a plugin that is switched off are out of sight with it."""
    on = registry().enabled_in(place.community.id) | {"core"}
    owners = {content.kind.split(".")[0]}
    if place.activity is not None:
        owners.add(place.activity.plugin)
    return owners <= on


def _only_for_members(viewer: Viewer, community: Community) -> bool:
    return standing_of(viewer, community).is_guest and community.visibility != Visibility.PUBLIC


def published_content(content_id: int) -> Content | None:
    """A content that its plugin may show to people who cannot enter its place, by an address of its
    own; None when nobody is shown it: the community has ended or is not open yet, the plugin is
    off, the activity is a draft, the content or what it stands in is hidden or waits for approval.

    Whom it may be shown to is the plugin's to ask.
    """
    content = content_with_place(content_id)
    if content is None or content.community_id is None:
        return None
    place = Place(db.session.get_one(Community, content.community_id), content.activity)
    is_alive = place.community.state == CommunityState.ACTIVE and _is_on(content, place)
    is_open = content.activity is None or content.activity.state != ActivityState.DRAFT
    shown = all(each.is_visible for each in _with_containers(content))
    return content if is_alive and is_open and shown else None


def _with_containers(content: Content) -> Iterable[Content]:
    """The content, what it stands in, what that stands in: a comment, its post, the topic."""
    outer: Content | None = content
    while outer is not None:
        yield outer
        kind = registry().content_types().get(outer.kind)
        inside = containers(kind, [outer.id]) if kind is not None else {}
        if inside is None:
            # Nobody can say what it stands in, so nobody is shown it.
            raise unseen(current_viewer())
        outer = db.session.get(Content, inside[outer.id]) if outer.id in inside else None

"""What the gallery adds to pages, what it forbids, and what it does when people leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from flask import render_template
from markupsafe import Markup
from sqlalchemy import ScalarSelect, and_, bindparam, case, delete, func, select
from sqlalchemy.orm import aliased

from core.api import (
    Activity,
    Community,
    Content,
    Event,
    Summary,
    Viewer,
    can,
    db,
    is_outsider,
    utcnow,
)
from plugins.gallery import notices
from plugins.gallery.models import Album, Keeper, Picture, Request, RequestState
from plugins.gallery.queries import tiles
from plugins.gallery.tiles import inside, tile_of
from plugins.gallery.words import _, ngettext

LEFT = frozenset({"communities.member_left", "communities.member_excluded"})
LISTENS = (*sorted(LEFT), *notices.LISTENS)
# So many of the newest pictures stand on the home of a community.
NEWEST = 8
CHANGING = frozenset({"gallery.create", "gallery.add", "contents.comment", "contents.react"})
AlbumContent = aliased(Content)


def summaries(activities: Sequence[Activity], viewer: Viewer) -> Mapping[int, Summary]:
    """One line of news about each gallery, in one query: how much there is, and what is asked."""
    query = (
        select(
            Album.activity_id,
            func.count().label("albums"),
            func.sum(Album.picture_count).label("pictures"),
            func.sum(case((Content.members_only, 0), else_=1)).label("open"),
            _asked().label("asked"),
        )
        .join(Album.content)
        .where(Album.activity_id.in_([activity.id for activity in activities]))
        .where(Content.hidden_at.is_(None), Content.held_at.is_(None))
        .group_by(Album.activity_id)
    )
    found = {row.activity_id: row for row in db.session.execute(query)}
    return {a.id: _summary(a, found.get(a.id), viewer) for a in activities}


def _asked() -> ScalarSelect[int]:
    """How many requests about the pictures of a gallery are open."""
    query = select(func.count(Request.id)).select_from(Request).join(Request.picture)
    asked = Picture.activity_id == Album.activity_id, Request.state == RequestState.OPEN
    return query.where(*asked).correlate(Album).scalar_subquery()


def _summary(activity: Activity, row: Any, viewer: Viewer) -> Summary:
    outsider = is_outsider(viewer, activity.community)
    albums = 0 if row is None else row.open if outsider else row.albums
    if not albums:
        return Summary(text=_("No pictures yet"))
    text = ngettext("%(n)s album", "%(n)s albums", albums)
    if not outsider:
        text += " · " + ngettext("%(n)s picture", "%(n)s pictures", row.pictures)
    if row.asked and can(viewer, "gallery.keep", activity.community, activity):
        state = ngettext("%(n)s request", "%(n)s requests", row.asked)
        return Summary(text=text, state=state, waits=True)
    return Summary(text=text)


def newest_pictures(slot: str, community: Community | None, viewer: Viewer) -> Markup | None:
    """On a community's home: the pictures that were added last."""
    if slot != "community.main" or community is None:
        return None
    outsider = is_outsider(viewer, community)
    if outsider and community.visibility != "public":
        return None
    facts = {"community_id": community.id}
    rows = db.session.execute(_newest(outsider=outsider), facts).all()
    if not rows:
        return None
    found = [tile_of(row, inside(row.activity_id, community.slug)) for row in rows]
    html = render_template("gallery/newest.html", community=community, tiles=found)
    return Markup(html)  # noqa: S704  # our own template, which escapes


@cache
def _newest(*, outsider: bool) -> Any:
    """The newest few of each gallery, whose index says them at once; the newest of these."""
    candidate = aliased(Picture)
    of_gallery = (
        select(candidate.id)
        .where(candidate.activity_id == Activity.id)
        .order_by(candidate.id.desc())
        .limit(3 * NEWEST)
        .correlate(Activity)
    )
    ids = (
        select(Picture.id)
        .select_from(Activity)
        .join(Picture, Picture.id.in_(of_gallery))
        .where(Activity.community_id == bindparam("community_id"))
        .where(Activity.plugin == "gallery", Activity.state == "published")
    )
    seen = [_is_shown(Content), _is_shown(AlbumContent)]
    if outsider:
        seen += [~Content.members_only, ~AlbumContent.members_only]
    return (
        tiles()
        .add_columns(Picture.activity_id)
        .join(AlbumContent, AlbumContent.id == Picture.album_id)
        .where(Picture.id.in_(ids), *seen)
        .order_by(Picture.id.desc())
        .limit(NEWEST)
    )


def _is_shown(content: Any) -> Any:
    return and_(content.hidden_at.is_(None), content.held_at.is_(None))


def take(event: Event) -> None:
    """Somebody left, and keeps nothing any more; or something happened that people are told of."""
    if event.kind not in LEFT:
        notices.tell(event)
        return
    here = select(Album.id).join(Album.activity).where(
        Activity.community_id == event.community_id
    )  # fmt: skip
    gone = Keeper.user_id == event.subject_id, Keeper.album_id.in_(here)
    db.session.execute(delete(Keeper).where(*gone))


def forbid(capability: str, activity: Activity | None) -> str | None:
    """Why somebody with the right cannot use it in this gallery now."""
    if activity is None or activity.plugin != "gallery" or capability not in CHANGING:
        return None
    if activity.state == "archived":
        return _("This gallery is in the archive and can only be looked at.")
    if not activity.is_open(utcnow()):
        return _("This gallery is not open at present; it can be looked at.")
    return None

"""What is written about webinars, as core shows, hides and finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for
from sqlalchemy import select

from core.api import (
    Activity,
    Community,
    ContentType,
    ContentView,
    SearchText,
    db,
    excerpt,
    from_text,
)
from plugins.webinar import attendance, operations
from plugins.webinar.models import Recording, Webinar
from plugins.webinar.words import _l


def webinar_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How webinars are shown by core, by the ids of their contents."""
    query = (
        select(Webinar.id, Webinar.about, Activity.id.label("activity"), Activity.title,
               Community.slug)
        .join(Activity, Activity.id == Webinar.activity_id)
        .join(Community, Community.id == Activity.community_id)
        .where(Webinar.id.in_(ids))
    )  # fmt: skip
    return {
        row.id: ContentView(
            title=row.title, excerpt=excerpt(row.about, 120) if row.about else "",
            url=url_for("webinar.home", community=row.slug, activity=row.activity),
        )
        for row in db.session.execute(query)
    }  # fmt: skip


def webinar_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What webinars say of themselves."""
    found = db.session.execute(select(Webinar.id, Webinar.about).where(Webinar.id.in_(ids)))
    return {row.id: row.about for row in found}


def webinar_words(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """What webinars are found by, beside the name of the activity, which core knows."""
    query = select(Webinar.id, Webinar.about, Webinar.speakers).where(Webinar.id.in_(ids))
    return {
        row.id: SearchText(body=f"{from_text(row.speakers)}{row.about}")
        for row in db.session.execute(query)
    }


def recording_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How recordings are shown by core."""
    query = (
        select(Recording.id, Recording.title, Recording.activity_id, Community.slug)
        .join(Activity, Activity.id == Recording.activity_id)
        .join(Community, Community.id == Activity.community_id)
        .where(Recording.id.in_(ids))
    )
    return {
        row.id: ContentView(
            title=row.title,
            url=url_for(
                "webinar.recording", community=row.slug, activity=row.activity_id,
                recording=row.id,
            ),
        )
        for row in db.session.execute(query)
    }  # fmt: skip


def recording_words(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """What recordings are found by."""
    query = select(Recording.id, Recording.title, Activity.title.label("webinar"))
    query = query.join(Activity, Activity.id == Recording.activity_id)
    found = db.session.execute(query.where(Recording.id.in_(ids)))
    return {row.id: SearchText(title=row.title, body=row.webinar) for row in found}


CONTENTS = (
    ContentType(
        kind=operations.WEBINAR, title=_l("Webinar"), views=webinar_views, bodies=webinar_bodies,
        searched=webinar_words,
    ),
    ContentType(
        kind=attendance.RECORDING, title=_l("Recording"), views=recording_views,
        searched=recording_words,
    ),
)  # fmt: skip

"""What is written about workshops, as core shows, hides and finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Select, select

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
from plugins.workshops.demonstrating import DEMONSTRATION
from plugins.workshops.models import Demonstration, Work, Workshop
from plugins.workshops.operations import WORKSHOP
from plugins.workshops.words import _, _l
from plugins.workshops.works import WORK


def _placed(*columns: Any, row: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(row.id, *columns, Activity.id.label("activity"), Community.slug)
        .join(Activity, Activity.id == row.activity_id)
        .join(Community, Community.id == Activity.community_id)
    )


def workshop_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How workshops are shown by core, by the ids of their contents."""
    query = _placed(Workshop.about, Activity.title, row=Workshop).where(Workshop.id.in_(ids))
    return {row.id: _view(row, row.title, row.about) for row in db.session.execute(query)}


def _view(row: Any, title: str, body: str) -> ContentView:
    return ContentView(
        title=title, excerpt=excerpt(body, 120) if body else "",
        url=url_for("workshops.home", community=row.slug, activity=row.activity),
    )  # fmt: skip


def workshop_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What workshops say of themselves."""
    found = db.session.execute(select(Workshop.id, Workshop.about).where(Workshop.id.in_(ids)))
    return {row.id: row.about for row in found}


def workshop_words(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """What workshops are found by, beside the name of the activity, which core knows."""
    query = select(Workshop.id, Workshop.about, Workshop.audience).where(Workshop.id.in_(ids))
    return {
        row.id: SearchText(body=f"{from_text(row.audience)}{row.about}")
        for row in db.session.execute(query)
    }


def demonstration_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How demonstrations are shown by core."""
    query = _placed(Demonstration.body, Activity.title, row=Demonstration)
    found = db.session.execute(query.where(Demonstration.id.in_(ids)))
    return {
        row.id: _view(row, _("Demonstration: %(title)s", title=row.title), row.body)
        for row in found
    }


def demonstration_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What is shown, in words."""
    query = select(Demonstration.id, Demonstration.body).where(Demonstration.id.in_(ids))
    return {row.id: row.body for row in db.session.execute(query)}


def work_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How works are shown by core, to their authors and, once they are shown, to all."""
    query = _placed(Work.title, Work.body, row=Work).where(Work.id.in_(ids))
    return {
        row.id: ContentView(
            title=row.title, excerpt=excerpt(row.body, 120) if row.body else "",
            url=url_for(
                "workshops.work", community=row.slug, activity=row.activity, work=row.id
            ),
        )
        for row in db.session.execute(query)
    }  # fmt: skip


def work_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """Works in words."""
    found = db.session.execute(select(Work.id, Work.body).where(Work.id.in_(ids)))
    return {row.id: row.body for row in found}


def work_words(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """What works are found by; only those that are shown, so that nobody finds an author there."""
    query = select(Work.id, Work.title, Work.body).where(
        Work.id.in_(ids), Work.shown_at.is_not(None)
    )
    return {row.id: SearchText(title=row.title, body=row.body) for row in db.session.execute(query)}


CONTENTS = (
    ContentType(
        kind=WORKSHOP, title=_l("Workshop"), views=workshop_views, bodies=workshop_bodies,
        searched=workshop_words,
    ),
    ContentType(
        kind=DEMONSTRATION, title=_l("Demonstration"), views=demonstration_views,
        bodies=demonstration_bodies,
    ),
    ContentType(
        kind=WORK, title=_l("Work of a workshop"), views=work_views, bodies=work_bodies,
        searched=work_words,
    ),
)  # fmt: skip

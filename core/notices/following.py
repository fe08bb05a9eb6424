"""Following: how closely somebody wants to hear of a content, an activity or a community.

What is not settled for a thing itself is inherited: the content's activity, its community, and
then the person's own default.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, delete, false, func, literal, select
from sqlalchemy.orm import aliased

from core.access.actors import Actor, Viewer
from core.activities.models import Activity
from core.communities.models import Community
from core.contents.models import Content
from core.contract.notices import Level
from core.notices.models import Follow, NoticeSettings
from core.people.models import User
from core.platform.db import db, operation, upsert

DEFAULT = Level.DIRECT

Thing = Content | Activity | Community
OnContent, OnActivity, OnCommunity = aliased(Follow), aliased(Follow), aliased(Follow)


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something happened, from the inside out; as ids, for queries."""

    content_id: int | None = None
    activity_id: int | None = None
    community_id: int | None = None

    @classmethod
    def of(cls, thing: Thing) -> Place:
        if isinstance(thing, Content):
            return cls(
                content_id=thing.id, activity_id=thing.activity_id, community_id=thing.community_id
            )
        if isinstance(thing, Activity):
            return cls(activity_id=thing.id, community_id=thing.community_id)
        return cls(community_id=thing.id)

    @property
    def key(self) -> dict[str, int | None]:
        """The column of :class:`Follow` that stands for the innermost of these."""
        if self.content_id is not None:
            return {"content_id": self.content_id}
        if self.activity_id is not None:
            return {"activity_id": self.activity_id}
        return {"community_id": self.community_id}


def with_level(
    query: Select[*tuple[Any, ...]], place: Place
) -> tuple[Select[*tuple[Any, ...]], ColumnElement[int]]:
    """A query about users, joined with what they settled for a place, and the level that follows
    from it as an expression."""
    joined = query.outerjoin(NoticeSettings, NoticeSettings.user_id == User.id)
    for settled, column, number in (
        (OnContent, OnContent.content_id, place.content_id),
        (OnActivity, OnActivity.activity_id, place.activity_id),
        (OnCommunity, OnCommunity.community_id, place.community_id),
    ):
        here = false() if number is None else column == number
        joined = joined.outerjoin(settled, and_(settled.user_id == User.id, here))
    level: ColumnElement[int] = func.coalesce(
        OnContent.level, OnActivity.level, OnCommunity.level, NoticeSettings.level,
        literal(int(DEFAULT), Integer),
    )  # fmt: skip
    return joined, level


@dataclass(frozen=True)
class Following:
    """What somebody has settled for a thing (None: nothing), and what counts without it."""

    own: Level | None
    inherited: Level

    @property
    def level(self) -> Level:
        return self.inherited if self.own is None else self.own


def following_of(viewer: Viewer, thing: Thing) -> Following:
    """How closely the viewer follows a thing; one query."""
    place = Place.of(thing)
    columns = select(
        OnContent.level, OnActivity.level, OnCommunity.level, NoticeSettings.level
    ).select_from(User)
    query, _level = with_level(columns, place)
    row = db.session.execute(query.where(User.id == viewer.id)).one()
    settled = dict(zip(("content_id", "activity_id", "community_id"), row[:3], strict=True))
    own = settled.pop(next(iter(place.key)))
    outer = [value for value in (*settled.values(), row[3]) if value is not None]
    return Following(None if own is None else Level(own), Level(outer[0]) if outer else DEFAULT)


@operation
def follow(actor: Actor, thing: Thing, level: Level | None) -> None:
    """Settle how closely one follows a thing; None goes back to what is inherited."""
    place = Place.of(thing)
    if level is None:
        _drop(actor, place.key)
    else:
        upsert(Follow, {"user_id": actor.id, **place.key}, {"level": int(level)})


def _drop(actor: Actor, key: Mapping[str, int | None]) -> None:
    column, number = next(iter(key.items()))
    db.session.execute(
        delete(Follow).where(Follow.user_id == actor.id, getattr(Follow, column) == number)
    )


@operation
def forget_follow(actor: Actor, follow_id: int) -> None:
    """Take a line out of what one settled, whatever it is about. Twice is once."""
    db.session.execute(delete(Follow).where(Follow.id == follow_id, Follow.user_id == actor.id))


@operation
def forget_community(actor: Actor, community_id: int, user_id: int) -> None:
    """Somebody left a community: what they followed there is settled no longer."""
    activities = select(Activity.id).where(Activity.community_id == community_id)
    contents = select(Content.id).where(Content.community_id == community_id)
    db.session.execute(
        delete(Follow).where(
            Follow.user_id == user_id,
            (Follow.community_id == community_id)
            | Follow.activity_id.in_(activities)
            | Follow.content_id.in_(contents),
        ),
        execution_options={"synchronize_session": False},
    )

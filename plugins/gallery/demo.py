"""The galleries of the demo: what the communities have seen together this autumn."""

from __future__ import annotations

import functools
import io
from datetime import timedelta
from typing import Any

from core.api import (
    SYSTEM,
    Activity,
    Community,
    Content,
    User,
    add_comment,
    approve,
    create_activity,
    db,
    from_text,
    operation,
    react,
    save_file,
)
from plugins.gallery import albums, pictures, removals, sharing
from plugins.gallery.albums import AlbumFacts
from plugins.gallery.demo_texts import BOOKS, OTHERWISE, Shot, Story
from plugins.gallery.drawing import drawn
from plugins.gallery.models import Album, Picture

# Members add to an album one after another.
MINUTES_BETWEEN = 4
# One picture is drawn for several communities.
drawing = functools.lru_cache(maxsize=16)(drawn)


def albums_of(community: Community, cast: Any) -> None:
    """Put a gallery into a community of the demo."""
    _fill(SYSTEM, community, cast)


@operation
def _fill(actor: object, community: Community, cast: Any) -> None:
    gallery = create_activity(cast.coordinator, community, "gallery", "gallery", "Фотоальбомы")
    made = [_told(gallery, story, cast) for story in BOOKS.get(community.slug, OTHERWISE)]
    first = made[0]
    sharing.make_link(cast.coordinator, first, None)
    _asked(cast.member, made[-1])


def _told(gallery: Activity, story: Story, cast: Any) -> Album:
    """Begin an album and fill it."""
    owner = getattr(cast, story.by)
    moment = cast.now - timedelta(days=story.days)
    facts = AlbumFacts(title=story.title, about=story.about, happened_on=moment.date())
    album = albums.begin(owner, gallery, facts)
    _publish(cast, album.content)
    albums.add_keeper(owner, album, cast.moderator.id)
    for place, shot in enumerate(story.shots):
        person = owner if place % 3 else cast.pick(place)
        picture = _added(person, album, shot, cast)
        picture.content.created_at = moment + timedelta(minutes=MINUTES_BETWEEN * place)
    album.content.created_at = moment
    if story.shown:
        sharing.show_everybody(cast.coordinator, album, True, outsiders_save=True)
    for who, words in story.remarks:
        person = getattr(cast, who)
        remark = add_comment(person, album.content, from_text(words))
        remark.created_at = moment + timedelta(hours=5)
        react(person, album.content, "thanks")
    return album


def _added(person: User, album: Album, shot: Shot, cast: Any) -> Picture:
    name = f"IMG_{2100 + shot.number}.jpg"
    file = save_file(io.BytesIO(drawing(shot.number)), name, person.id)
    picture = pictures.add(person, album, [file])[0]
    _publish(cast, picture.content)
    pictures.describe(person, picture, shot.caption, shot.consent)
    return picture


def _publish(cast: Any, content: Content) -> None:
    if content.held_at is not None:
        approve(cast.moderator, content)


def _asked(person: User, album: Album) -> None:
    """Somebody does not want to be seen in the last picture."""
    query = pictures.last_of(album)
    picture = db.session.scalars(query).one()
    removals.ask(person, picture, "Я на этом снимке слева, глаза закрыты. Уберите, пожалуйста.")

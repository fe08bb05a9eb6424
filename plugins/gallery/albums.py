"""Albums: begun, changed, kept by several, removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, select, update

from core.api import (
    Activity,
    Actor,
    Content,
    DomainError,
    Missing,
    can,
    db,
    must_wait,
    new_content,
    operation,
    readers_among,
    record,
    remove_contents,
    sent_before,
    upsert,
    utcnow,
)
from plugins.gallery import events
from plugins.gallery.models import Album, Keeper, Occasion, Picture
from plugins.gallery.words import _

ALBUM = "gallery.album"
TITLE_LENGTH = 200
ABOUT_LENGTH = 2_000


@dataclass(frozen=True, kw_only=True)
class AlbumFacts:
    """What somebody says of an album; ``occasion`` is the activity that it is about."""

    title: str
    about: str = ""
    happened_on: date | None = None
    occasion: Activity | None = None
    contributions: bool = True


@operation
def gallery_saved(actor: Actor, activity: Activity, form: object) -> None:
    """A gallery needs nothing of its own: its albums are begun by people."""


@operation
def begin(actor: Actor, activity: Activity, facts: AlbumFacts, submission: str = "") -> Album:
    """Begin an album; whoever does keeps it. A form that is sent twice gives the same album.

    Raises DomainError for a blank or overlong title.
    """
    sent = sent_before(actor, submission)
    if sent is not None:
        return db.session.get_one(Album, sent.id)
    held = must_wait(actor, activity.community)
    content = new_content(actor, ALBUM, activity, held=held, submission=submission)
    content.members_only = True
    album = Album(
        id=content.id, content=content, activity_id=activity.id, title="", happened_on=_today()
    )
    _say(album, facts)
    db.session.add(album)
    db.session.flush()
    _set_occasion(album, facts.occasion)
    if actor.id is not None:
        db.session.add(Keeper(album_id=album.id, user_id=actor.id))
        db.session.flush()
    record(events.ALBUM_OPENED, actor, activity=activity, content=content)
    return album


def _today() -> date:
    return utcnow().date()


def _say(album: Album, facts: AlbumFacts) -> None:
    title = " ".join(facts.title.split())
    if not title:
        raise DomainError(_("An album needs a title."))
    if len(title) > TITLE_LENGTH or len(facts.about) > ABOUT_LENGTH:
        raise DomainError(_("This is too long: 200 characters of a title and 2,000 more fit."))
    album.title, album.about = title, facts.about.strip()
    album.happened_on = facts.happened_on or album.happened_on
    album.contributions = facts.contributions


def _set_occasion(album: Album, activity: Activity | None) -> None:
    if activity is None:
        db.session.execute(delete(Occasion).where(Occasion.album_id == album.id))
    elif activity.community_id != album.content.community_id:
        raise DomainError(_("This activity belongs to another community."))
    else:
        upsert(Occasion, {"album_id": album.id}, {"activity_id": activity.id})


@operation
def change(actor: Actor, album: Album, facts: AlbumFacts) -> None:
    """Say something else of an album. Raises DomainError as ``begin`` does."""
    held(album.id)
    _say(album, facts)
    album.content.edited_at = utcnow()
    _set_occasion(album, facts.occasion)
    record(events.ALBUM_CHANGED, actor, activity=album.activity, content=album.content)


@operation
def add_keeper(actor: Actor, album: Album, person_id: int) -> None:
    """Let somebody keep an album too. Raises DomainError for somebody who cannot even see it."""
    album = held(album.id)
    if not readers_among(album.activity.community, {person_id}):
        raise DomainError(_("Only members of the community can keep an album."))
    db.session.merge(Keeper(album_id=album.id, user_id=person_id))
    record(
        events.ALBUM_CHANGED, actor, activity=album.activity, content=album.content,
        subject_id=person_id,
    )  # fmt: skip


@operation
def drop_keeper(actor: Actor, album: Album, person_id: int) -> None:
    """Let somebody keep an album no longer; one keeper has to remain."""
    album = held(album.id)
    there = set(db.session.scalars(select(Keeper.user_id).where(Keeper.album_id == album.id)))
    if there == {person_id}:
        raise DomainError(_("An album needs a keeper. Choose another one first."))
    db.session.execute(
        delete(Keeper).where(Keeper.album_id == album.id, Keeper.user_id == person_id)
    )


@operation
def remove(actor: Actor, album: Album) -> int:
    """Remove an album with all its pictures, for good; how many pictures there were."""
    album = held(album.id)
    activity = album.activity
    pictures = list(db.session.scalars(select(Picture.id).where(Picture.album_id == album.id)))
    record(events.ALBUM_REMOVED, actor, activity=activity, pictures=len(pictures))
    remove_contents(actor, [*pictures, album.id])
    return len(pictures)


def held(album_id: int) -> Album:
    """An album that nobody else changes until the operation ends.

    Raises Missing when somebody removed it meanwhile.
    """
    # What the operation has changed so far would be read over.
    db.session.flush()
    row = select(Album).where(Album.id == album_id).with_for_update(key_share=True)
    album: Album | None = db.session.scalar(row, execution_options={"populate_existing": True})
    if album is None:
        raise Missing(_("This album was removed meanwhile."))
    return album


def recount(album_id: int) -> None:
    """Count the pictures of an album that can be seen, inside the operation that changed them."""
    db.session.flush()
    shown = (
        select(func.count())
        .select_from(Picture)
        .join(Content, Content.id == Picture.id)
        .where(Picture.album_id == album_id)
        .where(Content.hidden_at.is_(None), Content.held_at.is_(None))
        .scalar_subquery()
    )
    db.session.execute(update(Album).where(Album.id == album_id).values(picture_count=shown))


def keeps(actor: Actor, album: Album) -> bool:
    """Whether somebody looks after this album."""
    if actor.id is None:
        return False
    activity = album.activity
    if can(actor, "gallery.keep", activity.community, activity, album.content):
        return True
    own = db.session.get(Keeper, {"album_id": album.id, "user_id": actor.id})
    return own is not None and can(
        actor, "gallery.create", activity.community, activity, album.content
    )


def adds(actor: Actor, album: Album) -> bool:
    """Whether somebody may add pictures to this album."""
    activity = album.activity
    if not can(actor, "gallery.add", activity.community, activity, album.content):
        return False
    return album.contributions or keeps(actor, album)

"""Pictures in an album: added, described, put into order, removed for good."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, exists, func, select, update

from core.api import (
    Actor,
    Content,
    DomainError,
    File,
    Missing,
    attach,
    changed,
    db,
    must_wait,
    new_content,
    operation,
    record,
    remove_contents,
    search_again,
    utcnow,
)
from plugins.gallery import events
from plugins.gallery.albums import held, recount
from plugins.gallery.models import (
    SHOWABLE,
    Album,
    Consent,
    Picture,
    Request,
    RequestState,
)
from plugins.gallery.words import _

PICTURE = "gallery.picture"
# The part of an open album that is drawn anew when its pictures change.
SHOWN = "pictures"
CAPTION_LENGTH = 500
MOST_IN_ALBUM = 20_000
# Between two pictures there is room for sixteen moves before all are numbered anew.
STEP = 1 << 16


class Sorting(enum.StrEnum):
    """Orders that a whole album can be put into at once."""

    ADDED = "added"
    NAME = "name"


@operation
def add(
    actor: Actor, album: Album, files: Sequence[File], consent: Consent = Consent.UNKNOWN
) -> list[Picture]:
    """Put files into an album, behind what is there. What is there already is not added again.

    Raises DomainError when there is no room for them.
    """
    album = held(album.id)
    new = _not_there(album, files)
    if not new:
        return []
    count, last = _extent(album)
    if count + len(new) > MOST_IN_ALBUM:
        raise DomainError(_("This album is full: begin another one."))
    waits = must_wait(actor, album.activity.community)
    added = [
        _stored(actor, album, file, consent, last + STEP * place, waits=waits)
        for place, file in enumerate(new, start=1)
    ]
    recount(album.id)
    settle([picture.id for picture in added])
    changed(album.content, SHOWN)
    record(
        events.PICTURES_ADDED, actor, activity=album.activity, content=album.content,
        pictures=len(added), held=waits,
    )  # fmt: skip
    return added


def _not_there(album: Album, files: Sequence[File]) -> list[File]:
    """A form that is sent twice adds nothing twice."""
    ids = [file.id for file in files]
    query = select(Picture.file_id).where(Picture.album_id == album.id, Picture.file_id.in_(ids))
    there = set(db.session.scalars(query))
    return [file for file in dict.fromkeys(files) if file.id not in there]


def _extent(album: Album) -> tuple[int, int]:
    query = select(func.count(), func.coalesce(func.max(Picture.position), 0))
    count, last = db.session.execute(query.where(Picture.album_id == album.id)).one()
    return count, last


def _stored(
    actor: Actor, album: Album, file: File, consent: Consent, position: int, *, waits: bool
) -> Picture:
    content = new_content(actor, PICTURE, album.activity, held=waits)
    picture = Picture(
        id=content.id, content=content, activity_id=album.activity_id, album_id=album.id,
        album=album, file_id=file.id, file=file, consent=consent, position=position,
    )  # fmt: skip
    db.session.add(picture)
    attach(content, [file])
    return picture


def settle(ids: Collection[int]) -> None:
    """Let outsiders see those of these pictures that they may see, and no others: consent is there,
    and nobody has asked to be taken out. Inside the operation that changed either."""
    db.session.flush()
    asked = exists().where(Request.picture_id == Picture.id, Request.state == RequestState.OPEN)
    free = select(Picture.id).where(Picture.id.in_(ids), Picture.consent.in_(SHOWABLE), ~asked)
    change = update(Content).where(Content.id.in_(ids))
    db.session.execute(
        change.values(members_only=Content.id.not_in(free)),
        execution_options={"synchronize_session": False},
    )
    for content in db.session.scalars(select(Content).where(Content.id.in_(ids))):
        db.session.refresh(content, ["members_only"])


@operation
def describe(actor: Actor, picture: Picture, caption: str, consent: Consent | None = None) -> None:
    """Say what a picture shows, and whether it may be shown to outsiders.

    Raises DomainError for a caption that is too long.
    """
    caption = " ".join(caption.split())
    if len(caption) > CAPTION_LENGTH:
        raise DomainError(_("This caption is too long: 500 characters fit."))
    if caption != picture.caption:
        picture.caption = caption
        picture.content.edited_at = utcnow()
        picture.content.version += 1
        changed(picture.album.content, SHOWN)
    if consent is not None and consent != picture.consent:
        mark(actor, picture.album, [picture.id], consent)


@operation
def mark(actor: Actor, album: Album, ids: Collection[int], consent: Consent) -> int:
    """Mark what is known of the consent to show these pictures of an album; how many there were."""
    album = held(album.id)
    own = select(Picture).where(Picture.album_id == album.id, Picture.id.in_(ids))
    marked = [p for p in db.session.scalars(own) if p.consent != consent]
    for picture in marked:
        picture.consent = consent
    settle([picture.id for picture in marked])
    changed(album.content, SHOWN)
    if marked:
        record(
            events.CONSENT_MARKED, actor, activity=album.activity, content=album.content,
            consent=consent.value, pictures=len(marked),
        )  # fmt: skip
    return len(marked)


@operation
def choose_cover(actor: Actor, picture: Picture) -> None:
    """Let this picture stand for its album."""
    held(picture.album_id)
    others = update(Picture).where(Picture.album_id == picture.album_id, Picture.is_cover)
    db.session.execute(others.values(is_cover=False))
    picture.is_cover = True
    db.session.flush()


@operation
def place(actor: Actor, album: Album, ids: Sequence[int], before: int | None) -> None:
    """Put pictures, in this order, before another one of their album; behind all without it.

    Before one of themselves they stay where they are.
    """
    if before in ids:
        return
    album = held(album.id)
    moved = _own(album, ids)
    anchor = db.session.get(Picture, before) if before is not None else None
    if anchor is not None and (anchor.album_id != album.id or anchor.id in moved):
        anchor = None
    room = _room(album, moved, anchor)
    if room is None:
        number_anew(album.id)
        room = _room(album, moved, anchor)
    if room is None:
        raise DomainError(_("So many pictures cannot be moved at once. Move fewer."))
    first, step = room
    for count, picture in enumerate(moved.values()):
        picture.position = first + step * count
    db.session.flush()
    changed(album.content, SHOWN)


def _own(album: Album, ids: Sequence[int]) -> dict[int, Picture]:
    query = select(Picture).where(Picture.album_id == album.id, Picture.id.in_(ids))
    found = {picture.id: picture for picture in db.session.scalars(query)}
    if not found:
        raise Missing(_("These pictures were removed meanwhile."))
    return {number: found[number] for number in dict.fromkeys(ids) if number in found}


def _room(
    album: Album, moved: Mapping[int, Picture], anchor: Picture | None
) -> tuple[int, int] | None:
    """The first position and the step for what is moved; None where there is not enough room."""
    others = select(func.max(Picture.position)).where(
        Picture.album_id == album.id, Picture.id.not_in(list(moved))
    )
    if anchor is None:
        return (db.session.scalar(others) or 0) + STEP, STEP
    db.session.refresh(anchor, ["position"])
    above = (Picture.position < anchor.position) | (
        (Picture.position == anchor.position) & (Picture.id < anchor.id)
    )
    former = db.session.scalar(others.where(above))
    if former is None:
        former = anchor.position - STEP * (len(moved) + 1)
    step = (anchor.position - former) // (len(moved) + 1)
    return (former + step, step) if step > 0 else None


def number_anew(album_id: int, sorting: Sorting | None = None) -> None:
    """Give the pictures of an album positions with room between them, in one statement."""
    order: list[Any] = [Picture.position, Picture.id]
    if sorting is Sorting.ADDED:
        order = [Picture.id]
    elif sorting is Sorting.NAME:
        order = [func.lower(File.name), Picture.id]
    ranked = (
        select(Picture.id, func.row_number().over(order_by=order).label("rank"))
        .join(File, File.id == Picture.file_id)
        .where(Picture.album_id == album_id)
        .subquery()
    )
    rank = select(ranked.c.rank).where(ranked.c.id == Picture.id).scalar_subquery()
    change = update(Picture).where(Picture.album_id == album_id).values(position=rank * STEP)
    db.session.execute(change, execution_options={"synchronize_session": False})
    for picture in db.session:
        if isinstance(picture, Picture):
            db.session.expire(picture, ["position"])


@operation
def sort(actor: Actor, album: Album, sorting: Sorting) -> None:
    """Put a whole album into an order."""
    number_anew(held(album.id).id, sorting)
    changed(album.content, SHOWN)


@operation
def move_to(actor: Actor, album: Album, ids: Collection[int], target: Album) -> int:
    """Put pictures into another album of the same gallery, behind what is there."""
    for number in sorted((album.id, target.id)):
        held(number)
    if target.activity_id != album.activity_id or target.id == album.id:
        raise DomainError(_("Choose another album of this gallery."))
    _count, last = _extent(target)
    moved = _own(album, list(ids))
    for count, picture in enumerate(moved.values(), start=1):
        picture.album_id, picture.album = target.id, target
        picture.position, picture.is_cover = last + STEP * count, False
    recount(album.id)
    recount(target.id)
    search_again(moved)
    for each in (album, target):
        changed(each.content, SHOWN)
    return len(moved)


@operation
def remove(actor: Actor, album: Album, ids: Collection[int]) -> int:
    """Remove pictures of an album for good: their bytes too. How many there were."""
    album = held(album.id)
    query = select(Picture.id).where(Picture.album_id == album.id, Picture.id.in_(ids))
    found = list(db.session.scalars(query))
    if not found:
        return 0
    record(
        events.PICTURES_REMOVED, actor, activity=album.activity, content=album.content,
        pictures=len(found),
    )  # fmt: skip
    remove_contents(actor, found)
    recount(album.id)
    changed(album.content, SHOWN)
    return len(found)


def visibility_changed(actor: Actor, picture_id: int) -> None:
    """A picture was hidden, shown again or approved."""
    picture = db.session.get_one(Picture, picture_id)
    recount(picture.album_id)
    changed(picture.album.content, SHOWN)


def last_of(album: Album) -> Select[Picture]:
    """The last picture of an album, as a query."""
    order = Picture.position.desc(), Picture.id.desc()
    return select(Picture).where(Picture.album_id == album.id).order_by(*order).limit(1)

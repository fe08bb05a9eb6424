"""How pictures stand on pages: their addresses in every size, measures, and words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from core.api import Content, File, FileKind, file_address, sizes_of
from plugins.gallery.models import Album, Consent, Picture
from plugins.gallery.sharing import link_key

# What a page of many shows first; sharper screens take the next size.
SMALL, SHARP = 320, 640
LARGE = 960
# Shapes are told to the style sheet in twentieths: 30 is 3:2. What is longer is cut at the sides.
STEPS = 20
NARROWEST, WIDEST = 10, 60
FILM_SHAPE = 36


@dataclass(frozen=True)
class Addresses:
    """Where the page of a picture and its file are, for whoever looks from here."""

    page: Callable[[int], str]
    file: Callable[[int, File, int | None], str]


def inside(activity_id: int, slug: str) -> Addresses:
    """For people who are in the community: addresses that ask for their rights."""

    def page(picture: int) -> str:
        return url_for("gallery.picture", community=slug, activity=activity_id, picture=picture)

    def file(picture: int, file: File, size: int | None) -> str:
        return file_address(file, size)

    return Addresses(page, file)


def outside(album: Album, key: str) -> Addresses:
    """For outsiders: addresses that carry the key of the link they came by."""
    facts: dict[str, Any] = {"album": album.id, "key": key or None}

    def page(picture: int) -> str:
        return url_for("gallery_shown.picture", picture=picture, **facts)

    def file(picture: int, file: File, size: int | None) -> str:
        return url_for("gallery_shown.file", picture=picture, size=size, **facts)

    return Addresses(page, file)


def link_of(album: Album) -> str:
    """The address that opens an album to whoever has it; empty where there is no link."""
    key = link_key(album)
    if not key:
        return ""
    return url_for("gallery_shown.album", album=album.id, key=key, _external=True)


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture as lists and its own page show it."""

    id: int
    caption: str
    name: str
    url: str
    file: File
    src: str
    srcset: str
    all_sizes: str
    large: str
    width: int
    height: int
    shape: int
    is_film: bool
    moves: bool
    consent: str
    is_cover: bool
    author_id: int | None
    hidden_reason: str | None
    held: bool

    @property
    def glimpse(self) -> str:
        return self.file.glimpse

    @property
    def is_marked(self) -> bool:
        return self.consent != Consent.UNKNOWN

    @property
    def large_size(self) -> tuple[int, int]:
        """The measures of the largest picture that a screen is sent."""
        share = min(1.0, max(sizes_of(self.file), default=0) / max(self.width, self.height))
        if self.moves or not share:
            share = 1.0
        return round(self.width * share), round(self.height * share)


def tile_columns() -> tuple[Any, ...]:
    """What to select for a tile, of pictures joined with their contents and files."""
    return (
        Picture.id, Picture.caption, Picture.consent, Picture.is_cover, File, Content.author_id,
        Content.hidden_at, Content.hidden_reason, Content.held_at,
    )  # fmt: skip


def tile_of(row: Any, where: Addresses) -> Tile:
    """The tile in a row of :func:`tile_columns`."""
    file: File = row.File
    film = file.kind is FileKind.VIDEO
    width, height = file.width or 16, file.height or 9
    sizes = sizes_of(file)
    whole = where.file(row.id, file, None)
    each = {size: where.file(row.id, file, size) for size in sizes}
    longest = max(width, height)
    # One that moves does so in its own file alone.
    moves = file.media_type == "image/gif"
    sets = [(url, round(width * size / longest)) for size, url in each.items()]
    if not sizes or longest <= sizes[-1] * 2:
        sets.append((whole, width))
    return Tile(
        id=row.id, caption=row.caption, name=file.name, url=where.page(row.id), file=file,
        src=each.get(SMALL, whole), srcset=_set([(u, w) for u, w in sets if w <= SHARP]),
        all_sizes="" if moves else _set(sets[1:] or sets),
        large=whole if moves or not sizes else each[sizes[-1]], width=width, height=height,
        shape=FILM_SHAPE if film else shape(width, height), is_film=film, moves=moves,
        consent=row.consent, is_cover=row.is_cover, author_id=row.author_id,
        hidden_reason=row.hidden_reason if row.hidden_at else None, held=row.held_at is not None,
    )  # fmt: skip


def _set(sizes: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{url} {width}w" for url, width in sizes)


def shape(width: int, height: int) -> int:
    """The shape of a picture in twentieths, as classes of the style sheet are called."""
    return max(NARROWEST, min(WIDEST, round(STEPS * width / height)))

"""What an upload really is: found by looking at its bytes, never by its name; and made harmless."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from core.errors import DomainError
from core.files import films, kinds, pictures
from core.files.kinds import FileKind
from core.platform.i18n import core_domain

_ = core_domain.lazy


@dataclass(frozen=True)
class Taken:
    """A file that was taken in; ``width`` and ``height`` are those of a picture, else None.

    ``glimpse`` is a tiny one of it, to show until it comes.
    """

    media_type: str
    width: int | None = None
    height: int | None = None
    glimpse: str = ""


def take_in(
    path: Path,
    name: str,
    *,
    portrait: bool = False,
    accept: Collection[FileKind] = frozenset(FileKind),
) -> Taken:
    """Find out what the file at ``path`` is, and make it harmless in place.

    Raises DomainError with a sentence for what cannot be taken: programs, kinds that are not in
    ``accept``, broken or huge pictures, archives that are traps.
    """
    with path.open("rb") as file:
        head = file.read(kinds.HEAD)
    if not head:
        raise DomainError(_("This file is empty."))
    if kinds.looks_like_picture(head):
        kinds.require(FileKind.PICTURE, accept)
        found = pictures.rewrite(path, portrait=portrait)
        return Taken(*found, glimpse="" if portrait else pictures.glimpse(path))
    if portrait:
        raise DomainError(_("This is not a picture. Take a JPEG or PNG file."))
    kinds.refuse_programs(head, name)
    media_type = kinds.recognised(path, head)
    kinds.require(kinds.kind_of(media_type), accept)
    if media_type in films.BOXED:
        films.forget_notes(path)
    return Taken(media_type)

"""What an upload is by its first bytes: its media type, and the kind that people call it by."""

from __future__ import annotations

import enum
from collections.abc import Collection
from pathlib import Path

from core.errors import DomainError
from core.files import archives
from core.platform.i18n import LazyString, core_domain

# Said lazily: files are looked at in a thread that knows nothing of the request.
_ = core_domain.lazy

# So many bytes say what a file is.
HEAD = 64
UNKNOWN = "application/octet-stream"
TEXT = "text/plain"


class FileKind(enum.StrEnum):
    """What people call a file; a field of a form says which of them it takes."""

    PICTURE = "picture"
    DOCUMENT = "document"
    SOUND = "sound"
    VIDEO = "video"
    ARCHIVE = "archive"
    OTHER = "other"


# What may be attached unless a field says otherwise: everything that is what it seems to be.
ATTACHABLE = frozenset(FileKind) - {FileKind.OTHER}

# Kinds that show in the page itself; everything else is only ever saved to disk or played.
INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", archives.ZIP),
    (0, b"PK\x05\x06", archives.ZIP),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (8, b"WAVE", "audio/wav"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (4, b"ftypM4A", "audio/mp4"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"AT&TFORM", "image/vnd.djvu"),
)
_ARCHIVES = frozenset(
    {archives.ZIP, "application/x-7z-compressed", "application/vnd.rar", "application/gzip"}
)
_BEGINNINGS = {"audio/": FileKind.SOUND, "video/": FileKind.VIDEO}
_WORDS = {
    FileKind.PICTURE: _("pictures"),
    FileKind.DOCUMENT: _("documents"),
    FileKind.SOUND: _("sound recordings"),
    FileKind.VIDEO: _("videos"),
    FileKind.ARCHIVE: _("archives"),
}
_ICONS = {
    ("application/pdf",): "file-earmark-pdf",
    ("wordprocessingml", "opendocument.text", "rtf", "doc"): "file-earmark-word",
    ("spreadsheetml", "opendocument.spreadsheet", "xls"): "file-earmark-spreadsheet",
    ("presentationml", "opendocument.presentation", "ppt"): "file-earmark-slides",
}
_KIND_ICONS = {
    FileKind.PICTURE: "file-earmark-image",
    FileKind.DOCUMENT: "file-earmark-text",
    FileKind.SOUND: "file-earmark-music",
    FileKind.VIDEO: "file-earmark-play",
    FileKind.ARCHIVE: "file-earmark-zip",
}
# Apple's and other kinds of photo that carry a place and that browsers do not show.
_OTHER_PHOTOS = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"hevc", b"avif", b"avis")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_PROGRAM_NAMES = frozenset(
    "apk app bat cmd com cpl dll exe hta jar js jse lnk msc msi ps1 reg scr sh vbe vbs wsf".split()
)
_BYTE_ORDERS = (b"\xff\xfe", b"\xfe\xff")


def kind_of(media_type: str) -> FileKind:
    """What people call a file of this media type."""
    if media_type in INLINE:
        return FileKind.PICTURE
    if media_type in _ARCHIVES:
        return FileKind.ARCHIVE
    for beginning, kind in _BEGINNINGS.items():
        if media_type.startswith(beginning):
            return kind
    return FileKind.OTHER if media_type == UNKNOWN else FileKind.DOCUMENT


def icon_of(media_type: str, name: str) -> str:
    """The icon of a file. What old office programs wrote says what it is by its name alone."""
    ending = name.rpartition(".")[2].lower()
    for words, icon in _ICONS.items():
        if any(word in media_type or word == ending for word in words):
            return icon
    return _KIND_ICONS.get(kind_of(media_type), "file-earmark")


def looks_like_picture(head: bytes) -> bool:
    """Whether a file that begins so says that it is a picture."""
    return (
        head.startswith((b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*"))
        or head[8:12] == b"WEBP"
        or (head.startswith(b"BM") and head[6:10] == bytes(4))
        or (head[4:8] == b"ftyp" and head[8:12] in _OTHER_PHOTOS)
    )


def refuse_programs(head: bytes, name: str) -> None:
    """Raise DomainError for what would run when it is opened; ``head`` may still be empty."""
    if head.startswith(_PROGRAMS) or name.rpartition(".")[2].lower() in _PROGRAM_NAMES:
        raise DomainError(_("Programs cannot be attached."))


def glance(head: bytes, name: str, accept: Collection[FileKind]) -> None:
    """Refuse by its first bytes what would be refused anyway once all of it has come."""
    refuse_programs(head, name)
    if looks_like_picture(head):
        require(FileKind.PICTURE, accept)
        return
    found = _by_magic(head)
    if found and found != archives.ZIP:
        require(kind_of(found), accept)


def require(kind: FileKind, accept: Collection[FileKind]) -> None:
    """Raise DomainError with the list of what is taken when this kind is not."""
    if kind in accept:
        return
    if kind is FileKind.OTHER:
        raise DomainError(
            _("This file is broken or of an unknown kind. Put it into a ZIP archive and try again.")
        )
    raise DomainError(LazyString(_only_these, accept))


def _only_these(accept: Collection[FileKind]) -> str:
    """Put together when it is shown."""
    words = ", ".join(str(word) for each, word in _WORDS.items() if each in accept)
    return core_domain.gettext(
        "Files of this kind cannot be taken here, only: %(kinds)s.", kinds=words
    )


def recognised(path: Path, head: bytes) -> str:
    """The media type of a file that is no picture. Raises DomainError for traps."""
    found = _by_magic(head)
    if found == archives.ZIP:
        return archives.document_in(path) or UNKNOWN
    if found:
        return found
    return TEXT if _is_text(path) else UNKNOWN


def _by_magic(head: bytes) -> str:
    for offset, magic, media_type in _MAGIC:
        if head[offset:].startswith(magic):
            return media_type
    return ""


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        sample = file.read(4096)
    if sample.startswith(_BYTE_ORDERS):
        return True
    return b"\x00" not in sample and not any(c < 9 or 13 < c < 27 for c in sample)

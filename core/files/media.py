"""What an upload really is: found by looking at its bytes, never by its name.

Pictures are written anew, so that where and with what they were taken does not travel with them,
and nothing else either that hides behind their pixels.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import DomainError
from core.platform.i18n import core_domain

# Said lazily: pictures are worked on in a thread that knows nothing of the request.
_ = core_domain.lazy

# More would fill the memory of a small server when it is unpacked: a few kilobytes can hold it.
MAX_PIXELS = 50_000_000
# Pillow refuses above twice this number, frames that grow while they are read included.
Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
PORTRAIT_SIDE = 512

PICTURES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
# "MPO" is what some cameras make of a JPEG, with a second picture behind the first.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
QUALITY: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 90, "optimize": True},
    "WEBP": {"quality": 90},
}
# Kinds that show in the page itself; everything else is only ever saved to disk.
INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})

UNKNOWN = "application/octet-stream"
ZIP = "application/zip"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", ZIP),
    (0, b"PK\x05\x06", ZIP),
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
    (4, b"ftyp", "video/mp4"),
    (0, b"AT&TFORM", "image/vnd.djvu"),
)
# Apple's and other kinds of photo that carry a place and that browsers do not show.
_OTHER_PHOTOS = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"hevc", b"avif", b"avis")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
_OPEN_DOCUMENT = re.compile(r"application/(vnd\.oasis\.opendocument\.[a-z-]{3,30}|epub\+zip)")
_PROGRAM_NAMES = frozenset(
    "apk app bat cmd com cpl dll exe hta jar js jse lnk msc msi ps1 reg scr sh vbe vbs wsf".split()
)


def take_in(path: Path, name: str, *, portrait: bool = False) -> str:
    """Find out what the file at ``path`` is, make it harmless in place, and answer its media type.

    Raises DomainError with a sentence for what cannot be taken: programs, broken or huge pictures.
    """
    with path.open("rb") as file:
        head = file.read(64)
    if not head:
        raise DomainError(_("This file is empty."))
    if _looks_like_picture(head):
        return _take_in_picture(path, portrait)
    if portrait:
        raise DomainError(_("This is not a picture. Take a JPEG or PNG file."))
    if head.startswith(_PROGRAMS) or name.rpartition(".")[2].lower() in _PROGRAM_NAMES:
        raise DomainError(_("Programs cannot be attached."))
    return _recognised(path, head)


def _looks_like_picture(head: bytes) -> bool:
    return (
        head.startswith((b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"II*\x00", b"MM\x00*"))
        or head[8:12] == b"WEBP"
        or (head.startswith(b"BM") and head[6:10] == bytes(4))
        or (head[4:8] == b"ftyp" and head[8:12] in _OTHER_PHOTOS)
    )


def _take_in_picture(path: Path, portrait: bool) -> str:
    try:
        with Image.open(path, formats=FORMATS) as picture:
            _check_size(picture)
            return _rewrite(picture, path, portrait)
    except Image.DecompressionBombError:
        raise _too_large() from None
    except UnidentifiedImageError:
        raise DomainError(
            _("Pictures of this kind cannot be shown. Save it as JPEG or PNG and try again.")
        ) from None
    except Exception as error:
        raise DomainError(_("This picture is broken or was not sent whole.")) from error


def _too_large() -> DomainError:
    return DomainError(_("This picture is too large: at most 50 megapixels can be shown."))


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    frames = getattr(picture, "n_frames", 1) if picture.format != "MPO" else 1
    if width * height * frames > MAX_PIXELS:
        raise _too_large()


def _rewrite(picture: Image.Image, path: Path, portrait: bool) -> str:
    kind = str(picture.format)
    if portrait:
        square = ImageOps.fit(_upright(picture).convert("RGB"), (PORTRAIT_SIDE, PORTRAIT_SIDE))
        _save(square, path, "JPEG")
        return PICTURES["JPEG"]
    if getattr(picture, "is_animated", False) and kind != "MPO":
        _save_frames(picture, path, kind)
    else:
        _save(_upright(picture), path, "JPEG" if kind == "MPO" else kind)
    return PICTURES[kind]


def _upright(picture: Image.Image) -> Image.Image:
    """The pixels turned as the camera's note says, for that note is not kept."""
    picture.load()
    return ImageOps.exif_transpose(picture)


def _save(picture: Image.Image, path: Path, kind: str) -> None:
    profile = picture.info.get("icc_profile")
    bare = picture.copy()
    bare.info = {key: value for key, value in picture.info.items() if key == "transparency"}
    if kind == "JPEG" and bare.mode not in ("L", "RGB", "CMYK"):
        bare = bare.convert("RGB")
    bare.save(path, format=kind, icc_profile=profile, **QUALITY.get(kind, {}))


def _save_frames(picture: Image.Image, path: Path, kind: str) -> None:
    """Every frame of a moving picture, with the pace and the repetitions that it had."""
    frames = list(_frames(picture))
    paces = [frame.info.get("duration", 100) for frame in frames]
    for frame in frames:
        frame.info = {}
    frames[0].save(
        path, format=kind, save_all=True, append_images=frames[1:], duration=paces,
        loop=picture.info.get("loop", 0),
    )  # fmt: skip


def _frames(picture: Image.Image) -> Iterator[Image.Image]:
    for number in range(getattr(picture, "n_frames", 1)):
        picture.seek(number)
        frame = picture.convert("RGBA")
        frame.info = {"duration": picture.info.get("duration", 100)}
        yield frame


def _recognised(path: Path, head: bytes) -> str:
    for offset, magic, kind in _MAGIC:
        if head[offset:].startswith(magic):
            return _document_in(path) if kind == ZIP else kind
    return "text/plain" if _is_text(path) else UNKNOWN


def _document_in(path: Path) -> str:
    """Office documents are archives; what lies in them says which."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:2_000])
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                return _declared(archive.read("mimetype"))
    except Exception:
        # A broken archive makes the library raise nearly anything.
        return UNKNOWN
    for folder, kind in (
        ("word/", "wordprocessingml.document"),
        ("xl/", "spreadsheetml.sheet"),
        ("ppt/", "presentationml.presentation"),
    ):
        if any(name.startswith(folder) for name in names):
            return _OFFICE + kind
    return ZIP


def _declared(words: bytes) -> str:
    kind = words.decode("ascii", "replace").strip()
    return kind if _OPEN_DOCUMENT.fullmatch(kind) else ZIP


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        sample = file.read(4096)
    return b"\x00" not in sample and not any(c < 9 or 13 < c < 27 for c in sample)

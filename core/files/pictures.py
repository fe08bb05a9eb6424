"""Pictures: written anew, so that where and with what they were taken does not travel with them,
and nothing else either that hides before, between or behind their pixels.

Memory is what pictures cost: everything here stays below 300 MB, and whoever works on one holds the
``workshop``.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import io
import threading
import warnings
from collections.abc import Iterable, Iterator
from math import ceil, sqrt
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import DomainError
from core.platform.i18n import core_domain

# Said lazily: pictures are worked on in a thread that knows nothing of the request.
_ = core_domain.lazy

# What a picture may hold, in pixels of all its frames. JPEG is read at a fraction of its size, and
# cameras of "50 megapixels" make a little more; one that comes in several passes is kept whole, and
# WebP three times, while it is read.
MOST_PIXELS = 50_000_000
LARGEST = {"JPEG": 65_000_000, "MPO": 65_000_000, "WEBP": 12_500_000, "HEIF": 25_000_000}
LARGEST_IN_PASSES = 40_000_000
# All frames of a moving PNG are kept until it is written.
LARGEST_MOVING = 25_000_000
# What is kept of a picture: more than any screen shows. A larger one is halved.
KEPT_PIXELS = 16_500_000
# Pillow refuses above twice this number, frames that grow while they are read included.
Image.MAX_IMAGE_PIXELS = max(LARGEST.values()) // 2
PORTRAIT_SIDE = 512
# The longest side of what a page shows until a picture comes, in pixels.
GLIMPSE = 16
# So many lines of a large picture are made smaller at a time.
STRIP = 64

# Pictures take much memory while they are worked on: one at a time in every process.
workshop = threading.Semaphore(1)

MEDIA_TYPES = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
}
# "MPO" is what some cameras make of a JPEG, with a second picture behind the first. "HEIF" is what
# iPhones make; browsers do not show it. Of both the first picture is kept, as a JPEG.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF")
AS_JPEG = frozenset({"MPO", "HEIF"})
_HEIF = frozenset({b"ftypheic", b"ftypheix", b"ftypheif", b"ftypmif1", b"ftypmsf1"})
QUALITY: dict[str, dict[str, Any]] = {"JPEG": {"quality": 90}, "WEBP": {"quality": 90}}


def rewrite(path: Path, *, portrait: bool = False) -> tuple[str, int, int]:
    """Write a picture anew in place; answers its media type, width and height.

    A ``portrait`` becomes a square JPEG. Raises DomainError for what is broken, huge or of a kind
    that browsers do not show.
    """
    try:
        _learn_heif()
        with quietly(), Image.open(path, formats=FORMATS) as picture:
            _check_size(picture)
            return _rewrite(picture, path, portrait)
    except Image.DecompressionBombError:
        raise _too_large(MOST_PIXELS) from None
    except UnidentifiedImageError:
        raise (_broken() if _is_heif(path) else _unknown()) from None
    except DomainError:
        raise
    except Exception as error:
        raise _broken() from error


def _unknown() -> DomainError:
    return DomainError(
        _("Pictures of this kind cannot be shown. Save it as JPEG or PNG and try again.")
    )


def _is_heif(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(12)[4:] in _HEIF


def _broken() -> DomainError:
    return DomainError(_("This picture is broken or was not sent whole."))


@functools.cache
def _learn_heif() -> None:
    """Pictures of iPhones are read by a library of their own, loaded when the first picture comes:
    most processes never see one."""
    from pillow_heif import register_heif_opener

    register_heif_opener(thumbnails=False)


def glimpse(path: Path) -> str:
    """A picture as a ``data:`` address of some 200 letters, for a page to show until it comes.

    Empty for one that can be seen through: what stands in its place would be seen too.
    """
    with quietly(), Image.open(path, formats=FORMATS) as picture:
        if picture.has_transparency_data:
            return ""
        small = shrunk(picture, GLIMPSE)
    written = io.BytesIO()
    small.save(written, "WEBP", quality=40, method=6)
    return f"data:image/webp;base64,{base64.b64encode(written.getvalue()).decode()}"


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Pillow warns of half the size at which it refuses; we have limits of our own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield


def _too_large(most: int) -> DomainError:
    millions = most // 1_000_000
    return DomainError(
        _("This picture is too large: at most %(n)s megapixels can be shown.", n=millions)
    )


def _check_size(picture: Image.Image) -> None:
    width, height = picture.size
    frames = getattr(picture, "n_frames", 1) if picture.format not in AS_JPEG else 1
    most = LARGEST.get(str(picture.format), MOST_PIXELS)
    if picture.info.get("progressive"):
        most = LARGEST_IN_PASSES
    if frames > 1 and picture.format == "PNG":
        most = LARGEST_MOVING
    if width * height * frames > most:
        raise _too_large(min(most, MOST_PIXELS))


def _rewrite(picture: Image.Image, path: Path, portrait: bool) -> tuple[str, int, int]:
    as_jpeg = picture.format in AS_JPEG
    kind = "JPEG" if as_jpeg or portrait else str(picture.format)
    if portrait:
        square = ImageOps.fit(upright(picture).convert("RGB"), (PORTRAIT_SIDE, PORTRAIT_SIDE))
        _save(square, path, kind)
        return MEDIA_TYPES[kind], *square.size
    if getattr(picture, "is_animated", False) and not as_jpeg:
        _save_frames(picture, path, kind)
        return MEDIA_TYPES[kind], *picture.size
    kept = upright(picture)
    _save(kept, path, kind)
    return MEDIA_TYPES[kind], *kept.size


def upright(picture: Image.Image, most: int = KEPT_PIXELS) -> Image.Image:
    """The pixels, at most so many, turned as the camera's note says: that note is not kept."""
    width, height = picture.size
    factor = ceil(sqrt(width * height / most))
    if factor > 1:
        # Only a JPEG can be read at a fraction; for others this does nothing.
        picture.draft(None, (width // factor, height // factor))
    picture.load()
    if factor > 1 and picture.size == (width, height):
        smaller = _reduced(picture, factor)
        picture.close()
        return ImageOps.exif_transpose(smaller)
    ImageOps.exif_transpose(picture, in_place=True)
    return picture


def _reduced(picture: Image.Image, factor: int) -> Image.Image:
    """A smaller copy, made strip by strip: in one piece it would take twice the memory."""
    width, height = ceil(picture.width / factor), ceil(picture.height / factor)
    smaller: Image.Image | None = None
    for top in range(0, picture.height, STRIP * factor):
        bottom = min(top + STRIP * factor, picture.height)
        strip = _mixable(picture.crop((0, top, picture.width, bottom))).reduce(factor)
        smaller = smaller or Image.new(strip.mode, (width, height))
        smaller.paste(strip, (0, top // factor))
    assert smaller is not None  # noqa: S101  # a picture has at least one line
    smaller.info = dict(picture.info)
    smaller.info.pop("transparency", None)
    return smaller


def _mixable(picture: Image.Image) -> Image.Image:
    """The same picture in colours that can be mixed."""
    if picture.mode == "P":
        return picture.convert("RGBA" if "transparency" in picture.info else "RGB")
    return picture.convert("L") if picture.mode == "1" else picture


def shrunk(picture: Image.Image, side: int) -> Image.Image:
    """The first frame, at most so many pixels wide and high, in colours that every format has."""
    # Only a JPEG can be read at a fraction; for others this does nothing.
    picture.draft("RGB", (side, side))
    seen = picture.has_transparency_data
    small = picture.convert("RGBA" if seen else "RGB")
    small.thumbnail((side, side), reducing_gap=2.0)
    return small


def _save(picture: Image.Image, path: Path, kind: str) -> None:
    profile = picture.info.get("icc_profile")
    picture.info = {key: value for key, value in picture.info.items() if key == "transparency"}
    # Pillow would write the camera's notes that it has read back from here.
    picture.getexif().clear()
    if kind == "JPEG" and picture.mode not in ("L", "RGB", "CMYK"):
        picture = picture.convert("RGB")
    picture.save(path, format=kind, icc_profile=profile, **QUALITY.get(kind, {}))


def _save_frames(picture: Image.Image, path: Path, kind: str) -> None:
    """Every frame of a moving picture, with the pace and the repetitions that it had."""
    options: dict[str, Any] = {"format": kind, "save_all": True}
    options["loop"] = picture.info.get("loop", 0)
    frames = _frames(picture)
    first = next(frames)
    others: Iterable[Image.Image] = frames
    if kind != "GIF":
        others = list(frames)
        options["duration"] = [frame.info["duration"] for frame in (first, *others)]
    beside = path.with_name(f"{path.name}.new")
    try:
        first.save(beside, append_images=others, **options)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _frames(picture: Image.Image) -> Iterator[Image.Image]:
    size = picture.size
    for number in range(getattr(picture, "n_frames", 1)):
        picture.seek(number)
        if picture.size != size:
            raise _broken()
        frame = picture.convert("RGBA")
        frame.info = {"duration": picture.info.get("duration", 100)}
        yield frame

"""What comes into an album: made harmless, or refused with a sentence that helps."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.api import FileKind, db, sizes_of
from core.testing.storage import stored_bytes, stored_keys
from plugins.gallery.models import Picture
from plugins.gallery.tests.conftest import Gallery, drawn, text_of

GPS, CAMERA, MADE_BY = 0x8825, 0x0110, 0x013B
WHERE = {1: "N", 2: (60.0, 22.0, 30.0), 3: "E", 4: (120.0, 25.0, 45.0)}
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><city>Olyokminsk-XMP</city></x:xmpmeta>'


def noted(kind: str, **more: Any) -> bytes:
    """A picture as a camera writes it: with its place, its owner and its make."""
    exif = Image.Exif()
    exif[CAMERA], exif[MADE_BY], exif[0x010E] = "Camera-X100", "Artist-Ivanova", "Description-Q"
    exif.get_ifd(GPS).update(WHERE)
    return drawn(kind, exif=exif, **more)


def with_comment(jpeg: bytes) -> bytes:
    """A JPEG with a comment behind its first mark, and bytes behind its last."""
    words = b"Comment-of-JPEG"
    comment = b"\xff\xfe" + struct.pack(">H", len(words) + 2) + words
    return jpeg[:2] + comment + jpeg[2:] + b"Trailing-bytes<script>alert(1)</script>"


def with_words() -> bytes:
    """A PNG with words of every kind that it can hold."""
    words = PngInfo()
    words.add_text("Author", "Artist-Ivanova")
    words.add_text("Comment", "Description-Q" * 20, zip=True)
    words.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=False)
    return noted("PNG", pnginfo=words) + b"Trailing-bytes"


def iphone(**more: Any) -> bytes:
    """A picture as an iPhone writes it."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    return noted("HEIF", xmp=XMP, **more)


PICTURES: dict[str, Callable[[], bytes]] = {
    "jpeg": lambda: with_comment(noted("JPEG", xmp=XMP)),
    "png": with_words,
    "webp": lambda: noted("WEBP", xmp=XMP),
    "heic": iphone,
}
SECRETS = (
    b"Camera-X100", b"Artist-Ivanova", b"Description-Q", b"Olyokminsk-XMP", b"Comment-of-JPEG",
    b"Trailing-bytes", b"<script",
)  # fmt: skip


@pytest.mark.parametrize("kind", PICTURES)
def test_no_place_nor_name_leaves_with_a_picture(
    gallery: Gallery, as_member: FlaskClient, run_jobs: Callable[[], int], kind: str
) -> None:
    content = PICTURES[kind]()
    assert b"Camera-X100" in content
    album = gallery.album()
    picture = gallery.picture(album, content, name=f"IMG_7.{kind}")
    run_jobs()
    address, digest = gallery.file_of(picture)
    keys = [key for key in stored_keys(gallery.app) if key.startswith(digest)]
    assert len(keys) == 1 + 2 * 3  # one as it is kept, and in three sizes two codings
    kept = [stored_bytes(gallery.app, key) for key in keys]
    sent = [
        as_member.get(address).data, as_member.get(f"{address}?download").data,
        as_member.get(f"{address}?size=320").data,
        as_member.get(gallery.album_url(album, "/zip")).data,
    ]  # fmt: skip
    for body in (*kept, *sent):
        assert [secret for secret in SECRETS if secret in body] == []
    for body in kept:
        with Image.open(io.BytesIO(body)) as seen:
            assert not seen.getexif()
            assert not seen.getexif().get_ifd(GPS)
            assert not {"xmp", "comment", "XML:com.adobe.xmp", "Author"} & seen.info.keys()


def test_a_picture_of_an_iphone_becomes_one_that_everybody_sees(
    gallery: Gallery, as_member: FlaskClient
) -> None:
    picture = gallery.picture(gallery.album(), iphone(), name="IMG_0001.HEIC")
    address, _digest = gallery.file_of(picture)
    assert address.endswith("IMG_0001.jpg")
    answer = as_member.get(address)
    assert answer.mimetype == "image/jpeg"
    with Image.open(io.BytesIO(answer.data)) as seen:
        assert (seen.format, seen.size) == ("JPEG", (700, 500))


def test_a_picture_called_otherwise_is_kept_as_what_it_is(gallery: Gallery) -> None:
    album = gallery.album()
    for content, name, called in (
        (drawn("PNG"), "снимок.jpg", "снимок.png"),
        (drawn("JPEG"), "доклад.pdf", "доклад.pdf.jpg"),
        (drawn("WEBP"), "фото", "фото.webp"),
        (drawn("JPEG"), "IMG.JPEG", "IMG.JPEG"),
    ):
        address, _digest = gallery.file_of(gallery.picture(album, content, name=name))
        assert address.endswith(f"/{called}"), name


def test_browsers_that_know_avif_get_lighter_pictures(
    gallery: Gallery, as_member: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    picture = gallery.picture(gallery.album(), drawn(size=(1300, 900)))
    run_jobs()
    address = f"{gallery.file_of(picture)[0]}?size=320"
    plain = as_member.get(address)
    light = as_member.get(address, headers={"Accept": "image/avif,image/webp,*/*"})
    assert (plain.mimetype, light.mimetype) == ("image/webp", "image/avif")
    assert len(light.data) < len(plain.data)
    assert "Accept" in light.headers["Vary"]
    with Image.open(io.BytesIO(light.data)) as seen:
        assert seen.size == (320, 222)


def test_a_page_shows_a_glimpse_until_a_picture_comes(
    gallery: Gallery, as_member: FlaskClient
) -> None:
    album = gallery.album()
    gallery.picture(album)
    page = as_member.get(gallery.album_url(album)).text
    assert 'class="shot-glimpse" src="data:image/webp;base64,' in page
    assert 'width="700" height="500"' in page
    assert " style=" not in page


def send(browser: FlaskClient, page: str, content: bytes, name: str) -> str:
    """What a page says to somebody who sends this without script."""
    data = {"files": [(io.BytesIO(content), name)], "consent": "unknown"}
    answer = browser.post(page, data=data, content_type="multipart/form-data")
    assert answer.status_code in (400, 413), answer.status_code
    return text_of(answer)


def huge_png() -> bytes:
    """20,000 by 20,000 black points in some kilobytes."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
    lines = zlib.compress(bytes(2501 * 20_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


REFUSED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "huge": (huge_png, "huge.png", "слишком большая"),
    "cut": (lambda: drawn()[:5000], "a.jpg", "повреждена или загрузилась не полностью"),
    "cut heic": (lambda: iphone()[:2000], "a.heic", "повреждена или загрузилась не полностью"),
    "words": (lambda: b"only words", "a.jpg", "здесь не принимаются, только: картинки, видео"),
    "page": (lambda: b"<svg onload=alert(1)>", "a.svg", "здесь не принимаются, только"),
    "program": (lambda: b"MZ" + bytes(200), "a.jpg", "Прикреплять программы нельзя"),
    "archive": (lambda: b"PK\x05\x06" + bytes(18), "a.png", "здесь не принимаются, только"),
    "nothing": (lambda: b"", "a.jpg", "Файл пустой"),
    "cut film": (lambda: b"\x00\x00\x00\x18ftypmp42" + bytes(40), "a.mp4", "Видео повреждено"),
}


@pytest.mark.parametrize("which", REFUSED)
def test_what_cannot_be_taken_gets_a_clear_answer(
    gallery: Gallery, as_keeper: FlaskClient, which: str
) -> None:
    content, name, sentence = REFUSED[which]
    page = gallery.album_url(gallery.album(), "/add")
    assert sentence in send(as_keeper, page, content(), name)
    assert stored_keys(gallery.app) == []


def test_a_picture_that_is_an_archive_too_is_only_a_picture(gallery: Gallery) -> None:
    archive = b"PK\x03\x04" + b"evil" * 50 + b"PK\x05\x06" + bytes(18)
    for kind in ("JPEG", "PNG", "GIF", "WEBP"):
        picture = gallery.picture(gallery.album(), drawn(kind) + archive)
        _address, digest = gallery.file_of(picture)
        assert b"evil" not in stored_bytes(gallery.app, digest)


def test_one_that_moves_stands_still_among_others_and_moves_on_its_page(
    gallery: Gallery, as_member: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    frames = [Image.effect_noise((400, 300), 60).convert("P") for _ in range(3)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=200)
    album = gallery.album()
    picture = gallery.picture(album, file.getvalue(), name="a.gif")
    run_jobs()
    address, _digest = gallery.file_of(picture)
    with Image.open(io.BytesIO(as_member.get(f"{address}?size=320").data)) as small:
        assert getattr(small, "n_frames", 1) == 1
    page = as_member.get(gallery.picture_url(picture)).text
    assert f'src="{address}"' in page
    with Image.open(io.BytesIO(as_member.get(address).data)) as whole:
        assert whole.n_frames == 3  # type: ignore[attr-defined]


def box(name: bytes, *inside: bytes) -> bytes:
    body = b"".join(inside)
    return struct.pack(">I4s", 8 + len(body), name) + body


def film() -> bytes:
    """What a phone writes: where it was taken stands in several places."""
    place = b"+60.3750+120.4290/"
    udta = box(b"udta", box(b"\xa9xyz", place), box(b"auth", b"Artist-Ivanova"))
    track = box(b"trak", box(b"tkhd", bytes(84)), box(b"udta", box(b"name", b"Camera-X100")))
    meta = box(b"meta", b"com.apple.quicktime.location.ISO6709" + place)
    movie = box(b"moov", box(b"mvhd", bytes(100)), track, udta, meta)
    extra = box(b"uuid", bytes(16) + XMP)
    return (
        box(b"ftyp", b"mp42isom")
        + movie
        + extra
        + box(b"mdat", b"frames" * 500)
        + b"Trailing-bytes"
    )


def test_films_lose_their_notes_and_keep_their_frames(
    gallery: Gallery, as_member: FlaskClient
) -> None:
    album, content = gallery.album(), film()
    picture = gallery.picture(album, content, name="VID_1.mp4")
    address, digest = gallery.file_of(picture)
    kept = stored_bytes(gallery.app, digest)
    for secret in (*SECRETS, b"+60.3750", b"ISO6709"):
        assert secret not in kept, secret
    assert b"frames" * 500 in kept
    assert kept.index(b"mdat") == content.index(b"mdat")
    page = as_member.get(gallery.picture_url(picture)).text
    assert "<video" in page
    assert as_member.get(address).headers["Content-Type"] == "video/mp4"
    with gallery.app.app_context():
        row = db.session.get_one(Picture, picture).file
        assert (row.kind, sizes_of(row)) == (FileKind.VIDEO, [])

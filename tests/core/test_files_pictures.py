"""Pictures: smaller ones for pages, what hides in them, and the memory that they take."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from core.errors import DomainError
from core.files import media, pictures
from core.files.models import File
from core.files.storage import folder as upload_folder
from core.files.store import path_of, remove, save_file
from core.files.thumbnails import CODINGS, MAKE
from core.platform.db import db
from core.testing.cast import Cast, Made


def noise(kind: str, size: tuple[int, int], mode: str = "RGB", **options: object) -> bytes:
    """A picture that does not pack: heavier than what stands in for its thumbnails."""
    file = io.BytesIO()
    Image.effect_noise(size, 90).convert(mode).save(file, kind, **options)
    return file.getvalue()


@pytest.fixture
def owner(cast: Cast) -> Made:
    return cast.user()


def put(app: Flask, owner: Made, content: bytes, name: str = "доска.png") -> tuple[int, str]:
    with app.app_context():
        file = save_file(io.BytesIO(content), name, owner.id)
        return file.id, f"/files/{file.id}/{file.name}"


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1")]
)
def test_thumbnails_are_made_in_a_job(
    app: Flask, cast: Cast, owner: Made, run_jobs: Callable[[], int], kind: str, mode: str
) -> None:
    number, address = put(app, owner, noise(kind, (1300, 650), mode))
    browser = cast.browser(owner)
    before = browser.get(f"{address}?size=320", buffered=True)
    assert before.status_code == 200
    assert run_jobs() == 1
    for size, seen in ((128, (128, 64)), (320, (320, 160)), (960, (960, 480))):
        answer = browser.get(f"{address}?size={size}", buffered=True)
        assert answer.mimetype == "image/webp"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        with Image.open(io.BytesIO(answer.data)) as small:
            assert small.size == seen
    assert browser.get(f"{address}?size=1920", buffered=True).mimetype == f"image/{kind.lower()}"
    with app.app_context():
        MAKE.run(file_id=number)  # twice does no harm
        MAKE.run(file_id=999_999)


def test_until_then_a_placeholder_or_a_light_original_stands_in(
    app: Flask, cast: Cast, owner: Made, run_jobs: Callable[[], int]
) -> None:
    browser = cast.browser(owner)
    _number, heavy = put(app, owner, noise("PNG", (1000, 700)))
    waiting = browser.get(f"{heavy}?size=320", buffered=True)
    assert (waiting.mimetype, waiting.headers["Cache-Control"]) == ("image/gif", "no-store")
    with Image.open(io.BytesIO(waiting.data)) as pixel:
        assert pixel.size == (1, 1)
    _number, light = put(app, owner, noise("JPEG", (400, 300)), "a.jpg")
    assert browser.get(f"{light}?size=320", buffered=True).mimetype == "image/jpeg"
    run_jobs()
    assert browser.get(f"{heavy}?size=320", buffered=True).mimetype == "image/webp"


@pytest.mark.parametrize("size", ["0", "-1", "321", "x", "99999999999999999999", "320.5"])
def test_other_sizes_are_not_made(app: Flask, cast: Cast, owner: Made, size: str) -> None:
    _number, address = put(app, owner, noise("JPEG", (400, 300)))
    answer = cast.browser(owner).get(f"{address}?size={size}", buffered=True)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")


def test_a_thumbnail_is_seen_by_nobody_who_may_not_see_the_picture(
    app: Flask, cast: Cast, owner: Made, client: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    _number, address = put(app, owner, noise("JPEG", (400, 300)))
    run_jobs()
    assert client.get(f"{address}?size=320").status_code == 302
    assert cast.browser(cast.user()).get(f"{address}?size=320").status_code == 404


def test_thumbnails_go_with_their_picture(
    app: Flask, owner: Made, run_jobs: Callable[[], int]
) -> None:
    content = noise("JPEG", (1000, 700))
    first, _address = put(app, owner, content)
    second, _address = put(app, owner, content)
    run_jobs()
    with app.app_context():
        digest = db.session.scalars(select(File.sha256).limit(1)).one()
        sizes = [(coding, size) for coding in CODINGS for size in (128, 320, 640, 960)]
        kept = {digest, *(coding.key(digest, size) for coding, size in sizes)}

        def there() -> set[str]:
            return {path.name for path in upload_folder().rglob("*") if path.is_file()}

        assert there() == kept
        remove([first])
        assert there() == kept
        remove([second])
        assert there() == set()
        MAKE.run(file_id=second)
        assert there() == set()


def test_what_is_removed_while_thumbnails_are_made_leaves_none(
    app: Flask, owner: Made, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], int]
) -> None:
    from core.files import thumbnails

    number, _address = put(app, owner, noise("JPEG", (1000, 700)))
    really = thumbnails._largest

    def slowly(digest: str, size: int) -> tuple[Image.Image, bytes | None]:
        read = really(digest, size)
        remove([number])
        return read

    monkeypatch.setattr(thumbnails, "_largest", slowly)
    with app.app_context():
        thumbnails.make(number)
    with app.app_context():
        assert [path.name for path in upload_folder().rglob("*") if path.is_file()] == []


def test_turned_pictures_have_upright_thumbnails(
    app: Flask, cast: Cast, owner: Made, run_jobs: Callable[[], int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    number, address = put(app, owner, noise("JPEG", (1000, 500), exif=exif), "a.jpg")
    run_jobs()
    answer = cast.browser(owner).get(f"{address}?size=320", buffered=True)
    with Image.open(io.BytesIO(answer.data)) as small:
        assert small.size == (160, 320)
        assert not small.getexif()
    with app.app_context():
        file = db.session.get_one(File, number)
        assert (file.width, file.height) == (500, 1000)


def test_a_moving_picture_has_a_still_thumbnail(
    app: Flask, cast: Cast, owner: Made, run_jobs: Callable[[], int]
) -> None:
    frames = [Image.new("RGB", (400, 200), colour) for colour in ("red", "green", "blue")]
    sent = io.BytesIO()
    frames[0].save(sent, "GIF", save_all=True, append_images=frames[1:], duration=200)
    _number, address = put(app, owner, sent.getvalue(), "a.gif")
    run_jobs()
    answer = cast.browser(owner).get(f"{address}?size=320", buffered=True)
    with Image.open(io.BytesIO(answer.data)) as small:
        assert (small.size, getattr(small, "n_frames", 1)) == ((320, 160), 1)


def test_a_page_knows_the_size_before_the_picture_comes(app: Flask, owner: Made) -> None:
    template = '{% import "files/macros.html" as files %}{{ files.attachments(found) }}'
    with app.test_request_context():
        one = save_file(io.BytesIO(noise("JPEG", (1600, 900))), "урок <1>.jpg", owner.id)
        html = render_template_string(template, found=[one])
        assert 'width="560" height="315"' in html
        assert re.search(
            r'srcset="/files/\d+/[^"]+\?size=128 128w, .*\?size=960 960w, .* 1600w"', html
        )
        assert 'alt="урок &lt;1&gt;.jpg" loading="lazy"' in html
        other = save_file(io.BytesIO(noise("PNG", (100, 200))), "b.png", owner.id)
        html = render_template_string(template, found=[one, other])
        assert 'width="256" height="144"' in html
        assert 'width="72" height="144"' in html


# What hides in pictures


def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("a.html", "<script>alert(1)</script>")
    return packed.getvalue()


PAGE = b"<html><script>alert(1)</script></html>"


def hidden_gif() -> bytes:
    return noise("GIF", (60, 40), comment=PAGE)


def hidden_jpeg() -> bytes:
    plain = noise("JPEG", (60, 40))
    remark = b"\xff\xfe" + (len(PAGE) + 2).to_bytes(2, "big") + PAGE
    return plain[:2] + remark + plain[2:]


def hidden_png() -> bytes:
    import zlib

    plain = noise("PNG", (60, 40))
    chunk = b"tEXt" + b"Comment\0" + PAGE
    whole = (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    return plain[:33] + whole + plain[33:]


@pytest.mark.parametrize(
    "content",
    [
        hidden_gif(),
        hidden_jpeg(),
        hidden_png(),
        noise("GIF", (60, 40)) + archive(),
        noise("JPEG", (60, 40)) + archive(),
        noise("PNG", (60, 40)) + PAGE,
        noise("WEBP", (60, 40)) + PAGE,
        noise("JPEG", (60, 40), xmp=PAGE),
    ],
    ids="gif jpeg png gif-zip jpeg-zip png-tail webp-tail xmp".split(),
)
def test_nothing_hides_in_a_picture(app: Flask, owner: Made, content: bytes) -> None:
    number, _address = put(app, owner, content)
    with app.app_context():
        kept = path_of(db.session.get_one(File, number).sha256).read_bytes()
    assert b"script" not in kept
    assert b"PK\x03\x04" not in kept
    assert not zipfile.is_zipfile(io.BytesIO(kept))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
@pytest.mark.parametrize("part", [0.05, 0.3, 0.6, 0.9])
def test_a_picture_that_was_not_sent_whole_is_refused(
    app: Flask, owner: Made, kind: str, part: float
) -> None:
    content = noise(kind, (300, 200))
    with pytest.raises(DomainError):
        put(app, owner, content[: int(len(content) * part)])
    with app.app_context():
        assert [path for path in upload_folder().rglob("*") if path.is_file()] == []


def test_a_small_file_with_huge_measures_is_refused_at_once(app: Flask, owner: Made) -> None:
    head = bytearray(noise("GIF", (10, 10)))
    head[6:10] = b"\xff\xff\xff\xff"
    with pytest.raises(DomainError):
        put(app, owner, bytes(head))


def test_large_pictures_are_kept_smaller(tmp_path: Path) -> None:
    path = tmp_path / "a"
    for kind, mode in (("JPEG", "RGB"), ("PNG", "P"), ("PNG", "1"), ("PNG", "L")):
        Image.new("L", (6000, 4000), 90).convert(mode).save(path, kind)
        assert pictures.rewrite(path)[1:] == (3000, 2000)
        with Image.open(path) as kept:
            kept.load()
            assert kept.size == (3000, 2000)


MEASURE = """
import sys, pathlib, re
from core.files import pictures
def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024
before = most()
pictures.rewrite(pathlib.Path(sys.argv[1]))
print(most() - before)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "mode", "size", "options"),
    [
        ("JPEG", "RGB", (8160, 6144), {}),
        ("JPEG", "RGB", (7200, 5500), {"progressive": True}),
        ("PNG", "RGBA", (8000, 6200), {"compress_level": 1}),
        ("WEBP", "RGB", (4080, 3060), {"method": 0}),
    ],
    ids="jpeg progressive png webp".split(),
)
def test_a_camera_picture_takes_less_than_300_megabytes(
    tmp_path: Path, kind: str, mode: str, size: tuple[int, int], options: dict[str, object]
) -> None:
    path = tmp_path / "camera"
    smaller = Image.effect_noise((size[0] // 8, size[1] // 8), 60)
    smaller.resize(size).convert(mode).save(path, kind, **options)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 300


# Archives


def test_archives_that_are_traps_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for number in range(4):
            file.writestr(f"word/{number}.xml", bytes(30 * 1024 * 1024))
    with pytest.raises(DomainError):
        media.take_in(path, "a.docx")


def test_an_archive_with_an_endless_directory_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        for number in range(12_000):
            file.writestr(f"{number}", b"")
    with pytest.raises(DomainError):
        media.take_in(path, "a.zip")


def test_honest_documents_pass(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "x" * 2_000_000)
        file.writestr("word/document.xml", "Урок. " * 300_000)
    assert media.take_in(path, "a.docx").media_type.endswith("wordprocessingml.document")

"""Uploads: known by their bytes, made harmless, limited, and gone when nobody needs them."""

from __future__ import annotations

import dataclasses
import io
import os
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select

from core.access.actors import SYSTEM, Actor
from core.contents.attachments import attach
from core.contents.operations import new_content
from core.errors import DomainError, TooLarge, TooManyRequests
from core.files.models import File
from core.files.names import clean_name
from core.files.storage import folder as upload_folder
from core.files.store import path_of, remove, save_file
from core.files.sweep import sweep
from core.people.models import User
from core.platform.db import db, operation
from core.testing.cast import Made, Turned

GPS = 0x8825


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    image = Image.new("RGB", size, "teal")
    image.putpixel((0, 0), (255, 255, 255))
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def with_place(kind: str) -> bytes:
    """A picture that says where it was taken, by whom, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "Семёнова Ольга"
    exif.get_ifd(GPS)[2] = (58.0, 14.0, 7.0)
    return picture(kind, exif=exif)


@pytest.fixture
def folder(app: Flask) -> Iterator[Path]:
    with app.app_context():
        shutil.rmtree(upload_folder(), ignore_errors=True)
        yield upload_folder()


@pytest.fixture
def owner(make_user: Callable[..., Made]) -> int:
    return make_user().id


@pytest.fixture
def limited(app: Flask) -> Iterator[Callable[[int], None]]:
    """Set another limit for one test."""
    former = app.config["SREDA"]

    def set_limit(size: int) -> None:
        app.config["SREDA"] = dataclasses.replace(former, upload_limit=size)

    yield set_limit
    app.config["SREDA"] = former


def bytes_kept(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}


def stored(content: bytes, name: str, owner: int, **options: Any) -> File:
    return save_file(io.BytesIO(content), name, owner, **options)


def rows() -> int:
    return db.session.scalar(select(func.count()).select_from(File)) or 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_and_author_do_not_travel_with_a_picture(folder: Path, owner: int, kind: str) -> None:
    file = stored(with_place(kind), "урок.jpg", owner)
    assert file.media_type == f"image/{kind.lower()}"
    content = path_of(file.sha256).read_bytes()
    assert "Семёнова".encode() not in content
    with Image.open(path_of(file.sha256)) as kept:
        assert not kept.getexif()
        assert kept.size == (30, 40)  # turned as the camera said
    assert file.size == len(content)


def test_what_hides_behind_the_pixels_is_lost(folder: Path, owner: int) -> None:
    file = stored(picture("PNG") + b"<script>alert(1)</script>", "a.png", owner)
    assert b"<script" not in path_of(file.sha256).read_bytes()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_moving_pictures_go_on_moving(folder: Path, owner: int, kind: str) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    sent = io.BytesIO()
    frames[0].save(sent, kind, save_all=True, append_images=frames[1:], duration=200, loop=0)
    file = stored(sent.getvalue(), "move", owner)
    with Image.open(path_of(file.sha256)) as kept:
        assert getattr(kept, "n_frames", 1) == 3


def test_portrait_is_square(folder: Path, owner: int) -> None:
    file = stored(picture("PNG", (900, 300)), "я.png", owner, portrait=True)
    assert file.portrait
    with Image.open(path_of(file.sha256)) as kept:
        assert kept.size == (512, 512)


def archive(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n...", "application/pdf"),
        (archive(a="1"), "application/zip"),
        (
            archive(word__document="1"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            archive(mimetype="application/vnd.oasis.opendocument.text"),
            "application/vnd.oasis.opendocument.text",
        ),
        (archive(mimetype="text/html"), "application/zip"),
        (b"PK\x03\x04 not an archive at all", "application/octet-stream"),
        ("Просто текст".encode(), "text/plain"),
        (b"<html><script>alert(1)</script>", "text/plain"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "text/plain"),
        (b"\x00\x01\x02\x03", "application/octet-stream"),
    ],
    ids="pdf zip docx odt lying-zip broken-zip text html svg unknown".split(),
)
def test_kind_is_found_in_the_bytes(folder: Path, owner: int, content: bytes, kind: str) -> None:
    assert stored(content, "photo.jpg", owner).media_type == kind


def bomb() -> bytes:
    """A few kilobytes that unpack to hundreds of megabytes."""
    return picture_of("1", (20_000, 20_000))


def picture_of(mode: str, size: tuple[int, int]) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "options"),
    [
        (b"", "пусто.txt", {}),
        (picture()[:300], "обрыв.jpg", {}),
        (b"\x89PNG\r\n\x1a\n broken", "broken.png", {}),
        (b"II*\x00" + bytes(60), "scan.tif", {}),
        (b"\x00\x00\x00\x18ftypheic" + bytes(60), "IMG_1.HEIC", {}),
        (b"MZ\x90\x00" + bytes(60), "игра.txt", {}),
        (b"WScript.Echo(1)", "письмо.docx.js", {}),
        (b"%PDF-1.7", "я.pdf", {"portrait": True}),
    ],
    ids="empty cut broken tiff heic program script portrait".split(),
)
def test_what_cannot_be_taken_leaves_nothing_behind(
    folder: Path, owner: int, content: bytes, name: str, options: dict[str, Any]
) -> None:
    with pytest.raises(DomainError) as refusal:
        stored(content, name, owner, **options)
    assert len(str(refusal.value)) > 10
    assert rows() == 0
    assert bytes_kept(folder) == set()


def test_picture_that_would_fill_the_memory_is_refused(folder: Path, owner: int) -> None:
    with pytest.raises(DomainError, match="50"):
        stored(bomb(), "bomb.png", owner)
    assert bytes_kept(folder) == set()


def test_too_large_a_file_is_refused_as_soon_as_that_is_known(
    folder: Path, owner: int, limited: Callable[[int], None]
) -> None:
    limited(300_000)

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            self.given += size
            return b"x" * size

    endless = Endless()
    with pytest.raises(TooLarge):
        save_file(endless, "бесконечность.txt", owner)  # type: ignore[arg-type]  # reads like a file
    assert endless.given < 1_000_000
    assert bytes_kept(folder) == set()


def test_person_has_a_share_of_the_day(
    folder: Path, owner: int, limited: Callable[[int], None], clock: Turned
) -> None:
    limited(1_000)
    for number in range(10):
        stored(b"%d" % number * 1_000, "a.txt", owner)
    with pytest.raises(TooManyRequests):
        stored(b"x" * 1_000, "last.txt", owner)
    assert rows() == 10
    assert len(bytes_kept(folder)) == 10
    clock.turn(timedelta(days=1, minutes=1))
    stored(b"x" * 1_000, "tomorrow.txt", owner)


def test_share_holds_for_uploads_at_once(
    app: Flask, owner: int, limited: Callable[[int], None]
) -> None:
    limited(1_000)
    together = threading.Barrier(14)

    def upload(number: int) -> bool:
        with app.app_context():
            together.wait()
            try:
                stored(f"{number:04}".encode() * 250, "a.txt", owner)
            except TooManyRequests:
                return False
            return True

    with ThreadPoolExecutor(14) as pool:
        done = list(pool.map(upload, range(14)))
    assert done.count(True) == 10


def test_equal_bytes_lie_there_once_and_go_with_the_last_row(folder: Path, owner: int) -> None:
    first, second = (stored(b"same words", name, owner) for name in ("a.txt", "b.txt"))
    assert first.sha256 == second.sha256
    assert bytes_kept(folder) == {first.sha256}
    digest, ids = first.sha256, (first.id, second.id)
    remove([ids[0]])
    assert path_of(digest).exists()
    remove([ids[1]])
    assert not path_of(digest).exists()


def test_removing_and_adding_equal_bytes_at_once_loses_none(app: Flask, owner: int) -> None:
    """Whoever comes last: a row that stays has its bytes."""
    content = b"the same words again and again"
    together = threading.Barrier(2)

    def turn(number: int) -> None:
        with app.app_context():
            for _ in range(15):
                file = stored(content, "a.txt", owner)
                together.wait()
                if number:
                    remove([file.id])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(turn, range(2)))
    with app.app_context():
        digest = db.session.scalars(select(File.sha256).distinct()).one()
        assert rows() == 15
        assert path_of(digest).read_bytes() == content


@operation
def _belongs(actor: Actor, file: File) -> None:
    attach(new_content(actor, "core.comment"), [db.session.get_one(File, file.id)])


@operation
def _show_photo(actor: Actor, owner: int, file_id: int) -> None:
    db.session.get_one(User, owner).photo = f"/files/{file_id}/photo.jpg"


def test_sweep_removes_what_no_content_took_up(folder: Path, owner: int, clock: Turned) -> None:
    used, forgotten = stored(b"used", "a.txt", owner), stored(b"forgotten", "b.txt", owner)
    old, new = (
        stored(picture("PNG", (9, side)), "p.png", owner, portrait=True) for side in (9, 90)
    )
    _belongs(SYSTEM, used)
    _show_photo(SYSTEM, owner, new.id)
    sweep()
    assert rows() == 4
    clock.turn(timedelta(days=1, minutes=1))
    fresh = stored(b"fresh", "c.txt", owner)
    kept = {used.id: used.sha256, new.id: new.sha256, fresh.id: fresh.sha256}
    gone = {forgotten.sha256, old.sha256} - {new.sha256}
    sweep()
    assert set(db.session.scalars(select(File.id))) == set(kept)
    assert bytes_kept(folder) == set(kept.values())
    assert not gone & bytes_kept(folder)


def test_sweep_removes_what_a_crash_left(folder: Path, owner: int) -> None:
    kept = stored(b"kept", "a.txt", owner)
    strays = [folder / "arriving" / "tmp1", folder / "ab" / ("ab" + "0" * 62)]
    day_before = time.time() - 100_000
    for path in (*strays, path_of(kept.sha256)):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (day_before, day_before))
    young = folder / "arriving" / "tmp2"
    young.touch()
    # As one that is moved to its place after it was listed: there is nothing under its name.
    vanished = folder / "arriving" / "tmp3"
    vanished.symlink_to("nowhere")
    sweep()
    vanished.unlink()
    assert bytes_kept(folder) == {kept.sha256, "tmp2"}
    young.unlink()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("план урока.docx", "план урока.docx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Ольга\\план.doc", "план.doc"),
        ("a\u202egnp.exe\n.txt", "agnp.exe.txt"),
        ("...", "file"),
        ("", "file"),
        ("я" * 200 + ".pdf", "я" * 116 + ".pdf"),
    ],
)
def test_names_are_cleaned(name: str, kept: str) -> None:
    assert clean_name(name) == kept

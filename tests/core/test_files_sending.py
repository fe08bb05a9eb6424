"""Sending files: parts of them, copies that are still good, names, and what nobody may run."""

from __future__ import annotations

import dataclasses
import io
from email.utils import format_datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from core.files.models import File
from core.files.names import disposition
from core.files.storage import FolderStorage
from core.files.store import path_of, save_file
from core.platform.db import db
from core.testing.cast import Cast

FILM = b"\x1aE\xdf\xa3" + bytes(range(250)) * 1_000


class Film:
    """A film on the site, and somebody who may see it."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        owner = cast.user()
        self.browser: FlaskClient = cast.browser(owner)
        with app.app_context():
            file = save_file(io.BytesIO(FILM), "урок физики.webm", owner.id)
            self.address = f"/files/{file.id}/x.webm"
            self.made = format_datetime(
                db.session.get_one(File, file.id).created_at.replace(microsecond=0), usegmt=True
            )

    def get(self, method: str = "GET", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.browser.open(self.address, method=method, headers=named, buffered=True)


@pytest.fixture
def film(app: Flask, cast: Cast) -> Film:
    return Film(app, cast)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-", 0, None),
        ("bytes=0-0", 0, 1),
        ("bytes=100-199", 100, 200),
        ("bytes=-50", -50, None),
        ("bytes=249000-999999999", 249_000, None),
        ("bytes=-99999999", 0, None),
        ("Bytes = 5-9", 5, 10),
    ],
)
def test_a_part_is_sent(film: Film, asked: str, start: int, end: int | None) -> None:
    answer = film.get(Range=asked)
    expected = FILM[start:end]
    if len(expected) < len(FILM):
        assert answer.status_code == 206
        first = start % len(FILM)
        told = f"bytes {first}-{first + len(expected) - 1}/{len(FILM)}"
        assert answer.headers["Content-Range"] == told
    assert answer.data == expected
    assert answer.content_length == len(expected)
    assert answer.headers["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize("asked", ["bytes=250004-", "bytes=999999999999999999999-"])
def test_a_part_that_is_not_there_is_told(film: Film, asked: str) -> None:
    answer = film.get(Range=asked)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(FILM)}"
    assert answer.data == b""


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=0-1,5-9",
        "bytes=" + ",".join(f"{n}-{n}" for n in range(500)),
        "bytes=9-5",
        "bytes=-0",
        "bytes=a-b",
        "lines=1-2",
        "bytes",
        "=",
    ],
)
def test_several_parts_and_nonsense_give_the_whole(film: Film, asked: str) -> None:
    answer = film.get(Range=asked)
    assert (answer.status_code, answer.data) == (200, FILM)


def test_a_part_of_another_file_is_not_mixed_in(film: Film) -> None:
    known = film.get(method="HEAD")
    tag, made = known.headers["ETag"], known.headers["Last-Modified"]
    assert made == film.made
    assert film.get(Range="bytes=5-9", If_Range=tag).data == FILM[5:10]
    assert film.get(Range="bytes=5-9", If_Range=made).data == FILM[5:10]
    for other in ('"other"', f"W/{tag}", "Mon, 01 Jan 2024 00:00:00 GMT", "nonsense"):
        answer = film.get(Range="bytes=5-9", If_Range=other)
        assert (answer.status_code, answer.data) == (200, FILM)


def test_a_copy_that_is_still_good_is_not_sent_again(film: Film) -> None:
    tag = film.get(method="HEAD").headers["ETag"]
    for condition in (
        {"If_None_Match": tag},
        {"If_None_Match": f'"a", {tag}'},
        {"If_None_Match": "*"},
    ):
        answer = film.get(**condition)
        assert (answer.status_code, answer.data) == (304, b"")
    assert film.get(If_Modified_Since=film.made).status_code == 304
    assert film.get(If_None_Match='"other"').status_code == 200
    assert film.get(If_None_Match=tag, Range="bytes=5-9").status_code == 304


def test_asking_for_the_head_alone_sends_no_byte(film: Film) -> None:
    answer = film.get(method="HEAD")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.content_length == len(FILM)
    assert answer.mimetype == "video/webm"


def test_files_are_not_packed_on_the_way(app: Flask, cast: Cast) -> None:
    """Their length would not be known, and no part of them could be asked for."""
    owner = cast.user()
    with app.app_context():
        file = save_file(io.BytesIO(b"text " * 10_000), "a.txt", owner.id)
        address = f"/files/{file.id}/a.txt"
    answer = cast.browser(owner).get(address, headers={"Accept-Encoding": "br, gzip"})
    assert "Content-Encoding" not in answer.headers
    assert answer.content_length == 50_000


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("plan 1 (final).pdf", 'attachment; filename="plan 1 (final).pdf"'),
        (
            "план.pdf",
            "attachment; filename=\"file.pdf\"; filename*=UTF-8''%D0%BF%D0%BB%D0%B0%D0%BD.pdf",
        ),
        ('a"b.txt', "attachment; filename=\"file.txt\"; filename*=UTF-8''a%22b.txt"),
        ("план", "attachment; filename=\"file\"; filename*=UTF-8''%D0%BF%D0%BB%D0%B0%D0%BD"),
        ("a.б", "attachment; filename=\"file\"; filename*=UTF-8''a.%D0%B1"),
    ],
)
def test_names_of_downloads(name: str, header: str) -> None:
    assert disposition(name, inline=False) == header


def test_the_name_of_a_file_is_offered_for_saving(film: Film) -> None:
    header = film.get().headers["Content-Disposition"]
    assert header.startswith("attachment; ")
    assert header.endswith(".webm")
    assert "%D1%83%D1%80%D0%BE%D0%BA%20" in header


def test_a_proxy_is_told_what_it_may_send(app: Flask, cast: Cast, film: Film) -> None:
    former = app.config["SREDA"]
    app.config["SREDA"] = dataclasses.replace(former, files_by_proxy=True)
    try:
        answer = film.get(Range="bytes=5-9")
        digest = answer.headers["X-Accel-Redirect"].rpartition("/")[2]
        assert answer.headers["X-Accel-Redirect"] == f"/stored-files/{digest[:2]}/{digest}"
        assert (answer.status_code, answer.data, answer.mimetype) == (200, b"", "video/webm")
        stranger = cast.browser(cast.user()).get(film.address)
        assert stranger.status_code == 404
        assert "X-Accel-Redirect" not in stranger.headers
    finally:
        app.config["SREDA"] = former
    with app.app_context():
        assert path_of(digest).stat().st_mode & 0o777 == 0o640


# The storage


@pytest.fixture
def stored(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path / "stored")


def put(stored: FolderStorage, tmp_path: Path, key: str, content: bytes) -> None:
    path = tmp_path / "new"
    path.write_bytes(content)
    stored.put(path, key)
    assert not path.exists()


def test_storage_keeps_gives_and_forgets(stored: FolderStorage, tmp_path: Path) -> None:
    digest, other = "ab" * 32, "cd" * 32
    for key in (digest, f"{digest}.320.webp", other):
        put(stored, tmp_path, key, key.encode())
    put(stored, tmp_path, digest, b"never written over")
    with stored.open(digest) as file:
        assert file.read() == digest.encode()
    with stored.open(digest, start=60) as file:
        assert file.read() == b"abab"
    assert stored.size(digest) == 64
    assert stored.size("ef" * 32) is None
    assert list(stored.list(-1)) == [digest, f"{digest}.320.webp", other]
    assert list(stored.list(1000)) == []
    stored.delete(digest)
    stored.delete(digest)
    assert list(stored.list(-1)) == [other]
    with pytest.raises(FileNotFoundError):
        stored.open(digest)

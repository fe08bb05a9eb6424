"""Uploads in parts: announced, gone on with after a broken link, checked, and leaving no trace."""

from __future__ import annotations

import dataclasses
import io
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.access.actors import SYSTEM, Actor
from core.contents.attachments import attach
from core.contents.models import Content
from core.files.models import File, Upload
from core.files.storage import arriving
from core.files.storage import folder as upload_folder
from core.files.store import save_file
from core.files.sweep import sweep
from core.files.uploads import MOST_UNDER_WAY
from core.people.models import User
from core.platform.db import db, operation
from core.testing.cast import Cast, Made, Turned
from tests.core.contents_kit import Notes

JSON = {"Accept": "application/json"}
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40


class Sender:
    """Sends files as the script of a page does."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser

    def begin(self, size: int, name: str = "план.pdf", **more: Any) -> TestResponse:
        data = {"name": name, "size": str(size), **more}
        return self.browser.post("/uploads", data=data, headers=JSON)

    def part(self, url: str, offset: int | str, content: bytes) -> TestResponse:
        return self.browser.patch(
            f"{url}?offset={offset}", data=content, headers=JSON,
            content_type="application/octet-stream",
        )  # fmt: skip

    def whole(self, content: bytes, name: str = "план.pdf", **more: Any) -> TestResponse:
        begun = self.begin(len(content), name, **more)
        assert begun.json is not None
        return self.part(begun.json["url"], 0, content) if begun.status_code == 201 else begun


@pytest.fixture
def owner(cast: Cast) -> Made:
    return cast.user()


@pytest.fixture
def sender(cast: Cast, owner: Made) -> Sender:
    return Sender(cast.browser(owner))


@pytest.fixture
def settings(app: Flask) -> Iterator[Callable[..., None]]:
    """Other settings for one test."""
    former = app.config["SREDA"]

    def change(**changes: int) -> None:
        app.config["SREDA"] = dataclasses.replace(former, **changes)

    yield change
    app.config["SREDA"] = former


def left_behind(app: Flask) -> tuple[int, int, list[str]]:
    """Rows of files, rows of uploads, and files on the disk."""
    with app.app_context():
        files = db.session.scalar(select(func.count()).select_from(File)) or 0
        uploads = db.session.scalar(select(func.count()).select_from(Upload)) or 0
        return files, uploads, [p.name for p in upload_folder().rglob("*") if p.is_file()]


def png(size: tuple[int, int] = (20, 10)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "teal").save(file, "PNG")
    return file.getvalue()


def test_a_file_comes_in_parts(app: Flask, sender: Sender) -> None:
    begun = sender.begin(len(PDF)).json
    assert begun is not None
    url = begun["url"]
    assert begun["offset"] == 0
    assert (sender.part(url, 0, PDF[:4000]).json or {})["offset"] == 4000
    assert sender.browser.get(url, headers=JSON).json == begun | {"offset": 4000}
    done = sender.part(url, 4000, PDF[4000:]).json
    assert done is not None
    assert done["file"]["name"] == "план.pdf"
    assert done["file"]["type"] == "application/pdf"
    assert sender.browser.get(done["file"]["url"], buffered=True).data == PDF
    assert left_behind(app)[:2] == (1, 1)


def test_the_last_answer_may_be_lost(app: Flask, sender: Sender) -> None:
    url = (sender.begin(len(PDF)).json or {})["url"]
    first = (sender.part(url, 0, PDF).json or {})["file"]
    assert (sender.browser.get(url, headers=JSON).json or {})["file"] == first
    assert (sender.part(url, len(PDF), b"").json or {})["file"] == first
    assert left_behind(app)[0] == 1


def test_a_part_goes_where_the_last_one_ended(sender: Sender) -> None:
    url = (sender.begin(len(PDF)).json or {})["url"]
    sender.part(url, 0, PDF[:100])
    for offset in (0, 50, 101, "nonsense", "", "-1", "9" * 30):
        answer = sender.part(url, offset, PDF[:10])
        assert answer.status_code == 409
        assert (answer.json or {})["offset"] == 100
    assert sender.part(url, 100, PDF[100:]).status_code == 200


def test_a_picture_is_shown_at_once(sender: Sender) -> None:
    file = (sender.whole(png((700, 350)), "доска.png").json or {})["file"]
    assert file["preview"].endswith("?size=320")
    seen = sender.browser.get(file["preview"], buffered=True)
    assert seen.mimetype == "image/png"  # light enough to stand in for its thumbnail


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\x00" + bytes(100), "игра.txt"),
        (b"WScript.Echo(1)" + bytes(100), "письмо.docx.js"),
        (png((200, 100))[:150], "обрыв.png"),
        (b"\x89PNG\r\n\x1a\n" + b"<html>" * 30, "broken.png"),
        (bytes(range(1, 200)) + b"\x00", "unknown.bin"),
        (b"PK\x03\x04" + b"not an archive" * 10, "план.docx"),
    ],
    ids="program script cut broken unknown docx".split(),
)
def test_what_cannot_be_taken_is_told_and_leaves_nothing(
    app: Flask, sender: Sender, content: bytes, name: str
) -> None:
    answer = sender.whole(content, name)
    assert answer.status_code == 400
    assert len((answer.json or {})["error"]) > 10
    assert left_behind(app) == (0, 0, [])


def test_a_program_is_refused_with_its_first_part(app: Flask, sender: Sender) -> None:
    url = (sender.begin(5_000_000, "фильм.mp4").json or {})["url"]
    assert sender.part(url, 0, b"\x7fELF" + bytes(100)).status_code == 400
    assert sender.part(url, 104, bytes(100)).status_code == 404
    assert left_behind(app) == (0, 0, [])


def test_more_than_was_announced_is_refused(app: Flask, sender: Sender) -> None:
    url = (sender.begin(10, "a.txt").json or {})["url"]
    assert sender.part(url, 0, b"x" * 11).status_code == 400
    url = (sender.begin(10, "a.txt").json or {})["url"]
    endless = sender.browser.patch(
        f"{url}?offset=0", input_stream=io.BytesIO(b"x" * 100_000), headers=JSON,
        environ_overrides={"wsgi.input_terminated": True},
    )  # fmt: skip
    assert endless.status_code == 400
    assert left_behind(app) == (0, 0, [])


@pytest.mark.parametrize("size", ["0", "-5", "", "many", "1e3", "9" * 40, "²"])
def test_nonsense_is_no_size(app: Flask, sender: Sender, size: str) -> None:
    answer = sender.browser.post("/uploads", data={"name": "a", "size": size}, headers=JSON)
    assert answer.status_code == 400
    assert left_behind(app) == (0, 0, [])


def test_two_gigabytes_are_refused_before_they_are_sent(app: Flask, sender: Sender) -> None:
    answer = sender.begin(2 * 1024**3)
    assert answer.status_code == 413
    assert "20" in (answer.json or {})["error"]
    assert left_behind(app) == (0, 0, [])


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\x00b\r\nX: y.pdf", "abX: y.pdf"),
        ("я" * 5_000 + ".pdf", "я" * 116 + ".pdf"),
        ("", "file"),
    ],
)
def test_names_are_cleaned(sender: Sender, name: str, kept: str) -> None:
    assert (sender.whole(PDF, name).json or {})["file"]["name"] == kept


def test_a_field_says_what_kinds_it_takes(app: Flask, sender: Sender) -> None:
    answer = sender.whole(PDF, accept="picture")
    assert answer.status_code == 400
    assert "картинки" in (answer.json or {})["error"]
    assert left_behind(app) == (0, 0, [])
    assert sender.whole(png(), "a.png", accept="picture").status_code == 200
    # Nobody widens what is taken by asking for it.
    assert sender.whole(b"\x00\x01\x02" * 50, "a.bin", accept="other").status_code == 400


def test_an_upload_is_its_owners_alone(app: Flask, cast: Cast, sender: Sender) -> None:
    url = (sender.begin(len(PDF)).json or {})["url"]
    stranger = Sender(cast.browser(cast.user()))
    assert stranger.browser.get(url, headers=JSON).status_code == 404
    assert stranger.part(url, 0, PDF).status_code == 404
    assert stranger.browser.delete(url, headers=JSON).status_code == 404
    guest = app.test_client()
    for answer in (guest.get(url), guest.patch(url), guest.post("/uploads"), guest.delete(url)):
        assert answer.status_code in (302, 401)
    assert sender.browser.get("/uploads/nothing", headers=JSON).status_code == 404


def test_forgery_is_refused(app: Flask, sender: Sender, forgery_check: None) -> None:
    assert sender.begin(len(PDF)).status_code == 401
    assert left_behind(app) == (0, 0, [])


def test_cancelling_leaves_nothing(app: Flask, sender: Sender) -> None:
    url = (sender.begin(len(PDF)).json or {})["url"]
    sender.part(url, 0, PDF[:100])
    assert sender.browser.delete(url, headers=JSON).status_code == 204
    assert left_behind(app) == (0, 0, [])


def test_uploads_under_way_are_bounded(app: Flask, sender: Sender) -> None:
    urls = [(sender.begin(len(PDF)).json or {})["url"] for _ in range(MOST_UNDER_WAY + 3)]
    assert left_behind(app)[1] == MOST_UNDER_WAY
    assert sender.part(urls[0], 0, PDF).status_code == 404
    assert sender.part(urls[-1], 0, PDF).status_code == 200


def test_uploads_that_were_given_up_are_swept(app: Flask, sender: Sender, clock: Turned) -> None:
    url = (sender.begin(len(PDF)).json or {})["url"]
    sender.part(url, 0, PDF[:100])
    with app.app_context():
        sweep()
        assert left_behind(app)[1] == 1
        clock.turn(timedelta(days=1, minutes=1))
        sweep()
    assert left_behind(app) == (0, 0, [])


def test_two_who_send_the_same_part_at_once_make_one_file(
    app: Flask, cast: Cast, owner: Made, sender: Sender
) -> None:
    url = (sender.begin(len(PDF)).json or {})["url"]
    together = threading.Barrier(4)

    def send(browser: FlaskClient) -> int:
        together.wait()
        return Sender(browser).part(url, 0, PDF).status_code

    browsers = [cast.browser(owner) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, browsers))
    assert set(answers) <= {200, 409}
    assert 200 in answers
    files, uploads, names = left_behind(app)
    assert (files, uploads, len(names)) == (1, 1, 1)
    with app.app_context():
        stored = db.session.scalars(select(File)).one()
        assert names == [stored.sha256]
        assert stored.size == len(PDF)


def test_a_person_has_room(
    app: Flask, sender: Sender, settings: Callable[..., None], clock: Turned
) -> None:
    settings(person_space=25_000)
    assert sender.whole(PDF).status_code == 200
    clock.turn(timedelta(days=2))
    assert sender.whole(PDF + b"2").status_code == 200
    space = sender.browser.get("/uploads", headers=JSON).json or {}
    assert space["used"] == 2 * len(PDF) + 1
    assert "20" in space["words"]
    assert "24" in space["words"]
    refused = sender.begin(len(PDF))
    assert refused.status_code == 400
    assert "20" in (refused.json or {})["error"]


def test_room_of_a_person_holds_for_uploads_at_once(
    app: Flask, cast: Cast, owner: Made, settings: Callable[..., None]
) -> None:
    settings(person_space=30_000, upload_limit=20_000)
    senders = [Sender(cast.browser(owner)) for _ in range(6)]
    urls = [(s.begin(10_000, "a.txt").json or {})["url"] for s in senders]
    together = threading.Barrier(6)

    def send(number: int) -> int:
        together.wait()
        return senders[number].part(urls[number], 0, b"%d" % number * 10_000).status_code

    with ThreadPoolExecutor(6) as pool:
        answers = sorted(pool.map(send, range(6)))
    assert answers == [200] * 3 + [400] * 3
    files, uploads, names = left_behind(app)
    assert (files, uploads, len(names)) == (3, 3, 3)


@operation
def _attach(actor: Actor, content: int, *numbers: int) -> None:
    files = [db.session.get_one(File, number) for number in numbers]
    attach(db.session.get_one(Content, content), files)


def test_a_community_has_room_also_for_many_at_once(
    app: Flask, cast: Cast, notes: Notes, settings: Callable[..., None]
) -> None:
    from core.errors import DomainError

    settings(community_space=35_000)
    community, other = cast.community(), cast.community()
    authors = [cast.member(community) for _ in range(6)]
    written = [notes.write(community, author) for author in authors]
    with app.app_context():
        files = [
            save_file(io.BytesIO(b"%d" % n * 10_000), "a.txt", author.id).id
            for n, author in enumerate(authors)
        ]
    together = threading.Barrier(6)

    def send(number: int) -> bool:
        with app.app_context():
            together.wait()
            try:
                _attach(SYSTEM, written[number], files[number])
            except DomainError:
                return False
            return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(send, range(6)))
    assert done.count(True) == 3
    with app.app_context():
        _attach(SYSTEM, written[done.index(True)], files[done.index(True)])  # counts once
        _attach(SYSTEM, notes.write(other, cast.member(other)), files[done.index(False)])


def test_what_somebody_began_to_upload_is_told_and_forgotten(
    app: Flask, sender: Sender, owner: Made
) -> None:
    from core.contents.personal import erase, export

    url = (sender.begin(len(PDF), "черновик.pdf").json or {})["url"]
    sender.part(url, 0, PDF[:100])
    with app.test_request_context():
        user = db.session.get_one(User, owner.id)
        told = [record.fields for record in export(user)]
        assert "черновик.pdf" in str(told)

        @operation
        def forget(actor: Actor) -> None:
            erase(db.session.get_one(User, owner.id))

        forget(SYSTEM)
        assert list(arriving().glob("*")) == []
    assert left_behind(app)[1] == 0


def test_folder_of_what_arrives_is_on_the_disk_of_the_storage(app: Flask) -> None:
    with app.app_context():
        assert arriving().parent == upload_folder()
        assert isinstance(arriving(), Path)

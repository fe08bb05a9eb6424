"""The page of one's own files, and what one may remove there."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from core.access.actors import SYSTEM, Actor, Viewer
from core.contents.attachments import attach
from core.contents.models import Attachment, Content
from core.errors import Conflict, DomainError
from core.files import mine
from core.files.models import File
from core.files.storage import folder as upload_folder
from core.files.store import save_file
from core.platform.db import db, operation
from core.testing.cast import Cast, Made
from core.testing.count import QueryCount
from tests.core.contents_kit import Notes


@operation
def _attach(actor: Actor, on: int, *files: File) -> None:
    attach(db.session.get_one(Content, on), files)


def take_up(note: int, number: int) -> None:
    """Let a content have a file, as a form does: the file was read before."""
    _attach(SYSTEM, note, db.session.get_one(File, number))


def put(app: Flask, owner: Made, name: str, content: bytes = b"words") -> int:
    with app.app_context():
        return save_file(io.BytesIO(content), name, owner.id).id


def test_files_stand_with_what_they_belong_to(app: Flask, cast: Cast, notes: Notes) -> None:
    community = cast.community()
    owner = cast.member(community)
    used, unused = put(app, owner, "план.txt"), put(app, owner, "<черновик>.txt")
    put(app, cast.user(), "чужое.txt")
    note = notes.write(community, owner)
    with app.app_context():
        take_up(note, used)
    page = cast.browser(owner).get("/files").text
    assert page.index("&lt;черновик&gt;.txt") < page.index("план.txt")
    assert f'href="/contents/{note}"' in page
    assert f'name="file" value="{unused}"' in page
    assert f'name="file" value="{used}"' not in page
    assert "чужое" not in page
    assert "из 500" in page


def test_beyond_the_end_of_the_list_stands_its_last_page(app: Flask, cast: Cast) -> None:
    owner = cast.user()
    put(app, owner, "план.txt")
    page = cast.browser(owner).get("/files?page=99999999999999999999")
    assert page.status_code == 200
    assert "план.txt" in page.text


def test_who_has_no_files_takes_up_nothing(cast: Cast) -> None:
    assert "Вы заняли 0\xa0КБ" in cast.browser(cast.user()).get("/files").text


def test_an_empty_list_says_so_and_guests_sign_in(cast: Cast, client: FlaskClient) -> None:
    assert cast.browser(cast.user()).get("/files").status_code == 200
    assert client.get("/files").status_code == 302
    assert client.post("/files/remove").status_code in (302, 401)


def test_what_belongs_nowhere_can_be_removed(app: Flask, cast: Cast) -> None:
    owner = cast.user()
    number = put(app, owner, "a.txt")
    browser = cast.browser(owner)
    assert browser.post("/files/remove", data={"file": number}).status_code == 303
    assert browser.post("/files/remove", data={"file": number}).status_code == 404
    assert [path for path in upload_folder_of(app).rglob("*") if path.is_file()] == []


def upload_folder_of(app: Flask) -> Path:
    with app.app_context():
        return upload_folder()


def test_what_is_used_or_anothers_stays(app: Flask, cast: Cast, notes: Notes) -> None:
    community = cast.community()
    owner = cast.member(community)
    used = put(app, owner, "a.txt")
    with app.app_context():
        take_up(notes.write(community, owner), used)
    other = put(app, cast.user(), "b.txt")
    browser = cast.browser(owner)
    assert browser.post("/files/remove", data={"file": used}).status_code == 409
    for nonsense in (other, 0, -1, "x", "9" * 30, ""):
        assert browser.post("/files/remove", data={"file": nonsense}).status_code == 404
    with app.app_context():
        assert len(db.session.scalars(select(File.id)).all()) == 2


def test_removing_and_attaching_at_once_breaks_neither(
    app: Flask, cast: Cast, notes: Notes
) -> None:
    community = cast.community()
    owner = cast.member(community)
    for _ in range(5):
        number, note = put(app, owner, "a.txt"), notes.write(community, owner)
        together = threading.Barrier(2)

        def remove(number: int = number, together: threading.Barrier = together) -> bool:
            with app.app_context():
                together.wait()
                try:
                    mine.remove_unused(Viewer(id=owner.id), number)
                except Conflict:
                    return False
                return True

        def attach_it(
            number: int = number, note: int = note, together: threading.Barrier = together
        ) -> bool:
            with app.app_context():
                file = db.session.get_one(File, number)
                together.wait()
                try:
                    _attach(SYSTEM, note, file)
                except DomainError:
                    return False
                return True

        with ThreadPoolExecutor(2) as pool:
            removed, taken = (pool.submit(work) for work in (remove, attach_it))
            assert removed.result() != taken.result()
        with app.app_context():
            left = select(Attachment.file_id).where(Attachment.content_id == note)
            assert (db.session.scalar(left) is not None) == taken.result()


def test_many_files_cost_as_few_questions_as_one(app: Flask, cast: Cast) -> None:
    owner = cast.user()
    browser = cast.browser(owner)
    put(app, owner, "a.txt")
    browser.get("/files")
    with QueryCount(app) as few:
        assert browser.get("/files").status_code == 200

    @operation
    def fill(actor: Actor) -> None:
        row = {"owner_id": owner.id, "name": "a.txt", "size": 9, "media_type": "text/plain"}
        rows = [row | {"sha256": f"{n:064x}"} for n in range(10_000)]
        db.session.execute(insert(File), rows)

    with app.app_context():
        fill(SYSTEM)
    with QueryCount(app) as many:
        assert browser.get("/files?page=300").status_code == 200
    assert many.number == few.number <= 6


def test_a_full_community_refuses_and_keeps_what_was_written(
    app: Flask, cast: Cast, notes: Notes
) -> None:
    import dataclasses

    community = cast.community()
    owner = cast.member(community)
    number, note = put(app, owner, "a.txt", b"x" * 2_000), notes.write(community, owner)
    former = app.config["SREDA"]
    app.config["SREDA"] = dataclasses.replace(former, community_space=1_500)
    try:
        with app.app_context(), pytest.raises(DomainError):
            take_up(note, number)
    finally:
        app.config["SREDA"] = former
    with app.app_context():
        assert db.session.get_one(File, number).community_id is None


def test_files_of_what_stands_in_something_hidden_are_hidden_with_it(
    app: Flask, cast: Cast, notes: Notes
) -> None:
    community = cast.community()
    author, reader = cast.member(community), cast.browser(cast.member(community))
    outer, inner = notes.write(community, author), notes.write(community, author)
    notes.inside[inner] = outer
    number = put(app, author, "a.txt")
    with app.app_context():
        take_up(inner, number)
    assert reader.get(f"/files/{number}/a.txt", buffered=True).status_code == 200
    cast.browser(cast.staff(community)).post(f"/contents/{outer}/hide", data={"rule": "copyright"})
    assert reader.get(f"/files/{number}/a.txt").status_code == 404

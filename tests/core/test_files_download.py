"""Handing out uploads: to whom, and so that nothing in them can do harm."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask, g, render_template_string
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from core.access.actors import SYSTEM, Actor, Viewer
from core.activities.counts import tally, write_down
from core.activities.models import DailyCount
from core.contents.attachments import attach
from core.contents.models import Content
from core.files.forms import AttachmentsField
from core.files.models import File
from core.files.store import save_file
from core.platform.db import db, operation
from core.platform.forms import Form
from core.testing.cast import Cast, Made
from tests.core.contents_kit import Notes

PDF = b"%PDF-1.7\n" + b"x" * 5_000


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (8, 8), "teal").save(file, "PNG")
    return file.getvalue()


def upload(app: Flask, owner: Made, content: bytes, name: str, **options: Any) -> str:
    with app.app_context():
        file = save_file(io.BytesIO(content), name, owner.id, **options)
        return f"/files/{file.id}/{file.name}"


@operation
def _attach(actor: Actor, on: int, number: int) -> None:
    attach(db.session.get_one(Content, on), [db.session.get_one(File, number)])


def attached(app: Flask, on: int, owner: Made, content: bytes = PDF, name: str = "plan.pdf") -> str:
    address = upload(app, owner, content, name)
    with app.app_context():
        _attach(SYSTEM, on, int(address.split("/")[2]))
    return address


@pytest.mark.parametrize(
    ("visibility", "guest", "stranger"),
    [("public", 200, 200), ("listed", 302, 403), ("private", 302, 404)],
)
def test_file_is_read_by_whoever_may_read_its_content(
    app: Flask, cast: Cast, notes: Notes, client: FlaskClient,
    visibility: str, guest: int, stranger: int,
) -> None:  # fmt: skip
    community = cast.community(visibility=visibility)
    author = cast.member(community)
    address = attached(app, notes.write(community, author), author)
    assert client.get(address, buffered=True).status_code == guest
    assert cast.browser(cast.user()).get(address, buffered=True).status_code == stranger
    assert cast.browser(cast.member(community)).get(address, buffered=True).data == PDF


def test_file_of_a_hidden_content_is_for_author_and_moderators(
    app: Flask, cast: Cast, notes: Notes, client: FlaskClient
) -> None:
    community = cast.community(visibility="public")
    author, moderator = cast.member(community), cast.browser(cast.staff(community))
    note = notes.write(community, author)
    address = attached(app, note, author)
    moderator.post(f"/contents/{note}/hide", data={"rule": "copyright"})
    assert client.get(address, buffered=True).status_code == 302
    assert cast.browser(cast.member(community)).get(address, buffered=True).status_code == 404
    assert moderator.get(address, buffered=True).status_code == 200
    assert cast.browser(author).get(address, buffered=True).status_code == 200


def test_file_that_belongs_nowhere_yet_is_its_owners(
    app: Flask, cast: Cast, client: FlaskClient
) -> None:
    owner = cast.user()
    address = upload(app, owner, PDF, "plan.pdf")
    assert cast.browser(owner).get(address, buffered=True).status_code == 200
    assert cast.browser(cast.user()).get(address, buffered=True).status_code == 404
    assert client.get(address, buffered=True).status_code == 302
    assert cast.browser(owner).get("/files/999999/plan.pdf", buffered=True).status_code == 404


def test_portrait_is_seen_by_everybody(app: Flask, cast: Cast, client: FlaskClient) -> None:
    address = upload(app, cast.user(), png(), "я.png", portrait=True)
    assert client.get(address, buffered=True).mimetype == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "name", "mimetype", "inline"),
    [
        (png(), "урок.png", "image/png", True),
        (PDF, "план урока.pdf", "application/pdf", False),
        (b"<script>alert(1)</script>", "page.html", "text/plain", False),
        (b"<svg onload='alert(1)'/>", "drawing.svg", "text/plain", False),
    ],
    ids="picture pdf html svg".split(),
)
def test_nothing_that_is_uploaded_can_run_here(
    app: Flask, cast: Cast, content: bytes, name: str, mimetype: str, inline: bool
) -> None:
    owner = cast.user()
    answer = cast.browser(owner).get(upload(app, owner, content, name), buffered=True)
    assert answer.mimetype == mimetype
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "private, no-cache"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("inline" if inline else "attachment")


def test_copy_that_is_still_good_is_not_sent_again(app: Flask, cast: Cast) -> None:
    owner = cast.user()
    browser, address = cast.browser(owner), upload(app, owner, PDF, "plan.pdf")
    known = browser.get(address, buffered=True).headers["ETag"]
    answer = browser.get(address, buffered=True, headers={"If-None-Match": known})
    assert (answer.status_code, answer.data) == (304, b"")


def test_interrupted_download_goes_on_where_it_was(app: Flask, cast: Cast) -> None:
    owner = cast.user()
    address = upload(app, owner, PDF, "plan.pdf")
    answer = cast.browser(owner).get(address, buffered=True, headers={"Range": "bytes=1000-"})
    assert (answer.status_code, answer.data) == (206, PDF[1000:])


def test_downloads_are_counted_once_and_pictures_in_the_page_never(
    app: Flask, cast: Cast, notes: Notes, client: FlaskClient
) -> None:
    community = cast.community(visibility="public")
    author = cast.member(community)
    note = notes.write(community, author)
    address = attached(app, note, author)
    tally.take()
    known = client.get(address, buffered=True).headers["ETag"]
    client.get(address, buffered=True, headers={"If-None-Match": known})
    client.get(address, buffered=True, headers={"Range": "bytes=1000-"})
    client.head(address, buffered=True)
    shown = attached(app, notes.write(community, author), author, png(), "a.png")
    client.get(shown, buffered=True)
    with app.app_context():
        write_down()
        query = select(func.sum(DailyCount.count)).where(DailyCount.what == "downloads")
        assert db.session.scalar(query) == 1
        row = db.session.scalars(select(DailyCount).where(DailyCount.what == "downloads")).one()
        assert (row.community_id, row.content_id) == (community.id, note)


def test_lost_bytes_are_said_and_do_not_break_the_page(app: Flask, cast: Cast) -> None:
    from core.files.store import path_of

    owner = cast.user()
    address = upload(app, owner, PDF + b"lost", "plan.pdf")
    with app.app_context():
        path_of(db.session.scalars(select(File.sha256)).one()).unlink()
    assert cast.browser(owner).get(address, buffered=True).status_code == 404


# The field of forms


class NoteForm(Form):
    files = AttachmentsField("Files", most=3)

    class Meta(Form.Meta):
        csrf = False


class Sender:
    """Sends the form as a browser without script would, signed in as somebody."""

    def __init__(self, app: Flask, person: Made) -> None:
        self.app, self.person = app, person

    def __call__(self, *files: tuple[bytes, str], kept: tuple[int, ...] = (), **given: Any) -> Any:
        data: MultiDict[str, Any] = MultiDict()
        for content, name in files:
            data.add("files", (io.BytesIO(content), name))
        for number in kept:
            data.add("files", str(number))
        with self.app.test_request_context(
            "/", method="POST", data=data, content_type="multipart/form-data"
        ):
            g.viewer = Viewer(id=self.person.id)
            form = NoteForm(**given)
            valid = form.validate()
            template = (
                '{% import "files/macros.html" as files %}{{ files.attach_field(form.files) }}'
            )
            html = render_template_string(template, form=form)
            return valid, [(f.id, f.name) for f in form.files.data], list(form.files.errors), html


@pytest.fixture
def sender(app: Flask, cast: Cast) -> Sender:
    return Sender(app, cast.user())


def test_uploads_stay_ticked_when_the_form_comes_back(sender: Sender) -> None:
    valid, files, errors, html = sender((PDF, "a.pdf"), (b"MZ" + bytes(70), "b.exe"))
    assert not valid
    assert [name for __, name in files] == ["a.pdf"]
    assert errors[0].startswith("b.exe: ")
    assert f'value="{files[0][0]}" checked' in html
    valid, again, __, __ = sender((PDF, "c.pdf"), kept=(files[0][0],))
    assert valid
    assert [name for __, name in again] == ["a.pdf", "c.pdf"]


def test_files_of_others_cannot_be_named(app: Flask, cast: Cast, sender: Sender) -> None:
    strange = int(upload(app, cast.user(), PDF, "secret.pdf").split("/")[2])
    assert sender(kept=(strange,))[1] == []
    with app.app_context():
        began_with = db.session.get_one(File, strange)
    assert sender(kept=(strange,), data={"files": [began_with]})[1] == [(strange, "secret.pdf")]
    assert sender(data={"files": [began_with]}, kept=(0,))[1] == []


def test_more_files_than_fit_are_refused_before_they_are_stored(app: Flask, sender: Sender) -> None:
    valid, __, errors, ___ = sender(*[(PDF, f"{n}.pdf") for n in range(4)])
    assert not valid
    assert "3" in errors[0]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(File)) == 0


def test_form_without_files_is_fine(sender: Sender) -> None:
    assert sender()[:3] == (True, [], [])

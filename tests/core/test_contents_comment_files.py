"""Files under comments: attached as to a post, seen by whoever sees the comment, found by name."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from core.access.actors import Viewer, current_viewer
from core.contents.attachments import attachments_of
from core.contents.comments import comments_of
from core.contents.models import Comment, Content
from core.contents.personal import export
from core.files.models import File
from core.files.store import save_file
from core.people.models import User
from core.platform.db import db
from core.search.models import SearchDocument
from core.testing.cast import Cast, Made
from core.testing.count import QueryCount
from tests.core.contents_kit import Notes

PLAN = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def place(cast: Cast) -> Made:
    return cast.community("maths", visibility="listed")


@pytest.fixture
def note(notes: Notes, cast: Cast, place: Made) -> int:
    return notes.write(place, cast.member(place))


@pytest.fixture
def person(cast: Cast, place: Made) -> Made:
    return cast.member(place)


def plan(name: str = "План урока.pdf", content: bytes = PLAN) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def comment(browser: FlaskClient, note: int, body: str = "Вот план", **more: Any) -> int:
    sent = browser.post(f"/contents/{note}/comments", data={"body": body} | more)
    assert sent.status_code == 303, sent.text
    return int(sent.location.rpartition("-")[2])


def files_of(app: Flask, number: int) -> list[str]:
    with app.app_context():
        return [file.name for file in attachments_of([number])[number]]


def address_of(page: str) -> str:
    found = re.search(r'class="attachment" href="([^"]+)"', page)
    assert found, page
    return found[1]


def test_files_come_with_a_comment_and_are_read_by_whoever_reads_it(
    app: Flask, cast: Cast, note: int, place: Made, person: Made, client: FlaskClient
) -> None:
    number = comment(cast.browser(person), note, files=[plan(), plan("Задачи.pdf", PLAN + b"1")])
    assert files_of(app, number) == ["План урока.pdf", "Задачи.pdf"]
    colleague, outsider = cast.browser(cast.member(place)), cast.browser(cast.user())
    page = colleague.get(f"/contents/{note}/comments").text
    assert "План урока.pdf" in page
    assert "Задачи.pdf" in page
    address = address_of(page)
    assert colleague.get(address).data == PLAN
    assert outsider.get(address).status_code == 403
    assert "/sign-in" in client.get(address).location


def test_the_box_under_a_content_takes_files_too(
    app: Flask, cast: Cast, note: int, person: Made
) -> None:
    comment(cast.browser(person), note, files=plan())
    with app.test_request_context():
        found = comments_of([note], Viewer(id=person.id))[note]
        html = render_template_string(
            "{% import 'contents/macros.html' as contents %}"
            "{{ contents.comments(note, found, True, viewer_id) }}",
            note=note, found=found, viewer_id=person.id,
        )  # fmt: skip
    assert "План урока.pdf" in html
    assert 'enctype="multipart/form-data"' in html
    assert f'type="file" name="files" id="files-on-{note}"' in html


def test_what_is_hidden_hides_its_files(cast: Cast, note: int, place: Made, person: Made) -> None:
    number = comment(cast.browser(person), note, files=plan())
    moderator, colleague = cast.browser(cast.staff(place)), cast.browser(cast.member(place))
    address = address_of(colleague.get(f"/contents/{note}/comments").text)
    assert "План урока.pdf" in moderator.get(f"/contents/{number}/hide").text
    moderator.post(f"/contents/{number}/hide", data={"rule": "copyright"})
    assert colleague.get(address).status_code == 404
    assert moderator.get(address).status_code == 200


def test_files_are_kept_and_taken_out_when_a_comment_is_changed(
    app: Flask, cast: Cast, note: int, place: Made, person: Made
) -> None:
    browser = cast.browser(person)
    number = comment(browser, note, files=[plan("первый.pdf"), plan("второй.pdf", PLAN + b"2")])
    page = browser.get(f"/contents/{number}/edit").text
    ids = re.findall(r'name="files" id="files-[0-9]+" value="([0-9]+)" checked', page)
    assert len(ids) == 2
    with app.app_context():
        other = save_file(io.BytesIO(b"words"), "чужой.txt", cast.member(place).id).id
    edit = {"body": "Вот план", "version": "1", "files": [ids[1], str(other)]}
    assert browser.post(f"/contents/{number}/edit", data=edit).status_code == 303
    assert files_of(app, number) == ["второй.pdf"]
    late = browser.post(f"/contents/{number}/edit", data=edit | {"files": []})
    assert late.status_code == 409, "who changed files alone has changed the comment"
    again = edit | {"version": "2", "files": [ids[1]]}
    assert browser.post(f"/contents/{number}/edit", data=again).status_code == 303
    with app.app_context():
        assert db.session.get_one(Content, number).version == 2, "nothing was changed"


def test_a_file_that_is_refused_keeps_the_words_and_the_other_files(
    app: Flask, cast: Cast, note: int, person: Made
) -> None:
    browser = cast.browser(person)
    sent = {"body": "Слова остаются", "files": [plan(), plan("вирус.exe", b"MZ" + b"\x00" * 99)]}
    answer = browser.post(f"/contents/{note}/comments", data=sent)
    assert answer.status_code == 400
    assert "Слова остаются" in answer.text
    assert re.search(r'name="files" id="files-[0-9]+" value="[0-9]+" checked', answer.text)
    with app.app_context():
        assert db.session.scalar(select(Comment.id)) is None


def test_a_full_community_refuses_with_a_sentence(
    app: Flask, cast: Cast, note: int, place: Made, person: Made
) -> None:
    from core.config import current

    with app.app_context(), db.engine.begin() as connection:
        full = {"size": current().community_space, "community_id": place.id, "sha256": "0" * 64}
        connection.execute(insert(File), [full | {"name": "x", "media_type": "text/plain"}])
    sent = {"body": "Слова остаются", "files": plan()}
    answer = cast.browser(person).post(
        f"/contents/{note}/comments", data=sent, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 400
    assert "do not fit any more" in answer.text
    assert "Слова остаются" in answer.text


def test_the_first_comment_of_a_new_member_is_approved_with_its_files(
    cast: Cast, notes: Notes
) -> None:
    place = cast.community("careful", hold_first_posts=1)
    note = notes.write(place, cast.member(place))
    cast.browser(cast.member(place)).post(
        f"/contents/{note}/comments", data={"body": "Первое", "files": plan()}
    )
    queue = cast.browser(cast.staff(place)).get("/c/careful/approval").text
    assert "План урока.pdf" in queue


def test_a_comment_is_found_by_the_name_of_its_file(
    app: Flask, cast: Cast, note: int, person: Made, fill_index: Callable[[], None]
) -> None:
    number = comment(cast.browser(person), note, files=plan("Тангенциальный.pdf"))
    fill_index()
    with app.app_context():
        document = db.session.scalars(
            select(SearchDocument).where(SearchDocument.content_id == number)
        ).one()
    assert "Тангенциальный.pdf" in document.text


def test_the_copy_of_ones_data_names_them_and_being_forgotten_keeps_what_others_rely_on(
    app: Flask, cast: Cast, note: int, place: Made, person: Made
) -> None:
    browser = cast.browser(person)
    number = comment(browser, note, files=plan())
    with app.test_request_context():
        said = repr([record.fields for record in export(db.session.get_one(User, person.id))])
    assert "'files': ['План урока.pdf']" in said
    forget = {"current_password": person.password, "sure": "y", "confirm": "y"}
    assert browser.post("/me/data", data=forget).status_code == 303
    page = cast.browser(cast.member(place)).get(f"/contents/{note}/comments").text
    assert "План урока.pdf" in page
    assert person.name not in page
    assert files_of(app, number) == ["План урока.pdf"]


def test_comments_with_files_cost_one_question_more(
    app: Flask, cast: Cast, note: int, person: Made
) -> None:
    browser = cast.browser(person)

    def asked() -> int:
        with app.test_request_context():
            current_viewer()
            with QueryCount(app) as count:
                comments_of([note], Viewer(id=person.id))
        return count.number

    comment(browser, note)
    plain = asked()
    for number in range(5):
        comment(browser, note, files=plan(f"{number}.pdf", PLAN + bytes([number])))
    assert asked() == plain + 1

"""A person's own data in contents and files: handed out whole, and forgotten."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from sqlalchemy import select

from core.access.actors import SYSTEM, Actor, Viewer
from core.contents.attachments import attach, attachments_of
from core.contents.comments import add_comment, edit_comment
from core.contents.drafts import drafts_of, save_draft
from core.contents.models import Comment, Content, Revision
from core.contents.personal import erase, export
from core.contents.reactions import react, reactions_of
from core.files.models import File
from core.files.store import path_of, save_file
from core.people.models import User
from core.platform.db import db, operation
from core.testing.cast import Cast, Made
from tests.core.contents_kit import Notes


@operation
def _attach(actor: Actor, on: int, number: int) -> None:
    attach(db.session.get_one(Content, on), [db.session.get_one(File, number)])


@operation
def _forget(actor: Actor, number: int, fail: bool = False) -> None:
    erase(db.session.get_one(User, number))
    if fail:
        raise ValueError("another room cannot erase")


@pytest.fixture
def person(app: Flask, cast: Cast, notes: Notes) -> Made:
    """Somebody who left something of every kind."""
    community = cast.community()
    person = cast.member(community)
    note = notes.write(community, person, "<p>Моя мысль</p>")
    with app.app_context():
        viewer = Viewer(id=person.id)
        save_draft(viewer, "forum.topic:1", "<p>Недописанное</p>", "Тема")
        react(viewer, db.session.get_one(Content, note), "thanks")
        for name in ("used.txt", "unused.txt"):
            save_file(io.BytesIO(name.encode()), name, person.id)
        used = db.session.scalars(select(File.id).where(File.name == "used.txt")).one()
        _attach(SYSTEM, note, used)
    return person


def test_copy_holds_everything(app: Flask, person: Made) -> None:
    with app.test_request_context():
        records = list(export(db.session.get_one(User, person.id)))
    said = repr([record.fields for record in records])
    for words in ("Моя мысль", "Недописанное", "thanks", "used.txt", "unused.txt"):
        assert words in said


def test_copy_of_others_is_not_in_it(app: Flask, cast: Cast, person: Made) -> None:
    with app.test_request_context():
        records = list(export(db.session.get_one(User, cast.user().id)))
    assert all(not any(record.fields.values()) for record in records)


def test_what_concerns_the_person_alone_is_forgotten(app: Flask, person: Made) -> None:
    with app.app_context():
        unused = db.session.scalars(select(File.sha256).where(File.name == "unused.txt")).one()
        _forget(SYSTEM, person.id)
        assert drafts_of(Viewer(id=person.id)) == []
        note = db.session.scalars(select(Content)).one()
        assert reactions_of([note.id], Viewer())[note.id].counts == {}
        assert [file.name for file in attachments_of([note.id])[note.id]] == ["used.txt"]
        assert list(db.session.scalars(select(File.name))) == ["used.txt"]
        assert not path_of(unused).exists()


def test_erasure_that_fails_elsewhere_forgets_nothing(app: Flask, person: Made) -> None:
    with app.app_context():
        with pytest.raises(ValueError, match="another room"):
            _forget(SYSTEM, person.id, fail=True)
        assert len(drafts_of(Viewer(id=person.id))) == 1
        files = db.session.scalars(select(File)).all()
        assert len(files) == 2
        assert all(path_of(file.sha256).exists() for file in files)


def test_mentions_and_quotes_in_what_others_wrote_name_the_person_no_more(
    app: Flask, cast: Cast, notes: Notes
) -> None:
    community = cast.community()
    person = cast.member(community, surname='Д"Арк & Ко')
    other = cast.member(community)
    note = notes.write(community, other)
    mention = f'<a class="mention" data-person="{person.id}" href="/people/1">Д"Арк</a>'
    quote = '<blockquote data-author="Д&quot;Арк &amp; Ко Анна Петровна"><p>Да</p></blockquote>'
    with app.app_context():
        target = db.session.get_one(Content, note)
        comment = add_comment(SYSTEM, target, f"<p>{mention}, спасибо</p>")
        edit_comment(SYSTEM, comment, f"{quote}<p>Согласна</p>", seen_version=1)
        _forget(SYSTEM, person.id)
        bodies = [
            db.session.scalars(select(Comment.body)).one(),
            db.session.scalars(select(Revision.body)).one(),
        ]
    assert not [body for body in bodies if "Арк" in body or "data-" in body]
    assert "Согласна" in bodies[0]
    assert "спасибо" in bodies[1]

"""What stands in no community is read by its author and by those to whom it was given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from sqlalchemy import Select, select

from core.access.actors import SYSTEM, Actor, Viewer
from core.contents.among import seen_among
from core.contents.models import Content, ContentReader
from core.contents.operations import hide
from core.contents.readers import keep_from, let_read
from core.contract.registry import registry_of
from core.notices.telling import notify
from core.people.erasure import erase
from core.people.export import copy_for
from core.people.models import User
from core.platform.db import db, operation
from core.testing.cast import Cast, Made
from core.testing.count import QueryCount
from tests.core import notices_kit
from tests.core.contents_kit import Notes
from tests.core.notices_kit import PING
from tests.core.search_kit import ask


@operation
def _give(actor: Actor, number: int, people: Sequence[int]) -> None:
    let_read(db.session.get_one(Content, number), people)


@operation
def _take(actor: Actor, number: int, people: Sequence[int]) -> None:
    keep_from(db.session.get_one(Content, number), people)


@operation
def _tell(actor: Actor, number: int, people: Sequence[int]) -> None:
    content = db.session.get_one(Content, number)
    notify(PING, people, content=content, once=f"ping:{number}", by=content.author_id)


@dataclass
class Given:
    """A note in no community with another inside it, given to a reader and not to a stranger."""

    app: Flask
    cast: Cast
    notes: Notes
    author: Made
    reader: Made
    stranger: Made
    administrator: Made
    outer: int
    inner: int

    def seen_by(self, person: Made) -> set[int]:
        with self.app.test_request_context():
            return set(seen_among(Viewer(id=person.id), [self.outer, self.inner]))

    def opens(self, person: Made, number: int) -> int:
        return self.cast.browser(person).get(f"/contents/{number}").status_code

    def take_from(self, person: Made) -> None:
        with self.app.app_context():
            _take(SYSTEM, self.outer, [person.id])


@pytest.fixture
def given(app: Flask, cast: Cast, notes: Notes) -> Given:
    author, reader, stranger = cast.user(), cast.user(), cast.user()
    outer = notes.write(None, author, "<p>Тайный совет</p>")
    inner = notes.write(None, author, "<p>Сокровенное слово</p>")
    notes.inside[inner] = outer
    with app.app_context():
        _give(SYSTEM, outer, [reader.id, author.id, reader.id])
        _give(SYSTEM, outer, [reader.id])
    administrator = cast.user(administrator=True)
    return Given(app, cast, notes, author, reader, stranger, administrator, outer, inner)


def test_what_was_given_is_open_to_these_and_to_no_role(given: Given) -> None:
    both = {given.outer, given.inner}
    assert given.seen_by(given.author) == given.seen_by(given.reader) == both
    assert given.seen_by(given.stranger) == given.seen_by(given.administrator) == set()
    for number in both:
        assert given.opens(given.reader, number) == 302
        assert given.opens(given.stranger, number) == 404
        assert given.opens(given.administrator, number) == 404


def test_what_was_taken_back_is_gone_and_no_news_any_more(given: Given) -> None:
    registry = registry_of(given.app)
    former = registry.core
    notices_kit.install(given.app)
    with given.app.app_context():
        _tell(SYSTEM, given.outer, [given.reader.id])
    browser = given.cast.browser(given.reader)
    assert "pings" in browser.get("/me/notices", headers=notices_kit.EN).text
    given.take_from(given.reader)
    assert given.seen_by(given.reader) == set()
    assert given.opens(given.reader, given.inner) == 404
    assert "pings" not in browser.get("/me/notices?show=unread", headers=notices_kit.EN).text
    registry.core = former


def test_many_are_given_and_taken_back_in_one_statement_each(given: Given) -> None:
    texts = [given.notes.write(None, given.author, f"<p>{n}</p>") for n in range(5)]
    several = select(Content.id).where(Content.id.in_(texts[:4]))

    def open_to(person: Made) -> set[int]:
        with given.app.test_request_context():
            return set(seen_among(Viewer(id=person.id), texts))

    with given.app.app_context(), QueryCount(given.app) as giving:
        _give_many(SYSTEM, several, [given.reader.id, given.stranger.id])
    assert open_to(given.reader) == open_to(given.stranger) == set(texts[:4])
    with given.app.app_context(), QueryCount(given.app) as taking:
        _take_many(SYSTEM, several, [given.reader.id])
    assert open_to(given.reader) == set()
    assert open_to(given.stranger) == set(texts[:4])
    assert (giving.number, taking.number) == (1, 2)


@operation
def _give_many(actor: Actor, contents: Select[int], people: Sequence[int]) -> None:
    let_read(contents, people)


@operation
def _take_many(actor: Actor, contents: Select[int], people: Sequence[int]) -> None:
    keep_from(contents, people)


def test_search_finds_it_for_its_readers_alone(
    given: Given, fill_index: Callable[[], None]
) -> None:
    fill_index()
    url = f"/notes/{given.inner}"

    def found(person: Made) -> bool:
        return ask(given.cast.browser(person), "сокровенное").has(url)

    assert found(given.author)
    assert found(given.reader)
    assert not found(given.stranger)
    assert not found(given.administrator)
    with given.app.app_context():
        hide(SYSTEM, db.session.get_one(Content, given.outer), "правила")
    assert found(given.author)
    assert not found(given.reader)


def test_what_is_hidden_is_seen_by_its_author_alone(given: Given) -> None:
    with given.app.app_context():
        hide(SYSTEM, db.session.get_one(Content, given.inner), "правила")
    assert given.seen_by(given.reader) == {given.outer}
    assert given.seen_by(given.author) == {given.outer, given.inner}


def test_the_copy_names_it_and_who_is_forgotten_reads_nothing(given: Given) -> None:
    with given.app.test_request_context():
        copy = copy_for(Viewer(id=given.reader.id))
        user = db.session.get_one(User, given.reader.id)
        erase(Viewer(id=user.id), user.password_hash)
    with given.app.app_context():
        left = db.session.query(ContentReader).filter_by(user_id=given.reader.id).count()
    assert left == 0
    assert f"/contents/{given.outer}" in str(copy)
    assert "Тайный" not in str(copy)


def test_lines_of_a_kind_that_stands_apart_are_counted_beside_the_bell(
    app: Flask, cast: Cast, given: Given
) -> None:
    registry = registry_of(app)
    former = registry.core
    assert former is not None
    notices_kit.install(app)
    with app.app_context():
        _tell(SYSTEM, given.outer, [given.reader.id])
    browser = cast.browser(given.reader)

    def bell() -> bool:
        page = browser.get("/me/notices", headers=notices_kit.EN).text
        return "bell" in page and "badge badge-accent" in page

    assert bell()
    kinds = tuple(replace(kind, apart=kind.name == PING) for kind in registry.core.notices)  # type: ignore[union-attr]
    registry.core = replace(registry.core, notices=kinds)  # type: ignore[type-var]
    assert not bell()
    registry.core = former

"""The index: made by migrations, filled by the worker, losing nothing and holding up nobody."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from core.access.actors import SYSTEM
from core.admin import condition
from core.communities.models import Community
from core.contents.models import Content
from core.contract.registry import registry_of
from core.people.models import User
from core.platform import migrate
from core.platform.db import Base, db, operation, utcnow
from core.search import indexing
from core.search.changes import search_again
from core.search.indexing import Backlog, ask_for_all, backlog, take_in
from core.search.models import SearchDocument, SearchWaiting
from core.testing.cast import Cast, Made, Turned, _changed
from tests.core.contents_kit import KIND, Notes
from tests.core.installation import Installation
from tests.core.search_kit import ask

Fill = Callable[[], None]


def documents(app: Flask) -> int:
    with app.app_context():
        return db.session.query(SearchDocument).count()


def entries(app: Flask) -> int:
    """What the engine itself holds."""
    with app.app_context(), db.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM search_index").scalar_one())


def waiting(app: Flask) -> int:
    with app.app_context():
        return backlog().waiting


def test_migrations_make_the_tables_of_the_engine_and_remove_them(
    app: Flask, empty_database: sa.Engine
) -> None:
    core = next(owner for owner in migrate.owners(app) if owner.name == "core")
    migrate.upgrade(empty_database, core)
    with empty_database.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM search_index").scalar_one() == 0
        if empty_database.dialect.name == "sqlite":
            triggers = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
            )
            assert [row[0] for row in triggers] == [
                "search_documents_added", "search_documents_changed", "search_documents_removed",
            ]  # fmt: skip
    assert migrate.differences(empty_database, core, Base.metadata) == []
    migrate.downgrade(empty_database, core)
    left = sa.inspect(empty_database).get_table_names()
    assert [name for name in left if name.startswith("search_")] == []


def test_what_was_there_before_the_migration_is_waiting(
    app: Flask, empty_database: sa.Engine
) -> None:
    core = next(owner for owner in migrate.owners(app) if owner.name == "core")
    before = _before_search(core)
    migrate.upgrade(empty_database, core, to=before)
    with empty_database.begin() as connection:
        _insert_person(connection, surname="Старая", given_name="А")
    migrate.upgrade(empty_database, core)
    with Session(empty_database) as session:
        assert [(row.what, row.edited) for row in session.query(SearchWaiting)] == [
            ("person", False)
        ]


def _insert_person(connection: sa.Connection, **values: Any) -> None:
    """A person as the tables were then: the model knows columns that came later."""
    former = sa.Table("users", sa.MetaData(), autoload_with=connection)
    columns = [c for c in sa.inspect(User).local_table.columns if c.name in former.c]
    plain = {c.name: c.default.arg for c in columns if c.default and c.default.is_scalar}
    connection.execute(former.insert(), plain | {"created_at": utcnow()} | values)


def _before_search(owner: migrate.Owner) -> str:
    """The revision that the one of search stands on."""
    source = next(owner.location.glob("*_search.py")).read_text()
    return source.partition('down_revision = "')[2].partition('"')[0]


def test_a_change_waits_in_the_same_transaction_and_is_taken_in_later(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill
) -> None:
    place = cast.community("maths")
    author = cast.member(place)
    fill_index()
    assert waiting(app) == 0
    with app.app_context(), pytest.raises(RuntimeError, match="half way"):
        _fails(SYSTEM, place.id)
    assert waiting(app) == 0
    number = notes.write(place, author)
    assert waiting(app) > 0
    fill_index()
    assert waiting(app) == 0
    with app.app_context():
        row = db.session.query(SearchDocument).filter_by(content_id=number).one()
        assert (row.text, row.text_stems, row.plugin) == ("Слово", "слов", "core")
        assert f"c{place.id}" in row.facts.split()


@operation
def _fails(actor: Any, community_id: int) -> None:
    db.session.get_one(Community, community_id).title = "Иначе"
    db.session.flush()
    raise RuntimeError("half way")


def test_pages_that_change_nothing_leave_nothing_waiting(
    app: Flask, cast: Cast, fill_index: Fill
) -> None:
    browser = cast.browser(cast.member(cast.community("maths")))
    fill_index()
    for page in ("/", "/my", "/c/maths/", "/search?q=урок"):
        browser.get(page)
    browser.post("/preferences", data={"theme": "dark"})
    assert waiting(app) == 0


def test_what_is_deleted_leaves_the_index_with_it(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill
) -> None:
    place = cast.community("maths")
    notes.write(place, cast.member(place))
    fill_index()
    before = documents(app)
    assert entries(app) == before
    with app.app_context():
        _deleted(SYSTEM, place.id)
    assert documents(app) == entries(app) == before - 2


@operation
def _deleted(actor: Any, community_id: int) -> None:
    db.session.execute(sa.delete(Community).where(Community.id == community_id))


def test_a_kill_between_reading_and_storing_loses_nothing(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = cast.community("maths")
    author = cast.member(place)
    fill_index()
    notes.write(place, author, "<p>урок</p>")

    def killed(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, app.app_context():
        patch.setattr(indexing, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            take_in()
    fill_index()
    assert len(ask(cast.browser(author), "урок").urls) == 1


def test_of_two_that_read_at_once_the_later_words_stay(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One process has read the former words when the other takes in the present ones."""
    place = cast.community("maths")
    author = cast.member(place)
    number = notes.write(place, author, "<p>прежнее</p>")
    read = indexing._read

    def slowly(subjects: Any) -> Any:
        answer = read(subjects)
        monkeypatch.setattr(indexing, "_read", read)
        notes.edit(number, "<p>нынешнее</p>", author)
        other = threading.Thread(target=fill_index)
        other.start()
        other.join()
        return answer

    monkeypatch.setattr(indexing, "_read", slowly)
    fill_index()
    browser = cast.browser(author)
    assert ask(browser, "нынешнее").urls == [f"/notes/{number}"]
    assert ask(browser, "прежнее").urls == []


@contextmanager
def troubled(app: Flask, number: int) -> Iterator[None]:
    """A kind of content that cannot tell what one of its contents says."""
    known = registry_of(app)
    former = known.core
    assert former is not None

    def bodies(ids: Any) -> Any:
        if number in ids:
            raise RuntimeError("a plugin failed")
        return dict.fromkeys(ids, "<p>урок</p>")

    kinds = tuple(replace(k, bodies=bodies) if k.kind == KIND else k for k in former.contents)
    known.core = replace(former, contents=kinds)
    yield
    known.core = former


def test_one_that_cannot_be_read_holds_up_nobody_and_is_shown(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill, clock: Turned
) -> None:
    place = cast.community("maths")
    author = cast.member(place)
    bad, good = notes.write(place, author), notes.write(place, author)
    browser = cast.browser(author)
    with troubled(app, bad):
        fill_index()
        assert ask(browser, "урок").urls == [f"/notes/{good}"]
        assert waiting(app) == 1, "it is tried again"
        for _try in range(5):
            clock.turn(timedelta(minutes=10))
            fill_index()
    with app.test_request_context():
        assert backlog() == Backlog(0, None, 1)
        assert _level("Search") == condition.DOUBTFUL
        for _part in ask_for_all():
            pass
    notes.said[bad] = "<p>урок</p>"
    fill_index()
    assert ask(browser, "урок").has(f"/notes/{bad}")
    with app.app_context():
        assert backlog().failed == 0


def _level(about: str) -> str:
    from core.jobs.queries import tally
    from core.platform.i18n import use_locale

    with use_locale("en"):
        return {finding.about: finding.level for finding in condition.findings(tally())}[about]


def test_the_page_of_health_says_when_the_index_is_behind(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill, clock: Turned
) -> None:
    place = cast.community("maths")
    with app.test_request_context():
        assert _level("Search") == condition.GOOD
    clock.turn(timedelta(minutes=5))
    with app.test_request_context():
        assert _level("Search") == condition.DOUBTFUL
    fill_index()
    with app.test_request_context():
        assert _level("Search") == condition.GOOD
    assert place.id


def test_statements_that_change_many_rows_say_so(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill
) -> None:
    place = cast.community("maths")
    number = notes.write(place, cast.member(place))
    fill_index()
    with app.app_context():
        _changed_at_once(SYSTEM, [number])
        assert backlog().waiting == 1


@operation
def _changed_at_once(actor: Any, ids: list[int]) -> None:
    db.session.execute(sa.update(Content).where(Content.id.in_(ids)).values(edited_at=utcnow()))
    search_again(ids)


def test_reading_everything_anew_heals_whatever_was_lost(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill
) -> None:
    places = [cast.community(slug) for slug in ("one", "two")]
    members = [cast.member(place) for place in places]
    numbers = [notes.write(p, m, "<p>урок</p>") for p, m in zip(places, members, strict=True)]
    fill_index()
    everything = documents(app)
    with app.app_context():
        _lost(SYSTEM)
        one = db.session.get_one(Community, places[0].id)
        assert sum(ask_for_all(one)) > 0
    fill_index()
    assert ask(cast.browser(members[0]), "урок").urls == [f"/notes/{numbers[0]}"]
    assert ask(cast.browser(members[1]), "урок").urls == []
    with app.app_context():
        assert sum(ask_for_all()) == everything
    fill_index()
    assert documents(app) == entries(app) == everything
    assert ask(cast.browser(members[1]), "урок").urls == [f"/notes/{numbers[1]}"]


@operation
def _lost(actor: Any) -> None:
    db.session.execute(sa.delete(SearchDocument))


def test_snippets_stay_while_everything_is_read_anew(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill
) -> None:
    place = cast.community("maths")
    author = cast.member(place)
    notes.write(place, author, "<p>урок</p>")
    fill_index()
    with app.app_context():
        assert sum(ask_for_all()) > 0
    assert ask(cast.browser(author), "урок").snippets == ["<mark>урок</mark>"]


def test_writers_do_not_wait_while_texts_are_read(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = cast.community("maths")
    author = cast.member(place)
    notes.write(place, author)
    read = indexing._read
    written: list[int] = []

    def watched(subjects: Any) -> Any:
        answer = read(subjects)
        if not written:
            thread = threading.Thread(target=lambda: written.append(notes.write(place, author)))
            thread.start()
            thread.join(10)
            assert not thread.is_alive(), "somebody who writes waits for the index"
        return answer

    monkeypatch.setattr(indexing, "_read", watched)
    fill_index()
    assert len(ask(cast.browser(author), "слово").urls) == 2


def test_very_long_texts_are_taken_in(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill
) -> None:
    place = cast.community("maths")
    author = cast.member(place)
    words = " ".join(f"слово{n}" for n in range(20_000))
    number = notes.write(place, author, f"<p>начало {'а' * 5_000} {words} урок урок</p>")
    many = notes.write(place, author, f"<p>{'урок ' * 20_000}</p>")
    fill_index()
    browser = cast.browser(author)
    assert ask(browser, "начало").urls == [f"/notes/{number}"]
    assert ask(browser, '"урок урок"').urls == [f"/notes/{many}"]


def test_the_command_reads_everything_anew(installation: Installation) -> None:
    done = installation.run("reindex")
    assert done.returncode == 0, done.stderr
    assert "up to date" in done.stdout
    unknown = installation.run("reindex", "--community", "nowhere")
    assert unknown.returncode == 1
    assert "nowhere" in unknown.stderr
    assert "Search is up to date." in installation.run("check").stdout


def test_a_person_without_words(app: Flask, cast: Cast, fill_index: Fill) -> None:
    """Whoever has an empty profile still is found by their name."""
    person: Made = cast.user("Безмолвная", patronymic="")
    fill_index()
    assert ask(cast.browser(person), "безмолвная").urls == [f"/people/{person.id}"]
    with app.app_context():
        _changed(SYSTEM, User, person.id, {"surname": "Говорящая"})
    fill_index()
    assert ask(cast.browser(person), "безмолвная").urls == []

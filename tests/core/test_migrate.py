"""Migrations on real databases: nothing is lost, nothing is left half done."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from core.errors import SetupError
from core.platform import sqlite
from core.platform.db import init_db
from core.platform.migrate import (
    Owner,
    core_owner,
    differences,
    downgrade,
    make_revision,
    owners,
    pending,
    plugin_owner,
    upgrade,
    upgrade_all,
)

INITIAL = """
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "polls_questions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("words", sa.Text(), nullable=False),
    )
    op.create_table(
        "polls_votes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "question_id",
            sa.Integer(),
            sa.ForeignKey("polls_questions.id", ondelete="CASCADE", name="fk_votes_question"),
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.drop_table("polls_votes")
    op.drop_table("polls_questions")
"""

SECOND = """
import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    {}


def downgrade() -> None:
    pass
"""

RENAME = """with op.batch_alter_table("polls_questions") as table:
        table.alter_column("words", new_column_name="text")"""
FAIL = (
    RENAME
    + """
    op.execute("UPDATE polls_questions SET text = 'changed'")
    op.create_table("polls_extra", sa.Column("id", sa.Integer(), primary_key=True))
    raise RuntimeError("half way")"""
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/site.db"
        return
    with request.getfixturevalue("postgres").database() as address:
        yield address


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def polls(tmp_path: Path) -> Owner:
    """A plugin with two tables, one pointing to the other."""
    return owner_with(tmp_path, "polls", INITIAL)


def owner_with(folder: Path, name: str, *sources: str, requires: tuple[str, ...] = ()) -> Owner:
    owner = plugin_owner(name, folder / name / "migrations", requires)
    owner.location.mkdir(parents=True)
    for number, source in enumerate(sources, start=1):
        add(owner, source, number)
    return owner


def add(owner: Owner, source: str, number: int = 2) -> None:
    (owner.location / f"{number:04}_step.py").write_text(source.replace("polls", owner.name))


def rows(engine: sa.Engine, statement: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.exec_driver_sql(statement).scalars())


def write(engine: sa.Engine, *statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def tables(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names())


def columns(engine: sa.Engine, table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(engine).get_columns(table)}


def fill(engine: sa.Engine) -> None:
    write(
        engine,
        "INSERT INTO polls_questions (id, words) VALUES (1, 'What next?')",
        "INSERT INTO polls_votes (id, question_id) VALUES (7, 1)",
    )


def test_renaming_a_column_deletes_no_rows_that_point_to_the_table(
    engine: sa.Engine, polls: Owner
) -> None:
    upgrade(engine, polls)
    fill(engine)
    add(polls, SECOND.format(RENAME))
    upgrade(engine, polls)
    assert rows(engine, "SELECT text FROM polls_questions") == ["What next?"]
    assert rows(engine, "SELECT id FROM polls_votes") == [7]


def test_foreign_keys_are_on_again_after_a_migration(tmp_path: Path, polls: Owner) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/site.db")
    upgrade(engine, polls)
    fill(engine)
    write(engine, "DELETE FROM polls_questions")
    assert rows(engine, "SELECT id FROM polls_votes") == []
    add(polls, SECOND.format(FAIL))
    with pytest.raises(RuntimeError):
        upgrade(engine, polls)
    with pytest.raises(sa.exc.IntegrityError):
        write(engine, "INSERT INTO polls_votes (id, question_id) VALUES (8, 5)")
    engine.dispose()


def test_a_failing_migration_leaves_everything_as_it_was(engine: sa.Engine, polls: Owner) -> None:
    upgrade(engine, polls)
    fill(engine)
    add(polls, SECOND.format(FAIL))
    with pytest.raises(RuntimeError, match="half way"):
        upgrade(engine, polls)
    assert columns(engine, "polls_questions") == {"id", "words"}
    assert rows(engine, "SELECT words FROM polls_questions") == ["What next?"]
    assert rows(engine, "SELECT id FROM polls_votes") == [7]
    assert rows(engine, "SELECT version_num FROM alembic_version_polls") == ["0001"]
    assert tables(engine) == {"polls_questions", "polls_votes", "alembic_version_polls"}


def test_a_first_migration_that_fails_leaves_nothing(engine: sa.Engine, tmp_path: Path) -> None:
    broken = INITIAL.replace('op.create_table(\n        "polls_votes"', 'op.nonsense(\n        "x"')
    with pytest.raises(AttributeError):
        upgrade(engine, owner_with(tmp_path, "polls", broken))
    assert tables(engine) == set()


def test_rows_that_would_point_nowhere_stop_a_migration(tmp_path: Path, polls: Owner) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path}/site.db")
    upgrade(engine, polls)
    fill(engine)
    add(polls, SECOND.format('op.execute("DELETE FROM polls_questions")'))
    with pytest.raises(SetupError, match="polls_votes"):
        upgrade(engine, polls)
    assert rows(engine, "SELECT id FROM polls_questions") == [1]
    engine.dispose()


def test_downgrade_leaves_nothing_of_the_owner(
    engine: sa.Engine, polls: Owner, tmp_path: Path
) -> None:
    upgrade(engine, polls)
    upgrade(engine, owner_with(tmp_path, "quiz", INITIAL))
    downgrade(engine, polls)
    assert tables(engine) == {"quiz_questions", "quiz_votes", "alembic_version_quiz"}
    downgrade(engine, polls)
    assert tables(engine) == {"quiz_questions", "quiz_votes", "alembic_version_quiz"}


def test_downgrade_by_one_step(engine: sa.Engine, polls: Owner) -> None:
    add(polls, SECOND.format("pass"))
    upgrade(engine, polls)
    downgrade(engine, polls, to="0001")
    assert rows(engine, "SELECT version_num FROM alembic_version_polls") == ["0001"]


def test_a_database_of_a_newer_version_is_refused_with_a_sentence(
    engine: sa.Engine, polls: Owner
) -> None:
    upgrade(engine, polls)
    write(engine, "UPDATE alembic_version_polls SET version_num = '0099'")
    with pytest.raises(SetupError, match="polls"):
        upgrade(engine, polls)


def test_processes_that_start_together_migrate_once(url: str, polls: Owner) -> None:
    add(polls, SECOND.format("""op.execute("INSERT INTO polls_questions VALUES (1, 'once')")"""))
    start = threading.Barrier(5)
    errors: list[Exception] = []

    def one_process() -> None:
        engine = sa.create_engine(url)
        try:
            start.wait()
            upgrade(engine, polls)
        except Exception as error:
            errors.append(error)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=one_process) for _number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    engine = sa.create_engine(url)
    assert rows(engine, "SELECT id FROM polls_questions") == [1]
    engine.dispose()


def test_who_starts_during_a_long_migration_waits_for_its_end(
    url: str, polls: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = sa.create_engine(url)
    upgrade(engine, polls)
    add(polls, SECOND.format("__import__('time').sleep(0.6)"))
    monkeypatch.setattr(sqlite, "PATIENCE", 0.05)
    errors: list[Exception] = []

    def one_process() -> None:
        try:
            upgrade(engine, polls)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=one_process) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert errors == []


def models(**more: Any) -> sa.MetaData:
    """What the models of polls, and of others, say."""
    naming = {"fk": "fk_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
    metadata = sa.MetaData(naming_convention=naming)
    sa.Table(
        "polls_questions",
        metadata,
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("words", sa.Text, nullable=False),
        *(sa.Column(name, kind) for name, kind in more.items()),
    )
    sa.Table("people", metadata, sa.Column("id", sa.Integer, primary_key=True))
    return metadata


def test_a_revision_holds_the_tables_of_its_owner_alone(engine: sa.Engine, tmp_path: Path) -> None:
    owner = owner_with(tmp_path, "polls")
    path = make_revision(engine, owner, "Initial!", models())
    assert path == owner.location / "0001_initial.py"
    assert "people" not in path.read_text()
    upgrade(engine, owner)
    assert tables(engine) == {"polls_questions", "alembic_version_polls"}
    assert differences(engine, owner, models()) == []
    assert make_revision(engine, owner, "Nothing to do", models()) is None


def test_a_revision_brings_the_database_to_the_models_and_back(
    engine: sa.Engine, tmp_path: Path
) -> None:
    owner = owner_with(tmp_path, "polls")
    make_revision(engine, owner, "initial", models())
    upgrade(engine, owner)
    later = models(closes_at=sa.DateTime(timezone=True))
    assert [change[0] for change in differences(engine, owner, later)] == ["add_column"]
    path = make_revision(engine, owner, "Closing dates", later)
    assert path == owner.location / "0002_closing_dates.py"
    upgrade(engine, owner)
    assert differences(engine, owner, later) == []
    downgrade(engine, owner, to="0001")
    assert differences(engine, owner, models()) == []
    downgrade(engine, owner)
    assert tables(engine) == set()


def test_a_revision_waits_for_those_before_it(engine: sa.Engine, polls: Owner) -> None:
    with pytest.raises(SetupError, match="polls"):
        make_revision(engine, polls, "Too early", models())


def test_types_of_our_own_are_written_as_what_they_are(engine: sa.Engine, tmp_path: Path) -> None:
    from core.platform.db import Moment

    owner = owner_with(tmp_path, "polls")
    path = make_revision(engine, owner, "initial", models(asked_at=Moment()))
    assert path is not None
    source = path.read_text()
    assert "sa.DateTime(timezone=True)" in source
    assert "Moment" not in source
    upgrade(engine, owner)
    assert differences(engine, owner, models(asked_at=Moment())) == []


def test_what_a_removed_plugin_left_is_not_cores(engine: sa.Engine, polls: Owner) -> None:
    upgrade(engine, polls)
    assert differences(engine, core_owner(), sa.MetaData()) == []


def site(url: str, **plugins: Owner) -> Flask:
    """An application with these plugins on a database."""
    app = Flask(__name__)
    init_db(app, url)
    installed = {
        name: SimpleNamespace(
            folder=owner.location.parent, manifest=SimpleNamespace(requires=owner.requires)
        )
        for name, owner in plugins.items()
    }
    app.extensions["sreda-plugins"] = SimpleNamespace(installed=installed)
    return app


def test_owners_come_in_the_order_of_what_they_require(tmp_path: Path) -> None:
    votes = owner_with(tmp_path, "votes", INITIAL, requires=("polls",))
    polls = owner_with(tmp_path, "polls", INITIAL, requires=("quiz",))
    quiz = owner_with(tmp_path, "quiz", INITIAL)
    app = site(f"sqlite:///{tmp_path}/site.db", votes=votes, polls=polls, quiz=quiz)
    assert [owner.name for owner in owners(app)] == ["core", "quiz", "polls", "votes"]


def test_core_owns_what_no_plugin_owns(tmp_path: Path, polls: Owner) -> None:
    core, plugin = owners(site(f"sqlite:///{tmp_path}/site.db", polls=polls))
    assert [core.owns("polls_votes"), core.owns("people")] == [False, True]
    assert [plugin.owns("polls_votes"), plugin.owns("people")] == [True, False]


def test_upgrading_everything_leaves_nothing_pending(url: str, polls: Owner) -> None:
    app = site(url, polls=polls)
    assert "polls" in pending(app)
    upgrade_all(app)
    assert pending(app) == []
    close(app)


def test_a_plugin_that_fails_holds_up_only_those_that_require_it(
    url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = INITIAL.replace("op.create_table", "op.nonsense")
    app = site(
        url,
        after=owner_with(tmp_path, "after", INITIAL, requires=("broken",)),
        broken=owner_with(tmp_path, "broken", broken),
        sound=owner_with(tmp_path, "sound", INITIAL),
    )
    with pytest.raises(SetupError, match=r"broken could not .* after waits for broken"):
        upgrade_all(app)
    assert pending(app) == ["broken", "after"]
    assert "the migrations of broken failed" in caplog.text
    close(app)


def test_an_sqlite_database_is_copied_before_it_changes(tmp_path: Path, polls: Owner) -> None:
    app = site(f"sqlite:///{tmp_path}/site.db", polls=polls)
    upgrade_all(app)
    assert copies(tmp_path) == []
    upgrade_all(app)
    assert copies(tmp_path) == []
    engine = sa.create_engine(f"sqlite:///{tmp_path}/site.db")
    fill(engine)
    add(polls, SECOND.format(RENAME))
    upgrade_all(app)
    [copy] = copies(tmp_path)
    kept = sa.create_engine(f"sqlite:///{copy}")
    assert rows(kept, "SELECT words FROM polls_questions") == ["What next?"]
    for each in (engine, kept):
        each.dispose()
    close(app)


def test_only_the_last_few_copies_are_kept(tmp_path: Path, polls: Owner) -> None:
    app = site(f"sqlite:///{tmp_path}/site.db", polls=polls)
    upgrade_all(app)
    for number in range(2, 8):
        step = SECOND.format("pass").replace('"0001"', f'"{number - 1:04}"', 1)
        add(polls, re.sub('revision = "0002"', f'revision = "{number:04}"', step, count=1), number)
        upgrade_all(app)
    assert len(copies(tmp_path)) == 3
    close(app)


def copies(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.backup"))


def close(app: Flask) -> None:
    from core.platform.db import db

    with app.app_context():
        db.engine.dispose()


TRESPASSES = {
    "changes a table": 'op.add_column("others_things", sa.Column("x", sa.Integer()))',
    "rebuilds a table": 'with op.batch_alter_table("others_things") as t:\n'
    '        t.alter_column("words", new_column_name="text")',
    "drops a table": 'op.drop_table("others_things")',
    "makes a table": 'op.create_table("others_more", sa.Column("id", sa.Integer()))',
    "makes an index": 'op.create_index("ix_words", "others_things", ["words"])',
    "writes rows": "op.execute(\"INSERT INTO others_things VALUES (2, 'two')\")",
    "changes rows": "op.execute(\"UPDATE others_things SET words = 'none'\")",
    "deletes rows": 'op.execute("DELETE FROM others_things")',
}


@pytest.mark.parametrize("way", TRESPASSES)
def test_migrations_that_touch_tables_of_others_are_refused_and_undone(
    way: str, engine: sa.Engine, tmp_path: Path, polls: Owner
) -> None:
    write(
        engine,
        "CREATE TABLE others_things (id INTEGER PRIMARY KEY, words TEXT)",
        "INSERT INTO others_things VALUES (1, 'one')",
    )
    upgrade(engine, polls)
    add(polls, SECOND.format(TRESPASSES[way]))
    with pytest.raises(SetupError, match=r"touch the table others_(things|more)"):
        upgrade(engine, polls)
    assert rows(engine, "SELECT words FROM others_things") == ["one"]
    assert columns(engine, "others_things") == {"id", "words"}
    assert sa.inspect(engine).get_indexes("others_things") == []
    assert "others_more" not in tables(engine)
    assert rows(engine, "SELECT version_num FROM alembic_version_polls") == ["0001"]


def test_a_migration_may_point_to_tables_of_others(
    engine: sa.Engine, tmp_path: Path, polls: Owner
) -> None:
    write(engine, "CREATE TABLE others_things (id INTEGER PRIMARY KEY)")
    upgrade(engine, polls)
    add(
        polls,
        SECOND.format(
            'op.create_table("polls_marks", sa.Column("id", sa.Integer(), '
            'sa.ForeignKey("others_things.id", ondelete="CASCADE"), primary_key=True))'
        ),
    )
    upgrade(engine, polls)
    assert "polls_marks" in tables(engine)

"""Changes of the database's shape: each owner (core, every plugin) has its own, with its own table
of versions, so that a plugin that is missing or broken can never hold up core.

A migration is a file ``<owner>/migrations/0001_initial.py`` with ``upgrade()`` and ``downgrade()``;
there is no ``alembic.ini`` and no ``env.py``. All that an owner still lacks is done in one
transaction, on SQLite too: it happens wholly or not at all.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Flask
from sqlalchemy import Connection, Engine, MetaData, func, inspect, select
from sqlalchemy.types import TypeDecorator

from core.errors import SetupError
from core.platform.backup import keep_copy
from core.platform.db import Base, db
from core.platform.fences import within
from core.platform.versions import behind, scripts_of

CORE = "core"
VERSIONS = "alembic_version_"
# Tables that only one of the two databases has, and that no model therefore describes: what the
# engines of search keep (see core/search/engines.py). Their migration is tested where they are.
UNMODELLED = ("search_index", "search_titles")
# Any number will do, as long as nothing else in the database locks by it.
LOCK = 7_342_001_985
# A migration of much data takes its time. Whoever starts meanwhile waits for it: PostgreSQL's lock
# as long as it takes, SQLite's for so many seconds.
PATIENCE = 3_600.0

TEMPLATE = '''\
"""{message}"""

{imports}

revision = "{revision}"
down_revision = {down_revision}


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
'''

log = logging.getLogger("sreda.migrations")


@dataclass(frozen=True)
class Owner:
    """Whose tables are changed: where the migrations lie and which tables are meant."""

    name: str
    location: Path
    owns: Callable[[str], bool]
    requires: tuple[str, ...] = ()

    @property
    def version_table(self) -> str:
        return f"{VERSIONS}{self.name}"


class _Manifest(Protocol):
    @property
    def requires(self) -> Sequence[str]: ...


class _Plugin(Protocol):
    """What is asked of a mounted plugin here; the contract knows the rest."""

    @property
    def folder(self) -> Path: ...
    @property
    def manifest(self) -> _Manifest: ...


def core_owner(plugins: Iterable[str] = ()) -> Owner:
    """Core owns every table that belongs to none of the plugins."""
    prefixes = tuple(f"{name}_" for name in plugins)
    location = Path(__file__).parent.parent / "migrations"
    return Owner(CORE, location, lambda table: not table.startswith(prefixes))


def plugin_owner(name: str, location: Path, requires: Iterable[str] = ()) -> Owner:
    """A plugin owns the tables that begin with its name."""
    return Owner(name, location, lambda table: table.startswith(f"{name}_"), tuple(requires))


def owners(app: Flask) -> list[Owner]:
    """Everybody with migrations here: core, then the plugins, the required ones before others."""
    plugins: Mapping[str, _Plugin] = app.extensions["sreda-plugins"].installed
    ordered: list[str] = []

    def put(name: str) -> None:
        if name in plugins and name not in ordered:
            for required in plugins[name].manifest.requires:
                put(required)
            ordered.append(name)

    for name in plugins:
        put(name)
    all_plugins = (
        plugin_owner(name, plugins[name].folder / "migrations", plugins[name].manifest.requires)
        for name in ordered
    )
    return [core_owner(plugins), *(owner for owner in all_plugins if owner.location.is_dir())]


def pending(app: Flask) -> list[str]:
    """The names of the owners whose tables are not in the shape that the program expects."""
    with app.app_context(), db.engine.connect() as connection:
        return behind(connection, owners(app))


class UpgradeFailed(SetupError):
    """Some plugins could not be upgraded; ``reasons`` has a sentence for each."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__(" ".join(reasons.values()))
        self.reasons = reasons


def upgrade_all(app: Flask, say: Callable[[str], None] = log.info) -> None:
    """Bring the database up to date: core, then every plugin; keep a copy of it first.

    A plugin that fails stays as it was and holds up only those that require it. Raises
    UpgradeFailed with a sentence for each that failed, when everything else is done.
    """
    with app.app_context():
        engine = db.engine
        everybody = owners(app)
        with engine.connect() as connection:
            late = behind(connection, everybody)
        if late and (copied := keep_copy(engine)):
            say(copied)
        failed: dict[str, str] = {}
        for owner in everybody:
            if owner.name in late:
                _upgrade_or_note(engine, owner, failed)
        if failed:
            raise UpgradeFailed(failed)


def _upgrade_or_note(engine: Engine, owner: Owner, failed: dict[str, str]) -> None:
    missing = [name for name in owner.requires if name in failed]
    if missing:
        failed[owner.name] = f"{owner.name} waits for {', '.join(missing)}."
        return
    try:
        upgrade(engine, owner)
    except Exception as error:
        if owner.name == CORE:
            raise
        log.exception("the migrations of %s failed", owner.name)
        reason = str(error).partition("\n")[0].rstrip(".")
        failed[owner.name] = f"{owner.name} could not be upgraded: {reason}."


def upgrade(engine: Engine, owner: Owner, to: str = "head") -> None:
    """Apply the migrations that an owner still lacks, in one transaction.

    Several processes may try at once: one works, the others find nothing left to do.
    """

    def steps(scripts: ScriptDirectory, current: Any) -> Any:
        return scripts._upgrade_revs(to, current)

    _run(engine, owner, steps)


def downgrade(engine: Engine, owner: Owner, to: str = "base") -> None:
    """Take migrations back; at ``base`` nothing of the owner is left, not even its versions."""

    def steps(scripts: ScriptDirectory, current: Any) -> Any:
        return scripts._downgrade_revs(to, current) if current else []

    _run(engine, owner, steps, forget=to == "base")


def drop_tables(engine: Engine, names: Collection[str]) -> None:
    """Remove tables by their names, those that point to others of them first."""
    with _alone(engine) as connection:
        there = MetaData()
        there.reflect(connection, only=lambda name, _metadata: name in names)
        for table in reversed(there.sorted_tables):
            if table.name in names:
                table.drop(connection)


def _run(
    engine: Engine,
    owner: Owner,
    steps: Callable[[ScriptDirectory, Any], Any],
    *,
    forget: bool = False,
) -> None:
    scripts = scripts_of(owner)
    with _alone(engine) as connection:
        context = _context(
            connection,
            owner,
            script=scripts,
            fn=lambda current, _context: steps(scripts, current),
            transactional_ddl=True,
        )
        try:
            with Operations.context(context), _fence(connection, owner):
                context.run_migrations()
        except CommandError as error:
            raise SetupError(f"The migrations of {owner.name} do not fit: {error}") from error
        if forget:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {owner.version_table}")


def _fence(connection: Connection, owner: Owner) -> AbstractContextManager[None]:
    """Core may change whatever there is, a plugin only its own."""
    if owner.name == CORE:
        return nullcontext()
    versions = owner.version_table
    return within(connection, owner.name, lambda table: table == versions or owner.owns(table))


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction in which nobody else migrates.

    On SQLite, changing a column means a new table in place of the old one; with foreign keys on,
    the rows that point to the old one ON DELETE CASCADE would vanish with it without a word.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            with _without_foreign_keys(connection), connection.begin():
                yield connection
                _refuse_orphans(connection)
            return
        with connection.begin():
            connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
            yield connection


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """SQLite ignores this switch inside a transaction, so it is turned on the bare connection."""
    connection.execution_options(sreda_write=True, sreda_patience=PATIENCE)
    bare: Any = connection.connection.dbapi_connection
    bare.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        bare.execute("PRAGMA foreign_keys=ON")


def _refuse_orphans(connection: Connection) -> None:
    orphans = {str(row[0]) for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
    if orphans:
        raise SetupError(f"Rows would be left that point nowhere, in: {', '.join(sorted(orphans))}")


def differences(engine: Engine, owner: Owner, metadata: MetaData = Base.metadata) -> list[Any]:
    """What the models of an owner have and its migrations lack, or the reverse: none, one hopes."""
    with engine.connect() as connection:
        found: list[Any] = compare_metadata(_compared(connection, owner, metadata), metadata)
        return found


def make_revision(
    engine: Engine, owner: Owner, message: str, metadata: MetaData = Base.metadata
) -> Path | None:
    """Write the migration that brings an up-to-date database to what the models say now.

    Returns its path, or None when there is nothing to change. Read it before committing it.
    """
    with engine.connect() as connection:
        if behind(connection, [owner]):
            raise SetupError(f"The database is behind in: {owner.name}. Run: sreda upgrade")
        context = _compared(connection, owner, metadata)
        changes = produce_migrations(context, metadata)
        if changes.upgrade_ops is None or changes.upgrade_ops.is_empty():
            return None
        code = {"upgrade": changes.upgrade_ops, "downgrade": changes.downgrade_ops}
        rendered = {
            name: render_python_code(
                operations, render_as_batch=True, render_item=_plain_type, migration_context=context
            )
            for name, operations in code.items()
            if operations is not None
        }
    return _write_revision(owner, message, rendered)


def _write_revision(owner: Owner, message: str, code: dict[str, str]) -> Path:
    owner.location.mkdir(exist_ok=True)
    former = scripts_of(owner).get_current_head()
    revision = f"{int(former or 0) + 1:04}"
    slug = re.sub(r"\W+", "_", message.lower()).strip("_")[:40]
    imports = ["import sqlalchemy as sa", "from alembic import op"]
    if "postgresql." in "".join(code.values()):
        imports.append("from sqlalchemy.dialects import postgresql")
    path = owner.location / f"{revision}_{slug}.py"
    path.write_text(
        TEMPLATE.format(
            message=message,
            imports="\n".join(imports),
            revision=revision,
            down_revision=f'"{former}"' if former else None,
            **{name: _indented(body) for name, body in code.items()},
        ),
        encoding="utf-8",
    )
    return path


def _indented(body: str) -> str:
    lines = (line for line in body.splitlines() if not line.lstrip().startswith("# ###"))
    return "\n".join(f"    {line.removeprefix('    ')}".rstrip() for line in lines)


def _plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Types of our own are written as what they are in the database: migrations outlive code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def _context(connection: Connection, owner: Owner, **options: Any) -> MigrationContext:
    options["version_table"] = owner.version_table
    return MigrationContext.configure(connection, opts=options)


def _compared(connection: Connection, owner: Owner, metadata: MetaData) -> MigrationContext:
    """A context in which only the owner's tables are looked at, in the database and the models.

    What was left by plugins that are no longer installed is nobody's, told by its versions.
    """
    names = inspect(connection).get_table_names()
    left = {name.removeprefix(VERSIONS) for name in names if name.startswith(VERSIONS)}
    strange = tuple(f"{name}_" for name in left - {owner.name})

    def is_mine(table: str) -> bool:
        return owner.owns(table) and not table.startswith((VERSIONS, *UNMODELLED, *strange))

    def by_name(name: str | None, kind: str, _parents: Any) -> bool:
        return kind != "table" or is_mine(name or "")

    def by_object(_item: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        return kind != "table" or is_mine(name or "")

    return _context(
        connection,
        owner,
        target_metadata=metadata,
        include_name=by_name,
        include_object=by_object,
        render_as_batch=True,
        compare_type=True,
    )

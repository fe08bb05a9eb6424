"""At which version the tables of each owner stand, and which migrations there are for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Select, column, inspect, literal, select, table, union_all

if TYPE_CHECKING:
    from core.platform.migrate import Owner


def behind(connection: Connection, everybody: Iterable[Owner]) -> list[str]:
    """The names of the owners whose tables are not at their newest migration."""
    owners = list(everybody)
    heads = _heads(connection, owners)
    return [o.name for o in owners if heads[o.name] != set(scripts_of(o).get_heads())]


def _heads(connection: Connection, owners: Sequence[Owner]) -> dict[str, set[str]]:
    """Where each owner's tables stand; two questions, however many owners there are."""
    present = set(inspect(connection).get_table_names())
    heads: dict[str, set[str]] = {owner.name: set() for owner in owners}
    asked: list[Select[*tuple[Any, ...]]] = [
        select(literal(o.name), column("version_num")).select_from(table(o.version_table))
        for o in owners
        if o.version_table in present
    ]
    for name, version in connection.execute(union_all(*asked)) if asked else ():
        heads[name].add(version)
    return heads


def scripts_of(owner: Owner) -> ScriptDirectory:
    """The migrations that an owner brings."""
    files = sorted(owner.location.glob("*.py")) if owner.location.is_dir() else []
    return _loaded(owner.location, tuple((file.name, file.stat().st_mtime_ns) for file in files))


@lru_cache(maxsize=100)
def _loaded(location: Path, _files: tuple[tuple[str, int], ...]) -> ScriptDirectory:
    """The migrations of a folder, read anew when its files have changed."""
    return ScriptDirectory(str(location.parent), version_locations=[str(location)])

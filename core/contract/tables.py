"""The models that a plugin brings with its import: its own tables, and nothing of anybody else's.

All models share one registry, and SQLAlchemy gives the whole of it up over one relationship that
leads nowhere. So a plugin's models are configured alone, and forgotten when something is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Mapper, configure_mappers

from core.errors import SetupError
from core.platform.db import Base


@dataclass(frozen=True)
class Models:
    """The models that there are at a moment, with the columns and attributes of each."""

    columns: Mapping[str, frozenset[str]]
    attributes: Mapping[Mapper[Any], frozenset[str]]

    @classmethod
    def known(cls) -> Models:
        configure_mappers()
        return cls(
            {table.name: frozenset(table.columns.keys()) for table in tables()},
            {mapper: frozenset(mapper.attrs.keys()) for mapper in mappers()},
        )

    def check(self, plugin: str) -> None:
        """Raise SetupError unless everything that came since belongs to the plugin alone."""
        for table in tables():
            before = self.columns.get(table.name)
            if before is None and not table.name.startswith(f"{plugin}_"):
                raise SetupError(f"its table {table.name!r} does not begin with {plugin}_")
            if before is not None and frozenset(table.columns.keys()) != before:
                raise SetupError(f"it changes the table {table.name!r}, which is not its own")
        for mapper in mappers():
            added = frozenset(mapper.attrs.keys()) - self.attributes.get(mapper, frozenset())
            name = mapper.class_.__name__
            if mapper not in self.attributes and not _is_on(mapper, f"{plugin}_"):
                raise SetupError(f"its model {name} stands on a table that is not its own")
            if mapper in self.attributes and added:
                raise SetupError(f"it adds {min(added)!r} to {name}, which is not its own")

    def restore(self) -> None:
        """Forget what came since. SQLAlchemy can do it for a whole registry only; these are the
        steps that it takes for each class there."""
        for manager in list(Base.registry._managers):
            if not manager.is_mapped or manager.mapper not in self.attributes:
                Base.registry._managers.pop(manager)
                Base.registry._dispose_manager_and_mapper(manager)
        for mapper in mappers():
            for added in frozenset(mapper._props) - self.attributes[mapper]:
                mapper._props.pop(added)
                mapper.class_manager.pop(added, None)
                type.__delattr__(mapper.class_, added)
        for table in tables():
            if table.name not in self.columns:
                Base.metadata.remove(table)
                continue
            for added in frozenset(table.columns.keys()) - self.columns[table.name]:
                table._columns.remove(table.columns[added])


def mappers() -> list[Mapper[Any]]:
    """All models, but for a class whose making failed half-way."""
    return [manager.mapper for manager in list(Base.registry._managers) if manager.is_mapped]


def tables() -> list[Table]:
    """All tables of all models."""
    return list(Base.metadata.tables.values())


def _is_on(mapper: Mapper[Any], prefix: str) -> bool:
    return str(getattr(mapper.local_table, "name", "")).startswith(prefix)


@contextmanager
def only_own_tables(plugin: str) -> Iterator[None]:
    """While a plugin is imported: raises SetupError, and forgets its models, when they reach into
    those of others or cannot be used."""
    known = Models.known()
    try:
        yield
        configure_mappers()
        known.check(plugin)
    except BaseException:
        known.restore()
        raise

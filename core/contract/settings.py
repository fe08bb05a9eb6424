"""What a school sets about a plugin: for the whole site, and where the plugin says so, anew for a
community."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from flask import g
from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column
from wtforms import (
    BooleanField,
    Field,
    FloatField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
)

from core.contract.registry import registry
from core.platform.db import Base, rows
from core.platform.forms import Form

# Kinds of fields whose values can be stored as they are.
KEPT = (StringField, IntegerField, FloatField, BooleanField, SelectField, SelectMultipleField)
OF_SITE = "community_id IS NULL"


class PluginSettings(Base):
    """What was set about a plugin, for a community or (None) for the site. A field that nobody has
    set is not among the ``values``."""

    __tablename__ = "plugin_settings"
    __table_args__ = (
        UniqueConstraint("plugin", "community_id"),
        Index(
            "ix_plugin_settings_site", "plugin", unique=True,
            sqlite_where=text(OF_SITE), postgresql_where=text(OF_SITE),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    plugin: Mapped[str]
    community_id: Mapped[int | None] = mapped_column(
        ForeignKey("communities.id", ondelete="CASCADE"), index=True
    )
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


def settings_of(plugin: str, community_id: int | None = None) -> Mapping[str, Any]:
    """What holds for a plugin here: as the community has set it, else the site, else the form.

    One query for all plugins, kept for the request. Raises LookupError for a plugin that is not
    installed or has no settings.
    """
    form: Any = form_of(plugin)
    stored = _stored(community_id)
    found = dict(defaults_of(form))
    for of in (None, community_id) if community_id is not None else (None,):
        found |= {name: v for name, v in stored.get((plugin, of), {}).items() if name in found}
    return found


def form_of(plugin: str) -> type[Form]:
    """The form of a plugin's settings."""
    installed = registry().installed.get(plugin)
    if installed is None or installed.manifest.settings is None:
        raise LookupError(f"the plugin {plugin!r} has no settings")
    return installed.manifest.settings


Stored = dict[tuple[str, int | None], dict[str, Any]]


def _stored(community_id: int | None) -> Stored:
    kept: dict[int | None, Stored] = g.setdefault("plugin_settings", {})
    if community_id not in kept:
        kept[community_id] = read(community_id)
    return kept[community_id]


def read(community_id: int | None) -> Stored:
    """What is stored of the settings of all plugins, for the site and for one community."""
    place = PluginSettings.community_id
    query = select(PluginSettings.plugin, place, PluginSettings.values).where(
        or_(place.is_(None), place == (community_id or 0))
    )
    return {(row.plugin, row.community_id): row.values for row in rows(query)}


def forget_settings() -> None:
    """They were changed within this request: read them anew."""
    g.pop("plugin_settings", None)


@cache
def defaults_of(form: Any) -> Mapping[str, Any]:
    """What a form holds when nobody has set anything."""
    blank = form(formdata=None, meta={"csrf": False})
    return {field.name: field.data for field in blank if is_kept(field)}


def is_kept(field: Field) -> bool:
    """Whether a field is a setting: not the token, not a button."""
    return isinstance(field, KEPT) and field.name != "csrf_token"


def is_secret(field: Field) -> bool:
    """Whether what was typed is never shown again."""
    return isinstance(field, PasswordField)


def unkept_fields(form: Any) -> Iterator[str]:
    """Fields whose values could not be stored."""
    for name in dir(form):
        made = getattr(getattr(form, name), "field_class", None)
        if made is not None and not issubclass(made, KEPT):
            yield f"{name} is a {made.__name__}"

"""Setting what a plugin's form offers, for the site or for one community."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from wtforms.widgets import PasswordInput

from core.access.actors import Actor
from core.communities.models import Community
from core.contract.manifest import Verdict
from core.contract.registry import registry
from core.contract.settings import (
    PluginSettings,
    defaults_of,
    forget_settings,
    form_of,
    is_kept,
    is_secret,
    settings_of,
)
from core.errors import Conflict
from core.events.log import record
from core.platform.db import HOLD, after_commit, db, operation
from core.platform.forms import Form
from core.platform.i18n import core_domain

_ = core_domain.gettext


def stored_settings(plugin: str, community: Community | None = None) -> Mapping[str, Any]:
    """What was set for the site, or for this very community; defaults are not in it."""
    row = db.session.scalar(_row_of(plugin, community))
    return row.values if row is not None else {}


def _row_of(plugin: str, community: Community | None) -> Any:
    place = PluginSettings.community_id
    here = place.is_(None) if community is None else place == community.id
    return select(PluginSettings).where(PluginSettings.plugin == plugin, here)


def chosen_in(form: Form) -> dict[str, Any]:
    """What somebody has set in a form; a secret that was left empty stays as it was."""
    return {
        field.name: field.data
        for field in form
        if is_kept(field) and not (is_secret(field) and not field.data)
    }


def tried_settings(plugin: str, form: Form) -> Sequence[Verdict]:
    """What the plugin says of settings as they are typed, and with the secrets that are kept.

    It may ask other servers, so no transaction is open meanwhile.
    """
    values = dict(settings_of(plugin)) | chosen_in(form)
    installed = registry().installed[plugin]
    tried = installed.manifest.try_settings
    if tried is None:
        raise LookupError(f"the plugin {plugin!r} cannot try settings")
    db.session.rollback()
    return tried(values)


def show_typed_secrets(form: Form) -> None:
    """For a page that nobody keeps: what was typed stands there again, to be saved once tried. A
    secret that was kept before is shown to nobody."""
    for field in form:
        if is_secret(field) and field.raw_data and field.raw_data[0]:
            field.widget = PasswordInput(hide_value=False)


def save_settings(
    actor: Actor, plugin: str, kind: str, values: Mapping[str, Any],
    community: Community | None = None,
) -> None:  # fmt: skip
    """Keep what was set; ``kind`` is the event it is recorded as, which names the fields alone.

    Raises Conflict when somebody set them for the first time in the same moment.
    """
    json.dumps(dict(values))
    try:
        _save(actor, plugin, kind, values, community)
    except IntegrityError as error:
        words = _("Somebody else has changed these settings just now. Look at them once more.")
        raise Conflict(words) from error


@operation
def _save(
    actor: Actor, plugin: str, kind: str, values: Mapping[str, Any], community: Community | None
) -> None:
    form: Any = form_of(plugin)
    known = defaults_of(form)
    row = db.session.scalar(_row_of(plugin, community).with_for_update(**HOLD))
    before = dict(row.values) if row is not None else {}
    after = {name: v for name, v in (before | dict(values)).items() if name in known}
    changed = sorted(n for n in after if n not in before or before[n] != after[n])
    if not changed:
        return
    if row is None:
        db.session.add(
            PluginSettings(
                plugin=plugin, community_id=community.id if community else None, values=after
            )
        )
    else:
        row.values = after
    db.session.flush()
    record(kind, actor, community=community, plugin=plugin, changed=changed)
    after_commit(forget_settings)


@operation
def forget_own_settings(actor: Actor, plugin: str, kind: str, community: Community) -> None:
    """Let a community follow the site again."""
    row = db.session.scalar(_row_of(plugin, community).with_for_update(**HOLD))
    if row is not None:
        db.session.delete(row)
        record(kind, actor, community=community, plugin=plugin, changed=[])
        after_commit(forget_settings)

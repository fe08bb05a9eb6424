"""Changes that only the administration of the site makes."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from core.access.actors import Actor
from core.admin import events
from core.admin.switches import forget_switches
from core.communities.models import Community
from core.communities.settings_operations import switch_plugin
from core.contract.models import switch_on_site
from core.contract.registry import registry
from core.errors import DomainError, Missing
from core.events.log import record
from core.jobs.operations import forget_job
from core.people.models import School, User
from core.platform.db import after_commit, db, operation
from core.platform.i18n import core_domain
from core.platform.migrate import pending

_ = core_domain.gettext


def set_plugin_enabled(
    actor: Actor, name: str, enabled: bool, community: str | None = None
) -> None:
    """Turn a plugin's switch, for the site or for the community with this address.

    Raises DomainError for what is not installed or not there, and for switching on a plugin whose
    tables are not in the shape that it expects.
    """
    if name not in registry().installed:
        raise Missing(_("The plugin “%(name)s” is not installed.", name=name))
    if enabled and name in pending(current_app):
        raise DomainError(
            _("The tables of “%(name)s” are not up to date. Run: sreda upgrade", name=name)
        )
    if community is None:
        _switch_on_site(actor, name, enabled)
    else:
        _switch_in_community(actor, name, enabled, community)


@operation
def _switch_on_site(actor: Actor, name: str, enabled: bool) -> None:
    switch_on_site(name, enabled)
    record(events.PLUGIN_SWITCHED, actor, plugin=name, enabled=enabled)
    after_commit(forget_switches)


@operation
def _switch_in_community(actor: Actor, name: str, enabled: bool, slug: str) -> None:
    community = db.session.scalar(select(Community).where(Community.slug == slug))
    if community is None:
        raise Missing(_("There is no community with the address “%(slug)s”.", slug=slug))
    switch_plugin(actor, community, name, enabled)


def save_school(actor: Actor, school_id: int | None, named: str = "", **values: Any) -> None:
    """Add a school, or change one; people who called theirs ``named`` are put into it.

    Raises DomainError when another school has the same short name.
    """
    try:
        _save_school(actor, school_id, named, values)
    except IntegrityError as error:
        raise DomainError(_("Another school has this short name already.")) from error


@operation
def _save_school(actor: Actor, school_id: int | None, named: str, values: dict[str, Any]) -> None:
    school = School() if school_id is None else db.session.get(School, school_id)
    if school is None:
        raise Missing(_("There is no such school."))
    for name, value in values.items():
        setattr(school, name, value)
    db.session.add(school)
    db.session.flush()
    if named:
        db.session.execute(
            update(User)
            .where(User.other_school == named, User.school_id.is_(None))
            .values(school_id=school.id, other_school="")
        )
    record(events.SCHOOL_SAVED, actor, school=school.short_name)


@operation
def forget_failed_job(actor: Actor, number: int) -> None:
    """Give a failed job up, which the log remembers. Nothing happens if it is gone already."""
    name = forget_job(actor, number)
    if name:
        record(events.JOB_FORGOTTEN, actor, job=name)

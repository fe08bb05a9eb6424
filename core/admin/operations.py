"""Changes that only the administration of the site makes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from core.access.actors import Actor
from core.admin import events
from core.errors import DomainError, Missing
from core.events.log import record
from core.jobs.operations import forget_job
from core.people.models import School, User
from core.platform.db import db, operation
from core.platform.i18n import core_domain

_ = core_domain.gettext


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

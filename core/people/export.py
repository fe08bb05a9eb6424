"""Everything the site knows of a person, for the copy that they may ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select

from core.access.actors import Viewer
from core.access.models import Appointment, Role
from core.access.standing import role_title
from core.calendar import operations as calendar
from core.communities.models import Community, Membership
from core.contents import personal
from core.contract.manifest import DataRecord
from core.contract.registry import registry
from core.events.log import record
from core.events.models import EventRow
from core.notices import personal as notices
from core.people import events
from core.people.models import SignedInSession, User
from core.platform.db import db, operation, utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext
Records = Iterator[DataRecord]


def copy_for(viewer: Viewer) -> dict[str, Any]:
    """The whole copy, section by section; core's rooms first, then every plugin's.

    A plugin that fails aborts it: half a copy would be a lie.
    """
    user = db.session.get_one(User, viewer.id)
    answers = registry().call_all("export_user_data", user=user)
    plugins = ((answer.plugin, one) for answer in answers for one in answer.value)
    own = (("core", one) for one in _own(user))
    sections = [
        {"from": owner, "section": str(one.section), **one.fields}
        for owner, one in (*own, *plugins)
    ]
    return {"made_at": utcnow().isoformat(timespec="seconds"), "sections": sections}


@operation
def note_export(viewer: Viewer) -> None:
    """Note that somebody took a copy, since a thief of their session would do so too."""
    record(events.EXPORTED, viewer, subject_id=viewer.id)


def _own(user: User) -> Records:
    yield _account(user)
    yield DataRecord(_("Where you are signed in"), {"sessions": _rows(_sessions(user))})
    yield DataRecord(_("Communities"), {"memberships": _rows(_memberships(user))})
    yield DataRecord(_("Roles"), {"appointments": _rows(_appointments(user))})
    yield from personal.export(user)
    yield from notices.export(user)
    yield calendar.exported(user)
    yield DataRecord(_("What you did"), {"log": _rows(_log(user))})


def _account(user: User) -> DataRecord:
    names = (
        "email email_confirmed_at pending_email surname given_name patronymic position subjects "
        "helps_with about locale zone_name theme large_text invisible photo created_at "
        "last_seen_on"
    )
    facts = {name: getattr(user, name) for name in names.split()} | {"school": user.school_name}
    return DataRecord(_("Account"), {"account": _plain(facts)})


def _rows(rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [_plain(row) for row in rows]


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    """Moments as text; everything else is JSON already."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in facts.items()
    }


def _of(columns: tuple[Any, ...], query: Any) -> Iterator[dict[str, Any]]:
    for row in db.session.execute(query.with_only_columns(*columns)):
        yield dict(row._mapping)


def _sessions(user: User) -> Iterator[dict[str, Any]]:
    mine = SignedInSession
    columns = (mine.browser, mine.address, mine.created_at, mine.last_seen_at)
    return _of(columns, select(mine).where(mine.user_id == user.id).order_by(mine.created_at))


def _memberships(user: User) -> Iterator[dict[str, Any]]:
    mine = Membership
    columns = (
        Community.title.label("community"), mine.state, mine.charter_version, mine.note,
        mine.reason, mine.requested_at, mine.joined_at, mine.left_at,
    )  # fmt: skip
    query = select(mine).join(Community, Community.id == mine.community_id)
    return _of(columns, query.where(mine.user_id == user.id).order_by(mine.id))


def _appointments(user: User) -> Iterator[dict[str, Any]]:
    columns = (
        Role.key, Role.title, Community.title.label("community"), Appointment.basis,
        Appointment.starts_at, Appointment.ends_at,
    )  # fmt: skip
    query = (
        select(Appointment)
        .join(Role, Role.id == Appointment.role_id)
        .outerjoin(Community, Community.id == Role.community_id)
        .where(Appointment.user_id == user.id)
        .order_by(Appointment.id)
    )
    for row in _of(columns, query):
        yield {"role": role_title(row.pop("key"), row.pop("title")), **row}


def _log(user: User) -> Iterator[dict[str, Any]]:
    """What they did, and what was done to them; not who did it to them."""
    columns = (EventRow.kind, EventRow.occurred_at)
    query = select(EventRow).where(
        (EventRow.actor_id == user.id) | (EventRow.subject_id == user.id)
    )
    return _of(columns, query.order_by(EventRow.id))

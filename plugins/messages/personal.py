"""What conversations keep about a person: given out when they ask, made nameless when they leave.

Their messages are contents: core gives them out and lets their author become nobody. What others
wrote to them is the others' words, and stays with those.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import delete, or_, select, update

from core.api import DataRecord, User, db, names_person, without_person
from plugins.messages.models import (
    Block,
    Clarification,
    Message,
    Party,
    Preference,
    Report,
    Thread,
)
from plugins.messages.operations import dissolve_if_empty
from plugins.messages.reasons import reason_title
from plugins.messages.words import _


def exported(user: User) -> Iterator[DataRecord]:
    """In which conversations somebody is, what they settled, blocked and reported."""
    parties = select(Party, Thread.title).join(Thread, Thread.id == Party.thread_id)
    for party, title in db.session.execute(parties.where(Party.user_id == user.id)):
        facts = {
            "conversation": party.thread_id, "title": title,
            "since": party.joined_at.isoformat(), "read_up_to": party.read_id,
            "starred": party.starred, "muted": party.muted, "put_away": party.archived,
        }  # fmt: skip
        yield DataRecord(_("Conversation"), facts)
    asked = select(Clarification).where(Clarification.asked_by_id == user.id)
    for row in db.session.scalars(asked):
        facts = {"about": row.about_id, "opened": row.opened_at.isoformat(), "outcome": row.outcome}
        yield DataRecord(_("Private clarification"), facts)
    for block in db.session.scalars(select(Block).where(Block.user_id == user.id)):
        facts = {"person": block.blocked_id, "since": block.created_at.isoformat()}
        yield DataRecord(_("Blocked person"), facts)
    preference = db.session.get(Preference, user.id)
    if preference is not None:
        facts = {"shows_reading": preference.shows_reading}
        yield DataRecord(_("Settings of messages"), facts)
    yield from _reports(user)


def _reports(user: User) -> Iterator[DataRecord]:
    query = select(Report).where(or_(Report.reporter_id == user.id, Report.closed_by_id == user.id))
    for report in db.session.scalars(query.order_by(Report.id)):
        made = report.reporter_id == user.id
        facts = {
            "reason": reason_title(report.reason), "made_by_me": made,
            "note": report.note if made else "", "answer": report.answer,
            "closed": report.closed_at.isoformat() if report.closed_at else None,
        }  # fmt: skip
        yield DataRecord(_("Report"), facts)


def erased(user: User) -> None:
    """Forget who it was; those they talked with keep the conversation."""
    mine = list(db.session.scalars(select(Party.thread_id).where(Party.user_id == user.id)))
    for model in (Party, Preference):
        db.session.execute(delete(model).where(model.user_id == user.id))
    db.session.execute(
        delete(Block).where(or_(Block.user_id == user.id, Block.blocked_id == user.id))
    )
    for column in (
        Clarification.asked_by_id, Report.reporter_id, Report.accused_id, Report.closed_by_id,
    ):  # fmt: skip
        statement = update(column.class_).where(column == user.id)
        db.session.execute(statement.values({column.key: None}))
    db.session.execute(update(Thread).where(Thread.id.in_(mine)).values(pair=None))
    _forget_name(user, mine)
    db.session.flush()
    for number in mine:
        dissolve_if_empty(number)


def _forget_name(user: User, threads: list[int]) -> None:
    """What others wrote names a person too."""
    query = select(Message).where(Message.thread_id.in_(threads), names_person(Message.body, user))
    for message in db.session.scalars(query):
        message.body = without_person(message.body, user)

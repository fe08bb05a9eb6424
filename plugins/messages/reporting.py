"""Reporting a private message, and what becomes of the report."""

from __future__ import annotations

from sqlalchemy import select

from core.api import (
    HOLD,
    Actor,
    Community,
    Conflict,
    DomainError,
    db,
    hide,
    notify,
    operation,
    record,
    utcnow,
)
from plugins.messages import events
from plugins.messages.clarifying import new_report
from plugins.messages.models import Message, Report
from plugins.messages.operations import locked, show_anew
from plugins.messages.words import _

CLOSED = "messages.report_closed"


@operation
def report(
    actor: Actor, message: Message, community: Community | None, reason: str, note: str
) -> Report:
    """Show one message to those who moderate a community, or the site. Who reports it twice has
    reported it once."""
    locked(actor, message.thread)
    message = db.session.get_one(Message, message.id, populate_existing=True)
    accused = message.content.author_id
    if accused in (None, actor.id) or message.step:
        raise DomainError(_("There is nobody to answer for this message."))
    if message.gone_at is not None:
        raise Conflict(_("Its author has taken this message back."))
    there = select(Report).where(Report.message_id == message.id, Report.reporter_id == actor.id)
    known = db.session.scalar(there)
    if known is not None:
        return known
    made = new_report(
        actor, community, accused=accused, reason=reason, note=note, words=message.body
    )
    made.message_id = message.id
    return made


@operation
def close(actor: Actor, made: Report, *, upheld: bool, answer: str) -> None:
    """Decide on a report. What breaks the rules is hidden from the conversation; whoever reported
    it is told. Raises Conflict where somebody was faster."""
    query = select(Report).where(Report.id == made.id).with_for_update(of=Report, **HOLD)
    made = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if made.closed_at is not None:
        raise Conflict(_("Somebody has decided on this already."))
    made.closed_at, made.closed_by_id = utcnow(), actor.id
    made.upheld, made.answer = upheld, answer
    message = db.session.get(Message, made.message_id or 0)
    if upheld and message is not None and message.content.hidden_at is None:
        hide(actor, message.content, answer or _("It breaks the rules."))
        show_anew(message.thread_id, f"thread-{message.thread_id}")
    community = db.session.get(Community, made.community_id or 0)
    record(events.REPORT_CLOSED, actor, community=community, upheld=upheld)
    if made.reporter_id is not None:
        notify(
            CLOSED, [made.reporter_id], by=actor.id, content=made.content,
            once=f"report_closed:{made.id}",
        )  # fmt: skip

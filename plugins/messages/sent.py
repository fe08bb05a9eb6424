"""A form that comes once more, since its answer was lost on the way."""

from __future__ import annotations

from core.api import Actor, DomainError, db, sent_before
from plugins.messages.models import Message, Thread
from plugins.messages.words import _


def sent_message(actor: Actor, submission: str) -> Message | None:
    """What this form became already. Raises DomainError where that is no message."""
    content = sent_before(actor, submission)
    if content is None:
        return None
    message = db.session.get(Message, content.id)
    if message is None:
        raise _elsewhere()
    return message


def said_in(thread: Thread | None, sent: Message) -> Message:
    """What was sent before. Raises DomainError when it stands in another conversation."""
    if thread is None or sent.thread_id != thread.id:
        raise _elsewhere()
    return sent


def _elsewhere() -> DomainError:
    return DomainError(_("This was sent somewhere else already. Write it anew."))

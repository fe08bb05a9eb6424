"""What chats keep about a person: given out when they ask, forgotten when they leave.

Their messages and questions are contents, which core gives out and leaves nameless; mentions of
them are marks in the texts of others, whose name beside it goes, and links in minutes.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Text, cast, delete, func, select

from core.api import Activity, DataRecord, User, db, names_person, without_person
from plugins.chat import questions
from plugins.chat.models import Member, Message, Minutes, Room, Session, Vote
from plugins.chat.words import _


def exported(user: User) -> Iterator[DataRecord]:
    """Where a person took part in chats, how far they read, and what they voted for."""
    query = (
        select(Member, Activity.title, Session.title)
        .join(Room, Room.id == Member.room_id)
        .join(Activity, Activity.id == Room.activity_id)
        .outerjoin(Session, Session.id == Room.session_id)
        .where(Member.user_id == user.id)
        .order_by(Member.room_id)
    )
    for member, chat, topic in db.session.execute(query):
        yield DataRecord(_("In a chat"), {"chat": chat, "session": topic, **_facts(member)})
    votes = select(func.count()).where(Vote.user_id == user.id)
    yield DataRecord(_("Votes for questions in chats"), {"votes": db.session.scalar(votes) or 0})


def _facts(member: Member) -> dict[str, object]:
    moments = ("muted_until", "said_at", "hand_at", "floor_at", "silenced_until", "removed_at")
    facts: dict[str, object] = {
        "read_up_to": member.read_number, "leads": member.is_host, "reason": member.reason or None,
    }  # fmt: skip
    for name in moments:
        moment = getattr(member, name)
        facts[name] = moment.isoformat() if moment is not None else None
    return facts


def erased(user: User) -> None:
    """Forget what a person read, led, raised and voted for, and their name in what others wrote."""
    questions.forget_votes(user.id)
    _forget_name(user)
    db.session.execute(delete(Member).where(Member.user_id == user.id))


def _forget_name(user: User) -> None:
    names_them = cast(Message.mentions, Text).contains(f'"{user.id}":')
    for message in db.session.scalars(select(Message).where(names_them)):
        kept = {key: name for key, name in message.mentions.items() if key != str(user.id)}
        message.mentions = kept
    for minutes in db.session.scalars(select(Minutes).where(names_person(Minutes.body, user))):
        minutes.body = without_person(minutes.body, user)

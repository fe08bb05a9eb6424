"""What a chat tells people of: whom what concerns, and in which words."""

from __future__ import annotations

from collections.abc import Callable

from flask import url_for
from sqlalchemy import or_, select

from core.api import (
    Activity,
    Channel,
    Content,
    Event,
    Level,
    News,
    NoticeKind,
    db,
    notify,
    readers_among,
    utcnow,
)
from plugins.chat import events
from plugins.chat.doors import removed_from
from plugins.chat.models import Member, Message, Minutes, Room, Session
from plugins.chat.words import _, _l, ngettext

MENTION = "chat.mention"
REPLY = "chat.reply"
SESSION = "chat.session"
MOVED = "chat.session_changed"
MINUTES = "chat.minutes"
RESTRAINED = "chat.restrained"

LISTENS = (
    events.ADDRESSED, events.PLANNED, events.CHANGED, events.CANCELLED, events.PUBLISHED,
    events.RESTRAINED,
)  # fmt: skip


def _place(news: News) -> str:
    return news.activity.title if news.activity is not None else news.title


def _mention(news: News) -> str:
    if news.single:
        return _("%(who)s mentions you in “%(title)s”", who=news.who, title=_place(news))
    return ngettext(
        "%(n)s mention of you in “%(title)s”", "%(n)s mentions of you in “%(title)s”",
        news.count, title=_place(news),
    )  # fmt: skip


def _reply(news: News) -> str:
    if news.single:
        return _("%(who)s answers you in “%(title)s”", who=news.who, title=_place(news))
    return ngettext(
        "%(n)s new answer to you in “%(title)s”", "%(n)s new answers to you in “%(title)s”",
        news.count, title=_place(news),
    )  # fmt: skip


def _session(news: News) -> str:
    return _("A session in the chat is announced: “%(title)s”", title=news.title)


def _changed(news: News) -> str:
    if news.facts.get("cancelled"):
        return _("The session “%(title)s” is called off", title=news.title)
    return _("The session “%(title)s” is changed: look at the time", title=news.title)


def _minutes(news: News) -> str:
    return _("The minutes of “%(title)s” are there", title=news.facts.get("topic", news.title))


def _restrained(news: News) -> str:
    reason = news.facts.get("reason", "")
    if news.facts.get("minutes") is None:
        return _(
            "You were removed from “%(title)s”. Reason: %(reason)s",
            title=_place(news),
            reason=reason,
        )
    return _(
        "You cannot write in “%(title)s” for a while. Reason: %(reason)s",
        title=_place(news), reason=reason,
    )  # fmt: skip


def _chat(news: News) -> str:
    return url_for("chat.home", activity=news.activity)


KINDS = (
    NoticeKind(
        name=MENTION, title=_l("Mentions of me in chats"), says=_mention, icon="at", hue="orange",
        why=_l("because somebody mentioned you"), channel=Channel.PAGE,
    ),
    NoticeKind(
        name=REPLY, title=_l("Answers to my messages in chats"), says=_reply, icon="reply",
        hue="orange", why=_l("because somebody answered you"), channel=Channel.PAGE,
    ),
    NoticeKind(
        name=SESSION, title=_l("New sessions of chats where I follow the first messages"),
        says=_session, icon="calendar-event", hue="orange", channel=Channel.DAILY,
        why=_l("because you follow what is begun there"), level=Level.FIRST,
    ),
    NoticeKind(
        name=MOVED, title=_l("Sessions of chats that were changed or called off"), says=_changed,
        icon="calendar-event", hue="orange", channel=Channel.MAIL,
        why=_l("because you follow what is begun there"), level=Level.FIRST,
    ),
    NoticeKind(
        name=MINUTES, title=_l("Minutes of sessions that I took part in"), says=_minutes,
        icon="journal-text", hue="green", channel=Channel.MAIL,
        why=_l("because you took part"),
    ),
    NoticeKind(
        name=RESTRAINED, title=_l("I cannot write in a chat"), says=_restrained,
        icon="shield-exclamation", hue="orange", why=_l("because it was you"),
        channel=Channel.MAIL, level=None, address=_chat,
    ),
)  # fmt: skip


def tell(event: Event) -> None:
    """Tell whom something in a chat concerns; inside the operation of the log's reader."""
    if event.kind == events.RESTRAINED:
        _tell_restrained(event)
        return
    content = db.session.get(Content, event.content_id or 0)
    if content is not None and content.is_visible:
        _TELLERS[event.kind](event, content)


def _tell_restrained(event: Event) -> None:
    place = db.session.get(Activity, event.activity_id or 0)
    if place is not None and event.subject_id is not None:
        facts = {name: event.facts.get(name) for name in ("reason", "minutes")}
        notify(
            RESTRAINED, [event.subject_id], by=event.actor_id, about=place,
            once=f"chat.restrained:{event.id}", **facts,
        )  # fmt: skip


def _addressed(event: Event, content: Content) -> None:
    """The strongest reason first: of one message everybody is told once."""
    place, once = content.activity, f"chat.message:{content.id}"
    if place is None:
        return
    named = readers_among(place.community, event.facts.get("mentioned", []))
    passed_over = _passed_over(content.id)
    named -= passed_over
    notify(MENTION, named, by=event.actor_id, content=content, about=place, once=once)
    if event.subject_id is not None and event.subject_id not in passed_over:
        answered = [event.subject_id]
        notify(REPLY, answered, by=event.actor_id, content=content, about=place, once=once)


def _passed_over(message_id: int) -> set[int]:
    """Those who have read the message already: they sit in the room, and need no notice of it. And
    those who were removed from the room: they are to read nothing of it."""
    query = (
        select(Member.user_id)
        .join(Message, Message.room_id == Member.room_id)
        .where(Message.id == message_id)
        .where(or_(Member.read_number >= Message.number, Member.removed_at.is_not(None)))
    )
    return set(db.session.scalars(query))


def _planned(event: Event, content: Content) -> None:
    notify(SESSION, by=event.actor_id, content=content, once=f"chat.session:{content.id}")


def _moved(event: Event, content: Content) -> None:
    session = db.session.get(Session, content.id)
    if session is None or (session.closed_at is not None):
        return
    opens = session.room.opens_at
    if session.cancelled_at is None and (opens is None or opens <= utcnow()):
        return
    notify(
        MOVED, by=event.actor_id, content=content, once=f"chat.moved:{event.id}",
        cancelled=session.cancelled_at is not None,
    )  # fmt: skip


def _published(event: Event, content: Content) -> None:
    minutes = db.session.get(Minutes, content.id)
    if minutes is None:
        return
    said = (
        select(Content.author_id)
        .join(Message, Message.id == Content.id)
        .join(Room, Room.id == Message.room_id)
        .where(Room.session_id == minutes.session_id, Content.author_id.is_not(None))
    )
    people = {number for number in db.session.scalars(said.distinct()) if number is not None}
    people -= set(db.session.scalars(removed_from(minutes.session.room.id)))
    notify(
        MINUTES, people, by=event.actor_id, content=content, once=f"chat.minutes:{content.id}",
        topic=minutes.session.title,
    )  # fmt: skip


_TELLERS: dict[str, Callable[[Event, Content], None]] = {
    events.ADDRESSED: _addressed,
    events.PLANNED: _planned,
    events.CHANGED: _moved,
    events.CANCELLED: _moved,
    events.PUBLISHED: _published,
}

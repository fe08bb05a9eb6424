"""What people write in a chat, as core shows, hides and finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Select, select

from core.api import (
    Activity,
    Community,
    Content,
    ContentType,
    ContentView,
    SearchText,
    db,
    excerpt,
    from_text,
)
from plugins.chat import doors, messages, minutes, questions, sessions, text, writing
from plugins.chat.models import Message, Minutes, Question, Room, Session
from plugins.chat.words import _, _l


def _placed(model: Any, *columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(model.id, Content.activity_id, Community.slug, *columns)
        .select_from(model)
        .join(Content, Content.id == model.id)
        .join(Community, Community.id == Content.community_id)
    )


def message_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How messages are shown by core, by their ids."""
    query = _placed(
        Message, Message.text, Message.mentions, Activity.title, Session.title.label("topic")
    )
    query = (
        query.join(Room, Room.id == Message.room_id)
        .join(Activity, Activity.id == Room.activity_id)
        .outerjoin(Session, Session.id == Room.session_id)
    )
    found = db.session.execute(query.where(Message.id.in_(ids))).all()
    return {
        row.id: ContentView(
            title=_("Message in “%(title)s”", title=row.topic or row.title),
            url=url_for(
                "chat.message", community=row.slug, activity=row.activity_id, message=row.id
            ),
            excerpt=text.in_brief(row.text, row.mentions),
        )
        for row in found
    }


def message_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What messages say as clean HTML, by their ids."""
    query = select(Message.id, Message.text, Message.mentions).where(Message.id.in_(ids))
    found = db.session.execute(query)
    return {row.id: str(text.as_html(row.text, row.mentions)) for row in found}


def sessions_of_messages(ids: Sequence[int]) -> Mapping[int, int]:
    """The sessions that messages were said in, by the ids of the messages."""
    query = select(Message.id, Room.session_id).join(Room, Room.id == Message.room_id)
    found = db.session.execute(query.where(Message.id.in_(ids), Room.session_id.is_not(None)))
    return {row.id: row.session_id for row in found if row.session_id is not None}


def question_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How questions are shown by core, by their ids."""
    query = _placed(Question, Question.text, Session.id.label("session"), Session.title)
    query = query.join(Room, Room.id == Question.room_id).join(
        Session, Session.id == Room.session_id
    )
    found = db.session.execute(query.where(Question.id.in_(ids))).all()
    return {
        row.id: ContentView(
            title=_("Question to “%(title)s”", title=row.title),
            url=url_for(
                "chat.session", community=row.slug, activity=row.activity_id,
                session=row.session, _anchor="questions",
            ),
            excerpt=text.in_brief(row.text, {}),
        )
        for row in found
    }  # fmt: skip


def question_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What questions say as clean HTML, by their ids."""
    found = db.session.execute(select(Question.id, Question.text).where(Question.id.in_(ids)))
    return {row.id: str(text.as_html(row.text, {})) for row in found}


def sessions_of_questions(ids: Sequence[int]) -> Mapping[int, int]:
    """The sessions that questions were asked in, by the ids of the questions."""
    query = select(Question.id, Room.session_id).join(Room, Room.id == Question.room_id)
    found = db.session.execute(query.where(Question.id.in_(ids)))
    return {row.id: row.session_id for row in found if row.session_id is not None}


def session_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How sessions are shown by core, by their ids."""
    query = _placed(Session, Session.title, Session.about)
    return {
        row.id: ContentView(
            title=row.title,
            url=url_for(
                "chat.session", community=row.slug, activity=row.activity_id, session=row.id
            ),
            excerpt=" ".join(row.about.split())[:120],
        )
        for row in db.session.execute(query.where(Session.id.in_(ids)))
    }


def session_texts(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """What sessions are found by: topic, description, agenda."""
    query = select(Session.id, Session.title, Session.about, Session.agenda)
    return {
        row.id: SearchText(
            title=row.title,
            body=from_text("\n\n".join([row.about, *(step["title"] for step in row.agenda)])),
        )
        for row in db.session.execute(query.where(Session.id.in_(ids)))
    }


def minutes_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How minutes are shown by core, by their ids."""
    query = _placed(Minutes, Minutes.body, Session.id.label("session"), Session.title)
    query = query.join(Session, Session.id == Minutes.session_id)
    return {
        row.id: ContentView(
            title=_("Minutes of “%(title)s”", title=row.title),
            url=url_for(
                "chat.minutes", community=row.slug, activity=row.activity_id, session=row.session
            ),
            excerpt=excerpt(row.body, 120),
        )
        for row in db.session.execute(query.where(Minutes.id.in_(ids)))
    }


def minutes_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What minutes say, by their ids."""
    found = db.session.execute(select(Minutes.id, Minutes.body).where(Minutes.id.in_(ids)))
    return {row.id: row.body for row in found}


def minutes_texts(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """Minutes are found once they are published."""
    query = (
        select(Minutes.id, Minutes.body, Session.title)
        .join(Session, Session.id == Minutes.session_id)
        .where(Minutes.id.in_(ids), Minutes.published_at.is_not(None))
    )
    return {
        row.id: SearchText(title=_("Minutes of “%(title)s”", title=row.title), body=row.body)
        for row in db.session.execute(query)
    }


def sessions_of_minutes(ids: Sequence[int]) -> Mapping[int, int]:
    """The sessions that minutes are of, by the ids of the minutes."""
    found = db.session.execute(select(Minutes.id, Minutes.session_id).where(Minutes.id.in_(ids)))
    return {row.id: row.session_id for row in found}


CONTENTS = (
    ContentType(
        kind=writing.MESSAGE, title=_l("Message in a chat"), views=message_views,
        bodies=message_bodies, within=sessions_of_messages,
        visibility_changed=messages.visibility_changed, kept_from=doors.kept_messages,
    ),
    ContentType(
        kind=sessions.SESSION, title=_l("Session of a chat"), views=session_views,
        searched=session_texts, kept_from=doors.kept_sessions,
    ),
    ContentType(
        kind=questions.QUESTION, title=_l("Question to a session"), views=question_views,
        bodies=question_bodies, within=sessions_of_questions,
    ),
    ContentType(
        kind=minutes.MINUTES, title=_l("Minutes"), views=minutes_views, bodies=minutes_bodies,
        searched=minutes_texts, within=sessions_of_minutes,
        visibility_changed=minutes.visibility_changed,
    ),
)  # fmt: skip

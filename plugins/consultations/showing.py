"""What is written in consultations, as core shows, hides and finds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Row, Select, select

from core.api import Activity, Community, ContentType, ContentView, SearchText, db, excerpt
from plugins.consultations import answering, asking, papers, rooms, setting_up, sharing
from plugins.consultations.meeting_models import Remark, Room
from plugins.consultations.models import Article, Line, Question, Reply
from plugins.consultations.words import _, _l

Found = Row[*tuple[Any, ...]]


def _placed(model: Any, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Rows of a model with the address of their line."""
    return (
        select(model.id, *columns, Activity.id.label("activity"), Community.slug)
        .join(Activity, Activity.id == model.activity_id)
        .join(Community, Community.id == Activity.community_id)
    )


def _rows(query: Select[*tuple[Any, ...]], column: Any, ids: Sequence[int]) -> Sequence[Found]:
    return db.session.execute(query.where(column.in_(ids))).all()


def _address(row: Found, endpoint: str, **values: Any) -> str:
    return url_for(f"consultations.{endpoint}", community=row.slug, activity=row.activity, **values)


def line_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How lines are shown by core."""
    found = _rows(_placed(Line, Line.about, Activity.title), Line.id, ids)
    return {
        row.id: ContentView(
            title=row.title, excerpt=excerpt(row.about, 120) if row.about else "",
            url=_address(row, "home"),
        )
        for row in found
    }  # fmt: skip


def line_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What lines say of themselves."""
    found = db.session.execute(select(Line.id, Line.about).where(Line.id.in_(ids)))
    return {row.id: row.about for row in found}


def question_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How questions are shown by core."""
    found = _rows(_placed(Question, Question.title, Question.body), Question.id, ids)
    return {
        row.id: ContentView(
            title=row.title, excerpt=excerpt(row.body, 120),
            url=_address(row, "question", question=row.id),
        )
        for row in found
    }  # fmt: skip


def question_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What was asked."""
    found = db.session.execute(select(Question.id, Question.body).where(Question.id.in_(ids)))
    return {row.id: row.body for row in found}


def question_words(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """What questions are found by."""
    query = select(Question.id, Question.title, Question.body).where(Question.id.in_(ids))
    return {row.id: SearchText(title=row.title, body=row.body) for row in db.session.execute(query)}


def reply_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How answers are shown by core: by the question that they belong to."""
    query = _placed(Reply, Reply.body, Reply.question_id, Question.title)
    found = _rows(query.join(Question, Question.id == Reply.question_id), Reply.id, ids)
    return {
        row.id: ContentView(
            title=row.title, excerpt=excerpt(row.body, 120),
            url=_address(row, "question", question=row.question_id, _anchor=f"reply-{row.id}"),
        )
        for row in found
    }  # fmt: skip


def reply_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What was written below questions."""
    found = db.session.execute(select(Reply.id, Reply.body).where(Reply.id.in_(ids)))
    return {row.id: row.body for row in found}


def questions_of(ids: Sequence[int]) -> Mapping[int, int]:
    """The question below which each reply stands."""
    found = db.session.execute(select(Reply.id, Reply.question_id).where(Reply.id.in_(ids)))
    return {row.id: row.question_id for row in found}


def article_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How answers of the knowledge base are shown by core."""
    found = _rows(_placed(Article, Article.title, Article.answer), Article.id, ids)
    return {
        row.id: ContentView(
            title=row.title, excerpt=excerpt(row.answer, 120),
            url=_address(row, "article", article=row.id),
        )
        for row in found
    }  # fmt: skip


def article_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What answers of the knowledge base say."""
    query = select(Article.id, Article.question, Article.answer).where(Article.id.in_(ids))
    return {row.id: f"{row.question}{row.answer}" for row in db.session.execute(query)}


def article_words(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """What answers of the knowledge base are found by."""
    query = select(Article.id, Article.title, Article.question, Article.answer)
    found = db.session.execute(query.where(Article.id.in_(ids)))
    return {
        row.id: SearchText(title=row.title, body=f"{row.question}{row.answer}") for row in found
    }


def room_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How private rooms are shown to those who talk in them."""
    found = _rows(_placed(Room, Room.topic, Activity.title.label("line")), Room.id, ids)
    return {
        row.id: ContentView(
            title=row.topic or _("Consultation: %(line)s", line=row.line),
            url=_address(row, "room", room=row.id),
        )
        for row in found
    }  # fmt: skip


def room_words(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """What those who talk in a room find it by; the consultant's notes are not among it."""
    query = select(Room.id, Room.topic, Room.summary).where(Room.id.in_(ids))
    found = db.session.execute(query)
    return {row.id: SearchText(title=row.topic, body=row.summary) for row in found}


def remark_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How lines of a private room are shown to those who talk in it."""
    query = (
        select(Remark.id, Remark.body, Remark.room_id, Room.topic, Community.slug,
               Activity.id.label("activity"), Activity.title.label("line"))
        .join(Room, Room.id == Remark.room_id)
        .join(Activity, Activity.id == Room.activity_id)
        .join(Community, Community.id == Activity.community_id)
    )  # fmt: skip
    return {
        row.id: ContentView(
            title=row.topic or _("Consultation: %(line)s", line=row.line),
            excerpt=excerpt(row.body, 120),
            url=_address(row, "room", room=row.room_id, _anchor=f"remark-{row.id}"),
        )
        for row in _rows(query, Remark.id, ids)
    }  # fmt: skip


def remark_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What was said in private rooms."""
    found = db.session.execute(select(Remark.id, Remark.body).where(Remark.id.in_(ids)))
    return {row.id: row.body for row in found}


def rooms_around(ids: Sequence[int]) -> Mapping[int, int]:
    """The room in which each line was said."""
    found = db.session.execute(select(Remark.id, Remark.room_id).where(Remark.id.in_(ids)))
    return {row.id: row.room_id for row in found}


CONTENTS = (
    ContentType(kind=setting_up.LINE, title=_l("Consultation line"), views=line_views,
                bodies=line_bodies),
    ContentType(kind=asking.QUESTION, title=_l("Question to consultants"), views=question_views,
                bodies=question_bodies, searched=question_words,
                visibility_changed=asking.visibility_changed),
    ContentType(kind=answering.REPLY, title=_l("Answer of a consultant"), views=reply_views,
                bodies=reply_bodies, within=questions_of, visibility_changed=answering.reply_shown),
    ContentType(kind=sharing.ARTICLE, title=_l("Answer in the knowledge base"),
                views=article_views, bodies=article_bodies, searched=article_words),
    ContentType(kind=rooms.ROOM, title=_l("Consultation"), views=room_views,
                searched=room_words),
    ContentType(kind=rooms.REMARK, title=_l("Line of a consultation"), views=remark_views,
                bodies=remark_bodies, within=rooms_around),
    papers.CONTENT,
)  # fmt: skip

"""Reading lines: their team, what waits for whom, the knowledge base."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select

from core.api import (
    Activity,
    Content,
    Face,
    File,
    Page,
    School,
    User,
    Viewer,
    attachments_of,
    contains_words,
    db,
    face_columns,
    face_of,
    paginate,
    utcnow,
    visible_to,
)
from plugins.consultations import balance
from plugins.consultations.figures import decimal
from plugins.consultations.finding import may_read
from plugins.consultations.models import (
    Article,
    Consultant,
    Line,
    Question,
    QuestionState,
    Rating,
    Reply,
)

Found = Row[*tuple[Any, ...]]


class Show(enum.StrEnum):
    """Which questions a list shows."""

    MINE = "mine"
    FOR_ME = "for_me"
    WAITING = "waiting"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Member(Face):
    """Somebody of a team, as its page shows them."""

    consultant_id: int = 0
    waiting: int = 0
    lately: int = 0
    available: bool = True
    qualified: bool = True
    away: bool = False
    away_until: Any = None
    stars: float | None = None
    thanks: int = 0
    substitute_id: int | None = None
    most_open: int | None = None

    @property
    def rating(self) -> str:
        """The mean of the thanks, as people write it."""
        return decimal(self.stars)


def team_of(line: Line) -> Sequence[Member]:
    """The team with its load and thanks, by name; two queries."""
    loads = {load.user_id: load for load in balance.loads_of(line)}
    rating = (
        select(Rating.consultant_id, func.avg(Rating.stars).label("stars"),
               func.count().label("thanks"))
        .where(Rating.activity_id == line.activity_id)
        .group_by(Rating.consultant_id)
        .subquery()
    )  # fmt: skip
    query = (
        select(Consultant, rating.c.stars, rating.c.thanks, *face_columns())
        .join(User, User.id == Consultant.user_id)
        .outerjoin(School, School.id == User.school_id)
        .outerjoin(rating, rating.c.consultant_id == User.id)
        .where(Consultant.line_id == line.id)
        .order_by(User.surname, User.given_name, User.id)
    )
    return [_member(row, loads[row.Consultant.user_id]) for row in db.session.execute(query)]


def _member(row: Any, load: balance.Load) -> Member:
    consultant: Consultant = row.Consultant
    return face_of(
        row, Member, consultant_id=consultant.id, waiting=load.waiting, lately=load.lately,
        available=load.available, qualified=load.qualified, away=load.away,
        away_until=consultant.away_until, stars=float(row.stars) if row.stars else None,
        thanks=row.thanks or 0, substitute_id=consultant.substitute_id,
        most_open=consultant.most_open,
    )  # fmt: skip


def _questions() -> Select[*tuple[Any, ...]]:
    answering = User.__table__.alias("answering")
    return (
        select(
            Question.id.label("number"), Question.title, Question.state, Question.private,
            Question.due_at, Question.last_at, Question.consultant_id, Question.asker_id,
            Content.created_at, Content.hidden_at, Content.held_at,
            answering.c.surname.label("by_surname"), answering.c.given_name.label("by_given_name"),
            answering.c.patronymic.label("by_patronymic"), *face_columns(),
        )
        .select_from(Question)
        .join(Content, Content.id == Question.id)
        .outerjoin(User, User.id == Question.asker_id)
        .outerjoin(School, School.id == User.school_id)
        .outerjoin(answering, answering.c.id == Question.consultant_id)
    )  # fmt: skip


def questions_in(line: Line, viewer: Viewer, show: Show, *, in_team: bool) -> Page[Found]:
    """A page of the questions that the viewer may read: what waits longest first, then the
    latest."""
    query = _questions().where(Question.line_id == line.id, _shown(show, viewer))
    query = query.where(may_read(viewer, line.activity.community, in_team=in_team))
    waits = case((Question.state == QuestionState.WAITING, 0), else_=1)
    if show in (Show.FOR_ME, Show.WAITING):
        return paginate(query.order_by(Question.due_at, Question.id))
    return paginate(query.order_by(waits, Question.last_at.desc(), Question.id.desc()))


def _shown(show: Show, viewer: Viewer) -> ColumnElement[bool]:
    waiting = Question.state == QuestionState.WAITING
    conditions: Mapping[Show, ColumnElement[bool]] = {
        Show.MINE: Question.asker_id == (viewer.id or 0),
        Show.FOR_ME: waiting & (Question.consultant_id == (viewer.id or 0)),
        Show.WAITING: waiting,
        Show.ALL: Question.id.is_not(None),
    }
    return conditions[show]


def latest_questions(line: Line, viewer: Viewer, *, in_team: bool, limit: int) -> Sequence[Found]:
    """What the viewer has to do with: for the team what waits, the most urgent first; for others
    their own, the latest first."""
    query = _questions().where(Question.line_id == line.id)
    if in_team:
        query = query.where(Question.state == QuestionState.WAITING, Question.due_at.is_not(None))
        mine = case((Question.consultant_id == (viewer.id or 0), 0), else_=1)
        return db.session.execute(query.order_by(mine, Question.due_at).limit(limit)).all()
    query = query.where(Question.asker_id == (viewer.id or 0))
    return db.session.execute(query.order_by(Question.last_at.desc()).limit(limit)).all()


@dataclass(frozen=True, kw_only=True)
class Written:
    """A reply as the page of a question shows it."""

    id: int
    author: Face | None
    author_id: int | None
    at: datetime
    edited: bool
    body: str
    is_answer: bool
    hidden_reason: str | None
    held: bool
    files: Sequence[File] = ()


def replies_to(question: Question, viewer: Viewer) -> Sequence[Written]:
    """The thread below a question, the oldest first; two queries."""
    query = (
        select(
            Reply.id.label("number"), Reply.body, Reply.is_answer, Content.created_at,
            Content.edited_at, Content.author_id, Content.hidden_at, Content.hidden_reason,
            Content.held_at, *face_columns(),
        )
        .join(Content, Content.id == Reply.id)
        .outerjoin(User, User.id == Content.author_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Reply.question_id == question.id)
        .where(visible_to(viewer, question.line.activity.community))
        .order_by(Reply.id)
    )  # fmt: skip
    found = db.session.execute(query).all()
    files = attachments_of([row.number for row in found])
    return [
        Written(
            id=row.number, author=face_of(row, Face) if row.author_id else None,
            author_id=row.author_id, at=row.created_at, edited=row.edited_at is not None,
            body=row.body, is_answer=row.is_answer, held=row.held_at is not None,
            hidden_reason=row.hidden_reason if row.hidden_at is not None else None,
            files=files[row.number],
        )
        for row in found
    ]  # fmt: skip


def face_with(user_id: int | None) -> Face | None:
    """Somebody's face; one query."""
    query = (
        select(*face_columns())
        .select_from(User)
        .outerjoin(School, School.id == User.school_id)
        .where(User.id == user_id)
    )
    row = db.session.execute(query).one_or_none() if user_id is not None else None
    return face_of(row, Face) if row is not None else None


def article_about(question: Question) -> Article | None:
    """The answer for everybody that was made of a question."""
    return db.session.scalar(select(Article).where(Article.question_id == question.id))


def rating_of(content_id: int, viewer: Viewer) -> Rating | None:
    """What the viewer said of an answer or a conversation."""
    return db.session.get(Rating, {"content_id": content_id, "user_id": viewer.id})


def ratings_in(activity: Activity) -> Page[Row[Rating]]:
    """Thanks with words, the latest first; names are not asked for."""
    query = select(Rating).where(Rating.activity_id == activity.id, Rating.words != "")
    return paginate(query.order_by(Rating.rated_at.desc(), Rating.content_id))


def articles_in(activity: Activity, viewer: Viewer, words: str = "") -> Page[Row[Article]]:
    """The knowledge base of a line: those with all the words, the latest first."""
    return paginate(_articles(activity, viewer, words))


def newest_articles(
    activity: Activity, viewer: Viewer, limit: int, words: str = ""
) -> Sequence[Article]:
    """The latest answers of the knowledge base."""
    return db.session.scalars(_articles(activity, viewer, words).limit(limit)).all()


def _articles(activity: Activity, viewer: Viewer, words: str) -> Select[Article]:
    query = (
        select(Article)
        .join(Article.content)
        .where(Article.activity_id == activity.id, Article.published_at.is_not(None))
        .where(visible_to(viewer, activity.community))
        .order_by(Article.published_at.desc(), Article.id.desc())
    )
    if words.strip():
        fits = contains_words(words, Article.title, Article.question, Article.answer)
        query = query.where(fits)
    return query


@dataclass(frozen=True)
class Counts:
    """Questions of a line: those that wait, wait beyond their term, wait for one, were answered."""

    waiting: int = 0
    overdue: int = 0
    mine: int = 0
    answered: int = 0


def counts_of(line: Line, viewer: Viewer) -> Counts:
    """Figures of a line; one query."""
    waits = (Question.state == QuestionState.WAITING) & Question.due_at.is_not(None)
    query = select(
        _sum(waits), _sum(waits & (Question.due_at < utcnow())),
        _sum(waits & (Question.consultant_id == (viewer.id or 0))),
        _sum(Question.answered_at.is_not(None)),
    ).where(Question.line_id == line.id)  # fmt: skip
    return Counts(*(number or 0 for number in db.session.execute(query).one()))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))

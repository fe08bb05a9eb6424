"""Minutes of a session: made from its agenda and decisions when it ends, edited and published.

The words of the host are stored; who took part and what was said are read from the messages when
the minutes are shown, so that what was hidden or forgotten since is not kept there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from core.api import (
    HOLD,
    Activity,
    Actor,
    Content,
    Face,
    Refused,
    School,
    User,
    clean,
    current_locale,
    db,
    face_columns,
    face_of,
    new_content,
    note_revision,
    operation,
    record,
    rows,
    search_again,
    use_locale,
    utcnow,
)
from plugins.chat import events, text
from plugins.chat.models import Message, Minutes, Question, QuestionState, Session
from plugins.chat.words import _

MINUTES = "chat.minutes"


@dataclass(frozen=True, kw_only=True)
class Participant(Face):
    """Somebody who took part, and how many messages were theirs."""

    said: int


def paragraph(words: str) -> str:
    """Clean HTML of plain words."""
    return str(text.as_html(words, {}))


@operation
def begin(actor: Actor, place: Activity, session: Session) -> Minutes:
    """Begin the minutes of a session that has ended, inside the operation that ends it."""
    with use_locale(_locale(session)):
        body = _draft(session)
    content = new_content(actor, MINUTES, place)
    # They are the host's, whoever ended the session.
    content.author_id = session.content.author_id
    _keep_back(content)
    minutes = Minutes(id=content.id, content=content, session_id=session.id, body=body)
    db.session.add(minutes)
    db.session.flush()
    return minutes


def _keep_back(content: Content) -> None:
    """Until they are published core shows them to nobody but their author and the staff."""
    content.hidden_at = utcnow()


def _locale(session: Session) -> str:
    """The language of whoever planned it: minutes are one text for everybody."""
    author = session.content.author
    return author.locale if author is not None and author.locale else current_locale()


def _draft(session: Session) -> str:
    parts = [paragraph(session.about)] if session.about else []
    if session.agenda:
        parts += [_heading(_("What was talked about")), _list([s["title"] for s in session.agenda])]
    parts += [_heading(_("What was decided")), _decisions(session)]
    answered = _answered(session)
    if answered:
        parts += [_heading(_("Questions that were answered")), _list(answered)]
    return clean("".join(parts))


def _heading(words: str) -> str:
    return str(Markup("<h2>{}</h2>").format(words))


def _list(lines: Sequence[str]) -> str:
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return str(Markup("<ol>{}</ol>").format(items))


def _decisions(session: Session) -> str:
    query = (
        select(Message.text, Message.mentions)
        .join(Content, Content.id == Message.id)
        .where(Message.room_id == session.room.id, Message.is_decision)
        .where(Content.hidden_at.is_(None), Message.number.is_not(None))
        .order_by(Message.number)
    )
    decided = db.session.execute(query).all()
    if not decided:
        return str(Markup("<p>{}</p>").format(_("No decisions were marked.")))
    items = "".join(f"<li>{text.in_line(row.text, row.mentions)}</li>" for row in decided)
    return f"<ol>{items}</ol>"


def _answered(session: Session) -> list[str]:
    query = (
        select(Question.text)
        .join(Question.content)
        .where(Question.room_id == session.room.id, Question.state == QuestionState.ANSWERED)
        .where(Content.hidden_at.is_(None), Content.held_at.is_(None))
        .order_by(Question.votes.desc(), Question.id)
    )
    return list(db.session.scalars(query))


@operation
def edit(
    actor: Actor,
    minutes: Minutes,
    body: str,
    *,
    with_text: bool,
    seen_version: int,
    publish_in: Activity | None = None,
) -> None:
    """Change the minutes, and perhaps publish them. Raises Conflict when somebody else changed them
    since ``seen_version``."""
    note_revision(actor, minutes.content, minutes.body, seen_version=seen_version)
    minutes.body, minutes.with_text = body, with_text
    db.session.flush()
    if publish_in is not None:
        publish(actor, publish_in, minutes)


@operation
def publish(actor: Actor, place: Activity, minutes: Minutes) -> None:
    """Let everybody read the minutes, once. Those who took part are told. Raises Refused for what
    moderators hid: nobody but they shows it again."""
    _hold(minutes)
    if minutes.is_withheld:
        raise Refused(
            _("A moderator has hidden these minutes. They can be published once they are restored.")
        )
    if minutes.published_at is not None:
        return
    minutes.published_at, minutes.content.hidden_at = utcnow(), None
    db.session.flush()
    search_again([minutes.id])
    record(
        events.PUBLISHED, actor, activity=place, content=minutes.content,
        title=minutes.session.title, session=minutes.session_id,
        participants=len(participants(minutes.session.room.id)),
    )  # fmt: skip


@operation
def retract(actor: Actor, minutes: Minutes) -> None:
    """Take published minutes back to be worked on."""
    _hold(minutes)
    minutes.published_at = None
    if not minutes.is_withheld:
        _keep_back(minutes.content)
    db.session.flush()
    search_again([minutes.id])


def _hold(minutes: Minutes) -> None:
    """Read them anew: moderators may have hidden them meanwhile."""
    db.session.refresh(minutes.content, with_for_update=HOLD | {"of": Content})
    db.session.refresh(minutes)


def visibility_changed(actor: Actor, number: int) -> None:
    """What moderators restore is a draft still, if it was taken back in the meantime."""
    minutes = db.session.get_one(Minutes, number)
    if minutes.published_at is None and minutes.content.hidden_at is None:
        _keep_back(minutes.content)
        db.session.flush()


def of_session(session_id: int) -> Minutes | None:
    """The minutes of a session, with their content."""
    query = select(Minutes).options(joinedload(Minutes.content))
    return db.session.scalar(query.where(Minutes.session_id == session_id))


def participants(room_id: int) -> Sequence[Participant]:
    """Who said something in a room, those who said most first; one query."""
    said = func.count(Message.id).label("said")
    query = (
        select(*face_columns(), said)
        .select_from(Message)
        .join(Content, Content.id == Message.id)
        .join(User, User.id == Content.author_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Message.room_id == room_id, Message.number.is_not(None))
        .where(Content.hidden_at.is_(None))
        .group_by(*face_columns())
        .order_by(User.surname, User.given_name, User.id)
    )
    return [face_of(row, Participant, said=row.said) for row in rows(query)]

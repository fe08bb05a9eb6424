"""What was said, as a page shows it: lines of a room, grouped by author and day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Any

from markupsafe import Markup
from sqlalchemy import Integer, Select, bindparam, select
from sqlalchemy.orm import aliased

from core.api import (
    Content,
    Face,
    File,
    Reactions,
    School,
    User,
    Viewer,
    among,
    attachments_of,
    current_zone,
    reactions_of,
    rows,
)
from plugins.chat import text
from plugins.chat.models import AT_ONCE, Message
from plugins.chat.words import _

# Messages of one person within so long stand together under one name.
TOGETHER = timedelta(minutes=5)

Above = aliased(Message)
AboveContent = aliased(Content)
AboveAuthor = aliased(User)


@dataclass(frozen=True, slots=True)
class Reply:
    """The message that another one answers: the beginning of its ``words``, which are empty for one
    that is ``gone`` and one that is a file alone."""

    number: int | None
    author: str
    words: str
    gone: bool

    @property
    def brief(self) -> str:
        return self.words or (_("The message was removed") if self.gone else _("A file"))


@dataclass(frozen=True)
class Line:
    """A message as a room shows it. What is ``gone`` was taken back, or hidden with a reason."""

    id: int
    number: int | None
    text: str
    html: Markup
    author: Face
    created_at: datetime
    edited_at: datetime | None
    is_decision: bool
    gone: bool
    taken_back: bool
    reason: str
    reply: Reply | None
    files: Sequence[File] = ()
    signs: Reactions = field(default_factory=Reactions)

    @property
    def brief(self) -> str:
        """Its beginning on one line, without markup."""
        words = " ".join(self.html.striptags().split())
        return words[:119] + "…" if len(words) > 120 else words

    @property
    def day(self) -> date:
        return self.created_at.astimezone(current_zone()).date()

    def is_by(self, viewer: Viewer) -> bool:
        return viewer.id is not None and self.author.id == viewer.id


@dataclass(frozen=True)
class Placed:
    """A line, and what stands above it: a new day, the unread line, its author's name."""

    line: Line
    day: date | None
    first: bool
    unread: bool
    step: str = ""


@dataclass(frozen=True)
class Log:
    """Some lines of a room, with what they hold. ``read`` is how far the viewer had come."""

    lines: Sequence[Line]
    last_number: int
    read: int

    @cached_property
    def first(self) -> int:
        """The number of the first line; 0 when there is none."""
        return next((line.number for line in self.lines if line.number), 0)

    @cached_property
    def last(self) -> int:
        return max((line.number or 0 for line in self.lines), default=0)

    @property
    def has_earlier(self) -> bool:
        return self.first > 1

    @property
    def has_later(self) -> bool:
        return self.last < self.last_number

    @cached_property
    def shown_till(self) -> int:
        """How far the viewer has come with this page: what was shown without a gap."""
        return self.last if self.first <= self.read + 1 or not self.has_later else self.read

    def placed(self, viewer: Viewer, steps: Mapping[int, str]) -> Iterator[Placed]:
        """The lines with what stands above each; ``steps`` begin with these numbers."""
        before: Line | None = None
        told = not self.read
        for line in self.lines:
            new_day = before is None or before.day != line.day
            unread = not told and (line.number or 0) > self.read and not line.is_by(viewer)
            told = told or unread
            step = steps.get(line.number or 0, "")
            first = new_day or unread or bool(step) or not _goes_on(before, line)
            yield Placed(line, line.day if new_day else None, first, unread, step)
            before = line


def _goes_on(before: Line | None, line: Line) -> bool:
    """Whether a line needs no name above it: it goes on what the same person just said."""
    return (
        before is not None
        and not before.gone
        and not line.gone
        and line.reply is None
        and before.author.id == line.author.id
        and line.created_at - before.created_at < TOGETHER
    )


def newest(room_id: int, last_number: int, viewer: Viewer, *, read: int, held: bool) -> Log:
    """The end of what was said in a room."""
    lines = _lines(
        viewer, _numbered(), room=room_id, start=last_number - AT_ONCE + 1, end=last_number
    )
    if held:
        lines += _lines(viewer, _waiting(), room=room_id, author=viewer.id or 0)
    return Log(lines, last_number, read)


def before(room_id: int, last_number: int, viewer: Viewer, number: int, *, read: int) -> Log:
    """What was said before a message."""
    span = {"start": number - AT_ONCE, "end": number - 1}
    return Log(_lines(viewer, _numbered(), room=room_id, **span), last_number, read)


def since(room_id: int, last_number: int, viewer: Viewer, number: int, *, read: int) -> Log:
    """What was said from a message on; a little of what came before gives it a place."""
    start = max(1, number - 5)
    span = {"start": start, "end": start + AT_ONCE - 1}
    return Log(_lines(viewer, _numbered(), room=room_id, **span), last_number, read)


def everything(room_id: int, viewer: Viewer, start: int, count: int) -> Sequence[Line]:
    """A long piece of what was said, for minutes."""
    return _lines(viewer, _numbered(), room=room_id, start=start, end=start + count - 1)


def lines_of(message_ids: Sequence[int], viewer: Viewer) -> Mapping[int, Line]:
    """These messages, by id."""
    if not message_ids:
        return {}
    return {line.id: line for line in _lines(viewer, _these(), messages=list(message_ids))}


def one(message_id: int, viewer: Viewer) -> Line | None:
    """One message, as lists show it."""
    return lines_of([message_id], viewer).get(message_id)


def _lines(viewer: Viewer, query: Select[*tuple[Any, ...]], **facts: Any) -> list[Line]:
    found = rows(query, facts).all()
    files = attachments_of([row.id for row in found if row.has_files])
    signed = [row.id for row in found if row.has_signs]
    signs = reactions_of(signed, viewer)
    return [_line(row, files.get(row.id, ()), signs.get(row.id)) for row in found]


def _line(row: Any, files: Sequence[File], signs: Reactions | None) -> Line:  # fmt: skip
    gone = row.hidden_at is not None
    return Line(
        row.id, row.number, "" if gone else row.text,
        Markup() if gone else text.as_html(row.text, row.mentions), _author(row), row.created_at,
        row.edited_at, row.is_decision and not gone, gone,
        gone and row.hidden_by_id == row.author_id, row.hidden_reason, _reply(row),
        () if gone else files, signs or Reactions(),
    )  # fmt: skip


def _author(row: Any) -> Face:
    return Face(
        id=row.author_id or 0, surname=row.surname or "", given_name=row.given_name or "",
        patronymic=row.patronymic or "", photo=row.photo or "", school=row.school or "",
    )  # fmt: skip


def _reply(row: Any) -> Reply | None:
    if row.above_id is None:
        return None
    author = Face(
        id=0, surname=row.above_surname or "", given_name=row.above_given_name or "",
        patronymic=row.above_patronymic or "", photo="", school="",
    )  # fmt: skip
    gone = row.above_hidden_at is not None
    words = "" if gone else text.in_brief(row.above_text, row.above_mentions)
    return Reply(row.above_number, author.short_name, words, gone)


@cache
def _all() -> Select[*tuple[Any, ...]]:
    """Made once: putting a query together takes longer than the database takes to answer it."""
    return (
        select(
            Message.id, Message.number, Message.text, Message.mentions, Message.has_files,
            Message.has_signs, Message.is_decision, Content.author_id, Content.created_at,
            Content.edited_at, Content.hidden_at, Content.hidden_by_id, Content.hidden_reason,
            User.surname, User.given_name, User.patronymic, User.photo,
            School.short_name.label("school"),
            Above.id.label("above_id"), Above.number.label("above_number"),
            Above.text.label("above_text"),
            Above.mentions.label("above_mentions"), AboveContent.hidden_at.label("above_hidden_at"),
            AboveAuthor.surname.label("above_surname"),
            AboveAuthor.given_name.label("above_given_name"),
            AboveAuthor.patronymic.label("above_patronymic"),
        )
        .join(Content, Content.id == Message.id)
        .outerjoin(User, User.id == Content.author_id)
        .outerjoin(School, School.id == User.school_id)
        .outerjoin(Above, Above.id == Message.reply_to_id)
        .outerjoin(AboveContent, AboveContent.id == Above.id)
        .outerjoin(AboveAuthor, AboveAuthor.id == AboveContent.author_id)
    )  # fmt: skip


def _in_room() -> Select[*tuple[Any, ...]]:
    return _all().where(Message.room_id == bindparam("room", type_=Integer))


@cache
def _numbered() -> Select[*tuple[Any, ...]]:
    start, end = bindparam("start", type_=Integer), bindparam("end", type_=Integer)
    return _in_room().where(Message.number.between(start, end)).order_by(Message.number)


@cache
def _waiting() -> Select[*tuple[Any, ...]]:
    own = Content.author_id == bindparam("author", type_=Integer)
    shown = Content.hidden_at.is_(None)
    return _in_room().where(Message.number.is_(None), own, shown).order_by(Message.id)


@cache
def _these() -> Select[*tuple[Any, ...]]:
    return _all().where(among(Message.id, "messages"))

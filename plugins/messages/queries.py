"""What is read of conversations: the inbox, one conversation, and what others see of them."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, or_, select
from sqlalchemy.orm import aliased

from core.api import (
    Content,
    Face,
    File,
    Page,
    School,
    User,
    Viewer,
    attachments_of,
    contains_words,
    current_viewer,
    db,
    excerpt,
    face_columns,
    face_of,
    paginate,
    short_name,
)
from plugins.messages.models import (
    MESSAGES_A_PAGE,
    THREADS_A_PAGE,
    Block,
    Clarification,
    Message,
    Party,
    Preference,
    Step,
    Thread,
)
from plugins.messages.words import _

# Of a group so many names stand in a line of the inbox.
NAMES = 3


class Show(enum.StrEnum):
    """Which conversations an inbox shows."""

    ALL = ""
    UNREAD = "unread"
    STARRED = "starred"
    GROUPS = "groups"
    CLARIFICATIONS = "clarifications"
    ARCHIVED = "archived"


@dataclass(frozen=True, kw_only=True)
class Line:
    """A conversation as the inbox shows it."""

    id: int
    title: str
    is_group: bool
    is_clarification: bool
    outcome: str
    faces: Sequence[Face]
    latest: str
    own: bool
    at: datetime
    unread: bool
    starred: bool
    muted: bool

    @property
    def face(self) -> Face | None:
        return self.faces[0] if self.faces and not self.is_group else None


def inbox(viewer: Viewer, show: Show, words: str) -> Page[Line]:
    """The viewer's conversations, the latest first: two queries."""
    query = (
        select(
            Thread.id, Thread.title, Thread.is_group, Party.last_id, Party.last_at, Party.read_id,
            Party.starred, Party.muted, Message.body, Message.step, Message.gone_at,
            Message.has_files, Content.author_id, Content.hidden_at,
            Clarification.thread_id.label("asks"),
            Clarification.outcome,
        )
        .join(Party, Party.thread_id == Thread.id)
        .outerjoin(Message, Message.id == Party.last_id)
        .outerjoin(Content, Content.id == Message.id)
        .outerjoin(Clarification, Clarification.thread_id == Thread.id)
        .where(Party.user_id == viewer.id, _shown(show), _fits(words))
        .order_by(Party.last_at.desc(), Thread.id.desc())
    )  # fmt: skip
    page = paginate(query, size=THREADS_A_PAGE)
    people = others_of([row.id for row in page.items], viewer)
    lines = [_line(row, people.get(row.id, []), viewer) for row in page.items]
    return Page(lines, page.number, page.total, page.size)


def _shown(show: Show) -> ColumnElement[bool]:
    put_away = Party.archived
    conditions: dict[Show, ColumnElement[bool]] = {
        Show.ALL: ~put_away,
        Show.UNREAD: Party.read_id < Party.last_id,
        Show.STARRED: Party.starred.is_(True),
        Show.GROUPS: ~put_away & Thread.is_group,
        Show.CLARIFICATIONS: Clarification.thread_id.is_not(None),
        Show.ARCHIVED: put_away.is_(True),
    }
    return conditions[show]


def _fits(words: str) -> ColumnElement[bool]:
    """The words stand in the title, in the names of its people, or in one of its messages."""
    if not words.strip():
        return contains_words("")
    theirs = aliased(Party)
    named = (
        exists()
        .where(theirs.thread_id == Thread.id, theirs.user_id == User.id)
        .where(theirs.user_id != Party.user_id)
        .where(contains_words(words, User.surname, User.given_name, User.patronymic))
    )
    said, row = aliased(Message), aliased(Content)
    saying = (
        exists()
        .where(said.thread_id == Thread.id, said.step == "", contains_words(words, said.words))
        .where(row.id == said.id, row.hidden_at.is_(None))
    )
    return or_(
        contains_words(words, Thread.title),
        named.correlate(Thread, Party),
        saying.correlate(Thread),
    )


def others_of(ids: Collection[int], viewer: Viewer) -> dict[int, list[Face]]:
    """The people of many conversations without the viewer; one query."""
    found: dict[int, list[Face]] = {}
    query = (
        select(Party.thread_id, *face_columns())
        .join(User, User.id == Party.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Party.thread_id.in_(ids), Party.user_id != viewer.id)
        .order_by(Party.thread_id, User.surname, User.given_name, User.id)
    )
    for row in db.session.execute(query) if ids else ():
        found.setdefault(row.thread_id, []).append(face_of(row, Face))
    return found


def name_of(title: str, faces: Sequence[Face], *, is_group: bool) -> str:
    """What a conversation is called: its title, else its people."""
    if title:
        return title
    if not faces:
        return _("Conversation with nobody else")
    if not is_group:
        return faces[0].name
    names = ", ".join(face.short_name for face in faces[:NAMES])
    more = len(faces) - NAMES
    return _("%(names)s and %(n)s more", names=names, n=more) if more > 0 else names


def _line(row: Row[*tuple[Any, ...]], faces: Sequence[Face], viewer: Viewer) -> Line:
    own = row.author_id == viewer.id
    return Line(
        id=row.id, title=name_of(row.title, faces, is_group=row.is_group), is_group=row.is_group,
        is_clarification=row.asks is not None, outcome=row.outcome or "", faces=faces,
        latest=_latest(row, own=own), own=own and not row.step, at=row.last_at,
        unread=row.read_id < row.last_id, starred=row.starred, muted=row.muted,
    )  # fmt: skip


def _latest(row: Row[*tuple[Any, ...]], *, own: bool) -> str:
    if row.step:
        return step_words(Step(row.step))
    if row.gone_at is not None:
        return _("The message was taken back")
    if row.hidden_at is not None and not own:
        return _("Hidden by a moderator")
    words = excerpt(row.body or "", 120)
    return words or (_("A file") if row.has_files else "")


def step_words(step: Step) -> str:
    """What a step says where nobody is named."""
    return {
        Step.ADDED: _("New people in the group"),
        Step.LEFT: _("Somebody left the group"),
        Step.RENAMED: _("The group has a new name"),
        Step.SETTLED: _("Settled between the two"),
        Step.PUBLIC: _("Taken to the public discussion"),
        Step.MODERATOR: _("A moderator was called"),
        Step.REOPENED: _("Open again"),
    }[step]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A line of a conversation as its page shows it."""

    id: int
    author: Face | None
    own: bool
    at: datetime
    body: str
    step: str
    words: str
    gone: bool
    hidden_reason: str | None
    files: Sequence[File] = ()
    names: Sequence[str] = ()


@dataclass(frozen=True)
class Talk:
    """A stretch of a conversation, the oldest line first; ``earlier``: from which id there is
    more before it."""

    lines: Sequence[Shown]
    earlier: int = 0
    is_latest: bool = True

    @property
    def last_id(self) -> int:
        return self.lines[-1].id if self.lines else 0


def talk(thread: Thread, viewer: Viewer, before: int = 0) -> Talk:
    """The latest lines of a conversation, or those before one: at most three queries."""
    query = (
        select(
            Message.id.label("number"), Message.body, Message.step, Message.words, Message.gone_at,
            Message.has_files, Content.created_at, Content.author_id, Content.hidden_at,
            Content.hidden_reason, *face_columns(),
        )
        .join(Content, Content.id == Message.id)
        .outerjoin(User, User.id == Content.author_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Message.thread_id == thread.id)
        .order_by(Message.id.desc())
        .limit(MESSAGES_A_PAGE + 1)
    )  # fmt: skip
    found = db.session.execute(query.where(Message.id < before) if before else query).all()
    rows = list(reversed(found[:MESSAGES_A_PAGE]))
    files = attachments_of([row.number for row in rows if row.has_files])
    names = _names_in(rows)
    lines = [_shown_line(row, viewer, files, names) for row in rows]
    return Talk(lines, rows[0].number if len(found) > MESSAGES_A_PAGE else 0, not before)


def _names_in(rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[int, str]:
    """Names of those who were added, where a line tells of it."""
    ids = {number for row in rows for number in _added(row)}
    if not ids:
        return {}
    query = select(User.id, User.surname, User.given_name, User.patronymic).where(User.id.in_(ids))
    return {row.id: short_name(*row[1:]) for row in db.session.execute(query)}


def _added(row: Row[*tuple[Any, ...]]) -> list[int]:
    return [int(n) for n in row.words.split(",")] if row.step == Step.ADDED else []


def _shown_line(
    row: Row[*tuple[Any, ...]],
    viewer: Viewer,
    files: Mapping[int, Sequence[File]],
    names: Mapping[int, str],
) -> Shown:
    own = row.author_id is not None and row.author_id == viewer.id
    hidden = row.hidden_at is not None
    return Shown(
        id=row.number, author=face_of(row, Face) if row.author_id else None, own=own,
        at=row.created_at, body="" if hidden and not own else row.body, step=row.step,
        words=row.words if row.step == Step.RENAMED else "", gone=row.gone_at is not None,
        hidden_reason=row.hidden_reason if hidden else None,
        files=() if hidden and not own else files.get(row.number, ()),
        names=[names[number] for number in _added(row) if number in names],
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Member(Face):
    """Somebody in a conversation, and how far they have read, where they show it."""

    read_id: int = 0
    shows_reading: bool = True


def people_of(thread: Thread) -> list[Member]:
    """Everybody in a conversation by name; one query."""
    query = (
        select(*face_columns(), Party.read_id, Preference.shows_reading)
        .select_from(Party)
        .join(User, User.id == Party.user_id)
        .outerjoin(School, School.id == User.school_id)
        .outerjoin(Preference, Preference.user_id == Party.user_id)
        .where(Party.thread_id == thread.id)
        .order_by(User.surname, User.given_name, User.id)
    )
    found: Any = db.session.execute(query)
    return [
        face_of(row, Member, read_id=row.read_id, shows_reading=row.shows_reading is not False)
        for row in found
    ]


def readers_of(message_id: int, people: Sequence[Member], viewer: Viewer) -> list[Member]:
    """Who else has read up to a message. Whoever does not show their reading is shown nobody's."""
    mine = next((person for person in people if person.id == viewer.id), None)
    if mine is None or not mine.shows_reading:
        return []
    others = (person for person in people if person.id != viewer.id)
    return [p for p in others if p.shows_reading and p.read_id >= message_id]


def thread_at(_parent: object, number: int) -> Thread | None:
    """A conversation of an address, if the viewer takes part in it."""
    query = select(Thread).join(Party, Party.thread_id == Thread.id)
    mine = query.where(Thread.id == number, Party.user_id == current_viewer().id)
    return db.session.scalar(mine)


def message_at(_parent: object, number: int) -> Message | None:
    """A message of an address, if the viewer takes part in its conversation."""
    query = select(Message).join(Party, Party.thread_id == Message.thread_id)
    mine = query.where(Message.id == number, Party.user_id == current_viewer().id)
    return db.session.scalar(mine.where(Message.step == ""))


def party_of(thread: Thread, viewer: Viewer) -> Party:
    """The viewer's part in a conversation of theirs."""
    return db.session.get_one(Party, {"thread_id": thread.id, "user_id": viewer.id})


def told_in(thread: Thread, viewer: Viewer) -> list[int]:
    """The messages of a conversation of which a notice of the viewer tells."""
    if not viewer.told_of:
        return []
    query = select(Message.id).where(
        Message.thread_id == thread.id, Message.id.in_(sorted(viewer.told_of))
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class Blocks:
    """Whom one has blocked, and whether one is blocked by somebody among a few."""

    mine: frozenset[int] = field(default_factory=frozenset)
    theirs: frozenset[int] = field(default_factory=frozenset)


def blocks_between(viewer: Viewer, ids: Collection[int]) -> Blocks:
    """Blocks between the viewer and these people; one query."""
    if not ids:
        return Blocks()
    mine = (Block.user_id == viewer.id) & Block.blocked_id.in_(ids)
    theirs = (Block.blocked_id == viewer.id) & Block.user_id.in_(ids)
    found = db.session.execute(select(Block.user_id, Block.blocked_id).where(or_(mine, theirs)))
    pairs = [(row.user_id, row.blocked_id) for row in found]
    return Blocks(
        frozenset(blocked for user, blocked in pairs if user == viewer.id),
        frozenset(user for user, _blocked in pairs if user != viewer.id),
    )


def blocked_by(viewer: Viewer) -> Select[Any]:
    """Whom somebody has blocked, by name; for a page of them."""
    return (
        select(*face_columns(), Block.created_at)
        .select_from(Block)
        .join(User, User.id == Block.blocked_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Block.user_id == viewer.id)
        .order_by(User.surname, User.given_name, User.id)
    )


def shows_reading(viewer: Viewer) -> bool:
    """Whether others see how far somebody has read."""
    query = select(Preference.shows_reading).where(Preference.user_id == viewer.id)
    return db.session.scalar(query) is not False

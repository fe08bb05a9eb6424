"""What is changed by talking: conversations are begun, written in, left and taken apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, or_, select, update

from core.api import (
    Actor,
    Content,
    DomainError,
    File,
    Missing,
    Refused,
    User,
    attach,
    changed_for,
    db,
    drop_draft,
    is_blank,
    keep_from,
    let_read,
    mark_told,
    new_content,
    notify,
    operation,
    plain,
    utcnow,
)
from plugins.messages.models import (
    MOST_PEOPLE,
    Block,
    Clarification,
    Message,
    Party,
    Step,
    Thread,
)
from plugins.messages.sent import said_in, sent_message
from plugins.messages.words import _

THREAD, MESSAGE, REPORT = "messages.thread", "messages.message", "messages.report"
TOLD = "messages.message"
TITLE_LENGTH = 120


@dataclass(frozen=True, kw_only=True)
class Written:
    """What somebody wrote; ``draft`` is the place of the draft that it was."""

    body: str
    files: Sequence[File] = ()
    submission: str = ""
    draft: str = ""

    def check(self) -> None:
        """Raise DomainError for nothing at all; a file alone says something."""
        if is_blank(self.body) and not self.files:
            raise DomainError(_("Write something first."))


@operation
def begin(actor: Actor, people: Collection[int], title: str, written: Written) -> Message:
    """Write to people: to one in the conversation that there is of the two, to several in a new
    group. A form that is sent twice gives the same message."""
    written.check()
    sent = sent_message(actor, written.submission)
    if sent is not None:
        return sent
    # All at once and in one order: two who write to each other would else wait for each other.
    others = [number for number in held({*people, actor.id or 0}) if number != actor.id]
    if not others:
        raise DomainError(_("Choose whom to write to."))
    if len(others) == 1:
        return send(actor, _between(actor, others[0]), written)
    check_size(len(others) + 1)
    check_blocks(actor, others)
    thread = new_thread(actor, [*others, actor.id or 0], is_group=True, title=checked_title(title))
    return send(actor, thread, written)


def held(people: Collection[int]) -> list[int]:
    """Those of these people who have an account, held so that whoever writes to the same people
    at the same time waits."""
    query = select(User.id).where(User.id.in_(people), User.state == "active").order_by(User.id)
    return list(db.session.scalars(query.with_for_update(key_share=True)))


def check_size(people: int) -> None:
    """Raise DomainError for a group that is too large."""
    if people > MOST_PEOPLE:
        raise DomainError(
            _("At most %(n)s people can talk in a group. Choose fewer.", n=MOST_PEOPLE)
        )


def check_blocks(actor: Actor, others: Collection[int]) -> None:
    """Raise Refused when one of the others does not want to be written to, or is not wanted."""
    mine = (Block.user_id == actor.id) & Block.blocked_id.in_(others)
    theirs = (Block.blocked_id == actor.id) & Block.user_id.in_(others)
    blocks = db.session.execute(select(Block.user_id).where(or_(mine, theirs))).scalars().all()
    if actor.id in blocks:
        raise Refused(_("You have blocked this person. Take the block back to write to them."))
    if blocks:
        raise Refused(_("This person does not take messages from you."))


def checked_title(title: str) -> str:
    """A title as it is stored; raises DomainError for an overlong one."""
    title = " ".join(title.split())
    if len(title) > TITLE_LENGTH:
        raise DomainError(_("This title is too long: %(n)s characters fit.", n=TITLE_LENGTH))
    return title


def _between(actor: Actor, other: int) -> Thread:
    """The conversation of two, begun if there is none; both people are held."""
    both = sorted((actor.id or 0, other))
    pair = ":".join(map(str, both))
    thread = db.session.scalar(select(Thread).where(Thread.pair == pair))
    if thread is None:
        check_blocks(actor, [other])
        thread = new_thread(actor, both, pair=pair)
    return thread


def new_thread(
    actor: Actor,
    people: Collection[int],
    *,
    pair: str | None = None,
    is_group: bool = False,
    title: str = "",
) -> Thread:
    """A conversation among these people, before anything is said; inside an operation."""
    content = new_content(actor, THREAD)
    thread = Thread(id=content.id, content=content, pair=pair, is_group=is_group, title=title)
    db.session.add(thread)
    db.session.flush()
    _join(thread, people)
    return thread


def _join(thread: Thread, people: Collection[int]) -> None:
    for number in sorted(people):
        db.session.add(Party(thread_id=thread.id, user_id=number, last_id=thread.last_id))
    db.session.flush()
    let_read(thread.content, people)


def locked(actor: Actor, thread: Thread) -> tuple[Thread, Party]:
    """The conversation, held until the operation ends, and the actor's part in it. Raises Missing
    where they have none."""
    query = select(Thread).where(Thread.id == thread.id).with_for_update(key_share=True)
    found = db.session.scalar(query.execution_options(populate_existing=True))
    key = {"thread_id": thread.id, "user_id": actor.id}
    party = db.session.get(Party, key, populate_existing=True)
    if found is None or party is None:
        raise Missing(_("You do not take part in this conversation any more."))
    return found, party


@operation
def send(actor: Actor, thread: Thread, written: Written) -> Message:
    """Write in a conversation. A form that is sent twice gives the same message."""
    written.check()
    sent = sent_message(actor, written.submission)
    if sent is not None:
        return said_in(thread, sent)
    thread, _party = locked(actor, thread)
    others = others_in(thread, actor)
    _check_reachable(actor, thread, others)
    message = _stored(actor, thread, written)
    _note_answer(actor, thread)
    drop_draft(actor, written.draft)
    tell(actor, thread, message, others)
    return message


def others_in(thread: Thread, actor: Actor) -> list[Party]:
    """The people of a conversation but one."""
    query = select(Party).where(Party.thread_id == thread.id, Party.user_id != actor.id)
    return list(db.session.scalars(query))


def _check_reachable(actor: Actor, thread: Thread, others: Sequence[Party]) -> None:
    if not others:
        raise Refused(_("Nobody else is in this conversation any more."))
    if not thread.is_group:
        check_blocks(actor, [party.user_id for party in others])


def _stored(actor: Actor, thread: Thread, written: Written) -> Message:
    content = new_content(actor, MESSAGE, submission=written.submission)
    message = Message(
        id=content.id, content=content, thread_id=thread.id, thread=thread, body=written.body,
        words=plain(written.body), has_files=bool(written.files),
    )  # fmt: skip
    db.session.add(message)
    db.session.flush()
    if written.files:
        attach(content, written.files)
    appended(actor, thread, message)
    return message


def appended(actor: Actor, thread: Thread, message: Message) -> None:
    """A line was added: inboxes show it on top, and whoever wrote it has read so far."""
    thread.last_id = message.id
    now = message.content.created_at
    parties = update(Party).where(Party.thread_id == thread.id)
    db.session.execute(
        parties.values(last_id=message.id, last_at=now, archived=Party.archived & Party.muted),
        execution_options={"synchronize_session": False},
    )
    db.session.expire_all()
    mark_read(actor, thread.id, message.id)
    show_anew(thread.id, "inbox", f"thread-{thread.id}")


def show_anew(thread_id: int, *parts: str, but: int | None = None) -> None:
    """Let the open pages of those in a conversation be up to date; inside an operation."""
    people = list(db.session.scalars(select(Party.user_id).where(Party.thread_id == thread_id)))
    for part in parts:
        changed_for([number for number in people if number != but], part)


def step(actor: Actor, thread: Thread, what: Step, words: str = "") -> Message:
    """Note in a conversation what happened in it; inside an operation that holds it."""
    content = new_content(actor, MESSAGE)
    message = Message(
        id=content.id, content=content, thread_id=thread.id, thread=thread, step=what, words=words
    )
    db.session.add(message)
    db.session.flush()
    appended(actor, thread, message)
    return message


def _note_answer(actor: Actor, thread: Thread) -> None:
    clarification = db.session.get(Clarification, thread.id)
    asked_by_other = clarification is not None and clarification.asked_by_id != actor.id
    if clarification is not None and asked_by_other and clarification.answered_at is None:
        clarification.answered_at = utcnow()


def tell(actor: Actor, thread: Thread, message: Message, others: Sequence[Party]) -> None:
    """Tell the others of a new line, but those who muted the conversation or blocked the author."""
    blocking = set(db.session.scalars(select(Block.user_id).where(Block.blocked_id == actor.id)))
    people = {party.user_id for party in others if not party.muted} - blocking
    if people:
        notify(
            TOLD, people, by=actor.id, content=message.content, about=thread.content,
            once=f"messages:{message.id}",
        )  # fmt: skip


@operation
def mark_read(actor: Actor, thread_id: int, upto: int) -> None:
    """Everything up to a message was shown to somebody."""
    mine = (Party.thread_id == thread_id, Party.user_id == actor.id, Party.read_id < upto)
    newly = update(Party).where(*mine).values(read_id=upto).returning(Party.user_id)
    if db.session.execute(newly).first() is not None:
        show_anew(thread_id, f"thread-{thread_id}", but=actor.id)
        changed_for([actor.id or 0], "inbox")
    lines = select(Message.id).where(Message.thread_id == thread_id, Message.id <= upto)
    mark_told(actor, lines)


@operation
def mark_unread(actor: Actor, thread: Thread) -> None:
    """Let the latest message count as unread again, to come back to it."""
    _thread, party = locked(actor, thread)
    party.read_id = max(0, party.last_id - 1)


@operation
def arrange(
    actor: Actor,
    thread: Thread,
    *,
    starred: bool | None = None,
    muted: bool | None = None,
    archived: bool | None = None,
) -> None:
    """Mark a conversation for oneself alone: with a star, as quiet, or as put away."""
    _thread, party = locked(actor, thread)
    wanted = {"starred": starred, "muted": muted, "archived": archived}
    for name, value in wanted.items():
        if value is not None:
            setattr(party, name, value)


@operation
def add(actor: Actor, thread: Thread, people: Collection[int]) -> None:
    """Take people into a group; they can read all of it. Raises DomainError where that is
    impossible."""
    thread, _party = locked(actor, thread)
    if not thread.is_group:
        raise DomainError(_("Nobody can be added to a conversation between two. Begin a group."))
    there = set(db.session.scalars(select(Party.user_id).where(Party.thread_id == thread.id)))
    new = [number for number in held(people) if number not in there]
    check_size(len(there) + len(new))
    check_blocks(actor, new)
    if not new:
        return
    _join(thread, new)
    line = step(actor, thread, Step.ADDED, ",".join(map(str, sorted(new))))
    tell(actor, thread, line, others_in(thread, actor))


@operation
def rename(actor: Actor, thread: Thread, title: str) -> None:
    """Give a group another name."""
    thread, _party = locked(actor, thread)
    title = checked_title(title)
    if not thread.is_group:
        raise DomainError(_("Only a group has a name of its own."))
    if title != thread.title:
        thread.title = title
        step(actor, thread, Step.RENAMED, title)


@operation
def leave(actor: Actor, thread: Thread) -> None:
    """Leave a group: nothing more comes of it, and nothing of it can be read. When the last one
    has gone, nothing is left of it."""
    thread, party = locked(actor, thread)
    if not thread.is_group:
        raise DomainError(_("A conversation between two cannot be left; put it away instead."))
    step(actor, thread, Step.LEFT)
    db.session.delete(db.session.get_one(Party, {"thread_id": thread.id, "user_id": party.user_id}))
    db.session.flush()
    keep_from(thread.content, [actor.id or 0])
    dissolve_if_empty(thread.id)


def dissolve_if_empty(thread_id: int) -> None:
    """Remove a conversation in which nobody takes part any more, inside an operation."""
    query = select(func.count()).select_from(Party).where(Party.thread_id == thread_id)
    if db.session.scalar(query):
        return
    lines = select(Message.id).where(Message.thread_id == thread_id)
    gone = delete(Content).where(or_(Content.id.in_(lines), Content.id == thread_id))
    db.session.execute(gone, execution_options={"synchronize_session": False})
    db.session.expire_all()


@operation
def take_back(actor: Actor, message: Message) -> None:
    """Remove the words and files of one's own message; that there was one can be seen."""
    locked(actor, message.thread)
    message = db.session.get_one(Message, message.id, populate_existing=True)
    if message.content.author_id != actor.id or message.step:
        raise Refused(_("Only the author can take a message back."))
    if message.gone_at is not None:
        return
    message.body, message.words, message.gone_at = "", "", utcnow()
    message.has_files = False
    attach(message.content, [])
    show_anew(message.thread_id, "inbox", f"thread-{message.thread_id}")


@operation
def block(actor: Actor, person: int) -> None:
    """Let somebody write to one no more."""
    if person == actor.id or db.session.get(User, person) is None:
        raise DomainError(_("There is nobody to block."))
    key = {"user_id": actor.id, "blocked_id": person}
    held([actor.id or 0])
    if db.session.get(Block, key) is None:
        db.session.add(Block(user_id=actor.id, blocked_id=person))


@operation
def unblock(actor: Actor, person: int) -> None:
    """Let somebody write to one again."""
    db.session.execute(delete(Block).where(Block.user_id == actor.id, Block.blocked_id == person))

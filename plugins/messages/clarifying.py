"""Private clarification: before something is disputed in public, one asks its author in private.

The regulations of communities demand it. What came of it is kept: settled between the two, taken
to the public discussion, or given to the moderators. The public way opens when the author has
answered, or after some days in which they have not.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy import select

from core.api import (
    Actor,
    Community,
    Conflict,
    Content,
    DomainError,
    Refused,
    able_to,
    current_viewer,
    db,
    let_read,
    new_content,
    notify,
    operation,
    record,
    settings_of,
    utcnow,
)
from plugins.messages import events
from plugins.messages.models import Clarification, Message, Outcome, Report, Step, Thread
from plugins.messages.operations import (
    REPORT,
    TITLE_LENGTH,
    Written,
    check_blocks,
    held,
    locked,
    new_thread,
    others_in,
    send,
    step,
    tell,
)
from plugins.messages.sent import said_in, sent_message
from plugins.messages.words import _

# What is shown to the moderators of a conversation: its latest lines.
MOST_SHOWN = 200
NEW_REPORT = "messages.report"


def days_of(community_id: int | None) -> int:
    """For how many days one waits for an answer in a community before going public."""
    days: int = settings_of("messages", community_id)["days_to_answer"]
    return days


@operation
def ask_author(actor: Actor, about: Content, title: str, written: Written) -> Message:
    """Ask the author of something said in public, in private; there is one such conversation.

    ``title`` is what the conversation is called, such as the title of the discussion.
    """
    written.check()
    sent, thread = sent_message(actor, written.submission), thread_about(actor, about.id)
    if sent is not None:
        return said_in(thread, sent)
    author = about.author_id
    if author is None or author == actor.id or author not in held({author, actor.id or 0}):
        raise DomainError(_("Its author cannot be asked any more."))
    if thread is None:
        check_blocks(actor, [author])
        thread = _opened(actor, about, author, title)
    return send(actor, thread, written)


def _opened(actor: Actor, about: Content, author: int, title: str) -> Thread:
    thread = new_thread(actor, [actor.id or 0, author], title=title[:TITLE_LENGTH])
    db.session.add(Clarification(thread_id=thread.id, about_id=about.id, asked_by_id=actor.id))
    db.session.flush()
    return thread


def thread_about(actor: Actor, content_id: int) -> Thread | None:
    """The conversation in which somebody asks about a content."""
    query = (
        select(Thread)
        .join(Clarification, Clarification.thread_id == Thread.id)
        .where(Clarification.about_id == content_id, Clarification.asked_by_id == actor.id)
    )
    return db.session.scalar(query)


def public_from(clarification: Clarification) -> datetime:
    """When the public way opens: at once after an answer, else when the days have passed."""
    days = timedelta(days=days_of(clarification.about.community_id))
    return clarification.answered_at or clarification.opened_at + days


@operation
def settle(actor: Actor, thread: Thread) -> None:
    """The two have settled it between themselves."""
    thread, clarification = _open(actor, thread)
    _ends(actor, thread, clarification, Outcome.SETTLED, Step.SETTLED)


@operation
def go_public(actor: Actor, thread: Thread) -> None:
    """Take it to the public discussion. Raises Refused while the author may still answer."""
    thread, clarification = _open(actor, thread)
    if clarification.asked_by_id == actor.id and utcnow() < public_from(clarification):
        raise Refused(_("Give the author time to answer before you take it to the public."))
    _ends(actor, thread, clarification, Outcome.PUBLIC, Step.PUBLIC)
    _record(actor, clarification)


@operation
def call_moderator(actor: Actor, thread: Thread, reason: str, note: str, *, show: bool) -> Report:
    """Ask the moderators of the community for help; with ``show`` they can read what was written
    here until now. Raises Conflict where that was done already."""
    thread, clarification = _open(actor, thread)
    lines = _lines(thread, clarification) if show else Markup("")
    community = db.session.get(Community, clarification.about.community_id or 0)
    others = others_in(thread, actor)
    report = new_report(
        actor, community, accused=others[0].user_id if others else None,
        reason=reason, note=note, words=str(lines),
    )  # fmt: skip
    report.about_id = clarification.about_id
    _ends(actor, thread, clarification, Outcome.MODERATOR, Step.MODERATOR)
    _record(actor, clarification)
    return report


def new_report(
    actor: Actor,
    community: Community | None,
    *,
    accused: int | None,
    reason: str,
    note: str,
    words: str,
) -> Report:
    """A report, given to those who moderate there, who are told of it; inside an operation.
    Whoever it is about learns nothing of it, even if they moderate there."""
    content = new_content(actor, REPORT)
    report = Report(
        id=content.id, content=content, community_id=community.id if community else None,
        reporter_id=actor.id, accused_id=accused, reason=reason, note=note, words=words,
    )  # fmt: skip
    db.session.add(report)
    db.session.flush()
    moderators = able_to(community, "messages.judge") - {actor.id, accused}
    let_read(content, moderators)
    if moderators:
        notify(NEW_REPORT, moderators, by=actor.id, content=content, once=f"report:{report.id}")
    return report


@operation
def reopen(actor: Actor, thread: Thread) -> None:
    """It is not settled after all. What went to the moderators stays with them."""
    thread, clarification = _locked(actor, thread)
    if clarification.outcome not in (Outcome.SETTLED, Outcome.PUBLIC):
        raise Conflict(_("This was changed a moment ago. Look at it once more."))
    clarification.outcome, clarification.outcome_at = Outcome.OPEN, None
    tell(actor, thread, step(actor, thread, Step.REOPENED), others_in(thread, actor))


def _locked(actor: Actor, thread: Thread) -> tuple[Thread, Clarification]:
    thread, _party = locked(actor, thread)
    clarification = db.session.get(Clarification, thread.id, populate_existing=True)
    if clarification is None:
        raise DomainError(_("This conversation is no clarification."))
    return thread, clarification


def _open(actor: Actor, thread: Thread) -> tuple[Thread, Clarification]:
    thread, clarification = _locked(actor, thread)
    if clarification.outcome != Outcome.OPEN:
        raise Conflict(_("This was changed a moment ago. Look at it once more."))
    return thread, clarification


def _ends(
    actor: Actor, thread: Thread, clarification: Clarification, outcome: Outcome, what: Step
) -> None:
    clarification.outcome, clarification.outcome_at = outcome, utcnow()
    tell(actor, thread, step(actor, thread, what), others_in(thread, actor))


def _record(actor: Actor, clarification: Clarification) -> None:
    about = clarification.about
    record(
        events.CLARIFIED, actor, activity=about.activity, content=about,
        outcome=clarification.outcome,
    )  # fmt: skip


def _lines(thread: Thread, clarification: Clarification) -> Markup:
    """What was written, each line with who of the two it was; names stand beside, not in it."""
    query = (
        select(Message.body, Content.author_id)
        .join(Message.content)
        .where(Message.thread_id == thread.id, Message.step == "", Message.gone_at.is_(None))
        .where(Content.hidden_at.is_(None))
        .order_by(Message.id.desc())
        .limit(MOST_SHOWN)
    )
    asked = clarification.asked_by_id
    said = [
        Markup("<h3>{}</h3>{}").format(
            _("Who asked") if author == asked else _("The author"),
            Markup(body),  # noqa: S704
        )
        for body, author in reversed(db.session.execute(query).all())
    ]
    return Markup("").join(said)


def may_ask(content: Content) -> bool:
    """Whether the viewer can ask the author of this: somebody else's words, in a community."""
    viewer = current_viewer()
    return content.community_id is not None and content.author_id not in (None, viewer.id)

"""Works: drafts, handing in, the master's feedback, and showing the best to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from core.api import (
    Activity,
    Actor,
    DomainError,
    File,
    Refused,
    attach,
    db,
    drop_draft,
    is_blank,
    new_content,
    note_revision,
    notify,
    operation,
    over_because,
    record,
    utcnow,
)
from plugins.workshops import allocating, events, notices, reminding
from plugins.workshops.holding import ensure_time_for, locked, masters_of, place_of, seat_of
from plugins.workshops.models import Work, Workshop, WorkState
from plugins.workshops.passing import Basis, note_passed
from plugins.workshops.showing import show_in, take_back
from plugins.workshops.stages import StageKind
from plugins.workshops.words import _

WORK = "workshops.work"
MOST_EXAMPLES = 10


@dataclass(frozen=True, kw_only=True)
class Written:
    """A work as a form gives it; ``seen_version`` is the one that the form began with."""

    title: str
    body: str
    files: Sequence[File] = ()
    seen_version: int = 1

    def check(self) -> None:
        """Raise DomainError for a work that says nothing."""
        if is_blank(self.body) and not self.files:
            raise DomainError(_("Write something, or attach a file: there is nothing to read yet."))


def feedback_place(work: Work) -> str:
    """Where core keeps what a master types about a work."""
    return f"workshops.feedback:{work.id}"


def draft_place(activity: Activity) -> str:
    """Where what is typed is kept until it is stored."""
    return f"workshops.work:{activity.id}"


def own_work(workshop: Workshop, actor: Actor) -> Work | None:
    """The work of a participant, if they have begun one."""
    query = select(Work).where(
        Work.workshop_id == workshop.id, Work.author_id == actor.id, ~Work.is_example
    )
    return db.session.scalar(query.execution_options(populate_existing=True))


@operation
def save_work(actor: Actor, workshop: Workshop, written: Written, *, hand_in: bool) -> Work:
    """Store a work; ``hand_in`` gives it to the master and to reviewers.

    Raises DomainError outside of the practice, unless the master gave more time; Conflict when it
    was changed on another device meanwhile.
    """
    workshop = locked(workshop.id)
    place = seat_of(workshop, actor)
    late = ensure_time_for(workshop, StageKind.PRACTICE, place)
    work = own_work(workshop, actor)
    if hand_in or (work is not None and work.state == WorkState.HANDED_IN):
        written.check()
    if work is None:
        work = _begun(actor, workshop, example=False)
    _write(actor, work, written)
    if hand_in:
        _hand_in(actor, workshop, work, late=late)
        note_passed(actor, workshop, place, StageKind.PRACTICE, Basis.WORK)
        allocating.distribute_again(actor, workshop)
    drop_draft(actor, draft_place(workshop.activity))
    return work


def _begun(actor: Actor, workshop: Workshop, *, example: bool) -> Work:
    content = new_content(actor, WORK)
    work = Work(
        id=content.id, content=content, activity_id=workshop.activity_id, workshop_id=workshop.id,
        author_id=actor.id, is_example=example, title="", body="", state=WorkState.DRAFT,
    )  # fmt: skip
    db.session.add(work)
    return work


def _write(actor: Actor, work: Work, written: Written) -> None:
    if work.body and work.body != written.body:
        note_revision(actor, work.content, work.body, seen_version=written.seen_version)
    work.title, work.body = written.title, written.body
    db.session.flush()
    attach(work.content, written.files)


def _hand_in(actor: Actor, workshop: Workshop, work: Work, *, late: bool) -> None:
    work.state, work.handed_in_at, work.is_late = WorkState.HANDED_IN, utcnow(), late
    db.session.flush()
    record(events.HANDED_IN, actor, activity=workshop.activity, work=work.id, late=late)
    notify(
        notices.WORK, masters_of(workshop.id), by=actor.id, about=workshop.activity, work=work.id,
        once=f"{notices.WORK}:{work.id}:{work.handed_in_at}",
    )  # fmt: skip


@operation
def save_example(actor: Actor, workshop: Workshop, written: Written) -> Work:
    """Give participants a work to try reviewing on. Raises DomainError for too many."""
    workshop = locked(workshop.id)
    written.check()
    there = select(Work.id).where(Work.workshop_id == workshop.id, Work.is_example)
    if len(db.session.scalars(there.limit(MOST_EXAMPLES)).all()) >= MOST_EXAMPLES:
        raise DomainError(_("There are enough examples already."))
    work = _begun(actor, workshop, example=True)
    _write(actor, work, written)
    work.state, work.handed_in_at = WorkState.HANDED_IN, utcnow()
    return work


@operation
def give_feedback(actor: Actor, work: Work, words: str, *, again_until: datetime | None) -> None:
    """The master's answer to a work; with ``again_until`` it goes back to its author, who has time
    until then to improve it."""
    workshop = locked(work.workshop_id)
    work = db.session.get_one(Work, work.id, populate_existing=True)
    if is_blank(words):
        raise DomainError(_("Write something: the author waits for your words."))
    if work.state == WorkState.DRAFT:
        raise DomainError(_("This work is not handed in yet."))
    drop_draft(actor, feedback_place(work))
    work.feedback, work.feedback_by_id, work.feedback_at = words, actor.id, utcnow()
    if again_until is not None:
        _give_back(actor, workshop, work, again_until)
    record(
        events.ANSWERED, actor, activity=workshop.activity, subject_id=work.author_id, work=work.id
    )
    if work.author_id is not None:
        notify(
            notices.FEEDBACK, [work.author_id], by=actor.id, about=workshop.activity, work=work.id,
            again=again_until is not None, once=f"{notices.FEEDBACK}:{work.id}:{work.feedback_at}",
        )  # fmt: skip


def _give_back(actor: Actor, workshop: Workshop, work: Work, until: datetime) -> None:
    place = place_of(workshop, work.author_id)
    if place is None or work.shown_at is not None:
        raise DomainError(_("This work cannot go back to its author."))
    work.state = WorkState.RETURNED
    reminding.give_time(actor, place, StageKind.PRACTICE, until)
    record(
        events.RETURNED, actor, activity=workshop.activity, subject_id=work.author_id, work=work.id,
        until=until.isoformat(),
    )  # fmt: skip


# ---- Showing


@operation
def set_consent(actor: Actor, work: Work, agreed: bool) -> None:
    """The author agrees that everybody may see the work, or no longer does: then it is out of sight
    at once. Raises Refused for whoever agrees where nothing can be changed any more."""
    workshop = locked(work.workshop_id)
    over = over_because(workshop.activity.community, workshop.activity)
    if agreed and over:
        raise Refused(over)
    work = db.session.get_one(Work, work.id, populate_existing=True)
    work.consent = agreed
    if not agreed and work.shown_at is not None:
        _unshow(actor, workshop, work)


@operation
def show_work(actor: Actor, work: Work, shown: bool) -> None:
    """Show a work to everybody who may look into the community, or cease to; what it said before
    stays private. Raises DomainError without the author's consent."""
    workshop = locked(work.workshop_id)
    work = db.session.get_one(Work, work.id, populate_existing=True)
    if shown == (work.shown_at is not None):
        return
    if not shown:
        _unshow(actor, workshop, work)
        return
    if not work.consent or work.state != WorkState.HANDED_IN or work.is_example:
        raise DomainError(_("The author has not agreed that this work is shown."))
    work.shown_at = utcnow()
    show_in(work.content, workshop.activity)
    record(events.SHOWN, actor, activity=workshop.activity, content=work.content)
    if work.author_id is not None:
        notify(
            notices.SHOWN, [work.author_id], by=actor.id, content=work.content,
            once=f"{notices.SHOWN}:{work.id}:{work.shown_at}",
        )  # fmt: skip


def _unshow(actor: Actor, workshop: Workshop, work: Work) -> None:
    work.shown_at = None
    take_back(work.content)
    record(events.UNSHOWN, actor, activity=workshop.activity, work=work.id)

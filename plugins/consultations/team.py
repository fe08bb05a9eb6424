"""Who consults on a line: chosen, with a share of the work, on a break, with a substitute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import CompoundSelect, Select, delete, func, or_, select

from core.api import (
    SYSTEM,
    Actor,
    Content,
    DomainError,
    changed,
    db,
    keep_from,
    let_read,
    notify,
    operation,
    readers_among,
    record,
    utcnow,
)
from plugins.consultations import asking, balance, booking, events, hours, notices, rooms
from plugins.consultations.finding import held_line
from plugins.consultations.meeting_models import DayOff, Hours, Slot
from plugins.consultations.models import Article, Consultant, Line, Question, QuestionState
from plugins.consultations.terms import today_in, zone_named
from plugins.consultations.tutoring import is_qualified
from plugins.consultations.words import _, ngettext

MOST = 50


@operation
def add(actor: Actor, line: Line, user_id: int) -> Consultant:
    """Take somebody into the team; they can read all questions of the line.

    Raises DomainError for others than members, and where evidence of a qualification is needed and
    there is none that is valid.
    """
    line = held_line(line.id)
    query = select(Consultant).where(Consultant.line_id == line.id)
    team = db.session.scalars(query).all()
    known = next((each for each in team if each.user_id == user_id), None)
    if known is not None:
        return known
    if len(team) >= MOST:
        raise DomainError(_("This team is too large. Begin another line."))
    community = line.activity.community
    if readers_among(community, {user_id}) != {user_id}:
        raise DomainError(_("Only members of the community can be consultants."))
    if line.needs_evidence and not is_qualified(community.id, user_id, today_in(line.zone_name)):
        raise DomainError(
            _("No valid evidence of this person's qualification is recorded in the community.")
        )
    consultant = Consultant(activity_id=line.activity_id, line_id=line.id, user_id=user_id)
    db.session.add(consultant)
    db.session.flush()
    let_read(_given(line), [user_id])
    _changed(actor, line, user_id)
    return consultant


def _given(line: Line) -> Select[int]:
    """The numbers of what of a line stands in no community and is open to its team."""
    questions = select(Question.id).where(Question.line_id == line.id, Question.private)
    articles = select(Article.id).join(Question, Question.id == Article.question_id)
    articles = articles.where(Question.line_id == line.id, Article.published_at.is_(None))
    return select(Content.id).where(or_(Content.id.in_(questions), Content.id.in_(articles)))


def _theirs(line: Line, user_id: int) -> CompoundSelect[int]:
    """What somebody reads without being in the team: their own questions with what was made of
    them, and those of their wards."""
    asked = Question.asker_id == user_id
    questions = select(Question.id).where(
        Question.line_id == line.id, asked | (Question.tutor_id == user_id)
    )
    articles = select(Article.id).join(Question, Question.id == Article.question_id)
    return questions.union(articles.where(Question.line_id == line.id, asked))


@operation
def remove(actor: Actor, consultant: Consultant) -> None:
    """Take somebody out of the team; what waits for them is given to others.

    Raises DomainError while people have booked their time.
    """
    line = held_line(consultant.line_id)
    booked = _booked_ahead(consultant)
    if booked:
        words = ngettext(
            "%(n)s time of theirs is booked. Hand it over with a break, or call it off first.",
            "%(n)s times of theirs are booked. Hand them over with a break, or call them off "
            "first.",
            booked,
        )
        raise DomainError(words)
    user_id = consultant.user_id
    withdraw(actor, consultant)
    _changed(actor, line, user_id)


def withdraw(actor: Actor, consultant: Consultant) -> None:
    """Let go of everything that somebody had in a team; inside an operation that holds the line."""
    line, user_id = consultant.line, consultant.user_id
    mine = (Hours.line_id == line.id, Hours.consultant_id == user_id)
    hours.drop_unbooked(Slot.line_id == line.id, Slot.consultant_id == user_id)
    db.session.execute(delete(Hours).where(*mine))
    off = delete(DayOff).where(DayOff.line_id == line.id, DayOff.user_id == user_id)
    db.session.execute(off)
    gone = delete(Consultant).where(Consultant.line_id == line.id, Consultant.user_id == user_id)
    db.session.execute(gone)
    db.session.expire_all()
    keep_from(_given(line).where(Content.id.not_in(_theirs(line, user_id))), [user_id])
    pass_questions_on(actor, line, user_id, None)


def _booked_ahead(consultant: Consultant) -> int:
    query = select(func.count()).where(
        Slot.line_id == consultant.line_id, Slot.consultant_id == consultant.user_id,
        Slot.begins_at > utcnow(), Slot.taken > 0, Slot.cancelled_at.is_(None),
    )  # fmt: skip
    return db.session.scalar(query) or 0


def pass_questions_on(actor: Actor, line: Line, user_id: int, to: int | None) -> None:
    """Give what waits for somebody to somebody else: to a substitute, or to who has least to do."""
    waiting = select(Question).where(
        Question.line_id == line.id, Question.consultant_id == user_id,
        Question.state == QuestionState.WAITING,
    )  # fmt: skip
    for question in db.session.scalars(waiting.order_by(Question.id)).all():
        question.consultant_id = None
        db.session.flush()
        other = to if to != question.asker_id else None
        other = other or balance.next_consultant(line, question.asker_id, question.tutor_id)
        if other is not None:
            asking.give(actor, question, other)


@dataclass(frozen=True, kw_only=True)
class Share:
    """How somebody works in a team: how many questions wait for them at most, and where they meet
    people on the screen."""

    most_open: int | None
    room_url: str


@operation
def settle(actor: Actor, consultant: Consultant, share: Share) -> None:
    """Settle one's own share of the work."""
    consultant = db.session.get_one(Consultant, consultant.id, populate_existing=True)
    consultant.most_open, consultant.room_url = share.most_open, share.room_url
    changed(consultant.line.activity, "team")


@dataclass(frozen=True, kw_only=True)
class Break:
    """A break, both days included; without ``until`` it lasts until it is ended."""

    first: date
    until: date | None
    substitute: int | None


@operation
def set_break(actor: Actor, consultant: Consultant, settled: Break) -> None:
    """Have a break. What is booked in it goes to the substitute or is called off; what waits for an
    answer is given to others on the first day."""
    line = held_line(consultant.line_id)
    consultant = db.session.get_one(Consultant, consultant.id, populate_existing=True)
    _check_break(line, consultant, settled)
    consultant.away_from, consultant.away_until = settled.first, settled.until
    consultant.substitute_id, consultant.break_begun = settled.substitute, False
    db.session.flush()
    _hand_slots_over(actor, line, consultant)
    _begin_if_due(actor, line, consultant)
    record(events.BREAK_SET, actor, activity=line.activity, subject_id=consultant.user_id)
    changed(line.activity, "team")
    if settled.substitute is not None:
        notify(
            notices.SUBSTITUTE, [settled.substitute], by=actor.id, about=line.activity,
            consultant=consultant.id,
            once=f"{notices.SUBSTITUTE}:{consultant.id}:{utcnow().isoformat()}",
        )  # fmt: skip


def _check_break(line: Line, consultant: Consultant, settled: Break) -> None:
    if settled.until is not None and settled.until < settled.first:
        raise DomainError(_("The last day is before the first."))
    if settled.substitute is None:
        return
    query = select(Consultant).where(Consultant.line_id == line.id)
    other = db.session.scalar(query.where(Consultant.user_id == settled.substitute))
    if other is None or other.id == consultant.id:
        raise DomainError(_("Choose somebody else of the team."))
    if other.is_away(settled.first):
        raise DomainError(_("This person has a break at that time, too."))


def _hand_slots_over(actor: Actor, line: Line, consultant: Consultant) -> None:
    """What lies in a break: free times are gone; booked ones go over, or are called off where the
    substitute has something else at that time."""
    hours.renew(actor, line.id)
    zone = zone_named(line.zone_name)
    query = select(Slot).where(
        Slot.line_id == line.id, Slot.consultant_id == consultant.user_id,
        Slot.begins_at > utcnow(), Slot.cancelled_at.is_(None),
    )  # fmt: skip
    taken = hours.busy_times(consultant.substitute_id or 0)
    for slot in db.session.scalars(query.order_by(Slot.begins_at)).all():
        if not consultant.is_away(slot.begins_at.astimezone(zone).date()):
            continue
        if not slot.taken:
            db.session.delete(slot)
        elif consultant.substitute_id is not None and not any(
            slot.begins_at < end and start < slot.ends_at for start, end in taken
        ):
            give_slot(actor, slot, consultant.substitute_id)
        else:
            booking.call_off(SYSTEM, slot, _("The consultant is away at that time."))
    db.session.flush()


def give_slot(actor: Actor, slot: Slot, user_id: int) -> None:
    """Let another consultant take a booked time over; those who booked are told."""
    slot.consultant_id, slot.changed_at = user_id, utcnow()
    slot.sequence += 1
    room = rooms.of_slot(slot)
    if room is not None:
        rooms.hand_over(room, user_id)
        notify(
            notices.OTHER, rooms.guests_of(room), about=slot.activity, slot=slot.id,
            once=f"{notices.OTHER}:{slot.id}:{slot.sequence}",
        )  # fmt: skip
    notify(
        notices.BOOKED, [user_id], by=actor.id, about=slot.activity, slot=slot.id,
        once=f"{notices.BOOKED}:{slot.id}:{slot.sequence}",
    )  # fmt: skip


def _begin_if_due(actor: Actor, line: Line, consultant: Consultant) -> None:
    if consultant.is_away(today_in(line.zone_name)) and not consultant.break_begun:
        consultant.break_begun = True
        pass_questions_on(actor, line, consultant.user_id, consultant.substitute_id)


@operation
def end_break(actor: Actor, consultant: Consultant) -> None:
    """Be there again from now on."""
    line = held_line(consultant.line_id)
    consultant = db.session.get_one(Consultant, consultant.id, populate_existing=True)
    consultant.away_from = consultant.away_until = consultant.substitute_id = None
    consultant.break_begun = False
    db.session.flush()
    hours.renew(actor, line.id)
    record(events.BREAK_SET, actor, activity=line.activity, subject_id=consultant.user_id)
    changed(line.activity, "team")


def begin_breaks() -> None:
    """Again and again, in the worker: what waits for those whose break begins goes to others."""
    due = select(Consultant).where(
        Consultant.away_from.is_not(None), Consultant.break_begun.is_(False)
    )
    for consultant in db.session.scalars(due).all():
        _begin_break(SYSTEM, consultant.id)


@operation
def _begin_break(actor: Actor, number: int) -> None:
    consultant = db.session.get_one(Consultant, number)
    _begin_if_due(actor, held_line(consultant.line_id), consultant)


def _changed(actor: Actor, line: Line, user_id: int) -> None:
    record(events.TEAM_CHANGED, actor, activity=line.activity, subject_id=user_id)
    changed(line.activity, "team")

"""The lines of the demo: questions in every state, booked times, a queue, a knowledge base."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from core.api import (
    SYSTEM,
    Community,
    DomainError,
    File,
    User,
    create_activity,
    db,
    from_text,
    operation,
    save_file,
    utcnow,
)
from plugins.consultations import (
    answering,
    asking,
    booking,
    hours,
    queueing,
    rooms,
    sharing,
    team,
    tutoring,
)
from plugins.consultations import demo_texts as texts
from plugins.consultations.answering import Written
from plugins.consultations.asking import Asked
from plugins.consultations.finding import line_at
from plugins.consultations.hours import Week
from plugins.consultations.meeting_models import Booking, BookingState, Slot
from plugins.consultations.models import Line, Question, Reply
from plugins.consultations.rooms import Wish

EVIDENCE = ("winner", "methodist", "highest")
ANSWERED_AFTER = timedelta(hours=20)


def lines_under_way(community: Community, cast: Any) -> None:
    """Put lines with work in every state into a community of the demo."""
    _fill(SYSTEM, community, cast)


@operation
def _fill(actor: object, community: Community, cast: Any) -> None:
    consultants = list(dict.fromkeys((cast.tutor, cast.coordinator, cast.moderator)))
    _qualify(community, cast, consultants)
    line = _line(community, cast, texts.EXAMS, consultants)
    askers = [person for person in cast.people if person not in consultants] or [cast.member]
    _questions(line, consultants, askers)
    _group(line, consultants[min(1, len(consultants) - 1)], askers)
    _times(line, cast, consultants, askers)
    _queue(line, consultants, askers)
    _line(community, cast, texts.ATTESTATION, consultants[:2])


def _copy(owner: User) -> File:
    return save_file(io.BytesIO(texts.COPY.encode()), "Приказ № 341.txt", owner.id)


def _qualify(community: Community, cast: Any, consultants: list[User]) -> None:
    today = utcnow().date()
    for number, person in enumerate(consultants):
        ends = today + timedelta(days=20 if number == 1 else 900) if number else None
        document = tutoring.Document(
            kind=EVIDENCE[number % len(EVIDENCE)], document=texts.DOCUMENTS[number],
            valid_from=date(today.year - 2, 5, 14), valid_until=ends,
            files=[] if number else [_copy(cast.coordinator)],
        )  # fmt: skip
        tutoring.record_evidence(cast.coordinator, community, person.id, document)
    if cast.member not in consultants:
        care = tutoring.Care(
            user_id=cast.member.id, school_id=None, basis=texts.BASIS, since=today, until=None
        )
        tutoring.attach_ward(cast.coordinator, community, cast.tutor.id, care)


def _line(community: Community, cast: Any, text: tuple[str, str], people: list[User]) -> Line:
    title, about = text
    activity = create_activity(cast.coordinator, community, "consultations", "line", title)
    line = line_at(activity)
    line.about, line.zone_name = from_text(about), cast.tutor.zone_name
    for person in people:
        team.add(cast.coordinator, line, person.id)
    return line


def _questions(line: Line, consultants: list[User], askers: list[User]) -> None:
    for number, text in enumerate(texts.QUESTIONS):
        asker = askers[number % len(askers)]
        consultant = consultants[number % len(consultants)]
        asked = Asked(
            title=text.title, body=from_text(text.body), private=text.private,
            consent=text.consent, wanted=consultant.id,
        )  # fmt: skip
        question = asking.ask(asker, line, asked)
        # Answered before it grows old: the promise counts by the clock of whoever answers.
        replies = [_say(consultant, question, text.answer)] if text.answer else []
        _age(question, replies, text.days)
        if text.asked_on:
            _say(asker, question, text.asked_on)
        if text.published:
            draft = sharing.Draft(title=text.title, question=from_text(text.body),
                                  answer=from_text(text.answer))  # fmt: skip
            sharing.prepare(consultant, question, draft)
        if text.stars:
            asking.rate(
                asker, question.content, line.activity_id, consultant.id, text.stars, text.thanks
            )
            answering.close(asker, question)
        if text.late:
            asking.escalate(SYSTEM, question)


def _say(person: User, question: Question, words: str) -> Reply:
    return answering.reply(person, question, Written(body=from_text(words)))


def _age(question: Question, replies: list[Reply], days: int) -> None:
    """Asked so many days ago, and answered the day after."""
    back = timedelta(days=days)
    question.content.created_at -= back
    question.last_at -= back
    if question.due_at is not None:
        question.due_at -= back
    for reply in replies:
        reply.content.created_at = question.content.created_at + ANSWERED_AFTER
        question.answered_at = question.last_at = reply.content.created_at
    db.session.flush()


def _times(line: Line, cast: Any, consultants: list[User], askers: list[User]) -> None:
    tutor = consultants[0]
    today = utcnow().date()
    for weekday in (1, 3):
        week = Week(
            live=False, weekday=weekday, starts=15 * 60, ends=17 * 60, minutes=30, pause=10,
            valid_from=today, zone_name=tutor.zone_name,
        )  # fmt: skip
        hours.add_hours(tutor, line, week)
    live = Week(
        live=True, weekday=2, starts=16 * 60, ends=17 * 60, valid_from=today,
        zone_name=tutor.zone_name,
    )  # fmt: skip
    hours.add_hours(consultants[-1], line, live)
    ahead = select(Slot).where(Slot.line_id == line.id, ~Slot.live)
    ahead = ahead.where(Slot.begins_at > utcnow() + timedelta(days=1))
    slots = db.session.scalars(ahead.order_by(Slot.begins_at)).all()
    for slot, asker, note in zip(slots, askers, texts.WISHES, strict=False):
        _book(asker, slot, note)
    _past(line, tutor, askers)


def _book(asker: User, slot: Slot, note: str) -> Booking | None:
    """People of the demo are in several communities: whoever is busy then does not come."""
    try:
        return booking.book(asker, slot, Wish(note=note))
    except DomainError:
        return None


def _group(line: Line, consultant: User, askers: list[User]) -> None:
    hour = 6 + line.activity.community_id % 5
    begins_at = (utcnow() + timedelta(days=5)).replace(hour=hour, minute=0, second=0, microsecond=0)
    slot = hours.new_slot(
        line, consultant.id, begins_at, begins_at + timedelta(minutes=60),
        zone_name=consultant.zone_name, capacity=6, topic=texts.GROUP,
    )  # fmt: skip
    for asker in askers[:4]:
        _book(asker, slot, "")


def _past(line: Line, tutor: User, askers: list[User]) -> None:
    """A conversation of the day before yesterday, with a summary and thanks."""
    asker, number = askers[-1], line.activity.community_id
    begins_at = (utcnow() + timedelta(days=13, hours=number)).replace(
        minute=0, second=0, microsecond=0
    )
    slot = hours.new_slot(
        line, tutor.id, begins_at, begins_at + timedelta(minutes=30), zone_name=tutor.zone_name
    )
    place = _book(asker, slot, texts.PAST_WISH)
    room = rooms.of_slot(slot)
    if place is None or room is None:
        return
    for number, words in enumerate(texts.TALK):
        rooms.say(asker if number % 2 else tutor, room, rooms.Said(body=from_text(words)))
    slot.begins_at -= timedelta(days=15)
    slot.ends_at -= timedelta(days=15)
    db.session.flush()
    room.opened_at = slot.begins_at
    ending = rooms.Ending(summary=from_text(texts.SUMMARY), notes=from_text(texts.NOTES))
    booking.close_room(tutor, room, ending, [place.id])
    room.closed_at, place.state = slot.ends_at, BookingState.ATTENDED
    asking.rate(asker, room.content, line.activity_id, tutor.id, 5, texts.PAST_THANKS)


def _queue(line: Line, consultants: list[User], askers: list[User]) -> None:
    """Live hours that are on, with two people who wait."""
    hours.open_queue(consultants[min(1, len(consultants) - 1)], line, 60)
    waiting = [asker for asker in askers[1:3] if asker not in consultants]
    for asker, note in zip(waiting, texts.TICKETS, strict=False):
        queueing.join(asker, line, note)

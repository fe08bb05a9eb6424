"""The workshops of the demo: one in the midst of its mutual review, a master class in practice, one
that is over, and a presentation that one can sign up for."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.api import (
    SYSTEM,
    Activity,
    Community,
    User,
    add_comment,
    create_activity,
    current_zone,
    db,
    from_text,
    operation,
    save_file,
    utcnow,
)
from plugins.workshops import (
    allocating,
    demo_texts,
    demonstrating,
    passing,
    places,
    reflecting,
    reminding,
    reviewing,
    running,
    works,
)
from plugins.workshops.holding import place_of
from plugins.workshops.models import Grading, Review, ReviewState, Stage, Work, Workshop
from plugins.workshops.queries import workshop_at
from plugins.workshops.reviewing import CriterionDraft, Said
from plugins.workshops.stages import StageKind
from plugins.workshops.works import Written

# Days from now on which the stages begin.
Days = Mapping[StageKind, int]


def workshops_under_way(community: Community, cast: Any) -> None:
    """Put workshops in every state into a community of the demo."""
    _fill(SYSTEM, community, cast)


@operation
def _fill(actor: object, community: Community, cast: Any) -> None:
    _under_review(community, cast)
    _in_practice(community, cast)
    _over(community, cast)
    _announced(community, cast)


def _under_review(community: Community, cast: Any) -> None:
    workshop = _begun(
        community, cast, "workshop", "Мастерская формирующего оценивания", demo_texts.ASSESSMENT,
        "Для тех, кто готов пробовать новое на своих уроках",
    )  # fmt: skip
    workshop.seats, workshop.task = 12, from_text(demo_texts.ASSESSMENT_TASK)
    workshop.grading, workshop.hides_reviewers = Grading.RUBRIC, True
    workshop.self_review = True
    people = _others(cast)[:8]
    _go(workshop, StageKind.REGISTRATION)
    for person in people:
        places.sign_up(person, workshop)
    _show(cast, workshop, demo_texts.ASSESSMENT_SHOWN)
    for title, hint, levels in demo_texts.CRITERIA:
        reviewing.add_criterion(
            cast.tutor, workshop, CriterionDraft(title=title, hint=hint, levels=levels)
        )
    _watch(workshop, people)
    authors = people[: max(3, len(people) - 2)]
    for number, person in enumerate(authors):
        _hand_in(workshop, person, demo_texts.WORKS[number % len(demo_texts.WORKS)])
    _example(cast, workshop)
    _go(workshop, StageKind.REVIEW)
    allocating.distribute(cast.tutor, workshop)
    _review_some(workshop, leave_out=cast.member)
    days = {
        StageKind.ANNOUNCEMENT: -45, StageKind.REGISTRATION: -40, StageKind.DEMONSTRATION: -30,
        StageKind.PRACTICE: -28, StageKind.REVIEW: -3, StageKind.FEEDBACK: 5,
        StageKind.REFLECTION: 12, StageKind.RESULTS: 19,
    }  # fmt: skip
    _plan(workshop, cast.now, days)
    remark = "Можно ли сдать работу вдвоём с коллегой из параллели?"
    add_comment(cast.member, workshop.content, from_text(remark))


def _in_practice(community: Community, cast: Any) -> None:
    workshop = _begun(
        community, cast, "masterclass", "Живой чертёж: урок геометрии с движением",
        demo_texts.GEOMETRY, "Учителям математики 7–9 классов",
    )  # fmt: skip
    workshop.task = from_text(demo_texts.GEOMETRY_TASK)
    people = _others(cast)[:5]
    _go(workshop, StageKind.REGISTRATION)
    for person in people:
        places.sign_up(person, workshop)
    _show(cast, workshop, demo_texts.GEOMETRY_SHOWN)
    _watch(workshop, people[:3])
    _go(workshop, StageKind.PRACTICE)
    _draft(workshop, cast.member)
    days = {
        StageKind.REGISTRATION: -12, StageKind.DEMONSTRATION: -2, StageKind.PRACTICE: -1,
        StageKind.FEEDBACK: 6, StageKind.REFLECTION: 10, StageKind.RESULTS: 14,
    }  # fmt: skip
    _plan(workshop, cast.now, days)
    place = place_of(workshop, people[0].id)
    if place is not None:
        reminding.ask_for_time(
            people[0], workshop, StageKind.PRACTICE, "Класс на карантине до четверга."
        )


def _over(community: Community, cast: Any) -> None:
    workshop = _begun(
        community, cast, "masterclass", "Задание на читательскую грамотность за полчаса",
        demo_texts.READING, "Учителям всех предметов",
    )  # fmt: skip
    workshop.task = from_text(demo_texts.READING_TASK)
    people = _others(cast)[:6]
    _go(workshop, StageKind.REGISTRATION)
    for person in people:
        places.sign_up(person, workshop)
    _show(cast, workshop, demo_texts.READING)
    _watch(workshop, people)
    _go(workshop, StageKind.PRACTICE)
    for person, facts in zip(people, demo_texts.READING_WORKS, strict=False):
        work = _hand_in(workshop, person, facts)
        words = from_text(demo_texts.READING_FEEDBACK)
        works.give_feedback(cast.tutor, work, words, again_until=None)
        works.set_consent(person, work, True)
        works.show_work(cast.tutor, work, True)
    _go(workshop, StageKind.REFLECTION)
    asked = reflecting.questions_of(workshop)
    for person in people[:2]:
        said = {q.id: words for q, words in zip(asked, demo_texts.ANSWERS, strict=True)}
        reflecting.answer(person, workshop, said)
    days = {
        StageKind.REGISTRATION: -60, StageKind.DEMONSTRATION: -50, StageKind.PRACTICE: -49,
        StageKind.FEEDBACK: -35, StageKind.REFLECTION: -30, StageKind.RESULTS: -25,
    }  # fmt: skip
    _plan(workshop, cast.now, days)


def _announced(community: Community, cast: Any) -> None:
    workshop = _begun(
        community, cast, "experience", "Классный час без сценария: опыт трёх лет",
        demo_texts.EXPERIENCE, "Классным руководителям",
    )  # fmt: skip
    workshop.seats = 4
    _go(workshop, StageKind.REGISTRATION)
    for person in _others(cast)[1:5]:
        places.sign_up(person, workshop)
    days = {
        StageKind.ANNOUNCEMENT: -4, StageKind.REGISTRATION: -2, StageKind.DEMONSTRATION: 6,
        StageKind.REFLECTION: 7,
    }  # fmt: skip
    _plan(workshop, cast.now, days)


# ---- Steps


def _begun(
    community: Community, cast: Any, kind: str, title: str, about: str, audience: str
) -> Workshop:
    activity: Activity = create_activity(cast.tutor, community, "workshops", kind, title)
    workshop = workshop_at(activity)
    workshop.about, workshop.audience = from_text(about), audience
    return workshop


def _others(cast: Any) -> Sequence[User]:
    """Everybody but the master, the member who signs in first."""
    rest = [p for p in cast.people if p.id not in (cast.tutor.id, cast.member.id)]
    return [cast.member, *rest]


def _go(workshop: Workshop, kind: StageKind) -> None:
    """Be at a stage while the demo is made; its dates come last."""
    workshop.stage_by_hand, workshop.switched_at = kind, utcnow()
    db.session.flush()


def _plan(workshop: Workshop, now: datetime, days: Days) -> None:
    workshop.stage_by_hand, workshop.switched_at = "", None
    for kind, number in days.items():
        stage = db.session.get_one(Stage, {"workshop_id": workshop.id, "kind": kind})
        stage.begins_at = _at(now + timedelta(days=number), 17 if number > 0 else 9)
    db.session.flush()
    running.schedule(workshop)
    demonstrating.open_in_time(workshop)


def _at(moment: datetime, hour: int) -> datetime:
    local = moment.astimezone(current_zone())
    return local.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(utcnow().tzinfo)


def _show(cast: Any, workshop: Workshop, words: str) -> None:
    shown = demonstrating.Shown(
        body=from_text(words), address="https://meet.example/master", minutes=60,
        recording="https://video.example/master-class",
        files=[_file(cast.tutor, "Памятка.txt", words)],
    )  # fmt: skip
    demonstrating.show(cast.tutor, workshop, shown)


def _file(owner: User, name: str, words: str) -> Any:
    return save_file(io.BytesIO(words.encode()), name, owner.id)


def _watch(workshop: Workshop, people: Sequence[User]) -> None:
    for person in people:
        place = place_of(workshop, person.id)
        if place is not None:
            passing.note_passed(
                person, workshop, place, StageKind.DEMONSTRATION, passing.Basis.WATCHED
            )


def _hand_in(workshop: Workshop, person: User, facts: tuple[str, str]) -> Work:
    _go(workshop, StageKind.PRACTICE)
    title, words = facts
    written = Written(
        title=title, body=from_text(words), files=[_file(person, "Раздаточный лист.txt", words)]
    )
    return works.save_work(person, workshop, written, hand_in=True)


def _draft(workshop: Workshop, person: User) -> None:
    written = Written(title="Черновик: сумма углов", body=from_text("7 класс, сумма углов…"))
    works.save_work(person, workshop, written, hand_in=False)


def _example(cast: Any, workshop: Workshop) -> None:
    title, words = demo_texts.EXAMPLE
    example = works.save_example(cast.tutor, workshop, Written(title=title, body=from_text(words)))
    review = reviewing.try_example(cast.tutor, workshop, example)
    marks = {c.id: Said(0) for c in reviewing.criteria_of(workshop)}
    reviewing.save_review(cast.tutor, review, demo_texts.EXAMPLE_REVIEW, marks, done=True)


def _review_some(workshop: Workshop, leave_out: User) -> None:
    """Most have reviewed; one person has not begun."""
    criteria = reviewing.criteria_of(workshop)
    query = db.session.query(Review).where(Review.activity_id == workshop.activity_id)
    waiting = query.where(Review.state == ReviewState.ASSIGNED).order_by(Review.id).all()
    for number, review in enumerate(waiting):
        if review.reviewer_id in (leave_out.id, None) or number % 4 == 3:
            continue
        marks = {c.id: Said((number + place) % 3) for place, c in enumerate(criteria)}
        words = demo_texts.REMARKS[number % len(demo_texts.REMARKS)]
        person = db.session.get_one(User, review.reviewer_id)
        reviewing.save_review(person, review, words, marks, done=number % 5 != 4)

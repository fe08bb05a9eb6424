"""The polls of the demo: one that closes on Friday, a secret vote, a questionnaire of two years."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from core.api import (
    SYSTEM,
    Activity,
    ActivityState,
    Community,
    Term,
    User,
    create_activity,
    current_zone,
    db,
    from_text,
    operation,
    save_file,
)
from plugins.polls import deciding, demo_texts, editing, electorate, setting_up, voting
from plugins.polls.editing import Draft
from plugins.polls.models import Poll, PollSection, Privacy, Results, Voter
from plugins.polls.structure import Item, structure_of
from plugins.polls.urn import open_urn

YEAR = timedelta(days=365)


def lively_polls(community: Community, cast: Any) -> None:
    """Put polls under way into a community of the demo."""
    _fill(SYSTEM, community, cast)


@operation
def _fill(actor: object, community: Community, cast: Any) -> None:
    _quick(community, cast)
    _secret(community, cast)
    former = _questionnaire(community, cast)
    _next_round(former, cast)


def _evening(day: datetime) -> datetime:
    local = day.astimezone(current_zone())
    return local.replace(hour=18, minute=0, second=0, microsecond=0).astimezone(UTC)


def _quick(community: Community, cast: Any) -> None:
    friday = _evening(cast.now + timedelta(days=(4 - cast.now.weekday()) % 7 or 7))
    title, lines = demo_texts.QUICK.get(community.slug, demo_texts.USUAL)
    activity = _asked(community, cast, title, lines, closes_at=friday)
    _poll(activity).changeable = True
    item = structure_of(activity.id).items[0]
    for number, person in enumerate(_voters(activity, cast)):
        if number % 2 == 0 and person is not cast.member:
            choice = item.choices[(number // 2) % 3 if number % 8 else 0]
            voting.answer(person, activity, {item.key: choice.id})


def _asked(
    community: Community, cast: Any, title: str, lines: Sequence[str], **term: datetime
) -> Activity:
    activity = create_activity(
        cast.coordinator, community, "polls", setting_up.QUICK, title, term=Term(**term)
    )
    section = _sections(activity)[0]
    draft = Draft(kind="one", text=title, options=lines)
    editing.save_question(cast.coordinator, activity, section, None, draft)
    return activity


def _sections(activity: Activity) -> Sequence[PollSection]:
    query = select(PollSection).where(PollSection.activity_id == activity.id)
    return db.session.scalars(query.order_by(PollSection.position)).all()


def _poll(activity: Activity) -> Poll:
    return db.session.get_one(Poll, activity.id)


def _voters(activity: Activity, cast: Any) -> Iterator[User]:
    """The people of the cast who are on the list."""
    electorate.settle(SYSTEM, activity.id)
    query = select(Voter.user_id).where(Voter.activity_id == activity.id)
    listed = set(db.session.scalars(query))
    return (person for person in dict.fromkeys(cast.people) if person.id in listed)


def _secret(community: Community, cast: Any) -> None:
    """A vote that was held last week, counted and decided."""
    activity = _asked(community, cast, demo_texts.SECRET, demo_texts.CANDIDATES)
    poll = _poll(activity)
    poll.privacy, poll.results = Privacy.SECRET, Results.CLOSED
    item = structure_of(activity.id).items[0]
    for number, person in enumerate(_voters(activity, cast)):
        if number % 5 != 4:
            chosen = item.choices[(0, 0, 1, 0, 2)[number % 5]]
            voting.answer(person, activity, {item.key: chosen.id})
    _backdate(activity, cast.now - timedelta(days=10), _evening(cast.now - timedelta(days=4)))
    open_urn(SYSTEM, activity.id)
    decision = deciding.decide(cast.coordinator, activity, from_text(demo_texts.DECISION))
    decision.content.created_at = cast.now - timedelta(days=3)


def _backdate(activity: Activity, began: datetime, ended: datetime) -> None:
    activity.created_at, activity.opens_at, activity.closes_at = began, began, ended
    db.session.flush()


def _questionnaire(community: Community, cast: Any) -> Activity:
    """Last year's round, long closed."""
    year = cast.now.year - 1
    activity = create_activity(
        cast.coordinator, community, "polls", setting_up.QUESTIONNAIRE,
        f"{demo_texts.QUESTIONNAIRE}, {year}", state=ActivityState.DRAFT,
    )  # fmt: skip
    _poll(activity).about = demo_texts.ABOUT
    first = _sections(activity)[0]
    (title, about), *others = demo_texts.SECTIONS
    sections = [editing.save_section(cast.coordinator, activity, first, title, about)]
    for title, about in others:
        sections.append(editing.save_section(cast.coordinator, activity, None, title, about))
    for place, draft in demo_texts.QUESTIONS:
        editing.save_question(cast.coordinator, activity, sections[place], None, draft)
    activity.state = ActivityState.PUBLISHED
    _answered(activity, cast, list(_voters(activity, cast)), shift=0)
    _backdate(activity, cast.now - YEAR, cast.now - YEAR + timedelta(days=14))
    return activity


def _next_round(former: Activity, cast: Any) -> None:
    """This year's, which about half of them have answered."""
    title = f"{demo_texts.QUESTIONNAIRE}, {cast.now.year}"
    activity = setting_up.repeat(cast.coordinator, former, title)
    activity.state = ActivityState.PUBLISHED
    activity.closes_at = _evening(cast.now + timedelta(days=12))
    _poll(activity).results = Results.ALWAYS
    people = [person for person in _voters(activity, cast) if person is not cast.member]
    _answered(activity, cast, people[::2] or people, shift=1)


def _answered(activity: Activity, cast: Any, people: Sequence[User], shift: int) -> None:
    structure = structure_of(activity.id)
    for number, person in enumerate(people):
        answers = {item.key: _given(item, person, number, shift) for item in structure.items}
        known = {key: value for key, value in answers.items() if value is not None}
        voting.answer(person, activity, known)


def _given(item: Item, person: User, number: int, shift: int) -> Any:
    """What somebody of the demo answers: different people differently, and years, too."""
    step = number + shift
    match item.kind:
        case "one":
            return item.choices[(step * step + number // 5) % len(item.choices)].id
        case "many":
            ids = [c.id for n, c in enumerate(item.choices) if (step + n) % (n + 2) != 1]
            return ids or [item.choices[0].id]
        case "scale":
            return min(5, 1 + (step % 4) + shift)
        case "number":
            return float(4 + step * 3 % 11)
        case "file":
            name, words = demo_texts.LESSON
            lesson = io.BytesIO(words.encode())
            return [save_file(lesson, name, person.id).id] if number % 4 == 0 else None
        case "matrix":
            return {
                str(row.id): item.choices[min(2, (step + 2 * n) % (3 + n))].id
                for n, row in enumerate(item.rows)
            }
        case "ranked":
            ids = [choice.id for choice in item.choices]
            return ids[step % 3 :] + ids[: step % 3] if number % 3 else None
    return demo_texts.WORDS[step % 4] if number % 2 else None

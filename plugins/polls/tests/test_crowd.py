"""A hundred at once: one voice each, one a school, nothing lost and nothing counted twice."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest

from core.api import SYSTEM, Activity, DomainError, User, db
from core.testing.cast import Made
from plugins.polls import running, voting
from plugins.polls.models import Answer, Ballot, Poll, Voter
from plugins.polls.structure import structure_of
from plugins.polls.tests.conftest import Stage


def vote(poll: int, person: Made, place: int = 0) -> voting.Outcome:
    item = structure_of(poll).items[0]
    user, activity = db.session.get_one(User, person.id), db.session.get_one(Activity, poll)
    return voting.answer(user, activity, {item.key: item.choices[place].id})


@pytest.mark.parametrize("privacy", ["unnamed", "secret"])
def test_a_hundred_presses_of_one_person_are_one_vote(stage: Stage, privacy: str) -> None:
    poll = stage.poll(privacy=privacy, results="closed")
    member = stage.members[0]
    assert stage.at_once([lambda: vote(poll, member)] * 100) == []
    assert stage.read(Poll, "answer_count", activity_id=poll) == [(1,)]
    ballots = len(stage.read(Ballot, "id"))
    assert ballots == (1 if privacy == "unnamed" else 0)


@pytest.mark.parametrize("privacy", ["unnamed", "secret"])
def test_a_hundred_requests_of_twenty_people_are_twenty_votes(stage: Stage, privacy: str) -> None:
    people = [stage.cast.member(stage.community) for _ in range(20)]
    poll = stage.poll(privacy=privacy, results="closed")
    works = [functools.partial(vote, poll, people[n % 20], n % 2) for n in range(100)]
    assert stage.at_once(works) == []
    assert stage.read(Poll, "answer_count", activity_id=poll) == [(20,)]
    assert len(stage.read(Voter, "user_id", activity_id=poll, answered=True)) == 20
    if privacy == "unnamed":
        assert len(stage.read(Answer, "id")) == 20


@pytest.mark.parametrize("privacy", ["unnamed", "secret"])
def test_twenty_colleagues_at_once_are_one_voice(stage: Stage, privacy: str) -> None:
    school = stage.cast.school().id
    people = [stage.cast.member(stage.community, school_id=school) for _ in range(20)]
    poll = stage.poll(privacy=privacy, results="closed", by_school=True)
    works = [functools.partial(vote, poll, p) for p in people]
    assert stage.at_once(works) == []
    assert stage.read(Poll, "answer_count", "electorate", activity_id=poll) == [(1, 5)]
    assert len(stage.read(Voter, "user_id", activity_id=poll, answered=True)) == 1


def test_changes_at_once_leave_one_whole_answer(stage: Stage) -> None:
    poll = stage.poll("А", "Б", "В", kind="many", changeable=True)
    member = stage.members[0]

    def change(places: tuple[int, ...]) -> object:
        item = structure_of(poll).items[0]
        user, activity = db.session.get_one(User, member.id), db.session.get_one(Activity, poll)
        return voting.answer(user, activity, {item.key: [item.choices[p].id for p in places]})

    choices = ((0, 1), (1, 2), (0, 1, 2))
    works = [functools.partial(change, choices[n % 3]) for n in range(30)]
    assert stage.at_once(works) == []
    assert stage.read(Poll, "answer_count", activity_id=poll) == [(1,)]
    assert len(stage.read(Ballot, "id")) == 1
    assert len(stage.read(Answer, "id")) in (2, 3)


def test_votes_while_it_is_closed_are_counted_or_refused_and_never_both(stage: Stage) -> None:
    people = [stage.cast.member(stage.community) for _ in range(20)]
    poll = stage.poll()

    def close() -> object:
        running.close_early(SYSTEM, db.session.get_one(Activity, poll), "Всё ясно")
        return None

    works: list[Callable[[], object]] = [functools.partial(vote, poll, p) for p in people]
    refused = stage.at_once([*works[:10], close, *works[10:]])
    assert all(isinstance(error, DomainError) for error in refused)
    ((count,),) = stage.read(Poll, "answer_count", activity_id=poll)
    assert count == 20 - len(refused) == len(stage.read(Ballot, "id"))

"""Who reviews what: balanced, the same again from the same seed, gentle with what is begun."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from plugins.workshops.allocation import Allocation, Pair


def spread(people: int, wished: int, seed: int = 7) -> tuple[dict[int, int | None], set[Pair]]:
    works: dict[int, int | None] = {100 + person: person for person in range(people)}
    return works, Allocation(works, range(people), wished, seed=seed).spread()


@pytest.mark.parametrize("people", [2, 3, 5, 8, 21, 200])
@pytest.mark.parametrize("wished", [1, 2, 3])
def test_each_work_and_each_reviewer_has_as_many_as_the_others(people: int, wished: int) -> None:
    works, pairs = spread(people, wished)
    most = min(wished, people - 1)
    assert set(Counter(work for work, _ in pairs).values()) == {most}
    assert set(Counter(person for _, person in pairs).values()) == {most}
    assert all(works[work] != person for work, person in pairs)


def test_it_is_balanced_whoever_is_missing() -> None:
    for case in range(400):
        chance = random.Random(case)
        people = range(chance.randint(2, 12))
        works: dict[int, int | None] = {100 + p: p for p in people if chance.random() < 0.8}
        pairs = Allocation(works, people, chance.randint(1, 4), seed=case).spread()
        for number, found in ((works, 0), (people, 1)):
            counts = Counter(pair[found] for pair in pairs)
            loads = [counts[each] for each in number]
            assert not loads or max(loads) - min(loads) <= 1, (case, loads)


def test_the_same_seed_gives_the_same_pairs() -> None:
    assert spread(30, 3, seed=1) == spread(30, 3, seed=1)
    assert spread(30, 3, seed=1) != spread(30, 3, seed=2)


def test_what_is_begun_stays_and_the_rest_moves_as_little_as_it_can() -> None:
    works, pairs = spread(9, 2)
    begun = set(sorted(pairs)[:6])
    works[200] = 9
    again = Allocation(works, range(10), 2, seed=8).spread(begun=begun, waiting=pairs - begun)
    assert begun <= again
    assert len(pairs - again) <= 2
    assert set(Counter(work for work, _ in again).values()) == {2}
    assert set(Counter(person for _, person in again).values()) == {2}


def test_the_works_of_those_who_are_replaced_go_to_the_others_evenly() -> None:
    works, pairs = spread(8, 2)
    idle = {0, 1}
    begun = {pair for pair in pairs if pair[1] not in idle}
    staying = [person for person in range(8) if person not in idle]
    again = Allocation(works, staying, 2, seed=3).spread(begun=begun, waiting=pairs - begun)
    assert set(Counter(work for work, _ in again).values()) == {2}
    loads = Counter(person for _, person in again).values()
    assert (min(loads), max(loads)) == (2, 3)


def test_one_work_alone_has_nobody_to_review_it() -> None:
    assert spread(1, 3)[1] == set()
    assert Allocation({}, [1, 2], 3).spread() == set()

"""Who reviews what: fair, balanced, the same again from the same seed. Numbers alone, no database.

Every work gets the wished number of reviewers, and every reviewer the same number of works, give
or take one; nobody reviews their own, nor the same work twice. What was begun stays as it is.
"""

from __future__ import annotations

import heapq
import random
from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

# A work and the person who reviews it.
Pair = tuple[int, int]


@dataclass
class Allocation:
    """``works`` has the author of each work; ``taken`` are pairs that must never come again, such
    as those of reviews that somebody was relieved of."""

    works: Mapping[int, int | None]
    reviewers: Collection[int]
    wished: int
    taken: Collection[Pair] = ()
    seed: int = 0
    pairs: set[Pair] = field(default_factory=set)
    fixed: set[Pair] = field(default_factory=set)

    def spread(self, begun: Collection[Pair] = (), waiting: Collection[Pair] = ()) -> set[Pair]:
        """All pairs that there are to be: ``begun`` ones stay, ``waiting`` ones where they can."""
        self.fixed = set(begun)
        self.pairs = self.fixed | {pair for pair in waiting if self._is_possible(pair)}
        self._trim()
        self._fill()
        self._even_out()
        return self.pairs

    def _is_possible(self, pair: Pair) -> bool:
        work, person = pair
        return (
            work in self.works
            and person in self.reviewers
            and self.works[work] != person
            and pair not in self.taken
        )

    def _trim(self) -> None:
        """No work keeps more than wished, of what nobody has begun."""
        count: dict[int, int] = defaultdict(int)
        for work, _person in self.fixed:
            count[work] += 1
        for work, person in sorted(self.pairs - self.fixed):
            count[work] += 1
            if count[work] > self.wished:
                self.pairs.discard((work, person))

    def _fill(self) -> None:
        """Give each work in turn to whoever has fewest, chance deciding between equals."""
        chance = random.Random(self.seed)
        people = [*sorted(self.reviewers)]
        chance.shuffle(people)
        load = self._loads()
        queue = [(load[person], place, person) for place, person in enumerate(people)]
        heapq.heapify(queue)
        works = [*sorted(self.works)]
        chance.shuffle(works)
        missing = {work: self.wished - n for work, n in self._counts().items()}
        for _round in range(self.wished):
            for work in works:
                if missing[work] > 0 and self._give(work, queue):
                    missing[work] -= 1

    def _give(self, work: int, queue: list[tuple[int, int, int]]) -> bool:
        """The one with fewest who may review this work gets it."""
        passed = []
        found = False
        while queue and not found:
            load, place, person = heapq.heappop(queue)
            pair = (work, person)
            found = self._is_possible(pair) and pair not in self.pairs
            if found:
                self.pairs.add(pair)
            passed.append((load + found, place, person))
        for entry in passed:
            heapq.heappush(queue, entry)
        return found

    def _even_out(self) -> None:
        """Hand works on, over several people if need be, until nobody has two more than another."""
        while path := self._way_down():
            for work, giver, taker in path:
                self.pairs.discard((work, giver))
                self.pairs.add((work, taker))

    def _way_down(self) -> list[tuple[int, int, int]]:
        """Steps (work, from, to) from somebody with many to somebody with two fewer, or none."""
        load = self._loads()
        movable: dict[int, list[int]] = defaultdict(list)
        for work, person in sorted(self.pairs - self.fixed):
            movable[person].append(work)
        for start in sorted(movable, key=lambda p: (-load[p], p)):
            if load[start] - min(load.values()) < 2:
                return []
            path = self._search(start, load, movable)
            if path:
                return path
        return []

    def _search(
        self, start: int, load: Mapping[int, int], movable: Mapping[int, list[int]]
    ) -> list[tuple[int, int, int]]:
        came: dict[int, tuple[int, int] | None] = {start: None}
        queue = deque([start])
        while queue:
            person = queue.popleft()
            if load[start] - load[person] >= 2:
                return _steps(came, person)
            for work in movable.get(person, ()):
                for other in sorted(self.reviewers):
                    pair = (work, other)
                    if other not in came and pair not in self.pairs and self._is_possible(pair):
                        came[other] = (work, person)
                        queue.append(other)
        return []

    def _loads(self) -> dict[int, int]:
        load = dict.fromkeys(self.reviewers, 0)
        for _work, person in self.pairs:
            if person in load:
                load[person] += 1
        return load

    def _counts(self) -> dict[int, int]:
        count = dict.fromkeys(self.works, 0)
        for work, _person in self.pairs:
            if work in count:
                count[work] += 1
        return count


def _steps(came: Mapping[int, tuple[int, int] | None], end: int) -> list[tuple[int, int, int]]:
    """The way back from the end, the last step first: so nobody is given a work twice."""
    steps = []
    while (step := came[end]) is not None:
        work, giver = step
        steps.append((work, giver, end))
        end = giver
    return steps

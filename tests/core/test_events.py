"""The event log: nothing done goes unrecorded, nothing recorded goes unread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.access.actors import SYSTEM, Actor
from core.contents import events as kinds
from core.errors import DomainError
from core.events.log import Event, record
from core.events.models import EventCursor, EventRow, EventSetAside
from core.events.readers import FIRST_WAIT, TRIES, Reader, ask_retry, deliver
from core.people.models import School
from core.platform.db import db, operation
from core.testing.cast import Turned

KINDS = frozenset({kinds.HIDDEN, kinds.RESTORED})


@operation
def do(actor: Actor, number: int, kind: str = kinds.HIDDEN, fail: bool = False) -> None:
    """Something that is worth recording, with a row of its own."""
    record(kind, actor, number=number)
    db.session.add(School(name=f"{number}", short_name=f"{kind} {number}"))
    if fail:
        raise DomainError("no")


def numbers() -> list[int]:
    rows = db.session.scalars(select(EventRow).order_by(EventRow.id))
    return [row.facts["number"] for row in rows]


@dataclass
class Diary:
    """A reader that writes down what it hears, and fails or dies when told to."""

    name: str = "diary"
    kinds: frozenset[str] = KINDS
    heard: list[int] = field(default_factory=list)
    trouble: Callable[[Event], None] = field(default=lambda event: None)

    def reader(self) -> Reader:
        return Reader(self.name, self.kinds, self.take)

    def take(self, event: Event) -> None:
        number = event.facts["number"]
        db.session.add(School(name="heard", short_name=f"{self.name} {number}"))
        db.session.flush()
        self.trouble(event)
        self.heard.append(number)

    def written(self) -> list[str]:
        return sorted(db.session.scalars(select(School.short_name).where(School.name == "heard")))


def break_on(number: int) -> Callable[[Event], None]:
    def trouble(event: Event) -> None:
        if event.facts["number"] == number:
            raise ValueError("cannot take this one")

    return trouble


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def test_event_is_written_with_what_it_tells_of() -> None:
    do(SYSTEM, 1)
    assert numbers() == [1]
    with pytest.raises(DomainError):
        do(SYSTEM, 2, fail=True)
    assert numbers() == [1]


def test_only_declared_kinds_are_recorded() -> None:
    with pytest.raises(LookupError, match=r"nobody\.declared"):
        do(SYSTEM, 1, kind="nobody.declared")
    assert numbers() == []


def test_nothing_is_recorded_outside_an_operation() -> None:
    with pytest.raises(RuntimeError, match="inside an operation"):
        record(kinds.HIDDEN, SYSTEM)


def test_ids_follow_the_order_of_the_commits(app: Flask) -> None:
    """A reader that follows ids meanwhile misses none: no lower id appears behind its cursor."""
    stop, seen = threading.Event(), list[int]()

    def follow() -> None:
        while True:
            last_look = stop.is_set()
            query = select(EventRow.id).where(EventRow.id > max(seen, default=0))
            with app.app_context():
                seen.extend(db.session.scalars(query.order_by(EventRow.id)))
            if last_look:
                return

    def write(writer: int) -> None:
        with app.app_context():
            for step in range(15):
                do(SYSTEM, writer * 100 + step)

    follower = threading.Thread(target=follow)
    follower.start()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))
    stop.set()
    follower.join()
    assert seen == sorted(seen)
    assert set(seen) == set(db.session.scalars(select(EventRow.id)))
    assert len(seen) == 90


def test_each_reader_has_a_pace_and_an_interest_of_its_own() -> None:
    both = Diary()
    restored = Diary(name="other", kinds=frozenset({kinds.RESTORED}))
    do(SYSTEM, 1)
    assert deliver([both.reader()]) == 1
    do(SYSTEM, 2, kinds.RESTORED)
    do(SYSTEM, 3)
    assert deliver([both.reader(), restored.reader()]) == 3
    assert deliver([both.reader(), restored.reader()]) == 0
    assert both.heard == [1, 2, 3]
    assert restored.heard == [2]


def test_failing_reader_waits_longer_each_time_and_others_go_on(clock: Turned) -> None:
    failing, other = Diary(trouble=break_on(2)), Diary(name="other")
    readers = [failing.reader(), other.reader()]
    for number in (1, 2, 3):
        do(SYSTEM, number)
    deliver(readers)
    assert failing.heard == [1]
    assert other.heard == [1, 2, 3]
    for tries in range(1, TRIES):
        cursor = db.session.get_one(EventCursor, "diary", populate_existing=True)
        assert cursor.failures == tries
        wait = FIRST_WAIT * 2 ** (tries - 1)
        clock.turn(wait - timedelta(milliseconds=1))
        deliver(readers)
        assert db.session.get_one(EventCursor, "diary", populate_existing=True).failures == tries
        clock.turn(timedelta(milliseconds=1))
        deliver(readers)
    assert failing.heard == [1, 3]
    aside = db.session.scalars(select(EventSetAside)).one()
    assert aside.reader == "diary"
    assert "cannot take this one" in aside.error
    assert failing.written() == ["diary 1", "diary 3", "other 1", "other 2", "other 3"]


def test_event_that_was_set_aside_is_taken_once_the_cause_is_gone(clock: Turned) -> None:
    diary = Diary(trouble=break_on(1))
    do(SYSTEM, 1)
    for _ in range(TRIES):
        deliver([diary.reader()])
        clock.turn(timedelta(minutes=1))
    number = db.session.scalars(select(EventSetAside.id)).one()
    diary.trouble = lambda event: None
    assert deliver([diary.reader()]) == 0
    ask_retry(SYSTEM, number)
    deliver([diary.reader()])
    assert diary.heard == [1]
    assert db.session.scalars(select(EventSetAside)).all() == []


class Killed(BaseException):
    """What a process that is killed in the midst of its work looks like to the database."""


def test_reader_killed_at_work_takes_the_event_exactly_once() -> None:
    """Between its own rows and the step of the cursor: both are undone, both are done anew."""
    diary = Diary()

    def die(event: Event) -> None:
        raise Killed

    do(SYSTEM, 1)
    diary.trouble = die
    with pytest.raises(Killed):
        deliver([diary.reader()])
    assert diary.written() == []
    assert db.session.get(EventCursor, "diary") is None
    diary.trouble = lambda event: None
    assert deliver([diary.reader()]) == 1
    assert deliver([diary.reader()]) == 0
    assert diary.written() == ["diary 1"]


def test_two_workers_share_one_cursor(app: Flask) -> None:
    """Whichever is faster, every event is taken once."""
    for number in range(12):
        do(SYSTEM, number)
    diaries = [Diary(), Diary()]
    together = threading.Barrier(2)

    def work(number: int) -> None:
        with app.app_context():
            together.wait()
            deliver([diaries[number].reader()])

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    assert diaries[0].written() == sorted(f"diary {number}" for number in range(12))
    assert db.session.scalars(select(EventSetAside)).all() == []

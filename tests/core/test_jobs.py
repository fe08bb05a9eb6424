"""Jobs: what is put off is done, at its time, and by one at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.access.actors import SYSTEM, Actor
from core.contents import events as kinds
from core.contract.faults import faults
from core.contract.manifest import Job, Periodic, Plugin
from core.contract.registry import registry_of
from core.errors import DomainError
from core.events.log import record
from core.jobs.models import JobRow, JobState
from core.jobs.outbox import enqueue
from core.jobs.queue import Queue
from core.jobs.running import FIRST_WAIT, KILLED, TERM, Worker
from core.jobs.sweeping import AGAIN, BATCH, hand_over, plant_periodic
from core.platform.db import current_unit, db, operation, utcnow
from core.testing.cast import Turned
from core.testing.switches import switch_plugin
from tests.core.jobs_kit import EVERY, Chores, jobs, wish, wish_in

MOMENT = timedelta(milliseconds=1)


@pytest.fixture
def chores(app: Flask) -> Iterator[Chores]:
    with Chores().installed(app) as made:
        yield made


class Killed(BaseException):
    """What a process that is killed in the midst of its work looks like to the database."""


def die() -> None:
    raise Killed


def fail() -> None:
    raise ValueError("the broom broke")


def test_what_an_operation_puts_off_is_done_once(
    app: Flask, chores: Chores, run_jobs: Callable[[], int]
) -> None:
    wish_in(app, 17)
    assert chores.done == []
    assert run_jobs() == 1
    assert chores.done == [17]
    assert run_jobs() == 0
    assert jobs(app) == []


def test_a_job_runs_in_the_application_and_outside_any_operation(
    app: Flask, chores: Chores, run_jobs: Callable[[], int]
) -> None:
    seen: list[object] = []
    chores.trouble = lambda: seen.append(current_unit())
    wish_in(app)
    run_jobs()
    assert seen == [None]


def test_what_is_rolled_back_leaves_no_job(app: Flask, chores: Chores) -> None:
    @operation
    def refuse(actor: Actor) -> None:
        wish(actor, 1)
        raise DomainError("no")

    with app.app_context(), pytest.raises(DomainError):
        refuse(SYSTEM)
    assert jobs(app) == []


def test_only_declared_jobs_are_put_off(app: Flask, chores: Chores) -> None:
    with app.app_context(), pytest.raises(LookupError, match=r"chores\.unknown"):
        wish(SYSTEM, name="chores.unknown")


def test_nothing_is_put_off_outside_an_operation(app: Flask, chores: Chores) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="inside an operation"):
        enqueue("chores.sweep")


def test_facts_that_no_row_can_hold_are_refused_where_they_are_given(
    app: Flask, chores: Chores
) -> None:
    @operation
    def careless(actor: Actor) -> None:
        with pytest.raises(TypeError):
            enqueue("chores.sweep", number=object())

    with app.app_context():
        careless(SYSTEM)
    assert jobs(app) == []


def test_a_job_waits_for_its_moment(
    app: Flask, chores: Chores, clock: Turned, run_jobs: Callable[[], int]
) -> None:
    wish_in(app, 5, at=utcnow() + timedelta(hours=1))
    clock.turn(timedelta(hours=1) - MOMENT)
    assert run_jobs() == 0
    clock.turn(MOMENT)
    assert run_jobs() == 1
    assert chores.done == [5]


def test_a_job_with_a_key_waits_once_and_its_moment_moves(
    app: Flask, chores: Chores, clock: Turned, run_jobs: Callable[[], int]
) -> None:
    for number, hours in ((1, 1), (2, 5), (3, 2)):
        wish_in(app, number, key="room", at=utcnow() + timedelta(hours=hours))
    wish_in(app, 4, key="hall", at=utcnow())
    assert [row.key for row in jobs(app)] == ["room", "hall"]
    run_jobs()
    clock.turn(timedelta(hours=2))
    run_jobs()
    assert chores.done == [4, 3]


def test_the_same_wished_twice_in_one_operation_waits_once(app: Flask, chores: Chores) -> None:
    @operation
    def twice(actor: Actor) -> None:
        wish(actor, 1, key="room")
        wish(actor, 2, key="room")

    with app.app_context():
        twice(SYSTEM)
    assert [row.facts for row in jobs(app)] == [{"number": 2}]


def test_what_is_wished_while_the_same_runs_is_done_after_it(
    app: Flask, chores: Chores, run_jobs: Callable[[], int]
) -> None:
    """The running one may have looked already."""

    def wish_again() -> None:
        chores.trouble = lambda: None
        wish_in(app, 2, key="room")

    chores.trouble = wish_again
    wish_in(app, 1, key="room")
    run_jobs()
    assert chores.done == [1, 2]


def test_a_job_that_fails_waits_longer_each_time_and_is_set_aside(
    app: Flask, chores: Chores, clock: Turned, run_jobs: Callable[[], int]
) -> None:
    chores.trouble = fail
    wish_in(app, 1)
    assert run_jobs() == 0
    for wait in (FIRST_WAIT, FIRST_WAIT * 2):
        (row,) = jobs(app)
        assert row.state == JobState.WAITING
        clock.turn(wait - MOMENT)
        run_jobs()
        assert jobs(app)[0].failures == row.failures
        clock.turn(MOMENT)
        run_jobs()
        assert jobs(app)[0].failures == row.failures + 1
    (row,) = jobs(app)
    assert row.state == JobState.FAILED
    assert "the broom broke" in row.error
    clock.turn(timedelta(days=1))
    chores.trouble = lambda: None
    assert run_jobs() == 0


def test_a_job_that_fails_once_is_done_at_the_next_try(
    app: Flask, chores: Chores, clock: Turned, run_jobs: Callable[[], int]
) -> None:
    chores.trouble = fail
    wish_in(app, 1)
    run_jobs()
    chores.trouble = lambda: None
    clock.turn(FIRST_WAIT)
    assert run_jobs() == 1
    assert jobs(app) == []


def test_a_failed_job_gives_way_to_a_newer_wish_for_the_same(
    app: Flask, chores: Chores, clock: Turned, run_jobs: Callable[[], int]
) -> None:
    """The newer one waits as the failed one would, so that nothing spins."""

    def wish_again_and_fail() -> None:
        chores.trouble = fail
        wish_in(app, 2, key="room")
        fail()

    chores.trouble = wish_again_and_fail
    wish_in(app, 1, key="room")
    run_jobs()
    (row,) = jobs(app)
    assert (row.facts, row.failures) == ({"number": 2}, 1)
    assert row.due_at == utcnow() + FIRST_WAIT


def test_of_jobs_with_one_key_the_last_failure_tells_enough(
    app: Flask, chores: Chores, clock: Turned, run_jobs: Callable[[], int]
) -> None:
    chores.trouble = fail
    for number in range(3):
        wish_in(app, number, key="room")
        for _ in range(3):
            run_jobs()
            clock.turn(timedelta(hours=1))
    (row,) = jobs(app)
    assert (row.state, row.facts) == (JobState.FAILED, {"number": 2})


def test_a_job_whose_worker_was_killed_is_done_by_another(
    app: Flask, chores: Chores, clock: Turned
) -> None:
    wish_in(app, 1)
    number = jobs(app)[0].id
    chores.trouble = die
    with pytest.raises(Killed):
        Worker(app).do(number)
    chores.trouble = lambda: None
    other = Worker(app)
    clock.turn(TERM - MOMENT)
    assert not other.do(number)
    clock.turn(MOMENT)
    assert other.do(number)
    assert chores.done == [1]


def test_a_job_that_kills_its_worker_again_and_again_is_set_aside(
    app: Flask, chores: Chores, clock: Turned, run_jobs: Callable[[], int]
) -> None:
    chores.trouble = die
    wish_in(app, 1)
    for _ in range(3):
        with pytest.raises(Killed):
            run_jobs()
        clock.turn(TERM)
    assert run_jobs() == 0
    (row,) = jobs(app)
    assert (row.state, row.error) == (JobState.FAILED, KILLED)


def test_a_long_job_is_not_taken_over_while_its_worker_lives(
    app: Flask, chores: Chores, clock: Turned
) -> None:
    worker, taken_over = Worker(app), []

    def last_long() -> None:
        for _ in range(3):
            clock.turn(TERM / 2)
            worker.renew()
            taken_over.append(Worker(app).do(number))

    wish_in(app, 1)
    number = jobs(app)[0].id
    chores.trouble = last_long
    assert worker.do(number)
    assert taken_over == [False] * 3
    assert chores.done == [1]


def test_who_comes_back_too_late_does_not_settle_what_is_anothers(
    app: Flask, chores: Chores, clock: Turned
) -> None:
    """A process that slept longer than its term finds its job in other hands."""
    seen: list[str] = []

    def sleep() -> None:
        clock.turn(TERM)
        chores.trouble = lambda: seen.append(jobs(app)[0].holder)
        Worker(app, "other").do(number)

    wish_in(app, 1)
    number = jobs(app)[0].id
    chores.trouble = sleep
    Worker(app, "sleeper").do(number)
    assert seen == ["other"]
    assert jobs(app) == []


def test_workers_share_the_work_and_none_is_done_twice(app: Flask, chores: Chores) -> None:
    for number in range(12):
        wish_in(app, number)
    numbers = [row.id for row in jobs(app)]
    chores.trouble = lambda: time.sleep(0.01)
    together = threading.Barrier(4)

    def work(worker: Worker) -> int:
        together.wait()
        return sum(worker.do(number) for number in numbers)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(work, [Worker(app) for _ in range(4)]))
    assert sum(done) == 12
    assert sorted(chores.done) == list(range(12))
    assert jobs(app) == []


def test_many_at_once_wish_for_the_same_and_for_others_without_a_circle(
    app: Flask, chores: Chores
) -> None:
    """Each also records an event, in one order or the other, and wishes in another order."""

    @operation
    def busy(actor: Actor, number: int) -> None:
        if number % 2:
            record(kinds.HIDDEN, actor)
        for key in ("a", "b", "c") if number % 3 else ("c", "b", "a"):
            wish(actor, number, key=key)
        record(kinds.RESTORED, actor)

    def work(number: int) -> None:
        with app.app_context():
            busy(SYSTEM, number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))
    assert sorted(row.key for row in jobs(app)) == ["a", "b", "c"]


def test_jobs_of_a_plugin_that_is_switched_off_wait(
    app: Flask, chores: Chores, run_jobs: Callable[[], int]
) -> None:
    wish_in(app, 1)
    switch_plugin(app, "chores", None, False)
    assert run_jobs() == 0
    assert not Worker(app).do(jobs(app)[0].id), "not even when the queue says so"
    switch_plugin(app, "chores", None, True)
    assert run_jobs() == 1


def test_jobs_of_a_plugin_that_is_gone_wait(
    app: Flask, chores: Chores, run_jobs: Callable[[], int]
) -> None:
    wish_in(app, 1)
    gone = registry_of(app).installed.pop("chores")
    assert run_jobs() == 0
    registry_of(app).installed["chores"] = gone
    assert run_jobs() == 1


def periodic(app: Flask) -> JobRow:
    with app.app_context():
        plant_periodic()
        query = select(JobRow).where(JobRow.periodic, JobRow.name == "chores.dust")
        return db.session.scalars(query).one()


def test_periodic_work_is_done_at_once_and_then_at_its_pace(
    app: Flask, chores: Chores, clock: Turned
) -> None:
    number, worker = periodic(app).id, Worker(app)
    assert worker.do(number)
    clock.turn(EVERY - MOMENT)
    assert not worker.do(periodic(app).id)
    clock.turn(MOMENT)
    assert worker.do(periodic(app).id)
    assert chores.done == ["dust"] * 2
    assert periodic(app).id == number


def test_several_workers_do_periodic_work_once(app: Flask, chores: Chores) -> None:
    together = threading.Barrier(4)

    def work(worker: Worker) -> bool:
        together.wait()
        return worker.do(periodic(app).id)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(work, [Worker(app) for _ in range(4)]))
    assert sum(done) == 1
    assert chores.done == ["dust"]


def test_periodic_work_that_fails_is_tried_sooner_and_never_given_up(
    app: Flask, chores: Chores, clock: Turned
) -> None:
    chores.trouble = fail
    for failures in range(1, 20):
        assert not Worker(app).do(periodic(app).id)
        row = periodic(app)
        assert row.failures == failures
        assert row.due_at - utcnow() <= timedelta(hours=1)
        clock.turn(row.due_at - utcnow())
    chores.trouble = lambda: None
    assert Worker(app).do(periodic(app).id)
    assert (periodic(app).failures, periodic(app).error) == (0, "")


def test_periodic_work_that_nobody_declares_any_more_is_forgotten(
    app: Flask, chores: Chores
) -> None:
    periodic(app)
    gone = registry_of(app).installed.pop("chores")
    with app.app_context():
        plant_periodic()
        names = set(db.session.scalars(select(JobRow.name).where(JobRow.periodic)))
    registry_of(app).installed["chores"] = gone
    assert names == set(registry_of(app).periodic()) - {"chores.dust"}


@pytest.mark.parametrize(
    ("manifest", "fault"),
    [
        ({"jobs": (Job("other.job", print),)}, "does not begin with 'chores.'"),
        ({"jobs": (Job("chores.a", print), Job("chores.a", print))}, "two jobs 'chores.a'"),
        ({"jobs": (Job("chores.a", print, tries=0),)}, "'chores.a' is never tried"),
        (
            {
                "jobs": (Job("chores.a", print),),
                "periodic": (Periodic("a", EVERY, lambda: None),),
            },
            "two jobs 'chores.a'",
        ),
    ],
)
def test_a_plugin_with_impossible_jobs_is_not_taken_in(
    app: Flask, manifest: dict[str, Any], fault: str
) -> None:
    plugin = Plugin(name="chores", title="Chores", version="1.0", **manifest)
    assert any(fault in told for told in faults(plugin, "chores", registry_of(app)))


@pytest.fixture
def own_queue(app: Flask, tmp_path: Path) -> Iterator[Queue]:
    """A queue of this test alone."""
    import dataclasses

    former: Queue = app.extensions["sreda-queue"]
    made = Queue(app, former.work)
    made.config = dataclasses.replace(made.config, data_dir=tmp_path)
    app.extensions["sreda-queue"] = made
    yield made
    app.extensions["sreda-queue"] = former


def test_the_queue_hears_of_a_job_after_the_commit(
    app: Flask, chores: Chores, own_queue: Queue
) -> None:
    wish_in(app, 1)
    assert own_queue.length() == 1
    wish_in(app, 2, at=utcnow() + timedelta(hours=1))
    assert own_queue.length() == 1, "what is not due is told when it is"


def test_an_operation_with_many_jobs_tells_of_some_and_leaves_the_rest_to_the_sweeper(
    app: Flask, chores: Chores, own_queue: Queue
) -> None:
    @operation
    def many(actor: Actor) -> None:
        for number in range(50):
            wish(actor, number)

    with app.app_context():
        many(SYSTEM)
    assert len(jobs(app)) == 50
    assert own_queue.length() < 10
    with app.app_context():
        assert hand_over() == 50


def test_a_queue_that_is_away_harms_no_operation(
    app: Flask, chores: Chores, own_queue: Queue, tmp_path: Path
) -> None:
    (tmp_path / "queue.db").mkdir()
    wish_in(app, 1)
    assert [row.state for row in jobs(app)] == [JobState.WAITING]


def test_what_was_told_in_vain_is_told_again_but_the_queue_does_not_grow(
    app: Flask, chores: Chores, own_queue: Queue, clock: Turned
) -> None:
    for number in range(3):
        wish_in(app, number, at=utcnow() + timedelta(minutes=1))
    clock.turn(timedelta(minutes=1))
    with app.app_context():
        assert hand_over() == 3
        assert hand_over() == 0
        for _ in range(2 * BATCH):
            clock.turn(AGAIN)
            hand_over()
    assert own_queue.length() < BATCH + 3


def test_threads_of_the_consumer_do_what_they_are_told(
    app: Flask, chores: Chores, own_queue: Queue
) -> None:
    consumer = own_queue.consumer(5)
    consumer.start()
    try:
        for number in range(10):
            wish_in(app, number)
        deadline = time.monotonic() + 10
        while jobs(app) and time.monotonic() < deadline:
            time.sleep(0.02)
            with app.app_context():
                hand_over()
    finally:
        consumer.stop(graceful=True)
        own_queue.huey.storage.close()
    assert sorted(chores.done) == list(range(10))

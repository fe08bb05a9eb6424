"""The page of the site's health: how many jobs wait, which failed, and what to do about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from core import check
from core.access.actors import SYSTEM
from core.admin import events
from core.contract.registry import registry_of
from core.jobs.models import JobRow, JobState
from core.jobs.queries import SHOWN_AFTER, tally
from core.jobs.running import Worker
from core.jobs.sweeping import plant_periodic
from core.platform.db import db, operation, utcnow
from core.testing.cast import Cast, Turned
from core.testing.switches import switch_plugin
from tests.core.jobs_kit import Chores, jobs, wish_in
from tests.core.people_kit import happened

HEALTH = "/admin/health"


@pytest.fixture
def chores(app: Flask) -> Iterator[Chores]:
    with Chores().installed(app) as made:
        yield made


@pytest.fixture
def desk(cast: Cast) -> FlaskClient:
    browser = cast.browser(cast.user(administrator=True))
    browser.post("/preferences", data={"locale": "en", "next": "/"})
    return browser


@pytest.fixture
def fail(
    app: Flask, chores: Chores, clock: Turned, run_jobs: Callable[[], int]
) -> Callable[..., None]:
    """``fail(1, 2)`` puts jobs with these numbers off and lets them fail to the end."""

    def trouble() -> None:
        raise ValueError("the broom <broke>")

    def work(*numbers: int, key: str = "") -> None:
        chores.trouble = trouble
        for number in numbers:
            wish_in(app, number, key=key)
        for _ in range(3):
            run_jobs()
            clock.turn(timedelta(hours=1))
        chores.trouble = lambda: None

    return work


def numbers(app: Flask) -> list[int]:
    return [row.id for row in jobs(app)]


def test_what_waits_and_what_is_late_is_told(
    app: Flask, desk: FlaskClient, chores: Chores, clock: Turned
) -> None:
    assert "Nothing waits." in desk.get(HEALTH).text
    wish_in(app, 1)
    wish_in(app, 2, at=utcnow() + timedelta(days=1))
    assert "1 waiting, 0 under way." in desk.get(HEALTH).text
    clock.turn(timedelta(minutes=6))
    page = desk.get(HEALTH).text
    assert "Jobs are not done: the first came due 6 minutes ago." in page
    switch_plugin(app, "chores", None, False)
    page = desk.get(HEALTH).text
    assert "Of plugins that are off" in page
    assert "Nothing waits." in page


def test_what_is_under_way_is_shown(app: Flask, desk: FlaskClient, chores: Chores) -> None:
    seen: list[str] = []
    chores.trouble = lambda: seen.append(desk.get(HEALTH).text)
    wish_in(app, 1)
    Worker(app).do(numbers(app)[0])
    assert "<code>chores.sweep</code>" in seen[0]
    assert "<code>chores.sweep</code>" not in desk.get(HEALTH).text


def test_a_failed_job_is_shown_with_its_traceback_and_tried_again(
    app: Flask,
    desk: FlaskClient,
    chores: Chores,
    fail: Callable[..., None],
    run_jobs: Callable[[], int],
) -> None:
    fail(7)
    page = desk.get(HEALTH).text
    assert "1 job failed; see below." in page
    assert "chores.sweep" in page
    assert "tried 3 times" in page
    assert "the broom &lt;broke&gt;" in page
    assert run_jobs() == 0
    assert desk.post(f"/admin/jobs/{numbers(app)[0]}/retry").status_code == 303
    assert "Everything that was to be done was done." in desk.get(HEALTH).text
    assert run_jobs() == 1
    assert chores.done == [7]


def test_a_job_that_is_tried_again_has_all_its_tries(
    app: Flask, desk: FlaskClient, fail: Callable[..., None], clock: Turned
) -> None:
    fail(7)
    desk.post(f"/admin/jobs/{numbers(app)[0]}/retry")
    (row,) = jobs(app)
    assert (row.state, row.failures, row.facts) == (JobState.WAITING, 0, {"number": 7})


def test_a_newer_wish_for_the_same_is_enough(
    app: Flask, desk: FlaskClient, fail: Callable[..., None]
) -> None:
    fail(1, key="room")
    failed = numbers(app)[0]
    wish_in(app, 2, key="room")
    desk.post(f"/admin/jobs/{failed}/retry")
    assert [row.facts for row in jobs(app)] == [{"number": 2}]


def test_all_failed_jobs_are_tried_again_at_once(
    app: Flask,
    desk: FlaskClient,
    chores: Chores,
    fail: Callable[..., None],
    run_jobs: Callable[[], int],
) -> None:
    fail(1, 2, 3)
    assert "Try all again" in desk.get(HEALTH).text
    page = desk.post("/admin/jobs/retry", follow_redirects=True).text
    assert "3 jobs are tried again." in page
    assert run_jobs() == 3
    assert sorted(chores.done) == [1, 2, 3]


def test_a_failed_job_can_be_forgotten_and_the_log_remembers(
    app: Flask, desk: FlaskClient, fail: Callable[..., None]
) -> None:
    fail(1, 2)
    first, second = numbers(app)
    desk.post(f"/admin/jobs/{first}/forget")
    desk.post(f"/admin/jobs/{first}/forget")
    assert numbers(app) == [second]
    assert [row.facts for row in happened(app, events.JOB_FORGOTTEN)] == [{"job": "chores.sweep"}]


def test_what_waits_or_runs_is_not_forgotten_and_not_doubled(
    app: Flask, desk: FlaskClient, chores: Chores
) -> None:
    seen: list[int] = []
    wish_in(app, 1)
    (number,) = numbers(app)
    desk.post(f"/admin/jobs/{number}/forget")
    desk.post(f"/admin/jobs/{number}/retry")
    assert numbers(app) == [number]
    chores.trouble = lambda: seen.append(desk.post(f"/admin/jobs/{number}/retry").status_code)
    assert Worker(app).do(number)
    assert numbers(app) == []
    assert seen == [303]


@pytest.mark.parametrize("what", ["retry", "forget"])
def test_a_job_that_is_gone_is_no_error(desk: FlaskClient, what: str) -> None:
    assert desk.post(f"/admin/jobs/123456/{what}").status_code == 303


def test_a_job_of_a_plugin_that_is_gone_says_why_it_is_not_tried(
    app: Flask, desk: FlaskClient, fail: Callable[..., None]
) -> None:
    fail(1)
    gone = registry_of(app).installed.pop("chores")
    answer = desk.post(f"/admin/jobs/{numbers(app)[0]}/retry")
    registry_of(app).installed["chores"] = gone
    assert answer.status_code == 400
    assert "chores.sweep" in answer.text
    assert [row.state for row in jobs(app)] == [JobState.FAILED]


def test_periodic_work_that_fails_again_and_again_is_shown(
    app: Flask, desk: FlaskClient, chores: Chores, clock: Turned
) -> None:
    def trouble() -> None:
        raise ValueError("dust everywhere")

    def dust() -> int:
        with app.app_context():
            plant_periodic()
            query = db.select(JobRow.id).where(JobRow.name == "chores.dust")
            return int(db.session.scalars(query).one())

    chores.trouble = trouble
    for _ in range(SHOWN_AFTER):
        Worker(app).do(dust())
        clock.turn(timedelta(hours=1))
    page = desk.get(HEALTH).text
    assert "dust everywhere" in page
    assert "goes on by itself" in page
    assert f"/admin/jobs/{dust()}/forget" not in page
    clock.turn(-timedelta(minutes=55))
    chores.trouble = lambda: None
    desk.post(f"/admin/jobs/{dust()}/retry")
    assert Worker(app).do(dust())
    assert "dust everywhere" not in desk.get(HEALTH).text


@operation
def pile_up(actor: Any, many: int) -> None:
    now = utcnow()
    states = [JobState.WAITING, JobState.FAILED]
    rows = [
        {"name": "chores.sweep", "state": states[n % 2], "failed_at": now, "error": f"{n}"}
        for n in range(many)
    ]
    db.session.execute(insert(JobRow), rows)


def test_the_page_costs_the_same_for_ten_thousand_jobs(
    app: Flask, desk: FlaskClient, chores: Chores, count_queries: Any
) -> None:
    def cost() -> int:
        with count_queries() as count:
            assert desk.get(HEALTH).status_code == 200
        return int(count.number)

    with app.app_context():
        pile_up(SYSTEM, 2)
    few = cost()
    with app.app_context():
        pile_up(SYSTEM, 10_000)
    assert cost() == few <= 12
    assert desk.get(HEALTH).text.count("thing-title") < 60


def test_check_tells_of_failed_and_late_jobs(
    app: Flask, fail: Callable[..., None], clock: Turned
) -> None:
    def level(about: str) -> str:
        return {one.about: one.level for one in check._work(app)}[about]

    with app.app_context():
        assert tally().failed == 0
    assert level("queue") == level("failed-jobs") == check.Level.OK
    fail(1)
    assert level("failed-jobs") == check.Level.WARNING
    wish_in(app, 2)
    assert level("queue") == check.Level.OK
    clock.turn(timedelta(minutes=6))
    assert level("queue") == check.Level.WARNING


def test_check_without_tables_says_nothing_of_jobs(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    bare = make_app(database_url=f"sqlite:///{tmp_path}/bare.db")
    assert list(check._work(bare)) == []

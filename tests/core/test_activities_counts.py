"""Visits and downloads, counted a day at a time."""

from __future__ import annotations

import multiprocessing
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import text

from core.activities import counts
from core.activities.counts import DayCount, Tally, count_download, count_visit
from core.activities.models import Activity, DailyCount
from core.communities.models import Community
from core.platform.db import db, init_db
from core.testing.cast import Cast, Made, Turned
from tests.core.diary import SOURCE

DAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def tally(monkeypatch: pytest.MonkeyPatch, clock: Turned) -> Iterator[Tally]:
    """A tally of this test's own, on the 22nd of November at noon."""
    clock.set(datetime(2026, 11, 22, 12, tzinfo=UTC))
    fresh = Tally()
    monkeypatch.setattr(counts, "tally", fresh)
    yield fresh
    fresh.take()


@pytest.fixture
def site_with_diary(install_plugin: Callable[..., None], make_app: Callable[..., Flask]) -> Flask:
    install_plugin("diary", SOURCE)
    return make_app()


def place_in(app: Flask, community: Made) -> Community:
    return db.session.get_one(Community, community.id)


def stored(app: Flask) -> dict[tuple[str, int, int, int], int]:
    with app.app_context():
        counts.write_down()
        return {
            (row.what, row.community_id, row.activity_id, row.content_id): row.count
            for row in db.session.scalars(db.select(DailyCount))
        }


def test_pages_of_a_community_and_its_activities_are_counted(site_with_diary: Flask) -> None:
    cast = Cast(site_with_diary)
    community = cast.community("maths", visibility="public")
    activity = cast.activity(community, "diary", "notebook")
    member = cast.browser(cast.member(community))
    guest = site_with_diary.test_client()
    for browser in (member, guest):
        assert browser.get("/c/maths/").status_code == 200
        assert browser.get(f"/c/maths/diary/{activity.id}/").status_code == 200
    assert stored(site_with_diary) == {
        ("visits", community.id, 0, 0): 2,
        ("visits", community.id, activity.id, 0): 2,
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)"},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": ""},
        {"User-Agent": "Mozilla/5.0 Firefox/140.0", "Sec-Purpose": "prefetch;prerender"},
        {"User-Agent": "Mozilla/5.0 Firefox/140.0", "HX-Request": "true"},
    ],
)
def test_machines_and_pieces_of_pages_are_not_counted(
    app: Flask, cast: Cast, headers: dict[str, str]
) -> None:
    cast.community("maths", visibility="public")
    assert app.test_client().get("/c/maths/", headers=headers).status_code == 200
    assert stored(app) == {}


def test_what_was_refused_or_sent_is_not_a_visit(app: Flask, cast: Cast) -> None:
    cast.community("maths", visibility="private")
    stranger = cast.browser(cast.user())
    assert stranger.get("/c/maths/").status_code == 404
    assert stranger.post("/c/maths/join").status_code in (400, 403, 404)
    assert stored(app) == {}


def test_counts_add_up_by_day_for_a_whole_community(app: Flask, cast: Cast, clock: Turned) -> None:
    maths, other = cast.community("maths"), cast.community("other")
    with app.app_context():
        here = place_in(app, maths)
        inside = Activity(id=5, community_id=maths.id)
        for _again in range(3):
            count_visit(here)
        count_visit(inside, 7)
        count_download(inside, 7)
        count_visit(place_in(app, other))
        counts.write_down()
        # An hour before midnight in UTC is the next day in Moscow.
        clock.set(datetime(2026, 11, 22, 23, tzinfo=UTC))
        count_visit(here)
        counts.write_down()
        found = counts.counts(here, DAY, date(2026, 11, 30))
        assert found == [DayCount(DAY, 4, 1), DayCount(date(2026, 11, 23), 1, 0)]
        assert counts.counts(here, date(2026, 11, 23), date(2026, 11, 23)) == found[1:]


def test_two_threads_add_up(app: Flask, cast: Cast) -> None:
    community = cast.community("maths")

    def visit() -> None:
        with app.app_context():
            here = place_in(app, community)
            for number in range(200):
                count_visit(here)
                if number % 20 == 0:
                    counts.write_down()
            counts.write_down()

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert stored(app) == {("visits", community.id, 0, 0): 800}


def _count_in_another_process(url: str, community_id: int) -> None:
    app = Flask("another process")
    init_db(app, url)
    with app.app_context():
        here = Community(id=community_id)
        for _round in range(10):
            for _visit in range(10):
                count_visit(here)
            counts.write_down()
    assert not counts.tally.counts


def test_two_processes_add_up(app: Flask, cast: Cast, database_url: str) -> None:
    community = cast.community("maths")
    spawn = multiprocessing.get_context("spawn")
    arguments = (database_url, community.id)
    processes = [spawn.Process(target=_count_in_another_process, args=arguments) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    with app.app_context():
        assert db.session.scalar(db.select(db.func.sum(DailyCount.count))) == 200


def test_counts_are_written_down_some_seconds_after_the_first(
    app: Flask, cast: Cast, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.community("maths", visibility="public")
    now = [100.0]
    tally.clock = lambda: now[0]
    monkeypatch.setitem(app.config, "TESTING", False)
    browser = app.test_client()

    def rows() -> int:
        with app.app_context():
            return db.session.scalar(text("SELECT coalesce(sum(count), 0) FROM daily_counts")) or 0

    browser.get("/c/maths/").close()
    now[0] += counts.HELD - 1
    browser.get("/c/maths/").close()
    assert rows() == 0
    now[0] += 1
    browser.get("/c/maths/").close()
    assert rows() == 3
    browser.get("/c/maths/").close()
    assert rows() == 3


def test_a_database_that_fails_loses_no_count(
    app: Flask, cast: Cast, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    community = cast.community("maths")

    def fail(actor: object, counted: Counter[counts.Key]) -> None:
        raise OSError("the disk is full")

    with app.app_context():
        count_visit(place_in(app, community))
        with monkeypatch.context() as patched:
            patched.setattr(counts, "_add_up", fail)
            counts.write_down()
        assert sum(tally.counts.values()) == 1
    assert stored(app) == {("visits", community.id, 0, 0): 1}

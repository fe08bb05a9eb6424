"""Stages: by the clock to the second, by hand, left out; and never half switched."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import vobject
from flask.testing import FlaskClient

from core.api import Level, db, follow
from core.testing.cast import Cast
from plugins.workshops import running
from plugins.workshops.models import Review, Stage, Workshop
from plugins.workshops.stages import Course, StageKind
from plugins.workshops.tests.conftest import K, Studio

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def course(*stages: tuple[StageKind, datetime | None], hand: str = "", since: datetime | None = None
           ) -> Course:  # fmt: skip
    rows = [Stage(kind=kind, begins_at=moment) for kind, moment in stages]
    return Course(rows, hand, since)


DATED = (
    (K.REGISTRATION, NOON), (K.PRACTICE, NOON + HOUR), (K.REVIEW, None),
    (K.RESULTS, NOON + 3 * HOUR),
)  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "kind"),
    [(-1, K.REGISTRATION), (3599, K.REGISTRATION), (3600, K.PRACTICE), (10800, K.RESULTS)],
)
def test_the_stage_follows_the_clock_to_the_second(seconds: int, kind: StageKind) -> None:
    assert course(*DATED).at(NOON + timedelta(seconds=seconds)) == kind


def test_a_stage_lasts_until_the_next_that_has_a_date() -> None:
    there = course(*DATED)
    assert there.until(K.PRACTICE, NOON) == NOON + 3 * HOUR
    assert there.until(K.REVIEW, NOON + 2 * HOUR) == NOON + 3 * HOUR
    assert there.until(K.RESULTS, NOON) is None


def test_a_hand_switch_overrides_dates_until_a_later_stage_comes() -> None:
    early = course(*DATED, hand="review", since=NOON + HOUR / 2)
    assert early.at(NOON + 2 * HOUR) == K.REVIEW
    assert early.at(NOON + 3 * HOUR) == K.RESULTS
    back = course(*DATED, hand="registration", since=NOON + 2 * HOUR)
    assert back.at(NOON + 2 * HOUR) == K.REGISTRATION
    assert back.at(NOON + 3 * HOUR) == K.RESULTS


def test_dates_that_a_hand_switch_made_untrue_are_not_shown() -> None:
    def shown(there: Course) -> list[datetime | None]:
        return [there.date_of(stage) for stage in there.stages]

    assert shown(course(*DATED)) == [NOON, NOON + HOUR, None, NOON + 3 * HOUR]
    soon, late = NOON + HOUR / 2, NOON + 2 * HOUR
    assert shown(course(*DATED, hand="review", since=soon)) == [NOON, None, soon, NOON + 3 * HOUR]
    back = shown(course(*DATED, hand="registration", since=late))
    assert back == [late, None, None, NOON + 3 * HOUR]


def test_a_stage_that_was_left_out_cannot_be_on() -> None:
    assert course(*DATED, hand="feedback", since=NOON).at(NOON + HOUR) == K.PRACTICE
    assert course().at(NOON) is None


def stages_form(studio: Studio, **values: str) -> dict[str, str]:
    with studio.app.app_context():
        version = str(studio.workshop().sequence)
    return {"version": version} | values


def local(moment: datetime) -> str:
    return (moment + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")


def test_a_master_plans_stages_and_leaves_some_out(studio: Studio) -> None:
    master = studio.login(studio.master)
    now = studio.clock.now()
    form = stages_form(
        studio, registration_on="y", registration_begins=local(now - HOUR), practice_on="y",
        practice_begins=local(now + HOUR), practice_hours="6",
    )  # fmt: skip
    assert master.post(f"{studio.url}stages", data=form).status_code == 303
    page = master.get(studio.url).text
    assert "Практика" in page
    assert "Взаимная оценка</span>" not in page
    assert [(row.kind, row.hours) for row in studio.rows(Stage)] == [
        ("practice", 6), ("registration", 0),
    ]  # fmt: skip
    again = master.post(f"{studio.url}stages", data=form)
    assert again.status_code == 400
    assert "только что изменил этапы" in again.text


def test_dates_follow_each_other(studio: Studio) -> None:
    now = studio.clock.now()
    form = stages_form(
        studio, practice_on="y", practice_begins=local(now + 2 * HOUR), review_on="y",
        review_begins=local(now + HOUR),
    )  # fmt: skip
    answer = studio.login(studio.master).post(f"{studio.url}stages", data=form)
    assert answer.status_code == 400
    assert "Проверьте даты" in answer.text


def test_what_can_be_done_follows_the_clock_though_no_job_ran(studio: Studio) -> None:
    [member] = studio.seated(1)
    studio.plan(registration=-1, practice=1, feedback=2)
    browser = studio.login(member)
    assert browser.get(f"{studio.url}work").status_code == 303
    studio.clock.turn(HOUR)
    assert browser.get(f"{studio.url}work").status_code == 200
    studio.clock.turn(HOUR - timedelta(seconds=1))
    studio.hand_in(member)
    studio.clock.turn(timedelta(seconds=1))
    data = {"title": "Поздно", "body": "x", "version": "1"}
    assert browser.post(f"{studio.url}work", data=data).status_code == 400


def test_those_whose_turn_it_is_hear_of_a_stage_and_before_its_end(
    studio: Studio, run_jobs: Callable[[], int]
) -> None:
    done, idle = studio.seated(2)
    studio.plan(registration=-1, practice=1, feedback=49)
    studio.clock.turn(HOUR)
    run_jobs()
    assert "Теперь ваша очередь попробовать: «Дроби на ощупь»" in studio.notices(idle)
    studio.hand_in(done)
    studio.clock.turn(24 * HOUR)
    run_jobs()
    assert "сейчас ваш ход: «Дроби на ощупь»" in studio.notices(idle)
    assert "сейчас ваш ход" not in studio.notices(done)


def test_a_moved_end_does_not_remind_of_the_old_one(
    studio: Studio, run_jobs: Callable[[], int]
) -> None:
    [idle] = studio.seated(1)
    studio.plan(registration=-2, practice=-1, feedback=25)
    studio.plan(registration=-2, practice=-1, feedback=90)
    studio.clock.turn(2 * HOUR)
    run_jobs()
    assert "сейчас ваш ход" not in studio.notices(idle)


def test_the_master_goes_to_a_stage_by_hand_once(studio: Studio) -> None:
    master = studio.login(studio.master)
    form = {"stage": "registration", "seen": "0"}
    assert master.post(f"{studio.url}stages/go", data=form).status_code == 303
    assert "Записаться" in studio.login(studio.member()).get(studio.url).text
    late = master.post(f"{studio.url}stages/go", data={"stage": "results", "seen": "0"})
    assert late.status_code == 400
    assert master.post(f"{studio.url}stages/go", data={"stage": "lunch"}).status_code == 404


def test_those_who_follow_the_community_hear_that_one_can_sign_up(studio: Studio) -> None:
    follower, other = studio.member(), studio.member()
    with studio.app.app_context():
        follow(studio.person(follower), studio.workshop().activity.community, Level.FIRST)
    studio.go(K.REGISTRATION)
    assert "Можно записаться: «Дроби на ощупь»" in studio.notices(follower)
    assert "Можно записаться" not in studio.notices(other)


def test_what_waits_for_somebody_stands_on_their_day(studio: Studio) -> None:
    [member] = studio.seated(1)
    studio.go(K.PRACTICE)
    browser, master = studio.login(member), studio.login(studio.master)
    assert "ваш ход" in browser.get("/my").text
    assert "ваш ход" not in master.get("/my").text
    studio.hand_in(member)
    assert "ваш ход" not in browser.get("/my").text
    studio.go(K.FEEDBACK)
    assert "ваш ход" in master.get("/my").text


def whole(studio: Studio) -> tuple[str, int, int]:
    """What a switch to the mutual review changes: all of it, or nothing."""
    with studio.app.app_context():
        row = db.session.query(Workshop).one()
        return row.stage_by_hand, row.rounds, db.session.query(Review).count()


def ready_for_review(studio: Studio) -> None:
    people = studio.seated(3)
    studio.go(K.PRACTICE)
    for person in people:
        studio.hand_in(person)


def test_a_switch_that_breaks_in_the_middle_changes_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready_for_review(studio)
    before = whole(studio)

    def broken(*_args: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(running, "schedule", broken)
    with pytest.raises(OSError, match="disk"):
        studio.go(K.REVIEW)
    assert whole(studio) == before == ("practice", 0, 0)
    monkeypatch.undo()
    studio.go(K.REVIEW)
    assert whole(studio) == ("review", 1, 6)


def test_a_process_that_is_killed_in_the_middle_leaves_whole_stages(studio: Studio) -> None:
    ready_for_review(studio)
    with studio.app.app_context():
        db.engine.dispose()
    child = os.fork()
    if child == 0:
        # Everything is written and nothing stored when the process is killed.
        running.schedule = lambda workshop: os.kill(os.getpid(), signal.SIGKILL)
        try:
            studio.go(K.REVIEW)
        finally:
            os._exit(1)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert whole(studio) == ("practice", 0, 0)
    studio.go(K.REVIEW)
    assert whole(studio) == ("review", 1, 6)


def test_dates_stand_in_calendars_and_can_be_taken_along(
    studio: Studio, client: FlaskClient
) -> None:
    studio.plan(registration=-1, practice=24, review=48)
    page = client.get("/c/maths/calendar?view=list").text
    assert "Дроби на ощупь" in page
    assert "Практика" in page
    events = list(vobject.readOne(client.get(f"{studio.url}dates.ics").text).vevent_list)
    names = [event.summary.value for event in events]
    assert names == [
        "Дроби на ощупь: Практика", "Дроби на ощупь: срок сдачи работ",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "stages"), [("workshop", 8), ("masterclass", 6), ("experience", 4)]
)
def test_forms_differ_in_the_stages_they_begin_with(
    cast: Cast, studio: Studio, form: str, stages: int
) -> None:
    made = cast.activity(studio.community, "workshops", form, title="Ещё")
    rows = [row for row in studio.rows(Stage) if row.activity_id == made.id]
    assert len(rows) == stages


def test_lists_say_nothing_of_a_part_to_whoever_left(studio: Studio) -> None:
    [person] = studio.seated(1)
    browser, page = studio.login(person), f"/c/{studio.community.slug}/"
    assert "вы участвуете" in browser.get(page).text
    assert browser.post(f"{page}leave").status_code == 303
    assert "вы участвуете" not in browser.get(page).text

"""Results side by side, small groups, files for spreadsheets."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
from flask.testing import FlaskClient

from core.api import SYSTEM, Activity, User, db
from core.testing.cast import Made
from plugins.polls import setting_up, voting
from plugins.polls.editing import Draft
from plugins.polls.structure import structure_of
from plugins.polls.tests.conftest import Stage, text_of


def crowd(stage: Stage, *sizes: int) -> list[list[Made]]:
    """People of several schools, so many of each."""
    schools = [stage.cast.school(f"Школа {name}").id for name in "АБВГД"]
    return [
        [stage.cast.member(stage.community, school_id=school) for _ in range(size)]
        for school, size in zip(schools, sizes, strict=False)
    ]


def test_schools_stand_side_by_side_and_small_ones_together(
    stage: Stage, as_coordinator: FlaskClient
) -> None:
    large, small, tiny = crowd(stage, 6, 4, 1)
    poll = stage.poll("За", "Против", results="always")
    for person in (*large, *small, *tiny):
        stage.answer(poll, person, 0 if person in large else 1)
    page = text_of(as_coordinator.get(stage.url(poll, "results/schools")))
    assert "Школа А 6 ответов" in page
    assert "Школа Б" not in page
    assert "Школа В" not in page
    assert "5 ответов" in page
    assert "Ещё 2 группы вместе" in page


def test_one_small_school_is_not_found_by_subtraction(
    stage: Stage, as_coordinator: FlaskClient
) -> None:
    """Of seven answers six are of one school: showing these would tell of the seventh."""
    large, tiny = crowd(stage, 6, 1)
    poll = stage.poll("За", "Против", results="always")
    for person in (*large, *tiny):
        stage.answer(poll, person)
    page = text_of(as_coordinator.get(stage.url(poll, "results/schools")))
    assert "Школа А" not in page
    assert "Группы слишком маленькие" in page


def test_a_secret_poll_knows_no_groups(stage: Stage, as_coordinator: FlaskClient) -> None:
    poll = stage.poll(privacy="secret", results="closed")
    assert as_coordinator.get(stage.url(poll, "results/schools")).status_code == 303


def test_rounds_of_a_questionnaire_stand_side_by_side(stage: Stage, login: Any, clock: Any) -> None:
    poll = stage.questionnaire(
        [
            Draft(kind="one", text="Что нужнее?", options=("Семинары", "Уроки")),
            Draft(kind="scale", text="Довольны?", limits={"from": 1, "to": 5}),
        ],
        results="always",
    )
    _answer(stage, poll, 0, 2)
    clock.turn(timedelta(days=370))
    as_coordinator = login(stage.coordinator)
    sent = as_coordinator.post(stage.url(poll, "run/repeat"))
    again = int(sent.location.split("/")[-2])
    as_coordinator.post(f"/c/maths/activities/{again}/publish")
    stage.deliver()
    stage.change(again, results="always")
    _answer(stage, again, 1, 4)
    page = as_coordinator.get(stage.url(again, "results/rounds"))
    words = text_of(page)
    years = [str(clock.moment.year - 1), str(clock.moment.year)]
    assert all(year in words for year in years)
    assert "Семинары 100 % 1 0 % 0" in words
    assert "Среднее 2 4" in words
    assert '<polyline class="chart-line"' in page.text


def _answer(stage: Stage, poll: int, place: int, step: int) -> None:
    with stage.app.app_context():
        first, second = structure_of(poll).items
        user = db.session.get_one(User, stage.members[0].id)
        activity = db.session.get_one(Activity, poll)
        given = {first.key: first.choices[place].id, second.key: step}
        assert voting.answer(user, activity, given) == "stored"


def test_another_round_asks_the_same_of_the_same_people(stage: Stage) -> None:
    first = Draft(kind="one", text="Ходите?", options=("Да", "Нет"))
    poll = stage.questionnaire([first], privacy="named", results="closed")
    item = stage.structure(poll).items[0]
    hanging = Draft(
        kind="short", text="Почему?", after_id=item.id, after_options=[item.choices[1].id]
    )
    stage.ask(poll, hanging)
    with stage.app.app_context():
        made = setting_up.repeat(SYSTEM, db.session.get_one(Activity, poll), "Ещё раз").id
    one, other = stage.structure(poll).items, stage.structure(made).items
    assert [item.origin for item in one] == [item.origin for item in other]
    assert other[1].after_id == other[0].id
    assert other[1].after_options == (other[0].choices[1].id,)


def test_files_hold_results_and_answers_without_names(
    stage: Stage, as_coordinator: FlaskClient
) -> None:
    poll = stage.questionnaire(
        [Draft(kind="one", text="=Вопрос", options=("+За", "Против")),
         Draft(kind="short", text="Слово")],
        results="always",
    )  # fmt: skip
    with stage.app.app_context():
        one, short = structure_of(poll).items
        user = db.session.get_one(User, stage.members[0].id)
        activity = db.session.get_one(Activity, poll)
        voting.answer(user, activity, {one.key: one.choices[0].id, short.key: "=HYPERLINK(1)"})
    sent = as_coordinator.get(stage.url(poll, "answers.csv"))
    assert sent.mimetype == "text/csv"
    lines = list(csv.reader(io.StringIO(sent.data.decode("utf-8-sig")), delimiter=";"))
    assert lines == [["'=Вопрос", "Слово"], ["'+За", "'=HYPERLINK(1)"]]
    counted = as_coordinator.get(stage.url(poll, "results.csv")).data.decode("utf-8-sig")
    assert "'=Вопрос;'+За;1;100" in counted
    book = openpyxl.load_workbook(
        io.BytesIO(as_coordinator.get(stage.url(poll, "results.xlsx")).data)
    )
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type in ("s", "n") for cell in cells)
    assert "=HYPERLINK(1)" in {cell.value for cell in cells}
    assert stage.members[0].name not in sent.text


def test_files_of_a_named_poll_have_names(stage: Stage, as_coordinator: FlaskClient) -> None:
    poll = stage.poll(privacy="named", results="always")
    stage.answer(poll, stage.members[0])
    assert stage.members[0].name in as_coordinator.get(stage.url(poll, "answers.csv")).text


def test_files_wait_as_the_results_do(stage: Stage, as_coordinator: FlaskClient) -> None:
    poll = stage.poll(results="closed")
    stage.answer(poll, stage.members[0])
    for page in ("answers.csv", "results.csv", "results.xlsx"):
        assert as_coordinator.get(stage.url(poll, page)).status_code == 303

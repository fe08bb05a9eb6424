"""The demonstration, looking back, and what is left: events with hours, tables, one's own data."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient

from core.api import SYSTEM, File, User, db, operation
from core.testing.cast import Made
from plugins.workshops import passing, personal
from plugins.workshops.models import Answer, Demonstration, Passed, Question, Review, Work
from plugins.workshops.tests.conftest import K, Studio

ADDRESS = "https://meet.example/room"
SHOWN = {
    "body": "Показываю на полосках", "address": ADDRESS, "minutes": "60",
    "recording": "https://video.example/1", "version": "1",
}  # fmt: skip


def show(studio: Studio) -> None:
    page = f"{studio.url}demonstration/edit"
    assert studio.login(studio.master).post(page, data=SHOWN).status_code == 303


def answers(studio: Studio) -> dict[str, str]:
    return {f"answer-{row.id}": "Возьму полоски" for row in studio.rows(Question)}


def test_the_door_opens_before_a_live_demonstration_and_notes_who_came(studio: Studio) -> None:
    [person] = studio.seated(1)
    show(studio)
    studio.plan(registration=-1, demonstration=1, practice=4)
    browser = studio.login(person)
    door = f"{studio.url}demonstration/door"
    assert browser.get(door).location.endswith(studio.url)
    studio.clock.turn(timedelta(minutes=50))
    assert browser.get(door).location == ADDRESS
    assert [(row.kind, row.basis) for row in studio.rows(Passed)] == [("demonstration", "door")]
    stranger = studio.login(studio.member())
    assert stranger.get(door).location.endswith(studio.url)
    studio.clock.turn(timedelta(hours=3))
    assert browser.get(door).location.endswith(studio.url)


def test_the_recording_opens_with_its_stage_and_watching_counts(
    studio: Studio, client: FlaskClient
) -> None:
    [person] = studio.seated(1)
    show(studio)
    browser = studio.login(person)
    before = browser.get(studio.url).text
    assert "video.example" not in before
    assert "Показываю на полосках" not in before
    assert "Материалы откроются вместе с показом" in before
    assert "Показываю на полосках" in studio.login(studio.master).get(studio.url).text
    assert browser.post(f"{studio.url}demonstration/watched").status_code == 400
    studio.go(K.DEMONSTRATION)
    opened = browser.get(studio.url).text
    assert "video.example" in opened
    assert "Показываю на полосках" in opened
    assert "Показываю на полосках" not in client.get(studio.url).text
    assert browser.post(f"{studio.url}demonstration/watched").status_code == 303
    assert "Вы уже посмотрели показ" in browser.get(studio.url).text


def test_materials_open_at_no_address_before_the_demonstration(
    studio: Studio, client: FlaskClient
) -> None:
    [person] = studio.seated(1)
    master, browser = studio.login(studio.master), studio.login(person)
    page = f"{studio.url}demonstration/edit"
    material = {"files": (io.BytesIO(b"cut along the line"), "sheet.txt")}
    for form in (SHOWN | {"body": "Набросок"}, SHOWN | material):
        assert master.post(page, data=form).status_code == 303
    home = master.get(studio.url).text
    [found] = studio.rows(Demonstration)
    own = f"{studio.url}demonstration/file?position=1"
    assert own in home
    elsewhere = [f"/files/{row.id}/sheet.txt" for row in studio.rows(File)]
    elsewhere += [f"/contents/{found.id}", f"/contents/{found.id}/history"]
    for address in (own, *elsewhere):
        assert browser.get(address).status_code == 404, address
    assert master.get(own).data == b"cut along the line"
    studio.go(K.DEMONSTRATION)
    assert own in browser.get(studio.url).text
    assert browser.get(own).data == b"cut along the line"
    assert browser.get(own[:-1] + "3").status_code == 404
    assert client.get(own).status_code in (302, 404)
    for address in elsewhere:
        opened = browser.get(address, follow_redirects=True)
        assert opened.status_code == 200
        assert "Набросок" not in opened.text
    studio.go(K.REGISTRATION)
    for address in (own, *elsewhere):
        assert browser.get(address).status_code == 404, address


def test_materials_open_by_the_date_too(studio: Studio, run_jobs: Callable[[], int]) -> None:
    [person] = studio.seated(1)
    show(studio)
    studio.plan(registration=-1, demonstration=1, practice=9)
    [found] = studio.rows(Demonstration)
    browser = studio.login(person)
    assert browser.get(f"/contents/{found.id}/history").status_code == 404
    studio.clock.turn(timedelta(hours=1))
    assert "Показываю на полосках" in browser.get(studio.url).text
    run_jobs()
    assert browser.get(f"/contents/{found.id}/history").status_code == 200


def test_the_master_notes_who_was_there(studio: Studio) -> None:
    came, absent = studio.seated(2)
    studio.go(K.DEMONSTRATION)
    master, page = studio.login(studio.master), f"{studio.url}attendance"
    numbers = [studio.place_of(came).id, 999_999]
    assert master.post(page, data={"place": numbers}).status_code == 303
    assert [(row.place_id, row.basis) for row in studio.rows(Passed)] == [(numbers[0], "list")]
    form = master.get(page).text
    assert f"place-{studio.place_of(absent).id}" in form
    assert f"place-{numbers[0]}" not in form


def test_who_was_there_is_noted_once_and_in_its_time(studio: Studio) -> None:
    [person] = studio.seated(1)
    number = studio.place_of(person).id
    master, page = studio.login(studio.master), f"{studio.url}attendance"
    early = master.post(page, data={"place": number})
    assert early.status_code == 400
    assert "Этот этап ещё не начался" in early.text
    studio.go(K.DEMONSTRATION)

    def note(_number: int) -> int:
        with studio.app.app_context():
            user = studio.person(studio.master)
            return passing.note_attendances(user, studio.workshop(), [number])

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(note, range(4))) == [0, 0, 0, 1]
    for kind in ("workshops.came", "workshops.passed"):
        assert len(events(studio, kind)) == 1
    other = studio.member()
    studio.sign_up(other)
    studio.close(hours=-1)
    late = master.post(page, data={"place": studio.place_of(other).id})
    assert late.status_code == 400
    assert len(studio.rows(Passed)) == 1


def complete(studio: Studio) -> list[Made]:
    """One passes all stages, another only hands in."""
    people = studio.seated(2)
    show(studio)
    studio.go(K.DEMONSTRATION)
    studio.login(people[0]).post(f"{studio.url}demonstration/watched")
    studio.go(K.PRACTICE)
    for person in people:
        studio.hand_in(person)
    studio.go(K.REVIEW)
    [row] = studio.reviews_by(people[0])
    data = {"words": "Живо", "then": "send"}
    studio.login(people[0]).post(f"{studio.url}reviews/{row.id}", data=data)
    studio.go(K.REFLECTION)
    form = answers(studio)
    studio.login(people[0]).post(f"{studio.url}reflection", data=form)
    return people


def events(studio: Studio, kind: str) -> list[tuple[int, dict[str, Any]]]:
    with studio.app.app_context():
        rows = db.session.execute(
            db.text("select subject_id, facts from events where kind = :kind order by id"),
            {"kind": kind},
        ).all()
    return [(who, f if isinstance(f, dict) else json.loads(f)) for who, f in rows]


def test_passed_stages_are_events_with_hours_and_their_ground(studio: Studio) -> None:
    done, other = complete(studio)
    told = events(studio, "workshops.passed")
    assert [(who, f["stage"], f["hours"], f["basis"]) for who, f in told] == [
        (done.id, "demonstration", 2, "watched"), (done.id, "practice", 2, "work"),
        (other.id, "practice", 2, "work"), (done.id, "review", 2, "reviews"),
        (done.id, "reflection", 2, "answers"),
    ]  # fmt: skip
    [(who, facts)] = events(studio, "workshops.completed")
    assert (who, facts["hours"], facts["basis"]) == (done.id, 8, "stages")
    page = studio.login(done).get(studio.url).text
    assert "всего 8 академических часов" in page


def test_the_reflection_wants_an_answer_to_each_question(studio: Studio) -> None:
    [person] = studio.seated(1)
    browser = studio.login(person)
    page = f"{studio.url}reflection"
    assert browser.post(page, data=answers(studio)).status_code == 400
    studio.go(K.REFLECTION)
    some = answers(studio)
    some.popitem()
    refused = browser.post(page, data=some)
    assert refused.status_code == 400
    assert "Возьму полоски" in refused.text
    assert browser.post(page, data=answers(studio)).status_code == 303
    assert len(studio.rows(Answer)) == 3
    master = studio.login(studio.master)
    assert "Возьму полоски" in master.get(f"{studio.url}reflection/answers").text
    assert browser.get(f"{studio.url}reflection/answers").status_code == 403


def test_questions_stay_once_somebody_has_answered(studio: Studio) -> None:
    [person] = studio.seated(1)
    master = studio.login(studio.master)
    page = f"{studio.url}reflection/questions"
    assert master.post(page, data={"lines": "Что возьмёте?\n\nЧто мешало?"}).status_code == 303
    assert [row.text for row in studio.rows(Question)] == ["Что возьмёте?", "Что мешало?"]
    studio.go(K.REFLECTION)
    studio.login(person).post(f"{studio.url}reflection", data=answers(studio))
    assert master.post(page, data={"lines": "Другое?"}).status_code == 400


def test_the_table_for_excel_holds_no_formula(studio: Studio) -> None:
    complete(studio)
    studio.cast.member(studio.community)
    table = studio.login(studio.master).get(f"{studio.url}people.csv").data.decode("utf-8-sig")
    head, *lines = list(csv.reader(io.StringIO(table), delimiter=";"))
    assert head[-2:] == ["Всего часов", "Пройдено полностью"]
    assert sorted(line[-2] for line in lines) == ["2", "8"]
    assert not [cell for line in lines for cell in line if cell.startswith("=")]


def test_results_count_without_names(studio: Studio, client: FlaskClient) -> None:
    done, _other = complete(studio)
    studio.go(K.RESULTS)
    page = client.get(f"{studio.url}results").text
    assert "написано отзывов" in page
    assert done.name not in page


def test_ones_own_part_is_given_out_and_forgotten(studio: Studio) -> None:
    done, other = complete(studio)
    with studio.app.test_request_context():
        user = db.session.get_one(User, done.id)
        sections = [str(record.section) for record in personal.exported(user)]
    assert {"Место в мастерской", "Отзыв о работе", "Рефлексия после мастерской"} <= {*sections}
    assert sections.count("Пройденный этап мастерской") == 5
    with studio.app.app_context():
        _forget(SYSTEM, done.id)
    assert [row.author_id for row in studio.rows(Work)] == [other.id]
    assert [row.reviewer_id for row in studio.rows(Review)] == [None]


@operation
def _forget(actor: object, number: int) -> None:
    personal.erased(db.session.get_one(User, number))


def test_what_is_typed_at_the_end_is_kept_until_it_is_sent(studio: Studio) -> None:
    [person] = studio.seated(1)
    studio.go(K.REFLECTION)
    browser, page = studio.login(person), f"{studio.url}reflection"
    first, *_rest = answers(studio)
    place = f"workshops.reflection:{studio.activity.id}"
    sent = {"place": place, "body": "Приём", "fields": json.dumps({first: "Приём с полосками"})}
    assert browser.post("/drafts", data=sent).status_code == 200
    assert "Приём с полосками</textarea>" in browser.get(page).text
    assert browser.post(page, data=answers(studio)).status_code == 303
    shown = browser.get(page).text
    assert "Приём с полосками" not in shown
    assert "Возьму полоски</textarea>" in shown


def test_nobody_asks_for_more_time_before_the_reflection(studio: Studio) -> None:
    [person] = studio.seated(1)
    browser, page = studio.login(person), f"{studio.url}reflection"
    early = browser.get(page).text
    assert "Эти вопросы появятся" in early
    assert "Попросить ещё времени" not in early
    studio.go(K.RESULTS)
    assert "Попросить ещё времени" in browser.get(page).text


def test_a_late_job_keeps_the_demonstration_from_nobody(studio: Studio) -> None:
    show(studio)
    studio.plan(registration=-1, demonstration=1, practice=9)
    [row] = studio.rows(Demonstration)
    reader = studio.login(studio.member())
    reader.get(studio.url)
    assert reader.get(f"/contents/{row.id}").status_code == 404
    studio.clock.turn(timedelta(hours=2))
    assert "Показываю на полосках" in reader.get(studio.url).text
    assert reader.get(f"/contents/{row.id}").status_code == 302

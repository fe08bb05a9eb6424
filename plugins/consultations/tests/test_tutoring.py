"""Qualifications with a term, tutors with wards, breaks with substitutes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.api import File, User, db, operation
from core.testing.cast import Made
from plugins.consultations import personal, team, tutoring
from plugins.consultations.meeting_models import Slot
from plugins.consultations.tests.conftest import Desk
from plugins.consultations.tutoring_models import Evidence


def add(desk: Desk, person: Made) -> int:
    browser = desk.login(desk.coordinator)
    return browser.post(f"{desk.url}team/add", data={"person": str(person.id)}).status_code


def test_only_the_qualified_can_be_consultants(desk: Desk) -> None:
    person = desk.member("Желающая")
    assert add(desk, person) == 400
    desk.qualify(person, until=date(2026, 11, 22))
    assert add(desk, person) == 400
    desk.qualify(person, until=date(2027, 5, 1))
    assert add(desk, person) == 303
    page = desk.login(person).get(f"{desk.url}team").text
    assert "Желающая" in page
    assert "Доля в работе" in page


def test_a_line_may_do_without_evidence(desk: Desk) -> None:
    desk.set(needs_evidence=False)
    assert add(desk, desk.member()) == 303
    assert add(desk, desk.cast.user()) == 400


def test_the_page_of_a_person_says_where_they_can_be_asked(desk: Desk) -> None:
    page = desk.login(desk.member()).get(f"/people/{desk.tutor.id}").text
    assert "Консультирует" in page
    assert f'href="{desk.url}"' in page
    assert (
        "Консультирует" not in desk.login(desk.member()).get(f"/people/{desk.coordinator.id}").text
    )


def test_evidence_is_recorded_shown_and_removed_by_the_coordinator(desk: Desk) -> None:
    person = desk.member("Победителева")
    browser = desk.login(desk.coordinator)
    form = {
        "kind": "methodist", "document": "Приказ № 87", "valid_from": "2024-04-20",
        "valid_until": "2029-04-20",
    }  # fmt: skip
    page = f"/c/maths/consultations/evidence/new?person={person.id}"
    assert browser.post(page, data=form).status_code == 303
    register = desk.login(desk.member()).get("/c/maths/consultations/tutors").text
    for words in ("Победителева", "Учитель-методист", "Приказ № 87", "до 20.04.2029"):
        assert words in register
    wrong = browser.post(page, data=form | {"valid_until": "2020-01-01"})
    assert wrong.status_code == 400
    assert desk.login(desk.member()).post(page, data=form).status_code == 403


EVIDENCE = {"kind": "methodist", "document": "Приказ № 87", "valid_from": "2024-04-20"}


def with_copy(text: str, name: str = "приказ.txt") -> dict[str, Any]:
    return EVIDENCE | {"files": (io.BytesIO(text.encode()), name)}


def record_with_copy(desk: Desk, person: Made) -> int:
    """The number of the evidence of somebody, recorded with a copy of the document."""
    page = f"/c/maths/consultations/evidence/new?person={person.id}"
    answer = desk.login(desk.coordinator).post(page, data=with_copy("Присвоить категорию"))
    assert answer.status_code == 303
    with desk.app.app_context():
        return db.session.scalars(select(Evidence.id).where(Evidence.user_id == person.id)).one()


def test_copies_of_evidence_are_read_by_its_owner_and_those_who_record_it(
    desk: Desk, client: FlaskClient
) -> None:
    person = desk.member("Победителева")
    number = record_with_copy(desk, person)
    register = "/c/maths/consultations/tutors"
    copy = f"/c/maths/consultations/evidence/{number}/files/1"
    other = desk.cast.staff(desk.community, "coordinator")
    for reader in (person, desk.coordinator, other):
        browser = desk.login(reader)
        assert copy in browser.get(register).text
        assert "приказ.txt" in browser.get(register).text
        assert browser.get(copy).data.decode() == "Присвоить категорию"
    assert desk.login(person).get(f"{copy}0").status_code == 404
    stranger = desk.login(desk.member())
    assert "приказ.txt" not in stranger.get(register).text
    assert stranger.get(copy).status_code == 404
    assert client.get(copy).location.startswith("/sign-in")
    with desk.app.app_context():
        file = db.session.scalars(select(File)).one()
        address = f"/files/{file.id}/x"
    assert stranger.get(address).status_code == 404


def test_copies_are_added_later_and_go_with_the_evidence(desk: Desk) -> None:
    person = desk.member("Победителева")
    desk.qualify(person)
    with desk.app.app_context():
        evidence = select(Evidence.id).where(Evidence.user_id == person.id)
        number = db.session.scalars(evidence).one()
    page = f"/c/maths/consultations/evidence/{number}/files"
    assert desk.login(person).get(page).status_code == 403
    browser = desk.login(desk.coordinator)
    assert "Приказ № 1" in browser.get(page).text
    assert browser.post(page, data=with_copy("Текст приказа")).status_code == 303
    assert "приказ.txt" in browser.get(page).text
    assert desk.login(person).get(f"{page}/1").data.decode() == "Текст приказа"
    removed = browser.post(f"/c/maths/consultations/evidence/{number}/remove")
    assert removed.status_code == 303
    with desk.app.app_context():
        assert db.session.scalar(select(func.count(File.id))) == 0


def test_no_copy_is_left_of_a_forgotten_person(desk: Desk) -> None:
    person = desk.member("Победителева")
    record_with_copy(desk, person)
    with desk.app.app_context():
        user = desk.user(person)
        assert any(
            record.fields.get("files") == ["приказ.txt"] for record in personal.exported(user)
        )
        _erase(user)
        assert db.session.scalar(select(func.count(File.id))) == 0


@operation
def _erase(actor: User) -> None:
    personal.erased(actor)


def test_whose_evidence_ends_gets_no_new_questions_and_is_warned(desk: Desk) -> None:
    person = desk.member("Срочная")
    desk.qualify(person, until=date(2026, 12, 10))
    assert add(desk, person) == 303
    with desk.app.app_context():
        tutoring.warn_of_ends()
        tutoring.warn_of_ends()
    assert "Скоро кончается подтверждение" in desk.login(person).get("/me/notices").text
    assert "Срочная" in desk.login(desk.coordinator).get("/me/notices").text
    desk.clock.turn(timedelta(days=20))
    asker = desk.member()
    for _ in range(4):
        number = desk.ask(asker)
        with desk.app.app_context():
            assert desk.question(number).consultant_id != person.id
    page = desk.login(desk.member()).get(f"{desk.url}team").text
    assert "подтверждение квалификации кончилось" in page


def attach(desk: Desk, **values: str) -> int:
    browser = desk.login(desk.coordinator)
    person = values.pop("person", "")
    page = f"/c/maths/consultations/wards/new?tutor={desk.tutor.id}&person={person}"
    form = {"since": "2026-11-23", "school": "0", "basis": "Приказ № 58"}
    return browser.post(page, data=form | values).status_code


def test_a_tutor_sees_what_a_ward_asks_from_then_on(desk: Desk) -> None:
    desk.set(needs_evidence=False)
    ward, stranger = desk.member("Подопечная"), desk.member("Чужая")
    elsewhere = desk.cast.activity(desk.community, "consultations", "line", title="Другая линия")
    before = desk.ask(ward)
    assert attach(desk, person=str(ward.id)) == 303
    line, desk.activity = desk.activity, elsewhere
    after, other = desk.ask(ward), desk.ask(stranger)
    assert "Видит и ваш тьютор" in desk.login(ward).get(f"{desk.url}ask").text
    tutor = desk.login(desk.tutor)
    assert tutor.get(f"{desk.url}questions/{after}").status_code == 200
    assert tutor.get(f"{desk.url}questions/{other}").status_code == 404
    wards = tutor.get("/c/maths/consultations/wards").text
    assert "Подопечная" in wards
    assert f"/questions/{after}" in wards
    assert f"/{line.id}/questions/{before}" not in wards
    assert "Чужая" not in wards
    assert "Как объяснить дроби" in tutor.get("/me/notices").text
    answer = tutor.post(f"{desk.url}questions/{after}/replies", data={"body": "<p>Я</p>"})
    assert answer.status_code == 403


def test_a_tutor_who_left_or_is_qualified_no_more_reads_nothing_new(
    desk: Desk, deliver_events: Callable[[], None]
) -> None:
    ward, mentor = desk.member("Подопечная"), desk.member("Прежняя")
    desk.qualify(mentor, until=date(2026, 12, 1))
    page = f"/c/maths/consultations/wards/new?tutor={mentor.id}&person={ward.id}"
    form = {"since": "2026-11-23", "school": "0", "basis": "Приказ № 58"}
    assert desk.login(desk.coordinator).post(page, data=form).status_code == 303
    first = desk.ask(ward)
    browser = desk.login(mentor)
    assert browser.get(f"{desk.url}questions/{first}").status_code == 200
    desk.clock.turn(timedelta(days=10))
    late = desk.ask(ward)
    assert browser.get(f"{desk.url}questions/{late}").status_code == 404
    desk.qualify(mentor)
    assert browser.post("/c/maths/leave").status_code == 303
    last = desk.ask(ward)
    deliver_events()
    assert browser.get(f"{desk.url}questions/{last}").status_code == 404
    assert browser.get(f"{desk.url}questions/{first}").status_code == 404
    assert browser.get("/c/maths/consultations/wards").status_code == 403
    everybody = desk.login(desk.coordinator).get("/c/maths/consultations/wards/all").text
    assert "Прежняя" not in everybody


def test_who_leaves_the_team_keeps_what_is_theirs(
    desk: Desk, fill_index: Callable[[], None]
) -> None:
    ward = desk.member("Подопечная")
    attach(desk, person=str(ward.id))
    asked = {
        "wards": (desk.ask(ward, title="Вопрос подопечной"), 1),
        "own": (desk.ask(desk.tutor, title="Вопрос тьютора"), 1),
        "others": (desk.ask(desk.member(), title="Вопрос чужой"), 0),
    }
    page = f"{desk.url}team/{desk.consultant(desk.tutor)}/remove"
    assert desk.login(desk.coordinator).post(page).status_code == 303
    fill_index()
    browser = desk.login(desk.tutor)
    found = browser.get("/search?q=вопрос").text
    for number, open_to in asked.values():
        assert (f"/questions/{number}" in found) == bool(open_to)
        assert (browser.get(f"{desk.url}questions/{number}").status_code == 200) == bool(open_to)


def test_a_school_is_attached_with_all_its_teachers(desk: Desk) -> None:
    school = desk.cast.school("Школа № 7")
    desk.member("Семёркина", school_id=school.id)
    assert attach(desk, school=str(school.id)) == 303
    assert "Семёркина" in desk.login(desk.tutor).get("/c/maths/consultations/wards").text
    everybody = desk.login(desk.coordinator).get("/c/maths/consultations/wards/all").text
    assert "Школа № 7" in everybody
    assert attach(desk) == 400
    assert attach(desk, person=str(desk.tutor.id)) == 400


def test_the_askers_own_tutor_answers_first(desk: Desk) -> None:
    ward = desk.member()
    attach(desk, person=str(ward.id))
    for _ in range(3):
        number = desk.ask(ward)
        with desk.app.app_context():
            assert desk.question(number).consultant_id == desk.tutor.id


def rest(desk: Desk, **values: str) -> int:
    page = f"{desk.url}team/{desk.consultant(desk.tutor)}/break"
    form = {"first": "2026-11-23", "until": "2026-12-06", "substitute": str(desk.other.id)}
    return desk.login(desk.tutor).post(page, data=form | values).status_code


def test_a_break_hands_questions_and_booked_times_to_the_substitute(desk: Desk) -> None:
    person = desk.member()
    number = desk.ask(person, wanted=str(desk.tutor.id))
    slot, later = desk.slot(), desk.slot(timedelta(days=20))
    desk.book(person, slot)
    assert rest(desk) == 303
    with desk.app.app_context():
        assert desk.question(number).consultant_id == desk.other.id
        assert db.session.get_one(Slot, slot).consultant_id == desk.other.id
        assert db.session.get_one(Slot, later).consultant_id == desk.tutor.id
    assert "будет говорить другой консультант" in desk.login(person).get("/me/notices").text
    assert "Вы замещаете коллегу" in desk.login(desk.other).get("/me/notices").text
    newer = desk.ask(desk.member())
    with desk.app.app_context():
        assert desk.question(newer).consultant_id == desk.other.id
    team_page = desk.login(desk.member()).get(f"{desk.url}team").text
    assert "перерыв до 6 декабря" in team_page


def test_without_a_substitute_booked_times_are_called_off(desk: Desk) -> None:
    person, slot = desk.member(), desk.slot()
    desk.book(person, slot)
    assert rest(desk, substitute="0") == 303
    assert desk.taken(slot) == 0
    assert "Консультанта в это время не будет" in desk.login(person).get("/me/notices").text
    desk.login(desk.tutor).post(f"{desk.url}team/{desk.consultant(desk.tutor)}/break/end")
    desk.book(person, desk.slot())


def test_what_a_substitute_cannot_take_over_is_called_off(desk: Desk) -> None:
    person, slot = desk.member(), desk.slot()
    desk.slot(consultant=desk.other)
    desk.book(person, slot)
    assert rest(desk) == 303
    assert desk.taken(slot) == 0
    assert "Отменено" in desk.login(person).get("/me/notices").text


def test_a_break_that_is_ahead_begins_by_itself(desk: Desk) -> None:
    number = desk.ask(desk.member(), wanted=str(desk.tutor.id))
    rest(desk, first="2026-11-25")
    with desk.app.app_context():
        team.begin_breaks()
        assert desk.question(number).consultant_id == desk.tutor.id
    desk.clock.turn(timedelta(days=2))
    with desk.app.app_context():
        team.begin_breaks()
        assert desk.question(number).consultant_id == desk.other.id


def test_who_leaves_the_community_leaves_the_team_and_their_questions_to_others(
    desk: Desk, deliver_events: Callable[[], None]
) -> None:
    person, slot = desk.member(), desk.slot()
    number = desk.ask(person, wanted=str(desk.tutor.id))
    desk.book(person, slot)
    left = desk.login(desk.tutor).post("/c/maths/leave")
    assert left.status_code == 303
    deliver_events()
    with desk.app.app_context():
        assert desk.question(number).consultant_id == desk.other.id
    assert desk.taken(slot) == 0
    assert "Тьюторова" not in desk.login(person).get(f"{desk.url}team").text

"""Appointments with their terms, and rights given or taken here."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.access.actors import Viewer
from core.access.models import Appointment, Role
from core.access.standing import can, standing_of
from core.communities import events
from core.communities.models import Community
from core.communities.role_operations import Term, appoint_member, dismiss, set_grant
from core.errors import Conflict, DomainError
from core.events.models import EventRow
from core.people.models import User
from core.platform.db import db as database
from core.testing.cast import Cast, Made, Turned


class Office:
    """A community seen by its coordinator."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        self.app, self.cast = app, cast
        self.coordinator = cast.user("Яковлева")
        self.place = cast.community("maths", coordinator=self.coordinator)

    def browser(self) -> FlaskClient:
        return self.cast.browser(self.coordinator)

    def appoint(self, person: Made, key: str, term: Term | None = None) -> int:
        with self.app.app_context():
            return appoint_member(*self._here(), person.id, key, term or Term()).id

    def dismiss(self, number: int) -> None:
        with self.app.app_context():
            dismiss(*self._here(), database.session.get_one(Appointment, number))

    def grant(self, key: str, capability: str, granted: bool | None) -> None:
        with self.app.app_context():
            set_grant(*self._here(), key, capability, granted)

    def _here(self) -> tuple[User, Community]:
        user = database.session.get_one(User, self.coordinator.id)
        return user, database.session.get_one(Community, self.place.id)

    def has(self, person: Made, key: str) -> bool:
        with self.app.app_context():
            return standing_of(Viewer(id=person.id), self._here()[1]).has(key)

    def can(self, person: Made, capability: str) -> bool:
        with self.app.app_context():
            return can(Viewer(id=person.id), capability, self._here()[1])

    def appointment(self, person: Made, key: str) -> int:
        with self.app.app_context():
            query = (
                select(Appointment.id)
                .join(Role, Role.id == Appointment.role_id)
                .where(Appointment.user_id == person.id, Role.key == key)
            )
            return database.session.scalars(query).one()


@pytest.fixture
def office(app: Flask, cast: Cast) -> Office:
    return Office(app, cast)


def test_an_appointment_holds_from_its_first_moment_to_its_last(
    office: Office, cast: Cast, clock: Turned
) -> None:
    person = cast.member(office.place)
    starts, ends = clock.now() + timedelta(days=1), clock.now() + timedelta(days=3)
    office.appoint(person, "moderator", Term(starts, ends, "Приказ № 5"))
    assert not office.can(person, "contents.hide")
    clock.set(starts - timedelta(microseconds=1))
    assert not office.has(person, "moderator")
    clock.set(starts)
    assert office.has(person, "moderator")
    assert office.can(person, "contents.hide")
    clock.set(ends - timedelta(microseconds=1))
    assert office.has(person, "moderator")
    clock.set(ends)
    assert not office.has(person, "moderator")
    assert not office.can(person, "contents.hide")
    assert office.has(person, "member")


def test_several_appointments_add_up(office: Office, cast: Cast) -> None:
    person = cast.member(office.place)
    office.appoint(person, "tutor")
    office.appoint(person, "moderator")
    assert office.has(person, "tutor")
    assert office.has(person, "moderator")
    office.dismiss(office.appointment(person, "moderator"))
    assert office.has(person, "tutor")
    assert not office.has(person, "moderator")


def test_nobody_holds_a_role_twice_at_a_time(office: Office, cast: Cast, clock: Turned) -> None:
    person, now = cast.member(office.place), clock.now()
    office.appoint(person, "tutor", Term(None, now + timedelta(days=5)))
    with pytest.raises(Conflict):
        office.appoint(person, "tutor")
    office.appoint(person, "tutor", Term(now + timedelta(days=5), now + timedelta(days=9)))


def test_a_term_ends_after_it_begins_and_not_in_the_past(
    office: Office, cast: Cast, clock: Turned
) -> None:
    person, day = cast.member(office.place), timedelta(days=1)
    for starts, ends in ((2 * day, day), (day, day), (-2 * day, -day)):
        with pytest.raises(DomainError):
            office.appoint(person, "tutor", Term(clock.now() + starts, clock.now() + ends))
    assert not office.has(person, "tutor")


def test_only_members_are_appointed_and_membership_is_no_appointment(
    office: Office, cast: Cast
) -> None:
    with pytest.raises(DomainError):
        office.appoint(cast.user(), "tutor")
    for key in ("member", "guest"):
        with pytest.raises(DomainError):
            office.appoint(cast.member(office.place), key)


def test_the_only_coordinator_cannot_be_dismissed(office: Office, cast: Cast) -> None:
    first = office.appointment(office.coordinator, "coordinator")
    with pytest.raises(DomainError):
        office.dismiss(first)
    office.appoint(cast.member(office.place), "coordinator")
    office.dismiss(first)
    assert not office.has(office.coordinator, "coordinator")


def test_a_coordinator_to_come_does_not_count_yet(
    office: Office, cast: Cast, clock: Turned
) -> None:
    person = cast.member(office.place)
    number = office.appoint(person, "coordinator", Term(clock.now() + timedelta(days=7)))
    with pytest.raises(DomainError):
        office.dismiss(office.appointment(office.coordinator, "coordinator"))
    office.dismiss(number)
    clock.turn(timedelta(days=8))
    assert not office.has(person, "coordinator")


def test_an_appointment_ends_once(office: Office, cast: Cast) -> None:
    number = office.appoint(cast.member(office.place), "tutor")
    office.dismiss(number)
    with pytest.raises(Conflict):
        office.dismiss(number)


def test_appointing_and_dismissing_are_recorded(office: Office, cast: Cast) -> None:
    person = cast.member(office.place)
    office.dismiss(office.appoint(person, "tutor"))
    with office.app.app_context():
        query = select(EventRow).where(EventRow.subject_id == person.id).order_by(EventRow.id)
        rows = [(row.kind, row.facts.get("role")) for row in database.session.scalars(query)]
    assert rows[-2:] == [(events.APPOINTED, "tutor"), (events.DISMISSED, "tutor")]


def test_rights_are_given_taken_and_put_back(office: Office, cast: Cast) -> None:
    person = cast.member(office.place)
    assert not office.can(person, "activities.create")
    office.grant("member", "activities.create", True)
    assert office.can(person, "activities.create")
    office.grant("member", "activities.create", None)
    assert not office.can(person, "activities.create")
    assert office.can(person, "contents.comment")
    office.grant("member", "contents.comment", False)
    assert not office.can(person, "contents.comment")


def test_a_right_taken_from_one_role_is_kept_through_another(office: Office, cast: Cast) -> None:
    person = cast.staff(office.place, "tutor")
    office.grant("member", "contents.comment", False)
    assert office.can(person, "contents.comment")


def test_rights_of_the_site_and_ones_nobody_could_restore_are_not_touched(office: Office) -> None:
    for key, capability, granted in (
        ("member", "site.administer", True),
        ("member", "no.such_right", True),
        ("coordinator", "communities.appoint", False),
        ("guest", "communities.manage", True),
    ):
        with pytest.raises(DomainError):
            office.grant(key, capability, granted)


# Pages -----------------------------------------------------------------------------------------


def test_a_member_is_found_and_appointed_by_the_page(office: Office, cast: Cast) -> None:
    person = cast.member(office.place, surname="Тьюторова")
    browser = cast.browser(office.coordinator)
    assert f"person={person.id}" in browser.get("/c/maths/roles?q=тьюторова").text
    address = f"/c/maths/roles?person={person.id}"
    assert "Тьюторова" in browser.get(address).text
    sent = {"role": "tutor", "ends_on": "2030-06-30", "basis": "Приказ № 79"}
    assert browser.post(address, data=sent).status_code == 303
    assert office.has(person, "tutor")
    page = browser.get("/c/maths/roles").text
    assert "Приказ № 79" in page
    assert "30.06.2030" in page


def test_the_last_day_of_a_term_counts_to_its_end(
    office: Office, cast: Cast, clock: Turned
) -> None:
    person = cast.member(office.place)
    today = clock.today()
    sent = {"role": "tutor", "ends_on": (today + timedelta(days=2)).isoformat()}
    browser = cast.browser(office.coordinator)
    browser.post(f"/c/maths/roles?person={person.id}", data=sent)
    clock.turn(timedelta(days=2))
    assert office.has(person, "tutor")
    clock.turn(timedelta(days=1))
    assert not office.has(person, "tutor")


def test_impossible_terms_come_back_with_what_was_typed(office: Office, cast: Cast) -> None:
    person = cast.member(office.place)
    browser = cast.browser(office.coordinator)
    sent = {"role": "tutor", "ends_on": "2020-01-01", "basis": "Приказ № 79"}
    answer = browser.post(f"/c/maths/roles?person={person.id}", data=sent)
    assert answer.status_code == 400
    assert "Приказ № 79" in answer.text
    assert not office.has(person, "tutor")


def test_dismissing_by_the_page_leaves_a_record(office: Office, cast: Cast) -> None:
    person = cast.member(office.place, surname="Тьюторова")
    number = office.appoint(person, "tutor", Term(basis="Приказ № 79"))
    browser = cast.browser(office.coordinator)
    assert browser.post(f"/c/maths/roles/{number}/dismiss").status_code == 303
    assert not office.has(person, "tutor")
    page = browser.get("/c/maths/roles").text
    assert "Приказ № 79" in page
    assert f"/roles/{number}/dismiss" not in page


def test_the_page_refuses_to_dismiss_the_only_coordinator(office: Office) -> None:
    number = office.appointment(office.coordinator, "coordinator")
    browser = office.browser()
    answer = browser.post(f"/c/maths/roles/{number}/dismiss", follow_redirects=True)
    assert "alert-danger" in answer.text
    assert office.has(office.coordinator, "coordinator")


def test_an_appointment_of_another_community_is_out_of_reach(office: Office, cast: Cast) -> None:
    elsewhere = cast.community("physics")
    person = cast.staff(elsewhere, "moderator")
    with office.app.app_context():
        number = database.session.scalars(
            select(Appointment.id)
            .join(Role, Role.id == Appointment.role_id)
            .where(Appointment.user_id == person.id, Role.key == "moderator")
        ).one()
    assert office.browser().post(f"/c/maths/roles/{number}/dismiss").status_code == 404


def test_only_those_who_appoint_see_the_page_of_roles(office: Office, cast: Cast) -> None:
    for person in (cast.member(office.place), cast.staff(office.place)):
        assert cast.browser(person).get("/c/maths/roles").status_code == 403


def test_the_matrix_says_who_may_what_and_why(office: Office, cast: Cast) -> None:
    office.grant("member", "activities.create", True)
    page = cast.browser(cast.member(office.place)).get("/c/maths/roles/matrix").text
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', page, re.DOTALL)
    assert any('class="badge' in row for row in rows)
    assert "/static/" in page
    assert 'name="granted"' not in page


def test_the_matrix_shows_which_role_gives_a_person_each_right(office: Office, cast: Cast) -> None:
    person = cast.staff(office.place, "moderator")
    browser = cast.browser(office.coordinator)
    page = browser.get(f"/c/maths/roles/matrix?person={person.id}").text
    rows = re.findall(r'<tr><th scope="row">.*?</tr>', page, re.DOTALL)
    assert any("Модератор" in row or "Moderator" in row for row in rows)


def test_a_cell_is_changed_and_put_back_by_the_page(office: Office, cast: Cast) -> None:
    person, browser = cast.member(office.place), office.browser()
    sent = {"role": "member", "capability": "activities.create", "granted": "yes"}
    assert 'value="yes"' not in browser.get("/c/maths/roles/matrix").text
    page = browser.get("/c/maths/roles/matrix?role=member&right=activities.create").text
    assert 'value="yes"' in page
    assert browser.post("/c/maths/roles/matrix", data=sent).status_code == 303
    assert office.can(person, "activities.create")
    browser.post("/c/maths/roles/matrix", data={**sent, "granted": "default"})
    assert not office.can(person, "activities.create")
    refused = {**sent, "role": "nobody"}
    answer = browser.post("/c/maths/roles/matrix", data=refused, follow_redirects=True)
    assert "alert-danger" in answer.text


def test_members_do_not_change_the_matrix(office: Office, cast: Cast) -> None:
    sent = {"role": "member", "capability": "communities.manage", "granted": "yes"}
    person = cast.member(office.place)
    assert cast.browser(person).post("/c/maths/roles/matrix", data=sent).status_code == 403
    assert not office.can(person, "communities.manage")


def test_a_role_has_a_page_of_who_holds_it_and_what_it_may_do(office: Office, cast: Cast) -> None:
    tutor, reader = cast.member(office.place, surname="Тьюторова"), cast.member(office.place)
    office.appoint(tutor, "tutor", Term(basis="Приказ № 7"))
    office.grant("tutor", "contents.hide", True)
    browser = cast.browser(reader)
    for page in ("/c/maths/people", "/c/maths/roles/matrix"):
        assert 'href="/c/maths/roles/tutor"' in browser.get(page).text
    assert 'href="/c/maths/roles/tutor"' in browser.get(f"/people/{tutor.id}").text
    page = browser.get("/c/maths/roles/tutor", headers={"Accept-Language": "en"}).text
    assert "Тьюторова" in page
    assert "Фамильева" not in page[page.index('id="main"') :]
    row = re.search(r"Hide what breaks the rules.*?</tr>", page, re.DOTALL)
    assert row is not None
    assert "yes" in row[0]
    assert "decided by this community" in row[0]
    assert "Приказ № 7" not in page, "on what basis is for those who appoint"
    assert "Приказ № 7" in office.browser().get("/c/maths/roles/tutor").text


def test_pages_of_roles_that_nobody_holds_or_everybody(office: Office, cast: Cast) -> None:
    browser = cast.browser(cast.member(office.place))
    english = {"Accept-Language": "en"}
    assert (
        "Nobody holds this role now" in browser.get("/c/maths/roles/expert", headers=english).text
    )
    guest = browser.get("/c/maths/roles/guest", headers=english).text
    assert "Who holds this role" not in guest
    assert "Фамильева" in browser.get("/c/maths/roles/member").text
    for unknown in ("nobody", "administrator", "%00", "x" * 500):
        assert browser.get(f"/c/maths/roles/{unknown}").status_code == 404
    outsider = cast.browser(cast.user())
    assert outsider.get("/c/maths/roles/tutor").status_code in (403, 404)


def test_the_page_of_a_role_costs_the_same_for_many(
    office: Office, cast: Cast, count_queries: Callable[[], Any]
) -> None:
    browser = cast.browser(cast.member(office.place))

    def cost() -> int:
        browser.get("/c/maths/roles/member")
        with count_queries() as count:
            assert browser.get("/c/maths/roles/member").status_code == 200
        return int(count.number)

    few = cost()
    assert few <= 8
    for _ in range(30):
        cast.member(office.place)
    assert cost() == few

"""The list of members."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core.access.actors import SYSTEM
from core.communities.models import Membership
from core.people.models import User
from core.platform.db import db as database
from core.platform.db import operation
from core.testing.cast import Cast, Made, Turned
from core.testing.count import QueryCount


@operation
def add(actor: object, *rows: Any) -> None:
    database.session.add_all(rows)


def crowd(app: Flask, place: Made, number: int) -> None:
    """Many members at once."""
    with app.app_context():
        people = [User(surname=f"Житель{n:05}", given_name="Анна") for n in range(number)]
        add(SYSTEM, *people)
        ids = [person.id for person in people]
        add(
            SYSTEM,
            *(Membership(community_id=place.id, user_id=n, state="active") for n in ids),
        )


@pytest.fixture
def place(cast: Cast) -> Made:
    return cast.community("maths", coordinator=cast.user("Яковлева"))


def test_people_are_found_by_name_school_subject_and_role(cast: Cast, place: Made) -> None:
    school = cast.school("Школа № 7")
    cast.member(place, surname="Семёнова", school_id=school.id, subjects="алгебра")
    cast.appoint(cast.member(place, surname="Кириллин"), place, "tutor")
    browser = cast.browser(cast.member(place, surname="Смотрова"))

    def found(**query: object) -> set[str]:
        page = browser.get("/c/maths/people", query_string=query).text
        main = page[page.index('id="main"') :]
        names = ("Семёнова", "Кириллин", "Смотрова", "Яковлева")
        return {name for name in names if f">{name} " in main}

    assert found() == {"Семёнова", "Кириллин", "Смотрова", "Яковлева"}
    assert found(q="семенова") == {"Семёнова"}
    assert found(q="АЛГЕБРА") == {"Семёнова"}
    assert found(q="школа 7") == {"Семёнова"}
    assert found(school=school.id) == {"Семёнова"}
    assert found(role="tutor") == {"Кириллин"}
    assert found(role="coordinator") == {"Яковлева"}
    assert found(q="нет такого") == set()
    assert found(q="100%") == set()


def test_roles_stand_beside_names_while_their_terms_last(
    cast: Cast, place: Made, clock: Turned
) -> None:
    cast.appoint(cast.member(place, surname="Тьюторова"), place, "tutor")
    browser = cast.browser(cast.member(place))
    row = browser.get("/c/maths/people?q=тьюторова").text.split("Тьюторова")[1]
    assert 'href="/c/maths/roles/tutor"' in row.split("</li>")[0]


def test_who_was_not_here_for_long_is_marked_for_those_who_lead(
    cast: Cast, place: Made, clock: Turned
) -> None:
    seen = clock.now().date()
    cast.member(place, surname="Пропалова", last_seen_on=seen)
    member = cast.member(place)
    clock.turn(timedelta(days=100))
    leading, plain = cast.browser(cast.staff(place)), cast.browser(member)
    assert 'class="urgent"' in leading.get("/c/maths/people?q=пропалова").text
    assert 'class="urgent"' not in plain.get("/c/maths/people?q=пропалова").text


def test_schools_that_are_members_are_listed_too(app: Flask, cast: Cast, place: Made) -> None:
    school = cast.school("Гимназия № 1")
    with app.app_context():
        add(SYSTEM, Membership(community_id=place.id, school_id=school.id, state="active"))
    assert "Гимназия № 1" in cast.browser(cast.member(place)).get("/c/maths/people").text


def test_outsiders_and_guests_do_not_see_who_is_here(app: Flask, cast: Cast, place: Made) -> None:
    assert cast.browser(cast.user()).get("/c/maths/people").status_code == 403
    assert app.test_client().get("/c/maths/people").status_code == 302


def test_addresses_for_letters_are_shown_to_nobody(cast: Cast, place: Made) -> None:
    person = cast.member(place, surname="Скрытнова", email="secret@example.org")
    assert person.email not in cast.browser(cast.staff(place)).get("/c/maths/people").text


def test_the_list_has_pages_of_25_and_a_flat_number_of_queries(
    app: Flask, cast: Cast, place: Made, count_queries: Callable[[], QueryCount]
) -> None:
    browser = cast.browser(cast.member(place))
    browser.get("/c/maths/people")
    with count_queries() as few:
        browser.get("/c/maths/people")
    crowd(app, place, 1000)
    with count_queries() as many:
        page = browser.get("/c/maths/people").text
    assert page.count('class="thing"') == 25
    assert "page=41" in page
    assert many.number == few.number <= 10, "\n".join(many.statements)
    assert "Яковлева" in browser.get("/c/maths/people?page=41").text
    assert "Яковлева" in browser.get("/c/maths/people?page=4100").text

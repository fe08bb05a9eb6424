"""What administrators do about people: find, suspend, restore, appoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.access.actors import SYSTEM
from core.errors import DomainError, Missing
from core.people import events
from core.people.models import User
from core.people.operations import make_administrator
from core.platform.db import db, operation, utcnow
from core.testing.cast import Cast, Made
from tests.core.people_kit import happened, is_signed_in, sign_in


@pytest.fixture
def administrator(cast: Cast) -> Made:
    return cast.user("Админова", administrator=True)


@pytest.fixture
def desk(cast: Cast, administrator: Made) -> FlaskClient:
    """The browser of an administrator."""
    return cast.browser(administrator)


def suspend(desk: FlaskClient, person: Made, reason: str = "Реклама.") -> int:
    return desk.post(f"/admin/people/{person.id}/suspend", data={"reason": reason}).status_code


def role(desk: FlaskClient, person: Made, key: str, held: str) -> int:
    fields = {"role": key, "held": held}
    return desk.post(f"/admin/people/{person.id}/role", data=fields).status_code


def test_people_are_found_by_name_address_school_and_state(cast: Cast, desk: FlaskClient) -> None:
    school = cast.school("Школа № 9")
    cast.user("Королёва", school_id=school.id)
    cast.user("Петрова", email="petrova@example.org")
    cast.user("Ждунова", email_confirmed_at=None)
    suspend(desk, cast.user("Закрытова"))

    def found(**wanted: Any) -> set[str]:
        page = desk.get("/admin/people", query_string=wanted).text
        names = ("Королёва", "Петрова", "Ждунова", "Закрытова")
        return {name for name in names if f"{name} Анна" in page}

    assert found() == {"Королёва", "Петрова", "Ждунова", "Закрытова"}
    assert found(words="королева анна") == {"Королёва"}
    assert found(words="PETROVA@") == {"Петрова"}
    assert found(school=school.id) == {"Королёва"}
    assert found(state="suspended") == {"Закрытова"}
    assert found(state="unconfirmed") == {"Ждунова"}
    assert found(words="%") == set()
    assert found(school="x", state="y", page="z") == set()


@operation
def _crowd(actor: Any, number: int) -> None:
    db.session.add_all(
        User(surname=f"Иванов{n:05}", given_name="И", email=f"i{n}@example.org",
             email_confirmed_at=utcnow())
        for n in range(number)
    )  # fmt: skip


def test_the_list_costs_the_same_for_many_as_for_few(
    app: Flask, desk: FlaskClient, count_queries: Callable[[], Any]
) -> None:
    def cost() -> int:
        with count_queries() as count:
            assert desk.get("/admin/people").status_code == 200
        return int(count.number)

    few = cost()
    with app.app_context():
        _crowd(SYSTEM, 500)
    assert cost() == few <= 10
    page = desk.get("/admin/people?page=2").text
    assert page.count("i2") > 0
    assert page.count('data-label="') == 25 * 5


def test_a_suspended_person_is_out_until_restored(
    app: Flask, cast: Cast, desk: FlaskClient, administrator: Made
) -> None:
    person = cast.user()
    client = cast.browser(person)
    assert suspend(desk, person, "") == 400
    assert is_signed_in(client)
    assert suspend(desk, person, "Реклама в сообществе.") == 303
    assert not is_signed_in(client)
    (event,) = happened(app, events.SUSPENDED)
    assert (event.actor_id, event.subject_id) == (administrator.id, person.id)
    assert "Реклама в сообществе." in desk.get(f"/admin/people/{person.id}").text
    assert suspend(desk, person) == 400, "once is enough"
    assert desk.post(f"/admin/people/{person.id}/restore").status_code == 303
    assert sign_in(app.test_client(), person).status_code == 303
    assert desk.post(f"/admin/people/{person.id}/restore").status_code == 400


def test_nobody_suspends_themselves(cast: Cast, desk: FlaskClient, administrator: Made) -> None:
    assert suspend(desk, administrator) == 400
    cast.user(administrator=True)
    assert suspend(desk, administrator) == 400
    assert is_signed_in(desk)


def test_administrators_and_heads_are_appointed_and_dismissed(
    app: Flask, cast: Cast, desk: FlaskClient
) -> None:
    person = cast.user()
    theirs = cast.browser(person)
    assert role(desk, person, "administrator", "1") == 303
    assert role(desk, person, "administrator", "1") == 303, "twice is once"
    assert theirs.get("/admin/").status_code == 200
    assert role(desk, person, "head", "1") == 303
    assert role(desk, person, "administrator", "0") == 303
    assert theirs.get("/admin/").status_code == 404
    assert len(happened(app, events.ADMINISTRATOR_MADE)) == 1
    assert len(happened(app, events.ADMINISTRATOR_UNMADE)) == 1
    assert len(happened(app, events.HEAD_MADE)) == 1
    assert role(desk, person, "owner", "1") == 400


def test_one_administrator_always_stays(cast: Cast, desk: FlaskClient, administrator: Made) -> None:
    assert role(desk, administrator, "administrator", "0") == 400
    second = cast.user(administrator=True)
    suspend(desk, second)
    assert role(desk, administrator, "administrator", "0") == 400, "the other one is suspended"
    third = cast.user(administrator=True)
    assert role(desk, administrator, "administrator", "0") == 303
    assert cast.browser(third).get("/admin/").status_code == 200


def test_the_command_line_makes_administrators(app: Flask, cast: Cast) -> None:
    person = cast.user(email="head@example.org")
    with app.app_context():
        make_administrator(SYSTEM, " Head@Example.org ")
        with pytest.raises(Missing):
            make_administrator(SYSTEM, "nobody@example.org")
    assert cast.browser(person).get("/admin/").status_code == 200


def test_a_suspended_person_is_not_appointed(app: Flask, cast: Cast, desk: FlaskClient) -> None:
    person = cast.user(email="away@example.org")
    suspend(desk, person)
    with app.app_context(), pytest.raises(DomainError):
        make_administrator(SYSTEM, "away@example.org")


def test_people_who_are_gone_or_never_were_have_no_page(cast: Cast, desk: FlaskClient) -> None:
    person = cast.user()
    fields = {"current_password": person.password, "sure": "y"}
    cast.browser(person).post("/me/data", data=fields)
    assert desk.get(f"/admin/people/{person.id}").status_code == 404
    assert suspend(desk, person) == 404
    assert desk.get("/admin/people/999999").status_code == 404
    assert desk.get("/admin/people/99999999999999999999").status_code == 404

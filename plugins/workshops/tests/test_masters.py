"""Who leads a workshop: coordinators who change it, also several at once, and masters who left."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from flask.testing import FlaskClient

from core.api import SYSTEM, db, operation
from plugins.workshops.models import Master
from plugins.workshops.tests.conftest import Studio


def masters(studio: Studio) -> set[int]:
    return {row.user_id for row in studio.rows(Master)}


def coordinator(studio: Studio) -> FlaskClient:
    return studio.login(studio.cast.staff(studio.community, "coordinator"))


def change(browser: FlaskClient, studio: Studio, how: str, person: int) -> int:
    return browser.post(f"{studio.url}masters/{how}", data={"person": person}).status_code


def test_coordinators_add_members_and_take_masters_out_but_for_the_last(studio: Studio) -> None:
    browser, first = coordinator(studio), masters(studio)
    other, stranger = studio.member(), studio.cast.user()
    assert change(browser, studio, "add", stranger.id) == 400
    assert change(browser, studio, "add", other.id) == 303
    assert masters(studio) == {*first, other.id}
    for person in first:
        assert change(browser, studio, "remove", person) == 303
    assert change(browser, studio, "remove", other.id) == 400
    assert masters(studio) == {other.id}


def test_masters_who_left_the_community_are_in_nobodys_way(studio: Studio) -> None:
    browser, first = coordinator(studio), masters(studio)
    gone, new = [studio.member(), studio.member()], studio.member()
    with studio.app.app_context():
        for person in gone:
            _led_and_left(SYSTEM, studio.workshop().id, person.id)
    assert change(browser, studio, "add", new.id) == 303
    assert change(browser, studio, "remove", gone[0].id) == 303
    assert masters(studio) == {*first, gone[1].id, new.id}


def test_coordinators_who_add_at_once_do_not_overwrite_each_other(studio: Studio) -> None:
    first, people = masters(studio), [studio.member().id for _ in range(6)]
    browsers = [coordinator(studio) for _ in people]
    with ThreadPoolExecutor(6) as pool:
        codes = pool.map(lambda b, p: change(b, studio, "add", p), browsers, people)
        assert set(codes) == {303}
    assert masters(studio) == {*first, *people}


@operation
def _led_and_left(actor: object, workshop: int, number: int) -> None:
    db.session.add(Master(workshop_id=workshop, user_id=number))
    for table in ("memberships", "appointments"):
        db.session.execute(db.text(f"delete from {table} where user_id = :n"), {"n": number})

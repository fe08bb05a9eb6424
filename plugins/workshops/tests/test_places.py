"""Who has a place: seats, the queue, masters who decide, and a hundred who press at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from core.api import SYSTEM, Actor, User, db, operation
from core.testing.cast import Made
from plugins.workshops import personal, places
from plugins.workshops.holding import locked
from plugins.workshops.models import Place, PlaceState
from plugins.workshops.stages import StageKind
from plugins.workshops.tests.conftest import K, Studio


def states(studio: Studio) -> dict[int, str]:
    return {row.user_id: row.state for row in studio.rows(Place)}


def test_nobody_signs_up_before_the_registration(studio: Studio) -> None:
    browser = studio.login(studio.member())
    assert browser.post(f"{studio.url}places").status_code == 400
    assert "Запись ещё не началась" in browser.get(studio.url).text
    assert states(studio) == {}


def test_whoever_signs_up_has_a_place_and_can_give_it_up(studio: Studio) -> None:
    studio.go(StageKind.REGISTRATION)
    member = studio.member()
    browser = studio.sign_up(member)
    assert "За вами место" in browser.get(studio.url).text
    assert browser.post(f"{studio.url}places/leave").status_code == 303
    assert states(studio) == {member.id: PlaceState.LEFT}


def test_a_hundred_press_at_once_and_seats_are_never_given_twice(studio: Studio) -> None:
    studio.go(StageKind.REGISTRATION)
    studio.set(seats=12)
    people = [studio.member() for _ in range(100)]

    def ask(person: Made) -> None:
        with studio.app.app_context():
            places.sign_up(studio.person(person), studio.workshop())

    with ThreadPoolExecutor(100) as pool:
        list(pool.map(ask, people))
        # Whoever presses once more gets the same answer.
        list(pool.map(ask, people[:20]))
    found = list(states(studio).values())
    assert (found.count(PlaceState.HELD), found.count(PlaceState.WAITING)) == (12, 88)
    with studio.app.app_context():
        workshop = studio.workshop()
        assert (workshop.held, workshop.waiting) == (12, 88)


def test_the_next_in_the_queue_gets_a_free_place_and_a_notice(studio: Studio) -> None:
    studio.go(StageKind.REGISTRATION)
    studio.set(seats=1)
    first, second = studio.member(), studio.member()
    browser = studio.sign_up(first)
    assert "вы получите первое, которое освободится" in studio.sign_up(second).get(studio.url).text
    browser.post(f"{studio.url}places/leave")
    assert states(studio) == {first.id: PlaceState.LEFT, second.id: PlaceState.HELD}
    assert "За вами место: «Дроби на ощупь»" in studio.notices(second)


def test_no_seat_is_given_once_signing_up_is_over(studio: Studio) -> None:
    studio.go(StageKind.REGISTRATION)
    studio.set(seats=1)
    first, second = studio.member(), studio.member()
    browser = studio.sign_up(first)
    studio.sign_up(second)
    studio.go(StageKind.REVIEW)
    browser.post(f"{studio.url}places/leave")
    assert states(studio)[second.id] == PlaceState.WAITING
    studio.go(StageKind.PRACTICE)
    assert states(studio)[second.id] == PlaceState.HELD
    assert "За вами место" in studio.notices(second)


@pytest.mark.parametrize("over", ["review", "closed"])
def test_nobody_is_admitted_once_signing_up_is_over(studio: Studio, over: str) -> None:
    studio.go(StageKind.REGISTRATION)
    studio.set(admission="approval")
    asked = studio.member()
    studio.sign_up(asked)
    master, page = studio.login(studio.master), f"{studio.url}people/{studio.place_of(asked).id}"
    if over == "review":
        studio.go(StageKind.REVIEW)
    else:
        studio.close(hours=-1)
    assert "Дать место" not in master.get(f"{studio.url}people").text
    assert master.post(f"{page}/admit").status_code == 400
    assert states(studio) == {asked.id: PlaceState.ASKED}
    assert master.post(f"{page}/refuse").status_code == 303


def test_a_master_decides_where_places_are_given_by_hand(studio: Studio) -> None:
    studio.go(StageKind.REGISTRATION)
    studio.set(admission="approval")
    asked, other = studio.member(), studio.member()
    studio.sign_up(asked)
    studio.sign_up(other)
    master = studio.login(studio.master)
    assert "ждут вашего ответа" in master.get(studio.url).text
    for person, answer in ((asked, "admit"), (other, "refuse")):
        number = studio.place_of(person).id
        assert master.post(f"{studio.url}people/{number}/{answer}").status_code == 303
    assert states(studio) == {asked.id: PlaceState.HELD, other.id: PlaceState.REFUSED}
    again = master.post(f"{studio.url}people/{studio.place_of(asked).id}/admit")
    assert again.status_code == 400


def test_members_neither_see_who_asked_nor_decide(studio: Studio) -> None:
    [member] = studio.seated(1)
    browser = studio.login(member)
    number = studio.place_of(member).id
    for page in ("people", "people.csv", "stages", "works", "allocation", "criteria", "task"):
        assert browser.get(f"{studio.url}{page}").status_code == 403, page
    assert browser.post(f"{studio.url}people/{number}/admit").status_code == 403
    assert browser.post(f"{studio.url}stages/go", data={"stage": "results"}).status_code == 403


def test_a_forgotten_person_leaves_the_seat_to_the_next(studio: Studio) -> None:
    studio.go(StageKind.REGISTRATION)
    studio.set(seats=1)
    gone, next_one = studio.member(), studio.member()
    studio.sign_up(gone)
    studio.sign_up(next_one)
    with studio.app.app_context():
        _forget(SYSTEM, gone.id)
    assert states(studio) == {next_one.id: PlaceState.HELD}


def test_admitting_and_forgetting_somebody_do_not_wait_for_each_other(studio: Studio) -> None:
    studio.go(StageKind.REGISTRATION)
    studio.set(admission="approval")
    person = studio.member()
    studio.sign_up(person)
    held = Event()

    def admit(number: int) -> None:
        with studio.app.app_context():
            _admit_slowly(SYSTEM, number, held)

    def forget(number: int) -> None:
        held.wait(10)
        with studio.app.app_context():
            _forget(SYSTEM, number)

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(admit, studio.place_of(person).id), pool.submit(forget, person.id)]
    for each in both:
        each.result()
    assert states(studio) == {}


@operation
def _admit_slowly(actor: Actor, number: int, held: Event) -> None:
    place = db.session.get_one(Place, number)
    locked(place.workshop_id)
    held.set()
    time.sleep(1)
    places.admit(actor, place)


@operation
def _forget(actor: object, number: int) -> None:
    personal.erased(db.session.get_one(User, number))


def test_what_is_taken_back_is_said_as_it_is(studio: Studio) -> None:
    studio.set(seats=1)
    studio.go(K.REGISTRATION)
    first, second = (studio.sign_up(studio.member()) for _ in range(2))
    assert "Отозвать заявку" in second.get(studio.url).text
    second.post(f"{studio.url}places/leave")
    assert "Заявка отозвана" in second.get(studio.url).text
    first.post(f"{studio.url}places/leave")
    assert "Вы отказались от места" in first.get(studio.url).text


def test_nobody_gives_up_a_place_when_all_is_over(studio: Studio) -> None:
    [person] = studio.seated(1)
    browser = studio.login(person)
    assert "places/leave" in browser.get(studio.url).text
    studio.go(K.RESULTS)
    assert "places/leave" not in browser.get(studio.url).text

"""Who has a place: seats, the queue, hosts who decide, and many who press at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from core.api import SYSTEM, User, db, operation
from core.testing.cast import Made
from plugins.webinar import operations, personal
from plugins.webinar.models import Place, PlaceState
from plugins.webinar.tests.conftest import Room


def states(room: Room) -> dict[int, str]:
    with room.app.app_context():
        rows = db.session.query(Place.user_id, Place.state).all()
        return {row.user_id: row.state for row in rows}


def test_whoever_signs_up_has_a_place_and_can_give_it_up(room: Room) -> None:
    member = room.member()
    browser = room.sign_up(member)
    page = browser.get(room.url).text
    assert "За вами место" in page
    assert browser.post(f"{room.url}places/leave").status_code == 303
    assert states(room) == {member.id: PlaceState.LEFT}
    assert "Записаться" in browser.get(room.url).text


def test_the_next_in_the_queue_gets_a_free_place_and_a_letter(room: Room) -> None:
    room.set(seats=1)
    first, second, third = (room.member() for _ in range(3))
    browser = room.sign_up(first)
    assert "Вы ждёте свободного места" in room.sign_up(second).get(room.url).text
    room.sign_up(third)
    browser.post(f"{room.url}places/leave")
    assert states(room) == {
        first.id: PlaceState.LEFT, second.id: PlaceState.HELD, third.id: PlaceState.WAITING,
    }  # fmt: skip
    assert "За вами место: «Дроби без слёз»" in room.login(second).get("/me/notices").text


def test_seats_are_never_given_twice(room: Room) -> None:
    room.set(seats=5)
    people = [room.member() for _ in range(12)]

    def ask(person: Made) -> None:
        with room.app.app_context():
            operations.sign_up(db.session.get_one(User, person.id), room.webinar())

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(ask, [*people, *people]))
    found = list(states(room).values())
    assert (found.count(PlaceState.HELD), found.count(PlaceState.WAITING)) == (5, 7)
    with room.app.app_context():
        assert (room.webinar().held, room.webinar().waiting) == (5, 7)


def test_two_hosts_never_give_the_last_seat_twice(room: Room) -> None:
    room.set(admission="approval", seats=1)
    people = [room.member() for _ in range(6)]
    for person in people:
        room.sign_up(person)
    with room.app.app_context():
        places = [row.id for row in db.session.query(Place.id)]

    def admit(place: int) -> None:
        with room.app.app_context():
            operations.admit(SYSTEM, db.session.get_one(Place, place))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(admit, places))
    found = list(states(room).values())
    assert (found.count(PlaceState.HELD), found.count(PlaceState.WAITING)) == (1, 5)


def test_seats_that_are_given_up_and_asked_for_at_once_stay_right(room: Room) -> None:
    room.set(seats=3)
    leaving, coming = [room.member() for _ in range(3)], [room.member() for _ in range(6)]
    for person in leaving:
        room.sign_up(person)

    def act(person: Made) -> None:
        with room.app.app_context():
            user = db.session.get_one(User, person.id)
            change = operations.leave if person in leaving else operations.sign_up
            change(user, room.webinar())

    with ThreadPoolExecutor(9) as pool:
        list(pool.map(act, [*leaving, *coming]))
    found = list(states(room).values())
    assert found.count(PlaceState.HELD) == 3
    assert (found.count(PlaceState.WAITING), found.count(PlaceState.LEFT)) == (3, 3)


def test_whoever_waits_sees_their_place_in_the_queue(room: Room) -> None:
    room.set(seats=1)
    room.sign_up(room.member())
    second = room.sign_up(room.member())
    room.clock.turn(timedelta(seconds=1))
    third = room.sign_up(room.member())
    assert "в очереди под номером 1" in second.get(room.url).text
    assert "в очереди под номером 2" in third.get(room.url).text


def test_what_is_taken_back_is_said_as_it_is(room: Room) -> None:
    room.set(seats=1)
    first, second = (room.sign_up(room.member()) for _ in range(2))
    second.post(f"{room.url}places/leave")
    assert "Заявка отозвана" in second.get(room.url).text
    first.post(f"{room.url}places/leave")
    assert "Вы отказались от места" in first.get(room.url).text


def test_more_seats_let_the_queue_move_up(room: Room) -> None:
    room.set(seats=1)
    people = [room.member() for _ in range(3)]
    for person in people:
        room.sign_up(person)
    coordinator = room.cast.staff(room.community, "coordinator")
    form = {
        "title": "Дроби без слёз", "about": "<p>О дробях</p>", "seats": "3", "admission": "open",
        "provider": "link", "address": "https://meet.example/room", "early": "15",
    }  # fmt: skip
    page = f"/c/maths/activities/{room.activity.id}/settings"
    assert room.login(coordinator).post(page, data=form).status_code == 303
    assert set(states(room).values()) == {PlaceState.HELD}


def test_a_host_decides_where_places_are_given_by_hand(room: Room) -> None:
    room.set(admission="approval")
    asked, other = room.member("Орлова"), room.member("Петров")
    room.sign_up(asked)
    room.sign_up(other)
    host = room.login(room.host)
    assert "просят место: «Дроби без слёз»" in host.get("/me/notices").text
    page = host.get(f"{room.url}people").text
    assert "Орлова" in page
    with room.app.app_context():
        places = {row.user_id: row.id for row in db.session.query(Place).all()}
    host.post(f"{room.url}people/{places[asked.id]}/admit")
    host.post(f"{room.url}people/{places[other.id]}/refuse")
    assert states(room) == {asked.id: PlaceState.HELD, other.id: PlaceState.REFUSED}
    again = host.post(f"{room.url}people/{places[asked.id]}/admit")
    assert again.status_code == 400
    assert "не смогли выделить вам место" in room.login(other).get(room.url).text


def test_members_do_not_see_who_asked_nor_decide(room: Room) -> None:
    room.set(admission="approval")
    asked = room.member()
    browser = room.sign_up(asked)
    assert browser.get(f"{room.url}people").status_code == 403
    with room.app.app_context():
        place = db.session.query(Place.id).scalar()
    assert browser.post(f"{room.url}people/{place}/admit").status_code == 403


def test_nobody_signs_up_for_what_is_over(room: Room) -> None:
    room.clock.turn(timedelta(hours=4))
    browser = room.login(room.member())
    assert browser.post(f"{room.url}places").status_code == 400
    assert states(room) == {}


def test_a_forgotten_person_leaves_the_seat_to_the_next(room: Room) -> None:
    room.set(seats=1)
    gone, next_one = room.member(), room.member()
    room.sign_up(gone)
    room.sign_up(next_one)
    with room.app.app_context():
        _forget(SYSTEM, gone.id)
    assert states(room) == {next_one.id: PlaceState.HELD}


@operation
def _forget(actor: object, number: int) -> None:
    personal.erased(db.session.get_one(User, number))

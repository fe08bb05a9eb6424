"""Joining, being admitted or refused, leaving, being put out."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.access.models import Appointment
from core.communities import events
from core.communities.models import Community, Membership
from core.communities.operations import (
    accept_charter,
    admit,
    exclude,
    join,
    leave,
    let_back,
    refuse,
    withdraw,
)
from core.communities.queries import membership_of
from core.communities.settings_operations import set_charter
from core.errors import Conflict, DomainError
from core.events.models import EventRow
from core.people.models import User
from core.platform.db import db as database
from core.testing.cast import Cast, Made


def facts(app: Flask, place: Made) -> tuple[int, int]:
    """How many members the community says it has, and how many it really has."""
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        active = select(func.count()).where(
            Membership.community_id == place.id, Membership.state == "active"
        )
        return community.member_count, database.session.scalar(active) or 0


def state_of(app: Flask, place: Made, person: Made) -> str:
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        membership = membership_of(community, person.id)
        return membership.state if membership else ""


def kinds(app: Flask, person: Made) -> list[str]:
    with app.app_context():
        query = select(EventRow.kind).where(EventRow.subject_id == person.id).order_by(EventRow.id)
        return list(database.session.scalars(query))


def asked(app: Flask, place: Made, person: Made, **values: object) -> int:
    """Let somebody ask for membership; the id of it."""
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        user = database.session.get_one(User, person.id)
        accepted = community.charter_version
        return join(user, community, user, accepted=accepted, **values).id  # type: ignore[arg-type]


def decide(app: Flask, number: int, by: Made, decision: Callable[..., None], *more: str) -> None:
    with app.app_context():
        membership = database.session.get_one(Membership, number)
        decision(database.session.get_one(User, by.id), membership, *more)


@pytest.fixture
def coordinator(cast: Cast) -> Made:
    return cast.user("Яковлева")


# Operations ------------------------------------------------------------------------------------


def test_an_open_community_takes_in_at_once(app: Flask, cast: Cast) -> None:
    place, person = cast.community(admission="open"), cast.user()
    asked(app, place, person)
    assert state_of(app, place, person) == "active"
    assert facts(app, place) == (2, 2)
    assert kinds(app, person) == [events.MEMBER_JOINED]


def test_joining_twice_joins_once(app: Flask, cast: Cast) -> None:
    place, person = cast.community(admission="open"), cast.user()
    asked(app, place, person)
    asked(app, place, person)
    assert facts(app, place) == (2, 2)
    assert kinds(app, person) == [events.MEMBER_JOINED]


def test_asking_twice_asks_once_and_keeps_the_later_words(app: Flask, cast: Cast) -> None:
    place, person = cast.community(admission="request"), cast.user()
    asked(app, place, person, note="первое")
    number = asked(app, place, person, note="второе")
    with app.app_context():
        assert database.session.get_one(Membership, number).note == "второе"
    assert kinds(app, person) == [events.JOIN_REQUESTED]
    assert facts(app, place) == (1, 1)


def test_my_day_says_that_a_request_is_being_looked_at(app: Flask, cast: Cast) -> None:
    place, person = cast.community("maths", admission="request"), cast.user()
    browser = cast.browser(person)
    assert "Вы пока не вступили" in browser.get("/my").text
    asked(app, place, person)
    page = browser.get("/my").text
    assert "Ваша заявка на рассмотрении" in page
    assert "Вы пока не вступили" not in page
    assert place.name in page


def test_a_request_is_decided_once(app: Flask, cast: Cast, coordinator: Made) -> None:
    place, person = cast.community(coordinator=coordinator), cast.user()
    number = asked(app, place, person)
    decide(app, number, coordinator, admit)
    assert state_of(app, place, person) == "active"
    for decision, words in ((admit, ()), (refuse, ("поздно",))):
        with pytest.raises(Conflict):
            decide(app, number, coordinator, decision, *words)
    assert state_of(app, place, person) == "active"
    assert kinds(app, person) == [events.JOIN_REQUESTED, events.MEMBER_JOINED]


def test_a_refusal_needs_a_reason_and_one_may_ask_again(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    place, person = cast.community(coordinator=coordinator), cast.user()
    number = asked(app, place, person)
    with pytest.raises(DomainError):
        decide(app, number, coordinator, refuse, "  ")
    decide(app, number, coordinator, refuse, "Напишите, где вы работаете")
    assert state_of(app, place, person) == "refused"
    asked(app, place, person)
    assert state_of(app, place, person) == "requested"


def test_a_request_can_be_taken_back_until_it_is_decided(app: Flask, cast: Cast) -> None:
    place, person = cast.community(), cast.user()
    number = asked(app, place, person)
    decide(app, number, person, withdraw)
    assert state_of(app, place, person) == "left"
    with pytest.raises(Conflict):
        decide(app, number, person, withdraw)


def test_the_limit_holds_for_joining_and_for_admitting(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    place = cast.community(coordinator=coordinator, member_limit=2)
    first, second = cast.user(), cast.user()
    numbers = [asked(app, place, person) for person in (first, second)]
    decide(app, numbers[0], coordinator, admit)
    with pytest.raises(DomainError):
        decide(app, numbers[1], coordinator, admit)
    with pytest.raises(DomainError):
        asked(app, place, cast.user())
    assert state_of(app, place, second) == "requested"
    assert facts(app, place) == (2, 2)


def test_leaving_frees_a_place_and_ends_all_roles(app: Flask, cast: Cast) -> None:
    place = cast.community(admission="open", member_limit=2)
    person = cast.staff(place, "moderator")
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        membership = membership_of(community, person.id)
        assert membership is not None
        leave(database.session.get_one(User, person.id), membership)
        held = select(Appointment).where(Appointment.user_id == person.id)
        assert all(a.ends_at is not None for a in database.session.scalars(held))
    assert facts(app, place) == (1, 1)
    asked(app, place, cast.user())
    assert facts(app, place) == (2, 2)


def test_nobody_leaves_twice(app: Flask, cast: Cast) -> None:
    place, person = cast.community(admission="open"), cast.user()
    number = asked(app, place, person)
    decide(app, number, person, leave)
    with pytest.raises(Conflict):
        decide(app, number, person, leave)
    assert facts(app, place) == (1, 1)


def test_the_only_coordinator_stays_until_there_is_another(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    place = cast.community(coordinator=coordinator)
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        membership = membership_of(community, coordinator.id)
        assert membership is not None
        number = membership.id
    with pytest.raises(DomainError):
        decide(app, number, coordinator, leave)
    cast.staff(place, "coordinator")
    decide(app, number, coordinator, leave)
    assert state_of(app, place, coordinator) == "left"


def test_who_is_put_out_comes_back_only_when_let(app: Flask, cast: Cast, coordinator: Made) -> None:
    place = cast.community(coordinator=coordinator, admission="open")
    person = cast.user()
    number = asked(app, place, person)
    with pytest.raises(DomainError):
        decide(app, number, coordinator, exclude, "")
    decide(app, number, coordinator, exclude, "Оскорблял коллег")
    assert state_of(app, place, person) == "excluded"
    assert facts(app, place) == (1, 1)
    with pytest.raises(DomainError):
        asked(app, place, person)
    decide(app, number, coordinator, let_back)
    asked(app, place, person)
    assert state_of(app, place, person) == "active"


@pytest.mark.parametrize("state", ["draft", "liquidated"])
def test_a_community_that_is_not_open_takes_nobody(app: Flask, cast: Cast, state: str) -> None:
    place = cast.community(admission="open", state=state)
    with pytest.raises(DomainError):
        asked(app, place, cast.user())
    assert facts(app, place) == (1, 1)


def test_only_the_present_rules_can_be_accepted(app: Flask, cast: Cast) -> None:
    place, person = cast.community(admission="open", charter="<p>Первые</p>"), cast.user()
    author = cast.user()
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        user = database.session.get_one(User, person.id)
        set_charter(user, community, "<p>Вторые</p>")
        for version in (0, 1, 3):
            with pytest.raises(DomainError):
                join(user, community, user, accepted=version)
        membership = join(user, community, user, accepted=2)
        assert membership.charter_version == 2
        set_charter(database.session.get_one(User, author.id), community, "<p>Третьи</p>")
        for version in (2, 4):
            with pytest.raises(Conflict):
                accept_charter(user, membership, version)
        accept_charter(user, membership, 3)
        assert membership.charter_version == 3


# At the same time ------------------------------------------------------------------------------


def at_once(tasks: list[Callable[[], object]]) -> list[object]:
    """Run all tasks in threads of their own; what each gave, or the DomainError it raised."""

    def run(task: Callable[[], object]) -> object:
        try:
            return task()
        except DomainError as error:
            return error

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(run, tasks))


def test_of_thirty_at_the_last_place_one_gets_in(app: Flask, cast: Cast) -> None:
    place = cast.community(admission="open", member_limit=150)
    with app.app_context():
        fill(place.id, 148)
    people = [cast.user() for _ in range(30)]
    outcomes = at_once([lambda p=p: asked(app, place, p) for p in people])  # type: ignore[misc]
    assert len([o for o in outcomes if not isinstance(o, DomainError)]) == 1
    assert facts(app, place) == (150, 150)


def fill(community_id: int, number: int) -> None:
    """Add members in one go, without the ceremonies of joining."""
    from core.access.actors import SYSTEM
    from core.platform.db import operation

    @operation
    def add(actor: object) -> None:
        people = [User(surname=f"Участник{n}", given_name="Анна") for n in range(number)]
        database.session.add_all(people)
        database.session.flush()
        database.session.add_all(
            Membership(community_id=community_id, user_id=p.id, state="active") for p in people
        )

    add(SYSTEM)


def test_one_person_joining_in_two_windows_is_one_member(app: Flask, cast: Cast) -> None:
    place, person = cast.community(admission="open"), cast.user()
    outcomes = at_once([lambda: asked(app, place, person)] * 8)
    assert len(set(outcomes)) == 1
    assert facts(app, place) == (2, 2)
    assert kinds(app, person) == [events.MEMBER_JOINED]


def test_of_two_coordinators_who_decide_at_once_one_decides(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    place, person = cast.community(coordinator=coordinator), cast.user()
    number = asked(app, place, person)
    outcomes = at_once([lambda: decide(app, number, coordinator, admit)] * 6)
    assert len([o for o in outcomes if o is None]) == 1
    assert facts(app, place) == (2, 2)
    assert kinds(app, person) == [events.JOIN_REQUESTED, events.MEMBER_JOINED]


def test_of_two_coordinators_who_leave_at_once_one_stays(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    place = cast.community(coordinator=coordinator)
    other = cast.staff(place, "coordinator")
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        pairs = [(p, membership_of(community, p.id)) for p in (coordinator, other)]
        numbers = [(p, m.id) for p, m in pairs if m is not None]
    outcomes = at_once([lambda p=p, n=n: decide(app, n, p, leave) for p, n in numbers])  # type: ignore[misc]
    assert len([o for o in outcomes if o is None]) == 1
    assert facts(app, place) == (1, 1)


# Pages -----------------------------------------------------------------------------------------


def version_on(page: str) -> str:
    found = re.search(r'name="version"[^>]*value="(\d*)"', page)
    assert found is not None
    return found[1]


def test_a_teacher_reads_the_rules_accepts_them_and_is_in(app: Flask, cast: Cast) -> None:
    place = cast.community("maths", admission="open", charter="<p>Пишем под своим именем</p>")
    person = cast.user()
    browser = cast.browser(person)
    page = browser.get("/c/maths/join").text
    assert "Пишем под своим именем" in page
    sent = {"version": version_on(page)}
    refused = browser.post("/c/maths/join", data=sent)
    assert refused.status_code == 400
    assert state_of(app, place, person) == ""
    answer = browser.post("/c/maths/join", data={**sent, "accept": "y"})
    assert answer.status_code == 303
    assert state_of(app, place, person) == "active"


def test_rules_that_changed_while_one_read_are_shown_again(app: Flask, cast: Cast) -> None:
    place = cast.community("maths", admission="request", charter="<p>Старые правила</p>")
    person = cast.user()
    browser = cast.browser(person)
    old = version_on(browser.get("/c/maths/join").text)
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        set_charter(database.session.get_one(User, person.id), community, "<p>Новые правила</p>")
    answer = browser.post(
        "/c/maths/join", data={"version": old, "accept": "y", "note": "Учу пятый класс"}
    )
    assert answer.status_code == 400
    assert "Новые правила" in answer.text
    assert "Учу пятый класс" in answer.text
    assert version_on(answer.text) == "2"
    assert "checked" not in re.findall(r'<input[^>]*name="accept"[^>]*>', answer.text)[0]


def test_the_page_of_a_request_tells_its_state_and_takes_it_back(app: Flask, cast: Cast) -> None:
    place, person = cast.community("maths"), cast.user()
    browser = cast.browser(person)
    browser.post("/c/maths/join", data={"version": "0", "note": "Возьмите меня"})
    assert state_of(app, place, person) == "requested"
    assert "Возьмите меня" in browser.get("/c/maths/join").text
    assert browser.post("/c/maths/join/withdraw").status_code == 303
    assert state_of(app, place, person) == "left"


def test_a_full_community_names_its_sub_communities(cast: Cast) -> None:
    place = cast.community("district", admission="open", member_limit=1)
    cast.community("district-maths", parent=place, title="Математики", admission="open")
    page = cast.browser(cast.user()).get("/c/district/join").text
    assert "/c/district-maths/join" in page
    assert 'name="version"' not in page


def test_guests_are_led_to_sign_in_before_joining(cast: Cast, app: Flask) -> None:
    cast.community("maths", visibility="public")
    answer = app.test_client().get("/c/maths/join")
    assert answer.status_code == 302
    assert "next=" in answer.location


def test_leaving_by_the_page(app: Flask, cast: Cast) -> None:
    place = cast.community("maths")
    person = cast.member(place)
    browser = cast.browser(person)
    assert browser.get("/c/maths/leave").status_code == 200
    assert state_of(app, place, person) == "active"
    assert browser.post("/c/maths/leave").status_code == 303
    assert state_of(app, place, person) == "left"


def test_the_only_coordinator_is_led_to_appoint_somebody(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    place = cast.community("maths", coordinator=coordinator)
    browser = cast.browser(coordinator)
    assert "/c/maths/roles" in browser.get("/c/maths/leave").text
    assert browser.post("/c/maths/leave").status_code == 400
    assert state_of(app, place, coordinator) == "active"


def test_the_queue_shows_who_asks_and_admits_several(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    place = cast.community("maths", coordinator=coordinator)
    people = [cast.user(f"Просилов{n}") for n in range(3)]
    numbers = [asked(app, place, person, note=f"Слово {person.id}") for person in people]
    browser = cast.browser(coordinator)
    page = browser.get("/c/maths/requests").text
    assert all(f"Просилов{n}" in page for n in range(3))
    assert f"Слово {people[0].id}" in page
    answer = browser.post("/c/maths/requests", data={"request": numbers[:2], "decision": "approve"})
    assert answer.status_code == 303
    assert [state_of(app, place, p) for p in people] == ["active", "active", "requested"]


def test_the_queue_refuses_with_a_reason_that_the_person_reads(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    place, person = cast.community("maths", coordinator=coordinator), cast.user()
    number = asked(app, place, person)
    browser = cast.browser(coordinator)
    data = {"request": number, "decision": "refuse"}
    assert browser.post("/c/maths/requests", data=data).status_code == 400
    assert state_of(app, place, person) == "requested"
    data["reason"] = "Сначала подтвердите место работы"
    assert browser.post("/c/maths/requests", data=data).status_code == 303
    assert "Сначала подтвердите место работы" in cast.browser(person).get("/c/maths/join").text


def test_the_151st_is_refused_and_the_150th_is_not(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    place = cast.community("maths", coordinator=coordinator, member_limit=150)
    with app.app_context():
        fill(place.id, 148)
    people = [cast.user("Первая"), cast.user("Вторая")]
    numbers = [asked(app, place, person) for person in people]
    browser = cast.browser(coordinator)
    answer = browser.post("/c/maths/requests", data={"request": numbers, "decision": "approve"})
    assert answer.status_code == 303
    assert [state_of(app, place, p) for p in people] == ["active", "requested"]
    page = browser.get("/c/maths/requests").text
    assert "Вторая" in page
    again = browser.post("/c/maths/requests", data={"request": numbers[1], "decision": "approve"})
    assert again.status_code == 409
    assert facts(app, place) == (150, 150)


def test_the_second_of_two_who_decide_hears_that_it_is_decided(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    place, person = cast.community("maths", coordinator=coordinator), cast.user("Просилова")
    number = asked(app, place, person)
    other = cast.browser(cast.staff(place, "coordinator"))
    data = {"request": number, "decision": "approve"}
    assert cast.browser(coordinator).post("/c/maths/requests", data=data).status_code == 303
    answer = other.post("/c/maths/requests", data=data)
    assert answer.status_code == 409
    assert "Просилова" in answer.text


def test_only_those_who_admit_see_the_queue(app: Flask, cast: Cast) -> None:
    place = cast.community("maths", visibility="public")
    number = asked(app, place, cast.user())
    for person in (cast.user(), cast.member(place), cast.staff(place, "moderator")):
        browser = cast.browser(person)
        assert browser.get("/c/maths/requests").status_code == 403
        data = {"request": number, "decision": "approve"}
        assert browser.post("/c/maths/requests", data=data).status_code == 403
    assert facts(app, place)[1] == 3


def test_a_request_of_another_community_is_out_of_reach(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    cast.community("maths", coordinator=coordinator)
    elsewhere, person = cast.community("physics"), cast.user()
    number = asked(app, elsewhere, person)
    data = {"request": number, "decision": "approve"}
    answer = cast.browser(coordinator).post("/c/maths/requests", data=data)
    assert answer.status_code == 409
    assert state_of(app, elsewhere, person) == "requested"


def test_putting_out_by_the_page_and_letting_back(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    place = cast.community("maths", coordinator=coordinator)
    person = cast.member(place)
    browser, address = cast.browser(coordinator), f"/c/maths/people/{person.id}/exclude"
    assert browser.get(address).status_code == 200
    assert browser.post(address, data={"reason": ""}).status_code == 400
    assert browser.post(address, data={"reason": "Нарушал правила"}).status_code == 303
    assert state_of(app, place, person) == "excluded"
    assert "Нарушал правила" in cast.browser(person).get("/c/maths/join").text
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        membership = membership_of(community, person.id)
        assert membership is not None
        number = membership.id
    assert browser.post(f"/c/maths/requests/{number}/let-back").status_code == 303
    assert state_of(app, place, person) == "left"


def test_a_coordinator_adds_somebody_by_their_address(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    place = cast.community(
        "maths", coordinator=coordinator, visibility="private", charter="<p>Правила</p>"
    )
    person = cast.user()
    browser, newcomer = cast.browser(coordinator), cast.browser(person)
    assert newcomer.get("/c/maths/join").status_code == 404
    unknown = browser.post("/c/maths/people/new", data={"email": "nobody@example.org"})
    assert unknown.status_code == 400
    data = {"email": person.email.upper()}
    assert browser.post("/c/maths/people/new", data=data).status_code == 303
    assert state_of(app, place, person) == "active"
    assert browser.post("/c/maths/people/new", data=data).status_code == 409
    assert facts(app, place) == (2, 2)
    assert 'name="version"' in newcomer.get("/c/maths/charter").text


def test_nobody_is_added_beyond_the_limit_or_by_others(
    app: Flask, cast: Cast, coordinator: Made
) -> None:
    place = cast.community("maths", coordinator=coordinator, member_limit=2)
    moderator, person = cast.staff(place, "moderator"), cast.user()
    data = {"email": person.email}
    full = cast.browser(coordinator).post("/c/maths/people/new", data=data)
    assert full.status_code == 409
    refused = cast.browser(moderator).post("/c/maths/people/new", data=data)
    assert refused.status_code == 403
    assert state_of(app, place, person) == ""

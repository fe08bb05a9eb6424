"""The one door: who gets where, and what those hear who do not."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient

from core.access.actors import SYSTEM
from core.activities.models import Activity
from core.communities.models import Community
from core.communities.settings_operations import set_charter
from core.platform.db import db
from core.testing.cast import Cast, Made
from core.testing.switches import switch_plugin

STRANGER = """
from flask import Blueprint
from core.api import Activity, ActivityForm, Community, MEMBERS
from core.api import current_viewer, ensure_open, lasting, public, requires, signed_in

pages = Blueprint("rooms", __name__)
halls = Blueprint("rooms_hall", __name__)

@pages.get("/")
@public
def show(activity: Activity):
    return f"activity {activity.title}"

@pages.post("/speak")
@requires("rooms.speak")
def speak(activity: Activity):
    return "spoken"

@pages.get("/form")
@public
def form(activity: Activity):
    ensure_open(current_viewer(), activity)
    return "speak here"

@pages.post("/lead")
@signed_in
def lead(activity: Activity):
    return "led"

@pages.post("/seen")
@lasting
@signed_in
def seen(activity: Activity):
    return "seen"

@pages.get("/row/<int:row>")
@public
def row(activity: Activity, row: str):
    return row

@halls.get("/hall")
@public
def hall(community: Community):
    return f"hall of {community.title}"

def saved(actor, activity, form):
    pass

def own_row(activity, number):
    return f"row {number}" if number == activity.id else None

@hookimpl
def plugin_manifest():
    return Plugin(
        name="rooms", title="Rooms", version="1.0",
        activity_types=(ActivityType(key="room", title="Room", plural="Rooms", icon="house",
            hue="blue", home="rooms.show", form=ActivityForm, saved=saved,
            summaries=lambda activities, viewer: {}),),
        capabilities=(Capability("rooms.speak", "Speak", MEMBERS),),
        mounts=(
            Mount(pages, Scope.ACTIVITY, rows={"row": own_row}),
            Mount(halls, Scope.COMMUNITY),
        ),
    )
"""


class House:
    """A site with a community of each visibility, each with one room in it."""

    def __init__(self, app: Flask) -> None:
        self.app, self.cast = app, Cast(app)
        self.owner = self.cast.user()
        self.places = {
            visibility: self.cast.community(
                visibility, coordinator=self.owner, visibility=visibility
            )
            for visibility in ("public", "listed", "private")
        }
        self.rooms = {
            name: self.cast.activity(place, "rooms", "room", title=f"Room of {name}")
            for name, place in self.places.items()
        }
        self.guest = app.test_client()
        self.outsider = self.cast.browser(self.cast.user())

    def room(self, visibility: str, rest: str = "") -> str:
        return f"/c/{visibility}/rooms/{self.rooms[visibility].id}/{rest}"

    def member(self, visibility: str) -> FlaskClient:
        return self.cast.browser(self.cast.member(self.places[visibility]))


@pytest.fixture
def house(install_plugin: Callable[..., None], make_app: Callable[..., Flask]) -> House:
    install_plugin("rooms", STRANGER)
    return House(make_app())


def test_members_enter_everywhere(house: House) -> None:
    for visibility in house.places:
        answer = house.member(visibility).get(house.room(visibility))
        assert answer.text == f"activity Room of {visibility}"


def test_a_public_community_is_open_for_reading(house: House) -> None:
    assert house.guest.get(house.room("public")).status_code == 200
    assert house.outsider.get(house.room("public")).status_code == 200


def test_a_listed_community_shows_its_home_and_keeps_its_rooms(house: House) -> None:
    assert house.guest.get("/c/listed/").status_code == 200
    assert house.outsider.get("/c/listed/").status_code == 200
    refusal = house.outsider.get(house.room("listed"))
    assert refusal.status_code == 403
    assert "/c/listed/" in refusal.text


def test_a_private_community_does_not_exist_for_outsiders(house: House) -> None:
    assert house.outsider.get("/c/private/").status_code == 404
    assert house.outsider.get(house.room("private")).status_code == 404


def test_a_guest_hears_the_same_of_what_is_hidden_and_of_what_is_not_there(house: House) -> None:
    hidden = house.guest.get("/c/private/")
    nowhere = house.guest.get("/c/nowhere/")
    assert hidden.status_code == nowhere.status_code == 302
    assert hidden.location.replace("private", "X") == nowhere.location.replace("nowhere", "X")


def test_an_activity_is_found_in_its_own_community_only(house: House) -> None:
    browser = house.cast.browser(house.owner)
    assert browser.get(f"/c/listed/rooms/{house.rooms['listed'].id}/").status_code == 200
    assert browser.get(f"/c/listed/rooms/{house.rooms['public'].id}/").status_code == 404
    assert browser.get(f"/c/listed/forum/{house.rooms['listed'].id}/").status_code == 404


def test_rows_below_an_activity_belong_to_it(house: House) -> None:
    browser = house.cast.browser(house.owner)
    number = house.rooms["listed"].id
    assert browser.get(house.room("listed", f"row/{number}")).text == f"row {number}"
    assert browser.get(house.room("listed", f"row/{number + 1}")).status_code == 404


def test_a_right_is_asked_of_members_only(house: House) -> None:
    assert house.member("public").post(house.room("public", "speak")).text == "spoken"
    refusal = house.outsider.post(house.room("public", "speak"))
    assert refusal.status_code == 403
    assert "/c/public/" in refusal.text
    assert house.guest.post(house.room("public", "speak")).status_code == 401


def test_what_a_guest_wrote_is_shown_again_when_the_session_has_ended(house: House) -> None:
    answer = house.guest.post(house.room("public", "speak"), data={"body": "Мои долгие мысли"})
    assert answer.status_code == 401
    assert "Мои долгие мысли" in answer.text


def test_the_switch_of_a_community_closes_its_pages(house: House) -> None:
    place: Made = house.places["listed"]
    browser = house.cast.browser(house.owner)
    assert browser.get("/c/listed/rooms/hall").status_code == 200
    switch_plugin(house.app, "rooms", place.id, False)
    assert browser.get("/c/listed/rooms/hall").status_code == 404
    assert browser.get(house.room("listed")).status_code == 404


def test_a_draft_is_for_those_who_manage(house: House) -> None:
    place = house.places["public"]
    draft = house.cast.activity(place, "rooms", "room", state="draft")
    address = f"/c/public/rooms/{draft.id}/"
    assert house.member("public").get(address).status_code == 404
    assert house.cast.browser(house.cast.staff(place)).get(address).status_code == 200


def test_new_rules_are_accepted_before_one_goes_on(house: House) -> None:
    browser = house.member("public")
    with house.app.app_context():
        place = db.session.get_one(Community, house.places["public"].id)
        set_charter(SYSTEM, place, "<p>Новые правила</p>")
    refusal = browser.post(house.room("public", "speak"))
    assert refusal.status_code == 403
    assert "/c/public/charter" in refusal.text
    assert browser.get(house.room("public")).status_code == 200


def test_new_rules_are_accepted_before_one_does_what_needs_no_right(house: House) -> None:
    browser = house.member("public")
    assert browser.post(house.room("public", "lead")).text == "led"
    with house.app.app_context():
        place = db.session.get_one(Community, house.places["public"].id)
        set_charter(SYSTEM, place, "<p>Новые правила</p>")
    assert "/c/public/charter" in browser.post(house.room("public", "lead")).text
    assert browser.post(house.room("public", "seen")).text == "seen"


def test_in_a_community_that_has_ended_nobody_does_even_what_needs_no_right(house: House) -> None:
    browser = house.member("public")
    house.cast._change(Community, house.places["public"].id, {"state": "liquidated"})
    for address in ("speak", "lead"):
        refusal = browser.post(house.room("public", address))
        assert refusal.status_code == 403
        assert "Сообщество завершило работу" in refusal.text
    assert browser.get(house.room("public")).status_code == 200
    assert browser.post(house.room("public", "seen")).text == "seen"


def test_in_the_archive_nobody_does_anything(house: House) -> None:
    browser = house.member("public")
    house.cast._change(Activity, house.rooms["public"].id, {"state": "archived"})
    for address in ("speak", "lead"):
        refusal = browser.post(house.room("public", address))
        assert refusal.status_code == 403
        assert "в архиве" in refusal.text
    assert browser.get(house.room("public")).status_code == 200
    assert browser.post(house.room("public", "seen")).text == "seen"


def test_a_page_can_ask_whether_what_it_invites_to_would_be_refused(house: House) -> None:
    browser, form = house.member("public"), house.room("public", "form")
    assert browser.get(form).text == house.guest.get(form).text == "speak here"
    with house.app.app_context():
        place = db.session.get_one(Community, house.places["public"].id)
        set_charter(SYSTEM, place, "<p>Новые правила</p>")
    assert "/c/public/charter" in browser.get(form).text
    assert house.guest.get(form).text == "speak here"
    house.cast._change(Activity, house.rooms["public"].id, {"state": "archived"})
    assert "в архиве" in browser.get(form).text
    house.cast._change(Community, house.places["public"].id, {"state": "liquidated"})
    assert "Сообщество завершило работу" in browser.get(form).text


def test_every_page_carries_the_strict_policy(house: House) -> None:
    policy = house.guest.get("/").headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("base", ["http://localhost", "https://sreda.example/sub"])
def test_where_nobody_asks_for_a_page_addresses_are_those_of_a_page(
    make_app: Callable[..., Flask], base: str
) -> None:
    """Plugins are asked in jobs too, such as for what search finds a content by."""
    app = make_app(base_url=base)
    folder = urlsplit(base).path
    with app.app_context():
        assert url_for("communities.home", community="maths") == f"{folder}/c/maths/"
        whole = url_for("people.show", person=7, _external=True)
        assert whole == f"{base}/people/7"
        page = url_for("forum.topic", community="maths", activity=3, topic=5, page=2)
        assert page == f"{folder}/c/maths/forum/3/topics/5?page=2"

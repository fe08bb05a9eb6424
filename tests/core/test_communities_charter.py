"""The rules of a community: versions, what changed, accepting them."""

from __future__ import annotations

from flask import Flask

from core.communities.models import Community
from core.communities.queries import membership_of
from core.communities.settings_operations import set_charter
from core.people.models import User
from core.platform.db import db as database
from core.testing.cast import Cast, Made


def publish(app: Flask, place: Made, by: Made, body: str) -> None:
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        set_charter(database.session.get_one(User, by.id), community, body)


def accepted_by(app: Flask, place: Made, person: Made) -> int:
    with app.app_context():
        community = database.session.get_one(Community, place.id)
        membership = membership_of(community, person.id)
        return membership.charter_version if membership else -1


def test_a_new_version_asks_every_member_but_its_author(app: Flask, cast: Cast) -> None:
    author = cast.user()
    place = cast.community("maths", coordinator=author, charter="<p>Уважаем друг друга</p>")
    person = cast.member(place)
    publish(app, place, author, "<p>Уважаем друг друга</p><p>Указываем авторов</p>")
    assert accepted_by(app, place, author) == 2
    browser = cast.browser(person)
    page = browser.get("/c/maths/charter").text
    assert "<ins>Указываем авторов</ins>" in page
    assert 'name="version" value="2"' in page
    assert browser.post("/c/maths/charter", data={"version": "2"}).status_code == 303
    assert accepted_by(app, place, person) == 2
    assert 'name="version"' not in browser.get("/c/maths/charter").text
    assert 'name="version"' not in cast.browser(author).get("/c/maths/charter").text


def test_a_version_that_is_no_longer_in_force_cannot_be_accepted(app: Flask, cast: Cast) -> None:
    author = cast.user()
    place = cast.community("maths", coordinator=author, charter="<p>Раз</p>")
    person = cast.member(place)
    publish(app, place, author, "<p>Два</p>")
    browser = cast.browser(person)
    browser.get("/c/maths/charter")
    publish(app, place, author, "<p>Три</p>")
    answer = browser.post("/c/maths/charter", data={"version": "2"})
    assert answer.status_code == 409
    assert "Три" in answer.text
    assert accepted_by(app, place, person) == 1


def test_what_needs_a_member_waits_until_the_rules_are_accepted(app: Flask, cast: Cast) -> None:
    author = cast.user()
    place = cast.community("maths", coordinator=author, charter="<p>Раз</p>")
    other = cast.staff(place, "coordinator")
    publish(app, place, author, "<p>Два</p>")
    browser = cast.browser(other)
    settings = {"title": "Новое имя", "kind": "subject"}
    refused = browser.post("/c/maths/settings", data=settings)
    assert refused.status_code == 403
    assert "/c/maths/charter" in refused.text
    browser.post("/c/maths/charter", data={"version": "2"})
    assert browser.post("/c/maths/settings", data=settings).status_code == 303


def test_earlier_versions_can_be_read_with_what_changed(app: Flask, cast: Cast) -> None:
    author = cast.user("Яковлева")
    place = cast.community("maths", coordinator=author, charter="<p>Старое</p><p>Общее</p>")
    publish(app, place, author, "<p>Новое</p><p>Общее</p>")
    guest = app.test_client()
    page = guest.get("/c/maths/charter").text
    assert "/c/maths/charter/1" in page
    assert "Яковлева" in page
    assert "Старое" in guest.get("/c/maths/charter/1").text
    changed = guest.get("/c/maths/charter/2").text
    assert "<ins>Новое</ins>" in changed
    assert '<del class="quiet">Старое</del>' in changed
    assert "<ins>Общее</ins>" not in changed
    assert cast.browser(author).get("/c/maths/charter/3").status_code == 404


def test_the_rules_of_the_parent_stand_above_ones_own(cast: Cast, app: Flask) -> None:
    parent = cast.community("district", charter="<p>Правило района</p>")
    cast.community("maths", parent=parent, charter="<p>Правило математиков</p>", admission="open")
    for address in ("/c/maths/charter", "/c/maths/join"):
        page = cast.browser(cast.user()).get(address).text
        assert 0 < page.index("Правило района") < page.index("Правило математиков")


def test_the_editor_publishes_a_new_version_and_refuses_an_empty_one(
    app: Flask, cast: Cast
) -> None:
    author = cast.user()
    cast.community("maths", coordinator=author, charter="<p>Раз</p>")
    browser = cast.browser(author)
    empty = browser.post("/c/maths/settings/rules", data={"body": "  ", "body-format": "text"})
    assert empty.status_code == 400
    sent = {"body": "<p>Два</p><script>alert(1)</script>", "body-format": "html"}
    assert browser.post("/c/maths/settings/rules", data=sent).status_code == 303
    page = browser.get("/c/maths/charter").text
    assert "Два" in page
    assert "alert(1)" not in page

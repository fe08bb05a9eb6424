"""What somebody may not see is not found: not in results, counts, suggestions or snippets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from core.access.actors import SYSTEM, Viewer
from core.access.appointments import role_in
from core.access.models import RoleGrant
from core.communities.models import Community
from core.contents.models import Content
from core.contents.operations import approve, hide, restore
from core.people.erasure import erase
from core.people.models import User
from core.people.operations import suspend
from core.platform.db import db, operation
from core.search.asking import asked
from core.search.models import SearchDocument
from core.testing.cast import Cast, Made, _changed
from tests.core.contents_kit import Notes
from tests.core.search_kit import ask, suggested

Fill = Callable[[], None]
WORDS = "<p>Тайна</p>"


@dataclass
class Site:
    """A community of one state and visibility, contents of every kind in it, and people in every
    relation to it."""

    app: Flask
    cast: Cast
    notes: Notes
    place: Made
    author: Made
    people: dict[str, Made | None]
    contents: dict[str, int]


def a_site(app: Flask, cast: Cast, notes: Notes, **values: Any) -> Site:
    parent = cast.community("parent")
    place = cast.community("place", parent=parent, title="Закрытое общество")
    author = cast.member(place)
    people = {
        "guest": None,
        "outsider": cast.user(),
        "author": author,
        "member": cast.member(place),
        "moderator": cast.staff(place),
        "coordinator": cast.staff(place, "coordinator"),
        "expert": cast.staff(place, "expert"),
        "manager of the parent": cast.staff(parent, "coordinator"),
        "member of the parent": cast.member(parent),
        "administrator": cast.user(administrator=True),
        "head": cast.appoint(cast.user(), None, "head"),
    }
    shelf = notes.write(place, author, kind="core.shelf")
    contents = {
        "plain": notes.write(place, author, WORDS),
        "held": notes.write(place, author, WORDS, held=True),
        "hidden": notes.write(place, author, WORDS),
        "in a hidden one": notes.write(place, author, WORDS),
        "deep in a hidden one": notes.write(place, author, WORDS),
        "of nowhere": notes.write(None, author, WORDS),
    }
    notes.inside[contents["in a hidden one"]] = shelf
    notes.inside[contents["deep in a hidden one"]] = contents["in a hidden one"]
    with app.app_context():
        for number in (contents["hidden"], shelf):
            hide(SYSTEM, db.session.get_one(Content, number), "Правило 3")
        _changed(SYSTEM, Community, place.id, values)
    return Site(app, cast, notes, place, author, people, contents)


def browsers(site: Site) -> Iterator[tuple[str, FlaskClient]]:
    for name, person in site.people.items():
        yield name, site.cast.browser(person) if person else site.app.test_client()


def test_the_index_shows_exactly_what_the_guard_would(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill
) -> None:
    """In communities of every state and visibility; the index itself stays as it is."""
    site = a_site(app, cast, notes)
    fill_index()
    people = list(browsers(site))
    for visibility in ("public", "listed", "private"):
        for state in ("active", "draft", "liquidated"):
            with app.app_context():
                values = {"visibility": visibility, "state": state}
                _changed(SYSTEM, Community, site.place.id, values)
            for who, browser in people:
                compare(site, browser, f"{who}, {visibility}, {state}")


def compare(site: Site, browser: FlaskClient, case: str) -> None:
    """What search shows against what the pages themselves show."""
    found = ask(browser, "тайна")
    open_to = {name for name, number in site.contents.items() if _opens(browser, number)}
    shown = {name for name, number in site.contents.items() if found.has(f"/notes/{number}")}
    assert shown == open_to, case
    assert int(found.said.split()[0] if found.said else 0) == len(found.urls), case
    knows = browser.get("/c/place/").status_code == 200
    title = ask(browser, "общество")
    assert title.has("/c/place/") is knows, case
    assert ("Закрытое общество" in suggested(browser, "общ")) is knows, case
    if not knows:
        assert "Закрытое" not in title.text, case
        assert "Закрытое" not in ask(browser, "тайна", place="place").text, case


def _opens(browser: FlaskClient, number: int) -> bool:
    answer = browser.get(f"/contents/{number}")
    return answer.status_code == 302 and "/sign-in" not in answer.headers["Location"]


def test_what_changes_is_out_of_sight_at_once(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill
) -> None:
    """Nothing waits for the index: rights are those of the living rows."""
    site = a_site(app, cast, notes, visibility="public")
    fill_index()
    number, held = site.contents["plain"], site.contents["held"]
    member, guest = cast.browser(cast.member(site.place)), app.test_client()

    def change(values: dict[str, Any]) -> None:
        with app.app_context():
            _changed(SYSTEM, Community, site.place.id, values)

    assert ask(guest, "тайна").urls == [f"/notes/{number}"]
    change({"visibility": "private"})
    assert ask(guest, "тайна").urls == []
    assert ask(member, "тайна").urls == [f"/notes/{number}"]
    change({"visibility": "public"})
    with app.app_context():
        hide(SYSTEM, db.session.get_one(Content, number), "Правило 3")
    assert ask(member, "тайна").urls == []
    with app.app_context():
        restore(SYSTEM, db.session.get_one(Content, number))
        approve(SYSTEM, db.session.get_one(Content, held))
    assert set(ask(guest, "тайна").urls) == {f"/notes/{number}", f"/notes/{held}"}


def test_what_moves_into_something_hidden_is_out_of_sight_at_once(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill
) -> None:
    place = cast.community("open", visibility="public")
    author = cast.member(place)
    number = notes.write(place, author, WORDS)
    shelf = notes.write(place, author, kind="core.shelf")
    fill_index()
    guest = app.test_client()
    assert ask(guest, "тайна").urls == [f"/notes/{number}"]
    with app.app_context():
        hide(SYSTEM, db.session.get_one(Content, shelf), "Правило 3")
    notes.inside[number] = shelf
    notes.edit(number, WORDS, author)
    assert ask(guest, "тайна").urls == []
    assert ask(guest, "тайна").said == ""
    assert ask(cast.browser(cast.staff(place)), "тайна").urls == [f"/notes/{number}"]


def test_whoever_leaves_sees_it_no_more(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill
) -> None:
    place = cast.community("closed", visibility="private")
    member, colleague = cast.member(place), cast.member(place, surname="Коллегина")
    notes.write(place, colleague, WORDS)
    fill_index()
    browser = cast.browser(member)
    assert len(ask(browser, "тайна").urls) == 1
    assert len(ask(browser, "Коллегина", form="person").urls) == 1
    assert browser.post("/c/closed/leave").status_code in (200, 303)
    assert ask(browser, "тайна").urls == []
    assert ask(browser, "Коллегина", form="person").urls == []


def test_people_are_found_by_those_who_share_a_community_with_them(
    app: Flask, cast: Cast, fill_index: Fill
) -> None:
    place = cast.community("place")
    person = cast.member(place, surname="Уникальная")
    colleague, stranger = cast.member(place), cast.user()
    fill_index()
    url = f"/people/{person.id}"
    cases = {
        colleague: True, person: True, stranger: False, cast.user(administrator=True): True,
    }  # fmt: skip
    for viewer, sees in cases.items():
        browser = cast.browser(viewer)
        assert ask(browser, "уникальная").has(url) is sees
        assert bool(suggested(browser, "уник")) is sees
        assert (browser.get(url).status_code == 200) is sees
    guest = app.test_client()
    assert ask(guest, "уникальная").urls == []
    assert suggested(guest, "уник") == []


def test_a_suspended_person_is_not_found_and_an_erased_one_leaves_the_index(
    app: Flask, cast: Cast, fill_index: Fill
) -> None:
    place = cast.community("place")
    leaving = cast.member(place, surname="Уходящая")
    suspended = cast.member(place, surname="Отстранённая")
    browser = cast.browser(cast.member(place))
    fill_index()
    with app.app_context():
        suspend(SYSTEM, suspended.id, "Правило 3")
        compared = db.session.get_one(User, leaving.id).password_hash
        erase(Viewer(id=leaving.id), compared)
        left = db.session.query(SearchDocument).filter_by(user_id=leaving.id).count()
        assert left == 0
    for words in ("Уходящая", "Отстранённая"):
        assert ask(browser, words).urls == []


def test_a_role_that_may_not_hide_sees_nothing_hidden(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill
) -> None:
    site = a_site(app, cast, notes)
    fill_index()
    moderator = cast.browser(cast.staff(site.place))
    hidden = f"/notes/{site.contents['hidden']}"
    assert ask(moderator, "тайна").has(hidden)
    with app.app_context():
        _deny(SYSTEM, site.place.id)
    assert not ask(moderator, "тайна").has(hidden)


@operation
def _deny(actor: Any, community_id: int) -> None:
    role = role_in(community_id, "moderator")
    db.session.add(RoleGrant(role_id=role.id, capability="contents.hide", granted=False))


def test_words_of_a_title_that_one_may_not_see_find_nothing(
    app: Flask, cast: Cast, notes: Notes, fill_index: Fill
) -> None:
    """Exclusion and narrowing tell nothing either."""
    a_site(app, cast, notes, visibility="private")
    fill_index()
    outsider = cast.browser(cast.user())
    for words in ("тайна", "тайна -иное", '"тайна"', "тай", "закрытое общество"):
        assert not asked(words).is_empty
        for narrowed in ({}, {"place": "place"}, {"author": "Фамильева"}, {"form": "core"}):
            answer = ask(outsider, words, **narrowed)
            assert answer.urls == []
            assert answer.said == ""
            assert "Закрытое" not in answer.text

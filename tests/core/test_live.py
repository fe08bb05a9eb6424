"""Open pages hear of what changed on them, and only whoever may see it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.access.actors import SYSTEM
from core.activities.models import Activity
from core.platform.db import db, operation
from core.realtime.live import changed, changed_for
from core.testing.cast import Cast
from core.testing.sockets import Socket

Connect = Callable[[Any, str], Socket]


@operation
def note(actor: object, activity: int, part: str) -> None:
    changed(db.session.get_one(Activity, activity), part)


def told(socket: Socket) -> list[str]:
    return [facts["key"] for facts in socket.received("changed")]


def test_a_page_hears_of_its_own_parts_and_of_nothing_else(
    cast: Cast, app: Flask, socket: Connect
) -> None:
    place = cast.community("maths", visibility="private")
    forum, other = cast.activity(place, "forum"), cast.activity(place, "forum")
    page = socket(cast.member(place), "/live")
    page.send("watch", keys=[f"activity:{forum.id}:results", f"community:{place.id}:results"])
    with app.app_context():
        note(SYSTEM, forum.id, "results")
        note(SYSTEM, other.id, "results")
        note(SYSTEM, forum.id, "questions")
    assert told(page) == [
        f"activity:{forum.id}:results", f"community:{place.id}:results",
        f"community:{place.id}:results",
    ]  # fmt: skip


def test_nobody_hears_of_what_they_may_not_see(cast: Cast, app: Flask, socket: Connect) -> None:
    place = cast.community("maths", visibility="private")
    forum = cast.activity(place, "forum")
    stranger, member = cast.user(), cast.member(place)
    keys = [
        f"activity:{forum.id}:results", f"community:{place.id}:results", f"person:{member.id}:x",
        "activity:999999:results", "content:1:replies", "rubbish", "activity:1", "person:0:x",
        "activity:99999999999:x", "\x00",
    ]  # fmt: skip
    page = socket(stranger, "/live")
    assert page.send("watch", keys=[*keys, f"person:{stranger.id}:x"])["changed"] == []
    with app.app_context():
        note(SYSTEM, forum.id, "results")
        _for(SYSTEM, [member.id, stranger.id])
    assert told(page) == [f"person:{stranger.id}:x"]
    assert not socket(app.test_client(), "/live").is_connected


@operation
def _for(actor: object, people: list[int]) -> None:
    changed_for(people, "x")


def test_what_changed_before_the_page_was_connected_is_told_then(
    cast: Cast, app: Flask, socket: Connect
) -> None:
    place = cast.community("maths")
    forum = cast.activity(place, "forum")
    key = f"activity:{forum.id}:results"
    page = socket(cast.member(place), "/live")
    with app.app_context():
        note(SYSTEM, forum.id, "results")
    assert page.send("watch", keys=[key], age=5)["changed"] == [key]
    assert page.send("watch", keys=[key], age=0)["changed"] == []
    long_ago = page.send("watch", keys=[key, f"community:{place.id}:z"], age=10**6)["changed"]
    assert sorted(long_ago) == sorted([key, f"community:{place.id}:z"])


def test_what_is_not_stored_is_not_told(cast: Cast, app: Flask, socket: Connect) -> None:
    place = cast.community("maths")
    forum = cast.activity(place, "forum")
    page = socket(cast.member(place), "/live")
    page.send("watch", keys=[f"activity:{forum.id}:results"])
    with app.app_context(), pytest.raises(ZeroDivisionError):
        _fails(SYSTEM, forum.id)
    assert told(page) == []


@operation
def _fails(actor: object, activity: int) -> None:
    note(actor, activity, "results")
    raise ZeroDivisionError


def test_only_places_and_words_can_change(app: Flask) -> None:
    for place, part in ((None, "Two words"), (object(), "results"), (None, "")):
        with app.app_context(), pytest.raises(ValueError, match="is no"):
            _change(SYSTEM, place, part)


@operation
def _change(actor: object, place: object, part: str) -> None:
    changed(place, part)


def opened_topic(browser: FlaskClient, forum: str) -> str:
    section = re.search(r'<option[^>]* value="(\d+)"', browser.get(f"{forum}/new").text)
    assert section is not None
    data = {"title": "Тема", "body": "Текст", "section": section[1]}
    return browser.post(f"{forum}/new", data=data).headers["Location"]


def test_the_bell_and_the_menu_hear_of_news(
    cast: Cast, login: Callable[..., FlaskClient], socket: Connect, deliver_events: Any
) -> None:
    place = cast.community("maths")
    forum = cast.activity(place, "forum")
    anna, boris = cast.member(place), cast.member(place)
    base = f"/c/maths/forum/{forum.id}"
    address = opened_topic(login(anna), base)
    page = socket(anna, "/live")
    page.send("watch", keys=[f"person:{anna.id}:notices", f"community:{place.id}:unread"])
    login(boris).post(f"{address}/reply", data={"body": "Ответ"})
    assert f"community:{place.id}:unread" in told(page)
    deliver_events()
    assert set(told(page)) == {f"person:{anna.id}:notices"}
    bell = login(anna).get("/me/notices/bell").text
    assert 'class="badge' in bell
    assert f'data-live="person:{anna.id}:notices"' in bell
    side = login(boris).get("/c/maths/side").text
    assert side.count("data-live=") == 1


def test_an_open_topic_offers_new_replies_and_gives_them(
    cast: Cast, login: Callable[..., FlaskClient], socket: Connect
) -> None:
    place = cast.community("maths")
    forum = cast.activity(place, "forum")
    anna, boris = login(cast.member(place)), login(cast.member(place))
    address = opened_topic(anna, f"/c/maths/forum/{forum.id}")
    html = anna.get(address).text
    key = re.search(r'data-live="(content:\d+:replies)" data-live-url="([^"]+)"', html)
    assert key is not None
    page = Socket(cast.app, anna, "/live")
    page.send("watch", keys=[key[1]])
    assert "btn" not in anna.get(key[2].replace("&amp;", "&")).text
    boris.post(f"{address}/reply", data={"body": "Свежий ответ"})
    assert told(page) == [key[1]]
    offered = anna.get(key[2].replace("&amp;", "&")).text
    assert "Свежий ответ" not in offered
    link = re.search(r'data-hx-get="([^"]+)"', offered)
    assert link is not None
    given = anna.get(link[1].replace("&amp;", "&")).text
    assert "Свежий ответ" in given
    assert "Текст" not in given
    assert "data-hx-get" not in given.partition('id="newer"')[2]


def test_guests_are_offered_no_sockets(cast: Cast, client: FlaskClient) -> None:
    place = cast.community("maths", visibility="public")
    cast.activity(place, "forum")
    assert "data-live" not in client.get("/c/maths/").text

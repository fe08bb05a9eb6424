"""The page on which one tries sound, picture and link before a meeting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from plugins.webinar.tests.conftest import Room
from plugins.webinar.visits import origins_of


def test_it_may_use_the_camera_and_reach_the_meeting_and_nothing_else(room: Room) -> None:
    browser = room.sign_up(room.member())
    answer = browser.get(f"{room.url}check")
    assert "camera=(self), microphone=(self)" in answer.headers["Permissions-Policy"]
    assert "connect-src 'self' https://meet.example;" in answer.headers["Content-Security-Policy"]
    assert "meet.example/room" not in answer.text
    other = browser.get(room.url)
    assert "camera=()" in other.headers["Permissions-Policy"]
    assert f"{room.url}check" in other.text


def test_without_script_it_says_so(room: Room) -> None:
    page = room.sign_up(room.member()).get(f"{room.url}check").text
    assert "нужны скрипты" in page


def test_the_link_is_measured_to_and_fro(room: Room) -> None:
    browser = room.login(room.member())
    answer = browser.get(f"{room.url}check/piece")
    assert len(answer.data) == 300_000
    assert answer.headers["Cache-Control"] == "no-store"
    sent = browser.post(f"{room.url}check/piece", data=b"x" * 150_000)
    assert sent.status_code == 204
    for _ in range(28):
        browser.post(f"{room.url}check/piece", data=b"x")
    assert browser.post(f"{room.url}check/piece", data=b"x").status_code == 429


@pytest.mark.parametrize(
    ("link", "origins"),
    [
        ("https://meet.example:8443/r?a=b", ("https://meet.example:8443",)),
        ("https://user:word@meet.example/", ("https://meet.example",)),
        ("https://встреча.рф/комната", ("https://xn--80adj7beg1b.xn--p1ai",)),
        ("", ()), ("nonsense", ()), ("https://[::1", ()), ("https://a.example:port/", ()),
    ],
)  # fmt: skip
def test_of_an_address_only_the_site_is_told(link: str, origins: tuple[str, ...]) -> None:
    assert origins_of(link) == origins


def test_a_strange_address_does_not_break_the_page(room: Room) -> None:
    browser: FlaskClient = room.sign_up(room.member())
    for address in (
        "https://user:word@meet.example/",
        "https://a_b.example/",
        "https://a.example:x/",
    ):
        room.set(address=address)
        assert browser.get(f"{room.url}check").status_code == 200, address
    room.clock.turn(timedelta(hours=9))
    assert browser.get(f"{room.url}check").status_code == 200

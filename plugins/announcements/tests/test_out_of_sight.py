"""What was hidden, switched off or left behind is seen no more, wherever announcements stand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from core.testing.cast import Made
from core.testing.switches import switch_plugin
from plugins.announcements.tests.conftest import Square

LISTS = ("/c/maths/announcements/", "/c/maths/", "/announcements/", "/my", "/me/notices")


def hide(square: Square, number: int) -> None:
    said = {"rule": "privacy", "words": "Телефоны детей"}
    hidden = square.of(square.coordinator).post(f"/contents/{number}/hide", data=said)
    assert hidden.status_code == 303


def seen_on(square: Square, person: Made, *pages: str) -> list[str]:
    """Those of the pages on which somebody reads of the announcement."""
    return [page for page in pages if "Собрание" in square.page(person, page)]


def test_a_hidden_one_is_seen_by_nobody_but_those_who_look_after_it(
    square: Square, client: FlaskClient
) -> None:
    number = square.send(is_public="y", pinned="y", must_acknowledge="y")
    public = ("/c/maths/announcements/", "/c/maths/", "/c/maths/announcements/feed.xml")
    assert all("Собрание" in client.get(page).text for page in public)
    assert seen_on(square, square.anna, *LISTS) == list(LISTS)
    hide(square, number)
    assert not any("Собрание" in client.get(page).text for page in public)
    assert "В среду" not in client.get("/c/maths/announcements/feed.xml").text
    assert seen_on(square, square.anna, *LISTS) == []
    assert square.opens(square.anna, number) == 404
    assert square.do(number, "acknowledge", square.anna) == 404
    assert "скрыто" in square.page(square.coordinator, "/c/maths/announcements/")
    assert "Телефоны детей" in square.page(square.coordinator, f"/announcements/{number}")


def test_nobody_is_reminded_of_a_hidden_one(square: Square) -> None:
    number = square.send(is_public="y", must_acknowledge="y")
    hide(square, number)
    assert square.do(number, "remind") == 409
    assert square.do(number, "acknowledge", square.tutor) == 404


def test_what_is_shown_again_is_there_again(square: Square, client: FlaskClient) -> None:
    number = square.send(is_public="y", pinned="y")
    hide(square, number)
    square.of(square.coordinator).post(f"/contents/{number}/restore")
    assert "Собрание" in client.get("/c/maths/").text
    assert seen_on(square, square.anna, "/announcements/") == ["/announcements/"]


@pytest.mark.parametrize("visibility", ["listed", "private"])
def test_outsiders_read_nothing_of_a_community_that_is_not_public_any_more(
    square: Square, client: FlaskClient, fill_index: Callable[[], None], visibility: str
) -> None:
    number = square.send(is_public="y", pinned="y")
    fill_index()
    outsider = square.of(square.cast.user())
    assert "Собрание" in outsider.get("/search?q=Собрание").text
    square.change(visibility=visibility)
    for browser in (client, outsider):
        for page in ("/c/maths/announcements/", "/c/maths/", "/search?q=Собрание"):
            assert "В среду" not in browser.get(page).text
        feed = browser.get("/c/maths/announcements/feed.xml", follow_redirects=True)
        assert "В среду" not in feed.text
        assert browser.get(f"/announcements/{number}").status_code in {302, 404}
    assert seen_on(square, square.anna, *LISTS[:3]) == list(LISTS[:3])


def test_outsiders_of_a_listed_community_are_told_how_to_get_in(square: Square) -> None:
    square.change(visibility="listed")
    answer = square.of(square.cast.user()).get("/c/maths/announcements/")
    assert answer.status_code == 403
    assert "Вы можете вступить в сообщество" in answer.text


def test_a_public_inner_community_shows_nothing_public_of_a_closed_one_above(
    square: Square, client: FlaskClient
) -> None:
    square.cast.community(
        "school", coordinator=square.coordinator, parent=square.community, visibility="public"
    )
    square.send(is_public="y", pinned="y", with_children="y")
    pages = ("/c/school/announcements/", "/c/school/", "/c/school/announcements/feed.xml")
    assert all("Собрание" in client.get(page).text for page in pages)
    square.change(visibility="private")
    assert not any("Собрание" in client.get(page).text for page in pages)


def test_switched_off_in_its_community_it_is_as_if_it_were_not_there(
    square: Square, fill_index: Callable[[], None]
) -> None:
    number = square.send(pinned="y", must_acknowledge="y")
    fill_index()
    elsewhere = ("/announcements/", "/my", "/me/notices", "/search?q=Собрание")
    assert seen_on(square, square.anna, *elsewhere) == list(elsewhere)
    switch_plugin(square.app, "announcements", square.community.id, False)
    assert seen_on(square, square.anna, "/announcements/", "/my", "/me/notices") == []
    assert "В среду" not in square.page(square.anna, "/search?q=Собрание")
    for person in (square.anna, square.coordinator):
        assert square.opens(person, number) == 404
        assert square.do(number, "acknowledge", person) == 404
    switch_plugin(square.app, "announcements", square.community.id, True)
    assert square.opens(square.anna, number) == 200
    assert seen_on(square, square.anna, "/announcements/", "/my") == ["/announcements/", "/my"]


def leave(square: Square, person: Made) -> None:
    assert square.of(person).post("/c/maths/leave").status_code == 303


def exclude(square: Square, person: Made) -> None:
    address = f"/c/maths/people/{person.id}/exclude"
    out = square.of(square.coordinator).post(address, data={"reason": "Оскорблял коллег"})
    assert out.status_code == 303


@pytest.mark.parametrize("go", [leave, exclude])
def test_whoever_is_out_reads_no_more_of_it(
    square: Square, fill_index: Callable[[], None], go: Callable[[Square, Made], None]
) -> None:
    number = square.send(pinned="y", must_acknowledge="y")
    fill_index()
    go(square, square.anna)
    assert square.opens(square.anna, number) == 404
    assert square.do(number, "acknowledge", square.anna) == 404
    assert seen_on(square, square.anna, *LISTS[:4]) == []
    square.deliver()
    assert "В среду" not in square.page(square.anna, "/search?q=Собрание")
    assert seen_on(square, square.anna, "/me/notices") == []
    assert square.do(number, "remind") == 303
    sheet = square.page(square.coordinator, f"/announcements/{number}/sheet")
    assert "Аннина" in sheet
    assert square.opens(square.boris, number) == 200


def test_whoever_comes_back_reads_it_again(square: Square, fill_index: Callable[[], None]) -> None:
    number = square.send(must_acknowledge="y")
    square.do(number, "acknowledge", square.anna)
    fill_index()
    leave(square, square.anna)
    square.deliver()
    square.cast.member(square.community, square.anna)
    square.deliver()
    assert "Вы отметили, что ознакомлены" in square.page(square.anna, f"/announcements/{number}")
    assert "В среду" in square.page(square.anna, "/search?q=Собрание")


def test_whoever_left_the_community_above_keeps_what_reached_them_inside(square: Square) -> None:
    inner = square.cast.community("school", coordinator=square.coordinator, parent=square.community)
    square.cast.member(inner, square.anna)
    number = square.send(with_children="y")
    leave(square, square.anna)
    square.deliver()
    assert square.opens(square.anna, number) == 200
    assert "Собрание" in square.page(square.anna, "/c/school/announcements/")


def test_an_announcement_of_the_site_is_for_whoever_left_a_community_too(square: Square) -> None:
    head = square.of(square.cast.user(administrator=True))
    written = head.post("/announcements/new", data={"title": "Собрание", "body": "Для всех"})
    number = int(written.headers["Location"].split("/")[-2])
    assert head.post(f"/announcements/{number}/send").status_code == 303
    leave(square, square.anna)
    assert square.opens(square.anna, number) == 200
    assert seen_on(square, square.anna, "/announcements/") == ["/announcements/"]

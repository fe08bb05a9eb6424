"""What outsiders see: what is marked, by whom it is opened, and never more."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from core.testing.cast import Cast, Turned
from plugins.gallery.models import Consent
from plugins.gallery.tests.conftest import Gallery, is_refused, text_of

Login = Callable[..., FlaskClient]
MAY_BE_SHOWN = {Consent.NOBODY: True, Consent.YES: True, Consent.NO: False, Consent.UNKNOWN: False}


@pytest.fixture
def mixed(gallery: Gallery) -> tuple[int, dict[Consent, int]]:
    """An album with a picture of each mark."""
    album = gallery.album("Концерт")
    marks = {mark: gallery.picture(album, consent=mark, caption=f"С-{mark}!") for mark in Consent}
    return album, marks


def test_only_pictures_with_consent_are_shown_to_everybody(
    gallery: Gallery, client: FlaskClient, mixed: tuple[int, dict[Consent, int]]
) -> None:
    album, marks = mixed
    gallery.show_everybody(album)
    home = f"/c/{gallery.community.slug}/"
    inside, outside = client.get(gallery.album_url(album)), client.get(f"/gallery/shown/{album}")
    assert inside.status_code == outside.status_code == 200
    assert "2 снимка" in text_of(inside)
    for mark, shown in MAY_BE_SHOWN.items():
        picture = marks[mark]
        assert (f"С-{mark}!" in inside.text) is shown
        assert (f"С-{mark}!" in outside.text) is shown
        assert (f"С-{mark}!" in client.get(home).text) is shown
        for page in (
            gallery.picture_url(picture), gallery.file_of(picture)[0],
            f"/gallery/shown/{album}/{picture}", f"/gallery/shown/{album}/{picture}/file",
            f"/gallery/shown/{album}/{picture}/file?size=320",
        ):  # fmt: skip
            assert is_refused(client.get(page)) is not shown, page


def test_search_finds_for_outsiders_what_they_may_see_and_no_more(
    gallery: Gallery, client: FlaskClient, as_member: FlaskClient,
    mixed: tuple[int, dict[Consent, int]], fill_index: Callable[[], object],
) -> None:  # fmt: skip
    album, _marks = mixed
    shy = gallery.picture(album, consent=Consent.NO, caption="Контрабас")
    gallery.picture(album, consent=Consent.YES, caption="Виолончель")
    fill_index()
    assert f"/pictures/{shy}" in as_member.get("/search?q=контрабас").text
    assert f"/pictures/{shy}" not in client.get("/search?q=контрабас").text
    gallery.show_everybody(album)
    assert "/pictures/" in client.get("/search?q=виолончель").text
    assert f"/pictures/{shy}" not in client.get("/search?q=контрабас").text


def test_a_mark_that_is_taken_back_hides_the_picture_at_once(
    gallery: Gallery, client: FlaskClient, as_keeper: FlaskClient
) -> None:
    album = gallery.album()
    picture = gallery.picture(album, consent=Consent.YES)
    gallery.show_everybody(album)
    page = f"/gallery/shown/{album}/{picture}/file"
    assert client.get(page).status_code == 200
    as_keeper.post(gallery.picture_url(picture, "/edit"), data={"caption": "", "consent": "no"})
    assert is_refused(client.get(page))


def test_a_link_opens_an_album_of_a_closed_community_and_can_be_taken_back(
    closed: Gallery, client: FlaskClient, login: Login
) -> None:
    album = closed.album("Выпускной")
    shown = closed.picture(album, consent=Consent.YES)
    secret = closed.picture(album)
    closed.picture(album, consent=Consent.UNKNOWN)
    assert is_refused(client.get(f"/gallery/shown/{album}"))
    link = closed.link(album)
    page = client.get(link)
    assert page.status_code == 200
    assert "Выпускной" in page.text
    assert len(re.findall('class="shot ', page.text)) == 2
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    key = link.split("key=")[1]
    file = f"/gallery/shown/{album}/{shown}/file"
    assert client.get(f"{file}?key={key}").status_code == 200
    for wrong in ("", "x", key[:-1], key + "x", "é" * 9, "\x00"):
        assert is_refused(client.get(file, query_string={"key": wrong})), wrong
    assert is_refused(client.get(closed.album_url(album)))
    browser = login(closed.moderator)
    browser.post(closed.album_url(album, "/link"), data={"revoke": "1"})
    for address in (link, f"{file}?key={key}", f"/gallery/shown/{album}/{secret}?key={key}"):
        assert is_refused(client.get(address)), address
    assert closed.link(album) != link
    assert is_refused(client.get(link))


def test_a_link_with_a_term_ends_by_itself(
    closed: Gallery, client: FlaskClient, clock: Turned
) -> None:
    album = closed.album()
    closed.picture(album)
    link = closed.link(album, until=clock.moment + timedelta(days=7))
    assert client.get(link).status_code == 200
    clock.turn(timedelta(days=8))
    ended = client.get(link)
    assert ended.status_code == 403
    assert "Срок этой ссылки истёк" in text_of(ended)


def test_the_key_of_one_album_opens_no_other(closed: Gallery, client: FlaskClient) -> None:
    first, second = closed.album(), closed.album()
    picture = closed.picture(second)
    key = closed.link(first).split("key=")[1]
    closed.link(second)
    assert is_refused(client.get(f"/gallery/shown/{second}?key={key}"))
    assert is_refused(client.get(f"/gallery/shown/{first}/{picture}?key={key}"))


def test_nothing_is_shown_of_a_community_that_ended_or_a_gallery_that_is_off(
    closed: Gallery, client: FlaskClient, login: Login, cast: Cast
) -> None:
    album = closed.album()
    link = closed.link(album)
    assert client.get(link).status_code == 200
    coordinator = login(cast.staff(closed.community, "coordinator"))
    coordinator.post(f"/c/{closed.community.slug}/activities/{closed.activity.id}/withdraw")
    assert is_refused(client.get(link))


def test_members_do_not_publish_and_do_not_make_links(
    gallery: Gallery, as_member: FlaskClient, as_moderator: FlaskClient, client: FlaskClient
) -> None:
    album = gallery.album(by=gallery.member)
    page = gallery.album_url(album)
    assert as_member.get(f"{page}/sharing").status_code == 403
    assert as_member.post(f"{page}/link").status_code == 403
    assert as_moderator.post(f"{page}/sharing", data={"everybody": "y"}).status_code == 303
    assert client.get(page).status_code == 200
    as_moderator.post(f"{page}/sharing", data={"outsiders_save": "y"})
    assert is_refused(client.get(page))


def test_outsiders_save_only_where_they_may(gallery: Gallery, client: FlaskClient) -> None:
    album = gallery.album()
    picture = gallery.picture(album)
    gallery.show_everybody(album)
    file = f"/gallery/shown/{album}/{picture}/file"
    assert client.get(f"{file}?download=1").status_code == 403
    assert client.get(f"/gallery/shown/{album}/zip").status_code == 403
    gallery.show_everybody(album, outsiders_save=True)
    saved = client.get(f"{file}?download=1")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert client.get(f"/gallery/shown/{album}/zip").data.startswith(b"PK")


def test_what_outsiders_see_says_nothing_of_those_inside(
    gallery: Gallery, client: FlaskClient, as_member: FlaskClient
) -> None:
    album = gallery.album()
    picture = gallery.picture(album)
    as_member.post(f"/contents/{album}/comments", data={"body": "Это наш Ваня!"})
    gallery.show_everybody(album)
    for page in (f"/gallery/shown/{album}", f"/gallery/shown/{album}/{picture}"):
        seen = client.get(page).text
        assert "Ваня" not in seen
        assert gallery.keeper.name.split()[0] not in seen


def test_pictures_of_an_open_album_have_no_neighbours_that_are_not_shown(
    gallery: Gallery, client: FlaskClient
) -> None:
    album = gallery.album()
    first, hidden, last = (
        gallery.picture(album, consent=mark) for mark in (Consent.YES, Consent.NO, Consent.NOBODY)
    )
    gallery.show_everybody(album)
    seen = client.get(f"/gallery/shown/{album}/{first}").text
    assert f"/gallery/shown/{album}/{last}" in seen
    assert f"/gallery/shown/{album}/{hidden}" not in seen
    assert "1 из 2" in seen

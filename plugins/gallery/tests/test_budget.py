"""What pages may ask of the database, and what they weigh: no more for large albums."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from flask.testing import FlaskClient

from core.api import SYSTEM, Content, db, operation
from core.testing.count import QueryCount
from plugins.gallery.models import PICTURES_A_PAGE, Picture
from plugins.gallery.tests.conftest import Gallery, drawn

Counter = Callable[[], QueryCount]
FIRST = 1_000_000
MOST = 16


@operation
def fill(actor: object, gallery: Gallery, album: int, file: int, count: int) -> None:
    """Rows in bulk: the album is as large as a school makes it over years."""
    place = {"community_id": gallery.community.id, "activity_id": gallery.activity.id}
    contents: list[dict[str, Any]] = [
        place | {"id": FIRST + n, "kind": "gallery.picture", "author_id": gallery.keeper.id}
        for n in range(count)
    ]
    rows = [
        {
            "id": FIRST + n, "activity_id": gallery.activity.id, "album_id": album, "file_id": file,
            "position": (n + 1) << 17, "caption": f"Подпись к снимку номер {n}",
            "consent": "nobody", "is_cover": False,
        }
        for n in range(count)
    ]  # fmt: skip
    db.session.execute(Content.__table__.insert(), contents)  # type: ignore[attr-defined]
    db.session.execute(Picture.__table__.insert(), rows)  # type: ignore[attr-defined]


def grown(gallery: Gallery, album: int, picture: int, count: int) -> None:
    with gallery.app.app_context():
        file = db.session.get_one(Picture, picture).file_id
        fill(SYSTEM, gallery, album, file, count)


def test_pages_ask_the_same_for_one_picture_and_for_ten_thousand(
    gallery: Gallery, as_keeper: FlaskClient, client: FlaskClient, count_queries: Counter
) -> None:
    album = gallery.album()
    picture = gallery.picture(album, drawn(size=(600, 400)))
    gallery.show_everybody(album)
    inside = [
        gallery.url, gallery.album_url(album), gallery.picture_url(picture),
        gallery.album_url(album, "/pictures"), gallery.album_url(album, "/order"),
        gallery.album_url(album, "/choose"), gallery.album_url(album, "/captions"),
        f"/c/{gallery.community.slug}/",
    ]  # fmt: skip
    outside = [f"/gallery/shown/{album}", f"/gallery/shown/{album}/{picture}"]
    pages = [(as_keeper, page) for page in inside] + [(client, page) for page in outside]
    before = [asked(browser, page, count_queries) for browser, page in pages]
    grown(gallery, album, picture, 10_000)
    after = [asked(browser, page, count_queries) for browser, page in pages]
    assert after == before
    assert max(n for n, (_b, page) in zip(after, pages, strict=True) if "/gallery/" in page) <= MOST
    begun = time.perf_counter()
    as_keeper.get(gallery.album_url(album, "?page=50"))
    assert time.perf_counter() - begun < 5


def asked(browser: FlaskClient, page: str, count_queries: Counter) -> int:
    assert browser.get(page).status_code == 200, page
    with count_queries() as counted:
        assert browser.get(page).status_code == 200, page
    return counted.number


def test_the_home_of_a_community_asks_two_questions_more(
    gallery: Gallery, as_member: FlaskClient, count_queries: Counter
) -> None:
    gallery.picture(gallery.album())
    home = f"/c/{gallery.community.slug}/"
    as_member.get(home)
    with count_queries() as counted:
        as_member.get(home)
    assert len([s for s in counted.statements if "FROM gallery_" in s or "JOIN gallery_" in s]) == 2


def test_a_page_of_two_hundred_pictures_is_light(gallery: Gallery, as_member: FlaskClient) -> None:
    album = gallery.album()
    picture = gallery.picture(album, drawn(size=(600, 400)))
    grown(gallery, album, picture, 300)
    page = as_member.get(gallery.album_url(album)).data
    assert page.count(b'class="shot-link"') == PICTURES_A_PAGE == 200
    assert len(brotli.compress(page, quality=4)) < 60 * 1024


@pytest.mark.parametrize("page", ["0", "-3", "99999999999999999999", "x", "51"])
def test_pages_that_are_not_there_lead_nowhere_bad(
    gallery: Gallery, as_member: FlaskClient, page: str
) -> None:
    album = gallery.album()
    gallery.picture(album)
    assert as_member.get(gallery.album_url(album, f"?page={page}")).status_code == 200

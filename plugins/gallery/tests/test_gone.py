"""What is removed is gone: rows, words and bytes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from core.api import Base, db
from core.testing.storage import stored_keys
from plugins.gallery.tests.conftest import Gallery, drawn, is_refused

LOG = {"events", "event_cursors", "jobs", "event_set_aside"}


def rows_with(gallery: Gallery, *words: str) -> set[str]:
    """The tables in which one of these words is left, the log and what is to be done aside."""
    left = set()
    with gallery.app.app_context():
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(sa.select(table)):
                if any(word in str(value) for word in words for value in row):
                    left.add(table.name)
    return left


@pytest.fixture
def told(
    gallery: Gallery, as_member: FlaskClient, run_jobs: Callable[[], int],
    fill_index: Callable[[], object],
) -> tuple[int, int]:  # fmt: skip
    """An album with a picture that people have commented, thanked for, and asked about."""
    album = gallery.album("Альбом-ключ")
    picture = gallery.picture(album, caption="Подпись-ключ")
    for content in (album, picture):
        as_member.post(f"/contents/{content}/comments", data={"body": "Слово-ключ"})
        as_member.post(f"/contents/{content}/react", data={"sign": "thanks"})
    as_member.post(gallery.picture_url(picture, "/ask"), data={"words": "Просьба-ключ"})
    run_jobs()
    gallery.deliver()
    fill_index()
    return album, picture


def test_a_removed_picture_leaves_neither_bytes_nor_words(
    gallery: Gallery, as_keeper: FlaskClient, told: tuple[int, int],
    run_jobs: Callable[[], int], fill_index: Callable[[], object],
) -> None:  # fmt: skip
    album, picture = told
    address, digest = gallery.file_of(picture)
    assert len([key for key in stored_keys(gallery.app) if key.startswith(digest)]) > 3
    answer = as_keeper.post(gallery.picture_url(picture, "/remove"))
    assert answer.status_code == 303
    assert stored_keys(gallery.app) == []
    run_jobs()
    fill_index()
    assert stored_keys(gallery.app) == []
    for page in (address, f"{address}?size=320", f"{address}?download"):
        assert is_refused(as_keeper.get(page))
    assert rows_with(gallery, "Подпись-ключ", "Просьба-ключ", digest) <= LOG
    assert "Подпись-ключ" not in as_keeper.get("/search?q=подпись-ключ").text.split("<main")[1]
    assert gallery.order(album) == []


def test_a_removed_album_leaves_nothing(
    gallery: Gallery, as_keeper: FlaskClient, told: tuple[int, int],
    fill_index: Callable[[], object],
) -> None:  # fmt: skip
    album, _picture = told
    for number in range(3):
        gallery.picture(album, drawn(size=(200, 100 + number)))
    assert as_keeper.post(gallery.album_url(album, "/remove")).status_code == 303
    fill_index()
    assert stored_keys(gallery.app) == []
    assert rows_with(gallery, "Альбом-ключ", "Подпись-ключ", "Слово-ключ", "Просьба-ключ") <= LOG
    with gallery.app.app_context():
        for table in ("gallery_albums", "gallery_pictures", "files", "attachments", "reactions"):
            assert db.session.scalar(sa.text(f"SELECT count(*) FROM {table}")) == 0, table


def test_bytes_that_somebody_else_uploaded_too_stay_for_them(
    gallery: Gallery, as_keeper: FlaskClient, as_member: FlaskClient
) -> None:
    album, content = gallery.album(), drawn()
    first = gallery.picture(album, content)
    second = gallery.picture(album, content, by=gallery.member)
    address, digest = gallery.file_of(second)
    assert gallery.file_of(first)[1] == digest
    as_keeper.post(gallery.picture_url(first, "/remove"))
    assert as_member.get(address).status_code == 200
    as_keeper.post(gallery.picture_url(second, "/remove"))
    assert stored_keys(gallery.app) == []


def test_a_picture_removed_while_its_small_ones_are_made_leaves_none(
    gallery: Gallery, as_keeper: FlaskClient, run_jobs: Callable[[], int]
) -> None:
    picture = gallery.picture(gallery.album())
    as_keeper.post(gallery.picture_url(picture, "/remove"))
    run_jobs()
    assert stored_keys(gallery.app) == []


def test_a_granted_request_removes_the_bytes_as_well(
    gallery: Gallery, as_keeper: FlaskClient, told: tuple[int, int]
) -> None:
    page = as_keeper.get(f"{gallery.url}requests").text
    number = page.split("/requests/")[1].split('"')[0]
    as_keeper.post(f"{gallery.url}requests/{number}/grant")
    assert stored_keys(gallery.app) == []

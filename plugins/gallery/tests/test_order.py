"""Pictures in order, many at once, and a page for each."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from flask.testing import FlaskClient

from plugins.gallery.models import Album, Consent, Picture
from plugins.gallery.tests.conftest import Gallery, drawn, text_of


@pytest.fixture
def five(gallery: Gallery) -> tuple[int, list[int]]:
    """An album with five pictures."""
    album = gallery.album()
    names = ("б.jpg", "а.jpg", "д.jpg", "в.jpg", "г.jpg")
    return album, [gallery.picture(album, name=name) for name in names]


def test_buttons_move_a_picture_by_one_and_to_the_ends(
    gallery: Gallery, as_keeper: FlaskClient, five: tuple[int, list[int]]
) -> None:
    album, (a, b, c, d, e) = five
    page = gallery.album_url(album, "/order")

    def press(picture: int, to: str) -> list[int]:
        assert as_keeper.post(page, data={"picture": picture, "to": to}).status_code == 303
        return gallery.order(album)

    assert press(c, "earlier") == [a, c, b, d, e]
    assert press(c, "later") == [a, b, c, d, e]
    assert press(d, "later") == [a, b, c, e, d]
    assert press(d, "later") == [a, b, c, e, d]
    assert press(a, "earlier") == [a, b, c, e, d]
    assert press(d, "first") == [d, a, b, c, e]
    assert press(a, "last") == [d, b, c, e, a]


def test_a_script_puts_a_picture_before_another_again_and_again(
    gallery: Gallery, as_keeper: FlaskClient, five: tuple[int, list[int]]
) -> None:
    album, pictures = five
    page, order = gallery.album_url(album, "/order"), list(pictures)
    for turn in range(60):
        moved, before = order[-1], order[1]
        order = [order[0], moved, *order[1:-1]]
        fields = {"picture": moved, "before": before}
        sent = as_keeper.post(page, data=fields, headers={"Accept": "application/json"})
        assert sent.status_code == 204, turn
    assert gallery.order(album) == order


def test_an_album_is_sorted_by_names_and_back(
    gallery: Gallery, as_keeper: FlaskClient, five: tuple[int, list[int]]
) -> None:
    album, (a, b, c, d, e) = five
    page = gallery.album_url(album, "/order")
    as_keeper.post(page, data={"sort": "name"})
    assert gallery.order(album) == [b, a, d, e, c]
    as_keeper.post(page, data={"sort": "added"})
    assert gallery.order(album) == [a, b, c, d, e]


def test_order_is_for_keepers_and_takes_no_rubbish(
    gallery: Gallery, as_keeper: FlaskClient, as_member: FlaskClient,
    five: tuple[int, list[int]],
) -> None:  # fmt: skip
    album, pictures = five
    page = gallery.album_url(album, "/order")
    move = {"picture": pictures[0], "to": "last"}
    assert as_member.post(page, data=move).status_code == 403
    other = gallery.picture(gallery.album())
    for fields in (
        {"picture": "x"}, {"picture": other, "to": "last"}, {"picture": 10**30}, {},
    ):  # fmt: skip
        assert as_keeper.post(page, data=fields).status_code == 404, fields
    odd = {"picture": pictures[4], "before": other}
    assert as_keeper.post(page, data=odd).status_code == 303
    assert gallery.order(album) == pictures


def test_each_picture_has_a_page_with_its_neighbours(
    gallery: Gallery, as_member: FlaskClient, five: tuple[int, list[int]]
) -> None:
    _album, (a, b, c, _d, e) = five
    middle = as_member.get(gallery.picture_url(b)).text
    assert re.search(rf'rel="prev"[^>]*href="[^"]*/pictures/{a}"', middle)
    assert re.search(rf'rel="next"[^>]*href="[^"]*/pictures/{c}"', middle)
    assert "2 из 5" in middle
    assert 'rel="prev"' not in as_member.get(gallery.picture_url(a)).text
    assert 'rel="next"' not in as_member.get(gallery.picture_url(e)).text


def test_captions_and_marks_of_many_are_saved_at_once(
    gallery: Gallery, as_keeper: FlaskClient, five: tuple[int, list[int]]
) -> None:
    album, (a, b, *_rest) = five
    page = gallery.album_url(album, "/captions")
    fields = {
        "picture": [a, b], f"caption-{a}": "Река", f"consent-{a}": "yes",
        f"caption-{b}": "П" * 501, f"consent-{b}": "rubbish",
    }  # fmt: skip
    answer = as_keeper.post(page, data=fields, follow_redirects=True)
    assert "Подпись слишком длинная" in text_of(answer)
    assert gallery.read(Picture, a, "caption", "consent") == ("Река", "yes")
    assert gallery.read(Picture, b, "caption", "consent") == ("", "nobody")


def test_members_describe_their_own_pictures_and_no_others(
    gallery: Gallery, as_member: FlaskClient, five: tuple[int, list[int]]
) -> None:
    album, (a, *_rest) = five
    own = gallery.picture(album, by=gallery.member)
    page = gallery.album_url(album, "/captions")
    seen = as_member.get(page).text
    assert f"caption-{own}" in seen
    assert f"caption-{a}" not in seen
    fields = {"picture": [own, a], f"caption-{own}": "Моя", f"caption-{a}": "Не моя"}
    as_member.post(page, data=fields)
    assert gallery.read(Picture, own, "caption") == "Моя"
    assert gallery.read(Picture, a, "caption") == ""
    assert as_member.post(gallery.picture_url(a, "/remove")).status_code == 403
    assert as_member.post(gallery.picture_url(own, "/remove")).status_code == 303


def test_the_cover_is_chosen(
    gallery: Gallery, as_keeper: FlaskClient, five: tuple[int, list[int]]
) -> None:
    _album, (a, _b, c, *_rest) = five
    first, third = gallery.file_of(a)[0], gallery.file_of(c)[0]
    assert first.rpartition("/")[0] in as_keeper.get(gallery.url).text
    as_keeper.post(gallery.picture_url(c, "/cover"))
    seen = as_keeper.get(gallery.url).text
    assert third.rpartition("/")[0] in seen
    assert first.rpartition("/")[0] not in seen


def test_chosen_pictures_are_marked_moved_and_removed(
    gallery: Gallery, as_keeper: FlaskClient, as_member: FlaskClient,
    five: tuple[int, list[int]],
) -> None:  # fmt: skip
    album, (a, b, c, d, e) = five
    page, other = gallery.album_url(album, "/choose"), gallery.album("Другой")
    as_keeper.post(page, data={"do": "mark", "picture": [a, b], "consent": "no"})
    assert gallery.read(Picture, a, "consent") == Consent.NO
    as_keeper.post(page, data={"do": "move", "picture": [c, d], "target": other})
    assert gallery.order(album) == [a, b, e]
    assert gallery.order(other) == [c, d]
    assert gallery.read(Album, other, "picture_count") == 2
    assert as_member.post(page, data={"do": "remove", "picture": [a]}).status_code == 403
    as_keeper.post(page, data={"do": "remove", "picture": [a, c]})
    assert gallery.order(album) == [b, e]
    assert gallery.order(other) == [c, d]
    nothing = as_keeper.post(page, data={"do": "remove"}, follow_redirects=True)
    assert "Сначала отметьте снимки" in text_of(nothing)


def test_pictures_are_saved_one_some_or_all(gallery: Gallery, as_member: FlaskClient) -> None:
    album = gallery.album("Поход/к: Столбам")
    contents = [drawn(), drawn("PNG"), drawn()]
    pictures = [
        gallery.picture(album, content, name="IMG.jpg", caption=caption)
        for content, caption in zip(contents, ("Река", "Река", ""), strict=True)
    ]
    one = as_member.get(f"{gallery.file_of(pictures[0])[0]}?download")
    assert one.headers["Content-Disposition"].startswith("attachment")
    every = as_member.get(gallery.album_url(album, "/zip"))
    assert int(every.headers["Content-Length"]) == len(every.data)
    names, bodies = unpacked(every.data)
    assert names == ["001 Река.jpg", "002 Река.png", "003 IMG.jpg"]
    assert bodies[0] == as_member.get(gallery.file_of(pictures[0])[0]).data
    page = gallery.album_url(album, "/choose")
    some = as_member.post(page, data={"do": "save", "picture": [pictures[2], pictures[0]]})
    assert unpacked(some.data)[0] == ["001 Река.jpg", "002 IMG.jpg"]
    by_address = as_member.get(gallery.album_url(album, f"/zip?picture={pictures[1]}&picture=x"))
    assert unpacked(by_address.data)[0] == ["001 Река.png"]


def unpacked(content: bytes) -> tuple[list[str], list[bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return archive.namelist(), [archive.read(name) for name in archive.namelist()]


def test_a_contact_sheet_has_twenty_on_a_page(gallery: Gallery, as_member: FlaskClient) -> None:
    album = gallery.album()
    content = drawn(size=(60, 40))
    for number in range(21):
        gallery.picture(album, content + bytes([number]), caption=f"Кадр {number + 1}")
    seen = as_member.get(gallery.album_url(album, "/sheet")).text
    assert seen.count('class="sheet"') == 2
    assert 'start="21"' in seen
    assert "Кадр 21" in seen

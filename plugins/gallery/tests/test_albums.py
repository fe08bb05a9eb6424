"""Albums: who begins, fills, keeps and sees them."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from core.api import db
from core.testing.cast import Cast
from plugins.gallery.models import Album, Picture
from plugins.gallery.tests.conftest import Gallery, drawn, is_refused, make_gallery, text_of

Login = Callable[..., FlaskClient]


def add(client: FlaskClient, page: str, *contents: bytes, **fields: str) -> int:
    """Send pictures as a browser without script does; the status of the answer."""
    files = [(io.BytesIO(content), f"IMG_{n}.jpg") for n, content in enumerate(contents, 1)]
    data = {"files": files, "consent": "unknown", **fields}
    return client.post(page, data=data, content_type="multipart/form-data").status_code


def test_a_member_begins_an_album_and_others_see_it(
    gallery: Gallery, as_member: FlaskClient, as_keeper: FlaskClient
) -> None:
    facts = {"title": "Поход к <Столбам>", "happened_on": "2026-10-17", "about": "Два дня."}
    sent = as_member.post(f"{gallery.url}new", data=facts | {"contributions": "y"})
    assert sent.status_code == 303
    album = sent.headers["Location"].split("/")[-2]
    page = gallery.album_url(int(album))
    assert add(as_keeper, f"{page}/add", drawn(), drawn()) == 303
    seen = as_keeper.get(page)
    assert "Поход к &lt;Столбам&gt;" in seen.text
    assert "17 октября" in text_of(seen)
    assert "2 снимка" in text_of(seen)
    assert "2 снимка" in text_of(as_member.get(gallery.url))


def test_the_same_form_sent_twice_makes_one_album(gallery: Gallery, as_member: FlaskClient) -> None:
    facts = {"title": "Поход", "submission": "a-mark-of-a-form"}
    first = as_member.post(f"{gallery.url}new", data=facts)
    again = as_member.post(f"{gallery.url}new", data=facts)
    assert first.headers["Location"] == again.headers["Location"]


def test_an_album_needs_a_title_and_nothing_typed_is_lost(
    gallery: Gallery, as_member: FlaskClient
) -> None:
    answer = as_member.post(f"{gallery.url}new", data={"title": " ", "about": "Было солнечно."})
    assert answer.status_code == 400
    assert "Было солнечно." in answer.text
    long = as_member.post(f"{gallery.url}new", data={"title": "П" * 201})
    assert long.status_code == 400


def test_an_album_for_its_keepers_takes_no_pictures_of_others(
    gallery: Gallery, as_member: FlaskClient
) -> None:
    album = gallery.album(contributions=False)
    page = gallery.album_url(album)
    assert f"{page}/add" not in as_member.get(page).text
    assert add(as_member, f"{page}/add", drawn()) == 403
    assert gallery.read(Album, album, "picture_count") == 0


def test_keepers_ask_others_to_keep_an_album_and_one_remains(
    gallery: Gallery, as_keeper: FlaskClient, as_member: FlaskClient
) -> None:
    album = gallery.album()
    page = gallery.album_url(album)
    assert as_member.get(f"{page}/edit").status_code == 403
    surname = gallery.member.name.split()[0]
    found = as_keeper.get(f"{page}/keepers?q={surname}").text
    assert f'name="add" value="{gallery.member.id}"' in found
    as_keeper.post(f"{page}/keepers", data={"add": gallery.member.id})
    assert as_member.get(f"{page}/edit").status_code == 200
    as_member.post(f"{page}/keepers", data={"drop": gallery.keeper.id})
    assert as_keeper.get(f"{page}/edit").status_code == 403
    last = as_member.post(
        f"{page}/keepers", data={"drop": gallery.member.id}, follow_redirects=True
    )
    assert "Альбому нужен хранитель" in text_of(last)
    assert as_member.get(f"{page}/edit").status_code == 200


def test_nobody_outside_the_community_becomes_a_keeper(
    gallery: Gallery, as_keeper: FlaskClient, cast: Cast, login: Login
) -> None:
    page, stranger = gallery.album_url(gallery.album()), cast.user()
    as_keeper.post(f"{page}/keepers", data={"add": stranger.id})
    as_keeper.post(f"{page}/keepers", data={"add": "99999999999999999999"})
    assert login(stranger).get(f"{page}/edit").status_code in (403, 404)


def test_whoever_leaves_keeps_nothing_any_more(
    gallery: Gallery, as_keeper: FlaskClient, as_member: FlaskClient, login: Login
) -> None:
    album = gallery.album()
    page = gallery.album_url(album)
    as_keeper.post(f"{page}/keepers", data={"add": gallery.member.id})
    as_keeper.post(f"/c/{gallery.community.slug}/leave", data={"confirm": "y"})
    gallery.deliver()
    assert login(gallery.keeper).get(f"{page}/edit").status_code in (403, 404)


def test_members_alone_see_an_album_though_all_may_look_into_the_community(
    gallery: Gallery, client: FlaskClient, cast: Cast, login: Login
) -> None:
    album = gallery.album("Только для своих")
    picture = gallery.picture(album, caption="Вера у костра")
    file, _digest = gallery.file_of(picture)
    stranger = login(cast.user())
    for browser in (client, stranger):
        assert "Только для своих" not in browser.get(gallery.url).text
        for page in (gallery.album_url(album), gallery.picture_url(picture), file):
            assert is_refused(browser.get(page)), page
        assert "Вера" not in browser.get(f"/c/{gallery.community.slug}/").text
        assert is_refused(browser.get(f"/contents/{picture}/comments"))


def test_an_album_of_a_new_member_waits_for_a_moderator(app: Flask, cast: Cast) -> None:
    careful = make_gallery(app, cast, hold_first_posts=2)
    album = careful.album()
    picture = careful.picture(album)
    as_member = cast.browser(careful.member)
    assert as_member.get(careful.album_url(album)).status_code == 404
    as_moderator = cast.browser(careful.moderator)
    as_moderator.post(f"/contents/{album}/approve")
    assert careful.order(album) == []
    as_moderator.post(f"/contents/{picture}/approve")
    assert careful.order(album) == [picture]
    assert careful.read(Album, album, "picture_count") == 1


def test_a_hidden_picture_is_out_of_sight_and_comes_back(
    gallery: Gallery, as_moderator: FlaskClient, as_member: FlaskClient
) -> None:
    album = gallery.album()
    picture = gallery.picture(album)
    reason = {"rule": "other", "words": "Не по теме."}
    as_moderator.post(f"/contents/{picture}/hide", data=reason)
    assert gallery.order(album) == []
    assert as_member.get(gallery.file_of(picture)[0]).status_code == 404
    as_moderator.post(f"/contents/{picture}/restore")
    assert gallery.order(album) == [picture]


def test_albums_belong_to_what_they_are_about_and_stay_without_it(
    gallery: Gallery, as_keeper: FlaskClient, cast: Cast
) -> None:
    other = cast.activity(gallery.community, "forum", title="Мастер-класс по дробям")
    album = gallery.album()
    page = gallery.album_url(album)
    facts = {"title": "Снимки", "occasion": other.id, "contributions": "y"}
    assert as_keeper.post(f"{page}/edit", data=facts).status_code == 303
    here = f'<a href="/c/maths/forum/{other.id}/">Мастер-класс по дробям</a>'
    assert here in as_keeper.get(page).text
    as_keeper.post(f"{page}/edit", data=facts | {"occasion": 0})
    assert here not in as_keeper.get(page).text


def test_an_archived_gallery_is_only_looked_at(app: Flask, cast: Cast, login: Login) -> None:
    gallery = make_gallery(app, cast)
    album = gallery.album()
    gallery.picture(album)
    old = cast.activity(gallery.community, "gallery", state="archived")
    browser = login(gallery.keeper)
    assert browser.get(f"/c/maths/gallery/{old.id}/new").status_code == 403
    assert browser.get(f"/c/maths/gallery/{old.id}/").status_code == 200


def test_people_tell_of_pictures_what_they_think(gallery: Gallery, as_member: FlaskClient) -> None:
    album = gallery.album()
    picture = gallery.picture(album)
    for content, page in (
        (album, gallery.album_url(album)), (picture, gallery.picture_url(picture)),
    ):  # fmt: skip
        as_member.post(f"/contents/{content}/comments", data={"body": "Какая красота!"})
        as_member.post(f"/contents/{content}/react", data={"sign": "thanks"})
        seen = as_member.get(page).text
        assert "Какая красота!" in seen
        assert 'aria-pressed="true"' in seen


def test_a_picture_that_is_sent_twice_is_there_once(
    gallery: Gallery, as_keeper: FlaskClient
) -> None:
    album = gallery.album()
    gallery.picture(album)
    with gallery.app.app_context():
        file = db.session.query(Picture.file_id).filter_by(album_id=album).scalar()
    page = f"{gallery.album_url(album)}/add"
    assert as_keeper.post(page, data={"files": str(file), "consent": "yes"}).status_code == 303
    assert len(gallery.order(album)) == 1

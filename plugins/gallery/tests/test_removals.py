"""“Take me out of this picture”: asked by whom, answered by whom, and what if nobody does."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from core.api import SYSTEM, Actor, User, db, operation
from core.testing.cast import Cast, Turned
from plugins.gallery import personal, removals
from plugins.gallery.models import Consent, Request
from plugins.gallery.tests.conftest import Gallery, is_refused, text_of

Login = Callable[..., FlaskClient]


def asked(gallery: Gallery, browser: FlaskClient, picture: int, words: str = "Это я") -> int:
    """Ask as somebody with an account does; the number of the request."""
    answer = browser.post(gallery.picture_url(picture, "/ask"), data={"words": words})
    assert answer.status_code == 303
    found = re.search(r"/requests/(\d+)", browser.get(gallery.picture_url(picture)).text)
    assert found is not None
    return int(found[1])


def test_outsiders_do_not_see_a_picture_as_soon_as_somebody_asks(
    gallery: Gallery, as_member: FlaskClient, client: FlaskClient, as_keeper: FlaskClient
) -> None:
    album = gallery.album()
    picture = gallery.picture(album, consent=Consent.YES)
    gallery.show_everybody(album)
    file = f"/gallery/shown/{album}/{picture}/file"
    assert client.get(file).status_code == 200
    number = asked(gallery, as_member, picture)
    assert is_refused(client.get(file))
    assert picture in gallery.order(album)
    assert "Это я" in as_keeper.get(f"{gallery.url}requests/{number}").text
    as_member.post(f"{gallery.url}requests/{number}/withdraw")
    assert client.get(file).status_code == 200


def test_keepers_are_told_and_remove_the_picture(
    gallery: Gallery, as_member: FlaskClient, as_keeper: FlaskClient
) -> None:
    picture = gallery.picture(gallery.album())
    number = asked(gallery, as_member, picture)
    gallery.deliver()
    assert "просит убрать снимок" in text_of(as_keeper.get("/me/notices"))
    as_keeper.post(f"{gallery.url}requests/{number}/grant")
    assert as_keeper.get(gallery.picture_url(picture)).status_code == 404
    gallery.deliver()
    assert "о котором вы просили, удалён" in text_of(as_member.get("/me/notices"))
    assert as_member.get(f"{gallery.url}requests/{number}").status_code == 404


def test_a_picture_stays_with_a_reason_that_the_person_reads(
    gallery: Gallery, as_member: FlaskClient, as_keeper: FlaskClient
) -> None:
    picture = gallery.picture(gallery.album())
    number = asked(gallery, as_member, picture)
    page = f"{gallery.url}requests/{number}"
    assert as_keeper.post(f"{page}/keep", data={"answer": " "}).status_code == 400
    as_keeper.post(f"{page}/keep", data={"answer": "На снимке только лес."})
    gallery.deliver()
    assert "Вам ответили о снимке" in text_of(as_member.get("/me/notices"))
    assert "На снимке только лес." in as_member.get(page).text
    again = as_keeper.post(f"{page}/keep", data={"answer": "И ещё раз."})
    assert again.status_code == 409


def test_nobody_else_reads_or_decides_a_request(
    gallery: Gallery, as_member: FlaskClient, cast: Cast, login: Login
) -> None:
    picture = gallery.picture(gallery.album())
    page = f"{gallery.url}requests/{asked(gallery, as_member, picture)}"
    other = login(cast.member(gallery.community))
    assert other.get(page).status_code == 404
    for what in ("grant", "keep", "withdraw"):
        assert other.post(f"{page}/{what}", data={"answer": "Нет"}).status_code == 403, what
    assert as_member.post(f"{page}/grant").status_code == 403
    assert "Это я" not in other.get(f"{gallery.url}requests").text


def test_when_the_term_passes_the_picture_is_hidden_and_the_leaders_are_told(
    gallery: Gallery, as_member: FlaskClient, as_keeper: FlaskClient, as_moderator: FlaskClient,
    clock: Turned,
) -> None:  # fmt: skip
    album = gallery.album()
    picture = gallery.picture(album)
    number = asked(gallery, as_member, picture)
    escalate(gallery)
    assert gallery.order(album) == [picture]
    clock.turn(timedelta(days=3, minutes=1))
    escalate(gallery)
    escalate(gallery)
    assert gallery.order(album) == []
    gallery.deliver()
    told = text_of(as_moderator.get("/me/notices"))
    # Each line has one menu.
    assert told.count("Ещё: На просьбу убрать снимок не ответили в срок") == 1
    as_keeper.post(f"{gallery.url}requests/{number}/keep", data={"answer": "Это не вы."})
    assert gallery.order(album) == [picture]


def escalate(gallery: Gallery) -> None:
    with gallery.app.test_request_context():
        removals.escalate_overdue()


def test_a_picture_that_moderators_hid_is_not_shown_again_by_an_answer(
    gallery: Gallery, as_member: FlaskClient, as_keeper: FlaskClient, as_moderator: FlaskClient,
    clock: Turned,
) -> None:  # fmt: skip
    album = gallery.album()
    picture = gallery.picture(album)
    number = asked(gallery, as_member, picture)
    as_moderator.post(f"/contents/{picture}/hide", data={"rule": "other", "words": "Не то."})
    clock.turn(timedelta(days=4))
    escalate(gallery)
    as_keeper.post(f"{gallery.url}requests/{number}/keep", data={"answer": "Это не вы."})
    assert gallery.order(album) == []


def test_somebody_without_an_account_asks_and_is_answered_outside(
    gallery: Gallery, client: FlaskClient, as_keeper: FlaskClient
) -> None:
    album = gallery.album()
    picture = gallery.picture(album, consent=Consent.YES)
    gallery.show_everybody(album)
    page = f"/gallery/shown/{album}/{picture}/ask"
    assert client.get(page).status_code == 200
    blank = client.post(page, data={"words": "Это моя дочь", "contact": " "})
    assert blank.status_code == 400
    assert "Это моя дочь" in blank.text
    sent = {"words": "Это моя дочь", "contact": "+7 900 000-00-00"}
    assert client.post(page, data=sent).status_code == 303
    assert is_refused(client.get(f"/gallery/shown/{album}/{picture}"))
    seen = as_keeper.get(f"{gallery.url}requests").text
    assert "+7 900 000-00-00" in seen


def test_a_community_sets_its_own_term(
    gallery: Gallery, as_member: FlaskClient, cast: Cast, login: Login, clock: Turned
) -> None:
    coordinator = login(cast.staff(gallery.community, "coordinator"))
    slug = gallery.community.slug
    page = f"/c/{slug}/settings/plugins/gallery/settings"
    assert coordinator.post(page, data={"days_for_answer": "10"}).status_code == 303
    number = asked(gallery, as_member, gallery.picture(gallery.album()))
    due = gallery.read(Request, number, "due_at")
    assert due - clock.moment == timedelta(days=10)


def test_what_somebody_asked_is_in_their_copy_and_goes_with_them(
    gallery: Gallery, as_member: FlaskClient
) -> None:
    picture = gallery.picture(gallery.album())
    number = asked(gallery, as_member, picture, "Я слева")
    with gallery.app.test_request_context():
        person = db.session.get_one(User, gallery.member.id)
        told = [record.fields for record in personal.exported(person)]
        assert [fields["words"] for fields in told if "words" in fields] == ["Я слева"]
        erase(SYSTEM, person)
    assert gallery.read(Request, number, "person_id", "words", "state") == (None, "", "open")


@operation
def erase(actor: Actor, person: User) -> None:
    personal.erased(person)

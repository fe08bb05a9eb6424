"""Profiles, pages of people, sessions, and how one wants the site to look."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from core.access.actors import SYSTEM
from core.contents.manifest import COMMENT
from core.contents.models import Content
from core.files.models import File
from core.people import events
from core.people.browsers import browser_name
from core.people.models import SignedInSession, User
from core.people.sessions import digest_of
from core.platform.db import db, operation
from core.testing.cast import Cast, Made
from tests.core.people_kit import happened, is_signed_in
from tests.core.test_people_expired import profile


def stored(app: Flask, person: Made) -> User:
    with app.app_context():
        user = db.session.get_one(User, person.id)
        assert user.school_name is not None
        return user


def picture(size: tuple[int, int] = (600, 400), kind: str = "PNG") -> io.BytesIO:
    stream = io.BytesIO()
    Image.new("RGB", size, "teal").save(stream, kind)
    stream.seek(0)
    return stream


def test_a_person_says_who_they_are(app: Flask, cast: Cast) -> None:
    person, school = cast.user(), cast.school("Школа № 5")
    client = cast.browser(person)
    sent = profile(school=str(school.id), large_text="y", subjects="химия")
    assert client.post("/me/profile", data=sent).status_code == 303
    user = stored(app, person)
    assert (user.name, user.school_name) == ("Семёнова Ольга Петровна", "Школа № 5")
    assert (user.zone_name, user.theme, user.large_text) == ("Asia/Yakutsk", "dark", True)
    (event,) = happened(app, events.PROFILE_CHANGED)
    assert "surname" in event.facts["changed"]
    assert "Семёнова" not in str(event.facts), "the log says what changed, not to what"
    page = client.get("/me/profile").text
    assert 'data-bs-theme="dark"' in page
    assert "data-large-text" in page


def test_of_things_in_a_list_nothing_empty_is_kept(app: Flask, cast: Cast) -> None:
    person = cast.user()
    sent = profile(subjects="математика, , ,физика,,", helps_with=" ,")
    assert cast.browser(person).post("/me/profile", data=sent).status_code == 303
    user = stored(app, person)
    assert (user.subjects, user.helps_with) == ("математика, физика", "")


def test_saving_a_profile_as_it_is_changes_nothing(app: Flask, cast: Cast) -> None:
    person, school = cast.user(), cast.school("Школа № 5")
    client = cast.browser(person)
    client.post("/me/profile", data=profile(school=str(school.id)))
    page = client.get("/me/profile").text
    assert f'<option selected value="{school.id}">Школа № 5</option>' in page
    assert '<option selected value="Asia/Yakutsk">' in page


@pytest.mark.parametrize(
    "wrong",
    [{"surname": ""}, {"zone_name": "Mars/Olympus"}, {"theme": "pink"}, {"locale": "xx"},
     {"about": "х" * 4_001}, {"school": "999999"}],
)  # fmt: skip
def test_a_profile_that_is_not_right_is_given_back(
    app: Flask, cast: Cast, wrong: dict[str, str]
) -> None:
    person = cast.user()
    answer = cast.browser(person).post("/me/profile", data=profile(**wrong))
    assert answer.status_code == 400
    assert "Ольга" in answer.text, "what was typed is kept"
    assert stored(app, person).given_name == "Анна"


def test_a_profile_form_changes_nothing_but_the_profile(app: Flask, cast: Cast) -> None:
    person = cast.user()
    sent = profile(email="thief@example.org", state="erased", password_hash="x", id="1")
    cast.browser(person).post("/me/profile", data=sent)
    user = stored(app, person)
    assert (user.email, user.state) == (person.email, "active")


def test_a_photo_is_written_anew_and_small(app: Flask, cast: Cast) -> None:
    person = cast.user()
    client = cast.browser(person)
    sent = {"photo": (picture(), "me.png")}
    assert client.post("/me/photo", data=sent).status_code == 303
    address = stored(app, person).photo
    with client.get(address) as answer:
        assert answer.status_code == 200
        shown = Image.open(io.BytesIO(answer.data))
    assert shown.size[0] == shown.size[1] <= 512
    client.post("/me/photo", data={"photo": (picture((90, 90)), "two.png")})
    with app.app_context():
        assert len(db.session.scalars(select(File.id)).all()) == 1, "the former photo is gone"
    assert client.post("/me/photo/remove").status_code == 303
    assert stored(app, person).photo == ""
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"MZ\x90", b"\x89PNG broken"])
def test_what_is_no_picture_is_no_photo(app: Flask, cast: Cast, content: bytes) -> None:
    person = cast.user()
    answer = cast.browser(person).post("/me/photo", data={"photo": (io.BytesIO(content), "me.png")})
    assert answer.status_code == 400
    assert stored(app, person).photo == ""


def test_preferences_of_a_guest_stay_in_the_browser(app: Flask, client: FlaskClient) -> None:
    answer = client.post("/preferences", data={"locale": "en", "next": "/consent"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/consent")
    assert 'lang="en"' in client.get("/consent").text
    client.post("/preferences", data={"theme": "dark"})
    client.post("/preferences", data={"large_text": "1"})
    page = client.get("/consent").text
    assert 'data-bs-theme="dark"' in page
    assert "data-large-text" in page
    client.post("/preferences", data={"large_text": "0"})
    assert "data-large-text" not in client.get("/consent").text
    assert 'lang="ru"' in app.test_client().get("/consent").text


def test_preferences_of_a_member_follow_them(app: Flask, cast: Cast) -> None:
    person = cast.user()
    client = cast.browser(person)
    for look in ({"locale": "en"}, {"theme": "light"}, {"large_text": "1"}):
        client.post("/preferences", data=look)
    user = stored(app, person)
    assert (user.locale, user.theme, user.large_text) == ("en", "light", True)
    elsewhere = cast.browser(person).get("/me/profile").text
    assert 'lang="en"' in elsewhere
    assert 'data-bs-theme="light"' in elsewhere


def test_preferences_take_choices_only(app: Flask, cast: Cast) -> None:
    person = cast.user()
    wrong = {"locale": "../x", "theme": '"><script>', "large_text": "2", "next": "//evil.example"}
    answer = cast.browser(person).post("/preferences", data=wrong)
    assert answer.headers["Location"] == "/"
    user = stored(app, person)
    assert (user.locale, user.theme, user.large_text) == ("", "auto", False)


def test_the_page_of_a_person_is_for_those_who_share_a_community(app: Flask, cast: Cast) -> None:
    place = cast.community("maths", visibility="public")
    person, fellow, stranger = cast.member(place), cast.member(place), cast.user()
    administrator = cast.user(administrator=True)
    page = f"/people/{person.id}"
    for viewer in (person, fellow, administrator):
        assert cast.browser(viewer).get(page).status_code == 200
    nobody = cast.browser(stranger).get("/people/999999")
    hidden = cast.browser(stranger).get(page)
    assert hidden.status_code == nobody.status_code == 404
    assert app.test_client().get(page).status_code == 302
    assert cast.browser(stranger).get("/people/99999999999999999999").status_code == 404


def test_the_page_of_a_person_never_shows_an_address(app: Flask, cast: Cast) -> None:
    place = cast.community("maths")
    person, fellow = cast.member(place), cast.member(place)
    assert person.email not in cast.browser(fellow).get(f"/people/{person.id}").text


def test_whoever_left_a_community_is_a_stranger_there(app: Flask, cast: Cast) -> None:
    from core.communities.models import Membership
    from core.communities.operations import leave

    place = cast.community("maths")
    person, fellow = cast.member(place), cast.member(place)
    with app.app_context():
        query = select(Membership).where(Membership.user_id == fellow.id)
        leave(SYSTEM, db.session.scalars(query).one())
    assert cast.browser(fellow).get(f"/people/{person.id}").status_code == 404


def test_roles_are_shown_where_the_viewer_may_know_of_them(app: Flask, cast: Cast) -> None:
    shared = cast.community("shared", title="Общее дело")
    listed = cast.community("listed", title="Видное дело", visibility="listed")
    private = cast.community("private", title="Тайное дело", visibility="private")
    merely = cast.community("merely", title="Чужой кружок", visibility="listed")
    person, fellow = cast.member(shared), cast.member(shared)
    for place in (listed, private):
        cast.appoint(cast.member(place, person), place, "tutor")
    cast.member(merely, person)
    page = cast.browser(fellow).get(f"/people/{person.id}").text
    assert "Общее дело" in page
    assert "Видное дело" in page
    assert "Тайное дело" not in page
    assert "Чужой кружок" not in page
    own = cast.browser(person).get(f"/people/{person.id}").text
    assert "Тайное дело" in own


@operation
def _write(actor: Any, place: Made, author: Made, number: int) -> None:
    for _ in range(number):
        content = Content(kind=COMMENT.kind, community_id=place.id, author_id=author.id)
        db.session.add(content)


def test_contributions_are_counted_where_the_viewer_may_read(app: Flask, cast: Cast) -> None:
    shared, listed = cast.community("shared"), cast.community("listed", visibility="listed")
    person, fellow = cast.member(shared), cast.member(shared)
    with app.app_context():
        _write(SYSTEM, shared, person, 3)
        _write(SYSTEM, listed, person, 4)
    assert "<dd>3</dd>" in cast.browser(fellow).get(f"/people/{person.id}").text
    assert "<dd>7</dd>" in cast.browser(person).get(f"/people/{person.id}").text


def test_the_page_of_a_person_costs_the_same_for_much_as_for_little(
    app: Flask, cast: Cast, count_queries: Callable[[], Any]
) -> None:
    place = cast.community("maths")
    person, fellow = cast.member(place), cast.member(place)
    client = cast.browser(fellow)

    def cost() -> int:
        with count_queries() as count:
            client.get(f"/people/{person.id}")
        return int(count.number)

    little = cost()
    for number in range(5):
        cast.member(cast.community(f"more-{number}"), person)
    assert little == cost() <= 8


def test_text_about_oneself_is_shown_as_text(app: Flask, cast: Cast) -> None:
    person = cast.user()
    client = cast.browser(person)
    client.post("/me/profile", data=profile(about="<script>alert(1)</script>"))
    page = client.get(f"/people/{person.id}").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_one_sees_where_one_is_signed_in_and_ends_it(app: Flask, cast: Cast) -> None:
    person = cast.user()
    here, elsewhere = cast.browser(person), cast.browser(person)
    other = cast.browser(cast.user())
    with app.app_context():
        theirs = db.session.scalars(
            select(SignedInSession.digest).where(SignedInSession.user_id != person.id)
        ).one()
    page = here.get("/me/sessions").text
    assert theirs not in page
    with elsewhere.session_transaction() as session:
        digest = digest_of(session["_user_id"])
    assert digest in page
    assert here.post("/me/sessions/end", data={"session": theirs}).status_code == 303
    assert is_signed_in(other), "sessions of others are nobody's business"
    here.post("/me/sessions/end", data={"session": digest})
    assert not is_signed_in(elsewhere)
    assert is_signed_in(here)


def test_all_other_sessions_end_at_once(app: Flask, cast: Cast) -> None:
    person = cast.user()
    here, rest = cast.browser(person), [cast.browser(person) for _ in range(3)]
    assert here.post("/me/sessions/end-others").status_code == 303
    assert is_signed_in(here)
    assert not any(is_signed_in(client) for client in rest)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:132.0) Gecko Firefox/132.0", "Firefox, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Windows) Chrome/128 YaBrowser/24 Safari", "Yandex Browser, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17 Safari/605", "Safari, macOS"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Linux"),
    ],
)  # fmt: skip
def test_browsers_are_told_apart(app: Flask, agent: str, name: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert browser_name(agent) == name


OWN_PAGES = ("/me/profile", "/me/password", "/me/email", "/me/sessions", "/me/data")


@pytest.mark.parametrize("page", OWN_PAGES)
def test_own_pages_are_for_people_with_an_account(
    client: FlaskClient, cast: Cast, page: str
) -> None:
    asked = client.get(page)
    assert (asked.status_code, asked.headers["Location"]) == (302, f"/sign-in?next={page}")
    assert cast.browser(cast.user()).get(page).status_code == 200

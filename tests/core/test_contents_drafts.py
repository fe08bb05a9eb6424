"""No text is lost: drafts, on any device, and never silently overwritten."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.access.actors import Viewer, current_viewer
from core.contents.drafts import Origin, draft_in, drafts_at, local_path, save_draft
from core.errors import DomainError
from core.testing.cast import Cast, Made
from core.testing.count import QueryCount

Login = Callable[[Made], FlaskClient]
PLACE = "forum.reply:17"


def post(browser: FlaskClient, **fields: str) -> tuple[int, dict[str, Any]]:
    answer = browser.post("/drafts", data={"place": PLACE, **fields})
    return answer.status_code, answer.get_json()


@pytest.fixture
def writer(make_user: Callable[..., Made], login: Login) -> FlaskClient:
    return login(make_user("Семёнова"))


def test_draft_is_kept_and_shown_on_another_device(app: Flask, cast: Cast) -> None:
    person = cast.user()
    status, answer = post(cast.browser(person), body="Начало <мысли>", title="Тема")
    assert status == 200
    assert answer["saved"]
    page = cast.browser(person).get("/drafts").get_data(as_text=True)
    assert "Тема" in page
    assert "Начало &lt;мысли&gt;" in page
    with app.app_context():
        draft = draft_in(Viewer(id=person.id), PLACE)
        assert draft is not None
        assert draft.body == '<p dir="auto">Начало &lt;мысли&gt;</p>'
        assert draft.text == "Начало <мысли>"


def test_formatting_is_kept_and_cleaned(app: Flask, cast: Cast) -> None:
    person = cast.user()
    body = "<p>Это <strong>важно</strong><script>alert(1)</script></p>"
    post(cast.browser(person), body=body, format="html")
    with app.app_context():
        draft = draft_in(Viewer(id=person.id), PLACE)
        assert draft is not None
        assert "<strong>важно</strong>" in draft.body
        assert "script" not in draft.body


def test_empty_text_forgets_the_draft(app: Flask, cast: Cast) -> None:
    person = cast.user()
    browser = cast.browser(person)
    __, first = post(browser, body="что-то")
    assert post(browser, body="  ", seen=first["saved"])[0] == 200
    with app.app_context():
        assert draft_in(Viewer(id=person.id), PLACE) is None


def test_drafts_are_ones_own(app: Flask, cast: Cast) -> None:
    author, other = cast.user(), cast.user()
    post(cast.browser(author), body="сокровенное")
    assert "сокровенное" not in cast.browser(other).get("/drafts").get_data(as_text=True)
    with app.app_context():
        assert draft_in(Viewer(id=other.id), PLACE) is None
        assert drafts_at(Viewer(id=author.id), "forum.reply:") == {PLACE}
        assert drafts_at(Viewer(id=author.id), "forum.topic:") == set()
        assert drafts_at(Viewer(), "forum.") == set()


def test_second_device_hears_of_the_first_one(writer: FlaskClient) -> None:
    __, known = post(writer, body="общее начало", page="a", seen="")
    post(writer, body="общее начало, телефон", page="b", seen=known["saved"])
    status, answer = post(writer, body="общее начало, стол", page="a", seen=known["saved"])
    assert status == 409
    assert answer["text"] == "общее начало, телефон"
    assert answer["html"] == '<p dir="auto">общее начало, телефон</p>'
    assert answer["error"]
    assert post(writer, body="общее начало, стол", page="a", seen=answer["saved"])[0] == 200


def test_whoever_looks_is_known_to_have_no_draft_without_asking(app: Flask, cast: Cast) -> None:
    person = cast.user()
    browser = cast.browser(person)
    for place in (PLACE, "forum.edit:1,2"):
        assert browser.post("/drafts", data={"place": place, "body": "слово"}).status_code == 200
    with browser:
        browser.get("/drafts")
        viewer = current_viewer()
        assert viewer.draft_places == frozenset({PLACE, "forum.edit:1,2"})
        with QueryCount(app) as count:
            assert draft_in(viewer, "forum.reply:404") is None
            assert drafts_at(viewer, "forum.edit:") == {"forum.edit:1,2"}
        assert count.number == 0
        assert draft_in(viewer, PLACE) is not None


def test_page_opened_before_there_was_a_draft_does_not_overwrite_one(writer: FlaskClient) -> None:
    post(writer, body="с телефона", page="phone", seen="")
    assert post(writer, body="со стола", page="desk", seen="")[0] == 409
    assert post(writer, body="", page="desk", seen="")[0] == 409


def test_lost_answer_is_no_conflict_with_oneself(writer: FlaskClient) -> None:
    known = post(writer, body="раз", page="a", seen="")[1]
    post(writer, body="раз два", page="a", seen=known["saved"])  # whose answer never arrived
    assert post(writer, body="раз два три", page="a", seen=known["saved"])[0] == 200


def test_same_text_from_two_devices_is_no_conflict(writer: FlaskClient) -> None:
    __, first = post(writer, body="одно и то же", page="a", seen="")
    status, second = post(writer, body="одно и то же", page="b", seen="")
    assert status == 200
    assert second["saved"] == first["saved"]


def test_first_saves_of_two_devices_at_once(app: Flask, cast: Cast) -> None:
    """Exactly one is stored; the other hears of it, on both databases."""
    person = cast.user()
    together = threading.Barrier(8)

    def save(number: int) -> bool:
        with app.app_context():
            together.wait()
            try:
                origin = Origin(page=f"page {number}", seen="")
                save_draft(Viewer(id=person.id), PLACE, f"<p>{number}</p>", origin=origin)
            except DomainError:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        saved = list(pool.map(save, range(8)))
    assert saved.count(True) == 1
    with app.app_context():
        draft = draft_in(Viewer(id=person.id), PLACE)
        assert draft is not None
        assert draft.body == f"<p>{saved.index(True)}</p>"


def test_list_leads_back_to_where_one_was(writer: FlaskClient) -> None:
    post(writer, body="текст", url="/c/maths/forum/3/topics/17?page=2")
    assert 'href="/c/maths/forum/3/topics/17?page=2"' in writer.get("/drafts").get_data(
        as_text=True
    )


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example/x",
        "/\\evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "",
        "x" * 600,
    ],
)
def test_draft_never_leads_to_another_site(address: str) -> None:
    assert not local_path(address)


def test_address_of_this_site_loses_its_host() -> None:
    assert local_path("https://site.example/c/maths?page=2#end") == "/c/maths?page=2"
    assert local_path("https://evil.example//evil.example/") == ""


def test_draft_is_thrown_away(writer: FlaskClient) -> None:
    post(writer, body="ненужное")
    assert writer.post("/drafts/drop", data={"place": PLACE}).status_code == 303
    assert "ненужное" not in writer.get("/drafts").get_data(as_text=True)


@pytest.mark.parametrize(
    "fields",
    [
        {"body": "я" * 110_000},
        {"body": "x", "place": ""},
        {"body": "x", "place": "p" * 101},
        {"body": "x", "seen": "yesterday"},
    ],
)
def test_impossible_drafts_are_refused(writer: FlaskClient, fields: dict[str, str]) -> None:
    answer = writer.post("/drafts", data={"place": PLACE, **fields})
    assert answer.status_code in (400, 413)


def test_guest_is_asked_to_sign_in(client: FlaskClient) -> None:
    asked = {"Accept": "application/json"}
    assert (
        client.post("/drafts", data={"place": PLACE, "body": "x"}, headers=asked).status_code == 401
    )
    assert client.get("/drafts").status_code == 302


def test_a_form_with_many_fields_keeps_each(app: Flask, cast: Cast) -> None:
    person = cast.user()
    browser = cast.browser(person)
    fields = json.dumps({"words-1": "Цель ясна\x00", "points-1": "3", "odd": 7})
    first = post(browser, body="Цель ясна", fields=fields, seen="", page="a")[1]
    with app.app_context():
        draft = draft_in(Viewer(id=person.id), PLACE)
        assert draft is not None
        assert draft.fields == {"words-1": "Цель ясна", "points-1": "3"}
    other = json.dumps({"points-1": "2"})
    status, answer = post(browser, body="Цель ясна", fields=other, seen="", page="b")
    assert (status, answer["fields"]) == (409, {"words-1": "Цель ясна", "points-1": "3"})
    assert post(browser, fields=other, seen=first["saved"], page="b")[0] == 200
    assert post(browser, fields=json.dumps({"points-1": ""}), page="b", seen="")[0] == 200
    with app.app_context():
        assert draft_in(Viewer(id=person.id), PLACE) is None


@pytest.mark.parametrize("sent", ["[", "[1]", '"слово"', "null", "[" * 100_000])
def test_fields_that_are_none_are_passed_over(writer: FlaskClient, sent: str) -> None:
    assert post(writer, body="слово", fields=sent)[0] == 200


def test_fields_that_are_too_long_are_refused(writer: FlaskClient) -> None:
    assert post(writer, fields=json.dumps({"words": "ж" * 110_000}))[0] == 400

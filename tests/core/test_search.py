"""What is found, in which order, and how it is narrowed."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.testing.cast import Cast, Made, Turned
from tests.core.contents_kit import KIND, Notes
from tests.core.search_kit import alike, ask, suggested
from tests.core.test_search_words import HOSTILE

Fill = Callable[[], None]


@pytest.fixture
def place(cast: Cast) -> Made:
    return cast.community("maths", title="Учителя математики", summary="Методика и олимпиады")


@pytest.fixture
def member(cast: Cast, place: Made) -> Made:
    return cast.member(place, surname="Семёнова")


@pytest.fixture
def browser(cast: Cast, member: Made) -> FlaskClient:
    client = cast.browser(member)
    client.post("/preferences", data={"locale": "en"})
    return client


def test_a_text_is_found_by_any_form_of_its_words(
    notes: Notes, place: Made, member: Made, browser: FlaskClient, fill_index: Fill
) -> None:
    number = notes.write(place, member, "<p>Сложение дробей с ёлкой</p>")
    fill_index()
    for words in ("дроби", "ДРОБЯМИ", "елка", "сложения дробь", "дроб", "Ёлки"):
        assert ask(browser, words).urls == [f"/notes/{number}"], words
    assert ask(browser, "дроби умножение").urls == []
    found = ask(browser, "дроби")
    assert found.said == "1 result"
    assert found.snippets == ["Сложение <mark>дробей</mark> с ёлкой"]


def test_every_word_must_be_there_and_others_must_not(
    notes: Notes, place: Made, member: Made, browser: FlaskClient, fill_index: Fill
) -> None:
    both = notes.write(place, member, "<p>урок физики</p>")
    one = notes.write(place, member, "<p>урок химии</p>")
    fill_index()
    assert set(ask(browser, "урок").urls) == {f"/notes/{both}", f"/notes/{one}"}
    assert ask(browser, "физика урок").urls == [f"/notes/{both}"]
    assert ask(browser, "урок -физика").urls == [f"/notes/{one}"]
    assert ask(browser, "-физика").urls == []


def test_a_phrase_stands_as_it_was_typed(
    notes: Notes, place: Made, member: Made, browser: FlaskClient, fill_index: Fill
) -> None:
    exact = notes.write(place, member, "<p>Говорили: «После каникул» — трудно.</p>")
    notes.write(place, member, "<p>после каникулы трудно</p>")
    notes.write(place, member, "<p>каникул после не будет</p>")
    fill_index()
    assert ask(browser, '"после каникул"').urls == [f"/notes/{exact}"]
    assert ask(browser, '"после каникул трудно"').urls == [f"/notes/{exact}"]
    assert ask(browser, '"после каникул" легко').urls == []


def test_communities_activities_people_and_comments_are_found(
    app: Flask, cast: Cast, place: Made, member: Made, browser: FlaskClient, fill_index: Fill
) -> None:
    school = cast.school("Школа юнг")
    colleague = cast.user("Юнгина", school_id=school.id, subjects="астрономия")
    cast.member(place, colleague)
    fill_index()
    assert ask(browser, "олимпиада").urls == ["/c/maths/"]
    assert ask(browser, "математика учителя").titles == ["Учителя математики"]
    for words in ("Юнгина", "астрономией", "школа юнг"):
        assert ask(browser, words).urls == [f"/people/{colleague.id}"], words
    assert ask(browser, "Юнгина", form="person").urls == [f"/people/{colleague.id}"]
    assert ask(browser, "Юнгина", form="community").urls == []


def test_what_has_the_words_in_its_title_comes_first(
    cast: Cast, notes: Notes, member: Made, place: Made, browser: FlaskClient, fill_index: Fill
) -> None:
    titled = cast.community("physics", title="Астрономия в школе")
    for _ in range(3):
        notes.write(place, member, "<p>астрономия</p>")
    often = notes.write(place, member, "<p>астрономия и астрономия, об астрономии</p>")
    rarely = notes.write(place, member, f"<p>астрономия {'слово ' * 300}</p>")
    fill_index()
    urls = ask(browser, "астрономия").urls
    assert urls[0] == f"/c/{titled.slug}/"
    assert urls[1] == f"/notes/{often}"
    assert urls[-1] == f"/notes/{rarely}"


def test_the_newest_first(
    notes: Notes, place: Made, member: Made, browser: FlaskClient, fill_index: Fill, clock: Turned
) -> None:
    first = notes.write(place, member, "<p>урок и урок, об уроке</p>")
    clock.turn(timedelta(days=1))
    second = notes.write(place, member, "<p>один урок</p>")
    fill_index()
    assert ask(browser, "урок", order="newest").urls == [f"/notes/{second}", f"/notes/{first}"]


def test_narrowing(
    cast: Cast, notes: Notes, place: Made, member: Made, browser: FlaskClient, fill_index: Fill,
    clock: Turned,
) -> None:  # fmt: skip
    open_place = cast.community("open", visibility="public")
    other = cast.member(open_place, surname="Ковалёва")
    mine = notes.write(place, member, "<p>урок</p>")
    clock.turn(timedelta(days=10))
    theirs = notes.write(open_place, other, "<p>урок</p>")
    fill_index()
    a, b = f"/notes/{mine}", f"/notes/{theirs}"
    assert set(ask(browser, "урок").urls) == {a, b}
    assert ask(browser, "урок", place="mine").urls == [a]
    assert ask(browser, "урок", place="open").urls == [b]
    assert ask(browser, "урок", place="nowhere").urls == []
    assert ask(browser, "урок", author="ковалева").urls == [b]
    assert ask(browser, "урок", author="Ковалёва Анна").urls == [b]
    assert ask(browser, "урок", author="Никто").urls == []
    assert set(ask(browser, "урок", form="core").urls) == {a, b}
    assert set(ask(browser, "урок", form="nonsense").urls) == {a, b}
    day = (clock.now() - timedelta(days=5)).date().isoformat()
    assert ask(browser, "урок", since=day).urls == [b]
    assert ask(browser, "урок", until=day).urls == [a]
    assert ask(browser, "урок", since=day, until=day).urls == []
    assert set(ask(browser, "урок", since="9999-12-31", until="0001-01-01").urls) <= {a, b}


def test_an_edit_is_found_by_its_new_words_alone(
    notes: Notes, place: Made, member: Made, browser: FlaskClient, fill_index: Fill
) -> None:
    number = notes.write(place, member, "<p>телефон 8-900</p>")
    fill_index()
    assert ask(browser, "телефон").snippets
    notes.edit(number, "<p>адрес</p>", member)
    stale = ask(browser, "телефон")
    assert stale.snippets == [], "what was taken out is not shown while the index is behind"
    fill_index()
    assert ask(browser, "телефон").urls == []
    assert ask(browser, "адрес").urls == [f"/notes/{number}"]


def test_a_renamed_community_school_and_person(
    app: Flask, cast: Cast, place: Made, browser: FlaskClient, fill_index: Fill
) -> None:
    school = cast.school("Лицей")
    colleague = cast.user("Прежняя", school_id=school.id)
    cast.member(place, colleague)
    fill_index()
    administrator = cast.browser(cast.user(administrator=True))
    changed = {
        "short_name": "Гимназия",
        "name": "Гимназия",
        "place": "",
        "category": "",
        "named": "",
    }
    assert administrator.post(f"/admin/schools/{school.id}", data=changed).status_code == 303
    fill_index()
    fill_index()
    assert ask(browser, "гимназия").urls == [f"/people/{colleague.id}"]
    assert ask(browser, "лицей").urls == []


def test_pages_of_results(
    notes: Notes, place: Made, member: Made, browser: FlaskClient, fill_index: Fill
) -> None:
    numbers = [notes.write(place, member, "<p>урок</p>") for _ in range(25)]
    fill_index()
    pages = [ask(browser, "урок", order="newest", page=page) for page in (1, 2, 3)]
    assert [len(page.urls) for page in pages] == [10, 10, 5]
    assert [url for page in pages for url in page.urls] == [
        f"/notes/{number}" for number in reversed(numbers)
    ]
    assert pages[0].said == "25 results"
    for page in ("0", "-1", "99999999999999999999", "x", "1000000"):
        assert ask(browser, "урок", page=page).urls, page


def test_more_than_the_most_are_not_counted(
    app: Flask, notes: Notes, place: Made, member: Made, browser: FlaskClient,
    monkeypatch: pytest.MonkeyPatch, fill_index: Fill,
) -> None:  # fmt: skip
    from core.search import finding

    monkeypatch.setattr(finding, "MOST", 10)
    monkeypatch.setattr(finding, "STRETCH", 10)
    for _ in range(25):
        notes.write(place, member, "<p>урок</p>")
    fill_index()
    assert ask(browser, "урок").said.startswith("More than 10 results")
    monkeypatch.setattr(finding, "STRETCH", 3)
    assert ask(browser, "урок").said.startswith("More than 10 results")


def test_whatever_is_found_is_within_reach(
    notes: Notes, place: Made, member: Made, browser: FlaskClient, fill_index: Fill,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from core.search import finding

    monkeypatch.setattr(finding, "MOST", 4)
    monkeypatch.setattr(finding, "STRETCH", 4)
    numbers = [notes.write(place, member, "<p>урок</p>") for _ in range(10)]
    fill_index()
    best = ask(browser, "урок")
    assert "All results, the newest first" in best.text
    page = ask(browser, "урок", order="newest")
    urls = page.urls
    while older := re.search(r'href="([^"]*before=[^"]*)"', page.text):
        query = dict(parse_qsl(html.unescape(older[1]).partition("?")[2]))
        page = ask(browser, query.pop("q"), **query)
        assert page.said == "Older results"
        urls += page.urls
    assert urls == [f"/notes/{number}" for number in reversed(numbers)]
    assert "There are no older results" in ask(browser, "урок", order="newest", before=1).text


def test_a_title_is_found_however_much_newer_text_has_its_words(
    cast: Cast, notes: Notes, place: Made, member: Made, browser: FlaskClient, fill_index: Fill,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from core.search import finding

    monkeypatch.setattr(finding, "MOST", 3)
    monkeypatch.setattr(finding, "STRETCH", 3)
    old = cast.community("physics", title="Астрономия в школе")
    fill_index()
    for _ in range(8):
        notes.write(place, member, "<p>астрономия в школе</p>")
    fill_index()
    assert ask(browser, "астрономия школа").urls[0] == f"/c/{old.slug}/"
    assert ask(browser, "астрономия").urls[0] == f"/c/{old.slug}/"
    assert not ask(browser, "астрономия", order="newest").has(f"/c/{old.slug}/")


def test_what_is_old_is_found_by_its_date_among_much_that_is_new(
    cast: Cast, notes: Notes, place: Made, member: Made, fill_index: Fill, clock: Turned,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from core.search import finding

    monkeypatch.setattr(finding, "STRETCHES", 1)
    monkeypatch.setattr(finding, "STRETCH", 2)
    old = notes.write(place, member, "<p>урок</p>")
    day = clock.today()
    clock.turn(timedelta(days=70))
    for _ in range(5):
        notes.write(place, member, "<p>урок</p>")
    fill_index()
    browser = cast.browser(member)
    for since, until in ((day, day), (day - timedelta(days=400), day), ("", day)):
        found = ask(browser, "урок", since=str(since), until=str(until))
        assert found.urls == [f"/notes/{old}"], (since, until)
    assert not ask(browser, "урок", since=str(day + timedelta(days=3))).has(f"/notes/{old}")


def test_much_that_is_not_for_the_viewer_does_not_hide_what_is(
    cast: Cast, notes: Notes, place: Made, member: Made, browser: FlaskClient,
    monkeypatch: pytest.MonkeyPatch, fill_index: Fill,
) -> None:  # fmt: skip
    from core.search import finding, scope

    monkeypatch.setattr(finding, "STRETCH", 5)
    monkeypatch.setattr(scope, "MOST_PLACES", 0)
    secret = cast.community("secret", visibility="private")
    own = notes.write(place, member, "<p>урок</p>")
    for _ in range(12):
        notes.write(secret, cast.user(), "<p>урок</p>")
    fill_index()
    assert ask(browser, "урок").urls == [f"/notes/{own}"]


def test_what_is_for_others_is_not_even_looked_at_where_there_is_much_of_it(
    cast: Cast, notes: Notes, place: Made, member: Made, browser: FlaskClient,
    monkeypatch: pytest.MonkeyPatch, fill_index: Fill,
) -> None:  # fmt: skip
    from core.search import finding

    monkeypatch.setattr(finding, "STRETCH", 2)
    secret = cast.community("secret", visibility="private")
    stranger = cast.user()
    own = [notes.write(place, member, "<p>урок</p>") for _ in range(3)]
    for _ in range(4 * finding.STRETCHES):
        notes.write(secret, stranger, "<p>урок</p>")
    fill_index()
    found = ask(browser, "урок", order="newest")
    assert found.urls == [f"/notes/{number}" for number in reversed(own)]
    assert found.said == "3 results"


def test_nothing_found_says_what_to_do(browser: FlaskClient, place: Made, fill_index: Fill) -> None:
    fill_index()
    page = ask(browser, "гиппопотам", place="maths", form="community").text
    assert "Nothing was found" in page
    assert "Look everywhere" in page
    assert 'value="гиппопотам"' in page
    assert "What are you looking for?" in ask(browser, "").text


def test_the_wrong_layout_is_understood(
    browser: FlaskClient, place: Made, fill_index: Fill
) -> None:
    fill_index()
    page = ask(browser, "vfntvfnbrf").text
    assert "Did you mean" in page
    assert "математика</a>?" in page
    assert "Did you mean" not in ask(browser, "vfvjyn").text


def test_a_misspelt_word_leads_to_similar_titles(
    browser: FlaskClient, place: Made, fill_index: Fill
) -> None:
    fill_index()
    page = ask(browser, "матиматика").text
    assert "Similar titles" in page
    assert "/c/maths/" in page
    assert "Similar titles" not in ask(browser, "гиппопотам").text


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_gets_an_answer(
    typed: str, notes: Notes, place: Made, member: Made, browser: FlaskClient, fill_index: Fill
) -> None:
    notes.write(place, member, "<p>урок 🙂 שלום عолم ½ 𝐀𝐁 école</p>")
    fill_index()
    typed = typed.encode("utf-8", "replace").decode()
    ask(browser, typed)
    ask(browser, typed, author=typed, place=typed[:400], form=typed[:400], since=typed[:400])
    suggested(browser, typed)
    suggested(browser, typed, place=typed[:400])
    alike(browser, typed, place="maths", kind=KIND)
    alike(browser, typed, place=typed[:400], kind=typed[:400])


def test_words_of_other_scripts_are_found(
    notes: Notes, place: Made, member: Made, browser: FlaskClient, fill_index: Fill
) -> None:
    number = notes.write(place, member, "<p>שלום 中文 école 2026 6а</p>")
    fill_index()
    for words in ("שלום", "中文", "école", "2026", "6А"):
        assert ask(browser, words).urls == [f"/notes/{number}"], words


def test_titles_are_suggested_while_one_types(
    cast: Cast, place: Made, browser: FlaskClient, fill_index: Fill
) -> None:
    cast.community("maths-2", title="Кружок математики")
    fill_index()
    assert suggested(browser, "матем") == ["Кружок математики", "Учителя математики"]
    assert suggested(browser, "учит матем") == ["Учителя математики"]
    assert suggested(browser, "матем", place="maths") == ["Учителя математики"]
    assert suggested(browser, "матем", place="nowhere") == []
    assert suggested(browser, "м") == []


def test_whoever_asks_for_suggestions_all_the_time_is_stopped(
    browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.search import views

    monkeypatch.setattr(views, "SUGGESTIONS", "3/minute")
    statuses = [browser.get("/search/suggest?q=урок").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_the_box_stands_on_every_page_and_offers_the_community(
    browser: FlaskClient, place: Made
) -> None:
    inside, outside = browser.get("/c/maths/").text, browser.get("/").text
    for page in (inside, outside):
        assert 'action="/search"' in page
        assert 'type="search"' in page
    assert 'name="in" value="maths"' in inside
    assert 'name="in"' not in outside

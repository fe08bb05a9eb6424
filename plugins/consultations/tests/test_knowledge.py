"""The knowledge base: no names, only with consent, found while one asks, withdrawn at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from core.testing.cast import Made
from plugins.consultations.tests.conftest import Desk

TEXT = {
    "title": "Как объяснить дроби?", "question": "<p>Класс путается.</p>",
    "answer": "<p>Начните с долей пирога.</p>", "version": "1",
}  # fmt: skip


@pytest.fixture
def asker(desk: Desk) -> Made:
    return desk.member("Спрашивалова")


def answered(desk: Desk, asker: Made, **values: str) -> int:
    number = desk.ask(asker, **values)
    desk.write(desk.tutor, number, "Начните с долей пирога.")
    return number


def publish(desk: Desk, number: int, **values: str) -> str:
    """The team prepares an answer for everybody; its address."""
    browser = desk.login(desk.tutor)
    answer = browser.post(f"{desk.url}questions/{number}/publish", data=TEXT | values)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_with_consent_it_is_published_without_names(
    desk: Desk, asker: Made, client: FlaskClient, fill_index: Callable[[], None]
) -> None:
    page = publish(desk, answered(desk, asker, consent="y"))
    text = client.get(page).text
    assert "долей пирога" in text
    for name in ("Спрашивалова", "Тьюторова"):
        assert name not in text
    assert "Как объяснить дроби" in client.get(f"{desk.url}answers").text
    assert "Опубликовано без имён" in desk.login(asker).get("/me/notices").text
    fill_index()
    found = client.get("/search?q=пирога").text
    assert page in found
    assert "Тьюторова" not in found


def test_without_consent_the_asker_is_asked_and_decides(
    desk: Desk, asker: Made, client: FlaskClient
) -> None:
    number = answered(desk, asker)
    page = publish(desk, number)
    assert client.get(page).status_code in (302, 404)
    assert desk.login(desk.member()).get(page).status_code == 404
    browser = desk.login(asker)
    assert "Можно ли опубликовать это без имён?" in browser.get("/me/notices").text
    assert "Можно опубликовать" in browser.get(page).text
    consent = f"{desk.url}questions/{number}/consent"
    assert desk.login(desk.tutor).post(consent, data={"agrees": "1"}).status_code == 403
    browser.post(consent, data={"agrees": "1"})
    assert "долей пирога" in client.get(page).text
    browser.post(consent, data={"agrees": "0"})
    assert client.get(page).status_code in (302, 404)
    assert "Как объяснить дроби" not in client.get(f"{desk.url}answers").text


def test_a_refusal_leaves_it_unpublished(desk: Desk, asker: Made, client: FlaskClient) -> None:
    number = answered(desk, asker)
    page = publish(desk, number)
    desk.login(asker).post(f"{desk.url}questions/{number}/consent", data={"agrees": "0"})
    assert client.get(page).status_code in (302, 404)


@pytest.mark.parametrize("answer", ["Ольга Спрашивалова права", "Спросите у Спрашиваловой"])
def test_the_askers_name_is_not_let_through(desk: Desk, asker: Made, answer: str) -> None:
    number = answered(desk, asker, consent="y")
    refused = desk.login(desk.tutor).post(
        f"{desk.url}questions/{number}/publish", data=TEXT | {"answer": f"<p>{answer}</p>"}
    )
    assert refused.status_code == 400
    assert "осталась фамилия" in refused.text
    assert answer.split()[-1] in refused.text


def test_common_words_are_no_names(desk: Desk) -> None:
    asker = desk.member("Орлова")
    page = publish(desk, answered(desk, asker, consent="y"), answer="<p>Не в Орловской области</p>")
    assert page


def test_two_who_change_it_do_not_overwrite_each_other(desk: Desk, asker: Made) -> None:
    number = answered(desk, asker, consent="y")
    publish(desk, number)
    publish(desk, number, answer="<p>Второй вариант</p>")
    late = desk.login(desk.other).post(f"{desk.url}questions/{number}/publish", data=TEXT)
    assert late.status_code == 409


def test_search_while_asking_works_without_script(desk: Desk, asker: Made) -> None:
    publish(desk, answered(desk, asker, consent="y"))
    browser = desk.login(desk.member())
    found = browser.get(f"{desk.url}ask?q=дроби").text
    assert re.search(r'/answers/\d+">Как объяснить дроби', found)
    assert 'value="дроби"' in found
    nothing = browser.get(f"{desk.url}ask?q=логарифмы").text
    assert "На такое ещё не отвечали" in nothing


def test_titles_are_suggested_while_one_types(
    desk: Desk, asker: Made, fill_index: Callable[[], None]
) -> None:
    publish(desk, answered(desk, asker, consent="y"))
    fill_index()
    browser = desk.login(desk.member())
    asked = {"q": "объяснить дроби", "kind": "consultations.article", "in": "maths"}
    found = browser.get("/search/similar", query_string=asked).json
    assert [each["title"] for each in found or []] == ["Как объяснить дроби?"]


def test_the_history_tells_neither_drafts_nor_who_wrote_them(
    desk: Desk, asker: Made, client: FlaskClient
) -> None:
    number = answered(desk, asker)
    publish(desk, number, answer="<p>Черновик с тайной</p>")
    page = publish(desk, number)
    desk.login(asker).post(f"{desk.url}questions/{number}/consent", data={"agrees": "1"})
    publish(desk, number, answer="<p>Второй вариант</p>", version="2")
    assert "Второй вариант" in client.get(page).text
    history = f"/contents/{page.rsplit('/', 1)[1]}/history"
    told = desk.login(desk.member()).get(history).text
    assert "долей пирога" in told
    assert "Черновик с тайной" not in told
    assert "Тьюторова" not in told

"""Writing to people, reading, and what others see of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from core.api import Content, db
from core.testing.cast import Turned
from plugins.messages.tests.conftest import Scene


def test_one_writes_to_another_who_sees_it_on_every_page(scene: Scene) -> None:
    anna, boris = scene.anna, scene.boris
    found = scene.page(anna, "/messages/new?q=бори")
    assert "Борисова" in found
    sent = scene.of(anna).post(f"/messages/new?to={boris.id}", data={"body": "Когда урок?"})
    assert sent.status_code == 303
    assert scene.badge(boris) == 1
    assert "Когда урок?" in scene.page(boris, "/messages/?show=unread")
    thread = sent.headers["Location"].partition("#")[0]
    assert "Прочитано" not in scene.page(anna, thread)
    assert "Когда урок?" in scene.page(boris, thread)
    assert scene.badge(boris) == 0
    assert "Прочитано" in scene.page(anna, thread)
    assert "Когда урок?" not in scene.page(boris, "/messages/?show=unread")


def test_the_field_says_what_it_is_for(scene: Scene) -> None:
    thread = scene.write(scene.anna, scene.boris)
    for path in (f"/messages/{thread}", f"/messages/new?to={scene.vera.id}"):
        page = scene.of(scene.anna).get(path).text
        assert re.search(r'<label[^>]* for="body">Сообщение</label>', page)
        assert re.search(r'<textarea[^>]* placeholder="Сообщение"', page)


def test_two_people_have_one_conversation_whoever_begins(scene: Scene) -> None:
    first = scene.write(scene.anna, scene.boris)
    assert scene.write(scene.boris, scene.anna) == first
    group = scene.write(scene.anna, scene.boris, scene.vera, title="Совет")
    assert scene.write(scene.anna, scene.boris, scene.vera, title="Совет") != group


def test_a_form_that_is_sent_twice_is_one_message(scene: Scene) -> None:
    thread = scene.write(scene.anna, scene.boris)
    data = {"body": "Один раз", "submission": "same"}
    for _ in range(2):
        assert scene.of(scene.anna).post(f"/messages/{thread}", data=data).status_code == 303
    assert scene.page(scene.boris, f"/messages/{thread}").count("Один раз") == 1


def test_nothing_at_all_is_refused_and_a_file_alone_is_enough(scene: Scene) -> None:
    thread = scene.write(scene.anna, scene.boris)
    browser = scene.of(scene.anna)
    assert browser.post(f"/messages/{thread}", data={"body": "  "}).status_code == 400
    data = {"body": "", "files": (io.BytesIO(b"plan of the lesson"), "plan.txt")}
    assert browser.post(f"/messages/{thread}", data=data).status_code == 303
    page = scene.of(scene.boris).get(f"/messages/{thread}").text
    url = page[page.index("/files/") :].partition('"')[0]
    assert scene.of(scene.boris).get(url).status_code == 200
    for other in (scene.vera, scene.moderator, scene.cast.user(administrator=True)):
        assert scene.of(other).get(url).status_code == 404
    assert "plan.txt" in scene.page(scene.boris, f"/messages/{thread}")


def test_one_can_write_to_nobody_whom_one_does_not_know(scene: Scene) -> None:
    stranger = scene.stranger
    sent = scene.of(scene.anna).post(f"/messages/new?to={stranger.id}", data={"body": "Кто вы?"})
    assert sent.status_code == 400
    assert scene.badge(stranger) == 0
    assert "Чужая" not in scene.page(scene.anna, "/messages/new?q=чужая")


def test_the_page_of_a_person_and_the_list_of_people_lead_to_a_message(scene: Scene) -> None:
    way = f"/messages/new?to={scene.boris.id}"
    browser = scene.of(scene.anna)
    for page in (f"/people/{scene.boris.id}", "/c/maths/people"):
        assert f'href="{way}"' in browser.get(page).text
    assert f"/messages/new?to={scene.anna.id}" not in browser.get("/c/maths/people").text


def test_who_hides_what_they_read_does_not_see_what_others_read(scene: Scene) -> None:
    thread = scene.write(scene.anna, scene.boris)
    scene.page(scene.boris, f"/messages/{thread}")
    assert scene.of(scene.boris).post("/messages/settings", data={"sent": "1"}).status_code == 303
    assert "Прочитано" not in scene.page(scene.anna, f"/messages/{thread}")
    scene.answer(thread, scene.boris)
    scene.page(scene.anna, f"/messages/{thread}")
    assert "Прочитано" not in scene.page(scene.boris, f"/messages/{thread}")
    scene.of(scene.boris).post("/messages/settings", data={"shows_reading": "y"})
    assert "Прочитано" in scene.page(scene.boris, f"/messages/{thread}")


def test_the_inbox_is_searched_by_people_titles_and_words(scene: Scene) -> None:
    scene.write(scene.anna, scene.boris, text="Приёмная комиссия соберётся в среду")
    scene.write(scene.anna, scene.boris, scene.vera, title="Жюри конкурса", text="Готовы?")
    for asked, seen, other in (
        ("приемная", "Борисова", "Жюри"), ("жюри", "Жюри конкурса", "Приёмная"),
        ("верина", "Жюри конкурса", "Приёмная"),
    ):  # fmt: skip
        page = scene.page(scene.anna, f"/messages/?q={asked}")
        assert seen in page
        assert other not in page.partition("Архив")[2]
    assert "Жюри конкурса" in scene.page(scene.anna, "/messages/?show=groups")


def test_a_conversation_is_starred_muted_put_away_and_comes_back(scene: Scene) -> None:
    thread = scene.write(scene.anna, scene.boris, text="Первое")
    browser = scene.of(scene.boris)

    def turn(what: str, on: str = "1") -> None:
        asked = {"what": what, "on": on}
        assert browser.post(f"/messages/{thread}/arrange", data=asked).status_code == 303

    turn("starred")
    assert "Первое" in scene.page(scene.boris, "/messages/?show=starred")
    assert "Первое" not in scene.page(scene.anna, "/messages/?show=starred")
    scene.page(scene.boris, f"/messages/{thread}")
    turn("archived")
    assert "Первое" not in scene.page(scene.boris, "/messages/")
    scene.answer(thread, scene.anna, "Второе")
    assert "Второе" in scene.page(scene.boris, "/messages/")
    assert scene.badge(scene.boris) == 1
    scene.page(scene.boris, f"/messages/{thread}")
    turn("muted")
    scene.answer(thread, scene.anna, "Третье")
    assert scene.badge(scene.boris) == 0
    turn("unread")
    assert "Третье" in scene.page(scene.boris, "/messages/?show=unread")


def test_a_message_can_be_taken_back_by_its_author_alone(scene: Scene) -> None:
    thread = scene.write(scene.anna, scene.boris)
    message = scene.answer(thread, scene.anna, "Лишнее слово")
    assert scene.of(scene.boris).post(f"/messages/at/{message}/take-back").status_code == 403
    assert scene.of(scene.vera).post(f"/messages/at/{message}/take-back").status_code == 404
    assert scene.of(scene.anna).post(f"/messages/at/{message}/take-back").status_code == 303
    page = scene.page(scene.boris, f"/messages/{thread}")
    assert "Лишнее" not in page
    assert "Сообщение отозвано" in page
    assert "Лишнее" not in scene.page(scene.anna, "/messages/?q=лишнее").partition("Архив")[2]


def test_a_blocked_person_cannot_write_nor_add_to_a_group(scene: Scene) -> None:
    anna, boris = scene.anna, scene.boris
    thread = scene.write(anna, boris)
    scene.of(boris).post("/messages/block", data={"person": anna.id})
    refused = scene.of(anna).post(f"/messages/{thread}", data={"body": "Почему?"})
    assert refused.status_code == 403
    assert "Почему?" in refused.text
    group = f"/messages/new?to={boris.id}&to={scene.vera.id}"
    assert scene.of(anna).post(group, data={"body": "Все сюда"}).status_code == 403
    assert scene.of(boris).post(f"/messages/{thread}", data={"body": "Так"}).status_code == 403
    assert "Аннина" in scene.page(boris, "/messages/settings")
    scene.of(boris).post("/messages/unblock", data={"person": anna.id})
    assert scene.of(anna).post(f"/messages/{thread}", data={"body": "Ура"}).status_code == 303


def test_a_group_grows_gets_a_name_and_is_left(scene: Scene) -> None:
    anna, boris, vera = scene.anna, scene.boris, scene.vera
    late = scene.cast.member(scene.community, surname="Поздняя")
    thread = scene.write(anna, boris, vera, text="Начало")
    page = f"/messages/{thread}"
    assert scene.of(late).get(page).status_code == 404
    scene.of(boris).post(f"{page}/add", data={"person": late.id})
    assert "Начало" in scene.page(late, page)
    scene.of(anna).post(f"{page}/people", data={"title": "Педсовет"})
    assert "Педсовет" in scene.page(vera, "/messages/")
    assert scene.of(vera).post(f"{page}/leave").status_code == 303
    assert scene.of(vera).get(page).status_code == 404
    assert scene.badge(vera) == 0
    assert "Верина А." in scene.page(anna, page)


def test_when_the_last_one_has_left_nothing_is_left_of_a_group(scene: Scene) -> None:
    thread = scene.write(scene.anna, scene.boris, scene.vera, text="Ненадолго")
    for person in (scene.anna, scene.boris, scene.vera):
        assert scene.of(person).post(f"/messages/{thread}/leave").status_code == 303
    with scene.app.app_context():
        assert db.session.query(Content).count() == 0


def test_a_conversation_of_two_cannot_be_left_or_added_to(scene: Scene) -> None:
    thread = scene.write(scene.anna, scene.boris)
    browser = scene.of(scene.anna)
    assert browser.post(f"/messages/{thread}/leave").status_code == 400
    added = browser.post(f"/messages/{thread}/add", data={"person": scene.vera.id})
    assert added.status_code == 400
    assert scene.of(scene.vera).get(f"/messages/{thread}").status_code == 404


@pytest.mark.parametrize(
    "to", ["0", "-1", "abc", "99999999999999999999", "%00", "&to=" * 60, "²", "1e3"]
)
def test_rubbish_for_people_is_nobody(scene: Scene, to: str) -> None:
    page = f"/messages/new?to={to}"
    assert scene.of(scene.anna).get(page).status_code in (200, 404)
    assert scene.of(scene.anna).post(page, data={"body": "Эй"}).status_code in (200, 400, 404)


@pytest.mark.parametrize("path", ["/messages/99999999999999999999", "/messages/0", "/messages/7/x"])
def test_conversations_that_are_not_there_are_unknown(scene: Scene, path: str) -> None:
    assert scene.of(scene.anna).get(path).status_code == 404


def test_a_letter_comes_with_the_words_and_stops_when_one_wants(
    scene: Scene, clock: Turned, outbox: Callable[[], list[Any]], run_jobs: Callable[[], int]
) -> None:
    clock.set(clock.moment.replace(hour=9))
    scene.write(scene.anna, scene.boris, text="Захватите журнал")
    run_jobs()
    letters = outbox()
    assert len(letters) == 1
    assert "Захватите журнал" in str(letters[0].get_body(("plain",)).get_content())
    clock.turn(timedelta(hours=1))
    scene.of(scene.boris).post("/me/notices/settings", data=_all_on_the_page(scene))
    scene.write(scene.anna, scene.boris, text="Второе")
    run_jobs()
    assert len(outbox()) == 1
    assert scene.badge(scene.boris) == 1


def _all_on_the_page(scene: Scene) -> dict[str, str]:
    """The form of settings as it stands, but for messages."""
    page = scene.of(scene.boris).get("/me/notices/settings").text
    radios = re.findall(r"<input[^>]*type=\"radio\"[^>]*>", page)
    chosen = [one for one in radios if "checked" in one]
    values = {_said(one, "name"): _said(one, "value") for one in chosen}
    for name, options in re.findall(
        r"<select[^>]* name=\"(\w+)\"[^>]*>(.*?)</select>", page, re.DOTALL
    ):
        selected = re.search(r"<option selected value=\"(\w+)\"", options)
        values[name] = selected[1] if selected else ""
    return values | {"messages-message": "page"}


def _said(element: str, attribute: str) -> str:
    found = re.search(rf"{attribute}=\"([^\"]*)\"", element)
    return found[1] if found else ""

"""A conversation is its people's: nobody else sees it, whatever their role, wherever they look."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.testing.cast import Made
from plugins.messages.tests.conftest import Scene

SECRET = "Сокровенная переписка о зарплате"


@pytest.fixture
def administrator(scene: Scene) -> Made:
    return scene.cast.user("Админова", administrator=True)


def test_no_role_opens_a_conversation(scene: Scene, administrator: Made) -> None:
    thread = scene.write(scene.anna, scene.boris, text=SECRET)
    message = scene.answer(thread, scene.boris, SECRET)
    pages = (
        f"/messages/{thread}", f"/messages/{thread}/people", f"/messages/at/{message}/report",
        f"/contents/{message}", f"/contents/{thread}", f"/contents/{message}/history",
        f"/contents/{message}/comments",
    )  # fmt: skip
    for person in (scene.vera, scene.moderator, scene.stranger, administrator):
        for page in pages:
            assert scene.of(person).get(page).status_code == 404, page
        sent = scene.of(person).post(f"/messages/{thread}", data={"body": "Я тут"})
        assert sent.status_code == 404
        assert scene.of(person).post(f"/contents/{message}/hide").status_code in (403, 404)


def test_no_role_finds_its_words(
    scene: Scene, administrator: Made, fill_index: Callable[[], None]
) -> None:
    scene.write(scene.anna, scene.boris, scene.vera, text=SECRET, title="Зарплата")
    fill_index()
    for word in ("сокровенная", "зарплата"):
        assert "Зарплата" in scene.page(scene.boris, f"/search?q={word}")
        for person in (scene.moderator, scene.stranger, administrator):
            page = scene.page(person, f"/search?q={word}")
            assert "Сокровенная" not in page
            assert "Зарплата" not in page
            assert "[]" in scene.of(person).get(f"/search/suggest?q={word}").text


def test_the_log_and_the_copies_of_others_say_nothing_of_it(
    scene: Scene, administrator: Made
) -> None:
    thread = scene.write(scene.anna, scene.boris, text=SECRET)
    scene.answer(thread, scene.boris, "Ответ о зарплате")
    scene.deliver()
    log = scene.page(administrator, "/admin/log")
    assert "Сокровенная" not in log
    own = scene.of(scene.anna).post("/me/data/copy").text
    assert SECRET in own
    assert "Ответ о зарплате" not in own
    assert SECRET not in scene.of(administrator).post("/me/data/copy").text


def test_guests_are_asked_to_sign_in_whether_there_is_anything_or_not(scene: Scene) -> None:
    thread = scene.write(scene.anna, scene.boris)
    guest = scene.app.test_client()
    for page in (f"/messages/{thread}", "/messages/99999", "/messages/", "/messages/new"):
        answer = guest.get(page)
        assert answer.status_code == 302
        assert "/sign-in" in answer.headers["Location"]


def test_when_somebody_is_forgotten_the_other_side_can_still_read(scene: Scene) -> None:
    thread = scene.write(scene.anna, scene.boris, text="Останется")
    form = {"current_password": scene.anna.password, "sure": "y"}
    gone = scene.of(scene.anna).post("/me/data", data=form)
    assert gone.status_code == 303
    page = scene.page(scene.boris, f"/messages/{thread}")
    assert "Останется" in page
    assert "Аннина" not in page
    assert "Бывший участник" in page
    sent = scene.of(scene.boris).post(f"/messages/{thread}", data={"body": "Есть кто?"})
    assert sent.status_code == 403

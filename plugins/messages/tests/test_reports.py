"""A message is shown to those who moderate; they decide, and whoever reported it is told."""

from __future__ import annotations

import re

from core.testing.cast import Made
from plugins.messages.tests.conftest import Scene

RUDE = "Хватит меня учить"


def reported(scene: Scene, place: int | None = None) -> tuple[int, int, str]:
    """Anna reports what Boris wrote; the conversation, the message, and the report's address."""
    thread = scene.write(scene.anna, scene.boris, text="Можно вопрос?")
    message = scene.answer(thread, scene.boris, RUDE)
    where = scene.community.id if place is None else place
    form = {"reason": "insult", "place": str(where), "note": "Грубость"}
    sent = scene.of(scene.anna).post(f"/messages/at/{message}/report", data=form)
    assert sent.status_code == 303
    page = scene.of(scene.anna).get("/messages/reports").text
    found = re.search(r'href="(/messages/reports/\d+)"', page)
    assert found is not None
    return thread, message, found[1]


def bell(scene: Scene, person: Made) -> str:
    scene.deliver()
    return scene.page(person, "/me/notices")


def test_moderators_of_the_community_see_one_message_and_hide_it(scene: Scene) -> None:
    thread, _message, url = reported(scene)
    assert "Жалоба" in bell(scene, scene.moderator)
    shown = scene.page(scene.moderator, url)
    assert RUDE in shown
    assert "Можно вопрос?" not in shown
    decision = {"decision": "hide", "answer": "Так нельзя"}
    assert scene.of(scene.moderator).post(url, data=decision).status_code == 303
    page = scene.page(scene.anna, f"/messages/{thread}")
    assert RUDE not in page
    assert "Скрыто модератором" in page
    assert "Так нельзя" in scene.page(scene.boris, f"/messages/{thread}")
    assert "рассмотрена" in bell(scene, scene.anna)
    assert "Так нельзя" in scene.page(scene.anna, url)
    again = scene.of(scene.moderator).post(url, data=decision)
    assert again.status_code == 409


def test_a_report_is_nobody_elses(scene: Scene) -> None:
    _thread, _message, url = reported(scene)
    administrator = scene.cast.user(administrator=True)
    for person in (scene.boris, scene.vera, scene.stranger):
        assert scene.of(person).get(url).status_code == 404
        assert scene.of(person).post(url, data={"decision": "keep"}).status_code == 404
    assert scene.of(scene.anna).post(url, data={"decision": "keep"}).status_code in (403, 404)
    assert scene.of(scene.vera).get("/c/maths/messages/reports").status_code == 403
    # The administrator of the site leads every community, this one too.
    assert scene.of(administrator).get(url).status_code == 200


def test_what_goes_to_the_site_is_decided_by_its_administrators(scene: Scene) -> None:
    _thread, _message, url = reported(scene, place=0)
    administrator = scene.cast.user(administrator=True)
    assert scene.of(scene.moderator).get(url).status_code == 404
    assert RUDE in scene.page(administrator, url)
    assert "Оскорбление" in scene.page(administrator, "/messages/reports")
    decided = scene.of(administrator).post(url, data={"decision": "keep", "answer": "Спорно"})
    assert decided.status_code == 303
    assert "Нарушения нет" in scene.page(scene.anna, url)


def test_whoever_moderates_does_not_find_a_report_about_themself(scene: Scene) -> None:
    thread = scene.write(scene.anna, scene.moderator, text="Можно вопрос?")
    message = scene.answer(thread, scene.moderator, RUDE)
    form = {"reason": "insult", "place": str(scene.community.id)}
    sent = scene.of(scene.anna).post(f"/messages/at/{message}/report", data=form)
    assert sent.status_code == 303
    page = scene.of(scene.moderator).get("/c/maths/messages/reports")
    assert page.status_code == 200
    assert "/messages/reports/" not in page.text


def test_the_same_message_is_reported_once(scene: Scene) -> None:
    _thread, message, _url = reported(scene)
    form = {"reason": "threat", "place": "0", "block": "y"}
    scene.of(scene.anna).post(f"/messages/at/{message}/report", data=form)
    page = scene.of(scene.anna).get("/messages/reports").text
    assert len(re.findall(r'href="/messages/reports/\d+"', page)) == 1
    assert "Борисова" in scene.page(scene.anna, "/messages/settings")


def test_nobody_reports_their_own_message_or_one_they_cannot_see(scene: Scene) -> None:
    thread = scene.write(scene.anna, scene.boris)
    message = scene.answer(thread, scene.boris)
    own = scene.of(scene.boris).get(f"/messages/at/{message}/report")
    assert own.status_code == 303
    assert scene.of(scene.vera).get(f"/messages/at/{message}/report").status_code == 404
    wrong = {"reason": "x" * 5000, "place": "-7", "note": "\x00"}
    sent = scene.of(scene.anna).post(f"/messages/at/{message}/report", data=wrong)
    assert sent.status_code == 400

"""A message is shown to those who moderate; they decide, and whoever reported it is told."""

from __future__ import annotations

import re

from sqlalchemy import text

from core.api import db
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
    return thread, message, own_reports(scene, scene.anna)[0]


def own_reports(scene: Scene, person: Made) -> list[str]:
    """The addresses of what somebody has reported."""
    page = scene.of(person).get("/messages/reports").text
    return re.findall(r'href="(/messages/reports/\d+)"', page)


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
    assert_learns_nothing(scene, scene.moderator, own_reports(scene, scene.anna)[0])


def assert_learns_nothing(scene: Scene, accused: Made, url: str) -> None:
    """Neither by a notice nor a letter nor at any address of the report."""
    told = bell(scene, accused)
    assert "Жалоба" not in told
    assert "/messages/reports/" not in scene.of(accused).get("/me/notices").text
    number = url.rpartition("/")[2]
    for page in (url, f"/contents/{number}", f"/contents/{number}/history"):
        assert scene.of(accused).get(page).status_code == 404, page
    with scene.app.app_context():
        for table in ("notices", "content_readers"):
            query = text(f"SELECT count(*) FROM {table} WHERE user_id = :who AND content_id = :n")
            assert db.session.scalar(query, {"who": accused.id, "n": int(number)}) == 0


def test_of_a_report_about_a_moderator_the_other_moderators_learn(scene: Scene) -> None:
    other = scene.cast.staff(scene.community)
    thread = scene.write(scene.anna, scene.moderator, text="Можно вопрос?")
    message = scene.answer(thread, scene.moderator, RUDE)
    form = {"reason": "insult", "place": str(scene.community.id)}
    scene.of(scene.anna).post(f"/messages/at/{message}/report", data=form)
    [url] = own_reports(scene, scene.anna)
    assert "Жалоба" in bell(scene, other)
    assert RUDE in scene.page(other, url)
    assert_learns_nothing(scene, scene.moderator, url)


def test_the_same_message_is_reported_once(scene: Scene) -> None:
    _thread, message, _url = reported(scene)
    form = {"reason": "threat", "place": "0", "block": "y"}
    scene.of(scene.anna).post(f"/messages/at/{message}/report", data=form)
    assert len(own_reports(scene, scene.anna)) == 1
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

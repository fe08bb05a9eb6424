"""Before a public dispute one asks the author in private; what came of it is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest

from core.testing.cast import Made, Turned
from plugins.messages.tests.conftest import Scene


@dataclass
class Dispute:
    """Boris said something in a discussion of the community; Anna does not agree."""

    scene: Scene
    topic: str
    about: int

    def ask(self, text: str = "Что вы имели в виду?") -> int:
        url = f"/messages/clarify?about={self.about}"
        sent = self.scene.of(self.scene.anna).post(url, data={"body": text})
        assert sent.status_code == 303
        return int(sent.headers["Location"].partition("#")[0].rpartition("/")[2])

    def ends(self, person: Made, thread: int, outcome: str) -> int:
        data = {"outcome": outcome}
        return self.scene.of(person).post(f"/messages/{thread}/outcome", data=data).status_code


@pytest.fixture
def dispute(scene: Scene) -> Dispute:
    """The forum stands for whatever plugin people speak in."""
    forum = f"/c/maths/forum/{scene.cast.activity(scene.community, 'forum').id}/"
    boris = scene.of(scene.boris)
    section = re.search(r'<option[^>]* value="(\d+)"', boris.get(f"{forum}new").text)
    assert section is not None
    data = {"title": "Показатели школ", "body": "Школа тянет вниз", "section": section[1]}
    topic = boris.post(f"{forum}new", data=data).headers["Location"]
    found = re.search(r"/messages/clarify\?about=(\d+)", scene.of(scene.anna).get(topic).text)
    assert found is not None
    assert "/messages/clarify" not in boris.get(topic).text
    return Dispute(scene, topic, int(found[1]))


def test_one_asks_the_author_in_private_and_is_led_there_again(dispute: Dispute) -> None:
    scene = dispute.scene
    thread = dispute.ask()
    again = scene.of(scene.anna).get(f"/messages/clarify?about={dispute.about}")
    assert again.headers["Location"].endswith(f"/messages/{thread}")
    assert dispute.ask("И ещё") == thread
    page = scene.page(scene.boris, f"/messages/{thread}")
    assert "Показатели школ" in page
    assert "Что вы имели в виду?" in page
    assert "Показатели школ" in scene.page(scene.boris, "/messages/?show=clarifications")
    assert scene.of(scene.vera).get(f"/messages/{thread}").status_code == 404
    assert scene.of(scene.moderator).get(f"/messages/{thread}").status_code == 404


def test_it_is_settled_and_opened_again(dispute: Dispute) -> None:
    scene, thread = dispute.scene, dispute.ask()
    assert dispute.ends(scene.boris, thread, "settled") == 303
    assert "Улажено между собой" in scene.page(scene.anna, f"/messages/{thread}")
    assert "улажено" in scene.page(scene.anna, "/messages/?show=clarifications")
    assert dispute.ends(scene.anna, thread, "settled") == 409
    assert dispute.ends(scene.anna, thread, "open") == 303
    assert "Снова не решено" in scene.page(scene.boris, f"/messages/{thread}")


def test_the_public_way_opens_with_an_answer(dispute: Dispute) -> None:
    scene, thread = dispute.scene, dispute.ask()
    assert "Вынести на обсуждение" not in scene.page(scene.anna, f"/messages/{thread}").replace(
        "Вынести на обсуждение можно будет", ""
    )
    assert dispute.ends(scene.anna, thread, "public") == 403
    scene.answer(thread, scene.boris, "Я имел в виду отчёт")
    assert dispute.ends(scene.anna, thread, "public") == 303
    assert "Вынесено на открытое" in scene.page(scene.boris, f"/messages/{thread}")


def test_the_public_way_opens_after_some_days_without_an_answer(
    dispute: Dispute, clock: Turned
) -> None:
    scene, thread = dispute.scene, dispute.ask()
    clock.turn(timedelta(days=2))
    assert dispute.ends(scene.anna, thread, "public") == 403
    clock.turn(timedelta(days=1, minutes=1))
    assert dispute.ends(scene.anna, thread, "public") == 303


def test_a_moderator_is_called_and_sees_what_was_shown(dispute: Dispute) -> None:
    scene, thread = dispute.scene, dispute.ask("Вы солгали")
    form = {"reason": "slander", "note": "Прошу помочь", "show": "y"}
    called = scene.of(scene.anna).post(f"/messages/{thread}/moderator", data=form)
    assert called.status_code == 303
    page = scene.of(scene.moderator).get("/c/maths/messages/reports").text
    report = re.search(r'href="(/messages/reports/\d+)"', page)
    assert report is not None
    shown = scene.page(scene.moderator, report[1])
    assert "Прошу помочь" in shown
    assert "Вы солгали" in shown
    assert scene.of(scene.moderator).get(f"/messages/{thread}").status_code == 404
    assert scene.of(scene.vera).get(report[1]).status_code == 404
    assert dispute.ends(scene.anna, thread, "open") == 409


def test_an_author_who_moderates_learns_nothing_of_a_report_on_them(dispute: Dispute) -> None:
    scene, thread = dispute.scene, dispute.ask("Вы солгали")
    scene.cast.appoint(scene.boris, scene.community, "moderator")
    form = {"reason": "slander", "note": "Прошу помочь", "show": "y"}
    scene.of(scene.anna).post(f"/messages/{thread}/moderator", data=form)
    scene.deliver()
    assert "Жалоба" in scene.page(scene.moderator, "/me/notices")
    assert "Жалоба" not in scene.page(scene.boris, "/me/notices")
    [url] = re.findall(
        r'href="(/messages/reports/\d+)"', scene.of(scene.anna).get("/messages/reports").text
    )
    assert scene.of(scene.boris).get(url).status_code == 404
    assert scene.of(scene.boris).get(f"/contents/{url.rpartition('/')[2]}").status_code == 404


def test_without_being_shown_the_conversation_stays_private(dispute: Dispute) -> None:
    scene, thread = dispute.scene, dispute.ask("Наедине")
    form = {"reason": "insult", "note": "Помогите"}
    scene.of(scene.anna).post(f"/messages/{thread}/moderator", data=form)
    page = scene.of(scene.moderator).get("/c/maths/messages/reports").text
    report = re.search(r'href="(/messages/reports/\d+)"', page)
    assert report is not None
    assert "Наедине" not in scene.page(scene.moderator, report[1])


def test_what_was_sent_elsewhere_is_refused_with_what_was_typed(dispute: Dispute) -> None:
    scene, data = dispute.scene, {"body": "Один раз", "submission": "same"}
    anna, url = scene.of(scene.anna), f"/messages/clarify?about={dispute.about}"
    comment = f"/contents/{dispute.about}/comments"
    assert anna.post(comment, data=data).status_code == 303
    thread = scene.write(scene.anna, scene.vera)
    for page in (url, f"/messages/{thread}", f"/messages/new?to={scene.boris.id}"):
        refused = anna.post(page, data=data)
        assert refused.status_code == 400, page
        assert "уже отправлено в другом месте" in refused.text
        assert "Один раз" in refused.text
    assert anna.post(f"/messages/{thread}", data=data | {"submission": "new"}).status_code == 303
    assert anna.post(url, data=data | {"submission": "new"}).status_code == 400
    for _ in range(2):
        assert anna.post(url, data=data | {"submission": "own"}).status_code == 303


@pytest.mark.parametrize("about", ["", "0", "x", "99999999999999999999", "%00"])
def test_rubbish_for_a_post_leads_nowhere(scene: Scene, about: str) -> None:
    answer = scene.of(scene.anna).get(f"/messages/clarify?about={about}")
    assert answer.status_code in (303, 404)


def test_posts_of_places_one_cannot_see_cannot_be_asked_about(dispute: Dispute) -> None:
    url = f"/messages/clarify?about={dispute.about}"
    assert dispute.scene.of(dispute.scene.stranger).get(url).status_code == 404

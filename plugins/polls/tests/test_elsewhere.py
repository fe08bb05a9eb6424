"""Polls that are answered by a link, and polls on the pages of others."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.api import Community, User, create_activity, db
from core.testing.switches import switch_plugin
from plugins.polls.editing import Draft
from plugins.polls.models import Ballot, Place, Poll
from plugins.polls.tests.conftest import Stage, text_of

TOKEN = "a-link-that-nobody-guesses"


@pytest.fixture
def link(stage: Stage) -> int:
    poll = stage.poll("За", "Против", results="answered")
    stage.change(poll, audience="link", token=TOKEN, electorate=None)
    return poll


def test_a_stranger_answers_by_the_link_once(stage: Stage, link: int, client: FlaskClient) -> None:
    page = client.get(f"/polls/by/{TOKEN}")
    assert page.status_code == 200
    item = stage.structure(link).items[0]
    assert "100 %" not in text_of(page)
    for place in (0, 1):
        sent = client.post(f"/polls/by/{TOKEN}", data={item.name: item.choices[place].id})
        assert sent.status_code == 303
    assert "За 1 100 %" in text_of(client.get(f"/polls/by/{TOKEN}"))
    assert stage.read(Poll, "answer_count", activity_id=link) == [(1,)]
    other = stage.app.test_client()
    other.get(f"/polls/by/{TOKEN}")
    other.post(f"/polls/by/{TOKEN}", data={item.name: item.choices[1].id})
    assert len(stage.read(Ballot, "id")) == 2


def test_a_link_that_is_wrong_renewed_or_switched_off_leads_nowhere(
    stage: Stage, link: int, client: FlaskClient, as_coordinator: FlaskClient
) -> None:
    for token in ("x", "\x00", "%27", "я" * 50):
        assert client.get(f"/polls/by/{token}").status_code in (400, 404)
    assert as_coordinator.post(stage.url(link, "run/link")).status_code == 303
    assert client.get(f"/polls/by/{TOKEN}").status_code == 400
    stage.change(link, token=TOKEN)
    switch_plugin(stage.app, "polls", stage.community.id, False)
    assert client.get(f"/polls/by/{TOKEN}").status_code == 400


def test_the_page_of_a_poll_sends_a_guest_to_the_link_and_does_not_tell_it(
    stage: Stage, link: int, client: FlaskClient, as_member: FlaskClient
) -> None:
    page = client.get(stage.url(link))
    assert "Откройте ссылку, которую вам прислали" in text_of(page)
    assert "Проголосовать" not in text_of(page)
    assert TOKEN not in page.text
    assert "Проголосовать" in text_of(as_member.get(stage.url(link)))
    client.get(f"/polls/by/{TOKEN}")
    assert "Проголосовать" in text_of(client.get(f"/polls/by/{TOKEN}"))


def test_what_a_stranger_has_begun_is_kept_for_their_browser(
    stage: Stage, client: FlaskClient
) -> None:
    poll = stage.questionnaire(
        [Draft(kind="short", text="Слово"), Draft(kind="short", text="Ещё", required=False)]
    )
    stage.change(poll, audience="link", token=TOKEN, electorate=None)
    client.get(f"/polls/by/{TOKEN}")
    item = stage.structure(poll).items[0]
    kept = client.post(f"/polls/by/{TOKEN}/keep", data={item.name: "Полсло"})
    assert kept.status_code == 204
    assert 'value="Полсло"' in client.get(f"/polls/by/{TOKEN}").text
    assert "Полсло" not in stage.app.test_client().get(f"/polls/by/{TOKEN}").text


def test_a_secret_poll_by_a_link_keeps_no_ballot_with_its_browser(
    stage: Stage, client: FlaskClient, clock: Any
) -> None:
    poll = stage.poll(activity={"closes_at": clock.moment + timedelta(days=1)})
    stage.change(poll, audience="link", token=TOKEN, electorate=None, privacy="secret",
                 results="closed")  # fmt: skip
    item = stage.structure(poll).items[0]
    client.get(f"/polls/by/{TOKEN}")
    for _ in range(2):
        client.post(f"/polls/by/{TOKEN}", data={item.name: item.choices[0].id})
    assert stage.read(Poll, "answer_count", activity_id=poll) == [(1,)]
    assert stage.read(Ballot, "id") == []


@pytest.fixture
def page(stage: Stage, app: Any) -> tuple[int, str]:
    """A page of somebody else's that is about one content: a discussion."""
    with app.app_context():
        user = db.session.get_one(User, stage.members[0].id)
        place = db.session.get_one(Community, stage.community.id)
        forum = create_activity(user, place, "forum", "forum", "Форум")
        forum_id = forum.id
    browser = stage.cast.browser(stage.members[0])
    address = f"/c/maths/forum/{forum_id}/new"
    section = re.findall(r'<option[^>]*value="(\d+)"', browser.get(address).text)[0]
    sent = browser.post(
        address, data={"title": "Когда встретимся?", "body": "Предлагайте.", "section": section}
    )
    assert sent.status_code == 303
    return int(sent.location.rstrip("/").split("/")[-1]), sent.location


def test_a_poll_stands_in_a_discussion_that_knows_nothing_of_polls(
    stage: Stage, page: tuple[int, str], as_member: FlaskClient, as_coordinator: FlaskClient
) -> None:
    topic, address = page
    assert "Поставить сюда опрос" in as_coordinator.get(address).text
    assert "Поставить сюда опрос" not in as_member.get(address).text
    made = as_coordinator.post(
        "/c/maths/polls/new",
        data={
            "place": topic, "title": "В какой день?", "options": "Вторник\nЧетверг", "kind": "one",
            "ends": "week", "state": "published", "audience": "members", "privacy": "unnamed",
            "results": "answered",
        },
    )  # fmt: skip
    assert made.status_code == 303
    ((poll,),) = stage.read(Place, "activity_id", content_id=topic)
    shown = as_member.get(address)
    assert "В какой день?" in shown.text
    item = stage.structure(poll).items[0]
    sent = as_member.post(
        stage.url(poll, "answer"), data={item.name: item.choices[1].id, "place": topic}
    )
    back = as_member.get(sent.location, follow_redirects=True)
    assert "Четверг 1 100 %" in text_of(back)
    assert "Когда встретимся?" in back.text
    gone = as_coordinator.post(f"/c/maths/polls/place/{topic}/remove", data={"poll": poll})
    assert gone.status_code == 303
    assert "В какой день?" not in text_of(as_member.get(address)).split("Опросы")[0]


def test_a_place_of_another_community_takes_no_poll(
    stage: Stage, page: tuple[int, str], as_coordinator: FlaskClient
) -> None:
    topic, _address = page
    other = stage.cast.community("physics", coordinator=stage.coordinator, visibility="public")
    assert as_coordinator.get(f"/c/{other.slug}/polls/place/{topic}").status_code == 404
    poll = stage.poll()
    sent = as_coordinator.post(f"/c/{other.slug}/polls/place/{topic}", data={"poll": poll})
    assert sent.status_code == 404


def test_an_existing_poll_is_put_and_three_are_enough(
    stage: Stage, page: tuple[int, str], as_coordinator: FlaskClient
) -> None:
    topic, _address = page
    polls = [stage.poll() for _ in range(4)]
    for poll in (*polls[:3], polls[0]):
        sent = as_coordinator.post(f"/c/maths/polls/place/{topic}", data={"poll": poll})
        assert sent.status_code == 303
    more = as_coordinator.post(f"/c/maths/polls/place/{topic}", data={"poll": polls[3]})
    assert more.status_code == 400
    assert len(stage.read(Place, "activity_id", content_id=topic)) == 3

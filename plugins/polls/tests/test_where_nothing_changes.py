"""Polls where nothing may be written: the community has ended, or its new rules wait."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.api import Community
from core.testing.cast import Turned
from plugins.polls import running
from plugins.polls.editing import Draft
from plugins.polls.models import Answer, Ballot, Unfinished
from plugins.polls.tests.conftest import Stage, text_of
from plugins.polls.tests.test_running import notices

TOKEN = "a-link-that-nobody-guesses"
ENDED, RULES = "Сообщество завершило работу", "У сообщества новые правила"


def end(stage: Stage) -> None:
    stage.cast._change(Community, stage.community.id, {"state": "liquidated"})


def renew_rules(stage: Stage) -> None:
    stage.cast._change(Community, stage.community.id, {"charter_version": 1})


@pytest.mark.parametrize(("shut", "sentence"), [(end, ENDED), (renew_rules, RULES)])
def test_nobody_answers_or_changes_an_answer(
    stage: Stage, as_member: FlaskClient, login: Any, shut: Any, sentence: str
) -> None:
    poll = stage.poll(changeable=True)
    other = login(stage.members[1])
    item = stage.structure(poll).items[0]
    yes, no = ({item.name: choice.id} for choice in item.choices)
    as_member.post(stage.url(poll, "answer"), data=yes)
    shut(stage)
    for browser in (as_member, other):
        refused = browser.post(stage.url(poll, "answer"), data=no)
        assert refused.status_code == 403
        assert sentence in text_of(refused)
    assert stage.read(Answer, "option_id") == [(item.choices[0].id,)]
    invited = other.get(stage.url(poll))
    assert sentence in text_of(invited)
    assert "Проголосовать" not in text_of(invited)
    assert "Изменить ответ" not in text_of(as_member.get(stage.url(poll)))
    assert "вы ещё не ответили" not in text_of(other.get("/c/maths/")) or shut is renew_rules


def test_no_end_is_promised_where_it_is_over_already(
    stage: Stage, as_member: FlaskClient, clock: Turned
) -> None:
    poll = stage.poll(activity={"closes_at": clock.now() + timedelta(days=2)})
    pages = (stage.url(poll), "/c/maths/")
    before = [text_of(as_member.get(page)) for page in pages]
    assert "Открыт до" in before[0]
    assert all("закроется " in page for page in before)
    end(stage)
    for page in pages:
        after = text_of(as_member.get(page))
        assert "закроется " not in after
        assert "Открыт до" not in after
        assert "В мой календарь" not in after


@pytest.mark.parametrize(("shut", "sentence"), [(end, ENDED), (renew_rules, RULES)])
def test_nothing_is_kept_of_a_questionnaire_either(
    stage: Stage, as_member: FlaskClient, shut: Any, sentence: str
) -> None:
    poll = stage.questionnaire(
        [Draft(kind="short", text="Слово")], [Draft(kind="short", text="Ещё")]
    )
    item = stage.structure(poll).items[0]
    page = f"pages/{stage.structure(poll).parts[0].id}"
    shut(stage)
    for address in (page, f"{page}/keep", "begin-again"):
        refused = as_member.post(stage.url(poll, address), data={item.name: "Слово"})
        assert refused.status_code == 403
        assert sentence in text_of(refused)
    assert as_member.get(stage.url(poll, page)).status_code == 303
    assert stage.read(Unfinished, "id") == []


def test_who_accepts_the_new_rules_goes_on(stage: Stage, as_member: FlaskClient) -> None:
    poll = stage.poll()
    item = stage.structure(poll).items[0]
    renew_rules(stage)
    assert 'href="/c/maths/charter"' in as_member.get(stage.url(poll)).text.split("poll-state")[1]
    as_member.post("/c/maths/charter", data={"version": "1"})
    sent = as_member.post(stage.url(poll, "answer"), data={item.name: item.choices[0].id})
    assert sent.status_code == 303


def test_a_link_into_a_community_that_has_ended_says_so(stage: Stage, client: FlaskClient) -> None:
    poll = stage.poll()
    stage.change(poll, audience="link", token=TOKEN, electorate=None)
    item = stage.structure(poll).items[0]
    end(stage)
    for answer in (
        client.get(f"/polls/by/{TOKEN}"),
        client.post(f"/polls/by/{TOKEN}", data={item.name: item.choices[0].id}),
    ):
        assert answer.status_code == 403
        assert "завершило работу, ответить уже нельзя" in text_of(answer)
    assert stage.read(Ballot, "id") == []


def test_nobody_is_reminded_of_a_poll_that_takes_no_answers(stage: Stage, clock: Any) -> None:
    ends = clock.moment + running.REMINDED
    poll = stage.poll(activity={"closes_at": ends})
    end(stage)
    with stage.app.app_context():
        running.remind_now(poll)
    assert notices(stage, "polls.reminder") == set()

"""In a community that has ended, or in the archive: a workshop is read, and calls nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from core.api import Activity, Community
from plugins.workshops.tests.conftest import K, Studio, work_form

ENDED, ARCHIVED = "Сообщество завершило работу", "Это уже в архиве"
Close = Callable[[Studio], str]


def end(studio: Studio) -> str:
    studio.cast._change(Community, studio.community.id, {"state": "liquidated"})
    return ENDED


def archive(studio: Studio) -> str:
    studio.cast._change(Activity, studio.activity.id, {"state": "archived"})
    return ARCHIVED


@pytest.mark.parametrize("close", [end, archive])
def test_it_is_nobodys_turn_any_more(studio: Studio, close: Close) -> None:
    [person] = studio.seated(1)
    studio.go(K.PRACTICE)
    other = studio.login(studio.member())
    participant, master = studio.login(person), studio.login(studio.master)
    assert "Ваш ход" in participant.get(studio.url).text
    reason = close(studio)
    for browser in (participant, master, other):
        page = browser.get(studio.url).text
        assert reason in page
        for words in (
            "Ваш ход", "Сейчас:", "Попросить ещё времени", "Отказаться от места", "Записаться",
            "Этапы и сроки", "Задание и правила",
        ):  # fmt: skip
            assert words not in page


@pytest.mark.parametrize("close", [end, archive])
def test_no_work_is_handed_in_and_no_stage_begun(studio: Studio, close: Close) -> None:
    [person] = studio.seated(1)
    studio.go(K.PRACTICE)
    reason = close(studio)
    for answer in (
        studio.login(person).post(f"{studio.url}work", data=work_form()),
        studio.login(person).post(f"{studio.url}places/leave"),
        studio.login(studio.master).post(f"{studio.url}stages/go", data={"kind": "review"}),
    ):
        assert answer.status_code == 403
        assert reason in answer.text


def test_a_consent_is_taken_back_even_there_but_none_is_given(studio: Studio) -> None:
    [person] = studio.seated(1)
    studio.go(K.PRACTICE)
    browser = studio.hand_in(person)
    end(studio)
    consent = f"{studio.url}work/consent"
    assert browser.post(consent, data={"agreed": "1"}).status_code == 403
    assert browser.post(consent, data={"agreed": "0"}).status_code == 303

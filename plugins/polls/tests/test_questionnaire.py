"""Questionnaires: every kind of question, pages, conditions, kept half-way, the editor."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.api import Activity, User, db
from plugins.polls import voting
from plugins.polls.ballots import answers_in
from plugins.polls.editing import Draft
from plugins.polls.filling import Incomplete
from plugins.polls.models import Answer, Ballot, Question, Unfinished
from plugins.polls.structure import structure_of
from plugins.polls.tests.conftest import Stage, text_of

ALL = (
    Draft(kind="one", text="Один", options=("А", "Б")),
    Draft(kind="many", text="Несколько", options=("А", "Б", "В"), limits={"most": 2}),
    Draft(kind="ranked", text="Порядок", options=("А", "Б", "В")),
    Draft(kind="scale", text="Шкала", limits={"from": 0, "to": 10}),
    Draft(kind="matrix", text="Таблица", options=("плохо", "хорошо"), rows=("Форум", "Чат")),
    Draft(kind="number", text="Число", limits={"from": 0, "to": 100}),
    Draft(kind="date", text="Дата"),
    Draft(kind="short", text="Слово"),
    Draft(kind="long", text="Текст"),
)


def fields(stage: Stage, poll: int, **given: Any) -> dict[str, Any]:
    """What a form with every kind of question sends; ``given`` in place of it, by kind."""
    sent: dict[str, Any] = {}
    for item in stage.structure(poll).items:
        ids = [choice.id for choice in item.choices]
        match item.kind:
            case "one":
                sent[item.name] = ids[0]
            case "many":
                sent[item.name] = ids[:2]
            case "ranked":
                sent |= {f"{item.name}-{number}": place for place, number in enumerate(ids, 1)}
            case "scale":
                sent[item.name] = "7"
            case "matrix":
                sent |= {f"{item.name}-{row.id}": ids[1] for row in item.rows}
            case "number":
                sent[item.name] = "3,5"
            case "date":
                sent[item.name] = "24.11.2026"
            case _:
                sent[item.name] = "Слова\nи слова" if item.kind == "long" else "Слова"
        if item.kind in given:
            sent[item.name] = given[item.kind]
    return sent


def test_every_kind_is_answered_shown_and_read_again(stage: Stage, as_member: FlaskClient) -> None:
    poll = stage.questionnaire(ALL, changeable=True, results="always")
    page = as_member.get(stage.url(poll))
    assert all(draft.text in page.text for draft in ALL)
    assert as_member.post(stage.url(poll, "answer"), data=fields(stage, poll)).status_code == 303
    words = text_of(as_member.get(stage.url(poll, "results")))
    for said in ("Среднее: 3,5", "24.11.2026 1", "3 балла", "Слова и слова", "хорошо Форум 0"):
        assert said in words
    again = as_member.get(stage.url(poll, "?change=1")).text
    assert 'value="3,5"' in again
    assert "Слова\nи слова</textarea>" in again
    with stage.app.app_context():
        ((ballot,),) = stage.read(Ballot, "id")
        values = answers_in(structure_of(poll), ballot)
    assert len(values) == len(ALL)


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("number", "много", "Укажите число"),
        ("number", "101", "Укажите 100 или меньше"),
        ("number", "1e400", "Укажите число"),
        ("number", "nan", "Укажите число"),
        ("date", "31.02.2026", "Укажите дату"),
        ("date", "0001-01-01", "Укажите дату"),
        ("scale", "11", "Выберите ступень"),
        ("scale", "-1", "Выберите ступень"),
        ("short", "я" * 301, "не больше 300 знаков"),
        ("long", "я" * 5001, "не больше 5000 знаков"),
        ("one", "", "Ответьте, пожалуйста"),
        ("long", " \n ", "Ответьте, пожалуйста"),
    ],
)
def test_what_cannot_be_taken_is_said_and_the_rest_kept(
    stage: Stage, as_member: FlaskClient, kind: str, value: str, sentence: str
) -> None:
    poll = stage.questionnaire(ALL)
    page = as_member.post(stage.url(poll, "answer"), data=fields(stage, poll, **{kind: value}))
    assert page.status_code == 400
    assert sentence in text_of(page)
    kept = "Слова" if kind != "short" else "24.11.2026"
    assert kept in page.text
    assert stage.read(Answer, "id") == []


def test_no_more_options_than_are_allowed(stage: Stage, as_member: FlaskClient) -> None:
    poll = stage.questionnaire(ALL)
    many = next(item for item in stage.structure(poll).items if item.kind == "many")
    data = fields(stage, poll, many=[choice.id for choice in many.choices])
    page = as_member.post(stage.url(poll, "answer"), data=data)
    assert "Выберите не больше 2 вариантов" in text_of(page)


@pytest.mark.parametrize(("least", "most"), [("2", "1"), ("4", ""), ("", "0"), ("", "-1")])
def test_a_choice_that_nobody_could_make_is_refused(
    stage: Stage, as_coordinator: FlaskClient, least: str, most: str
) -> None:
    poll = stage.questionnaire([])
    section = stage.first_section(poll)
    new = stage.url(poll, f"sections/{section}/questions/new")
    data = {"text": "Что взять?", "kind": "many", "options": "А\nБ\nВ", "section": section}
    page = as_coordinator.post(new, data=data | {"least": least, "most": most})
    assert page.status_code == 400
    assert "Столько вариантов никто не сможет выбрать" in text_of(page)
    assert as_coordinator.post(new, data=data | {"least": "1", "most": "3"}).status_code == 303
    assert [item.limits for item in stage.structure(poll).items] == [{"least": 1, "most": 3}]


def test_an_order_needs_a_place_for_each(stage: Stage, as_member: FlaskClient) -> None:
    poll = stage.questionnaire(ALL[2:3])
    item = stage.structure(poll).items[0]
    data = {f"{item.name}-{choice.id}": "1" for choice in item.choices}
    page = as_member.post(stage.url(poll, "answer"), data=data)
    assert "своё место" in text_of(page)


def paged(stage: Stage) -> int:
    """Two pages; the last question of the second is for those who said no on the first."""
    poll = stage.questionnaire(
        [Draft(kind="one", text="Ходите на семинары?", options=("Да", "Нет"))],
        [Draft(kind="short", text="Что запомнилось?", required=False)],
    )
    first = stage.structure(poll).items[0]
    stage.ask(
        poll, Draft(kind="short", text="Что мешает?", after_id=first.id,
                    after_options=[first.choices[1].id]),
        section=stage.structure(poll).parts[1].id,
    )  # fmt: skip
    return poll


def test_pages_are_kept_and_gone_on_with_on_another_device(
    stage: Stage, as_member: FlaskClient, login: Any
) -> None:
    poll = paged(stage)
    structure = stage.structure(poll)
    first, second = structure.parts
    no = structure.items[0].choices[1]
    page = stage.url(poll, f"pages/{first.id}")
    sent = as_member.post(page, data={structure.items[0].name: no.id, "go": "next"})
    assert sent.location.endswith(f"pages/{second.id}")
    later = as_member.post(
        stage.url(poll, f"pages/{second.id}"),
        data={structure.items[1].name: "Доклады", "go": "later"},
    )
    assert later.status_code == 303
    elsewhere = login(stage.members[0])
    assert "Продолжить с того же места" in elsewhere.get(stage.url(poll)).text
    again = elsewhere.get(stage.url(poll, f"pages/{second.id}")).text
    assert 'value="Доклады"' in again
    done = elsewhere.post(
        stage.url(poll, f"pages/{second.id}"),
        data={structure.items[1].name: "Доклады", structure.items[2].name: "Время"},
    )
    assert "Ответ сохранён" in text_of(elsewhere.get(done.location))
    assert {words for (words,) in stage.read(Answer, "words")} == {None, "Доклады", "Время"}
    assert stage.read(Unfinished, "id") == []


def test_what_the_script_sends_at_a_pause_is_there_after_a_crash(
    stage: Stage, as_member: FlaskClient
) -> None:
    poll = paged(stage)
    structure = stage.structure(poll)
    part = structure.parts[1]
    kept = as_member.post(
        stage.url(poll, f"pages/{part.id}/keep"), data={structure.items[1].name: "Полсло"}
    )
    assert kept.status_code == 204
    assert 'value="Полсло"' in as_member.get(stage.url(poll, f"pages/{part.id}")).text
    as_member.post(stage.url(poll, "begin-again"))
    assert stage.read(Unfinished, "id") == []


def test_a_question_that_hangs_on_another_is_asked_of_those_alone(
    stage: Stage, as_member: FlaskClient
) -> None:
    poll = paged(stage)
    structure = stage.structure(poll)
    yes, _no = structure.items[0].choices
    first, second = structure.parts
    as_member.post(stage.url(poll, f"pages/{first.id}"), data={structure.items[0].name: yes.id})
    # Whatever is sent for it: who goes to seminars was not asked what keeps them away.
    sent = as_member.post(
        stage.url(poll, f"pages/{second.id}"), data={structure.items[2].name: "Ничего"}
    )
    assert sent.status_code == 303
    assert stage.read(Answer, "words") == [(None,)]


def test_answers_of_a_questionnaire_that_was_changed_meanwhile_are_looked_at_again(
    stage: Stage,
) -> None:
    poll = stage.questionnaire(ALL[:1])
    with stage.app.app_context():
        user = db.session.get_one(User, stage.members[0].id)
        activity = db.session.get_one(Activity, poll)
        with pytest.raises(Incomplete):
            voting.answer(user, activity, {stage.structure(poll).items[0].key: 999_999})


def test_the_editor_adds_changes_copies_moves_and_removes(
    stage: Stage, as_coordinator: FlaskClient
) -> None:
    made = as_coordinator.post(
        "/c/maths/polls/new-questionnaire",
        data={"title": "Итоги", "audience": "members", "privacy": "unnamed", "results": "closed"},
    )
    poll = int(made.location.split("/")[-2])
    section = stage.first_section(poll)
    new = stage.url(poll, f"sections/{section}/questions/new")
    for text in ("Первый", "Второй"):
        data = {"text": text, "kind": "one", "options": "А\nБ", "section": section, "required": "y"}
        assert as_coordinator.post(new, data=data).status_code == 303
    first, second = [item.id for item in stage.structure(poll).items]
    as_coordinator.post(stage.url(poll, f"questions/{second}/move"), data={"to": "up"})
    assert [item.id for item in stage.structure(poll).items] == [second, first]
    as_coordinator.post(stage.url(poll, "sections/new"), data={"title": "Ещё"})
    as_coordinator.post(stage.url(poll, f"questions/{first}/move"), data={"to": "down"})
    assert [len(part.items) for part in stage.structure(poll).parts] == [1, 1]
    as_coordinator.post(stage.url(poll, f"questions/{second}/copy"))
    assert [item.text for item in stage.structure(poll).items] == ["Второй", "Второй", "Первый"]
    other = stage.structure(poll).parts[1].id
    order = f"{other}:{first};{section}:{second},{stage.structure(poll).items[1].id}"
    assert as_coordinator.post(stage.url(poll, "order"), data={"order": order}).status_code == 204
    assert stage.structure(poll).items[0].id == first
    for rubbish in ("", "x", "1:2,3", f"{section}:{second}", ";;;", "9" * 300):
        answer = as_coordinator.post(stage.url(poll, "order"), data={"order": rubbish})
        assert answer.status_code == 409
    as_coordinator.post(stage.url(poll, f"questions/{first}/remove"))
    assert stage.structure(poll).items[0].id == second
    page = as_coordinator.get(stage.url(poll, "questions"))
    assert "Опубликовать" in text_of(page)


def test_words_can_be_mended_after_the_first_answer_and_nothing_else(
    stage: Stage, as_coordinator: FlaskClient
) -> None:
    poll = stage.questionnaire([Draft(kind="one", text="Соглсны?", options=("Да", "Нет"))])
    stage.answer(poll, stage.members[0])
    item = stage.structure(poll).items[0]
    page = stage.url(poll, f"questions/{item.id}")
    data = {"text": "Согласны?", "kind": "one", "options": "Да\nНет", "section": item.section_id}
    assert as_coordinator.post(page, data=data).status_code == 303
    assert stage.read(Question, "text", activity_id=poll) == [("Согласны?",)]
    more = as_coordinator.post(page, data=data | {"options": "Да\nНет\nНе знаю"})
    assert more.status_code == 409
    assert "Не знаю" in more.text
    gone = as_coordinator.post(stage.url(poll, f"questions/{item.id}/remove"))
    assert gone.status_code == 409


def test_members_may_not_edit(stage: Stage, as_member: FlaskClient) -> None:
    poll = stage.questionnaire(ALL[:1])
    for page in ("questions", "run", "results.xlsx", "answers.csv", "decision"):
        assert as_member.get(stage.url(poll, page)).status_code == 403
    assert not re.search(r"Управление опросом", as_member.get(stage.url(poll)).text)

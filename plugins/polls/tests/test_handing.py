"""Files as answers: taken in, kept as long as something names them, read by whom they are for."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from core.api import SYSTEM, Activity, DomainError, File, User, db, operation
from core.testing.cast import Made
from plugins.polls import running
from plugins.polls.editing import Draft
from plugins.polls.models import Answer, Ballot, Handed, Unfinished
from plugins.polls.personal import erased, exported
from plugins.polls.tests.conftest import Stage, text_of

PLAN = Draft(kind="file", text="План урока")


def asks_for_files(stage: Stage, **settings: Any) -> int:
    return stage.questionnaire([PLAN], **settings)


def upload(*names: str) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(f"план {name}".encode()), name) for name in names]


def hand_in(client: FlaskClient, stage: Stage, poll: int, *names: str, kept: Any = ()) -> Any:
    """Answer with files sent in the form, as a browser without script does."""
    item = stage.structure(poll).items[0]
    data = {item.name: [*(str(number) for number in kept), *upload(*names)]}
    return client.post(
        stage.url(poll, "answer"), data=data, content_type="multipart/form-data",
    )  # fmt: skip


def file_ids(stage: Stage) -> list[int]:
    return sorted(number for (number,) in stage.read(Answer, "file_id"))


def answer_ids(stage: Stage) -> list[int]:
    return sorted(number for (number,) in stage.read(Answer, "id"))


def handed_page(stage: Stage, poll: int, number: int | None = None) -> str:
    page = (
        f"answers/{number}/file" if number else f"results/{stage.structure(poll).items[0].id}/files"
    )
    return stage.url(poll, page)


def test_files_are_an_answer(
    stage: Stage, as_member: FlaskClient, as_coordinator: FlaskClient
) -> None:
    poll = asks_for_files(stage, results="always")
    assert "План урока" in as_member.get(stage.url(poll)).text
    assert hand_in(as_member, stage, poll, "план.txt", "ход.txt").status_code == 303
    assert "1 ответ" in text_of(as_member.get(stage.url(poll, "results")))
    listed = as_coordinator.get(handed_page(stage, poll))
    assert "план.txt" in listed.text
    assert "ход.txt" in listed.text
    first = answer_ids(stage)[0]
    assert as_coordinator.get(handed_page(stage, poll, first)).data == "план план.txt".encode()
    archive = as_coordinator.get(handed_page(stage, poll) + ".zip").data
    assert zipfile.ZipFile(io.BytesIO(archive)).namelist() == ["план.txt", "ход.txt"]


def test_a_file_is_read_by_its_author_and_by_who_runs_the_poll_alone(
    stage: Stage, as_member: FlaskClient, as_coordinator: FlaskClient,
    login: Callable[..., FlaskClient],
) -> None:  # fmt: skip
    poll = asks_for_files(stage, results="always", privacy="named")
    hand_in(as_member, stage, poll, "план.txt")
    (number,) = file_ids(stage)
    usual = f"/files/{number}/план.txt"
    other = login(stage.members[1])
    assert as_member.get(usual).status_code == 200
    for client, page in [
        (other, usual), (other, handed_page(stage, poll, answer_ids(stage)[0])),
        (other, handed_page(stage, poll)),
        (other, handed_page(stage, poll) + ".zip"), (as_coordinator, usual),
    ]:  # fmt: skip
        assert client.get(page).status_code in (403, 404), page
    assert stage.members[0].name in as_coordinator.get(handed_page(stage, poll)).text


def test_names_stand_beside_files_only_where_all_see_them(
    stage: Stage, as_member: FlaskClient, as_coordinator: FlaskClient
) -> None:
    poll = asks_for_files(stage, privacy="unnamed", results="always")
    hand_in(as_member, stage, poll, "план.txt")
    page = as_coordinator.get(handed_page(stage, poll)).text
    assert "план.txt" in page
    assert stage.members[0].name not in page


def test_a_file_of_somebody_else_cannot_be_named(
    stage: Stage, as_member: FlaskClient, login: Callable[..., FlaskClient]
) -> None:
    poll = asks_for_files(stage)
    hand_in(as_member, stage, poll, "план.txt")
    refused = hand_in(login(stage.members[1]), stage, poll, kept=file_ids(stage))
    assert refused.status_code == 400
    assert "Ответьте, пожалуйста" in text_of(refused)
    assert len(stage.read(Answer, "id")) == 1


def test_a_file_that_cannot_be_taken_is_said_and_the_other_kept(
    stage: Stage, as_member: FlaskClient
) -> None:
    poll = asks_for_files(stage)
    item = stage.structure(poll).items[0]
    program = (io.BytesIO(b"MZ" + bytes(200)), "игра.exe")
    data = {item.name: [*upload("план.txt"), program]}
    page = as_member.post(
        stage.url(poll, "answer"), data=data, content_type="multipart/form-data"
    )  # fmt: skip
    assert page.status_code == 400
    assert "игра.exe" in text_of(page)
    assert re.search(r'type="checkbox"[^>]*checked>\s*<label[^>]*>план.txt', page.text)


def test_what_is_kept_half_way_stays_and_goes_when_it_is_thrown_away(
    stage: Stage, as_member: FlaskClient
) -> None:
    poll = stage.questionnaire([PLAN], [Draft(kind="short", text="Слово")])
    part = stage.structure(poll).parts[0]
    item = part.items[0]
    data = {item.name: upload("план.txt"), "go": "later"}
    url = stage.url(poll, f"pages/{part.id}")
    assert as_member.post(url, data=data, content_type="multipart/form-data").status_code == 303
    assert "план.txt" in as_member.get(url).text
    assert len(stage.read(Handed, "id")) == 1
    assert len(stage.read(Unfinished, "id")) == 1
    as_member.post(stage.url(poll, "begin-again"))
    assert stage.read(Handed, "id") == []
    assert stage.read(File, "id") == []


def test_files_wait_for_the_results(
    stage: Stage, as_member: FlaskClient, as_coordinator: FlaskClient
) -> None:
    poll = asks_for_files(stage, results="closed")
    hand_in(as_member, stage, poll, "план.txt")
    for page in (
        handed_page(stage, poll), handed_page(stage, poll) + ".zip",
        handed_page(stage, poll, answer_ids(stage)[0]),
    ):  # fmt: skip
        assert "пока никто не видит" in text_of(as_coordinator.get(page, follow_redirects=True))


def test_another_answer_lets_the_former_file_go(stage: Stage, as_member: FlaskClient) -> None:
    poll = asks_for_files(stage, changeable=True)
    hand_in(as_member, stage, poll, "план.txt")
    (former,) = file_ids(stage)
    assert "план.txt" in as_member.get(stage.url(poll, "?change=1")).text
    assert hand_in(as_member, stage, poll, "новый.txt").status_code == 303
    (number,) = file_ids(stage)
    assert number != former
    # Nothing names it any more: whoever had its address reads it no longer.
    assert hand_in(as_member, stage, poll, kept=[number]).status_code == 303
    assert file_ids(stage) == [number]


def test_a_colleague_goes_on_with_the_answer_of_the_school(
    stage: Stage, as_member: FlaskClient, login: Callable[..., FlaskClient]
) -> None:
    colleague = _of_one_school(stage)
    poll = asks_for_files(stage, changeable=True, by_school=True)
    stage.settle(poll)
    hand_in(as_member, stage, poll, "план.txt")
    client = login(colleague)
    (number,) = file_ids(stage)
    assert client.get(f"/files/{number}/план.txt").status_code == 200
    assert hand_in(client, stage, poll, "ещё.txt", kept=[number]).status_code == 303
    assert len(file_ids(stage)) == 2
    for browser in (as_member, client):
        for each in file_ids(stage):
            assert browser.get(f"/files/{each}/x").status_code == 200


def test_a_file_that_a_colleague_kept_half_way_becomes_the_schools(
    stage: Stage, as_member: FlaskClient, login: Callable[..., FlaskClient]
) -> None:
    colleague = _of_one_school(stage)
    poll = stage.questionnaire(
        [PLAN], [Draft(kind="short", text="Слово", required=False)], changeable=True, by_school=True
    )
    stage.settle(poll)
    for client, name in ((login(colleague), "второй.txt"), (as_member, "третий.txt")):
        part = stage.structure(poll).parts[0]
        data = {part.items[0].name: upload(name), "go": "next"}
        url = stage.url(poll, f"pages/{part.id}")
        client.post(url, data=data, content_type="multipart/form-data")
        client.post(stage.url(poll, f"pages/{stage.structure(poll).parts[1].id}"))
        assert _names(stage) == [name]


def _names(stage: Stage) -> list[str]:
    with stage.app.app_context():
        return [db.session.get_one(File, n).name for n in file_ids(stage)]


def test_a_school_has_spoken_also_when_its_voice_is_forgotten(
    stage: Stage, as_member: FlaskClient, login: Callable[..., FlaskClient]
) -> None:
    colleague = _of_one_school(stage)
    poll = asks_for_files(stage, changeable=True, by_school=True)
    stage.settle(poll)
    hand_in(as_member, stage, poll, "план.txt")
    _forgotten(stage)
    client = login(colleague)
    assert hand_in(client, stage, poll, "новый.txt").status_code == 303
    assert len(stage.read(Ballot, "id")) == 1
    assert _names(stage) == ["новый.txt"]
    assert len(stage.read(Handed, "id")) == 1


def _forgotten(stage: Stage) -> None:
    with stage.app.test_request_context():
        _erased(SYSTEM, stage.members[0].id)


@operation
def _erased(actor: object, number: int) -> None:
    erased(db.session.get_one(User, number))


def test_what_somebody_only_began_goes_with_them(stage: Stage, as_member: FlaskClient) -> None:
    _begin(stage, as_member)
    _forgotten(stage)
    assert stage.read(File, "id") == []


def _begin(stage: Stage, client: FlaskClient, **settings: Any) -> int:
    poll = stage.questionnaire([PLAN], [Draft(kind="short", text="Слово")], **settings)
    part = stage.structure(poll).parts[0]
    data = {part.items[0].name: upload("план.txt"), "go": "later"}
    url = stage.url(poll, f"pages/{part.id}")
    client.post(url, data=data, content_type="multipart/form-data")
    assert len(stage.read(File, "id")) == 1
    return poll


def test_what_was_never_sent_goes_a_month_after_the_end(
    stage: Stage, as_member: FlaskClient, clock: Any
) -> None:
    poll = _begin(stage, as_member)
    with stage.app.app_context():
        _closed(SYSTEM, poll, clock.moment)
        running.forget_now(poll)
        assert len(stage.read(Unfinished, "id")) == 1
        clock.turn(timedelta(days=31))
        running.forget_now(poll)
    assert stage.read(Unfinished, "id") == []
    assert stage.read(File, "id") == []


@operation
def _closed(actor: object, poll: int, moment: Any) -> None:
    db.session.get_one(Activity, poll).closes_at = moment


def _of_one_school(stage: Stage) -> Made:
    with stage.app.app_context():
        first = db.session.get_one(User, stage.members[0].id)
        return stage.cast.member(stage.community, school_id=first.school_id)


@pytest.mark.parametrize("settings", [{"privacy": "secret"}, {"audience": "link"}])
def test_where_nobody_is_known_no_file_is_asked_for(
    stage: Stage, as_coordinator: FlaskClient, settings: dict[str, str]
) -> None:
    poll = stage.questionnaire([Draft(kind="short", text="Слово")], **settings)
    section = stage.first_section(poll)
    with pytest.raises(DomainError, match="Файл выдаст"):
        stage.ask(poll, PLAN)
    page = as_coordinator.get(stage.url(poll, f"sections/{section}/questions/new")).text
    assert 'value="file"' not in page
    assert 'value="long"' in page


def test_a_poll_that_asks_for_files_does_not_become_secret(
    stage: Stage, as_coordinator: FlaskClient
) -> None:
    poll = asks_for_files(stage)
    url = f"/c/{stage.community.slug}/activities/{poll}/settings"
    data = {"title": "Опрос", "privacy": "secret", "audience": "members", "results": "closed"}
    page = as_coordinator.post(url, data=data)
    assert page.status_code == 400
    assert "Файл выдаст" in text_of(page)


def test_tables_and_copies_name_the_files(
    stage: Stage, as_member: FlaskClient, as_coordinator: FlaskClient
) -> None:
    poll = asks_for_files(stage, results="always")
    hand_in(as_member, stage, poll, "план.txt", "ход.txt")
    assert "план.txt; ход.txt" in as_coordinator.get(stage.url(poll, "answers.csv")).text
    with stage.app.app_context():
        user = db.session.get_one(User, stage.members[0].id)
        told = [record.fields for record in exported(user)]
    assert {"План урока": "план.txt; ход.txt"} in [facts.get("answers") for facts in told]

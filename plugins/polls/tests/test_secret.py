"""A secret vote: who took part is known, what was voted is known, and nothing joins the two."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from core.api import SYSTEM, Activity, User, db, operation
from core.testing.cast import Made
from plugins.polls import personal, urn
from plugins.polls.models import Answer, Ballot, Option, Poll, Unfinished, Urn, Voter
from plugins.polls.tests.conftest import Stage, text_of

# More than anything is numbered with in a run of the tests.
FAR = 900_000_000


@pytest.fixture
def votes(stage: Stage) -> dict[int, int]:
    """Who voted for what, as nobody but this test knows; in an order that is not that of ids."""
    return {member.id: place for member, place in zip(stage.members, (1, 0, 1, 1), strict=True)}


@pytest.fixture
def secret(stage: Stage, votes: dict[int, int], clock: Any) -> int:
    """A secret poll in which all members voted, the last of the list first."""
    ends = clock.moment + timedelta(days=1)
    poll = stage.poll(
        "За", "Против", privacy="secret", results="closed", activity={"closes_at": ends}
    )
    for member in reversed(stage.members):
        clock.turn(timedelta(minutes=7))
        assert stage.answer(poll, member, votes[member.id]) == "stored"
    return poll


def everything(app: Flask) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each row of each table, as somebody sees it who has the database."""
    with app.app_context():
        hidden = ["xmin::text AS xmin", "ctid::text AS ctid"] if postgres() else ["rowid AS rowid"]
        for table in sa.inspect(db.engine).get_table_names():
            for extra in ([*hidden], []):
                query = sa.text(f"SELECT {', '.join([*extra, '*'])} FROM {table}")
                try:
                    rows = db.session.execute(query).mappings().all()
                except sa.exc.DBAPIError:
                    db.session.rollback()
                    continue
                yield from ((table, dict(row)) for row in rows)
                break


def postgres() -> bool:
    return db.engine.dialect.name == "postgresql"


def close(stage: Stage, poll: int, clock: Any) -> None:
    clock.turn(timedelta(days=2))
    with stage.app.app_context():
        urn.open_urn(SYSTEM, poll)


def options(stage: Stage, poll: int) -> list[int]:
    return [choice.id for choice in stage.structure(poll).items[0].choices]


def test_while_it_is_open_no_row_says_what_anybody_voted(stage: Stage, secret: int) -> None:
    assert stage.read(Ballot, "id") == []
    assert stage.read(Answer, "id") == []
    chosen = {str(number) for number in options(stage, secret)}
    for table, row in everything(stage.app):
        if table in ("polls_options", "polls_questions"):
            continue
        for name, value in row.items():
            if isinstance(value, bytes | memoryview):
                for number in chosen:
                    assert f'": {number}'.encode() not in bytes(value), f"{table}.{name}"
            elif isinstance(value, dict | list):
                assert chosen.isdisjoint(json.dumps(value).split('"')), f"{table}.{name}"


def test_two_copies_before_and_after_a_vote_differ_in_a_mark_and_in_noise(
    stage: Stage, clock: Any
) -> None:
    poll = stage.poll("За", "Против", privacy="secret", results="closed")
    stage.answer(poll, stage.members[0], 0)
    ((first,),) = stage.read(Urn, "sealed")
    stage.answer(poll, stage.members[1], 0)
    ((second,),) = stage.read(Urn, "sealed")
    assert len(first) == len(second)
    same = sum(a == b for a, b in zip(first, second, strict=True))
    assert same < len(first) / 50
    assert stage.read(Urn, "activity_id") == [(poll,)]


def test_a_stranger_with_everything_in_the_database_cannot_join_them(
    stage: Stage, secret: int, votes: dict[int, int], clock: Any
) -> None:
    """By no key that both have, no number, time, order nor transaction."""
    close(stage, secret, clock)
    rows = [(table, row) for table, row in everything(stage.app) if table.startswith("polls_")]
    voters = [row for table, row in rows if table == "polls_voters" and row["answered"]]
    ballots = [row for table, row in rows if table == "polls_ballots"]
    answers = [row for table, row in rows if table == "polls_answers"]
    assert len(voters) == len(ballots) == len(answers) == len(votes)
    for row in ballots:
        assert {row["user_id"], row["school_id"], row["mark"], row["answered_at"]} == {None}
    people = {member.id for member in stage.members}
    for name in ("user_id", "school_id"):
        assert all(name not in row or row[name] is None for row in answers)
    assert not any(row.get("words") or row.get("number") for row in answers)
    if "xmin" in voters[0]:
        # Every vote was a transaction of its own; the ballots came out of the urn in one.
        assert len({row["xmin"] for row in ballots + answers}) == 1
        assert {row["xmin"] for row in voters}.isdisjoint(row["xmin"] for row in ballots)
    assert people == {row["user_id"] for row in voters}


def test_ballots_come_out_of_the_urn_in_an_order_of_chance(stage: Stage, clock: Any) -> None:
    """Ten votes for one and ten for the other, one after the other, come out mixed."""
    people = [stage.cast.member(stage.community) for _ in range(20)]
    poll = stage.poll("За", "Против", privacy="secret", results="closed")
    for number, person in enumerate(people):
        stage.answer(poll, person, 0 if number < 10 else 1)
    with stage.app.app_context():
        _end(SYSTEM, poll, clock.moment)
        urn.open_urn(SYSTEM, poll)
    order = [option for _id, option in sorted(stage.read(Answer, "id", "option_id"))]
    first, second = options(stage, poll)
    assert sorted(order) == [first] * 10 + [second] * 10
    # One in a hundred and eighty thousand shuffles would give either of these.
    assert order not in ([first] * 10 + [second] * 10, [second] * 10 + [first] * 10)


@operation
def _end(actor: object, poll: int, moment: Any) -> None:
    db.session.get_one(Activity, poll).closes_at = moment


@pytest.fixture
def unlike_others(stage: Stage) -> None:
    """From now on options have numbers that nothing else has, nor begins with."""
    poll = stage.poll("Да", "Нет")
    with stage.app.app_context():
        _number_far_away(SYSTEM, poll, stage.structure(poll).items[0].id)


@operation
def _number_far_away(actor: object, poll: int, question: int) -> None:
    option = {"id": FAR, "activity_id": poll, "question_id": question, "text": "Воздержусь"}
    db.session.execute(sa.insert(Option).values(**option, position=2, origin=""))
    if postgres():
        db.session.execute(sa.text(f"SELECT setval('polls_options_id_seq', {FAR})"))


def test_nothing_leaks_through_log_notices_letters_search_or_ones_own_copy(
    stage: Stage, unlike_others: None, secret: int, clock: Any, outbox: Callable[[], list[Any]],
    run_jobs: Callable[[], int], fill_index: Callable[[], None],
) -> None:  # fmt: skip
    stage.deliver()
    close(stage, secret, clock)
    run_jobs()
    fill_index()
    chosen = options(stage, secret)
    assert min(chosen) > FAR
    for table, row in everything(stage.app):
        if table.startswith("polls_"):
            continue
        for name, value in row.items():
            said = json.dumps(value, default=str, ensure_ascii=False)
            assert "Против" not in said, f"{table}.{name}"
            assert not any(str(number) in said for number in chosen), f"{table}.{name}"
    assert not any("Против" in str(letter) for letter in outbox())
    with stage.app.test_request_context():
        person = db.session.get_one(User, stage.members[0].id)
        records = [record.fields for record in personal.exported(person)]
    assert [record for record in records if record["answered"]]
    assert all(record.keys() == {"poll", "answered"} for record in records)


def test_the_result_is_counted_when_it_has_closed_and_not_before(
    stage: Stage, secret: int, as_coordinator: FlaskClient, clock: Any
) -> None:
    before = text_of(as_coordinator.get(stage.url(secret)))
    assert "Результаты подсчитают, когда опрос закроется" in before
    assert "75 %" not in before
    assert as_coordinator.get(stage.url(secret, "results")).status_code == 303
    clock.turn(timedelta(days=2))
    after = text_of(as_coordinator.get(stage.url(secret)))
    assert "Против 3 75 %" in after
    assert stage.read(Urn, "activity_id") == []
    assert "Против 3 75 %" in text_of(as_coordinator.get(stage.url(secret, "results")))


def test_a_secret_vote_is_neither_changed_nor_kept_half_way(
    stage: Stage, secret: int, login: Any
) -> None:
    member = stage.members[0]
    assert stage.answer(secret, member, 0) == "kept"
    assert stage.read(Poll, "answer_count", activity_id=secret) == [(4,)]
    browser = login(stage.coordinator)
    section = stage.first_section(secret)
    item = stage.structure(secret).items[0]
    kept = browser.post(
        stage.url(secret, f"pages/{section}/keep"), data={item.name: item.choices[0].id}
    )
    assert kept.status_code == 400
    assert stage.read(Unfinished, "id") == []


def test_two_voters_alone_are_not_told_on(
    stage: Stage, as_coordinator: FlaskClient, clock: Any
) -> None:
    poll = stage.poll("За", "Против", privacy="secret", results="closed",
                      activity={"closes_at": clock.moment + timedelta(days=1)})  # fmt: skip
    for member in stage.members[:2]:
        stage.answer(poll, member, 1)
    clock.turn(timedelta(days=2))
    for page in ("", "results", "protocol"):
        words = text_of(as_coordinator.get(stage.url(poll, page)))
        assert "Проголосовало меньше трёх человек" in words
        assert "100 %" not in words


def test_a_counted_poll_takes_no_more_votes(
    stage: Stage, secret: int, as_coordinator: FlaskClient, clock: Any
) -> None:
    """Else each later vote would be the difference of two results."""
    close(stage, secret, clock)
    later = (clock.moment + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    sent = as_coordinator.post(stage.url(secret, "run/extend"), data={"until": later})
    assert sent.status_code == 400
    assert "нельзя открыть снова" in text_of(sent)
    settings = f"/c/maths/activities/{secret}/settings"
    data = {"title": "Согласны?", "closes_at": later, "options": "За\nПротив", "results": "closed"}
    assert as_coordinator.post(settings, data=data).status_code == 400
    with stage.app.app_context():
        _end(SYSTEM, secret, clock.moment + timedelta(days=3))
    with pytest.raises(Exception, match="уже подсчитаны"):
        stage.answer(secret, stage.coordinator, 0)


def test_who_has_answered_cannot_be_asked_with_names_afterwards(
    stage: Stage, as_coordinator: FlaskClient
) -> None:
    poll = stage.poll("За", "Против", privacy="secret", results="closed")
    stage.answer(poll, stage.members[0])
    page = f"/c/maths/activities/{poll}/settings"
    data = {
        "title": "Согласны?", "options": "За\nПротив", "privacy": "named", "results": "always",
        "audience": "members", "kind": "one",
    }  # fmt: skip
    assert 'name="privacy"' not in as_coordinator.get(page).text
    assert as_coordinator.post(page, data=data).status_code == 303
    assert stage.read(Poll, "privacy", "results", activity_id=poll) == [("secret", "closed")]


def test_another_secret_key_says_so_and_loses_nothing(
    stage: Stage, secret: int, as_coordinator: FlaskClient, clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    clock.turn(timedelta(days=2))
    former = urn._purpose
    monkeypatch.setattr(urn, "_purpose", lambda number: "another")
    page = as_coordinator.get(stage.url(secret))
    assert page.status_code == 400
    assert "прежний ключ" in page.text
    monkeypatch.setattr(urn, "_purpose", former)
    assert "Против 3 75 %" in text_of(as_coordinator.get(stage.url(secret)))


def test_whoever_is_forgotten_leaves_the_list_and_the_count_stands(
    stage: Stage, secret: int
) -> None:
    with stage.app.app_context():
        _forget(SYSTEM, stage.members[0])
    assert stage.members[0].id not in {n for (n,) in stage.read(Voter, "user_id")}
    assert stage.read(Poll, "answer_count", activity_id=secret) == [(4,)]


@operation
def _forget(actor: object, person: Made) -> None:
    personal.erased(db.session.get_one(User, person.id))


def test_the_files_of_sqlite_hold_no_open_vote(stage: Stage, secret: int) -> None:
    """Neither the database nor its log of changes, read byte by byte."""
    with stage.app.app_context():
        if postgres():
            return
        place = Path(db.engine.url.database or "")
    first, second = options(stage, secret)
    key = stage.structure(secret).items[0].key
    for path in place.parent.glob(f"{place.name}*"):
        content = _bytes_of(path)
        for option in (first, second):
            assert f'"{key}": {option}'.encode() not in content
            assert f'"{key}":{option}'.encode() not in content


def _bytes_of(path: Path) -> bytes:
    """Read by another process: closing the file in this one would give up SQLite's locks on it,
    and the database would be broken soon after."""
    reading = "import sys; sys.stdout.buffer.write(open(sys.argv[1], 'rb').read())"
    return subprocess.run([sys.executable, "-c", reading, path], check=True, stdout=-1).stdout

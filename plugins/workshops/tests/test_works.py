"""Works: drafts, handing in, more time, who may read them, feedback, and showing."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from core.api import SYSTEM, db, operation
from core.testing.cast import Made
from plugins.workshops.models import Extension, Passed, Work, WorkState
from plugins.workshops.tests.conftest import K, Studio, work_form

HOUR = timedelta(hours=1)


@pytest.fixture
def pair(studio: Studio) -> list[Made]:
    """Two participants in practice."""
    people = studio.seated(2)
    studio.go(K.PRACTICE)
    return people


def local(studio: Studio, hours: int) -> str:
    """So many hours from now, by the clock on the wall of everybody in these tests."""
    return (studio.clock.now() + timedelta(hours=hours + 3)).strftime("%Y-%m-%dT%H:%M")


def test_a_draft_is_seen_by_its_author_alone(studio: Studio, pair: list[Made]) -> None:
    author, _other = pair
    browser = studio.login(author)
    browser.post(f"{studio.url}work", data=work_form() | {"then": "draft"})
    work = studio.work_of(author)
    assert work.state == WorkState.DRAFT
    assert "Ваш черновик сохранён" in browser.get(studio.url).text
    assert studio.login(studio.master).get(f"{studio.url}works/{work.id}").status_code == 404


def test_a_work_that_is_handed_in_is_read_by_master_and_author(
    studio: Studio, pair: list[Made], client: FlaskClient
) -> None:
    author, other = pair
    browser = studio.hand_in(author, "Полоски бумаги")
    page = f"{studio.url}works/{studio.work_of(author).id}"
    assert "Полоски бумаги" in browser.get(page).text
    assert "Полоски бумаги" in studio.login(studio.master).get(page).text
    assert studio.login(other).get(page).status_code == 404
    assert client.get(page).status_code in (302, 404)
    assert "Работу сдал" in studio.notices(studio.master)
    assert "Ваша работа сдана" in browser.get(studio.url).text


def test_files_of_a_work_are_open_to_its_readers_alone(studio: Studio, pair: list[Made]) -> None:
    author, other = pair
    browser = studio.login(author)
    data = work_form(body="") | {"files": (io.BytesIO(b"my own words"), "plan.txt")}
    assert browser.post(f"{studio.url}work", data=data).status_code == 303
    file = f"{studio.url}works/{studio.work_of(author).id}/files/1"
    assert browser.get(file).data == b"my own words"
    assert studio.login(studio.master).get(file).data == b"my own words"
    assert studio.login(other).get(file).status_code == 404
    assert browser.get(file[:-1] + "2").status_code == 404


def test_a_work_says_something(studio: Studio, pair: list[Made]) -> None:
    browser = studio.login(pair[0])
    answer = browser.post(f"{studio.url}work", data=work_form(body=""))
    assert answer.status_code == 400
    assert "приложите файл" in answer.text
    assert "Моя проба" in answer.text


def test_two_devices_do_not_overwrite_each_other(studio: Studio, pair: list[Made]) -> None:
    browser = studio.hand_in(pair[0])
    changed = work_form(body="С телефона")
    assert browser.post(f"{studio.url}work", data=changed).status_code == 303
    again = browser.post(f"{studio.url}work", data=work_form(body="С компьютера"))
    assert again.status_code == 409
    assert "С компьютера" in again.text
    [work] = studio.rows(Work)
    assert "С телефона" in work.body


def test_more_time_is_asked_for_and_given_to_one_person(studio: Studio, pair: list[Made]) -> None:
    late, other = pair
    browser, master = studio.login(late), studio.login(studio.master)
    browser.post(f"{studio.url}time", data={"kind": "practice", "reason": "Карантин"})
    assert "просит ещё времени: Карантин" in master.get(f"{studio.url}people").text
    studio.go(K.FEEDBACK)
    assert browser.get(f"{studio.url}work").status_code == 303
    time = f"{studio.url}people/{studio.place_of(late).id}/time"
    form = {"kind": "practice", "until": local(studio, 5)}
    assert master.post(time, data=form).status_code == 303
    assert "Мастер продлил вам срок" in browser.get(studio.url).text
    studio.hand_in(late)
    assert studio.work_of(late).is_late
    refused = studio.login(other).post(f"{studio.url}work", data=work_form())
    assert refused.status_code == 400
    assert "Попросите у мастера" in refused.text


def test_ones_own_time_ends_too(studio: Studio, pair: list[Made]) -> None:
    late = pair[0]
    studio.go(K.FEEDBACK)
    master = studio.login(studio.master)
    time = f"{studio.url}people/{studio.place_of(late).id}/time"
    assert master.post(time, data={"kind": "practice", "until": local(studio, -5)}
                       ).status_code == 400  # fmt: skip
    master.post(time, data={"kind": "practice", "until": local(studio, 5)})
    studio.clock.turn(5 * HOUR)
    assert studio.login(late).post(f"{studio.url}work", data=work_form()).status_code == 400
    [extension] = studio.rows(Extension)
    assert extension.until is not None


def test_the_master_answers_and_may_give_a_work_back(studio: Studio, pair: list[Made]) -> None:
    author = pair[0]
    browser = studio.hand_in(author)
    studio.go(K.FEEDBACK)
    master = studio.login(studio.master)
    page = f"{studio.url}works/{studio.work_of(author).id}/feedback"
    assert master.post(page, data={"words": " "}).status_code == 400
    place = f"workshops.feedback:{studio.work_of(author).id}"
    assert master.post("/drafts", data={"place": place, "body": "Почти"}).status_code == 200
    assert "Почти" in master.get(page).text
    form = {"words": "Добавьте цель", "again_until": local(studio, 48)}
    assert master.post(page, data=form).status_code == 303
    assert studio.work_of(author).state == WorkState.RETURNED
    assert "Почти" not in master.get(page).text
    assert "Мастер просит доработать вашу работу" in studio.notices(author)
    assert "Добавьте цель" in browser.get(f"{studio.url}work").text
    studio.hand_in(author, version="1", body="С целью")
    assert studio.work_of(author).state == WorkState.HANDED_IN
    assert master.post(page, data={"words": "Теперь хорошо"}).status_code == 303
    assert "Теперь хорошо" in browser.get(f"{studio.url}works/{studio.work_of(author).id}").text


def test_nothing_is_shown_without_the_authors_consent(
    studio: Studio, pair: list[Made], client: FlaskClient
) -> None:
    author = pair[0]
    browser, master = studio.hand_in(author, "Полоски бумаги"), studio.login(studio.master)
    number = studio.work_of(author).id
    show = f"{studio.url}works/{number}/show"
    assert master.post(show, data={"shown": "1"}).status_code == 400
    assert "Полоски бумаги" not in client.get(f"{studio.url}results").text
    browser.post(f"{studio.url}work/consent", data={"agreed": "1"})
    assert master.post(show, data={"shown": "1"}).status_code == 303
    assert "Полоски бумаги" in client.get(f"{studio.url}results").text
    assert client.get(f"{studio.url}works/{number}").status_code == 200
    browser.post(f"{studio.url}work/consent", data={"agreed": "0"})
    assert "Полоски бумаги" not in client.get(f"{studio.url}results").text
    assert client.get(f"{studio.url}works/{number}").status_code in (302, 404)


def test_what_a_work_said_before_it_was_shown_stays_private(
    studio: Studio, pair: list[Made]
) -> None:
    author, other = pair
    studio.hand_in(author, body="С фамилией ученика")
    browser, master = studio.hand_in(author, body="Без имён"), studio.login(studio.master)
    number = studio.work_of(author).id
    browser.post(f"{studio.url}work/consent", data={"agreed": "1"})
    master.post(f"{studio.url}works/{number}/show", data={"shown": "1"})
    for reader in (other, author):
        history = studio.login(reader).get(f"/contents/{number}/history")
        assert history.status_code == 200
        assert "фамилией" not in history.text


def test_who_leaves_the_community_neither_works_on_nor_reads_others(studio: Studio) -> None:
    people = studio.seated(2)
    studio.go(K.PRACTICE)
    for person in people:
        studio.hand_in(person)
    studio.go(K.REVIEW)
    gone = people[0]
    [review] = studio.reviews_by(gone)
    browser = studio.login(gone)
    page = f"{studio.url}works/{review.work_id}"
    assert browser.get(page).status_code == 200
    with studio.app.app_context():
        _leave(SYSTEM, gone.id)
    assert browser.get(page).status_code == 404
    assert browser.get(f"{studio.url}reviews/{review.id}").status_code == 403
    assert browser.post(f"{studio.url}work", data=work_form()).status_code == 403
    # What is one's own one still reads, and takes back.
    own = f"{studio.url}works/{studio.work_of(gone).id}"
    assert browser.get(own).status_code == 200
    assert browser.post(f"{studio.url}work/consent", data={"agreed": "0"}).status_code == 303


@operation
def _leave(actor: object, number: int) -> None:
    for table in ("memberships", "appointments"):
        db.session.execute(db.text(f"delete from {table} where user_id = :n"), {"n": number})


def test_nobody_else_agrees_for_the_author(studio: Studio, pair: list[Made]) -> None:
    author, other = pair
    studio.hand_in(author)
    assert studio.login(other).post(f"{studio.url}work/consent", data={"agreed": "1"}
                                    ).status_code == 404  # fmt: skip
    assert not studio.work_of(author).consent


def test_a_handed_in_work_counts_in_hours_once(studio: Studio, pair: list[Made]) -> None:
    author = pair[0]
    studio.hand_in(author)
    studio.hand_in(author, body="Ещё раз", version="1")
    passed = [(row.kind, row.hours, row.basis) for row in studio.rows(Passed)]
    assert passed == [("practice", 2, "work")]
    assert "Практика: 2 часа" in studio.login(author).get(studio.url).text

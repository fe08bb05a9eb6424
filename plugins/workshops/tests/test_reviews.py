"""Mutual review: criteria, who gets what, hidden names, those who leave or do not begin."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from core.testing.cast import Made
from plugins.workshops import allocating, reviewing
from plugins.workshops.models import Criterion, Grading, Level, Passed, Review, ReviewState
from plugins.workshops.tests.conftest import K, Studio


def begin(studio: Studio, number: int = 4, **settings: object) -> list[Made]:
    """So many have handed in, and the mutual review is on."""
    people = studio.seated(number)
    studio.set(**settings)
    studio.go(K.PRACTICE)
    for person in people:
        studio.hand_in(person, f"Проба {person.id}")
    studio.go(K.REVIEW)
    return people


def review(studio: Studio, person: Made, row: object, then: str = "send", **fields: str) -> int:
    page = f"{studio.url}reviews/{row.id}"  # type: ignore[attr-defined]
    data = {"words": "Получилось живо", "then": then} | fields
    return studio.login(person).post(page, data=data).status_code


def loads(studio: Studio) -> tuple[set[int], set[int]]:
    """How many reviews works have, and reviewers."""
    rows = [row for row in studio.rows(Review) if not row.is_own]
    works, people = Counter(r.work_id for r in rows), Counter(r.reviewer_id for r in rows)
    return set(works.values()), set(people.values())


def test_works_are_distributed_when_the_stage_begins(studio: Studio) -> None:
    people = begin(studio, 5)
    assert loads(studio) == ({2}, {2})
    assert "Вам дали работы на отзыв" in studio.notices(people[0])
    assert "2 работы ждут вашего отзыва" in studio.login(people[0]).get(studio.url).text


def test_works_are_distributed_by_the_date_too(studio: Studio, run_jobs: Callable[[], int]) -> None:
    people = studio.seated(3)
    studio.plan(registration=-2, practice=-1, review=1, feedback=90)
    studio.go(K.PRACTICE)
    for person in people:
        studio.hand_in(person)
    studio.clock.turn(timedelta(hours=1))
    assert "Распределите работы" in studio.login(studio.master).get(studio.url).text
    run_jobs()
    assert loads(studio) == ({2}, {2})


def test_many_who_distribute_at_once_give_nothing_twice(studio: Studio) -> None:
    begin(studio, 6)

    def distribute(_number: int) -> None:
        with studio.app.app_context():
            allocating.distribute_by_hand(studio.person(studio.master), studio.workshop())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(distribute, range(8)))
    assert loads(studio) == ({2}, {2})


def test_a_review_is_a_draft_until_it_is_sent_and_then_counts(studio: Studio) -> None:
    people = begin(studio, 3)
    first, second = studio.reviews_by(people[0])
    assert review(studio, people[0], first, "draft", words="Начало") == 303
    assert studio.reviews_by(people[0])[0].state == ReviewState.BEGUN
    assert review(studio, people[0], first, words=" ") == 400
    assert review(studio, people[0], first) == 303
    assert studio.rows(Passed)
    assert not [r for r in studio.rows(Passed) if r.kind == "review"]
    assert review(studio, people[0], second) == 303
    assert [r.hours for r in studio.rows(Passed) if r.kind == "review"] == [2]
    assert "Ваши отзывы готовы" in studio.login(people[0]).get(studio.url).text


def test_nobody_reviews_for_another_nor_reads_it(studio: Studio) -> None:
    people = begin(studio, 3)
    [row, *_] = studio.reviews_by(people[0])
    assert review(studio, people[1], row) == 404
    assert studio.login(people[1]).get(f"{studio.url}reviews/{row.id}").status_code == 404
    assert studio.login(studio.master).get(f"{studio.url}reviews/{row.id}").status_code == 200
    assert review(studio, studio.master, row) == 400


def test_authors_read_reviews_when_the_stage_is_over(studio: Studio) -> None:
    people = begin(studio, 2)
    [row] = studio.reviews_by(people[0])
    review(studio, people[0], row, words="Добавьте цель")
    author = studio.login(people[1])
    page = f"{studio.url}works/{row.work_id}"
    assert "Добавьте цель" not in author.get(page).text
    assert "когда закончится взаимная оценка" in author.get(page).text
    studio.go(K.FEEDBACK)
    assert "Добавьте цель" in author.get(page).text
    assert "Прочтите, что коллеги пишут о вашей работе" in studio.notices(people[1])


def test_where_nothing_follows_the_review_authors_read_at_once(studio: Studio) -> None:
    people = begin(studio, 2)
    [row] = studio.reviews_by(people[0])
    review(studio, people[0], row, words="Добавьте цель")
    studio.plan(registration=-9, practice=-8, review=-1)
    page = studio.login(people[1]).get(f"{studio.url}works/{row.work_id}").text
    assert "Добавьте цель" in page


@pytest.mark.parametrize("hidden", [True, False])
def test_names_are_hidden_from_authors_and_reviewers(studio: Studio, hidden: bool) -> None:
    people = begin(studio, 2, hides_authors=hidden, hides_reviewers=hidden)
    reviewer, author = people
    [row] = studio.reviews_by(reviewer)
    review(studio, reviewer, row)
    pages = [
        studio.login(reviewer).get(f"{studio.url}{path}").text.split("<main")[1]
        for path in (f"reviews/{row.id}", f"works/{row.work_id}")
    ]
    assert all((author.name in page) is not hidden for page in pages)
    studio.go(K.FEEDBACK)
    own = studio.login(author).get(f"{studio.url}works/{row.work_id}").text
    assert (reviewer.name in own) is not hidden
    assert reviewer.name in studio.login(studio.master).get(f"{studio.url}works/{row.work_id}").text


def test_points_of_criteria_come_to_a_percentage(studio: Studio) -> None:
    studio.set(grading="points")
    master = studio.login(studio.master)
    for title, most in (("Цель", "10"), ("Ход", "30")):
        master.post(f"{studio.url}criteria", data={"title": title, "most": most})
    people = begin(studio, 2)
    [row] = studio.reviews_by(people[0])
    first, second = (criterion.id for criterion in studio.rows(Criterion))
    assert review(studio, people[0], row, **{f"points-{first}": "5"}) == 400
    marks = {f"points-{first}": "5", f"points-{second}": "31"}
    assert review(studio, people[0], row, **marks) == 400
    assert review(studio, people[0], row, **marks | {f"points-{second}": "25"}) == 303
    assert studio.reviews_by(people[0])[0].percent == 75
    assert "75 из 100" in master.get(f"{studio.url}works").text
    assert master.post(f"{studio.url}criteria", data={"title": "Ещё", "most": "5"}
                       ).status_code == 400  # fmt: skip


def test_a_rubric_has_levels_to_choose(studio: Studio) -> None:
    studio.set(grading="rubric")
    master = studio.login(studio.master)
    form = {"title": "Цель", "levels": "0 – Цели нет\n2: Цель ясна\n1. Цель названа"}
    assert master.post(f"{studio.url}criteria", data=form).status_code == 303
    assert [(row.points, row.text) for row in studio.rows(Level)] == [
        (0, "Цели нет"), (1, "Цель названа"), (2, "Цель ясна"),
    ]  # fmt: skip
    wrong = master.post(f"{studio.url}criteria", data={"title": "Ход", "levels": "хорошо"})
    assert wrong.status_code == 400
    people = begin(studio, 2)
    page = f"{studio.url}reviews/{studio.reviews_by(people[0])[0].id}"
    assert "Цель названа" in studio.login(people[0]).get(page).text


def test_everybody_may_look_at_their_own_work_too(studio: Studio) -> None:
    people = begin(studio, 3, self_review=True)
    own = [row for row in studio.rows(Review) if row.is_own]
    assert len(own) == 3
    assert loads(studio) == ({2}, {2})
    assert "Моя работа моими глазами" in studio.login(people[0]).get(studio.url).text


def test_who_leaves_is_replaced_and_what_is_done_stays(studio: Studio) -> None:
    people = begin(studio, 6)
    gone = people[0]
    first, second = studio.reviews_by(gone)
    review(studio, gone, first)
    studio.login(gone).post(f"{studio.url}places/leave")
    assert [row.id for row in studio.reviews_by(gone)] == [first.id]
    assert second.id not in {row.id for row in studio.rows(Review)}
    rows = [r for r in studio.rows(Review) if r.work_id != studio.work_of(gone).id]
    assert set(Counter(row.work_id for row in rows).values()) == {2}


def test_who_comes_late_with_permission_reviews_and_is_reviewed(studio: Studio) -> None:
    people = studio.seated(5)
    studio.go(K.PRACTICE)
    late, *others = people
    for person in others:
        studio.hand_in(person)
    studio.go(K.REVIEW)
    assert studio.reviews_by(late) == []
    until = (studio.clock.now() + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")
    time = f"{studio.url}people/{studio.place_of(late).id}/time"
    studio.login(studio.master).post(time, data={"kind": "practice", "until": until})
    studio.hand_in(late)
    assert loads(studio) == ({2}, {2})


def replaced(studio: Studio, people: Sequence[Made]) -> None:
    idle, *busy = people
    for person in busy:
        review(studio, person, studio.reviews_by(person)[0], "draft")
    assert studio.reviews_by(idle)


def test_who_does_not_begin_in_time_is_replaced(
    studio: Studio, run_jobs: Callable[[], int]
) -> None:
    people = begin(studio, 5, replace_days=2)
    studio.plan(registration=-9, practice=-8, review=-1, feedback=72)
    replaced(studio, people)
    studio.clock.turn(timedelta(hours=25))
    run_jobs()
    assert studio.reviews_by(people[0]) == []
    assert set(Counter(row.work_id for row in studio.rows(Review)).values()) == {2}
    assert "перешли другим: «Дроби на ощупь»" in studio.notices(people[0])


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, [True, True, True]), (1, [True, False, False]), (2, [False, False, False])],
)
def test_what_the_master_says_of_replacing_holds_at_once(
    studio: Studio, run_jobs: Callable[[], int], days: int, expected: list[bool]
) -> None:
    people = begin(studio, 5, replace_days=2)
    studio.plan(registration=-9, practice=-8, review=-1, feedback=72)
    replaced(studio, people)
    with studio.app.app_context():
        reviewing.set_task(studio.person(studio.master), studio.workshop(), task(days))
    begun, kept = studio.clock.now(), []
    for later in (25, 49, 71):
        studio.clock.set(begun + timedelta(hours=later))
        run_jobs()
        kept.append(bool(studio.reviews_by(people[0])))
    assert kept == expected


def task(replace_days: int) -> reviewing.Task:
    return reviewing.Task(
        task="", grading=Grading.WORDS, reviews_per_work=2, self_review=False,
        hides_authors=False, hides_reviewers=False, replace_days=replace_days,
    )  # fmt: skip


def test_nobody_is_replaced_in_a_workshop_that_is_closed(
    studio: Studio, run_jobs: Callable[[], int]
) -> None:
    people = begin(studio, 5, replace_days=2)
    studio.plan(registration=-9, practice=-8, review=-1, feedback=72)
    replaced(studio, people)
    studio.close(hours=10)
    studio.clock.turn(timedelta(hours=25))
    run_jobs()
    assert studio.reviews_by(people[0])


def test_the_master_replaces_by_hand_and_only_during_the_review(studio: Studio) -> None:
    people = begin(studio, 4)
    replaced(studio, people)
    master = studio.login(studio.master)
    assert master.post(f"{studio.url}allocation/replace").status_code == 303
    assert studio.reviews_by(people[0]) == []
    studio.go(K.FEEDBACK)
    assert master.post(f"{studio.url}allocation/replace").status_code == 400


def test_an_example_is_tried_and_compared_with_the_master(studio: Studio) -> None:
    [person] = studio.seated(1)
    master = studio.login(studio.master)
    form = {"title": "Образец", "body": "Цель: повторить глаголы", "version": "1"}
    page = master.post(f"{studio.url}examples/new", data=form).location
    mine = master.post(f"{page}/try").location
    master.post(mine, data={"words": "Цель нельзя проверить", "then": "send"})
    browser = studio.login(person)
    assert "Цель нельзя проверить" not in browser.get(page).text
    tried = browser.post(f"{page}/try").location
    assert "Цель нельзя проверить" not in browser.get(tried).text
    browser.post(tried, data={"words": "Нет критериев", "then": "send"})
    assert "Цель нельзя проверить" in browser.get(tried).text
    outsider = studio.login(studio.member())
    assert outsider.get(page).status_code == 404


def test_a_master_takes_an_unfit_review_out_of_sight(studio: Studio) -> None:
    people = begin(studio, 2)
    [row] = studio.reviews_by(people[0])
    review(studio, people[0], row, words="Так не пишут")
    studio.go(K.FEEDBACK)
    master = studio.login(studio.master)
    master.post(f"{studio.url}reviews/{row.id}/out", data={"out": "1"})
    page = f"{studio.url}works/{row.work_id}"
    assert "Так не пишут" not in studio.login(people[1]).get(page).text
    assert "Так не пишут" in master.get(page).text


def test_what_is_typed_into_a_review_is_kept_until_it_is_sent(studio: Studio) -> None:
    studio.set(grading="points")
    with studio.app.app_context():
        draft = reviewing.CriterionDraft(title="Цель ясна", most=5)
        number = reviewing.add_criterion(studio.person(studio.master), studio.workshop(), draft).id
    people = begin(studio)
    [row, *_rest] = studio.reviews_by(people[0])
    browser = studio.login(people[0])
    page = f"{studio.url}reviews/{row.id}"
    fields = {f"points-{number}": "4", f"words-{number}": "Видно сразу", "words": "Живой урок"}
    place = f"workshops.review:{row.id}"
    sent = {"place": place, "body": "Живой урок", "fields": json.dumps(fields)}
    assert f'data-draft-place="{place}" data-draft-fields' in browser.get(page).text
    assert browser.post("/drafts", data=sent).status_code == 200
    shown = browser.get(page).text
    assert "Ваш черновик восстановлен</span>" in shown
    assert 'value="4"' in shown
    assert "Видно сразу</textarea>" in shown
    assert "Живой урок</textarea>" in shown
    assert "Живой урок" not in studio.login(studio.master).get(page).text
    assert review(studio, people[0], row, **(fields | {"words": "Иначе"})) == 303
    shown = browser.get(page).text
    assert "Ваш черновик восстановлен</span>" not in shown
    assert "Иначе</textarea>" in shown


def test_a_review_that_is_not_written_waits_for_nobody_when_the_stage_is_over(
    studio: Studio,
) -> None:
    person = begin(studio)[0]
    browser = studio.login(person)
    assert "предстоит" in browser.get(studio.url).text
    studio.go(K.RESULTS)
    page = browser.get(studio.url).text
    assert "не написан" in page
    assert "предстоит" not in page

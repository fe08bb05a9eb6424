"""Reactions, comments and attachments: services on any content."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.access.actors import SYSTEM, Actor, Viewer
from core.communities.models import Community
from core.contents.attachments import attach, attachments_of
from core.contents.comments import SHOWN, add_comment, comment_views, comments_of
from core.contents.models import Comment, Content, Reaction
from core.contents.reactions import react, reactions_of
from core.errors import DomainError
from core.events.models import EventRow
from core.files.store import save_file
from core.people.models import User
from core.platform.db import db, operation
from core.testing.cast import Cast, Made
from core.testing.count import QueryCount
from tests.core.contents_kit import Notes

Counter = Callable[[], QueryCount]


@pytest.fixture
def place(cast: Cast) -> Made:
    return cast.community("maths", visibility="public")


@pytest.fixture
def author(cast: Cast, place: Made) -> Made:
    return cast.member(place)


@pytest.fixture
def note(notes: Notes, place: Made, author: Made) -> int:
    return notes.write(place, author)


# Reactions


def test_sign_is_put_and_taken_back(app: Flask, cast: Cast, place: Made, note: int) -> None:
    reader = cast.member(place)
    browser = cast.browser(reader)
    address = f"/contents/{note}/react"
    answer = browser.post(address, data={"sign": "thanks", "next": "/c/maths"})
    assert (answer.status_code, answer.location) == (303, "/c/maths")
    with app.app_context():
        signs = reactions_of([note], Viewer(id=reader.id))[note]
        assert signs.counts == {"thanks": 1}
        assert signs.own == {"thanks"}
        assert reactions_of([note], Viewer())[note].own == frozenset()
    browser.post(address, data={"sign": "thanks"})
    with app.app_context():
        assert reactions_of([note], Viewer(id=reader.id))[note].counts == {}


def test_script_gets_only_the_row_of_signs(cast: Cast, place: Made, note: int) -> None:
    browser = cast.browser(cast.member(place))
    answer = browser.post(
        f"/contents/{note}/react", data={"sign": "idea"}, headers={"HX-Request": "true"}
    )
    html = answer.get_data(as_text=True)
    assert html.strip().startswith("<form")
    assert "<html" not in html
    assert 'value="idea" aria-pressed="true"' in html
    assert 'value="thanks" aria-pressed="false"' in html


def test_only_members_react_and_only_with_known_signs(
    app: Flask, cast: Cast, client: FlaskClient, place: Made, note: int
) -> None:
    address = f"/contents/{note}/react"
    assert client.post(address, data={"sign": "thanks"}).status_code == 401
    assert cast.browser(cast.user()).post(address, data={"sign": "thanks"}).status_code == 403
    assert cast.browser(cast.member(place)).post(address, data={"sign": "evil"}).status_code == 400
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Reaction)) == 0


def test_double_clicks_at_once_are_turns_of_one_switch(
    app: Flask, cast: Cast, place: Made, note: int
) -> None:
    reader, together = cast.member(place), threading.Barrier(6)

    def click(number: int) -> bool:
        with app.app_context():
            together.wait()
            return react(Viewer(id=reader.id), db.session.get_one(Content, note), "thanks")

    with ThreadPoolExecutor(6) as pool:
        turns = list(pool.map(click, range(6)))
    assert sorted(turns) == [False] * 3 + [True] * 3
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Reaction)) == 0


def test_signs_of_many_contents_take_one_query(
    app: Flask, cast: Cast, notes: Notes, place: Made, author: Made, count_queries: Counter
) -> None:
    numbers = [notes.write(place, author) for _ in range(5)]
    with app.app_context():
        react(Viewer(id=author.id), db.session.get_one(Content, numbers[0]), "agree")
        with count_queries() as count:
            signs = reactions_of(numbers, Viewer(id=author.id))
        assert count.number == 1
        assert set(signs) == set(numbers)
        with count_queries() as count:
            assert reactions_of([], Viewer()) == {}
        assert count.number == 0


# Comments


def test_comment_is_shown_under_its_content(
    app: Flask, cast: Cast, place: Made, note: int, author: Made
) -> None:
    person = cast.member(place)
    browser = cast.browser(person)
    answer = browser.post(f"/contents/{note}/comments", data={"body": "Согласна <b>совсем</b>"})
    assert answer.status_code == 303
    assert answer.location.startswith(f"/notes/{note}#comment-")
    page = browser.get(f"/contents/{note}/comments").get_data(as_text=True)
    assert "Согласна &lt;b&gt;совсем" in page
    assert person.name in page
    with app.app_context():
        event = db.session.scalars(
            select(EventRow).where(EventRow.kind == "contents.commented")
        ).one()
        assert (event.subject_id, event.facts) == (author.id, {"on": note})
        number = db.session.scalars(select(Comment.id)).one()
        assert event.content_id == number
        assert comment_views([number])[number].url == f"/notes/{note}#comment-{number}"


def test_comment_address_leads_to_what_it_is_about(cast: Cast, place: Made, note: int) -> None:
    browser = cast.browser(cast.member(place))
    location = browser.post(f"/contents/{note}/comments", data={"body": "Слово"}).location
    number = location.rpartition("-")[2]
    assert browser.get(f"/contents/{number}").location == f"/notes/{note}#comment-{number}"


def test_empty_comment_comes_back_with_a_sentence(
    app: Flask, cast: Cast, place: Made, note: int
) -> None:
    browser = cast.browser(cast.member(place))
    answer = browser.post(f"/contents/{note}/comments", data={"body": "   "})
    assert answer.status_code == 400
    assert 'role="alert"' in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Comment)) == 0


def test_a_comment_that_is_sent_again_is_stored_once(
    app: Flask, cast: Cast, place: Made, note: int
) -> None:
    """The answer was lost on the way, so the form comes once more; a script waits for one word."""
    browser = cast.browser(cast.member(place))
    fields = {"body": "Один раз", "submission": "mark-of-the-form"}
    first = browser.post(f"/contents/{note}/comments", data=fields)
    again = browser.post(f"/contents/{note}/comments", data=fields, headers={"X-Submission": "1"})
    assert first.status_code == 303
    assert (again.status_code, again.headers["X-Location"]) == (204, first.location)
    assert "Location" not in again.headers
    assert bodies_of_comments(app) == ['<p dir="auto">Один раз</p>']


def test_the_same_comment_from_two_windows_at_once_is_stored_once(
    app: Flask, cast: Cast, place: Made, note: int
) -> None:
    person = cast.member(place)
    together = threading.Barrier(8)

    def send(_: int) -> int:
        with app.app_context():
            together.wait()
            return add_comment(
                db.session.get_one(User, person.id),
                db.session.get_one(Content, note),
                "<p>Один раз</p>",
                submission="mark",
            ).id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(send, range(8)))
    assert len(ids) == 1
    assert bodies_of_comments(app) == ["<p>Один раз</p>"]


def bodies_of_comments(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Comment.body)))


def test_a_refused_form_says_so_to_a_script_too(cast: Cast, place: Made, note: int) -> None:
    browser = cast.browser(cast.member(place))
    answer = browser.post(
        f"/contents/{note}/comments", data={"body": " "}, headers={"X-Submission": "1"}
    )
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text


def test_outsiders_do_not_comment(cast: Cast, client: FlaskClient, note: int) -> None:
    address = f"/contents/{note}/comments"
    assert client.post(address, data={"body": "x"}).status_code == 401
    assert cast.browser(cast.user()).post(address, data={"body": "x"}).status_code == 403
    assert client.get(address).status_code == 200


def test_own_comment_is_changed_and_the_former_words_stay_in_history(
    cast: Cast, place: Made, note: int
) -> None:
    person = cast.member(place)
    browser = cast.browser(person)
    number = browser.post(
        f"/contents/{note}/comments", data={"body": "Было так"}
    ).location.rpartition("-")[2]
    assert "Было так" in browser.get(f"/contents/{number}/edit").get_data(as_text=True)
    assert (
        browser.post(
            f"/contents/{number}/edit", data={"body": "Стало иначе", "version": "1"}
        ).status_code
        == 303
    )
    history = (
        cast.browser(cast.member(place)).get(f"/contents/{number}/history").get_data(as_text=True)
    )
    assert "<del>Было так</del><ins>Стало иначе</ins>" in history
    late = browser.post(f"/contents/{number}/edit", data={"body": "Поздно", "version": "1"})
    assert late.status_code == 409
    assert "Поздно" in late.get_data(as_text=True)
    other = cast.browser(cast.staff(place))
    assert (
        other.post(f"/contents/{number}/edit", data={"body": "Чужое", "version": "2"}).status_code
        == 403
    )


def test_editing_is_for_comments_alone(cast: Cast, author: Made, note: int) -> None:
    assert (
        cast.browser(author).post(f"/contents/{note}/edit", data={"body": "x"}).status_code == 404
    )


def test_hidden_content_hides_its_comments(cast: Cast, place: Made, note: int) -> None:
    member, moderator = cast.browser(cast.member(place)), cast.browser(cast.staff(place))
    number = member.post(f"/contents/{note}/comments", data={"body": "Слово"}).location.rpartition(
        "-"
    )[2]
    moderator.post(f"/contents/{note}/hide", data={"rule": "insult"})
    assert member.get(f"/contents/{number}").status_code == 404
    assert member.post(f"/contents/{note}/comments", data={"body": "ещё"}).status_code == 404
    assert moderator.post(f"/contents/{note}/comments", data={"body": "ещё"}).status_code == 409


def test_comments_are_not_commented_on(app: Flask, cast: Cast, place: Made, note: int) -> None:
    with app.app_context():
        target = db.session.get_one(Content, note)
        comment = add_comment(SYSTEM, target, "<p>Слово</p>")
        with pytest.raises(DomainError):
            add_comment(SYSTEM, comment, "<p>Слово о слове</p>")


def test_first_comment_of_a_new_member_waits(cast: Cast, notes: Notes) -> None:
    community = cast.community("careful", hold_first_posts=1)
    note = notes.write(community, cast.member(community))
    person = cast.member(community)
    cast.browser(person).post(f"/contents/{note}/comments", data={"body": "Первое слово"})
    address = f"/contents/{note}/comments"
    assert "Первое слово" in cast.browser(person).get(address).get_data(as_text=True)
    assert "Первое слово" not in cast.browser(cast.member(community)).get(address).get_data(
        as_text=True
    )
    queue = cast.browser(cast.staff(community)).get("/c/careful/approval").get_data(as_text=True)
    assert "Первое слово" in queue


def test_latest_comments_of_many_contents_take_one_query(
    app: Flask, cast: Cast, notes: Notes, place: Made, author: Made, count_queries: Counter
) -> None:
    first, second, silent = (notes.write(place, author) for _ in range(3))
    with app.app_context():
        _many(SYSTEM, first, SHOWN + 5)
        _many(SYSTEM, second, 2)
        g.community = db.session.get_one(Community, place.id)
        viewer = Viewer(id=author.id)
        comments_of([first], viewer)
        with count_queries() as count:
            found = comments_of([first, second, silent], viewer)
        assert count.number <= 3
    assert (len(found[first].lines), found[first].total, found[first].earlier) == (
        SHOWN,
        SHOWN + 5,
        5,
    )
    assert found[first].lines[-1].body == f"<p>{SHOWN + 4}</p>"
    assert [line.body for line in found[second].lines] == ["<p>0</p>", "<p>1</p>"]
    assert list(found[silent].lines) == []
    page = cast.browser(author).get(f"/contents/{first}/comments").get_data(as_text=True)
    assert "<p>0</p>" in page
    assert "page=3" in page


@operation
def _many(actor: Actor, on: int, count: int) -> None:
    target = db.session.get_one(Content, on)
    for number in range(count):
        add_comment(actor, target, f"<p>{number}</p>")


# Attachments


@operation
def _attach(actor: Actor, on: int, ids: list[int]) -> None:
    from core.files.models import File

    attach(db.session.get_one(Content, on), [db.session.get_one(File, number) for number in ids])


def test_files_come_in_the_order_given_and_can_be_taken_away(
    app: Flask, author: Made, note: int, count_queries: Counter
) -> None:
    with app.app_context():
        ids = [
            save_file(io.BytesIO(f"текст {n}".encode()), f"{n}.txt", author.id).id for n in range(3)
        ]
        _attach(SYSTEM, note, [ids[2], ids[0], ids[2]])
        with count_queries() as count:
            found = attachments_of([note, 0])
        assert count.number == 1
        assert [file.name for file in found[note]] == ["2.txt", "0.txt"]
        assert found[0] == []
        _attach(SYSTEM, note, [ids[1]])
        assert [file.name for file in attachments_of([note])[note]] == ["1.txt"]

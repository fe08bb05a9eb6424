"""Hiding with a reason, restoring, approval, history: whatever the plugin."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.access.actors import Actor, Viewer
from core.communities.models import Community, CommunityState
from core.contents.history import marked_changes
from core.contents.models import Content
from core.contents.operations import approve, hide, restore
from core.contents.queries import held_count, must_wait
from core.errors import Conflict
from core.events.models import EventRow
from core.people.erasure import erase
from core.people.models import User
from core.platform.db import db, operation
from core.testing.cast import Cast, Made
from core.testing.count import QueryCount
from core.testing.switches import switch_plugin
from tests.core.contents_kit import SHELF, Notes

Login = Callable[[Made], FlaskClient]


@pytest.fixture
def place(cast: Cast) -> Made:
    return cast.community("maths", visibility="public")


@pytest.fixture
def author(cast: Cast, place: Made) -> Made:
    return cast.member(place)


@pytest.fixture
def note(notes: Notes, place: Made, author: Made) -> int:
    return notes.write(place, author, "<p>Грубое слово</p>")


def content_of(app: Flask, number: int) -> Content:
    with app.app_context():
        row = db.session.get_one(Content, number)
        db.session.expunge_all()
        return row


def events(app: Flask, kind: str) -> list[EventRow]:
    with app.app_context():
        return list(db.session.scalars(select(EventRow).where(EventRow.kind == kind)))


HIDING = {"rule": "insult", "words": "Так не говорят с коллегами"}


def test_moderator_hides_with_a_reason_and_may_undo(
    app: Flask, cast: Cast, notes: Notes, place: Made, author: Made, note: int
) -> None:
    moderator = cast.browser(cast.staff(place))
    asked = moderator.get(f"/contents/{note}/hide?next=/c/maths").get_data(as_text=True)
    assert "Грубое слово" in asked
    done = moderator.post(f"/contents/{note}/hide", data={**HIDING, "next": "/c/maths"})
    assert (done.status_code, done.location) == (303, "/c/maths")
    row = content_of(app, note)
    assert row.hidden_at is not None
    assert "Так не говорят с коллегами" in row.hidden_reason
    assert notes.changes == [note]
    [event] = events(app, "contents.hidden")
    assert (event.subject_id, event.content_id) == (author.id, note)
    assert event.facts["reason"] == row.hidden_reason
    undo = moderator.get("/drafts").get_data(as_text=True)
    assert f'action="/contents/{note}/restore"' in undo
    moderator.post(f"/contents/{note}/restore", data={"next": "/c/maths"})
    assert content_of(app, note).hidden_at is None
    assert content_of(app, note).hidden_reason == ""
    assert len(events(app, "contents.restored")) == 1


@pytest.mark.parametrize(
    "fields", [{"rule": ""}, {"rule": "other", "words": " "}, {"rule": "nonsense"}]
)
def test_hiding_without_a_reason_is_refused_and_keeps_what_was_typed(
    app: Flask, cast: Cast, place: Made, note: int, fields: dict[str, str]
) -> None:
    answer = cast.browser(cast.staff(place)).post(
        f"/contents/{note}/hide", data={"words": "почти причина", **fields}
    )
    assert answer.status_code == 400
    assert content_of(app, note).hidden_at is None
    if "words" not in fields:
        assert "почти причина" in answer.get_data(as_text=True)


def test_hidden_is_seen_by_author_and_moderators_alone(
    app: Flask, cast: Cast, place: Made, author: Made, note: int, client: FlaskClient
) -> None:
    member, moderator = cast.member(place), cast.staff(place)
    address = f"/contents/{note}"
    assert cast.browser(member).get(address).status_code == 302
    cast.browser(moderator).post(f"{address}/hide", data=HIDING)
    assert cast.browser(member).get(address).status_code == 404
    assert cast.browser(cast.user()).get(address).status_code == 404
    assert "/notes/" not in client.get(address).location
    assert cast.browser(author).get(address).location == f"/notes/{note}"
    assert cast.browser(moderator).get(address).location == f"/notes/{note}"


def test_only_moderators_hide(
    cast: Cast, place: Made, author: Made, note: int, client: FlaskClient
) -> None:
    for person, status in ((cast.member(place), 403), (author, 403), (cast.user(), 403)):
        browser = cast.browser(person)
        assert browser.get(f"/contents/{note}/hide").status_code == status
        assert browser.post(f"/contents/{note}/hide", data=HIDING).status_code == status
        assert browser.post(f"/contents/{note}/restore").status_code == status
        assert browser.post(f"/contents/{note}/approve").status_code == status
    assert client.post(f"/contents/{note}/hide", data=HIDING).status_code == 401


def test_moderator_of_another_community_is_a_stranger(
    app: Flask, cast: Cast, place: Made, note: int
) -> None:
    elsewhere = cast.browser(cast.staff(cast.community("physics")))
    assert elsewhere.post(f"/contents/{note}/hide", data=HIDING).status_code == 403
    assert content_of(app, note).hidden_at is None


@pytest.mark.parametrize(
    ("visibility", "guest", "stranger"),
    [("public", 302, 302), ("listed", 302, 403), ("private", 302, 404)],
)
def test_content_answers_like_its_community(
    cast: Cast, notes: Notes, client: FlaskClient, visibility: str, guest: int, stranger: int
) -> None:
    community = cast.community(visibility=visibility)
    number = notes.write(community, cast.member(community))
    as_guest = client.get(f"/contents/{number}")
    assert as_guest.status_code == guest
    assert (as_guest.location == f"/notes/{number}") == (visibility == "public")
    assert cast.browser(cast.user()).get(f"/contents/{number}").status_code == stranger
    assert cast.browser(cast.member(community)).get(f"/contents/{number}").status_code == 302


def test_content_that_is_not_there_answers_like_one_that_is_not_for_you(
    cast: Cast, client: FlaskClient
) -> None:
    assert cast.browser(cast.user()).get("/contents/999999").status_code == 404
    assert client.get("/contents/999999").status_code == 302
    for page in ("show", "history", "hide"):
        address = "/contents/999999" + ("" if page == "show" else f"/{page}")
        assert cast.browser(cast.user()).get(address).status_code == 404


def test_content_of_the_site_itself_is_its_authors(cast: Cast, notes: Notes) -> None:
    writer = cast.user()
    number = notes.write(None, writer)
    assert cast.browser(writer).get(f"/contents/{number}").status_code == 302
    assert cast.browser(cast.user()).get(f"/contents/{number}").status_code == 404


def test_content_goes_out_of_sight_with_its_activity(
    app: Flask, cast: Cast, notes: Notes, place: Made
) -> None:
    """A draft is for those who prepare it; what is switched off is for nobody."""
    member, moderator = cast.browser(cast.member(place)), cast.browser(cast.staff(place))
    shown, draft = (cast.activity(place, "forum", state=s) for s in ("published", "draft"))
    addresses = [
        f"/contents/{notes.write_in(activity, cast.member(place))}" for activity in (shown, draft)
    ]
    assert [member.get(address).status_code for address in addresses] == [302, 404]
    assert [moderator.get(address).status_code for address in addresses] == [302, 302]
    switch_plugin(app, "forum", place.id, False)
    assert [moderator.get(address).status_code for address in addresses] == [404, 404]


def test_content_of_a_community_that_has_ended_is_only_read(
    app: Flask, cast: Cast, notes: Notes
) -> None:
    community = cast.community()
    note, moderator = notes.write(community, cast.member(community)), cast.staff(community)
    browser = cast.browser(moderator)
    with app.app_context():
        _end(moderator, community.id)
    assert browser.get(f"/contents/{note}").status_code == 302
    assert browser.post(f"/contents/{note}/hide", data=HIDING).status_code == 403
    assert browser.post(f"/contents/{note}/comments", data={"body": "Слово"}).status_code == 403
    assert browser.post(f"/contents/{note}/react", data={"sign": "thanks"}).status_code == 403


@operation
def _end(actor: Actor, community_id: int) -> None:
    db.session.get_one(Community, community_id).state = CommunityState.LIQUIDATED


def test_second_moderator_does_not_overwrite_the_reason(
    app: Flask, cast: Cast, place: Made, note: int
) -> None:
    first, second = Viewer(id=cast.staff(place).id), Viewer(id=cast.staff(place).id)
    with app.app_context():
        hide(first, db.session.get_one(Content, note), "первая причина")
        with pytest.raises(Conflict):
            hide(second, db.session.get_one(Content, note), "вторая причина")
        restore(second, db.session.get_one(Content, note))
        restore(second, db.session.get_one(Content, note))
    assert len(events(app, "contents.restored")) == 1


def test_first_things_of_a_new_member_wait_for_approval(
    app: Flask, cast: Cast, notes: Notes
) -> None:
    community = cast.community("careful", hold_first_posts=2)
    person, moderator = cast.member(community), cast.staff(community)

    def waits(viewer: Made) -> bool:
        with app.app_context():
            row = db.session.get_one(Community, community.id)
            return must_wait(Viewer(id=viewer.id), row)

    assert waits(person)
    assert not waits(moderator)
    first = notes.write(community, person, "<p>Здравствуйте, коллеги</p>", held=True)
    browser = cast.browser(moderator)
    queue = browser.get("/c/careful/approval").get_data(as_text=True)
    assert "Здравствуйте, коллеги" in queue
    assert person.name in queue
    assert cast.browser(cast.member(community)).get(f"/contents/{first}").status_code == 404
    browser.post(f"/contents/{first}/approve", data={"next": "/c/careful/approval"})
    assert content_of(app, first).held_at is None
    assert notes.changes == [first]
    assert "Здравствуйте" not in browser.get("/c/careful/approval").get_data(as_text=True)
    assert waits(person)
    notes.write(community, person)
    assert not waits(person)


def test_refusing_takes_it_out_of_the_queue_and_restoring_puts_it_back(
    app: Flask, cast: Cast, notes: Notes
) -> None:
    community = cast.community("careful", hold_first_posts=1)
    number = notes.write(community, cast.member(community), "<p>Реклама</p>", held=True)
    browser = cast.browser(cast.staff(community))
    browser.post(f"/contents/{number}/hide", data={"rule": "other", "words": "Это реклама"})
    assert "Реклама" not in browser.get("/c/careful/approval").get_data(as_text=True)
    with app.app_context(), pytest.raises(Conflict):
        approve(Viewer(id=1), db.session.get_one(Content, number))
    browser.post(f"/contents/{number}/restore")
    assert "Реклама" in browser.get("/c/careful/approval").get_data(as_text=True)


def test_what_its_author_took_back_nobody_else_shows_again(
    app: Flask, cast: Cast, notes: Notes
) -> None:
    community = cast.community("careful")
    author = cast.member(community)
    number = notes.write(community, author, "<p>Погорячился</p>")
    with app.app_context():
        hide(Viewer(id=author.id), db.session.get_one(Content, number), "Передумал")
    moderator = cast.browser(cast.staff(community))
    assert moderator.post(f"/contents/{number}/restore").status_code == 403
    assert not content_of(app, number).is_visible
    with app.app_context():
        restore(Viewer(id=author.id), db.session.get_one(Content, number))
    assert content_of(app, number).is_visible


def test_a_moderator_who_undoes_shows_nothing_that_its_author_had_taken_back(
    app: Flask, cast: Cast, notes: Notes
) -> None:
    community = cast.community("careful")
    author = cast.member(community)
    number = notes.write(community, author, "<p>Погорячился</p>")
    with app.app_context():
        hide(Viewer(id=author.id), db.session.get_one(Content, number), "Передумал")
    moderator = cast.browser(cast.staff(community))
    moderator.post(f"/contents/{number}/hide", data={"rule": "other", "words": "Грубость"})
    moderator.post(f"/contents/{number}/restore")
    assert "автор сам её отозвал" in moderator.get("/c/careful/").get_data(as_text=True)
    assert not content_of(app, number).is_visible
    assert cast.browser(cast.member(community)).get(f"/contents/{number}").status_code == 404
    # It is its author's to show again, as before.
    with app.app_context():
        restore(Viewer(id=author.id), db.session.get_one(Content, number))
    assert content_of(app, number).is_visible


def test_what_somebody_took_back_stays_so_when_their_account_is_erased(
    app: Flask, cast: Cast, notes: Notes
) -> None:
    community = cast.community("careful")
    author = cast.member(community)
    number = notes.write(community, author, "<p>Погорячился</p>")
    with app.app_context():
        hide(Viewer(id=author.id), db.session.get_one(Content, number), "Передумал")
    with app.app_context():
        erase(Viewer(id=author.id), db.session.get_one(User, author.id).password_hash)
    moderator = cast.browser(cast.staff(community))
    assert moderator.post(f"/contents/{number}/restore").status_code == 403
    assert not content_of(app, number).is_visible


def test_topic_is_approved_with_its_first_post(app: Flask, cast: Cast, notes: Notes) -> None:
    """What has no words of its own is not in the queue a second time."""
    community = cast.community("careful", hold_first_posts=2)
    person = cast.member(community)
    notes.write(community, person, held=True, kind=SHELF)
    notes.write(community, person, "<p>Первая запись</p>", held=True)
    queue = cast.browser(cast.staff(community)).get("/c/careful/approval").get_data(as_text=True)
    assert queue.count("/approve") == 1
    assert "Первая запись" in queue
    with app.app_context():
        assert held_count(db.session.get_one(Community, community.id)) == 1


def test_queue_stays_in_reach_while_something_waits(cast: Cast, notes: Notes) -> None:
    """Even when the community stops holding posts, those that wait are not forgotten."""
    community = cast.community("careful", hold_first_posts=0)
    browser = cast.browser(cast.staff(community))
    assert "/c/careful/approval" not in browser.get("/c/careful/").get_data(as_text=True)
    notes.write(community, cast.member(community), held=True)
    assert "/c/careful/approval" in browser.get("/c/careful/").get_data(as_text=True)


def test_whoever_may_not_see_the_topic_sees_nothing_in_it(
    cast: Cast, notes: Notes, place: Made, author: Made
) -> None:
    topic, post = notes.write(place, author, kind=SHELF), notes.write(place, author)
    notes.inside[post] = topic
    member, moderator = cast.browser(cast.member(place)), cast.browser(cast.staff(place))
    comment = member.post(f"/contents/{post}/comments", data={"body": "Слово"}).location
    inner = [
        f"/contents/{post}",
        f"/contents/{post}/history",
        f"/contents/{comment.rpartition('-')[2]}",
    ]
    assert [member.get(address).status_code for address in inner] == [302, 200, 302]
    moderator.post(f"/contents/{topic}/hide", data=HIDING)
    assert [member.get(address).status_code for address in inner] == [404, 404, 404]
    assert [moderator.get(address).status_code for address in inner] == [302, 200, 302]


def test_queue_is_for_moderators_of_this_community(cast: Cast, client: FlaskClient) -> None:
    community = cast.community("careful", hold_first_posts=1)
    assert cast.browser(cast.member(community)).get("/c/careful/approval").status_code == 403
    assert client.get("/c/careful/approval").status_code == 302
    other = cast.staff(cast.community("physics"))
    assert cast.browser(other).get("/c/careful/approval").status_code in (403, 404)


def test_queue_takes_as_many_queries_for_a_hundred(
    app: Flask, cast: Cast, notes: Notes, count_queries: Callable[[], QueryCount]
) -> None:
    community = cast.community("careful", hold_first_posts=1)
    browser = cast.browser(cast.staff(community))
    people = [cast.member(community) for _ in range(3)]

    def queries() -> int:
        with count_queries() as count:
            assert browser.get("/c/careful/approval").status_code == 200
        return count.number

    notes.write(community, people[0], held=True)
    one = queries()
    for number in range(24):
        notes.write(community, people[number % 3], held=True)
    assert queries() == one
    assert one <= 10


def test_history_shows_what_an_edit_changed(
    cast: Cast, notes: Notes, place: Made, author: Made
) -> None:
    number = notes.write(place, author, "<p>Встреча в понедельник</p>")
    notes.edit(number, "<p>Встреча во вторник</p>", author)
    page = (
        cast.browser(cast.member(place)).get(f"/contents/{number}/history").get_data(as_text=True)
    )
    assert "<del>в понедельник</del><ins>во вторник</ins>" in page
    assert author.name in page


def test_history_can_be_kept_for_author_and_moderators(cast: Cast, notes: Notes) -> None:
    community = cast.community("quiet", visible_history=False)
    author = cast.member(community)
    number = notes.write(community, author)
    notes.edit(number, "<p>Иначе</p>", author)
    address = f"/contents/{number}/history"
    assert cast.browser(cast.member(community)).get(address).status_code == 403
    assert cast.browser(author).get(address).status_code == 200
    assert cast.browser(cast.staff(community)).get(address).status_code == 200


def test_long_history_comes_in_pages(cast: Cast, notes: Notes, place: Made, author: Made) -> None:
    number = notes.write(place, author, "<p>слово 0</p>")
    for step in range(1, 15):
        notes.edit(number, f"<p>слово {step}</p>", author)
    browser = cast.browser(author)
    first = browser.get(f"/contents/{number}/history").get_data(as_text=True)
    assert first.count("<ins>") == 10
    assert f"/contents/{number}/history?from=5" in first
    rest = browser.get(f"/contents/{number}/history?from=5").get_data(as_text=True)
    assert rest.count("<ins>") == 4
    assert "слово 0" in rest
    assert browser.get(f"/contents/{number}/history?from=-3").status_code == 200


def test_changes_are_words_and_never_markup() -> None:
    shown = marked_changes("<p>раз &lt;b&gt; два</p>", "<p>раз &lt;script&gt; два</p>")
    assert "<script" not in shown
    assert "<del>b</del><ins>script</ins>" in shown
    assert marked_changes("<p>то же</p>", "<p>то же</p>") == "то же"
    assert marked_changes("", "<p>новое</p>") == "<ins>новое</ins>"


def test_changes_of_a_very_long_text_are_found_soon() -> None:
    words = " ".join(f"слово{n}" for n in range(5_000))
    before = f"<p>{words}</p><p>конец</p>" * 3
    assert "<ins>" in marked_changes(before, before.replace("конец", "другой конец"))

"""Whom the forum tells of what: once, for the strongest reason, and never of what is not theirs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from core.api import (
    SYSTEM,
    Community,
    Content,
    Level,
    User,
    approve,
    db,
    follow,
    hide,
    operation,
)
from core.testing.cast import Made, Turned
from core.testing.count import QueryCount
from plugins.forum import moderation, operations, queries
from plugins.forum.models import Post, Topic
from plugins.forum.operations import Written
from plugins.forum.tests.conftest import Forum, text_of

Login = Callable[[Made], FlaskClient]
EN = {"Accept-Language": "en"}


def mention(person: Made) -> str:
    link = f'<a href="/people/{person.id}" data-person="{person.id}">@{person.name}</a>'
    return f"<p>{link}, что скажете?</p>"


def told(login: Login, person: Made, *, unread: bool = True) -> str:
    """What somebody's list of unread notifications says."""
    page = login(person).get("/me/notices?show=unread" if unread else "/me/notices", headers=EN)
    assert page.status_code == 200
    words = text_of(page)
    return words[words.index("All Unread") :]


def bell(login: Login, person: Made) -> int:
    """The number at the bell, on any page."""
    page = login(person).get("/my").text
    found = re.search(r'href="/me/notices".*?</a>', page, re.DOTALL)
    assert found is not None
    number = re.search(r"badge-accent..([0-9]+)<", found[0])
    return int(number[1]) if number else 0


def settle(forum: Forum, person: Made, level: Level | None, topic: int | None = None) -> None:
    """Let somebody follow a topic, or the whole community, so closely."""
    with forum.app.app_context():
        thing = (
            db.session.get_one(Community, forum.community.id)
            if topic is None
            else db.session.get_one(Content, topic)
        )
        follow(db.session.get_one(User, person.id), thing, level)


def wants(login: Login, person: Made, kind: str, channel: str) -> None:
    """Let somebody choose how they are told of a kind."""
    page = login(person).get("/me/notices/settings").text
    radios = re.findall(r'type="radio" name="([^"]+)" id="[^"]+" value="(\w+)" checked', page)
    selects = re.findall(
        r'<select[^>]*name="(\w+)".*?<option selected value="(\w+)"', page, re.DOTALL
    )
    form = {**dict(radios), **dict(selects), kind.replace(".", "-"): channel}
    assert login(person).post("/me/notices/settings", data=form).status_code == 303


def test_a_mention_rings_the_bell_of_whoever_is_named(forum: Forum, login: Login) -> None:
    forum.topic(body=mention(forum.moderator))
    forum.deliver()
    assert "mentions you in “Дроби в 6 классе”" in told(login, forum.moderator)
    assert bell(login, forum.moderator) == 2  # the other: they were admitted
    assert "mentions you" not in told(login, forum.member)


def test_who_is_named_in_a_reply_to_them_is_told_once(forum: Forum, login: Login) -> None:
    topic = forum.topic()
    forum.reply(topic, body=mention(forum.member))
    forum.deliver()
    words = told(login, forum.member)
    assert "mentions you" in words
    assert "replies to you" not in words


def test_who_wants_no_mentions_is_told_of_the_reply(forum: Forum, login: Login) -> None:
    wants(login, forum.member, "forum.mention", "off")
    topic = forum.topic()
    forum.reply(topic, body=mention(forum.member))
    forum.deliver()
    words = told(login, forum.member)
    assert "mentions you" not in words
    assert "replies to you" in words


def test_several_replies_are_one_line(forum: Forum, login: Login) -> None:
    topic = forum.topic()
    for _number in range(3):
        forum.reply(topic)
    forum.deliver()
    assert "3 new replies to you in “Дроби в 6 классе”" in told(login, forum.member)
    assert bell(login, forum.member) == 2  # the other: they were admitted


def test_a_reply_goes_to_whom_it_answers(forum: Forum, login: Login) -> None:
    third = forum.cast.member(forum.community)
    topic = forum.topic()
    answered = forum.reply(topic, by=third)
    forum.deliver()
    forum.reply(topic, by=forum.moderator, parent=answered)
    forum.deliver()
    assert "replies to you" in told(login, third)
    assert "Фамильева" in told(login, forum.member)
    assert "2 new replies" not in told(login, forum.member)


def test_nobody_is_told_of_what_they_did_themselves(forum: Forum, login: Login) -> None:
    settle(forum, forum.member, Level.ALL)
    topic = forum.topic(body=mention(forum.member))
    forum.reply(topic, by=forum.member)
    forum.deliver()
    words = told(login, forum.member)
    assert "Дроби" not in words


@pytest.mark.parametrize(
    ("level", "post", "topic"),
    [
        (Level.OFF, False, False),
        (Level.DIRECT, False, False),
        (Level.FIRST, False, True),
        (Level.TRACK, True, True),
        (Level.ALL, True, True),
    ],
)
def test_the_five_levels(
    forum: Forum, login: Login, level: Level, post: bool, topic: bool
) -> None:  # fmt: skip
    reader = forum.cast.member(forum.community)
    settle(forum, reader, level)
    forum.reply(forum.topic())
    forum.deliver()
    words = told(login, reader)
    assert ("begins a discussion: “Дроби в 6 классе”" in words) is topic
    assert ("writes in “Дроби в 6 классе”" in words) is post


def test_a_topic_that_is_off_is_silent_even_for_mentions(forum: Forum, login: Login) -> None:
    topic = forum.topic()
    settle(forum, forum.moderator, Level.OFF, topic)
    forum.reply(topic, body=mention(forum.moderator), by=forum.member)
    forum.deliver()
    assert "Дроби" not in told(login, forum.moderator)
    settle(forum, forum.moderator, None, topic)
    forum.reply(topic, body=mention(forum.moderator), by=forum.member)
    forum.deliver()
    assert "mentions you" in told(login, forum.moderator)


def test_a_topic_that_one_follows_tells_of_every_post(forum: Forum, login: Login) -> None:
    reader = forum.cast.member(forum.community)
    topic, other = forum.topic(), forum.topic("Другое")
    settle(forum, reader, Level.ALL, topic)
    forum.reply(topic)
    forum.reply(other)
    forum.deliver()
    words = told(login, reader)
    assert "writes in “Дроби в 6 классе”" in words
    assert "Другое" not in words


def test_opening_the_topic_marks_what_it_shows_as_read(forum: Forum, login: Login) -> None:
    topic = forum.topic()
    forum.reply(topic)
    forum.deliver()
    browser = login(forum.member)
    assert "replies to you" in told(login, forum.member)
    browser.get(forum.topic_url(topic), headers={"Sec-Purpose": "prefetch"})
    assert "replies to you" in told(login, forum.member)
    browser.get(forum.topic_url(topic))
    assert "replies to you" not in told(login, forum.member)
    assert "replies to you" in told(login, forum.member, unread=False)


def test_only_the_page_with_the_post_marks_it_as_read(forum: Forum, login: Login) -> None:
    topic = forum.topic()
    for _number in range(50):
        forum.reply(topic, by=forum.moderator)
    forum.deliver()
    browser = login(forum.member)
    browser.get(forum.topic_url(topic))
    assert "replies to you" in told(login, forum.member)
    browser.get(forum.topic_url(topic) + "?page=2")
    assert "repl" not in told(login, forum.member)


def test_a_line_leads_to_the_first_unread_post(forum: Forum, login: Login) -> None:
    topic = forum.topic()
    first = forum.reply(topic)
    forum.reply(topic)
    forum.deliver()
    line = re.search(r'href="(/me/notices/[0-9]+)"', login(forum.member).get("/me/notices").text)
    assert line is not None
    answer = login(forum.member).get(line[1])
    assert answer.status_code == 302
    assert answer.location.endswith(f"/posts/{first}")


def test_what_waits_for_approval_is_told_when_it_is_approved(
    careful_forum: Forum, login: Login
) -> None:
    forum = careful_forum
    newcomer = forum.cast.member(forum.community)
    topic = forum.topic(by=forum.moderator)
    held = forum.reply(topic, body=mention(forum.moderator), by=newcomer)
    forum.deliver()
    assert "Дроби" not in told(login, forum.moderator)
    with forum.app.app_context():
        approve(
            db.session.get_one(User, forum.moderator.id), db.session.get_one(Content, held)
        )  # fmt: skip
    forum.deliver()
    assert "mentions you" in told(login, forum.moderator)
    assert "What you wrote is approved" in told(login, newcomer)


def test_a_hidden_post_is_told_of_no_more(forum: Forum, login: Login) -> None:
    topic = forum.topic()
    post = forum.reply(topic, by=forum.cast.member(forum.community))
    forum.deliver()
    assert "replies to you" in told(login, forum.member)
    with forum.app.app_context():
        moderator = db.session.get_one(User, forum.moderator.id)
        hide(moderator, db.session.get_one(Content, post), "Не по теме")
    assert "Дроби" not in told(login, forum.member)
    assert bell(login, forum.member) == 1  # they were admitted


def test_the_author_is_told_that_a_moderator_has_hidden_their_post(
    forum: Forum, login: Login
) -> None:
    author = forum.cast.member(forum.community)
    post = forum.reply(forum.topic(), by=author)
    with forum.app.app_context():
        moderator = db.session.get_one(User, forum.moderator.id)
        hide(moderator, db.session.get_one(Content, post), "Не по теме")
    forum.deliver()
    assert "A moderator has hidden what you wrote" in told(login, author)


def test_who_has_left_is_not_shown_what_they_may_no_longer_see(forum: Forum, login: Login) -> None:
    topic = forum.topic()
    forum.reply(topic)
    forum.deliver()
    with forum.app.app_context():
        _close(SYSTEM, forum.community.id)
    login(forum.member).post(f"/c/{forum.community.slug}/leave")
    assert "Дроби" not in told(login, forum.member)
    assert bell(login, forum.member) == 0


@operation
def _close(actor: object, community: int) -> None:
    db.session.get_one(Community, community).visibility = "private"


def test_answers_decisions_and_moves(forum: Forum, login: Login) -> None:
    topic = forum.topic()
    post = forum.reply(topic, by=forum.moderator)
    with forum.app.app_context():
        member = db.session.get_one(User, forum.member.id)
        moderator = db.session.get_one(User, forum.moderator.id)
        moderation.mark_answer(member, db.session.get_one(Post, post), True)
        row = db.session.get_one(Topic, topic)
        place = queries.sections_of(row.content.activity)[1]  # type: ignore[arg-type]
        moderation.move_topic(moderator, row, place)
        moderation.reach_decision(moderator, db.session.get_one(Topic, topic), "<p>Решили.</p>")
    forum.deliver()
    assert "Your post is marked as the answer" in told(login, forum.moderator)
    words = told(login, forum.member)
    assert "A decision is reached in “Дроби в 6 классе”" in words
    assert "What you wrote was moved" in words


def test_who_is_named_by_a_later_edit_is_told(forum: Forum, login: Login) -> None:
    topic = forum.topic()
    forum.deliver()
    with forum.app.app_context():
        post = db.session.get_one(Post, forum.first_post(topic))
        member = db.session.get_one(User, forum.member.id)
        for version in (1, 2):
            body = mention(forum.moderator) + f"<p>{version}</p>"
            operations.edit_post(member, post, Written(body=body), seen_version=version)
    forum.deliver()
    assert "mentions you" in told(login, forum.moderator)


def test_telling_thousands_takes_as_many_statements_as_telling_one(
    forum: Forum, clock: Turned
) -> None:
    def statements() -> int:
        forum.reply(topic)
        with QueryCount(forum.app) as count:
            forum.deliver()
        return count.number

    topic = forum.topic()
    forum.deliver()
    few = statements()
    for _number in range(30):
        settle(forum, forum.cast.member(forum.community), Level.ALL, topic)
    clock.turn(timedelta(minutes=1))
    forum.deliver()
    assert statements() == few

"""Keeping order: what moderators do to discussions, and what stays true while others write."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from core.api import SYSTEM, Activity, DomainError, Refused, User, db
from core.testing.cast import Made
from plugins.forum import moderation
from plugins.forum.models import POSTS_A_PAGE, Post, Section, Topic, TopicKind
from plugins.forum.tests.conftest import Forum, csrf, text_of

EN = {"Accept-Language": "en"}


def numbers(forum: Forum, topic: int) -> list[tuple[int, str]]:
    """Numbers and words of a topic's posts, in their order."""
    with forum.app.app_context():
        rows = db.session.query(Post.number, Post.body).filter_by(topic_id=topic)
        return [(row.number, row.body) for row in rows.order_by(Post.number)]


def act(client: FlaskClient, forum: Forum, path: str, **fields: str) -> int:
    fields["csrf_token"] = csrf(client, forum.url + "new")
    return client.post(forum.url + path, data=fields, headers=EN).status_code


def test_pinned_discussions_stand_on_top(forum: Forum, as_moderator: FlaskClient) -> None:
    old = forum.topic("Старое важное")
    forum.topic("Недавнее")
    assert act(as_moderator, forum, f"topics/{old}/arrange", pinned="1") == 303
    page = as_moderator.get(forum.url).text
    assert page.index("Старое важное") < page.index("Недавнее")
    act(as_moderator, forum, f"topics/{old}/arrange", pinned="0")
    page = as_moderator.get(forum.url).text
    assert page.index("Недавнее") < page.index("Старое важное")


def test_a_locked_discussion_takes_no_replies(
    forum: Forum, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    topic = forum.topic()
    act(as_moderator, forum, f"topics/{topic}/arrange", locked="1")
    page = as_member.get(forum.topic_url(topic), headers=EN)
    assert "locked this discussion" in text_of(page)
    assert 'id="reply"' not in page.text
    assert act(as_member, forum, f"topics/{topic}/reply", body="Ещё") == 403
    with pytest.raises(Refused):
        forum.reply(topic)


def test_a_decision_closes_and_stands_on_top(
    forum: Forum, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    topic = forum.topic()
    assert act(as_moderator, forum, f"topics/{topic}/decide", body="") == 400
    assert act(as_moderator, forum, f"topics/{topic}/decide", body="Решили: 12 декабря") == 303
    page = as_member.get(forum.topic_url(topic), headers=EN)
    assert page.text.index("Решили: 12 декабря") < page.text.index('class="posts"')
    assert "decision reached" in text_of(as_member.get(forum.url, headers=EN))
    assert act(as_member, forum, f"topics/{topic}/reply", body="Ещё") == 403
    assert act(as_moderator, forum, f"topics/{topic}/reopen") == 303
    assert act(as_member, forum, f"topics/{topic}/reply", body="Ещё") == 303


def test_members_keep_no_order(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic(by=forum.moderator)
    for path in ("arrange", "decide", "reopen", "move", "merge", "split"):
        assert act(as_member, forum, f"topics/{topic}/{path}") == 403


def test_the_author_and_moderators_mark_one_answer(
    forum: Forum, as_member: FlaskClient, login: Callable[..., FlaskClient]
) -> None:
    topic = forum.topic()
    first, second = forum.reply(topic), forum.reply(topic)
    other = login(forum.cast.member(forum.community))
    assert act(other, forum, f"posts/{first}/answer", on="1") == 403
    act(as_member, forum, f"posts/{first}/answer", on="1")
    act(as_member, forum, f"posts/{second}/answer", on="1")
    page = as_member.get(forum.topic_url(topic), headers=EN).text
    assert page.count("post-answer") == 1
    assert "есть ответ" in text_of(as_member.get(forum.url))
    act(as_member, forum, f"posts/{second}/answer", on="0")
    assert "есть ответ" not in text_of(as_member.get(forum.url))


def test_a_hidden_post_leaves_its_place_and_reason(
    forum: Forum, as_member: FlaskClient, as_moderator: FlaskClient,
    login: Callable[..., FlaskClient],
) -> None:  # fmt: skip
    topic = forum.topic()
    post = forum.reply(topic, "<p>Грубость</p>", by=forum.member)
    other = login(forum.cast.member(forum.community))
    token = csrf(as_moderator, forum.url + "new")
    fields = {"csrf_token": token, "rule": "insult", "words": "Так нельзя"}
    assert as_moderator.post(f"/contents/{post}/hide", data=fields).status_code == 303
    seen = other.get(forum.topic_url(topic)).text
    assert "Грубость" not in seen
    assert "Так нельзя" in seen
    assert "Грубость" in as_member.get(forum.topic_url(topic)).text
    assert forum.read(Topic, topic, "post_count", "last_author_id") == (1, forum.member.id)
    as_moderator.post(f"/contents/{post}/restore", data={"csrf_token": token})
    assert "Грубость" in other.get(forum.topic_url(topic)).text
    assert forum.read(Topic, topic, "post_count") == 2


def test_an_author_takes_a_post_back_and_brings_it_back(
    forum: Forum, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    topic = forum.topic()
    post = forum.reply(topic, "<p>Передумал</p>", by=forum.member)
    assert act(as_moderator, forum, f"posts/{post}/withdraw") == 403
    assert act(as_member, forum, f"posts/{post}/withdraw") == 303
    page = as_member.get(forum.topic_url(topic), headers=EN)
    assert f"posts/{post}/bring-back" in page.text
    answered = f"?reply={post}#body"
    assert answered not in page.text, "nobody answers what is out of sight"
    assert act(as_member, forum, f"posts/{post}/bring-back") == 303
    assert answered in as_member.get(forum.topic_url(topic)).text
    assert forum.read(Topic, topic, "post_count") == 2


def test_a_moderator_decides_about_what_its_author_took_back(
    forum: Forum, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    topic = forum.topic()
    post = forum.reply(topic, "<p>Грубость</p>", by=forum.member)
    act(as_member, forum, f"posts/{post}/withdraw")
    menu = as_moderator.get(f"{forum.url}posts/{post}/menu", headers=EN).text
    assert f"/contents/{post}/hide" in menu
    assert f"/contents/{post}/restore" not in menu, "only its author brings it back"
    token = csrf(as_moderator, forum.url + "new")
    hide = {"csrf_token": token, "rule": "insult"}
    assert as_moderator.post(f"/contents/{post}/hide", data=hide).status_code == 303
    assert act(as_member, forum, f"posts/{post}/bring-back") == 403
    assert as_moderator.post(f"/contents/{post}/hide", data=hide).status_code == 409
    assert forum.read(Topic, topic, "post_count") == 1


def test_a_hidden_discussion_is_gone_for_members(
    forum: Forum, as_moderator: FlaskClient, login: Callable[..., FlaskClient]
) -> None:
    topic = forum.topic("Спорная")
    other = login(forum.cast.member(forum.community))
    fields = {"csrf_token": csrf(as_moderator, forum.url + "new"), "rule": "wrong_place"}
    as_moderator.post(f"/contents/{topic}/hide", data=fields)
    assert other.get(forum.topic_url(topic)).status_code == 404
    assert other.get(f"{forum.url}posts/{forum.first_post(topic)}").status_code == 404
    assert "Спорная" not in other.get(forum.url).text


def test_posts_move_into_a_special_topic(forum: Forum, as_moderator: FlaskClient) -> None:
    topic = forum.topic()
    forum.reply(topic, "<p>По делу</p>")
    moved = forum.reply(topic, "<p>Модератор неправ</p>")
    forum.reply(topic, "<p>Снова по делу</p>", parent=moved)
    page = as_moderator.get(forum.topic_url(topic) + f"/split?post={moved}")
    assert f'value="{moved}" id="choose-{moved}" checked' in page.text
    fields = {
        "csrf_token": csrf(as_moderator, forum.url + "new"), "posts": str(moved),
        "target": "-1", "title": "О работе модераторов", "section": str(section(forum)),
    }  # fmt: skip
    sent = as_moderator.post(forum.topic_url(topic) + "/split", data=fields)
    assert sent.status_code == 303
    special = int(sent.location.rsplit("/", 1)[1])
    assert forum.read(Topic, special, "kind") == TopicKind.GOVERNANCE
    assert numbers(forum, special) == [(1, "<p>Модератор неправ</p>")]
    expected = [(1, "<p>Как?</p>"), (2, "<p>По делу</p>"), (3, "<p>Снова по делу</p>")]
    assert numbers(forum, topic) == expected
    assert "Модератор неправ" in as_moderator.get(sent.location).text
    assert f"topics/{special}" in as_moderator.get(f"{forum.url}posts/{moved}").location
    assert "special topic" in text_of(as_moderator.get(forum.url, headers=EN))


def test_posts_stay_chosen_while_one_turns_the_pages(
    forum: Forum, as_moderator: FlaskClient
) -> None:
    topic = forum.topic()
    posts = [forum.reply(topic, f"<p>Ответ {n}</p>") for n in range(POSTS_A_PAGE + 2)]
    form = forum.topic_url(topic) + "/split"
    fields = {
        "csrf_token": csrf(as_moderator, form), "posts": [str(posts[0]), str(posts[1])],
        "title": "Отдельно", "target": "0", "section": str(section(forum)),
    }  # fmt: skip
    second = as_moderator.post(form, data=fields | {"turn": "2"}, headers=EN)
    assert second.status_code == 200
    assert f'id="choose-{posts[-1]}"' in second.text
    assert 'value="Отдельно"' in second.text
    assert "Chosen on other pages: 2 posts" in text_of(second)
    kept = re.findall(r'<input type="hidden" name="posts" value="(\d+)">', second.text)
    assert kept == fields["posts"]

    first = as_moderator.post(form, data=fields | {"turn": "1", "posts": [kept[1], str(posts[-1])]})
    assert f'id="choose-{posts[0]}">' in first.text
    assert f'id="choose-{posts[1]}" checked>' in first.text
    assert f'<input type="hidden" name="posts" value="{posts[-1]}">' in first.text

    sent = as_moderator.post(form, data=fields | {"posts": [kept[1], str(posts[-1])]})
    assert sent.status_code == 303
    made = int(sent.location.rsplit("/", 1)[1])
    assert [body for _number, body in numbers(forum, made)] == [
        "<p>Ответ 1</p>", f"<p>Ответ {POSTS_A_PAGE + 1}</p>",
    ]  # fmt: skip


def section(forum: Forum) -> int:
    with forum.app.app_context():
        found = db.session.query(Section.id).filter_by(activity_id=forum.activity.id).first()
    assert found is not None
    return int(found[0])


def test_what_was_read_stays_read_when_posts_leave(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic(by=forum.moderator)
    posts = [forum.reply(topic, f"<p>{n}</p>") for n in range(2, 6)]
    as_member.get(forum.topic_url(topic))
    forum.reply(topic, "<p>новое</p>")
    with forum.app.app_context():
        user, place = db.session.get_one(User, forum.moderator.id), db.session.get_one(Topic, topic)
        home = db.session.get_one(Section, section(forum))
        moderation.split(user, place, posts[:2], home, "Отдельно", TopicKind.DISCUSSION)
    assert "1 new" in text_of(as_member.get(forum.url, headers=EN))
    shown = as_member.get(forum.topic_url(topic)).text
    assert shown.index('id="new"') < shown.index("новое")


def test_a_whole_discussion_cannot_be_split_away(forum: Forum) -> None:
    topic = forum.topic()
    with forum.app.app_context():
        place, home = db.session.get_one(Topic, topic), db.session.get_one(Section, section(forum))
        with pytest.raises(DomainError):
            moderation.split(
                SYSTEM, place, [forum.first_post(topic)], home, "Всё", TopicKind.DISCUSSION
            )


def test_merged_discussions_are_one(forum: Forum, as_moderator: FlaskClient) -> None:
    one, other = forum.topic("Первая"), forum.topic("Вторая", body="<p>Тоже как?</p>")
    post = forum.reply(other, "<p>Вот так.</p>", parent=forum.first_post(other))
    assert act(as_moderator, forum, f"topics/{other}/merge", target=str(one)) == 303
    assert [words for _n, words in numbers(forum, one)] == [
        "<p>Как?</p>", "<p>Тоже как?</p>", "<p>Вот так.</p>",
    ]  # fmt: skip
    assert [number for number, _words in numbers(forum, one)] == [1, 2, 3]
    assert as_moderator.get(forum.topic_url(other)).location.endswith(f"topics/{one}")
    assert f"topics/{one}" in as_moderator.get(f"{forum.url}posts/{post}").location
    assert "Вторая" not in as_moderator.get(forum.url).text
    assert "in reply to post 2" in text_of(as_moderator.get(forum.topic_url(one), headers=EN))


def test_a_discussion_moves_to_another_forum_of_the_community(
    forum: Forum, as_moderator: FlaskClient, as_member: FlaskClient
) -> None:
    topic = forum.topic("Переезжает")
    post = forum.reply(topic)
    other = forum.cast.activity(forum.community, "forum")
    with forum.app.app_context():
        there = db.session.query(Section.id).filter_by(activity_id=other.id).first()
    assert there is not None
    assert act(as_moderator, forum, f"topics/{topic}/move", section=str(there[0])) == 303
    assert as_member.get(forum.topic_url(topic)).status_code == 404
    moved = f"/c/{forum.community.slug}/forum/{other.id}/"
    assert "Переезжает" in as_member.get(moved).text
    assert as_member.get(f"/contents/{post}").location == f"{moved}posts/{post}"


def test_a_discussion_does_not_leave_its_community(forum: Forum, as_moderator: FlaskClient) -> None:
    topic = forum.topic()
    abroad = forum.cast.activity(forum.cast.community("physics"), "forum")
    with forum.app.app_context():
        there = db.session.query(Section.id).filter_by(activity_id=abroad.id).first()
    assert there is not None
    assert act(as_moderator, forum, f"topics/{topic}/move", section=str(there[0])) == 400


def test_sections_are_added_changed_and_removed_when_empty(
    forum: Forum, as_moderator: FlaskClient
) -> None:
    forum.topic()
    fields = {"title": "Аттестация", "description": "Документы", "kind": "formal"}
    assert act(as_moderator, forum, "sections", **fields) == 303
    page = as_moderator.get(forum.url + "sections", headers=EN)
    assert "Аттестация" in page.text
    assert act(as_moderator, forum, f"sections/{section(forum)}/remove") == 303
    assert "elsewhere first" in text_of(as_moderator.get(forum.url + "sections", headers=EN))


def test_the_threaded_view_is_remembered_and_ordered(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic()
    first = forum.reply(topic, "<p>первый</p>")
    forum.reply(topic, "<p>второй</p>")
    forum.reply(topic, "<p>к первому</p>", parent=first)
    flat = as_member.get(forum.topic_url(topic)).text
    assert flat.index("второй</p>") < flat.index("к первому</p>")
    as_member.get(forum.topic_url(topic) + "?view=threaded")
    threads = as_member.get(forum.topic_url(topic)).text
    assert threads.index("к первому</p>") < threads.index("второй</p>")
    assert "post-depth-1" in threads


def test_a_post_has_one_address_whatever_its_page(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic()
    posts = [forum.reply(topic) for _ in range(60)]
    leads = as_member.get(f"{forum.url}posts/{posts[-1]}").location
    assert leads.endswith(f"topics/{topic}?page=2#post-{posts[-1]}")
    assert f'id="post-{posts[-1]}"' in as_member.get(leads).text


def test_a_closed_or_archived_forum_is_read_only(
    forum: Forum, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    topic = forum.topic()
    forum.cast._change(Activity, forum.activity.id, {"state": "archived"})
    page = as_member.get(forum.topic_url(topic), headers=EN)
    assert page.status_code == 200
    assert "archive" in text_of(page)
    token = csrf(as_member, forum.topic_url(topic))
    fields = {"csrf_token": token, "body": "Ещё"}
    assert as_member.post(forum.topic_url(topic) + "/reply", data=fields).status_code == 403
    assert as_moderator.get(forum.topic_url(topic) + "/decide").status_code == 403


def test_outsiders_and_guests(
    forum: Forum, client: FlaskClient, login: Callable[..., FlaskClient]
) -> None:
    topic = forum.topic()
    assert "Дроби" in client.get(forum.url).text
    assert client.get(forum.topic_url(topic)).status_code == 200
    assert client.get(forum.url + "new").status_code == 302
    outsider = login(forum.cast.user())
    assert outsider.get(forum.url + "new").status_code == 403
    private = forum.cast.community("private", visibility="private")
    hidden: Made = forum.cast.activity(private, "forum")
    assert outsider.get(f"/c/private/forum/{hidden.id}/").status_code == 404
    assert outsider.get(f"/c/private/forum/{forum.activity.id}/").status_code == 404
    assert outsider.get(f"/c/maths/forum/{hidden.id}/").status_code == 404


def test_rows_of_another_forum_are_not_found_here(forum: Forum, as_moderator: FlaskClient) -> None:
    topic = forum.topic()
    post = forum.first_post(topic)
    other = forum.cast.activity(forum.community, "forum")
    base = f"/c/{forum.community.slug}/forum/{other.id}/"
    for path in (f"topics/{topic}", f"posts/{post}", f"sections/{section(forum)}"):
        assert as_moderator.get(base + path).status_code == 404

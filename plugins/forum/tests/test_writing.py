"""Opening discussions and writing in them, as a person does it with and without script."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from core.api import Content, db, plain
from plugins.forum.models import Post, Section, Topic
from plugins.forum.tests.conftest import Forum, csrf, text_of

EN = {"Accept-Language": "en"}


def section_of(forum: Forum) -> str:
    with forum.app.app_context():
        found = db.session.query(Section.id).filter_by(activity_id=forum.activity.id).first()
    assert found is not None
    return str(found[0])


def bodies(forum: Forum, topic: int) -> list[str]:
    with forum.app.app_context():
        rows = db.session.query(Post.body).filter_by(topic_id=topic).order_by(Post.id)
        return [row.body for row in rows]


def test_a_member_opens_a_discussion_in_plain_text(forum: Forum, as_member: FlaskClient) -> None:
    page = forum.url + "new"
    sent = as_member.post(
        page,
        data={
            "csrf_token": csrf(as_member, page), "title": "Дроби", "section": section_of(forum),
            "body": "Как начать?\n\nПосле каникул.",
        },
    )  # fmt: skip
    assert sent.status_code == 303
    shown = as_member.get(sent.location, headers=EN)
    assert "Дроби" in shown.text
    assert "Как начать?</p>" in shown.text
    assert "Дроби" in as_member.get(forum.url).text


@pytest.mark.parametrize("title", ["", "   ", "a" * 201])
def test_a_title_is_needed_and_bounded(forum: Forum, as_member: FlaskClient, title: str) -> None:
    page = forum.url + "new"
    fields = {"csrf_token": csrf(as_member, page), "section": section_of(forum)}
    sent = as_member.post(page, data=fields | {"title": title, "body": "Мой текст"}, headers=EN)
    assert sent.status_code == 400
    assert "Мой текст" in sent.text


@pytest.mark.parametrize("body", ["", " \n ", "\x00\x00", "\u200b"])
def test_a_blank_post_is_refused(forum: Forum, as_member: FlaskClient, body: str) -> None:
    topic = forum.topic()
    url = forum.topic_url(topic)
    sent = as_member.post(
        url + "/reply", data={"csrf_token": csrf(as_member, url), "body": body}, headers=EN
    )
    assert sent.status_code == 400
    assert len(bodies(forum, topic)) == 1


def test_too_long_a_post_is_refused_and_kept(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic()
    url = forum.topic_url(topic)
    long = "слово " * 40_000
    fields = {"csrf_token": csrf(as_member, url), "body": long}
    sent = as_member.post(url + "/reply", data=fields, headers=EN)
    assert sent.status_code == 413
    assert sent.text.count("слово") >= 40_000
    assert len(bodies(forum, topic)) == 1


@pytest.mark.parametrize(
    "words", ["👩‍🏫 привет 🎉", "שלום לכולם", "до\x00 и после", "1 < 2 & 3 > 2"]
)
def test_unusual_letters_come_back_as_they_were(
    forum: Forum, as_member: FlaskClient, words: str
) -> None:
    topic = forum.topic()
    url = forum.topic_url(topic)
    fields = {"csrf_token": csrf(as_member, url), "body": words}
    assert as_member.post(url + "/reply", data=fields).status_code == 303
    assert words.replace("\x00", "") in html.unescape(as_member.get(url).text)


XSS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>', '<a href="data:text/html,<script>1</script>">x</a>',
    '<iframe src="//evil.example"></iframe>', '<p style="background:url(//evil.example)">x</p>',
    '<p onclick="alert(1)">x</p>', '<form action="//evil.example"><button>x</button></form>',
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    '<object data="//evil.example"></object>', '<base href="//evil.example">',
    '<a href="jav&#x09;ascript:alert(1)">x</a>', "<details open ontoggle=alert(1)>x</details>",
]  # fmt: skip


@pytest.mark.parametrize("attack", XSS)
def test_no_script_of_a_post_reaches_a_page(
    forum: Forum, as_member: FlaskClient, attack: str
) -> None:
    topic = forum.topic(title=attack)
    url = forum.topic_url(topic)
    fields = {"csrf_token": csrf(as_member, url), "body": f"<p>текст</p>{attack}"}
    sent = as_member.post(url + "/reply", data=fields | {"body-format": "html"})
    assert sent.status_code == 303
    shown = as_member.get(url).text
    posts = "".join(re.findall(r'<div class="post-body.*?</article>', shown, flags=re.DOTALL))
    own = re.sub(r"<(form|button|details|svg|use|input|summary)\b[^>]*>", "", posts)
    dangerous = r"<(script|img|iframe|object|base|style|math)|\son\w+=|javascript:|evil\.example"
    assert re.search(dangerous, own) is None
    assert attack not in shown


def test_a_form_sent_twice_is_stored_once(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic()
    url = forum.topic_url(topic)
    fields = {"csrf_token": csrf(as_member, url), "body": "Один раз", "submission": "abc"}
    first, second = (as_member.post(url + "/reply", data=fields) for _ in range(2))
    assert first.location == second.location
    assert len(bodies(forum, topic)) == 2


def test_a_page_that_the_browser_had_kept_sends_what_is_written_there_anew(
    forum: Forum, as_member: FlaskClient
) -> None:
    """Without script a form keeps its mark, and going back shows it as it was."""
    topic = forum.topic()
    url = forum.topic_url(topic)
    fields = {"csrf_token": csrf(as_member, url), "body": "Один раз", "submission": "abc"}
    for words in ("Один раз", "Другое", "Другое", "Один раз"):
        assert as_member.post(url + "/reply", data=fields | {"body": words}).status_code == 303
    assert [plain(body) for body in bodies(forum, topic)[1:]] == ["Один раз", "Другое"]


def test_submissions_of_two_people_do_not_meet(forum: Forum) -> None:
    topic = forum.topic()
    mine = forum.reply(topic, by=forum.member, submission="same")
    theirs = forum.reply(topic, by=forum.moderator, submission="same")
    assert mine != theirs


def test_a_reply_that_comes_too_late_is_shown_with_the_reason(
    forum: Forum, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    topic = forum.topic()
    url = forum.topic_url(topic)
    token = csrf(as_member, url)
    lock = {"csrf_token": csrf(as_moderator, forum.url + "new"), "locked": "1"}
    as_moderator.post(url + "/arrange", data=lock)
    fields = {"csrf_token": token, "body": "Пока я писала", "submission": "late"}
    answer = as_member.post(url + "/reply", data=fields)
    assert answer.status_code == 403
    assert "Модераторы закрыли это обсуждение." in answer.text
    assert "Пока я писала</textarea>" in answer.text


def test_a_draft_is_restored_and_dropped_with_the_post(
    forum: Forum, as_member: FlaskClient
) -> None:
    topic = forum.topic()
    url = forum.topic_url(topic)
    token = csrf(as_member, url)
    draft = {"place": f"forum.reply:{topic}", "body": "Недописанное", "csrf_token": token}
    assert as_member.post("/drafts", data=draft).status_code == 200
    assert "Недописанное" in as_member.get(url).text
    assert "your draft" in text_of(as_member.get(forum.url, headers=EN))
    as_member.post(url + "/reply", data={"csrf_token": token, "body": "Дописанное"})
    assert "Недописанное" not in as_member.get(url).text
    assert "your draft" not in text_of(as_member.get(forum.url, headers=EN))


def test_a_reply_points_at_what_it_answers(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic()
    answered = forum.reply(topic)
    url = forum.topic_url(topic)
    form = as_member.get(f"{url}?reply={answered}", headers=EN)
    assert "In reply to" in text_of(form)
    fields = {"csrf_token": csrf(as_member, url), "body": "Да", "parent": str(answered)}
    as_member.post(url + "/reply", data=fields)
    assert "in reply to post 2" in text_of(as_member.get(url, headers=EN))


def test_a_parent_from_another_discussion_is_ignored(forum: Forum, as_member: FlaskClient) -> None:
    topic, other = forum.topic(), forum.topic("Другая")
    url = forum.topic_url(topic)
    fields = {"csrf_token": csrf(as_member, url), "body": "Да", "parent": str(forum.reply(other))}
    assert as_member.post(url + "/reply", data=fields).status_code == 303
    assert "in reply to" not in text_of(as_member.get(url, headers=EN))


def test_too_many_posts_in_a_short_time_wait(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic()
    url = forum.topic_url(topic)
    token = csrf(as_member, url)
    statuses = [
        as_member.post(url + "/reply", data={"csrf_token": token, "body": f"№ {n}"}).status_code
        for n in range(21)
    ]
    assert statuses == [303] * 20 + [429]
    late = as_member.post(url + "/reply", data={"csrf_token": token, "body": "Ещё одно"})
    assert "Ещё одно" in late.text


def test_an_edit_keeps_what_was_said_before(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic()
    post = forum.reply(topic, "<p>Было</p>", by=forum.member)
    page = f"{forum.url}posts/{post}/edit"
    fields = {"csrf_token": csrf(as_member, page), "body": "Стало", "version": "1"}
    assert as_member.post(page, data=fields).status_code == 303
    shown = as_member.get(forum.topic_url(topic), headers=EN)
    assert "Стало" in shown.text
    assert "changed" in text_of(shown)
    assert "Было" in as_member.get(f"/contents/{post}/history").text


def test_an_edit_without_script_keeps_the_formatting(forum: Forum, as_member: FlaskClient) -> None:
    body = "<blockquote>Слова</blockquote><p>Мой <strong>жирный</strong> ответ</p>"
    post = forum.reply(forum.topic(), body, by=forum.member)
    page = f"{forum.url}posts/{post}/edit"
    typed = "Слова\r\n\r\nМой жирный и точный ответ"
    fields = {"csrf_token": csrf(as_member, page), "body": typed, "version": "1"}
    assert as_member.post(page, data=fields | {"body-format": "text"}).status_code == 303
    assert forum.read(Post, post, "body").replace(' dir="auto"', "") == (
        "<blockquote>Слова</blockquote><p>Мой <strong>жирный</strong> и точный ответ</p>"
    )


def test_two_people_who_edit_one_post_see_both_texts(
    forum: Forum, as_member: FlaskClient, as_moderator: FlaskClient
) -> None:
    topic = forum.topic()
    post = forum.reply(topic, "<p>Начало</p>", by=forum.member)
    page = f"{forum.url}posts/{post}/edit"
    mine = {"csrf_token": csrf(as_member, page), "body": "Мой вариант", "version": "1"}
    theirs = {"csrf_token": csrf(as_moderator, page), "body": "Их вариант", "version": "1"}
    assert as_moderator.post(page, data=theirs).status_code == 303
    refused = as_member.post(page, data=mine)
    assert refused.status_code == 409
    assert "Не всё заполнено верно" not in refused.text
    assert "Не получилось. Введённое вами сохранено." in refused.text
    assert "Мой вариант" in refused.text
    assert "Их вариант" in refused.text
    assert 'name="version" type="hidden" value="2"' in refused.text
    assert as_member.post(page, data=mine | {"version": "2"}).status_code == 303


def test_nobody_edits_anothers_post(forum: Forum, login: Callable[..., FlaskClient]) -> None:
    stranger = login(forum.cast.member(forum.community))
    post = forum.reply(forum.topic(), by=forum.member)
    assert stranger.get(f"{forum.url}posts/{post}/edit").status_code == 403


def test_the_title_is_edited_with_the_first_post(forum: Forum, as_member: FlaskClient) -> None:
    topic = forum.topic("Старое")
    page = f"{forum.url}posts/{forum.first_post(topic)}/edit"
    fields = {"csrf_token": csrf(as_member, page), "body": "Текст", "version": "1"}
    assert as_member.post(page, data=fields | {"title": "Новое"}).status_code == 303
    assert forum.read(Topic, topic, "title") == "Новое"


def test_mentions_offer_those_who_can_read_the_place(forum: Forum, as_member: FlaskClient) -> None:
    forum.cast.member(forum.community, surname="Семёнова")
    forum.cast.user("Семёнов")
    found = as_member.get(forum.url + "people?q=семён").json
    assert found is not None
    assert [person["name"] for person in found] == ["Семёнова Анна Петровна"]


@pytest.mark.parametrize(
    ("typed", "is_found"),
    [
        ("Семёнова Анна Петровна", True), ("анна петр", True), ("Семёнова\xa0А.\xa0П.", True),
        ("Семёнова А.П.", True), ("Петровна", False), ("Семёнова О.", False),
    ],
)  # fmt: skip
def test_a_person_is_found_by_whatever_one_calls_them(
    forum: Forum, as_member: FlaskClient, typed: str, is_found: bool
) -> None:
    forum.cast.member(forum.community, surname="Семёнова")
    found = as_member.get(forum.url + "people", query_string={"q": typed}).json
    names = [person["name"] for person in found or ()]
    assert ("Семёнова Анна Петровна" in names) is is_found


def test_the_event_names_only_mentioned_readers(forum: Forum) -> None:
    outsider = forum.cast.user()
    body = "".join(
        f'<p><a class="mention" data-person="{who.id}" href="/people/{who.id}">x</a></p>'
        for who in (forum.moderator, outsider)
    )
    post = forum.reply(forum.topic(), body, by=forum.member)
    query = text("SELECT facts FROM events WHERE content_id = :post AND kind = 'forum.replied'")
    with forum.app.app_context():
        facts = db.session.scalar(query, {"post": post})
    facts = json.loads(facts) if isinstance(facts, str) else facts
    assert facts["mentioned"] == [forum.moderator.id]


def test_first_posts_of_a_new_member_wait_for_approval(
    careful_forum: Forum, login: Callable[..., FlaskClient]
) -> None:
    forum = careful_forum
    as_member, as_moderator = login(forum.member), login(forum.moderator)
    topic = forum.topic(by=forum.moderator)
    post = forum.reply(topic, "<p>Здравствуйте!</p>", by=forum.member)
    other = login(forum.cast.member(forum.community))
    url = forum.topic_url(topic)
    assert "waits for approval" in text_of(as_member.get(url, headers=EN))
    assert "Здравствуйте!" in as_moderator.get(url).text
    assert "Здравствуйте!" not in other.get(url).text
    assert other.get(f"{forum.url}posts/{post}").status_code == 404
    approve = {"csrf_token": csrf(as_moderator, url)}
    assert as_moderator.post(f"/contents/{post}/approve", data=approve).status_code == 303
    assert "Здравствуйте!" in other.get(url).text
    assert forum.read(Post, post, "number") == 2
    assert forum.read(Post, forum.reply(topic, by=forum.member), "number") == 3


def test_a_held_discussion_appears_with_its_first_post(
    careful_forum: Forum, login: Callable[..., FlaskClient]
) -> None:
    forum = careful_forum
    as_member, as_moderator = login(forum.member), login(forum.moderator)
    topic = forum.topic("Первый вопрос", by=forum.cast.member(forum.community))
    assert "Первый вопрос" not in as_member.get(forum.url).text
    assert as_member.get(forum.topic_url(topic)).status_code == 404
    assert "Первый вопрос" in as_moderator.get(forum.url).text
    token = csrf(as_moderator, forum.url + "new")
    as_moderator.post(f"/contents/{topic}/approve", data={"csrf_token": token})
    assert "Первый вопрос" in as_member.get(forum.url).text
    assert forum.read(Post, forum.first_post(topic), "number") == 1
    assert forum.read(Content, forum.first_post(topic), "held_at") is None

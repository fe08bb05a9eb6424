"""What a school sets about its forums, and a community for itself."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from core.testing.cast import Cast, Turned
from plugins.forum.tests.conftest import Forum, text_of

SITE = "/admin/plugins/forum/settings"


def changed(forum: Forum, browser: FlaskClient, post: int) -> int:
    return browser.get(f"{forum.url}posts/{post}/edit").status_code


def test_authors_change_their_posts_for_as_long_as_the_school_says(
    forum: Forum, as_member: FlaskClient, as_moderator: FlaskClient, cast: Cast, clock: Turned
) -> None:
    topic = forum.topic()
    post = forum.first_post(topic)
    clock.turn(timedelta(hours=30))
    assert changed(forum, as_member, post) == 200, "for ever, unless somebody says otherwise"
    administrator = cast.browser(cast.user(administrator=True))
    assert administrator.post(SITE, data={"hours_to_change": "24"}).status_code == 303
    assert changed(forum, as_member, post) == 403
    assert "Время, когда сообщение можно изменить" in text_of(
        as_member.get(f"{forum.url}posts/{post}/edit")
    )
    assert "Изменить" not in text_of(as_member.get(f"{forum.url}posts/{post}/menu"))
    assert changed(forum, as_moderator, post) == 200, "moderators at any time"
    fresh = forum.reply(topic, by=forum.member)
    assert changed(forum, as_member, fresh) == 200


def test_a_community_sets_its_own_and_follows_the_site_again(
    forum: Forum, as_member: FlaskClient, cast: Cast, clock: Turned
) -> None:
    topic = forum.topic()
    post = forum.first_post(topic)
    clock.turn(timedelta(hours=30))
    administrator = cast.browser(cast.user(administrator=True))
    administrator.post(SITE, data={"hours_to_change": "24"})
    here = f"/c/{forum.community.slug}/settings/plugins/forum"
    coordinator = cast.browser(cast.staff(forum.community, "coordinator"))
    assert 'value="24"' in coordinator.get(f"{here}/settings").text
    assert coordinator.post(f"{here}/settings", data={"hours_to_change": "48"}).status_code == 303
    assert changed(forum, as_member, post) == 200
    assert 'value="24"' in administrator.get(SITE).text
    assert coordinator.post(f"{here}/follow-site").status_code == 303
    assert changed(forum, as_member, post) == 403
    assert as_member.get(f"{here}/settings").status_code == 403


def test_nonsense_is_refused_with_everything_that_was_typed(cast: Cast, forum: Forum) -> None:
    administrator = cast.browser(cast.user(administrator=True))
    for typed in ("", "-1", "1e9", "99999999999999999999", "\x00", "пять"):
        answer = administrator.post(SITE, data={"hours_to_change": typed})
        assert answer.status_code == 400, typed
    assert 'value="0"' in administrator.get(SITE).text

"""What the forum tells people of: whom what concerns, and in which words."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from core.api import Channel, Content, Event, Level, News, NoticeKind, db, notify
from plugins.forum import events
from plugins.forum.models import Post, Topic
from plugins.forum.operations import POST, TOPIC, mentioned_in
from plugins.forum.words import _, _l, ngettext

MENTION = "forum.mention"
REPLY = "forum.reply"
NEW_TOPIC = "forum.new_topic"
NEW_POST = "forum.new_post"
ANSWER = "forum.answer"
DECISION = "forum.decision"
MOVED = "forum.moved"
APPROVED = "contents.approved"

LISTENS = (
    events.TOPIC_OPENED, events.REPLIED, events.EDITED, events.ANSWERED, events.DECIDED,
    events.MOVED, events.MERGED, events.SPLIT, APPROVED,
)  # fmt: skip


def _mention(news: News) -> str:
    if news.single:
        return _("%(who)s mentions you in “%(title)s”", who=news.who, title=news.title)
    return ngettext(
        "%(n)s mention of you in “%(title)s”", "%(n)s mentions of you in “%(title)s”",
        news.count, title=news.title,
    )  # fmt: skip


def _reply(news: News) -> str:
    if news.single:
        return _("%(who)s replies to you in “%(title)s”", who=news.who, title=news.title)
    return ngettext(
        "%(n)s new reply to you in “%(title)s”", "%(n)s new replies to you in “%(title)s”",
        news.count, title=news.title,
    )  # fmt: skip


def _new_topic(news: News) -> str:
    if news.single:
        return _("%(who)s begins a discussion: “%(title)s”", who=news.who, title=news.title)
    return ngettext(
        "%(n)s new discussion, the latest: “%(title)s”",
        "%(n)s new discussions, the latest: “%(title)s”",
        news.count, title=news.title,
    )  # fmt: skip


def _new_post(news: News) -> str:
    if news.single:
        return _("%(who)s writes in “%(title)s”", who=news.who, title=news.title)
    return ngettext(
        "%(n)s new post in “%(title)s”", "%(n)s new posts in “%(title)s”",
        news.count, title=news.title,
    )  # fmt: skip


def _answer(news: News) -> str:
    return _("Your post is marked as the answer in “%(title)s”", title=news.title)


def _decision(news: News) -> str:
    return _("A decision is reached in “%(title)s”", title=news.title)


def _moved(news: News) -> str:
    return _("What you wrote was moved: “%(title)s”", title=news.title)


KINDS = (
    NoticeKind(
        name=MENTION, title=_l("Mentions of me"), says=_mention, icon="at", hue="blue",
        why=_l("because somebody mentioned you"), channel=Channel.MAIL,
    ),
    NoticeKind(
        name=REPLY, title=_l("Replies to my posts"), says=_reply, icon="reply", hue="blue",
        why=_l("because somebody replied to you"), channel=Channel.MAIL,
    ),
    NoticeKind(
        name=NEW_TOPIC, title=_l("New discussions where I follow the first messages"),
        says=_new_topic, icon="chat-left-text", hue="blue", channel=Channel.DAILY,
        why=_l("because you follow what is begun there"), level=Level.FIRST,
    ),
    NoticeKind(
        name=NEW_POST, title=_l("New posts where I keep track or follow everything"),
        says=_new_post, icon="chat-dots", hue="blue", channel=Channel.MAIL,
        why=_l("because you follow everything there"), level=Level.TRACK,
    ),
    NoticeKind(
        name=ANSWER, title=_l("My post is marked as the answer"), says=_answer,
        icon="check-circle", hue="green", why=_l("because it was you who wrote it"),
    ),
    NoticeKind(
        name=DECISION, title=_l("Decisions in discussions that I took part in or follow"),
        says=_decision, icon="patch-check", hue="green", channel=Channel.MAIL,
        why=_l("because you took part in the discussion, or follow it"), level=Level.TRACK,
    ),
    NoticeKind(
        name=MOVED, title=_l("What I wrote was moved"), says=_moved, icon="arrows-move",
        hue="orange", why=_l("because it was you who wrote it"), channel=Channel.MAIL, level=None,
    ),
)  # fmt: skip


def tell(event: Event) -> None:
    """Tell whom something in a forum concerns; inside the operation of the log's reader."""
    content = db.session.get(Content, event.content_id or 0)
    if content is None or content.kind not in (TOPIC, POST):
        return
    if event.kind in (events.TOPIC_OPENED, events.REPLIED, APPROVED):
        _published(content)
    elif event.kind == events.EDITED:
        _tell_mentioned(content)
    else:
        _TELLERS[event.kind](event, content)


def _published(content: Content) -> None:
    """Something can be read now that could not before. Of one post everybody is told once, for
    the strongest reason there is."""
    if not content.is_visible:
        return
    topic = _topic_of(content)
    first = content.kind == TOPIC or _is_first(content)
    if not topic.visible:
        return
    _tell_mentioned(content)
    if first:
        notify(
            NEW_TOPIC, by=topic.content.author_id, content=topic.content,
            about=topic.content.activity, once=_once(content),
        )  # fmt: skip
        return
    answered = _answered_by(content, topic)
    if answered is not None:
        notify(
            REPLY, [answered], by=content.author_id, content=content, about=topic.content,
            once=_once(content),
        )  # fmt: skip
    notify(
        NEW_POST, by=content.author_id, content=content, about=topic.content, once=_once(content)
    )


def _tell_mentioned(content: Content) -> None:
    """Who is named in a post, also by a later edit: each of them once."""
    post = _post_of(content)
    activity = content.activity
    if post is None or activity is None or not content.is_visible or not post.topic.visible:
        return
    mentioned = mentioned_in(post.body, activity)
    if mentioned:
        notify(
            MENTION, mentioned, by=content.author_id, content=post.content,
            about=post.topic.content, once=_once(content),
        )  # fmt: skip


def _once(content: Content) -> str:
    """A topic and its first post are one occasion."""
    topic = _topic_of(content)
    first = content.kind == TOPIC or _is_first(content)
    return f"forum.topic:{topic.id}" if first else f"forum.post:{content.id}"


def _topic_of(content: Content) -> Topic:
    if content.kind == TOPIC:
        return db.session.get_one(Topic, content.id)
    return db.session.get_one(Post, content.id).topic


def _post_of(content: Content) -> Post | None:
    """The post itself, or the first one of a topic."""
    if content.kind == POST:
        return db.session.get(Post, content.id)
    return db.session.scalar(select(Post).where(Post.topic_id == content.id, Post.number == 1))


def _is_first(content: Content) -> bool:
    return db.session.get_one(Post, content.id).number == 1


def _answered_by(content: Content, topic: Topic) -> int | None:
    """Whom a post answers: the author of the one above it in its thread, or of the topic."""
    post = db.session.get_one(Post, content.id)
    above = db.session.get(Content, post.parent_id) if post.parent_id else topic.content
    return above.author_id if above is not None else None


def _answered(event: Event, content: Content) -> None:
    if content.author_id is not None:
        notify(
            ANSWER, [content.author_id], by=event.actor_id, content=content,
            about=_topic_of(content).content, once=f"forum.answer:{content.id}",
        )  # fmt: skip


def _decided(event: Event, content: Content) -> None:
    for people in (_authors_in(content.id), None):
        notify(DECISION, people, by=event.actor_id, content=content, once=f"decision:{event.id}")


def _moved_topic(event: Event, content: Content) -> None:
    people = {event.subject_id} if event.kind == events.MERGED else {content.author_id}
    _tell_moved(event, content, people)


def _split(event: Event, content: Content) -> None:
    moved = event.facts.get("moved", [])
    query = select(Content.author_id).where(Content.id.in_(moved))
    _tell_moved(event, content, set(db.session.scalars(query)))


def _tell_moved(event: Event, content: Content, people: set[int | None]) -> None:
    known = {number for number in people if number is not None}
    notify(MOVED, known, by=event.actor_id, content=content, once=f"forum.moved:{event.id}")


def _authors_in(topic_id: int) -> set[int]:
    query = (
        select(Content.author_id)
        .join(Post, Post.id == Content.id)
        .where(Post.topic_id == topic_id, Content.hidden_at.is_(None), Content.held_at.is_(None))
    )
    return {number for number in db.session.scalars(query.distinct()) if number is not None}


_TELLERS: dict[str, Callable[[Event, Content], None]] = {
    events.ANSWERED: _answered,
    events.DECIDED: _decided,
    events.MOVED: _moved_topic,
    events.MERGED: _moved_topic,
    events.SPLIT: _split,
}

"""Writing in a forum: opening topics, replying, editing; and what a forum begins with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from core.api import (
    Activity,
    Actor,
    Content,
    DomainError,
    File,
    Refused,
    attach,
    attachments_of,
    can,
    db,
    drop_draft,
    is_blank,
    new_content,
    note_revision,
    operation,
    readers_among,
    record,
    sent_before,
    upsert,
)
from plugins.forum import events
from plugins.forum.models import Post, Read, Section, SectionKind, Topic, TopicKind
from plugins.forum.numbering import append, locked
from plugins.forum.words import _

TOPIC, POST = "forum.topic", "forum.post"
TITLE_LENGTH = 200
MENTION = re.compile(r'data-person="([0-9]{1,9})"')


@dataclass(frozen=True, kw_only=True)
class Written:
    """What somebody sends: clean HTML, files, and the mark of the form it came from."""

    body: str
    files: Sequence[File] = ()
    submission: str = ""
    draft: str = ""

    def checked(self) -> str:
        """The body; raises DomainError for a blank one."""
        if is_blank(self.body) and not self.files:
            raise DomainError(_("There is nothing in this post yet. Write something first."))
        return self.body


@operation
def forum_saved(actor: Actor, activity: Activity, form: object) -> None:
    """Give a new forum its first sections: one about the work, one for talk among colleagues."""
    if db.session.scalar(select(Section.id).where(Section.activity_id == activity.id).limit(1)):
        return
    for position, (title, text, kind) in enumerate(
        (
            (_("Work"), _("Questions, experience, lessons"), SectionKind.FORMAL),
            (_("Staff room"), _("Informal talk among colleagues"), SectionKind.INFORMAL),
        )
    ):
        db.session.add(
            Section(
                activity_id=activity.id, title=title, description=text, kind=kind, position=position
            )
        )
    db.session.flush()


@operation
def open_topic(
    actor: Actor,
    section: Section,
    title: str,
    written: Written,
    *,
    kind: TopicKind = TopicKind.DISCUSSION,
) -> Topic:
    """Begin a discussion. A form that is sent twice gives the same topic.

    Raises DomainError for a blank title or body.
    """
    title, body = checked_title(title), written.checked()
    sent = _already_sent(actor, written)
    if sent is not None:
        return sent.topic
    activity = db.session.get_one(Activity, section.activity_id)
    held = must_wait(actor, activity)
    content = new_content(actor, TOPIC, activity, held=held)
    topic = Topic(
        id=content.id, content=content, activity_id=activity.id, section_id=section.id, title=title,
        kind=kind, visible=not held, last_number=0, post_count=0, held_count=0,
        last_post_at=content.created_at,
    )  # fmt: skip
    db.session.add(topic)
    db.session.flush()
    _stored(actor, activity, topic, body, written, held=held)
    drop_draft(actor, written.draft)
    record(
        events.TOPIC_OPENED, actor, activity=activity, content=content,
        title=title, topic=topic.id, mentioned=mentioned_in(body, activity),
    )  # fmt: skip
    return topic


@operation
def reply(actor: Actor, topic: Topic, written: Written, *, parent: Post | None = None) -> Post:
    """Answer in a topic. A form that is sent twice gives the same post.

    Raises Refused where the discussion is closed, DomainError for a blank body.
    """
    body = written.checked()
    sent = _already_sent(actor, written)
    if sent is not None:
        return sent
    topic = locked(topic.id)
    reason = closed_because(topic)
    if reason:
        raise Refused(reason)
    activity = db.session.get_one(Activity, topic.activity_id)
    held = must_wait(actor, activity)
    post = _stored(actor, activity, topic, body, written, parent=parent, held=held)
    drop_draft(actor, written.draft)
    record(
        events.REPLIED, actor, activity=activity, content=post.content,
        subject_id=parent.content.author_id if parent else None,
        title=topic.title, topic=topic.id, mentioned=mentioned_in(body, activity),
    )  # fmt: skip
    return post


def _stored(
    actor: Actor,
    activity: Activity,
    topic: Topic,
    body: str,
    written: Written,
    *,
    parent: Post | None = None,
    held: bool,
) -> Post:
    content = new_content(actor, POST, activity, held=held, submission=written.submission)
    post = Post(
        id=content.id, content=content, activity_id=activity.id, topic_id=topic.id, topic=topic,
        parent_id=parent.id if parent and parent.topic_id == topic.id else None, body=body,
        number=None, thread="", has_files=bool(written.files),
    )  # fmt: skip
    db.session.add(post)
    db.session.flush()
    if written.files:
        attach(content, written.files)
    if held:
        topic.held_count += 1
    else:
        _published(actor, topic, post)
    return post


def _published(actor: Actor, topic: Topic, post: Post) -> None:
    """Put a post at the end of its topic and let the list of topics know."""
    append(topic, [post])
    topic.post_count += 1
    topic.last_post_at, topic.last_author_id = post.content.created_at, post.content.author_id
    if actor.id is None:
        return
    read = db.session.get(Read, {"user_id": actor.id, "topic_id": topic.id})
    number = topic.last_number
    # Whoever writes has seen their own post; what came before it counts only if it was shown.
    if (read.number if read else 0) == number - 1:
        upsert(Read, {"user_id": actor.id, "topic_id": topic.id}, {"number": number})


def _already_sent(actor: Actor, written: Written) -> Post | None:
    content = sent_before(actor, written.submission)
    return db.session.get(Post, content.id) if content is not None else None


def must_wait(actor: Actor, activity: Activity) -> bool:
    """Whether what this person writes here has to be approved: their first posts in some places."""
    wanted = activity.community.hold_first_posts
    if not wanted or actor.id is None or can(actor, "contents.unheld", activity.community):
        return False
    query = select(func.count()).where(
        Content.author_id == actor.id, Content.community_id == activity.community_id,
        Content.kind == POST, Content.held_at.is_(None), Content.hidden_at.is_(None),
    )  # fmt: skip
    return (db.session.scalar(query) or 0) < wanted


@operation
def edit_post(
    actor: Actor, post: Post, written: Written, *, seen_version: int, title: str | None = None
) -> None:
    """Change what a post says; what it said before stays readable.

    ``title`` changes the topic's, with its first post. Raises Conflict when somebody else changed
    the post since ``seen_version``.
    """
    body = written.checked()
    note_revision(actor, post.content, post.body, seen_version=seen_version)
    post.body = body
    attach(post.content, written.files)
    post.has_files = bool(written.files)
    if title is not None and post.number == 1:
        post.topic.title = checked_title(title)
    drop_draft(actor, written.draft)
    record(
        events.EDITED, actor, activity=post.content.activity, content=post.content,
        subject_id=post.content.author_id, title=post.topic.title, topic=post.topic_id,
    )  # fmt: skip


def checked_title(title: str) -> str:
    """A title as it is stored; raises DomainError for a blank or overlong one."""
    title = " ".join(title.split())
    if not title:
        raise DomainError(_("A discussion needs a title."))
    if len(title) > TITLE_LENGTH:
        raise DomainError(_("This title is too long: 200 characters fit."))
    return title


def closed_because(topic: Topic) -> str:
    """Why nobody can write in a topic any more; empty if one can."""
    if topic.decided_at is not None:
        return _("A decision has been reached here, and the discussion is closed.")
    if topic.locked:
        return _("The moderators have locked this discussion.")
    if topic.merged_into_id is not None:
        return _("This discussion has become part of another one.")
    return ""


def mentioned_in(body: str, activity: Activity) -> list[int]:
    """People whom a text names and who can read the place; the others are not told of it."""
    ids = {int(number) for number in MENTION.findall(body)}
    return sorted(readers_among(activity.community, ids)) if ids else []


def files_of(post: Post) -> Sequence[File]:
    """The files of a post, to begin an edit with."""
    return attachments_of([post.id])[post.id] if post.has_files else []

"""Keeping order: pin, lock, answer, decide, move, merge, split; what hiding does to a topic."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update

from core.api import (
    Activity,
    Actor,
    Content,
    DomainError,
    db,
    is_blank,
    new_content,
    operation,
    record,
    utcnow,
)
from plugins.forum import events
from plugins.forum.models import Post, Read, Section, Topic, TopicKind
from plugins.forum.numbering import append, close_gaps, locked, recount
from plugins.forum.operations import TOPIC, checked_title
from plugins.forum.words import _


@operation
def arrange(
    actor: Actor,
    topic: Topic,
    *,
    pinned: bool | None = None,
    locked_now: bool | None = None,
    kind: TopicKind | None = None,
) -> None:
    """Pin a topic to the top, lock it, make it a special one, or take that back."""
    topic = locked(topic.id)
    changes = {"pinned": pinned, "locked": locked_now, "kind": kind}
    changed = {name: value for name, value in changes.items() if value is not None}
    for name, value in changed.items():
        setattr(topic, name, value)
    record(
        events.ARRANGED, actor, activity=topic.content.activity, content=topic.content,
        title=topic.title, topic=topic.id, changes=changed,
    )  # fmt: skip


@operation
def mark_answer(actor: Actor, post: Post, is_answer: bool) -> None:
    """Say that a post answers the question of its topic, or take that back. There is one answer."""
    topic = locked(post.topic_id)
    others = update(Post).where(Post.topic_id == topic.id, Post.is_answer).values(is_answer=False)
    db.session.execute(others)
    post.is_answer = is_answer
    recount(topic)
    if is_answer:
        record(
            events.ANSWERED, actor, activity=topic.content.activity, content=post.content,
            subject_id=post.content.author_id, title=topic.title, topic=topic.id,
        )  # fmt: skip


@operation
def reach_decision(actor: Actor, topic: Topic, summary: str) -> None:
    """Close a discussion with what was decided; ``summary`` is clean HTML, shown on top."""
    if is_blank(summary):
        raise DomainError(_("Say what was decided: it will stand above the discussion."))
    topic = locked(topic.id)
    topic.decision, topic.decided_at, topic.decided_by_id = summary, utcnow(), actor.id
    record(
        events.DECIDED, actor, activity=topic.content.activity, content=topic.content,
        subject_id=topic.content.author_id, title=topic.title, topic=topic.id, decision=summary,
    )  # fmt: skip


@operation
def reopen(actor: Actor, topic: Topic) -> None:
    """Take a decision back and go on discussing; the log keeps what had been decided."""
    topic = locked(topic.id)
    topic.decision, topic.decided_at, topic.decided_by_id = "", None, None
    record(
        events.REOPENED, actor, activity=topic.content.activity, content=topic.content,
        title=topic.title, topic=topic.id,
    )  # fmt: skip


@operation
def move_topic(actor: Actor, topic: Topic, section: Section) -> None:
    """Move a topic to another section, of this forum or of another one of the same community."""
    topic = locked(topic.id)
    target = db.session.get_one(Activity, section.activity_id)
    if target.community_id != topic.content.community_id:
        raise DomainError(_("A discussion can be moved within its community only."))
    topic.section_id, topic.activity_id = section.id, target.id
    posts = select(Post.id).where(Post.topic_id == topic.id)
    db.session.execute(
        update(Content)
        .where(Content.id.in_(posts) | (Content.id == topic.id))
        .values(activity_id=target.id)
    )
    db.session.execute(update(Post).where(Post.topic_id == topic.id).values(activity_id=target.id))
    record(
        events.MOVED, actor, activity=target, content=topic.content,
        title=topic.title, topic=topic.id, section=section.title,
    )  # fmt: skip


def _locked_both(one: int, other: int) -> tuple[Topic, Topic]:
    """Two topics, held in the order of their ids: two moderators cannot block each other."""
    held = {number: locked(number) for number in sorted({one, other})}
    return held[one], held[other]


@operation
def merge(actor: Actor, topic: Topic, target: Topic) -> None:
    """Put all posts of a topic behind those of another; its address leads there from now on."""
    topic, target = _locked_both(topic.id, target.id)
    if topic.id == target.id or target.merged_into_id or topic.merged_into_id:
        raise DomainError(_("Choose another discussion to merge with."))
    if topic.activity_id != target.activity_id:
        raise DomainError(_("Move the discussion into the same forum first."))
    query = select(Post).where(Post.topic_id == topic.id).order_by(Post.number, Post.id)
    _take_over(target, db.session.scalars(query).all())
    db.session.execute(delete(Read).where(Read.topic_id == topic.id))
    topic.merged_into_id, topic.visible, topic.pinned = target.id, False, False
    target.held_count += topic.held_count
    topic.last_number = topic.post_count = topic.held_count = 0
    record(
        events.MERGED, actor, activity=target.content.activity, content=target.content,
        subject_id=topic.content.author_id, title=target.title, topic=target.id, merged=topic.title,
    )  # fmt: skip


def _take_over(target: Topic, posts: Sequence[Post]) -> None:
    """Put posts of another topic at the end of one; those that wait for approval go on waiting."""
    for post in posts:
        post.topic_id, post.activity_id, post.is_answer = target.id, target.activity_id, False
    numbered = [post for post in posts if post.number is not None]
    for post in numbered:
        post.number = None
    db.session.flush()
    append(target, numbered)
    recount(target)


@operation
def split(
    actor: Actor, topic: Topic, posts: Sequence[int], section: Section, title: str, kind: TopicKind
) -> Topic:
    """Make a topic of its own of some posts; it is its first post's author who began it."""
    title, topic = checked_title(title), locked(topic.id)
    chosen = _chosen(topic, posts)
    activity = db.session.get_one(Activity, topic.activity_id)
    content = new_content(actor, TOPIC, activity)
    content.author_id = chosen[0].content.author_id
    content.created_at = chosen[0].content.created_at
    target = Topic(
        id=content.id, content=content, activity_id=activity.id, section_id=section.id, title=title,
        kind=kind, last_number=0, post_count=0, held_count=0, last_post_at=content.created_at,
    )  # fmt: skip
    db.session.add(target)
    db.session.flush()
    _transfer(actor, topic, target, chosen)
    return target


@operation
def move_posts(actor: Actor, topic: Topic, posts: Sequence[int], target: Topic) -> None:
    """Move some posts into another topic, such as the one for the work of the moderators."""
    topic, target = _locked_both(topic.id, target.id)
    if topic.id == target.id or target.activity_id != topic.activity_id or target.merged_into_id:
        raise DomainError(_("Choose another discussion of this forum."))
    _transfer(actor, topic, target, _chosen(topic, posts))


def _chosen(topic: Topic, ids: Sequence[int]) -> list[Post]:
    query = select(Post).where(
        Post.topic_id == topic.id, Post.id.in_(ids), Post.number.is_not(None)
    )
    chosen = list(db.session.scalars(query.order_by(Post.number)))
    if not chosen:
        raise DomainError(_("Choose the posts first."))
    if len(chosen) == topic.last_number:
        raise DomainError(_("These are all the posts. Move the whole discussion instead."))
    return chosen


def _transfer(actor: Actor, topic: Topic, target: Topic, posts: Sequence[Post]) -> None:
    _take_over(target, posts)
    close_gaps(topic)
    recount(topic)
    record(
        events.SPLIT, actor, activity=target.content.activity, content=target.content,
        title=target.title, topic=target.id, taken_from=topic.title, posts=len(posts),
        moved=[post.id for post in posts],
    )  # fmt: skip


def post_visibility_changed(actor: Actor, post_id: int) -> None:
    """A post was hidden, restored or approved: its topic's row follows, in the same operation."""
    post = db.session.get_one(Post, post_id)
    topic = locked(post.topic_id)
    if post.number is None and post.content.held_at is None:
        _release(topic, post)
    else:
        recount(topic)


def topic_visibility_changed(actor: Actor, topic_id: int) -> None:
    """A topic was hidden, restored or approved: lists follow, in the same operation."""
    topic = locked(topic_id)
    first = select(Post).where(Post.topic_id == topic.id).order_by(Post.id).limit(1)
    post = db.session.scalar(first)
    if topic.last_number == 0 and topic.content.held_at is None and post is not None:
        _release(topic, post)
    topic.visible = topic.content.is_visible


def _release(topic: Topic, post: Post) -> None:
    """Approved: the post comes to the end of its topic, and is news to everybody from now on. A
    topic and its first post are approved together."""
    post.content.held_at = topic.content.held_at = None
    append(topic, [post])
    topic.held_count = max(0, topic.held_count - 1)
    recount(topic)
    topic.visible, topic.last_post_at = topic.content.is_visible, utcnow()


@operation
def save_section(
    actor: Actor, activity: Activity, section: Section | None, values: dict[str, str]
) -> Section:
    """Add a section to a forum, or change one."""
    if section is None:
        position = len(_sections(activity))
        section = Section(activity_id=activity.id, position=position)
        db.session.add(section)
    section.title, section.description = checked_title(values["title"]), values["description"]
    section.kind = values["kind"]
    db.session.flush()
    record(events.SECTIONS_CHANGED, actor, activity=activity, section=section.title)
    return section


@operation
def remove_section(actor: Actor, section: Section) -> None:
    """Remove a section that has no topics; a forum keeps at least one."""
    activity = db.session.get_one(Activity, section.activity_id)
    if db.session.scalar(select(Topic.id).where(Topic.section_id == section.id).limit(1)):
        raise DomainError(_("Move the discussions of this section elsewhere first."))
    if len(_sections(activity)) == 1:
        raise DomainError(_("A forum has at least one section."))
    record(events.SECTIONS_CHANGED, actor, activity=activity, section=section.title)
    db.session.delete(section)


def _sections(activity: Activity) -> Sequence[int]:
    return db.session.scalars(select(Section.id).where(Section.activity_id == activity.id)).all()

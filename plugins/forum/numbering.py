"""Numbers of posts, the order of threads and what a topic's row says of its posts.

All of it is called inside operations that hold the topic's row, so that numbers have no gaps.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update

from core.api import Content, changed, db
from plugins.forum.models import Post, Read, Topic

# Each step of a thread is written with so many hexadecimal digits, in lists of so many steps.
DIGITS = 6
DEPTH = 8
# What an open page of a topic is told of.
REPLIES = "replies"


def locked(topic_id: int) -> Topic:
    """The topic's row, held until the operation ends."""
    # What an operation around this one has changed must not be read over.
    db.session.flush()
    query = select(Topic).where(Topic.id == topic_id).with_for_update(key_share=True)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def thread_of(parent: str, number: int) -> str:
    """Where a post stands in the threaded view; the deepest replies stand beside each other."""
    return f"{parent[: (DEPTH - 1) * DIGITS]}{number:0{DIGITS}x}"


def depth_of(thread: str) -> int:
    """How many posts stand above this one in its thread."""
    return max(0, len(thread) // DIGITS - 1)


def append(topic: Topic, posts: Sequence[Post]) -> None:
    """Give posts the next numbers of a topic whose row is held, and put them into its threads."""
    for post in posts:
        topic.last_number += 1
        parent = db.session.get(Post, post.parent_id) if post.parent_id else None
        if parent is None or parent.topic_id != topic.id:
            post.parent_id, parent = None, None
        post.topic_id, post.activity_id = topic.id, topic.activity_id
        post.number = topic.last_number
        post.thread = thread_of(parent.thread if parent else "", topic.last_number)
    db.session.flush()
    changed(topic.content, REPLIES)
    changed(topic.content, "unread")


def close_gaps(topic: Topic) -> None:
    """Number the posts anew after some were taken away, without losing what people have read."""
    passed = (
        select(func.count())
        .where(Post.topic_id == topic.id, Post.number <= Read.number)
        .scalar_subquery()
    )
    reads = update(Read).where(Read.topic_id == topic.id).values(number=passed)
    db.session.execute(reads, execution_options={"synchronize_session": False})
    query = select(Post).where(Post.topic_id == topic.id, Post.number.is_not(None))
    threads: dict[int, str] = {}
    for number, post in enumerate(db.session.scalars(query.order_by(Post.number)).all(), start=1):
        if post.parent_id not in threads:
            post.parent_id = None
        threads[post.id] = thread_of(threads.get(post.parent_id or 0, ""), number)
        post.number, post.thread = number, threads[post.id]
        topic.last_number = number
        db.session.flush()


def recount(topic: Topic) -> None:
    """Let the topic's row say how many of its posts can be seen, and whose is the last."""
    db.session.flush()
    seen = (
        select(Content.author_id, Content.created_at, Post.is_answer)
        .join(Post, Post.id == Content.id)
        .where(Post.topic_id == topic.id, Post.number.is_not(None), Content.hidden_at.is_(None))
    )
    last = db.session.execute(seen.order_by(Post.number.desc()).limit(1)).one_or_none()
    topic.post_count = db.session.scalar(select(func.count()).select_from(seen.subquery())) or 0
    topic.answered = bool(db.session.execute(seen.where(Post.is_answer).limit(1)).first())
    if last is not None:
        topic.last_author_id, topic.last_post_at = last.author_id, last.created_at

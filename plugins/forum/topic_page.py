"""One page of a topic: its posts, flat or threaded, and what of them is new to the viewer."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from core.api import Content, Reactions, School, User, Viewer, db, reactions_of, rows
from plugins.forum.models import POSTS_A_PAGE, Post, Read, Topic
from plugins.forum.numbering import depth_of
from plugins.forum.people import SCHOOL, Byline, byline, byline_columns

Parent = aliased(Post)


class PostLine(NamedTuple):
    """A post as its topic's page shows it. Without a number it waits for approval."""

    id: int
    number: int | None
    depth: int
    parent_id: int | None
    parent_number: int | None
    body: str
    is_answer: bool
    has_files: bool
    author: Byline
    created_at: datetime
    edited_at: datetime | None
    version: int
    hidden: bool
    hidden_reason: str
    read: int

    @property
    def plain(self) -> bool:
        """Nothing has to be said above it: not hidden, held, an answer nor a reply to another."""
        return not (self.hidden or self.is_answer or self.parent_number or self.number is None)

    @property
    def is_new(self) -> bool:
        return self.number is not None and self.number > self.read

    def look(self, known: bool, threaded: bool) -> str:
        """The classes that tell it from other posts, for somebody known or for a guest."""
        look = " post-new" if known and self.is_new else ""
        if self.is_answer:
            look += " post-answer"
        if self.hidden:
            look += " post-hidden"
        return f"{look} post-depth post-depth-{self.depth}" if threaded and self.depth else look


@dataclass(frozen=True)
class PostsPage:
    """The posts of one page, with their reactions; ``read`` is how far the viewer had come."""

    posts: Sequence[PostLine]
    reactions: dict[int, Reactions]
    number: int
    pages: int
    read: int

    @property
    def numbered(self) -> list[int]:
        """The ids of the posts that do not wait for approval."""
        return [post.id for post in self.posts if post.number]

    @cached_property
    def read_till(self) -> int:
        """How far the viewer has come with this page: only what was shown without a gap."""
        shown = {post.number for post in self.posts}
        number = self.read
        while number + 1 in shown:
            number += 1
        return number

    @cached_property
    def first_new(self) -> int | None:
        """The post above which the unread line stands; None when nothing, or all, is new."""
        news = [post.number for post in self.posts if post.is_new and post.number]
        return min(news) if news and self.read else None


def pages_of(topic: Topic) -> int:
    """On how many pages the posts of a topic stand."""
    return max(1, -(-topic.last_number // POSTS_A_PAGE))


def posts_page(
    topic: Topic, viewer: Viewer, number: int, *, threaded: bool, staff: bool
) -> PostsPage:
    """One page of a topic in two queries, and a third when posts wait for approval on the last."""
    pages = pages_of(topic)
    number = min(max(1, number), pages)
    place = {"topic_id": topic.id, "viewer_id": viewer.id}
    posts = _posts(_in_order(threaded), **place, start=(number - 1) * POSTS_A_PAGE)
    if topic.held_count and number == pages:
        posts += _posts(_waiting(staff), **place)
    return PostsPage(
        posts,
        reactions_of([post.id for post in posts], viewer),
        number,
        pages,
        posts[0].read if posts else 0,
    )


def posts_after(topic: Topic, viewer: Viewer, number: int) -> PostsPage:
    """The posts that came after a number, as many as a page has: what an open page is given."""
    place = {"topic_id": topic.id, "viewer_id": viewer.id}
    posts = _posts(_in_order(False), **place, start=number)
    reactions = reactions_of([post.id for post in posts], viewer)
    pages = pages_of(topic)
    return PostsPage(posts, reactions, pages, pages, posts[0].read if posts else 0)


def count_after(topic: Topic, number: int) -> int:
    """How many posts that everybody sees came after a number."""
    query = (
        select(func.count())
        .select_from(Post)
        .join(Content, Content.id == Post.id)
        .where(Post.topic_id == topic.id, Post.number > number, Content.hidden_at.is_(None))
    )
    return db.session.scalar(query) or 0


def _posts(query: Select[*tuple[Any, ...]], **facts: Any) -> list[PostLine]:
    return [_post(row) for row in rows(query, facts).all()]


def _lines() -> Select[*tuple[Any, ...]]:
    viewer_id = bindparam("viewer_id", type_=Integer)
    topic_id = bindparam("topic_id", type_=Integer)
    mine = and_(Read.topic_id == topic_id, Read.user_id == viewer_id)
    return (
        select(
            Post.id, Post.number, Post.thread, Post.parent_id, Parent.number, Post.body,
            Post.is_answer, Post.has_files, Content.author_id, Content.created_at,
            Content.edited_at, Content.version, Content.hidden_at, Content.hidden_reason,
            Read.number, SCHOOL, *byline_columns(User),
        )
        .join(Content, Content.id == Post.id)
        .outerjoin(Parent, Parent.id == Post.parent_id)
        .outerjoin(User, User.id == Content.author_id)
        .outerjoin(School, School.id == User.school_id)
        .outerjoin(Read, mine)
        .where(Post.topic_id == topic_id)
    )  # fmt: skip


@functools.cache
def _in_order(threaded: bool) -> Select[*tuple[Any, ...]]:
    """Made once: putting a query together takes longer than the database takes to answer it."""
    start = bindparam("start", type_=Integer)
    if not threaded:
        numbers = Post.number.between(start + 1, start + POSTS_A_PAGE)
        return _lines().where(numbers).order_by(Post.number)
    query = _lines().where(Post.number.is_not(None)).order_by(Post.thread)
    return query.offset(start).limit(POSTS_A_PAGE)


@functools.cache
def _waiting(staff: bool) -> Select[*tuple[Any, ...]]:
    query = _lines().where(Post.number.is_(None)).order_by(Post.id)
    return query if staff else query.where(Content.author_id == bindparam("viewer_id"))


def _post(row: Any) -> PostLine:
    (
        number, place, thread, parent_id, parent_place, body, is_answer, has_files, author_id,
        created_at, edited_at, version, hidden_at, reason, read, school, *names,
    ) = row  # fmt: skip
    return PostLine(
        number, place, depth_of(thread), parent_id, parent_place, body, is_answer, has_files,
        byline(author_id, names, school), created_at, edited_at, version, hidden_at is not None,
        reason, read or 0,
    )  # fmt: skip


def page_of_post(post: Post, *, threaded: bool) -> int:
    """The page on which a post stands; those that wait for approval stand on the last."""
    if post.number is None:
        return pages_of(post.topic)
    if not threaded:
        return (post.number - 1) // POSTS_A_PAGE + 1
    query = select(func.count()).where(
        Post.topic_id == post.topic_id, Post.number.is_not(None), Post.thread < post.thread
    )
    return (db.session.scalar(query) or 0) // POSTS_A_PAGE + 1


def first_unread(topic: Topic, viewer: Viewer) -> Post | None:
    """The first post of a topic that the viewer has not been shown, or the last one."""
    read = db.session.get(Read, {"user_id": viewer.id, "topic_id": topic.id}) if viewer.id else None
    wanted = min((read.number if read else 0) + 1, topic.last_number)
    return db.session.scalar(select(Post).where(Post.topic_id == topic.id, Post.number == wanted))

"""The forums of the demo: what colleagues in each community talk about this week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy import select

from core.api import (
    SYSTEM,
    Activity,
    Community,
    User,
    approve,
    create_activity,
    current_zone,
    db,
    from_text,
    operation,
    react,
    upsert,
)
from plugins.forum import agenda, demo_files, moderation, operations, queries
from plugins.forum.demo_texts import Book, Line, Talk, book_for
from plugins.forum.models import Post, Read, Reader, Section, Topic, TopicKind
from plugins.forum.operations import Written

# Members have followed the forum for so long; what is older counts as read.
FOLLOWED = timedelta(days=40)


@dataclass(frozen=True)
class Scene:
    """Where and among whom a talk of the demo takes place; ``cast`` is the demo's own."""

    cast: Any
    sections: Sequence[Section]

    def person(self, who: str) -> User:
        """One of the cast by role, or by number."""
        found: User = self.cast.pick(int(who)) if who.isdecimal() else getattr(self.cast, who)
        return found


@operation
def _fill(actor: object, community: Community, cast: Any) -> None:
    book = book_for(community.slug)
    owner = cast.coordinator
    forum = create_activity(owner, community, "forum", "forum", book.title)
    scene = Scene(cast, _sections(owner, forum, book))
    for person in cast.people:
        key = {"user_id": person.id, "community_id": community.id}
        upsert(Reader, key, {"since": cast.now - FOLLOWED})
    for talk in book.talks:
        _stage(scene, talk)
    for problem in book.problems:
        opens_at = _at(cast.now, problem.days, "15:00")
        agenda.plan_problem(
            scene.person(problem.by), forum,
            agenda.Plan(
                title=problem.title, body=from_text(problem.text), section=scene.sections[0],
                opens_at=opens_at,
            ),
        )  # fmt: skip


def lively_forum(community: Community, cast: Any) -> None:
    """Put a forum under way into a community of the demo."""
    _fill(SYSTEM, community, cast)


def _sections(owner: User, forum: Activity, book: Book) -> Sequence[Section]:
    """The sections of a book take the places of those that every forum begins with."""
    there = list(queries.sections_of(forum))
    for place, (title, about, kind) in enumerate(book.sections):
        values = {"title": title, "description": about, "kind": kind}
        old = there[place] if place < len(there) else None
        moderation.save_section(owner, forum, old, values)
    return queries.sections_of(forum)


def _stage(scene: Scene, talk: Talk) -> None:
    """Let a talk happen: posts, quotes, signs, the answer, the decision, and what was read."""
    topic = _opened(scene, talk)
    posts = [db.session.scalars(select(Post).where(Post.topic_id == topic.id)).one()]
    _backdate(posts[0], scene, talk.lines[0])
    for line in talk.lines[1:]:
        posts.append(_said(scene, topic, posts, line))
    for number, sign, who in talk.signs:
        react(scene.person(who), posts[number - 1].content, sign)
    if talk.answer:
        moderation.mark_answer(scene.person(talk.lines[0].by), posts[talk.answer - 1], True)
    if talk.decision:
        moderation.reach_decision(scene.cast.moderator, topic, from_text(talk.decision))
    if talk.pinned:
        moderation.arrange(scene.cast.moderator, topic, pinned=True)
    if talk.locked:
        moderation.arrange(scene.cast.moderator, topic, locked_now=True)
    _read(scene, topic, talk)


def _opened(scene: Scene, talk: Talk) -> Topic:
    first = talk.lines[0]
    kind = TopicKind.GOVERNANCE if talk.special else TopicKind.DISCUSSION
    topic = operations.open_topic(
        scene.person(first.by), scene.sections[talk.section], talk.title,
        Written(body=from_text(first.text)), kind=kind,
    )  # fmt: skip
    if topic.content.held_at:
        approve(scene.cast.moderator, topic.content)
    topic.content.created_at = _at(scene.cast.now, first.days, first.hour)
    return topic


def _said(scene: Scene, topic: Topic, posts: Sequence[Post], line: Line) -> Post:
    parent = posts[line.to - 1] if line.to else None
    body = _quoted(line, parent) + _named(scene, line) + from_text(line.text)
    author = scene.person(line.by)
    files = [demo_files.stored(name, author) for name in line.files]
    post = operations.reply(author, topic, Written(body=body, files=files), parent=parent)
    if post.content.held_at and not line.waiting:
        approve(scene.cast.moderator, post.content)
    _backdate(post, scene, line)
    return post


def _quoted(line: Line, parent: Post | None) -> str:
    if not line.quote or parent is None or parent.content.author is None:
        return ""
    quote = Markup('<blockquote data-author="{}" cite="/contents/{}"><p>{}</p></blockquote>')
    return str(quote.format(parent.content.author.name, parent.id, line.quote))


def _named(scene: Scene, line: Line) -> str:
    if not line.names:
        return ""
    person = scene.person(line.names)
    name = Markup('<p><a href="/people/{}" data-person="{}">@{}</a>,</p>')
    return str(name.format(person.id, person.id, person.name))


def _backdate(post: Post, scene: Scene, line: Line) -> None:
    """The talk did not happen in one second."""
    moment = _at(scene.cast.now, line.days, line.hour)
    post.content.created_at = moment
    if post.number is not None:
        post.topic.last_post_at = moment


def _at(now: datetime, days: float, hour: str = "") -> datetime:
    """So many days ago, at an hour of the local day when one is given; never in the future."""
    local = now.astimezone(current_zone()) - timedelta(days=days)
    if hour:
        hours, minutes = hour.split(":")
        moment = local.replace(hour=int(hours), minute=int(minutes), second=0, microsecond=0)
    else:
        moment = _awake(local)
    return min(moment, now - timedelta(minutes=3)) if days >= 0 else moment


def _awake(local: datetime) -> datetime:
    """Teachers sleep: what would fall into the night happens, in the same order, before it."""
    if 8 <= local.hour < 21:
        return local
    night = local.replace(hour=21, minute=0, second=0, microsecond=0)
    if local.hour < 8:
        night -= timedelta(days=1)
    return night + (local - night) / 11


def _read(scene: Scene, topic: Topic, talk: Talk) -> None:
    """Everybody has read all but the last posts of the talk; some not even that."""
    number = topic.last_number - talk.unread
    for person in scene.cast.people:
        if number > 0:
            key = {"user_id": person.id, "topic_id": topic.id}
            upsert(Read, key, {"number": max(number, _last_own(topic, person))})


def _last_own(topic: Topic, person: User) -> int:
    query = select(Post.number).join(Post.content).where(Post.topic_id == topic.id)
    own = [n for n in db.session.scalars(query.filter_by(author_id=person.id)) if n]
    return max(own, default=0)

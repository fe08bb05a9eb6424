"""A community as large as the largest we aim at, written in bulk."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import insert, select

from core.communities.models import Membership
from core.contents.models import Content
from core.platform.db import db, operation, utcnow
from core.testing.cast import Cast, Made
from plugins.forum.models import Post, Section, Topic

MEMBERS = 150
TOPICS = 5_000
POSTS = 10
LONG_TOPIC = 50
SMALL = 200
SYLLABLES = "ба ве го до жи за ке ло ми но по ра со ту фе ха це ча ше эн ю ля".split()


@dataclass(frozen=True)
class Filled:
    """Where the pages under test are, and who looks at them."""

    forum: str
    small_forum: str
    long_topic: str
    members: list[Made]


def fill(app: Flask) -> Filled:
    """150 members, 5,000 topics of 10 posts, a topic of 50; beside it a forum of 200 topics."""
    cast = Cast(app)
    owner = cast.user("Загрузкина")
    members = [cast.user(f"Участников{n}") for n in range(MEMBERS - 1)]
    places = [
        cast.community(slug, title=title, coordinator=owner, visibility="public", admission="open")
        for slug, title in (("load", "Большое сообщество"), ("small", "Малое сообщество"))
    ]
    for place in places:
        for member in members:
            cast.member(place, member)
    forums = [cast.activity(place, "forum", title="Обмен опытом") for place in places]
    with app.app_context():
        long_topic = _bulk(None, places[0], forums[0], TOPICS, members)
        _bulk(None, places[1], forums[1], SMALL, members)
    base = [f"/c/{p.slug}/forum/{f.id}/" for p, f in zip(places, forums, strict=True)]
    return Filled(base[0], base[1], f"{base[0]}topics/{long_topic}", members)


@operation
def _bulk(actor: Any, place: Made, forum: Made, topics: int, members: list[Made]) -> int:
    """Topics and their posts; the number of the newest topic, which is the long one."""
    section = db.session.scalars(select(Section.id).where(Section.activity_id == forum.id)).first()
    first = (db.session.scalar(select(Content.id).order_by(Content.id.desc()).limit(1)) or 0) + 1
    writer = Writer(place.id, forum.id, section or 0, [m.id for m in members], first)
    for number in range(topics):
        writer.topic(number, LONG_TOPIC if number == topics - 1 else POSTS)
    for model, rows in ((Content, writer.contents), (Topic, writer.topics), (Post, writer.posts)):
        for chunk in _chunks(rows, 2_000):
            db.session.execute(insert(model), chunk)
    if db.engine.dialect.name == "postgresql":
        db.session.connection().exec_driver_sql(
            "SELECT setval('contents_id_seq', (SELECT max(id) FROM contents))"
        )
    known = select(Membership.id).where(Membership.community_id == place.id)
    assert len(list(db.session.scalars(known))) == MEMBERS
    return writer.last_topic


def _chunks(rows: list[dict[str, Any]], size: int) -> Iterable[list[dict[str, Any]]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))


class Writer:
    """Collects rows; ids run on from ``next_id``."""

    def __init__(
        self, community: int, activity: int, section: int, people: list[int], next_id: int
    ) -> None:
        self.place = {"community_id": community, "activity_id": activity}
        self.section, self.people, self.next_id = section, people, next_id
        self.contents: list[dict[str, Any]] = []
        self.topics: list[dict[str, Any]] = []
        self.posts: list[dict[str, Any]] = []
        self.random = random.Random(7)
        self.begin = utcnow() - timedelta(days=90)
        self.last_topic = 0

    def topic(self, number: int, posts: int) -> None:
        begun = self.begin + timedelta(minutes=20 * number)
        topic = self.last_topic = self._content("forum.topic", begun)
        times = [begun + timedelta(minutes=n) for n in range(posts)]
        for position, moment in enumerate(times, 1):
            self._post(topic, position, moment)
        self.topics.append(
            {
                "id": topic, "activity_id": self.place["activity_id"], "section_id": self.section,
                "title": self._words(6).capitalize(), "last_number": posts, "post_count": posts,
                "last_post_at": times[-1], "last_author_id": self.contents[-1]["author_id"],
            }
        )  # fmt: skip

    def _post(self, topic: int, number: int, moment: datetime) -> None:
        body = "".join(f"<p>{self._words(40).capitalize()}.</p>" for _ in range(2))
        self.posts.append(
            {
                "id": self._content("forum.post", moment), "topic_id": topic, "number": number,
                "activity_id": self.place["activity_id"], "thread": f"{number:05d}", "body": body,
            }
        )  # fmt: skip

    def _content(self, kind: str, moment: datetime) -> int:
        number = self.next_id
        self.next_id += 1
        author = self.random.choice(self.people)
        row = {"id": number, "kind": kind, "author_id": author, "created_at": moment}
        self.contents.append(row | self.place)
        return number

    def _words(self, number: int) -> str:
        return " ".join(
            "".join(self.random.choices(SYLLABLES, k=self.random.randint(1, 4)))
            for _ in range(number)
        )


def settle() -> None:
    """What PostgreSQL does by itself within minutes after much was written: it counts the rows
    anew, without which it would choose bad ways to them."""
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")

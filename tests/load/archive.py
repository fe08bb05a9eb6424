"""A hundred thousand documents to search in, with words of known frequency among them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import insert, select

from core.communities.models import Community
from core.contents.models import Content
from core.platform.db import db, operation, utcnow
from core.search.indexing import ask_for_all, take_in
from core.testing.cast import Cast, Made
from plugins.forum.models import Post, Section, Topic

DOCUMENTS = 100_000
POSTS = 19
# As many words as people use in earnest, the frequent ones much more often than the others.
VOCABULARY = 20_000
WORDS = 60
SYLLABLES = "ба ве го до жи за ке ло ми но по ра со ту фе ха це ча ше эн ю ля".split()
# Every so many posts has these words.
PLANTED = {"палимпсест": 10_000, "урок": 4, "дробь": 20, "класс": 10, "после весенних каникул": 500}
CHUNK = 2_000

CASES = {
    "search, nothing typed": {},
    "search, rare word": {"q": "палимпсест"},
    "search, word in 25 %": {"q": "урок"},
    "search, the newest of 25 %": {"q": "урок", "order": "newest"},
    "search, two words": {"q": "дроби классов"},
    "search, phrase": {"q": '"после весенних каникул"'},
    "search, nothing found": {"q": "гиппопотам"},
}


@dataclass(frozen=True)
class Taken:
    """How long the index took: for everything, and for one change (seconds)."""

    documents: int
    everything: float
    one: float


def cases() -> Iterator[tuple[str, str]]:
    """What is searched for, by name: the addresses of pages and of suggestions."""
    for name, asked in CASES.items():
        yield name, f"/search?{urlencode(asked)}" if asked else "/search"
    yield "search, suggestions", f"/search/suggest?{urlencode({'q': 'бал'})}"


def fill_archive(app: Flask, members: list[Made]) -> Taken:
    """A community with a forum of 5,000 topics and 95,000 posts, taken into the index."""
    cast = Cast(app)
    place = cast.community(
        "archive", title="Архив", coordinator=members[0], visibility="public", admission="open"
    )
    for member in members[1:]:
        cast.member(place, member)
    forum = cast.activity(place, "forum", title="Архив обсуждений")
    with app.app_context():
        _written(None, place, forum, [member.id for member in members])
        return _taken_in(place)


@operation
def _written(actor: Any, place: Made, forum: Made, people: list[int]) -> None:
    section = db.session.scalars(select(Section.id).where(Section.activity_id == forum.id)).first()
    newest = db.session.scalar(select(Content.id).order_by(Content.id.desc()).limit(1)) or 0
    rows = Rows(place.id, forum.id, section or 0, people, newest + 1)
    for model, made in ((Content, rows.contents), (Topic, rows.topics), (Post, rows.posts)):
        for start in range(0, len(made), CHUNK):
            db.session.execute(insert(model), made[start : start + CHUNK])
    if db.engine.dialect.name == "postgresql":
        db.session.connection().exec_driver_sql(
            "SELECT setval('contents_id_seq', (SELECT max(id) FROM contents))"
        )


class Rows:
    """Topics and posts as rows; ids run on from ``first``."""

    def __init__(
        self, community: int, activity: int, section: int, people: list[int], first: int
    ) -> None:
        self.random = random.Random(11)
        self.vocabulary = [self._word() for _ in range(VOCABULARY)]
        self.weights = list(accumulate(1 / (rank + 10) for rank in range(VOCABULARY)))
        self.contents: list[dict[str, Any]] = []
        self.topics: list[dict[str, Any]] = []
        self.posts: list[dict[str, Any]] = []
        self.begin = utcnow() - timedelta(days=900)
        place = {"community_id": community, "activity_id": activity}
        while len(self.contents) < DOCUMENTS:
            self._topic(first, place, section, people)

    def _word(self) -> str:
        return "".join(self.random.choices(SYLLABLES, k=self.random.randint(2, 5)))

    def _some(self, number: int) -> list[str]:
        return self.random.choices(self.vocabulary, cum_weights=self.weights, k=number)

    def _topic(self, first: int, place: dict[str, int], section: int, people: list[int]) -> None:
        topic = self._content(first, "forum.topic", place, people)
        for number in range(1, POSTS + 1):
            post = self._content(first, "forum.post", place, people)
            self.posts.append(
                {
                    "id": post, "topic_id": topic, "number": number, "thread": f"{number:05d}",
                    "activity_id": place["activity_id"], "body": f"<p>{self._text()}</p>",
                }
            )  # fmt: skip
        last = self.contents[-1]
        self.topics.append(
            {
                "id": topic, "activity_id": place["activity_id"], "section_id": section,
                "title": " ".join(self._some(5)).capitalize(), "last_number": POSTS,
                "post_count": POSTS, "last_post_at": last["created_at"],
                "last_author_id": last["author_id"],
            }
        )  # fmt: skip

    def _text(self) -> str:
        words = self._some(WORDS)
        for planted, every in PLANTED.items():
            if len(self.posts) % every == 0:
                words.insert(self.random.randrange(len(words)), planted)
        return " ".join(words)

    def _content(self, first: int, kind: str, place: dict[str, int], people: list[int]) -> int:
        number = first + len(self.contents)
        moment = self.begin + timedelta(minutes=12 * len(self.contents))
        author = self.random.choice(people)
        row = {"id": number, "kind": kind, "author_id": author, "created_at": moment}
        self.contents.append(row | place)
        return number


def _taken_in(place: Made) -> Taken:
    while take_in(1000):
        pass
    start = time.perf_counter()
    documents = sum(ask_for_all(db.session.get_one(Community, place.id)))
    while take_in(1000):
        pass
    everything = time.perf_counter() - start
    posts = db.session.scalars(select(Post.id).order_by(Post.id.desc()).limit(20)).all()
    spent = []
    for post in posts:
        _edited(None, post)
        start = time.perf_counter()
        take_in()
        spent.append(time.perf_counter() - start)
    return Taken(documents, everything, sorted(spent)[len(spent) // 2])


@operation
def _edited(actor: Any, post: int) -> None:
    row = db.session.get_one(Post, post)
    row.body = f"{row.body}<p>палитра</p>"

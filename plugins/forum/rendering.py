"""The part of a post that is alike for everybody, rendered once and kept.

It holds the author, the time, the words and the files. Whatever depends on who looks, or changes
without a new version (hidden, answer, reactions, buttons), is laid over it by the topic's page.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from flask import Flask, current_app, render_template
from markupsafe import Markup

from core.api import attachments_of, current_locale, current_zone, utcnow
from plugins.forum.stamping import Stamp
from plugins.forum.topic_page import PostLine

EXTENSION = "forum-kept"
SIZE = 4_000


class Made(NamedTuple):
    """The HTML of a post, and everything that it was made of."""

    of: Hashable
    html: Markup


@dataclass
class PostCache:
    """Rendered posts of this process, the longest unused ones dropped first."""

    size: int = SIZE
    kept: OrderedDict[Hashable, Made] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, wanted: Mapping[int, Hashable], place: Hashable) -> dict[int, Markup]:
        """The HTML of those posts that were made of these very facts, by their ids."""
        found = {}
        with self.lock:
            for number, facts in wanted.items():
                made = self.kept.get((number, place))
                if made is not None and made.of == facts:
                    self.kept.move_to_end((number, place))
                    found[number] = made.html
        return found

    def put(self, number: int, place: Hashable, made: Made) -> None:
        with self.lock:
            self.kept[number, place] = made
            while len(self.kept) > self.size:
                self.kept.popitem(last=False)


@dataclass
class Kept:
    """What an application keeps: posts, and the empty form of a reply in each language."""

    posts: PostCache = field(default_factory=PostCache)
    composers: dict[str, Stamp] = field(default_factory=dict)


def install_kept(app: Flask) -> None:
    """Give an application a place for what it keeps."""
    app.extensions[EXTENSION] = Kept()


def kept() -> Kept:
    """What the application keeps."""
    found: Kept = current_app.extensions[EXTENSION]
    return found


def rendered(posts: Sequence[PostLine]) -> dict[int, Markup]:
    """The viewer-independent HTML of posts, by id; one query when a new one has files."""
    cache = kept().posts
    place = (current_locale(), current_zone().key, utcnow().year)
    facts = {post.id: _facts(post) for post in posts}
    found = cache.find(facts, place)
    missing = [post for post in posts if post.id not in found]
    files = attachments_of([post.id for post in missing if post.has_files])
    for post in missing:
        html = render_template("forum/_post.html", post=post, files=files.get(post.id, []))
        # Our own template, which escapes; the words were cleaned when they were stored.
        found[post.id] = words = Markup(html)  # noqa: S704
        cache.put(post.id, place, Made(facts[post.id], words))
    return found


def _facts(post: PostLine) -> Hashable:
    """Everything that the HTML shows. A version fixes the files; words can change without one when
    a person is forgotten; SQLite gives the id of a deleted row to another one. They are compared
    and not hashed: that is exact, and quicker for long words."""
    written = post.created_at, post.edited_at, post.version, post.has_files
    return written, post.author, post.body

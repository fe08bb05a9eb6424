"""The part of a post that is alike for everybody, rendered once and kept.

It holds the author, the time, the words and the files. Whatever depends on who looks, or changes
without a new version (hidden, answer, reactions, buttons), is laid over it by the topic's page.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from flask import Flask, current_app, render_template
from markupsafe import Markup

from core.api import attachments_of, current_locale, current_zone, utcnow
from plugins.forum.stamping import Stamp
from plugins.forum.topic_page import PostLine

EXTENSION = "forum-kept"
SIZE = 4_000


@dataclass
class PostCache:
    """Rendered posts of this process, the longest unused ones dropped first."""

    size: int = SIZE
    kept: OrderedDict[Hashable, Markup] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Hashable) -> Markup | None:
        with self.lock:
            html = self.kept.get(key)
            if html is not None:
                self.kept.move_to_end(key)
            return html

    def put(self, key: Hashable, html: Markup) -> None:
        with self.lock:
            self.kept[key] = html
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
    keys = {post.id: _key(post, place) for post in posts}
    found = {post.id: cache.get(keys[post.id]) for post in posts}
    missing = [post for post in posts if found[post.id] is None]
    files = attachments_of([post.id for post in missing if post.has_files])
    for post in missing:
        html = render_template("forum/_post.html", post=post, files=files.get(post.id, []))
        # Our own template, which escapes; the words were cleaned when they were stored.
        found[post.id] = words = Markup(html)  # noqa: S704
        cache.put(keys[post.id], words)
    return {number: html for number, html in found.items() if html is not None}


def _key(post: PostLine, place: Hashable) -> Hashable:
    """Everything that the HTML shows. A version fixes the files; words can change without one when
    a person is forgotten; SQLite gives the id of a deleted row to another one."""
    written = post.created_at, post.edited_at
    return post.id, written, hash(post.body), post.has_files, post.version, post.author, place

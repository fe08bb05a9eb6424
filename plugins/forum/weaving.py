"""The posts of a page put together: what is alike in all of them is made once, for a sample.

A page has fifty posts, and templates take longer to put numbers into each than to be rendered once.
Rights and signs are those of this request; nothing is kept here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from markupsafe import Markup, escape

from core.api import ContentAction, Reactions
from plugins.forum.stamping import Stamp, mark, stamp
from plugins.forum.topic_page import PostLine, PostsPage

Draw = Callable[[Sequence[ContentAction]], str]


class Sample(NamedTuple):
    """What stands for a post where the HTML of many is made from one: the marks of its fields."""

    id: str
    number: str
    look: str
    words: str
    actions: str


SAMPLE = Sample(*map(mark, Sample._fields))


@dataclass
class Actions:
    """The buttons that plugins put under posts, drawn once for each kind; ``draw`` is the macro."""

    found: Mapping[int, Sequence[ContentAction]]
    draw: Draw
    kinds: dict[tuple[object, ...], Stamp] = field(default_factory=dict)

    def under(self, post: PostLine) -> str:
        """The HTML of the buttons under a post."""
        return "".join([self._drawn(action) for action in self.found.get(post.id, ())])

    def _drawn(self, action: ContentAction) -> str:
        kind = action.title, action.icon, action.post, action.pressed
        if kind not in self.kinds:
            self.kinds[kind] = stamp(self.draw([replace(action, url=mark("url"))]), ["url"])
        return self.kinds[kind].filled(url=escape(action.url))


def woven(
    page: PostsPage, words: Mapping[int, str], actions: Actions, article: str,
    special: Callable[[PostLine, str, Reactions], str], unread_line: str,
    *, known: bool, threaded: bool,
) -> Markup:  # fmt: skip
    """The HTML of a page's posts, from the ``article`` that was made for the sample.

    Those of which more is to be said, that they are hidden or have signs, are drawn by ``special``.
    """
    plain = stamp(article, Sample._fields)
    pieces: list[str] = []
    for post in page.posts:
        if post.number and post.number == page.first_new:
            pieces.append(unread_line)
        look, given = post.look(known, threaded), page.reactions[post.id]
        if post.plain and not given.counts:
            html = plain.filled(
                id=post.id, number=post.number, look=look, words=words[post.id],
                actions=actions.under(post),
            )  # fmt: skip
        else:
            html = special(post, look, given)
        pieces.append(html)
    # Our own templates, which escape.
    return Markup("\n".join(pieces))  # noqa: S704

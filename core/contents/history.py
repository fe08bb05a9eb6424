"""What an edit changed, word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from core.contents.models import Content
from core.contents.queries import content_bodies, former_versions, names_of
from core.platform.changes import MOST_PARTS, stretches
from core.platform.html import plain

_WORDS = re.compile(r"\n+|[^\S\n]+|\w+(?:[-:.,]\w+)*|[^\w\s]")
Part = tuple[bool, int, int, int, int]
ADDED, REMOVED = Markup("<ins>{}</ins>"), Markup("<del>{}</del>")
_PARAGRAPHS = re.compile(r"\n+|[^\n]+")


@dataclass(frozen=True)
class Version:
    """One version of a content: when and by whom it was written, and what it changed."""

    number: int
    written_at: datetime
    editor: str
    changes: Markup


def versions_of(content: Content, newest: int, count: int) -> list[Version]:
    """Versions of a content from ``newest`` down, each compared with the one before."""
    former = {r.version: r for r in former_versions(content, newest + 1, count + 1)}
    bodies = {number: revision.body for number, revision in former.items()}
    bodies[content.version] = content_bodies({content.id: content.kind}).get(content.id, "")
    editors = {r.version + 1: (r.editor_id, r.created_at) for r in former.values()}
    editors[1] = (content.author_id, content.created_at)
    names = names_of({number for number, _when in editors.values()})
    return [
        Version(
            n, editors[n][1], names.get(editors[n][0], ""),
            marked_changes(bodies.get(n - 1, bodies[n]), bodies[n]),
        )
        for n in range(newest, max(0, newest - count), -1)
        if n in bodies and n in editors
    ]  # fmt: skip


def marked_changes(before: str, after: str) -> Markup:
    """The words of clean HTML with ``<ins>`` and ``<del>`` around what an edit changed."""
    old, new = _parts(plain(before), plain(after))
    pieces: list[Markup] = []
    for kept, a, b, c, d in _joined(old, new):
        if kept:
            pieces.append(_shown(old[a:b]))
            continue
        pieces.extend(_wrapped(REMOVED, old[a:b]))
        pieces.extend(_wrapped(ADDED, new[c:d]))
    return Markup("").join(pieces)


def _joined(old: Sequence[str], new: Sequence[str]) -> list[Part]:
    """What was kept and what was changed, in turn; a space alone does not part two changes."""
    joined: list[Part] = []
    for what, a, b, c, d in stretches(old, new):
        kept = what == "equal" and (not joined or "".join(old[a:b]).strip() != "")
        if joined and joined[-1][0] == kept:
            _same, first, _b, start, _d = joined.pop()
            joined.append((kept, first, b, start, d))
        else:
            joined.append((kept, a, b, c, d))
    return joined


def _parts(before: str, after: str) -> tuple[list[str], list[str]]:
    """Words; of long texts paragraphs, since comparing takes its time."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if max(len(old), len(new)) <= MOST_PARTS:
        return old, new
    return _PARAGRAPHS.findall(before), _PARAGRAPHS.findall(after)


def _wrapped(frame: Markup, words: Sequence[str]) -> Iterator[Markup]:
    if words:
        yield frame.format(_shown(words))


def _shown(words: Iterable[str]) -> Markup:
    return Markup("<br>").join(escape(line) for line in "".join(words).split("\n"))

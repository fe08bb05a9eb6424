"""Formatted text whose words were changed as plain text: what was left keeps its formatting.

Paragraphs are compared first, then the words of those that changed. A paragraph that is known again
stays in the list or quote in which it stood, and new words wear what the words around them have in
common. Tables and preformatted text are kept whole, or become plain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from core.platform.changes import stretches
from core.platform.tree import BULLET, Line, Node, Paragraphs

Marks = tuple[Node, ...]

# Comparing words takes time; where more characters changed than this, what changed becomes plain.
MOST_CHANGED = 20_000
# How far ahead a changed paragraph is looked for among those that are gone.
AHEAD = 5
RIGID = frozenset({"table", "pre"})

_PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n\s*")
_WORDS = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+", re.IGNORECASE)


@dataclass(slots=True)
class Part:
    """A paragraph: its blocks from the outermost in, its words, and what is around each letter."""

    path: tuple[Node, ...]
    text: str
    marks: list[Marks]

    @property
    def rigid(self) -> Node | None:
        """The table or preformatted text that it is a piece of."""
        return next((node for node in self.path if node.name in RIGID), None)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a plain text, which empty lines part."""
    return _PARAGRAPH_BREAK.split(text)


def woven(root: Node, text: str) -> Node:
    """The formatted text ``root`` with the words of ``text`` in place of its own."""
    old, new = list(_parts(root)), [Part((), text, []) for text in paragraphs(text)]
    blocks = Node("")
    open_blocks: list[tuple[Node, Node]] = []
    for part in _merged(old, new):
        _put(part, blocks, open_blocks)
    return blocks


def _parts(root: Node) -> Iterator[Part]:
    reader = Paragraphs()
    reader.read(root)
    reader.text()
    for line in reader.lines:
        marks = _marks_of(line)
        start = 0
        for text in paragraphs(line.text):
            start = line.text.index(text, start)
            yield Part(line.path, text, marks[start : start + len(text)])


def _marks_of(line: Line) -> list[Marks]:
    """What is around each letter of the line; spaces at the ends of its pieces may be gone."""
    letters = ((letter, marks) for words, marks in line.pieces for letter in words)
    return [next(marks for found, marks in letters if found == letter) for letter in line.text]


def _merged(old: list[Part], new: list[Part]) -> Iterator[Part]:
    """The new paragraphs in the blocks and formatting of the old ones."""
    found = stretches([part.text for part in old], [part.text for part in new])
    changed = [stretch for stretch in found if stretch[0] != "equal"]
    broken = {old[n].rigid for _what, a, b, _c, _d in changed for n in range(a, b)}
    letters = sum(len(part.text) for _what, _a, _b, c, d in changed for part in new[c:d])
    letters += sum(len(part.text) for _what, a, b, _c, _d in changed for part in old[a:b])
    last: tuple[Node, ...] = ()
    for what, a, b, c, d in found:
        following = old[b].path if b < len(old) else ()
        kept = old[a:b]
        if what != "equal":
            kept = list(_replaced(kept, new[c:d]) if letters <= MOST_CHANGED else new[c:d])
        for part in kept:
            rigid = part.rigid
            if rigid is not None and rigid in broken:
                part = Part((), part.text, [])
            if not part.path:
                part.path = _home(part.text, last, following)
            last = part.path
            yield part


def _replaced(old: list[Part], new: list[Part]) -> Iterator[Part]:
    """The new paragraphs, each as a changed old one if it is like one of the next of these.

    Whoever takes a quote away and changes the answer below it must not find it in the quote.
    """
    start = 0
    for part in new:
        ahead = range(start, min(start + AHEAD, len(old)))
        found = next((n for n in ahead if _alike(old[n].text, part.text)), None)
        if found is not None:
            yield from (gone for gone in old[start:found] if _is_rule(gone))
            yield _reworded(old[found], part.text)
            start = found + 1
        elif start and _alike(old[start - 1].text, part.text):
            yield _split_off(old[start - 1], part.text)
        else:
            yield part
    yield from (gone for gone in old[start:] if _is_rule(gone))


def _is_rule(part: Part) -> bool:
    return part.path[-1].name == "hr"


def _split_off(part: Part, text: str) -> Part:
    """A paragraph that was the end of the one before it."""
    found = _reworded(part, text)
    if found.path[-1].name in ("p", "div"):
        found.path = (*found.path[:-1], Node("p"))
    return found


def _alike(old: str, new: str) -> bool:
    """Whether one may have become the other by changing some words, or some letters of a few."""
    before, after = ({*re.findall(r"\w+", text.casefold())} for text in (old, new))
    if 2 * len(before & after) >= max(1, min(len(before), len(after))):
        return True
    return max(len(old), len(new)) < 100 and SequenceMatcher(None, old, new).ratio() > 0.6


def _home(text: str, before: tuple[Node, ...], after: tuple[Node, ...]) -> tuple[Node, ...]:
    """Where a paragraph goes that was not there: into the list beside it if it looks so."""
    for path in (before, after):
        if text.startswith(BULLET) and path and path[-1].name == "li":
            return (*path[:-1], Node("li"))
    return (Node("p"),)


def _reworded(part: Part, text: str) -> Part:
    old, new = _WORDS.findall(part.text), _WORDS.findall(text)
    marks: list[Marks] = []
    start = 0
    for what, a, b, c, d in stretches(old, new):
        end = start + sum(map(len, old[a:b]))
        if what == "equal":
            marks += part.marks[start:end]
        else:
            around = part.marks[start:end] or _beside(part.marks, start)
            marks += [_common(around)] * sum(map(len, new[c:d]))
        start = end
    path = part.path
    if path[-1].name == "li" and part.text.startswith("•") and not text.startswith("•"):
        path = (*path[:-2], Node("p"))  # who takes the mark of an item away wants none
    return Part(path, text, _without_false_links(part, text, marks))


def _beside(marks: list[Marks], start: int) -> list[Marks]:
    """What is before and after a place; nothing at either end."""
    return [marks[n] if 0 <= n < len(marks) else () for n in (start - 1, start)]


def _common(around: list[Marks]) -> Marks:
    found = around[0]
    for marks in around:
        same = 0
        while same < min(len(found), len(marks)) and found[same] is marks[same]:
            same += 1
        found = found[:same]
    return found


def _without_false_links(part: Part, text: str, marks: list[Marks]) -> list[Marks]:
    """A changed name or address must not lead to where the former one led."""
    before, after = _words_of_links(part.text, part.marks), _words_of_links(text, marks)
    gone = {
        link
        for link, words in before.items()
        if after.get(link) != words
        and ("data-person" in link.attributes or _ADDRESS.fullmatch(words))
    }
    return [tuple(node for node in around if node not in gone) for around in marks]


def _words_of_links(text: str, marks: list[Marks]) -> dict[Node, str]:
    words: dict[Node, str] = {}
    for letter, around in zip(text, marks, strict=True):
        for node in around:
            if node.name == "a":
                words[node] = words.get(node, "") + letter
    return words


def _put(part: Part, root: Node, open_blocks: list[tuple[Node, Node]]) -> None:
    """Write a paragraph at the end, into blocks that are open already where it shares them."""
    whole = part.rigid
    path = part.path[: part.path.index(whole)] if whole else part.path
    same = 0
    while same < min(len(path), len(open_blocks)) and open_blocks[same][0] is path[same]:
        same += 1
    if whole and open_blocks and open_blocks[-1][0] is whole:
        return
    goes_on = same == len(path) and not whole
    del open_blocks[same:]
    for node in path[same:]:
        copy = Node(node.name, node.attributes)
        (open_blocks[-1][1] if open_blocks else root).add(copy)
        open_blocks.append((node, copy))
    place = open_blocks[-1][1] if open_blocks else root
    if whole:
        place.add(whole)
        open_blocks.append((whole, whole))
        return
    if goes_on:
        place.children += [Node("br"), Node("br")]
    for child in _inline(part):
        place.add(child)


def _inline(part: Part) -> Iterator[Node | str]:
    letters = list(zip(part.text, part.marks or [()] * len(part.text), strict=True))
    if part.path[-1].name == "li" and part.text.startswith("•"):
        letters = letters[len(BULLET) :]
    return _nested(letters, 0)


def _nested(letters: Sequence[tuple[str, Marks]], depth: int) -> Iterator[Node | str]:
    """Letters in the elements around them, from the given one in."""
    for mark, run in groupby(letters, lambda x: x[1][depth] if len(x[1]) > depth else None):
        if mark is not None:
            yield Node(mark.name, mark.attributes, list(_nested(list(run), depth + 1)))
            continue
        for index, line in enumerate("".join(letter for letter, _marks in run).split("\n")):
            if index:
                yield Node("br")
            if line:
                yield line

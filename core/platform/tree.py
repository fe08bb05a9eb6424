"""Formatted text as a small tree: how it is written as HTML, and read as plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape

BLOCKS = frozenset(
    "p div h2 h3 h4 ul ol li blockquote pre hr table caption thead tbody tfoot tr th td".split()
)
INLINE = frozenset("br strong em del s u sub sup code a".split())
HEADINGS = frozenset({"h2", "h3", "h4"})
VOID = frozenset({"br", "hr"})
BULLET = "• "


@dataclass(slots=True, eq=False)
class Node:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)

    def add(self, child: Node | str) -> None:
        """Append a child; neighbouring texts become one."""
        if isinstance(child, str) and self.children and isinstance(self.children[-1], str):
            self.children[-1] += child
        else:
            self.children.append(child)


def in_paragraphs(children: list[Node | str]) -> Iterator[Node | str]:
    """Wrap the words that stand outside any block into paragraphs."""
    run = Node("p", {"dir": "auto"})
    for child in [*children, None]:
        if child is not None and _is_inline(child):
            run.add(child)
            continue
        if any(not isinstance(part, str) or part.strip() for part in run.children):
            yield run
        run = Node("p", {"dir": "auto"})
        if child is not None:
            yield child


def _is_inline(node: Node | str) -> bool:
    if isinstance(node, str):
        return True
    return node.name in INLINE and all(_is_inline(child) for child in node.children)


def is_blank(node: Node | str) -> bool:
    if isinstance(node, str):
        return not node.strip(" \t\r\n\xa0\u200b\ufeff")
    return node.name != "hr" and all(is_blank(child) for child in node.children)


def trim(node: Node) -> None:
    """Take away the empty lines before the first word and after the last."""
    for end in (-1, 0):
        while node.children and is_blank(node.children[end]):
            del node.children[end]
        edge = node.children[end] if node.children else ""
        if isinstance(edge, Node) and edge.name in ("p", "div"):
            trim(edge)


def write(node: Node | str) -> str:
    if isinstance(node, str):
        return escape(node, quote=False)
    inside = "".join(map(write, node.children))
    if not node.name:
        return inside
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes.items())
    if node.name in VOID:
        return f"<{node.name}{attributes}>"
    return f"<{node.name}{attributes}>{inside}</{node.name}>"


Piece = tuple[str, tuple[Node, ...]]


@dataclass(slots=True)
class Line:
    """A paragraph: its words, the blocks around it, and the elements around each piece of it."""

    text: str
    path: tuple[Node, ...]
    pieces: list[Piece]


class Paragraphs:
    """Collects the words of a tree, a paragraph a block; a rule is a line without words."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._path: tuple[Node, ...] = ()
        self._pieces: list[Piece] = []

    def read(self, node: Node, spaced: bool = False, marks: tuple[Node, ...] = ()) -> None:
        """Take in what stands in ``node``; in a ``pre`` (``spaced``) breaks and spaces stay."""
        for child in node.children:
            if isinstance(child, str):
                words = child if spaced else re.sub(r"\s+", " ", child)
                self._pieces.append((words, marks))
            elif child.name == "br":
                self._pieces.append(("\n", marks))
            elif child.name in BLOCKS:
                self._read_block(child, spaced, marks)
            else:
                self.read(child, spaced, (*marks, child))

    def _read_block(self, node: Node, spaced: bool, marks: tuple[Node, ...]) -> None:
        if node.name in ("td", "th"):
            self.read(node, spaced, marks)
            self._pieces.append(("\t", marks))
            return
        self._finish()
        outer = self._path
        self._path = (*outer, node)
        if node.name == "li":
            self._pieces.append((BULLET, ()))
        self.read(node, spaced or node.name == "pre", marks)
        self._finish()
        if node.name == "hr":
            self.lines.append(Line("", self._path, []))
        self._path = outer

    def _finish(self) -> None:
        words = "".join(text for text, _marks in self._pieces).strip()
        if words:
            text = "\n".join(line.strip(" ") for line in words.split("\n"))
            self.lines.append(Line(text, self._path, self._pieces))
        self._pieces = []

    def text(self) -> str:
        self._finish()
        return "\n\n".join(line.text for line in self.lines if line.text)

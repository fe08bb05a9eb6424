"""Reading what servers of others answer: XML without declarations of its own, and not too much."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder  # they parse nothing here
from xml.parsers import expat

# So deep may one element stand in another; real answers have eight levels.
DEEPEST = 40


class Unreadable(ValueError):
    """It is no XML, or such as no honest server sends."""


def read_xml(body: bytes) -> Element:
    """The root of an answer. Raises Unreadable for anything that is broken, is written in an
    unknown encoding, declares a document type (entities, files of the server), or stands too
    deep."""
    builder = TreeBuilder()
    parser = expat.ParserCreate()
    depth = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise Unreadable("too deep")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(body, True)
        return builder.close()
    except (expat.ExpatError, AssertionError, ValueError, LookupError) as error:
        raise Unreadable(str(error)) from error


def _refuse(*declaration: Any) -> None:
    raise Unreadable("a document type")


def words(element: Element, name: str) -> str:
    """The text of a child; empty where there is none."""
    return (element.findtext(name) or "").strip()

"""The kinds of questions: what a form sends for each, what is stored of it, what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.api import row_number
from plugins.polls import handing
from plugins.polls.structure import Item
from plugins.polls.words import _, _l, ngettext

SHORT, LONG = 300, 5_000
# Somebody could be known by what they write at length.
SECRET_LONG = 1_000
LARGEST_NUMBER = 1e12
FILE = "file"
YEARS = range(1900, 2200)


@dataclass(frozen=True)
class Sent:
    """The fields of a form: as they were sent just now, or as they would give earlier answers."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)
    # Of a question that asks for files: why some could not be taken.
    refused: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """A field that is given once; empty where it is not."""
        return next(iter(self.fields.get(name, ())), "")

    def getlist(self, name: str) -> list[str]:
        """A field that can be given several times."""
        return self.fields.get(name, [])

    def files(self, item: Item) -> Any:
        """The field of a question that asks for files, as a page shows it."""
        return handing.field(item.name, item.text, handing.files_in(self.getlist(item.name)))


class Wrong(Exception):
    """An answer cannot be taken; the message is a sentence for the person."""


Row = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of question.

    ``read`` makes of what was sent the value of an answer, None where nothing was; raises Wrong.
    ``store`` makes rows of ``polls_answers`` of a value, ``fields`` what its form would have sent.
    """

    key: str
    title: Any
    icon: str
    read: Callable[[Item, Sent], Any]
    store: Callable[[Any], Iterable[Row]]
    fields: Callable[[Item, Any], Mapping[str, list[str]]]
    chooses: bool = False
    hint: Any = ""


def _one(item: Item, sent: Sent) -> int | None:
    raw = sent.get(item.name)
    if not raw:
        return None
    number = row_number(raw)
    if item.choice(number) is None:
        raise Wrong(_("Choose one of the options."))
    return number


def _many(item: Item, sent: Sent) -> list[int] | None:
    numbers = [row_number(raw) for raw in dict.fromkeys(sent.getlist(item.name))]
    known = [choice.id for choice in item.choices if choice.id in numbers]
    if len(known) != len(numbers):
        raise Wrong(_("Choose from the options."))
    most, least = item.limits.get("most"), item.limits.get("least")
    if known and most and len(known) > most:
        raise Wrong(ngettext("Choose at most %(n)s option.", "Choose at most %(n)s options.", most))
    if known and least and len(known) < least:
        raise Wrong(
            ngettext("Choose at least %(n)s option.", "Choose at least %(n)s options.", least)
        )
    return known or None


def _ranked(item: Item, sent: Sent) -> list[int] | None:
    """A place for each option; all of them or none."""
    places: dict[int, int] = {}
    for choice in item.choices:
        place = row_number(sent.get(f"{item.name}-{choice.id}"))
        if place:
            places[choice.id] = place
    if not places:
        return None
    if sorted(places.values()) != list(range(1, len(item.choices) + 1)):
        raise Wrong(_("Give each option a place of its own, from the first to the last."))
    return sorted(places, key=places.__getitem__)


def ends(item: Item) -> tuple[int, int]:
    """From where to where a scale goes."""
    return int(item.limits.get("from", 1)), int(item.limits.get("to", 5))


def _scale(item: Item, sent: Sent) -> int | None:
    raw = sent.get(item.name)
    if not raw:
        return None
    least, most = ends(item)
    if raw not in {str(step) for step in range(least, most + 1)}:
        raise Wrong(_("Choose a step of the scale."))
    return int(raw)


def _matrix(item: Item, sent: Sent) -> dict[str, int] | None:
    found: dict[str, int] = {}
    for row in item.rows:
        raw = sent.get(f"{item.name}-{row.id}")
        if raw:
            number = row_number(raw)
            if item.choice(number) is None:
                raise Wrong(_("Choose one of the options in each line."))
            found[str(row.id)] = number
    if found and item.required and len(found) < len(item.rows):
        raise Wrong(_("Choose something in each line."))
    return found or None


def _number(item: Item, sent: Sent) -> float | None:
    raw = "".join(sent.get(item.name).split()).replace(",", ".")
    if not raw:
        return None
    try:
        number = float(raw)
    except ValueError as error:
        raise Wrong(_("Give a number, such as 12 or 3,5.")) from error
    if not math.isfinite(number) or abs(number) > LARGEST_NUMBER or "_" in raw:
        raise Wrong(_("Give a number, such as 12 or 3,5."))
    least, most = item.limits.get("from"), item.limits.get("to")
    if least is not None and number < least:
        raise Wrong(_("Give %(n)s or more.", n=figure(least)))
    if most is not None and number > most:
        raise Wrong(_("Give %(n)s or less.", n=figure(most)))
    return number


def figure(number: float) -> str:
    """A number without needless digits: 3 and 3,5."""
    return f"{number:.10g}".replace(".", ",")


def _date(item: Item, sent: Sent) -> str | None:
    raw = sent.get(item.name).strip()
    if not raw:
        return None
    try:
        if raw.count(".") == 2:
            day, month, year = (int(part) for part in raw.split("."))
            found = date(year, month, day)
        else:
            found = date.fromisoformat(raw)
    except ValueError as error:
        raise Wrong(_("Give a date, such as 24.11.2026.")) from error
    if found.year not in YEARS:
        raise Wrong(_("Give a date, such as 24.11.2026."))
    return found.isoformat()


def _text(most: int) -> Callable[[Item, Sent], str | None]:
    def read(item: Item, sent: Sent) -> str | None:
        words = clean_words(sent.get(item.name))
        words = words if most > SHORT else " ".join(words.split())
        limit = int(item.limits.get("length", most))
        if len(words) > limit:
            raise Wrong(ngettext("At most %(n)s letter fits.", "At most %(n)s letters fit.", limit))
        return words or None

    return read


def _files(item: Item, sent: Sent) -> list[int] | None:
    if item.name in sent.refused:
        raise Wrong(sent.refused[item.name])
    return [row_number(raw) for raw in sent.getlist(item.name)] or None


def clean_words(raw: str) -> str:
    """What somebody typed, without characters that nobody types."""
    kept = (
        c for c in raw.replace("\r\n", "\n").replace("\r", "\n") if c in "\n\t" or c.isprintable()
    )
    return "".join(kept).strip()


def _as_field(item: Item, value: Any) -> dict[str, list[str]]:
    return {item.name: [str(value)]}


def _as_fields(item: Item, value: Any) -> dict[str, list[str]]:
    return {item.name: [str(each) for each in value]}


KINDS = {
    kind.key: kind
    for kind in (
        Kind("one", _l("One of several"), "check-circle", _one,
             lambda value: [{"option_id": value}], _as_field, chooses=True),
        Kind("many", _l("Several of several"), "check2-square", _many,
             lambda value: [{"option_id": each} for each in value], _as_fields, chooses=True),
        Kind("ranked", _l("Put into order"), "list-ol", _ranked,
             lambda value: [{"option_id": o, "number": n} for n, o in enumerate(value, 1)],
             lambda item, value: {f"{item.name}-{o}": [str(n)] for n, o in enumerate(value, 1)}),
        Kind("scale", _l("Scale"), "sliders", _scale,
             lambda value: [{"number": value}], _as_field),
        Kind("matrix", _l("Several things on one scale"), "grid-3x2-gap", _matrix,
             lambda value: [{"row_id": int(r), "option_id": o} for r, o in value.items()],
             lambda item, value: {f"{item.name}-{r}": [str(o)] for r, o in value.items()}),
        Kind("number", _l("Number"), "hash", _number, lambda value: [{"number": value}],
             lambda item, value: {item.name: [figure(value)]}),
        Kind("date", _l("Date"), "calendar-event", _date,
             lambda value: [{"words": value}], _as_field),
        Kind("short", _l("A few words"), "type", _text(SHORT),
             lambda value: [{"words": value}], _as_field),
        Kind("long", _l("A longer text"), "text-indent-left", _text(LONG),
             lambda value: [{"words": value}], _as_field),
        Kind(FILE, _l("Files"), "paperclip", _files,
             lambda value: [{"file_id": each} for each in value], _as_fields),
    )
}  # fmt: skip

QUICK = ("one", "many", "ranked")

"""Lists of who attended, as services of meetings give them: read whatever their columns are."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from core.api import DomainError, User, db
from plugins.webinar.models import Meeting, Place, PlaceState
from plugins.webinar.words import _

LONGEST = 24 * 60
LONGEST_LIST = 1_000_000
# No time is written longer; what is, is not matched: it could take minutes to find out.
LONGEST_TIME = 40
DELIMITERS = "\t;,"
NUMBER = re.compile(r"([0-9]{1,4}(?:[.,][0-9]+)?)\s*(?:min(?:utes?|s)?|мин(?:ут[аы]?)?)?\.?")
# 1:02:33, and «1 ч 2 мин», "1h 2m 33s"; two numbers alone are the time of a clock.
CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2}):([0-9]{2})")
SPOKEN = re.compile(
    r"(?:([0-9]{1,2})\s*(?:h|ч)[a-zа-я]*\.?)?\s*(?:([0-9]{1,3})\s*(?:m|мин)[a-zа-я]*\.?)?"
    r"\s*(?:([0-9]{1,2})\s*(?:s|с)[a-zа-я]*\.?)?",
    re.IGNORECASE,
)
# How services call the column with the time that somebody was there.
TIMES = re.compile(
    r"duration|minutes|in meeting|длительн|продолжительн|минут|время на", re.IGNORECASE
)


@dataclass
class Brought:
    """What a list of attendance came to: minutes by person, and lines that name nobody known."""

    minutes: dict[int, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def decoded(file: bytes) -> str:
    """The text of a file, in whatever way programs for tables write it.

    Raises DomainError for what is no text, or too long.
    """
    if len(file) > LONGEST_LIST:
        raise DomainError(_("This file is too long for a list of who attended."))
    if file.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1251"]
    for encoding in encodings:
        try:
            text = file.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise DomainError(_("This file is no table in text. Save it as CSV."))


def read_list(meeting: Meeting, table: str) -> Brought:
    """Find those who have a place in a list: by e-mail address, or by name in any order. Minutes of
    several lines about one person are added up."""
    known = _known(meeting.webinar_id)
    brought = Brought()
    column: int | None = None
    for line, cells in _lines(table):
        person = next((known[key] for cell in cells if (key := _key(cell)) in known), None)
        minutes = _minutes(cells, column)
        if person is not None and minutes is not None:
            total = brought.minutes.get(person, 0) + minutes
            brought.minutes[person] = min(total, LONGEST)
        elif (named := _named_column(cells)) is not None:
            column = named
        else:
            brought.unknown.append(line[:200])
    return brought


def _lines(table: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Each line as it stands, and its cells; none for a line that no table has."""
    lines = [line.strip() for line in table.splitlines() if line.strip()]
    delimiter = max(DELIMITERS, key=lambda sign: sum(sign in line for line in lines))
    for line in lines:
        try:
            cells = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
        except csv.Error:
            cells = []
        yield line, [cell.strip() for cell in cells]


def _named_column(cells: Sequence[str]) -> int | None:
    """Which column of a heading holds the time; None for a line that is no heading."""
    return next((number for number, cell in enumerate(cells) if TIMES.search(cell)), None)


def _minutes(cells: Sequence[str], column: int | None) -> int | None:
    if column is not None and column < len(cells):
        return _time(cells[column])
    found: Iterable[int | None] = (_time(cell) for cell in reversed(cells))
    return next((minutes for minutes in found if minutes is not None), None)


def _time(cell: str) -> int | None:
    """So many minutes, rounded; None for a cell that tells of no time."""
    if len(cell) > LONGEST_TIME:
        return None
    if number := NUMBER.fullmatch(cell):
        return round(float(number[1].replace(",", ".")))
    found = CLOCK.fullmatch(cell) or (SPOKEN.fullmatch(cell) if cell else None)
    if found is None or not any(found.groups()):
        return None
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return round(hours * 60 + minutes + seconds / 60)


def _known(webinar_id: int) -> Mapping[str, int]:
    """Who has a place, by name and by address; a name that two of them bear tells of nobody."""
    query = (
        select(User)
        .join(Place, Place.user_id == User.id)
        .where(Place.webinar_id == webinar_id, Place.state == PlaceState.HELD)
    )
    named: dict[str, set[int]] = {}
    addresses: dict[str, int] = {}
    for user in db.session.scalars(query):
        for name in (user.name, f"{user.surname} {user.given_name}"):
            named.setdefault(_key(name), set()).add(user.id)
        if user.email:
            addresses[_key(user.email)] = user.id
    return {key: people.pop() for key, people in named.items() if len(people) == 1} | addresses


def _key(words: str) -> str:
    """Names come in any order and case: «Ольга Семёнова» is «Семёнова, Ольга»."""
    return " ".join(sorted(words.casefold().replace("ё", "е").replace(",", " ").split()))

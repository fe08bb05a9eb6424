"""Counting what was answered: all in a fixed number of queries, whatever there is of it."""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select

from core.api import db
from plugins.polls.kinds import ends, figure
from plugins.polls.models import Answer, Ballot, Question
from plugins.polls.structure import Item, Structure

TEXTS = ("short", "long")
# What is given by itself, and counted by nothing but how many gave it.
UNCOUNTED = (*TEXTS, "file")
# So many texts of a question stand among the results; all of them have a page of their own.
TEXTS_SHOWN = 5
# Numbers are drawn in so many columns at most.
COLUMNS = 8


@dataclass(frozen=True)
class Counts:
    """What was counted of one question in one group: how often what, and in how many ballots."""

    ballots: int = 0
    options: Mapping[int, int] = field(default_factory=dict)
    cells: Mapping[tuple[int, int], int] = field(default_factory=dict)
    numbers: Mapping[float, int] = field(default_factory=dict)
    places: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Bar:
    """One line of a chart: ``share`` is from 0 to 100."""

    text: str
    count: int
    share: float
    option_id: int = 0
    figure: str = ""


@dataclass(frozen=True)
class MatrixRow:
    """What is judged, and how often it was judged how."""

    text: str
    bars: list[Bar]


@dataclass(frozen=True)
class ItemResult:
    """The result of one question, ready to be drawn."""

    item: Item
    ballots: int
    bars: list[Bar] = field(default_factory=list)
    rows: list[MatrixRow] = field(default_factory=list)
    facts: list[tuple[str, str]] = field(default_factory=list)
    texts: Sequence[str] = ()


def tally(
    activity_ids: Sequence[int], group: Any = None, join: Any = None
) -> dict[Any, dict[int, Counts]]:
    """Counts by group and question; without a group all are in the group None. Two queries.

    ``join`` is what to join for the group, as (target, condition).
    """
    key: ColumnElement[Any] = literal(None) if group is None else group
    day = case((Question.kind == "date", Answer.words))
    columns = (key.label("key"), Answer.question_id)
    counted = (Answer.option_id, Answer.row_id, Answer.number, day.label("day"))
    base = (
        select(*columns, *counted, func.count().label("n"))
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .join(Question, Question.id == Answer.question_id)
        .where(Ballot.activity_id.in_(activity_ids), Question.kind.not_in(UNCOUNTED))
    )
    each = (
        select(*columns, func.count(Answer.ballot_id.distinct()).label("n"))
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(Ballot.activity_id.in_(activity_ids))
    )
    if join is not None:
        base, each = base.join(*join, isouter=True), each.join(*join, isouter=True)
    grouping = [Answer.question_id] if group is None else [key, Answer.question_id]
    base = base.group_by(*grouping, *counted[:3], day)
    return _gathered(db.session.execute(base), db.session.execute(each.group_by(*grouping)))


def _gathered(counted: Any, each: Any) -> dict[Any, dict[int, Counts]]:
    found: dict[Any, dict[int, Counts]] = defaultdict(dict)
    for key, question, n in each:
        found[key][question] = Counts(
            n, Counter(), Counter(), Counter(), defaultdict(Counter), Counter()
        )
    for row in counted:
        _add(found[row.key][row.question_id], row)
    return found


def _add(counts: Any, row: Any) -> None:
    if row.row_id is not None:
        counts.cells[row.row_id, row.option_id] += row.n
    elif row.option_id is not None:
        counts.options[row.option_id] += row.n
        if row.number is not None:
            counts.places[row.option_id][int(row.number)] += row.n
    elif row.number is not None:
        counts.numbers[row.number] += row.n
    elif row.day is not None:
        counts.days[row.day] += row.n


def merged(parts: Sequence[Counts]) -> Counts:
    """Several groups as one."""
    options: Counter[int] = Counter()
    cells: Counter[tuple[int, int]] = Counter()
    numbers: Counter[float] = Counter()
    days: Counter[str] = Counter()
    places: dict[int, Counter[int]] = defaultdict(Counter)
    for part in parts:
        options.update(part.options)
        cells.update(part.cells)
        numbers.update(part.numbers)
        days.update(part.days)
        for option, counts in part.places.items():
            places[option].update(counts)
    return Counts(sum(part.ballots for part in parts), options, cells, numbers, places, days)


def share(count: int, whole: int) -> float:
    """A part of a whole in per cent."""
    return round(100 * count / whole, 1) if whole else 0.0


def bars_of(item: Item, counts: Counts) -> list[Bar]:
    """The lines of a question's chart."""
    match item.kind:
        case "one" | "many":
            return [
                _choice_bar(c.id, c.text, counts.options.get(c.id, 0), counts.ballots)
                for c in item.choices
            ]
        case "ranked":
            return _ranked_bars(item, counts)
        case "scale":
            least, most = ends(item)
            return [
                Bar(str(step), n, share(n, counts.ballots))
                for step in range(least, most + 1)
                for n in [counts.numbers.get(float(step), 0)]
            ]
        case "number":
            return _number_bars(counts)
        case "date":
            return [
                Bar(_day(d), n, share(n, counts.ballots)) for d, n in sorted(counts.days.items())
            ]
    return []


def _choice_bar(number: int, text: str, count: int, whole: int) -> Bar:
    return Bar(text, count, share(count, whole), number)


def _day(iso: str) -> str:
    year, month, day = iso.split("-")
    return f"{day}.{month}.{year}"


def _ranked_bars(item: Item, counts: Counts) -> list[Bar]:
    """By points: the last place gives one, the one above it two; the first in front."""
    most = len(item.choices)
    bars = []
    for choice in item.choices:
        places = counts.places.get(choice.id, {})
        points = sum((most + 1 - place) * n for place, n in places.items())
        voices = sum(places.values())
        mean = sum(place * n for place, n in places.items()) / voices if voices else 0.0
        whole = most * counts.ballots
        bars.append(
            Bar(choice.text, points, share(points, whole), choice.id, figure(round(mean, 2)))
        )
    return sorted(bars, key=lambda bar: -bar.count)


def _number_bars(counts: Counts) -> list[Bar]:
    """Each number by itself where they are few, else in columns of the same width."""
    numbers = sorted(counts.numbers.items())
    if len(numbers) <= COLUMNS:
        return [Bar(figure(n), count, share(count, counts.ballots)) for n, count in numbers]
    least, most = numbers[0][0], numbers[-1][0]
    whole = all(number.is_integer() for number, _n in numbers)
    width = math.ceil((most - least + 1) / COLUMNS) if whole else (most - least) / COLUMNS
    columns = [0] * COLUMNS
    for number, count in numbers:
        columns[min(int((number - least) / width), COLUMNS - 1)] += count
    used = COLUMNS if not whole else int((most - least) // width) + 1
    return [
        Bar(_column(least + place * width, width, whole=whole), n, share(n, counts.ballots))
        for place, n in enumerate(columns[:used])
    ]


def _column(start: float, width: float, *, whole: bool) -> str:
    """From where to where a column goes: "4", "4–5" or "4,5–6"."""
    end = start + width - (1 if whole else 0)
    first, last = figure(round(start, 2)), figure(round(end, 2))
    return first if first == last else f"{first}–{last}"


def mean_of(item: Item, counts: Counts) -> float | None:
    """The mean of a scale or of numbers."""
    voices = sum(counts.numbers.values())
    if item.kind not in ("scale", "number") or not voices:
        return None
    return sum(number * n for number, n in counts.numbers.items()) / voices


def median_of(counts: Counts) -> float:
    """The number in the middle."""
    return statistics.median(Counter(counts.numbers).elements())


def matrix_rows(item: Item, counts: Counts) -> list[MatrixRow]:
    """The rows of a matrix, each with how often it was judged how."""
    rows = []
    for row in item.rows:
        whole = sum(counts.cells.get((row.id, choice.id), 0) for choice in item.choices)
        bars = [
            _choice_bar(choice.id, choice.text, counts.cells.get((row.id, choice.id), 0), whole)
            for choice in item.choices
        ]
        rows.append(MatrixRow(row.text, bars))
    return rows


def texts_of(activity_id: int, question_id: int) -> Select[Any]:
    """What was written, by the alphabet: the order of coming would say something of whom."""
    return (
        select(Answer.words)
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(Ballot.activity_id == activity_id, Answer.question_id == question_id)
        .where(Answer.words.is_not(None))
        .order_by(Answer.words, Answer.id)
    )


def first_texts(structure: Structure) -> dict[int, list[str]]:
    """The first few texts of each question that asks for words; one query."""
    wanted = [item.id for item in structure.items if item.kind in TEXTS]
    if not wanted:
        return {}
    place = func.row_number().over(
        partition_by=Answer.question_id, order_by=(Answer.words, Answer.id)
    )
    ranked = (
        select(Answer.question_id, Answer.words, place.label("place"))
        .where(Answer.question_id.in_(wanted))
        .subquery()
    )
    found: dict[int, list[str]] = defaultdict(list)
    query = select(ranked).where(ranked.c.place <= TEXTS_SHOWN).order_by(ranked.c.place)
    for row in db.session.execute(query):
        found[row.question_id].append(row.words)
    return found

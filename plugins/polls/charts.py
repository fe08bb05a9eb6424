"""Lines over the years, drawn by the server: where each point lies in the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plugins.polls.groups import Table
from plugins.polls.kinds import ends, figure
from plugins.polls.tallies import mean_of

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 24, 16, 32
LINES = 6
STEPS = 4


@dataclass(frozen=True)
class Point:
    """A point of a line, with what it says."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Line:
    """What becomes of one thing from round to round."""

    title: str
    points: Sequence[Point]

    @property
    def path(self) -> str:
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


@dataclass(frozen=True)
class Chart:
    """A picture of lines: titles below, a grid with figures at the left."""

    lines: Sequence[Line]
    titles: Sequence[Point]
    grid: Sequence[Point]
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(table: Table) -> Chart | None:
    """The lines of a question over its rounds; None for what lines do not show."""
    if len(table.columns) < 2 or table.item.kind == "matrix":
        return None
    places = [_across(number, len(table.columns)) for number in range(len(table.columns))]
    titles = [
        Point(x, HEIGHT - 10, column.title) for x, column in zip(places, table.columns, strict=True)
    ]
    if table.item.kind in ("scale", "number"):
        return _of_means(table, places, titles)
    lines = [
        Line(text, [
            Point(x, _up(cell.share, 0, 100), f"{round(cell.share)} %")
            for x, cell in zip(places, cells, strict=True) if cell is not None
        ])
        for text, cells in table.lines[:LINES]
    ]  # fmt: skip
    grid = [Point(LEFT - 8, _up(n, 0, 100), f"{n} %") for n in range(0, 101, 25)]
    return Chart(lines, titles, grid)


def _of_means(table: Table, places: Sequence[float], titles: Sequence[Point]) -> Chart | None:
    means = [mean_of(column.item, column.counts) for column in table.columns]
    known = [mean for mean in means if mean is not None]
    if len(known) < 2:
        return None
    if table.item.kind == "scale":
        least, most = (float(end) for end in ends(table.item))
    else:
        least, most = min(0.0, *known), max(known) * 1.1 or 1.0
    points = [
        Point(x, _up(mean, least, most), figure(round(mean, 2)))
        for x, mean in zip(places, means, strict=True)
        if mean is not None
    ]
    grid = [
        Point(LEFT - 8, _up(n, least, most), figure(round(n, 1)))
        for n in (least + (most - least) * step / STEPS for step in range(STEPS + 1))
    ]
    return Chart([Line(table.item.text, points)], titles, grid)


def _across(number: int, whole: int) -> float:
    room = WIDTH - LEFT - RIGHT
    return LEFT + 24 + (room - 48) * number / max(1, whole - 1)


def _up(value: float, least: float, most: float) -> float:
    part = (value - least) / (most - least) if most > least else 0.0
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * part

"""Results as tables to go on with: CSV and XLSX, in which nothing that is written is a formula."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import xlsxwriter
from sqlalchemy import select

from core.api import User, db
from plugins.polls.ballots import values_of
from plugins.polls.handing import names_in
from plugins.polls.kinds import FILE
from plugins.polls.models import Answer, Ballot, Poll, Privacy
from plugins.polls.personal import said
from plugins.polls.structure import Item, Structure
from plugins.polls.tallies import UNCOUNTED, ItemResult
from plugins.polls.words import _

Row = Sequence[str | int | float]

CHANCE = secrets.SystemRandom()
LONGEST_CELL = 32_000


def summary_rows(results: Sequence[ItemResult]) -> Iterator[Row]:
    """What was counted: a line for each option."""
    yield (_("Question"), _("Option"), _("Answers"), _("Per cent"))
    for result in results:
        item = result.item
        for row in result.rows:
            for bar in row.bars:
                yield (f"{item.text}: {row.text}", bar.text, bar.count, bar.share)
        for bar in result.bars:
            yield (item.text, bar.text, bar.count, bar.share)
        for name, value in result.facts:
            yield (item.text, name, value, "")
        if item.kind in UNCOUNTED:
            yield (item.text, _("Answers"), result.ballots, "")


def ballot_rows(poll: Poll, structure: Structure) -> Iterator[Row]:
    """A line for each ballot, in an order of chance; with names only where all see them anyway."""
    named = poll.privacy == Privacy.NAMED
    columns = list(_columns(structure))
    yield (*((_("Name"),) if named else ()), *(title for title, _item, _row in columns))
    names = _names(poll) if named else {}
    ballots = _ballots(poll, structure)
    files = names_in(poll.activity_id) if any(i.kind == FILE for i in structure.items) else {}
    CHANCE.shuffle(ballots)
    for number, answers in ballots:
        line = [_cell(item, row, answers.get(item.key), files) for _title, item, row in columns]
        yield (*((names.get(number, ""),) if named else ()), *line)


def _columns(structure: Structure) -> Iterator[tuple[str, Item, int | None]]:
    """A column for each question, and for each row of a matrix."""
    for item in structure.items:
        if item.kind == "matrix":
            for row in item.rows:
                yield f"{item.text}: {row.text}", item, row.id
        else:
            yield item.text, item, None


def _ballots(poll: Poll, structure: Structure) -> list[tuple[int, dict[str, Any]]]:
    query = (
        select(Answer)
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .where(Ballot.activity_id == poll.activity_id)
        .order_by(Answer.id)
    )
    found: dict[int, list[Answer]] = {}
    for answer in db.session.scalars(query):
        found.setdefault(answer.ballot_id, []).append(answer)
    return [(number, values_of(structure, rows)) for number, rows in found.items()]


def _names(poll: Poll) -> dict[int, str]:
    query = (
        select(Ballot.id, User)
        .join(User, User.id == Ballot.user_id)
        .where(Ballot.activity_id == poll.activity_id)
    )
    return {number: user.name for number, user in db.session.execute(query)}


def _cell(item: Item, row: int | None, value: Any, files: Mapping[int, str]) -> str | int | float:
    if value is None:
        return ""
    if row is not None:
        chosen = item.choice(value.get(str(row), 0))
        return chosen.text if chosen is not None else ""
    if item.kind in ("scale", "number"):
        number: float = value
        return number
    return said(item, value, files)


def as_xlsx(sheets: Sequence[tuple[str, Iterator[Row]]]) -> bytes:
    """A workbook; texts are written as texts, so that none is a formula or a link."""
    body = io.BytesIO()
    options = {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False,
    }  # fmt: skip
    with xlsxwriter.Workbook(body, options) as book:
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for title, rows in sheets:
            sheet = book.add_worksheet(title[:31])
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, 30, 28)
            for place, row in enumerate(rows):
                _write(sheet, place, row, None if place else heading)
    return body.getvalue()


def _write(sheet: Any, place: int, row: Row, style: Any) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(place, column, cell[:LONGEST_CELL], style)
        else:
            sheet.write_number(place, column, cell, style)

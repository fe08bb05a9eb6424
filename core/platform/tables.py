"""Tables as files to go on with: CSV in which nothing that people write is a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from flask import Response

Cell = str | int | float

# What spreadsheets take for the beginning of a formula, and a number that is none.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")
FIGURE = re.compile(r"-?\d+(,\d+)?")


def csv_file(rows: Iterable[Sequence[Cell]], name: str) -> Response:
    """The answer with a table as a file of this name, as Excel opens it in Russia: semicolons,
    decimal commas, a mark of the encoding. Words that begin like a formula get an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([guarded(_written(cell)) for cell in row])
    response = Response(text.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _written(cell: Cell) -> str:
    return cell if isinstance(cell, str) else f"{cell:.10g}".replace(".", ",")


def guarded(text: str) -> str:
    """Words that no spreadsheet takes for a formula."""
    if text.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS):
        return text if FIGURE.fullmatch(text) else f"'{text}"
    return text

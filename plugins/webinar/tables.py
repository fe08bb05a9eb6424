"""Tables as Excel opens them in Russia: semicolons, a mark of the encoding, and no formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

# Programs for tables take what begins so for a formula.
FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def table(name: str, rows: Iterable[Sequence[object]]) -> Response:
    """The answer with a table as a file of this name."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    for row in rows:
        writer.writerow([_safe(str(cell)) for cell in row])
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    body = "\N{BYTE ORDER MARK}" + out.getvalue()
    return Response(body, mimetype="text/csv", headers=headers)


def _safe(words: str) -> str:
    return f"'{words}" if words.startswith(FORMULAS) else words

"""What is looked at before any view: the numbers and words of addresses, the fields of forms.

Whatever a stranger sends, a database must be able to take it: PostgreSQL raises for numbers that no
row can have and for NUL, and reading a million fields takes everybody's time.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import IO, Any

from flask import Flask, Request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter

# The largest number that a row can have.
LARGEST = 2_147_483_647
LONGEST_WORD = 500
# The largest form of ours has some hundred.
MOST_FIELDS = 1_000
NUL = "\x00"


def row_number(raw: str | None) -> int:
    """The number of a row as an address or a form names it; 0, which none has, for nonsense."""
    if not raw or not raw.isascii() or not raw.isdigit() or len(raw) > len(str(LARGEST)):
        return 0
    return int(raw) if int(raw) <= LARGEST else 0


class Number(IntegerConverter):
    """``<int:…>``: an address with a number that no row can have leads nowhere."""

    def __init__(self, rules: Map, **options: Any) -> None:
        super().__init__(rules, **({"max": LARGEST} | options))


class Word(UnicodeConverter):
    """``<name>``: neither control characters nor more than any of our words has."""

    def __init__(self, rules: Map, **options: Any) -> None:
        super().__init__(rules, **options)
        self.regex = rf"[^/\x00-\x1f]{{1,{LONGEST_WORD}}}"


class Parameters(ImmutableMultiDict[str, Any]):
    """What came with an address or in a form, without NUL."""

    def __init__(self, sent: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        if isinstance(sent, list):
            sent = [(_without_nul(name), _without_nul(value)) for name, value in sent]
        super().__init__(sent)


def _without_nul(value: Any) -> Any:
    return value.replace(NUL, "") if isinstance(value, str) else value


class FormReader(FormDataParser):
    """Refuses a form that is longer than any text of ours, or has more fields, before it is read.

    Flask looks after this where forms come in parts, and leaves the other kind alone.
    """

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Any:
        if mimetype == "application/x-www-form-urlencoded":
            most = self.max_form_memory_size
            body = stream.read() if most is None else stream.read(most + 1)
            if body.count(b"&") >= MOST_FIELDS or (most is not None and len(body) > most):
                raise RequestEntityTooLarge
            stream = io.BytesIO(body)
        return super().parse(stream, mimetype, content_length, options)


class ArrivingRequest(Request):
    """A request of ours."""

    parameter_storage_class = Parameters
    form_data_parser_class = FormReader
    max_form_parts = MOST_FIELDS


def watch_arrivals(app: Flask) -> None:
    """Let the application take requests and addresses in this way; before any route is added."""
    app.request_class = ArrivingRequest
    app.url_map.converters |= {"int": Number, "default": Word, "string": Word}

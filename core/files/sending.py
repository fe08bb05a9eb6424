"""Sending stored bytes: whole or in part, in pieces so small that nobody else waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request
from werkzeug.datastructures import ContentRange
from werkzeug.http import parse_if_range_header, quote_etag

from core import config
from core.files.storage import Storage, storage

# Each piece is read at once and sent when the reader's link has room for it.
PIECE = 64 * 1024
# Where a proxy that sends files by itself finds the storage.
STORED = "stored-files"


@dataclass(frozen=True)
class Bytes:
    """What is sent: the key in the storage, its size, its media type and when it was made."""

    key: str
    size: int
    media_type: str
    made_at: datetime


def send(content: Bytes) -> Response:
    """The answer with these bytes: 200, 206 for a part, 304 for a copy that is still good, 416 for
    a part that is not there. Several parts at once, and nonsense, get the whole."""
    if config.current().files_by_proxy:
        return _by_proxy(content)
    span = _span(content)
    if span is None:
        return _no_such_part(content)
    start, length = span
    response = Response(
        pieces(storage(), content.key, start, length), 200, mimetype=content.media_type,
        direct_passthrough=True,
    )  # fmt: skip
    response.set_etag(content.key)
    response.last_modified = content.made_at
    response.accept_ranges = "bytes"
    response.content_length = length
    response.make_conditional(request.environ)
    if length < content.size and response.status_code == 200:
        response.status_code = 206
        response.content_range = ContentRange("bytes", start, start + length, content.size)
    return response


def _span(content: Bytes) -> tuple[int, int] | None:
    """Where to begin and how much to send; None for a part that is not there."""
    wanted = request.range
    whole = 0, content.size
    if wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return whole
    if not _is_same(content):
        return whole
    first, stop = wanted.ranges[0]
    # Below zero it counts from the end: the last bytes, or all where there are not so many.
    first = max(0, content.size + first) if first < 0 else first
    stop = content.size if stop is None else min(stop, content.size)
    return (first, stop - first) if first < content.size else None


def _is_same(content: Bytes) -> bool:
    """Whether the reader's first part is of these very bytes, if they say which they have."""
    sent = request.headers.get("If-Range")
    if not sent:
        return True
    known = parse_if_range_header(sent)
    if known.date is not None:
        return content.made_at.replace(microsecond=0) == known.date
    return sent.strip() == quote_etag(content.key)


def _by_proxy(content: Bytes) -> Response:
    """The proxy is told where the bytes lie; parts and copies that are still good are its business
    then, with marks of its own."""
    response = Response(mimetype=content.media_type)
    response.headers["X-Accel-Redirect"] = f"/{STORED}/{content.key[:2]}/{content.key}"
    return response


def is_download(response: Response) -> bool:
    """Whether somebody begins to get the bytes: a part that is fetched later, or a copy that is
    still good, is none."""
    if request.method != "GET" or response.status_code not in (200, 206):
        return False
    if "X-Accel-Redirect" in response.headers:
        known = request.if_none_match or request.if_modified_since
        later = request.range is not None and request.range.ranges[0][0] != 0
        return not known and not later
    return response.status_code == 200 or response.content_range.start == 0


def _no_such_part(content: Bytes) -> Response:
    response = Response(status=416)
    response.content_range = ContentRange("bytes", None, None, content.size)
    return response


def pieces(stored: Storage, key: str, start: int, length: int) -> Iterator[bytes]:
    """So many stored bytes, in pieces; opened when the first is asked for."""
    with stored.open(key, start) as file:
        while length > 0 and (piece := file.read(min(PIECE, length))):
            length -= len(piece)
            yield piece

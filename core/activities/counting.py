"""Counts the pages that people look at, whatever room or plugin they belong to."""

from __future__ import annotations

import atexit
import re
from collections.abc import Callable
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from flask.blueprints import BlueprintSetupState

from core.activities import counts
from core.activities.blueprint import activities

# Programs that say what they are; a browser of a person calls itself by none of these words.
ROBOTS = re.compile(
    r"bot\b|crawl|spider|slurp|preview|monitor|curl|wget|python|headless", re.IGNORECASE
)


@activities.after_app_request
def count_page(response: Response) -> Response:
    """Count a page of a community or an activity that was shown to a person.

    Pieces that a script fetches into a page, and pages fetched in advance, are not visits.
    """
    community = g.get("community")
    if community is not None and _is_page(response) and not _is_machine():
        counts.count_visit(g.get("activity") or community, _content_id())
    # Under test nothing is written behind a page's back: its statements are counted.
    if counts.tally.is_due() and not current_app.testing:
        response.call_on_close(_writing_down(cast(Any, current_app)._get_current_object()))
    return response


def _is_page(response: Response) -> bool:
    return (
        request.method == "GET"
        and response.status_code == 200
        and response.mimetype == "text/html"
        and "HX-Request" not in request.headers
        and "X-Live" not in request.headers
    )


def _is_machine() -> bool:
    headers = request.headers
    fetched_ahead = "prefetch" in (headers.get("Sec-Purpose") or headers.get("Purpose") or "")
    browser = headers.get("User-Agent", "")
    return fetched_ahead or not browser or ROBOTS.search(browser) is not None


def _content_id() -> int:
    """The content that this page is about: the row of the address whose key is a content's."""
    for row in (request.view_args or {}).values():
        table = getattr(row, "__table__", None)
        if table is not None and _is_content(table):
            return int(row.id)
    return 0


def _is_content(table: Any) -> bool:
    if table.name == "contents":
        return True
    keys = [key.column.table.name for c in table.primary_key.columns for key in c.foreign_keys]
    return len(table.primary_key.columns) == 1 and keys == ["contents"]


def _writing_down(app: Flask) -> Callable[[], None]:
    """For when the page is on its way, so that nobody waits for it, or the process at its end."""

    def write_down() -> None:
        with app.app_context():
            counts.write_down()

    return write_down


@activities.record_once
def _write_down_at_the_end(state: BlueprintSetupState) -> None:
    """A process that ends in peace keeps nothing to itself."""
    if not state.app.testing:
        atexit.register(_writing_down(cast(Flask, state.app)))

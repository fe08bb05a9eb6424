"""The page of results, and titles for what is being typed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date

from flask import Blueprint, Response, jsonify, render_template, request

from core.access.actors import current_viewer
from core.access.marks import public
from core.contract.registry import registry
from core.platform.arriving import row_number
from core.platform.limits import limit
from core.search.asking import LONGEST
from core.search.results import MINE, Wanted, forms_to_choose, results
from core.search.suggesting import Suggestion, similar, suggestions

search = Blueprint("search", __name__)

# Somebody who types asks a few times a second, and not for long.
SUGGESTIONS = "300/minute"


@search.get("/search")
@public
def show() -> str:
    """What was found, and how to narrow it."""
    wanted = _wanted()
    forms = dict(forms_to_choose())
    viewer = current_viewer()
    return render_template(
        "search/results.html",
        wanted=wanted,
        found=results(wanted, viewer),
        forms=forms.items() if viewer.is_authenticated else _for_guests(forms).items(),
        mine=MINE,
        longest=LONGEST,
    )


def _for_guests(forms: dict[str, str]) -> dict[str, str]:
    return {name: title for name, title in forms.items() if name != "person"}


def _wanted() -> Wanted:
    asked = request.args
    forms = {name for name, _title in forms_to_choose()}
    return Wanted(
        text=" ".join(asked.get("q", "")[: 2 * LONGEST].split())[:LONGEST],
        place=asked.get("in", "")[:100],
        form=asked.get("form", "") if asked.get("form") in forms else "",
        author=asked.get("author", "").strip()[:100],
        since=_day("since"),
        until=_day("until"),
        newest=asked.get("order") == "newest",
        before=row_number(asked.get("before")) or 0,
        page=row_number(asked.get("page")) or 1,
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


@search.get("/search/suggest")
@public
def suggest() -> Response:
    """Titles that fit what is being typed; ``in`` narrows them to a community."""
    _count()
    asked = request.args
    return _facts(
        suggestions(asked.get("q", ""), current_viewer(), place=asked.get("in", "")[:100])
    )


@search.get("/search/similar")
@public
def alike() -> Response:
    """What of a ``kind`` there is in a community already, while somebody writes another title."""
    _count()
    asked = request.args
    place, kind = asked.get("in", "")[:100], asked.get("kind", "")
    if kind not in registry().content_types():
        return _facts([])
    return _facts(similar(asked.get("q", ""), current_viewer(), place=place, kind=kind))


def _count() -> None:
    limit("search.suggest", SUGGESTIONS, str(current_viewer().id or request.remote_addr))


def _facts(found: Iterable[Suggestion]) -> Response:
    return jsonify([asdict(each) for each in found])

"""Polls as pieces of others' pages: above what a page is about, and the way to put one there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup

from core.api import Community, Content, Viewer, can
from plugins.polls import placing, results
from plugins.polls.capabilities import MANAGE
from plugins.polls.kinds import Sent
from plugins.polls.models import Poll
from plugins.polls.structure import Structure, structures_of
from plugins.polls.summaries import turnout
from plugins.polls.tallies import ItemResult
from plugins.polls.turns import Turn, reason_of, turn_of
from plugins.polls.urn import has_closed, is_sealed


@dataclass(frozen=True)
class Shown:
    """A poll as it stands on a page; ``results`` None where they are not for the viewer."""

    poll: Poll
    structure: Structure
    turn: Turn
    reason: str
    turnout: str
    closed: bool
    results: Sequence[ItemResult] | None
    few: bool
    typed: Sent


def polls_here(
    slot: str, community: Community | None, content: Content | None, viewer: Viewer
) -> Markup | None:
    """The polls of a page; one query where none stands there."""
    if content is None or community is None:
        return None
    if slot == "content.above":
        return _polls(community, content, viewer)
    if slot == "content.below" and can(viewer, MANAGE, community):
        html = render_template("polls/put.html", community=community, content=content)
        return Markup(html)  # noqa: S704  # our own template, which escapes
    return None


def _polls(community: Community, content: Content, viewer: Viewer) -> Markup | None:
    placed = placing.placed_on(content.id)
    if not placed:
        return None
    structures = structures_of([poll.activity_id for poll in placed])
    staff = can(viewer, MANAGE, community)
    shown = [_shown(poll, structures[poll.activity_id], viewer, staff=staff) for poll in placed]
    html = render_template(
        "polls/placed.html", shown=shown, community=community, content=content, staff=staff
    )
    return Markup(html)  # noqa: S704  # our own template, which escapes


def _shown(poll: Poll, structure: Structure, viewer: Viewer, *, staff: bool) -> Shown:
    turn = turn_of(viewer, poll)
    visible = results.sees_results(poll, turn, staff=staff) and structure.only is not None
    # A page of others only reads: an urn is opened on the poll's own page, or by the worker.
    if visible and poll.is_secret and is_sealed(poll.activity_id):
        visible = False
    few = results.too_few(poll)
    found = results.results_of(structure, poll.activity_id) if visible and not few else []
    return Shown(
        poll, structure, turn, reason_of(turn, poll), turnout(poll.answer_count, poll.electorate),
        has_closed(poll), found if visible else None, few, Sent(),
    )  # fmt: skip

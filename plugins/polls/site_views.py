"""Answering by a link, without signing in; the link itself is the right to."""

from __future__ import annotations

import secrets

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.api import (
    DomainError,
    Refused,
    current_viewer,
    db,
    is_available,
    limit,
    public,
    zone_title,
)
from plugins.polls import results, voting
from plugins.polls.filling import Incomplete, read_items, typed_of
from plugins.polls.kinds import Sent
from plugins.polls.models import Poll
from plugins.polls.structure import structure_of
from plugins.polls.turns import reason_of, turn_of
from plugins.polls.urn import has_closed
from plugins.polls.views import count_if_closed, say_outcome, sent, shown_results
from plugins.polls.words import _

site = Blueprint("polls_site", __name__)

MARK = "polls_mark"
# A school's teachers may sit behind one address.
BY_LINK = "300/hour"
KEEPING = "2000/hour"


def linked(token: str) -> Poll:
    """The poll behind a link, with nothing of its community but that it is there."""
    poll = db.session.scalar(select(Poll).where(Poll.token == token))
    activity = poll.activity if poll is not None else None
    shown = (
        poll is not None and activity is not None and poll.by_link
        and activity.state != "draft" and activity.community.is_active and is_available(activity)
    )  # fmt: skip
    if poll is not None and poll.by_link and poll.activity.community.state == "liquidated":
        raise Refused(_("The community that asked this has ended: nobody can answer any more."))
    if poll is None or not shown:
        raise DomainError(_("This link leads nowhere any more. Ask whoever sent it for another."))
    return poll


def browser_mark() -> str:
    """What this browser is known by, from the first time it needs to be."""
    if MARK not in session:
        session[MARK] = secrets.token_urlsafe(12)
    return str(session[MARK])


@site.get("/by/<token>")
@public
def by_link(token: str) -> ResponseReturnValue:
    """A poll as it is shown to whoever has its link."""
    return _page(linked(token))


def _page(
    poll: Poll, given: Sent | None = None, errors: dict[str, str] | None = None, problem: str = ""
) -> str:
    viewer, mark, structure = current_viewer(), browser_mark(), structure_of(poll.activity_id)
    count_if_closed(poll)
    turn = turn_of(viewer, poll, mark)
    visible = results.sees_results(poll, turn, staff=False)
    begun = None
    if turn.may_answer and not poll.is_secret:
        begun = voting.unfinished_of(viewer, poll.activity_id, mark)
    return render_template(
        "polls/by_link.html", poll=poll, activity=poll.activity, structure=structure, turn=turn,
        typed=given or (typed_of(structure, begun.answers) if begun else Sent()),
        errors=errors or {}, problem=problem, reason=reason_of(turn, poll), visible=visible,
        closed=has_closed(poll), zone=zone_title(), token=poll.token,
        **(shown_results(poll, structure) if visible else {"shown": None}),
    )  # fmt: skip


@site.post("/by/<token>")
@public
def answer(token: str) -> ResponseReturnValue:
    """Answer by the link; one browser once."""
    poll, viewer, mark = linked(token), current_viewer(), browser_mark()
    limit("polls.by_link", BY_LINK, request.remote_addr or "")
    structure = structure_of(poll.activity_id)
    filled = read_items(structure, structure.items, sent())
    if filled.errors:
        return _page(poll, sent(), filled.errors), 400
    try:
        outcome = voting.answer(viewer, poll.activity, filled.answers, mark=mark)
    except Incomplete as refusal:
        return _page(poll, sent(), refusal.errors), refusal.status
    except DomainError as refusal:
        return _page(poll, sent(), {}, str(refusal)), refusal.status
    say_outcome(outcome, poll)
    return redirect(url_for("polls_site.by_link", token=token), 303)


@site.post("/by/<token>/keep")
@public
def keep(token: str) -> ResponseReturnValue:
    """What the script sends while somebody answers."""
    poll = linked(token)
    limit("polls.by_link_keeping", KEEPING, request.remote_addr or "")
    structure = structure_of(poll.activity_id)
    filled = read_items(structure, structure.items, sent())
    voting.keep(current_viewer(), poll.activity, filled.answers, None, mark=browser_mark())
    return "", 204

"""Pages of a poll: what it asks, answering it, its results."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    DomainError,
    current_viewer,
    limit,
    paginate,
    public,
    row_number,
    signed_in,
    zone_title,
)
from plugins.polls import handing, results, tallies, voting
from plugins.polls.ballots import answers_in, ballot_of
from plugins.polls.deciding import decision_of
from plugins.polls.filling import Filled, Incomplete, read_items, typed_of
from plugins.polls.kinds import FILE, Sent
from plugins.polls.locking import find
from plugins.polls.models import Poll, PollSection, Question
from plugins.polls.structure import Answers, Item, Part, Structure, structure_of
from plugins.polls.tallies import TEXTS
from plugins.polls.turns import Turn, reason_of, turn_of
from plugins.polls.urn import has_closed, is_sealed, open_urn
from plugins.polls.voting import Outcome
from plugins.polls.words import _

polls = Blueprint("polls", __name__)

ANSWERING = "60/5 minutes"
KEEPING = "240/5 minutes"


def in_one_go(poll: Poll, structure: Structure) -> bool:
    """Whether everything stands on one page: so it is where nothing is kept before it is sent."""
    return poll.is_secret or len(structure.parts) <= 1


def sent(items: Iterable[Item] = (), before: Answers | None = None) -> Sent:
    """What the request's form has. Its files are taken in: ask once. Only one's own can be named,
    and those that were there ``before``."""
    fields, refused = dict(request.form.lists()), {}
    for item in items:
        if item.kind == FILE:
            known = handing.files_in((before or {}).get(item.key, ()))
            field = handing.field(item.name, item.text, known, sent=True)
            fields[item.name] = [str(file.id) for file in field.data]
            if field.errors:
                refused[item.name] = " ".join(str(error) for error in field.errors)
    return Sent(fields, refused)


def say_outcome(outcome: Outcome, poll: Poll) -> None:
    """Tell the person what became of their answer."""
    match outcome:
        case Outcome.STORED:
            words = (
                _("Your vote is in the urn. Thank you!")
                if poll.is_secret
                else _("Your answer is stored. Thank you!")
            )
            flash(words, "success")
        case Outcome.CHANGED:
            flash(_("Your answer is changed."), "success")
        case Outcome.KEPT:
            flash(_("You had answered before; that answer is kept."), "info")


@polls.get("/")
@public
def show(activity: Activity) -> ResponseReturnValue:
    """A poll: the question, or why one cannot answer, or the result."""
    return page(activity)


def page(
    activity: Activity, given: Sent | None = None, errors: dict[str, str] | None = None,
    problem: str = "",
) -> str:  # fmt: skip
    """The page of a poll; ``given`` is what was typed when it is shown once more."""
    viewer, poll, structure = current_viewer(), find(activity.id), structure_of(activity.id)
    turn = turn_of(viewer, poll)
    staff = results.manages(activity)
    count_if_closed(poll)
    visible = results.sees_results(poll, turn, staff=staff)
    begun = None
    if turn.shows_form and not poll.is_secret:
        begun = voting.unfinished_of(viewer, activity.id)
    asks = turn.shows_form and (in_one_go(poll, structure) or not structure.items)
    return render_template(
        "polls/show.html", activity=activity, poll=poll, structure=structure, turn=turn,
        staff=staff, visible=visible, begun=begun, asks=asks,
        changing="change" in request.args or bool(errors) or bool(problem),
        typed=given or _own(poll, structure, turn, begun), errors=errors or {}, problem=problem,
        reason=reason_of(turn, poll), closed=has_closed(poll), zone=zone_title(),
        decision=decision_of(activity.id) if has_closed(poll) else None,
        **(shown_results(poll, structure) if visible else {"shown": None}),
    )  # fmt: skip


def _own(poll: Poll, structure: Structure, turn: Turn, begun: Any) -> Sent:
    """What the form begins with: what one has begun to answer, or answered before."""
    if begun is not None:
        return typed_of(structure, begun.answers)
    if turn.changeable:
        ballot = ballot_of(current_viewer(), poll, "", turn.school_id)
        return typed_of(structure, answers_in(structure, ballot.id) if ballot else {})
    return Sent()


def count_if_closed(poll: Poll) -> None:
    """Whoever comes first after the end opens the urn; it does not wait for the worker."""
    if poll.is_secret and has_closed(poll) and is_sealed(poll.activity_id):
        open_urn(current_viewer(), poll.activity_id)


def shown_results(poll: Poll, structure: Structure) -> dict[str, Any]:
    """What templates need to draw results."""
    if results.too_few(poll):
        return {"shown": [], "few": True, "names": {}}
    return {
        "shown": results.results_of(structure, poll.activity_id), "few": False,
        "names": results.names_of(poll),
    }  # fmt: skip


@polls.post("/answer")
@signed_in
def answer(activity: Activity) -> ResponseReturnValue:
    """Answer a poll that stands on one page."""
    poll, structure, viewer = find(activity.id), structure_of(activity.id), current_viewer()
    limit("polls.answers", ANSWERING, str(viewer.id))
    given = sent(structure.items, _answered(poll, structure))
    filled = read_items(structure, structure.items, given)
    if filled.errors:
        return page(activity, given, filled.errors), 400
    try:
        outcome = voting.answer(viewer, activity, filled.answers)
    except Incomplete as refusal:
        return page(activity, given, refusal.errors), refusal.status
    except DomainError as refusal:
        return page(activity, given, {}, str(refusal)), refusal.status
    say_outcome(outcome, poll)
    return redirect(_back(activity), 303)


def _answered(poll: Poll, structure: Structure) -> Answers:
    """What the form of a poll that asks for files began with."""
    if not any(item.kind == FILE for item in structure.items):
        return {}
    viewer = current_viewer()
    begun = voting.unfinished_of(viewer, poll.activity_id)
    former = _former(poll, structure, turn_of(viewer, poll))
    return former | dict(begun.answers) if begun else former


def _back(activity: Activity) -> str:
    """To the page on which the poll stands, if it was answered there; else to its own."""
    place = row_number(request.form.get("place"))
    if place:
        return url_for("contents.show", content=place)
    return url_for("polls.show", activity=activity)


@polls.route("/pages/<int:section>", methods=["GET", "POST"])
@signed_in
def fill(activity: Activity, section: PollSection) -> ResponseReturnValue:
    """One page of a questionnaire; what is answered is kept with each step."""
    poll, structure, viewer = find(activity.id), structure_of(activity.id), current_viewer()
    turn, part = turn_of(viewer, poll), structure.part(section.id)
    if part is None or in_one_go(poll, structure) or not turn.shows_form:
        return redirect(url_for("polls.show"), 303)
    begun = voting.unfinished_of(viewer, activity.id)
    before = dict(begun.answers) if begun else _former(poll, structure, turn)
    if request.method == "GET":
        return _part_page(activity, poll, structure, part, typed_of(structure, before), before)
    limit("polls.keeping", KEEPING, str(viewer.id))
    here = {item.key for item in part.items}
    elsewhere = {key: value for key, value in before.items() if key not in here}
    given = sent(part.items, before)
    filled = read_items(structure, part.items, given, elsewhere)
    return _step(activity, poll, structure, part, given, filled, elsewhere | filled.answers)


def _former(poll: Poll, structure: Structure, turn: Turn) -> dict[str, Any]:
    ballot = ballot_of(current_viewer(), poll, "", turn.school_id) if turn.changeable else None
    return answers_in(structure, ballot.id) if ballot is not None else {}


def _step(
    activity: Activity, poll: Poll, structure: Structure, part: Part, given: Sent,
    filled: Filled, answers: dict[str, Any],
) -> ResponseReturnValue:  # fmt: skip
    """Keep what was answered here, and go on, back, away, or send it all."""
    viewer, go = current_viewer(), request.form.get("go", "next")
    try:
        voting.keep(viewer, activity, answers, part.id)
        if go == "later":
            flash(_("Your answers so far are kept. Come back when you have the time."), "success")
            return redirect(url_for("polls.show"), 303)
        if go == "back":
            return redirect(
                url_for("polls.fill", section=_neighbour(structure, part, answers, -1) or part.id),
                303,
            )
        if filled.errors:
            return _part_page(activity, poll, structure, part, given, answers, filled.errors), 400
        following = _neighbour(structure, part, answers, 1)
        if following is not None:
            return redirect(url_for("polls.fill", section=following), 303)
        say_outcome(voting.answer(viewer, activity, answers), poll)
    except Incomplete as refusal:
        missing = next(p for p in structure.parts if any(i.key in refusal.errors for i in p.items))
        flash(str(refusal), "warning")
        return redirect(url_for("polls.fill", section=missing.id), 303)
    except DomainError as refusal:
        return _part_page(
            activity, poll, structure, part, given, answers, {}, str(refusal)
        ), refusal.status
    return redirect(url_for("polls.show"), 303)


def _neighbour(structure: Structure, part: Part, answers: Answers, step: int) -> int | None:
    """The next page that has anything to ask of somebody with these answers."""
    asked = {item.section_id for item in structure.asked(answers)}
    place = structure.parts.index(structure.part(part.id) or part) + step
    while 0 <= place < len(structure.parts):
        if structure.parts[place].id in asked:
            return structure.parts[place].id
        place += step
    return None


def _part_page(
    activity: Activity, poll: Poll, structure: Structure, part: Part, typed: Sent,
    answers: Answers, errors: dict[str, str] | None = None, problem: str = "",
) -> str:  # fmt: skip
    number = next(i for i, each in enumerate(structure.parts) if each.id == part.id)
    return render_template(
        "polls/fill.html", activity=activity, poll=poll, structure=structure, part=part,
        number=number, typed=typed, errors=errors or {}, problem=problem,
        first=_neighbour(structure, part, answers, -1) is None,
        last=part.id == structure.parts[-1].id,
    )  # fmt: skip


@polls.post("/pages/<int:section>/keep")
@signed_in
def keep(activity: Activity, section: PollSection) -> ResponseReturnValue:
    """What the script sends while somebody answers, so that nothing is lost in between."""
    poll, structure, viewer = find(activity.id), structure_of(activity.id), current_viewer()
    limit("polls.keeping", KEEPING, str(viewer.id))
    begun = voting.unfinished_of(viewer, activity.id)
    part = structure.part(section.id)
    items = part.items if part is not None else []
    here = {item.key for item in items}
    known = begun.answers if begun else _former(poll, structure, turn_of(viewer, poll))
    before = {key: value for key, value in known.items() if key not in here}
    filled = read_items(structure, items, sent(items, known), before)
    voting.keep(viewer, activity, before | filled.answers, section.id)
    return "", 204


@polls.post("/begin-again")
@signed_in
def begin_again(activity: Activity) -> ResponseReturnValue:
    """Throw away what one has begun."""
    voting.begin_again(current_viewer(), activity)
    flash(_("What you had begun is thrown away."), "success")
    return redirect(url_for("polls.show"), 303)


@polls.get("/results/now")
@public
def block(activity: Activity) -> ResponseReturnValue:
    """The results alone, for pages that are open while people answer."""
    poll, structure = find(activity.id), structure_of(activity.id)
    count_if_closed(poll)
    turn, staff = turn_of(current_viewer(), poll), results.manages(activity)
    visible = results.sees_results(poll, turn, staff=staff)
    return render_template(
        "polls/_block.html", activity=activity, poll=poll, structure=structure, visible=visible,
        staff=staff, closed=has_closed(poll),
        **(shown_results(poll, structure) if visible else {"shown": None}),
    )  # fmt: skip


@polls.get("/results")
@public
def result(activity: Activity) -> ResponseReturnValue:
    """The results by themselves: to look at, to print."""
    poll, structure = find(activity.id), structure_of(activity.id)
    staff = results.manages(activity)
    count_if_closed(poll)
    turn = turn_of(current_viewer(), poll)
    if not results.sees_results(poll, turn, staff=staff):
        return redirect(url_for("polls.show"), 303)
    return render_template(
        "polls/results.html", activity=activity, poll=poll, structure=structure, staff=staff,
        closed=has_closed(poll), **shown_results(poll, structure),
    )  # fmt: skip


@polls.get("/results/<int:question>")
@public
def texts(activity: Activity, question: Question) -> ResponseReturnValue:
    """All that was written in answer to one question."""
    poll, structure = find(activity.id), structure_of(activity.id)
    item, turn = structure.item(question.id), turn_of(current_viewer(), poll)
    visible = results.sees_results(poll, turn, staff=results.manages(activity))
    if item is None or item.kind not in TEXTS or not visible or results.too_few(poll):
        return redirect(url_for("polls.result"), 303)
    found = paginate(tallies.texts_of(activity.id, item.id))
    return render_template("polls/texts.html", activity=activity, poll=poll, item=item, page=found)

"""The editor of a questionnaire: its sections and questions, and their order."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from core.api import (
    Activity,
    DomainError,
    attempt,
    current_viewer,
    limit,
    requires,
    row_number,
    status_of,
)
from plugins.polls import editing, finding
from plugins.polls.capabilities import MANAGE
from plugins.polls.editing import Draft, lines_of, takes_files
from plugins.polls.forms import QuestionForm, SectionForm
from plugins.polls.kinds import FILE, KINDS
from plugins.polls.locking import find
from plugins.polls.models import Poll, PollSection, Question
from plugins.polls.structure import Item, Structure, structure_of
from plugins.polls.views import polls
from plugins.polls.words import _

EDITING = "300/5 minutes"


@polls.get("/questions")
@requires(MANAGE)
def editor(activity: Activity) -> ResponseReturnValue:
    """All that a poll asks, to be changed and put into order."""
    return render_template(
        "polls/editor.html", activity=activity, poll=find(activity.id), kinds=KINDS,
        structure=structure_of(activity.id),
    )  # fmt: skip


@polls.route("/sections/<int:section>/questions/new", methods=["GET", "POST"])
@requires(MANAGE)
def new_question(activity: Activity, section: PollSection) -> ResponseReturnValue:
    """Ask one more."""
    asked = request.args.get("kind", "one")
    form = QuestionForm(data={"section": section.id, "kind": asked if asked in KINDS else "one"})
    return _question_page(activity, form, None)


@polls.route("/questions/<int:question>", methods=["GET", "POST"])
@requires(MANAGE)
def edit_question(activity: Activity, question: Question) -> ResponseReturnValue:
    """Change a question."""
    item = structure_of(activity.id).item(question.id)
    form = QuestionForm(data=_values(item) if item is not None else None)
    return _question_page(activity, form, question)


def _values(item: Item) -> dict[str, object]:
    limits = item.limits
    ends = ("least", "most") if item.kind == "many" else ("from", "to")
    return {
        "text": item.text, "kind": item.kind, "hint": item.hint, "required": item.required,
        "options": "\n".join(choice.text for choice in item.choices),
        "rows": "\n".join(row.text for row in item.rows), "section": item.section_id,
        "least": limits.get(ends[0]), "most": limits.get(ends[1]),
        "low_label": limits.get("low", ""), "high_label": limits.get("high", ""),
        "after": [str(option) for option in item.after_options],
    }  # fmt: skip


def _question_page(
    activity: Activity, form: QuestionForm, question: Question | None
) -> ResponseReturnValue:
    poll, structure = find(activity.id), structure_of(activity.id)
    _offer(form, poll, structure, question)

    def save() -> Question:
        limit("polls.editing", EDITING, str(current_viewer().id))
        section = _section(activity, form.section.data)
        return editing.save_question(
            current_viewer(), activity, section, question, _draft(form, structure)
        )

    saved = attempt(form, save)
    if saved is not None:
        flash(_("The question is stored."), "success")
        if request.form.get("go") == "another":
            url = url_for("polls.new_question", section=saved.section_id, kind=saved.kind)
            return redirect(url, 303)
        return redirect(url_for("polls.editor", _anchor=f"question-{saved.id}"), 303)
    html = render_template(
        "polls/question.html", activity=activity, form=form, question=question, poll=poll,
    )  # fmt: skip
    return html, status_of(form)


def _section(activity: Activity, number: int) -> PollSection:
    found = finding.section(activity, number)
    if found is None:
        raise DomainError(_("This section is no longer there."))
    return found


def _offer(form: QuestionForm, poll: Poll, structure: Structure, question: Question | None) -> None:
    """The kinds and sections there are, and the options of questions above to hang this one on."""
    if not takes_files(poll):
        form.kind.choices = [choice for choice in form.kind.choices if choice.value != FILE]
    titles = {
        part.id: part.title or _("Section %(n)s", n=number)
        for number, part in enumerate(structure.parts, 1)
    }
    form.section.choices = [SelectChoice(number, title) for number, title in titles.items()]
    earlier: list[SelectChoice] = []
    for item in structure.items:
        if question is not None and item.id == question.id:
            break
        if KINDS[item.kind].chooses:
            earlier += [
                SelectChoice(str(choice.id), f"{item.text} → {choice.text}")
                for choice in item.choices
            ]
    form.after.choices = earlier
    if not earlier:
        del form.after


def _draft(form: QuestionForm, structure: Structure) -> Draft:
    chosen = {row_number(raw) for raw in form.after.data or ()} if "after" in form else set()
    above = next((i for i in structure.items if chosen & {choice.id for choice in i.choices}), None)
    mine = {choice.id for choice in above.choices} & chosen if above is not None else set()
    return Draft(
        kind=form.kind.data, text=form.text.data, hint=form.hint.data or "",
        required=form.required.data, options=lines_of(form.options.data or ""),
        rows=lines_of(form.rows.data or ""), limits=form.limits(),
        after_id=above.id if above is not None else None, after_options=sorted(mine),
    )  # fmt: skip


@polls.post("/questions/<int:question>/move")
@requires(MANAGE)
def move_question(activity: Activity, question: Question) -> ResponseReturnValue:
    """One place up or down, or into the section beside."""
    editing.move(current_viewer(), activity, question.id, _steps(), section=False)
    return _back_to(f"question-{question.id}")


def _steps() -> int:
    return -1 if request.form.get("to") == "up" else 1


def _back_to(anchor: str) -> ResponseReturnValue:
    return redirect(url_for("polls.editor", _anchor=anchor), 303)


@polls.post("/questions/<int:question>/copy")
@requires(MANAGE)
def copy_question(activity: Activity, question: Question) -> ResponseReturnValue:
    """Ask the same once more, to be changed."""
    return _back_to(f"question-{editing.copy_question(current_viewer(), question).id}")


@polls.post("/questions/<int:question>/remove")
@requires(MANAGE)
def remove_question(activity: Activity, question: Question) -> ResponseReturnValue:
    """Take a question out."""
    editing.remove_question(current_viewer(), question)
    flash(_("The question is taken out."), "success")
    return _back_to("questions")


@polls.route("/sections/new", methods=["GET", "POST"])
@requires(MANAGE)
def new_section(activity: Activity) -> ResponseReturnValue:
    """One more page of the questionnaire."""
    return _section_page(activity, SectionForm(), None)


@polls.route("/sections/<int:section>", methods=["GET", "POST"])
@requires(MANAGE)
def edit_section(activity: Activity, section: PollSection) -> ResponseReturnValue:
    """Change the heading of a section."""
    return _section_page(activity, SectionForm(obj=section), section)


def _section_page(
    activity: Activity, form: SectionForm, section: PollSection | None
) -> ResponseReturnValue:
    saved = attempt(
        form,
        lambda: editing.save_section(
            current_viewer(), activity, section, form.title.data or "", form.about.data or ""
        ),
    )
    if saved is not None:
        return redirect(url_for("polls.editor", _anchor=f"section-{saved.id}"), 303)
    html = render_template("polls/section.html", activity=activity, form=form, section=section)
    return html, status_of(form)


@polls.post("/sections/<int:section>/move")
@requires(MANAGE)
def move_section(activity: Activity, section: PollSection) -> ResponseReturnValue:
    """One place up or down."""
    editing.move(current_viewer(), activity, section.id, _steps(), section=True)
    return _back_to(f"section-{section.id}")


@polls.post("/sections/<int:section>/remove")
@requires(MANAGE)
def remove_section(activity: Activity, section: PollSection) -> ResponseReturnValue:
    """Take a section out with its questions."""
    editing.remove_section(current_viewer(), section)
    flash(_("The section is taken out."), "success")
    return _back_to("questions")


@polls.post("/order")
@requires(MANAGE)
def arrange(activity: Activity) -> ResponseReturnValue:
    """The order that somebody dragged the questions into: "3:7,9;4:8", sections with questions."""
    order: list[tuple[int, list[int]]] = []
    for part in request.form.get("order", "")[:5_000].split(";"):
        section, _colon, numbers = part.partition(":")
        order.append((row_number(section), [row_number(n) for n in numbers.split(",") if n]))
    editing.arrange(current_viewer(), activity, order)
    return "", 204

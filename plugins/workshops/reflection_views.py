"""Pages of the reflection: the questions, one's answers, and what the master reads."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    attempt,
    current_viewer,
    draft_in,
    requires,
    signed_in,
    status_of,
    utcnow,
)
from plugins.workshops import queries, reflecting, reflection_queries
from plugins.workshops.forms import QuestionsForm, WordsForm
from plugins.workshops.holding import course_of
from plugins.workshops.stages import StageKind
from plugins.workshops.views import ensure_leads, workshops
from plugins.workshops.words import _

ANSWER_LENGTH = 5_000


@workshops.route("/reflection", methods=["GET", "POST"])
@requires("workshops.sign_up")
def reflection(activity: Activity) -> ResponseReturnValue:
    """Look back and answer a few questions; until the stage is over answers can be changed."""
    viewer = current_viewer()
    found = queries.workshop_at(activity)
    part, course, now = queries.part_of(found, viewer), course_of(found), utcnow()
    if part.place is None or not part.has_seat:
        flash(_("Only those who have a place take part. Sign up first."), "warning")
        return redirect(url_for(".home"), 303)
    questions = reflecting.questions_of(found)
    own = part.own_time(StageKind.REFLECTION, now)
    can_write = course.is_on(StageKind.REFLECTION, now) or own is not None
    form, draft_place = WordsForm(), reflecting.draft_place(activity)
    draft = draft_in(viewer, draft_place) if can_write else None
    fields = draft.fields if draft is not None and request.method == "GET" else request.form
    said: Mapping[int, str] = {q.id: _words(fields, q.id) for q in questions}
    if request.method == "GET" and draft is None:
        said = reflection_queries.answers_at(part.place)

    def store() -> bool:
        reflecting.answer(viewer, found, said)
        return True

    if attempt(form, store):
        flash(_("Thank you. The master reads your answers."), "success")
        return redirect(url_for(".home"), 303)
    html = render_template(
        "workshops/reflection.html", activity=activity, form=form, questions=questions, said=said,
        can_write=can_write, until=own or course.until(StageKind.REFLECTION, now),
        draft=draft, draft_place=draft_place, begun=course.reached(StageKind.REFLECTION, now),
    )  # fmt: skip
    return html, status_of(form)


def _words(fields: Mapping[str, str], question: int) -> str:
    sent = fields.get(f"answer-{question}", "")
    return sent.replace("\x00", "").strip()[:ANSWER_LENGTH]


@workshops.get("/reflection/answers")
@signed_in
def answers(activity: Activity) -> ResponseReturnValue:
    """What participants answered, for the master."""
    ensure_leads(activity)
    found = queries.workshop_at(activity)
    page = reflection_queries.answering(found)
    return render_template(
        "workshops/answers.html", activity=activity, page=page,
        lines=reflection_queries.lines_of(page), questions=reflecting.questions_of(found),
    )  # fmt: skip


@workshops.route("/reflection/questions", methods=["GET", "POST"])
@signed_in
def questions(activity: Activity) -> ResponseReturnValue:
    """What is asked at the end."""
    ensure_leads(activity)
    found = queries.workshop_at(activity)
    there = reflecting.questions_of(found)
    form = QuestionsForm(data={"lines": "\n".join(question.text for question in there)})

    def store() -> bool:
        reflecting.set_questions(current_viewer(), found, form.lines.data or "")
        return True

    if attempt(form, store):
        flash(_("The questions are stored."), "success")
        return redirect(url_for(".home"), 303)
    html = render_template("workshops/questions.html", activity=activity, form=form)
    return html, status_of(form)

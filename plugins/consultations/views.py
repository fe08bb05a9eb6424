"""Pages of a line for those who ask: its home, questions, one question, thanks."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    Refused,
    attachments_of,
    attempt,
    current_viewer,
    draft_in,
    limit,
    note_seen,
    over_because,
    public,
    requires,
    row_number,
    signed_in,
    status_of,
    utcnow,
)
from plugins.consultations import answering, asking, balance, finding, queries, queueing, timetable
from plugins.consultations.finding import consults, line_at
from plugins.consultations.forms import QuestionForm, RatingForm, ReplyEditForm, WrittenForm
from plugins.consultations.models import Line, Question, QuestionState, Reply
from plugins.consultations.pages import consultations
from plugins.consultations.queries import Show
from plugins.consultations.terms import end_of_term, today_in
from plugins.consultations.words import _

ASKING = "20/5 minutes"
FEW = 5


@consultations.get("/")
@public
def home(activity: Activity) -> ResponseReturnValue:
    """What the line helps with, who is there, and the ways to turn to it."""
    viewer, line = current_viewer(), line_at(activity)
    team = queries.team_of(line)
    in_team = any(member.id == viewer.id for member in team)
    live = line.by_queue and not over_because(activity.community, activity)
    coming = timetable.live_ahead(line, FEW) if live else ()
    page = render_template(
        "consultations/home.html", activity=activity, line=line, team=team, in_team=in_team,
        leads=finding.leads(viewer, activity), now=utcnow(),
        questions=queries.latest_questions(line, viewer, in_team=in_team, limit=FEW)
        if viewer.is_authenticated else (),
        counts=queries.counts_of(line, viewer), articles=queries.newest_articles(
            activity, viewer, FEW),
        free=timetable.free_ahead(line, FEW) if line.by_slot else (),
        bookings=timetable.own_bookings(line, viewer, past=False).items
        if viewer.is_authenticated and not in_team else (),
        coming=coming, queue=queueing.queue_with(line, viewer, queueing.among_live(coming))
        if live else None,
    )  # fmt: skip
    note_seen(viewer, [line.id])
    return page


@consultations.route("/ask", methods=["GET", "POST"])
@requires("consultations.ask")
def ask(activity: Activity) -> ResponseReturnValue:
    """Ask a question, after a look at what was answered already."""
    viewer, line = current_viewer(), line_at(activity)
    place = f"consultations.question:{activity.id}"
    draft = draft_in(viewer, place) if request.method == "GET" else None
    words = request.args.get("q", "")[:200]
    data = {"title": draft.title, "body": draft.body} if draft else {"title": words}
    form = QuestionForm(data=data)
    _offer_team(form, line)

    def send() -> Question:
        limit("consultations.questions", ASKING, str(viewer.id))
        return asking.ask(viewer, line, form.asked(place))

    question = attempt(form, send)
    if question is not None:
        held = question.content.held_at is not None
        flash(
            _("Thank you. The consultants see it once a moderator has read it.") if held
            else _("Your question is with the consultants. You will hear of the answer."),
            "success",
        )  # fmt: skip
        return redirect(url_for(".question", question=question), 303)
    found = queries.newest_articles(activity, viewer, FEW, words) if words.strip() else ()
    tutor = balance.tutor_of(viewer.id, activity.community_id, today_in(line.zone_name))
    html = render_template(
        "consultations/ask.html", activity=activity, line=line, form=form, words=words,
        found=found, draft=draft, draft_place=place, tutor=queries.face_with(tutor),
        due=end_of_term(utcnow(), line.answer_days, line.zone_name),
    )  # fmt: skip
    return html, status_of(form)


def _offer_team(form: QuestionForm, line: Line) -> None:
    there = [member for member in queries.team_of(line) if member.available]
    form.wanted.choices = [
        (0, _("Whoever is free first")), *((member.id, member.name) for member in there)
    ]  # fmt: skip


@consultations.get("/questions")
@public
def questions(activity: Activity) -> ResponseReturnValue:
    """The questions of a line that the viewer may read."""
    viewer, line = current_viewer(), line_at(activity)
    in_team = consults(viewer, line.id)
    asked = request.args.get("show", "")
    usual = Show.FOR_ME if in_team else Show.MINE if viewer.is_authenticated else Show.ALL
    show = Show(asked) if asked in set(Show) else usual
    return render_template(
        "consultations/questions.html", activity=activity, line=line, show=show,
        in_team=in_team, now=utcnow(), shows=Show,
        page=queries.questions_in(line, viewer, show, in_team=in_team),
    )  # fmt: skip


@consultations.get("/questions/<int:question>")
@public
def question(activity: Activity, question: Question) -> ResponseReturnValue:
    """A question with its thread."""
    return _question_page(activity, question, WrittenForm(formdata=None, data=_draft(question)))


def _draft(question: Question) -> dict[str, str]:
    draft = draft_in(current_viewer(), f"consultations.reply:{question.id}")
    return {"body": draft.body} if draft is not None else {}


def _question_page(
    activity: Activity, question: Question, form: WrittenForm, status: int = 200
) -> ResponseReturnValue:
    viewer, line = current_viewer(), question.line
    team = queries.team_of(line)
    in_team = any(member.id == viewer.id for member in team)
    replies = queries.replies_to(question, viewer)
    own = viewer.id is not None and viewer.id == question.asker_id
    html = render_template(
        "consultations/question.html", activity=activity, line=line, question=question,
        replies=replies, form=form, team=team, in_team=in_team, own=own, now=utcnow(),
        asker=queries.face_with(question.asker_id),
        consultant=next((m for m in team if m.id == question.consultant_id), None),
        files=attachments_of([question.id])[question.id],
        article=queries.article_about(question) if in_team or own else None,
        why_not=answering.why_not(viewer, question) if in_team or own else None,
        rating=queries.rating_of(question.id, viewer) if own else None,
        draft_place=f"consultations.reply:{question.id}",
        step={QuestionState.WAITING: 1, QuestionState.ANSWERED: 2, QuestionState.CLOSED: 3}[
            QuestionState(question.state)
        ],
    )  # fmt: skip
    note_seen(viewer, [question.id, *(row.id for row in replies)])
    return html, status


@consultations.post("/questions/<int:question>/replies")
@signed_in
def reply(activity: Activity, question: Question) -> ResponseReturnValue:
    """Answer a question, or write on about it."""
    viewer, form = current_viewer(), WrittenForm()

    def send() -> Reply:
        limit("consultations.questions", ASKING, str(viewer.id))
        return answering.reply(viewer, question, form.written(f"consultations.reply:{question.id}"))

    row = attempt(form, send)
    if row is None:
        return _question_page(activity, question, form, status_of(form))
    if row.content.held_at is not None:
        flash(_("Thank you. Others see it once a moderator has read it."), "success")
    return redirect(url_for(".question", question=question, _anchor=f"reply-{row.id}"), 303)


@consultations.route("/replies/<int:reply>/edit", methods=["GET", "POST"])
@signed_in
def edit_reply(activity: Activity, reply: Reply) -> ResponseReturnValue:
    """Write one's reply anew."""
    viewer = current_viewer()
    if reply.content.author_id != viewer.id:
        return _not_yours(_("Only its author can change this."), reply.question_id)
    form = ReplyEditForm(data={"body": reply.body, "version": str(reply.content.version)})

    def change() -> bool:
        answering.change_reply(viewer, reply, form.body.data, seen=form.seen_version())
        return True

    if attempt(form, change):
        anchor = f"reply-{reply.id}"
        return redirect(url_for(".question", question=reply.question_id, _anchor=anchor), 303)
    html = render_template(
        "consultations/edit_reply.html", activity=activity, reply=reply, form=form
    )
    return html, status_of(form)


def _not_yours(words: str, question: int) -> ResponseReturnValue:
    """Who comes by an address that is another's is led to the question; what is sent is refused."""
    if request.method == "POST":
        raise Refused(words)
    flash(words, "info")
    return redirect(url_for(".question", question=question), 303)


@consultations.post("/questions/<int:question>/close")
@signed_in
def close(activity: Activity, question: Question) -> ResponseReturnValue:
    """It is done."""
    viewer = current_viewer()
    answering.close(viewer, question)
    flash(_("The question is closed. Writing on opens it again."), "success")
    page = ".rate" if viewer.id == question.asker_id and question.answered_at else ".question"
    return redirect(url_for(page, question=question), 303)


@consultations.post("/questions/<int:question>/take-back")
@signed_in
def take_back(activity: Activity, question: Question) -> ResponseReturnValue:
    """Remove one's question while nobody has written below it."""
    asking.take_back(current_viewer(), question)
    flash(_("The question is gone."), "success")
    return redirect(url_for(".questions", show=Show.MINE), 303)


@consultations.post("/questions/<int:question>/hand-over")
@signed_in
def hand_over(activity: Activity, question: Question) -> ResponseReturnValue:
    """Let somebody of the team answer."""
    finding.ensure_consults(activity, question.line)
    person = row_number(request.form.get("person", "")) or current_viewer().id or 0
    asking.hand_over(current_viewer(), question, person)
    flash(_("It is settled who answers."), "success")
    return redirect(url_for(".question", question=question), 303)


@consultations.route("/questions/<int:question>/thanks", methods=["GET", "POST"])
@signed_in
def rate(activity: Activity, question: Question) -> ResponseReturnValue:
    """Thank for an answer, or say what is missing."""
    viewer = current_viewer()
    if viewer.id != question.asker_id or question.answered_at is None:
        return _not_yours(_("Only whoever asked can say whether the answer helped."), question.id)
    said = queries.rating_of(question.id, viewer)
    form = RatingForm(data={"stars": str(said.stars), "words": said.words} if said else None)

    def send() -> bool:
        asking.rate(
            viewer, question.content, activity.id, question.consultant_id,
            int(form.stars.data), form.words.data or "",
        )  # fmt: skip
        return True

    if attempt(form, send):
        flash(_("Thank you. Your words are with the consultant."), "success")
        return redirect(url_for(".question", question=question), 303)
    html = render_template(
        "consultations/rate.html", activity=activity, form=form,
        back=url_for(".question", question=question), title=question.title,
    )  # fmt: skip
    return html, status_of(form)

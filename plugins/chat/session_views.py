"""Sessions: the list of them, planning, leading, the queue of questions, hands."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    DomainError,
    attempt,
    can,
    current_viewer,
    limit,
    must_wait,
    paginate,
    public,
    requires,
    row_number,
    signed_in,
    status_of,
)
from plugins.chat import finding, queries, questions, rooms, sessions, text
from plugins.chat.finding import Visit
from plugins.chat.forms import LinkForm, QuestionForm, SessionForm, number_of
from plugins.chat.models import Question, QuestionState, Session
from plugins.chat.panel import Panel, panel_of
from plugins.chat.views import back_to, chat
from plugins.chat.words import _

ASKING = "20/5 minutes"


@chat.get("/sessions")
@public
def all_sessions(activity: Activity) -> ResponseReturnValue:
    """What is on and comes, and what is over, with its minutes."""
    past = request.args.get("show") == "past"
    page = paginate(queries.sessions_query(activity, current_viewer(), past=past))
    lines = [queries.session_line(row) for row in page.items]
    return render_template(
        "chat/sessions.html", activity=activity, page=page, lines=lines, past=past
    )


@chat.route("/sessions/new", methods=["GET", "POST"])
@requires("chat.plan")
def plan(activity: Activity) -> ResponseReturnValue:
    """Announce a session."""
    form = SessionForm(activity.community)
    planned = attempt(form, lambda: sessions.plan(current_viewer(), activity, form.plan()))
    if planned is not None:
        flash(_("The session is announced."), "success")
        return redirect(url_for("chat.session", session=planned.id), 303)
    page = render_template("chat/plan.html", activity=activity, form=form, visit=None)
    return page, status_of(form)


@chat.route("/sessions/<int:session>/change", methods=["GET", "POST"])
@signed_in
def change_session(activity: Activity, session: Visit) -> ResponseReturnValue:
    """Change a session that is not over."""
    row = _planned(session)
    hosts = ", ".join(person.name for person in _panel(session).hosts)
    form = SessionForm(
        activity.community,
        data={
            "title": row.title, "about": row.about, "opens_at": session.room.opens_at,
            "closes_at": session.room.closes_at, "agenda": sessions.agenda_text(row),
            "hosts": hosts, "version": str(row.content.version),
        },
    )  # fmt: skip

    def save() -> bool:
        seen = number_of(form.version.data)
        sessions.change(current_viewer(), activity, row, form.plan(), seen_version=seen)
        return True

    if attempt(form, save):
        flash(_("The session is changed."), "success")
        return back_to(session)
    page = render_template("chat/plan.html", activity=activity, form=form, visit=session)
    return page, status_of(form)


def _panel(visit: Visit) -> Panel:
    return panel_of(visit.id, current_viewer(), staff=False)


def _planned(visit: Visit) -> Session:
    """The session, for somebody who leads it."""
    finding.ensure_leads(visit)
    if visit.session is None:
        raise DomainError(_("There is no such session."))
    return visit.session


@chat.post("/sessions/<int:session>/cancel")
@signed_in
def cancel_session(activity: Activity, session: Visit) -> ResponseReturnValue:
    """Call a session off."""
    row = _planned(session)
    sessions.cancel(current_viewer(), activity, row)
    flash(_("The session is called off. Those who follow the chat are told."), "success")
    return back_to(session)


@chat.post("/sessions/<int:session>/lead")
@signed_in
def lead(activity: Activity, session: Visit) -> ResponseReturnValue:
    """One of the buttons of those who lead: begin, go on to a step, ten minutes more, end."""
    row, viewer = _planned(session), current_viewer()
    step = request.form.get("step")
    match request.form.get("do"):
        case "open":
            sessions.open_now(viewer, activity, row)
        case "extend":
            sessions.extend(viewer, activity, row)
        case "close":
            sessions.close(viewer, activity, row)
            flash(_("The session has ended. Its minutes are begun: look through them."), "success")
            return redirect(url_for("chat.edit_minutes", session=row.id), 303)
        case _ if step is not None:
            sessions.go_to(viewer, activity, row, row_number(step) - 1)
        case _:
            raise DomainError(_("This did not work. Try once more."))
    return back_to(session, "panel")


@chat.route("/sessions/<int:session>/link", methods=["GET", "POST"])
@signed_in
def link(activity: Activity, session: Visit) -> ResponseReturnValue:
    """Show everybody a link, to a poll for example."""
    row = _planned(session)
    form = LinkForm(data={"url": row.link_url, "title": row.link_title})

    def show() -> bool:
        sessions.show_link(
            current_viewer(), activity, row, form.title.data or "", form.url.data or ""
        )
        return True

    if attempt(form, show):
        return back_to(session, "panel")
    page = render_template("chat/link.html", activity=activity, visit=session, form=form)
    return page, status_of(form)


@chat.post("/rooms/<int:room>/arrange")
@signed_in
def arrange(activity: Activity, room: Visit) -> ResponseReturnValue:
    """Slow mode, and speaking in turn."""
    finding.ensure_leads(room)
    pace, turns = request.form.get("slow_seconds"), request.form.get("by_turns")
    rooms.arrange(
        current_viewer(), activity, room.id,
        slow_seconds=row_number(pace) if pace is not None else None,
        by_turns=turns == "1" if turns is not None else None,
    )  # fmt: skip
    return back_to(room, "panel")


@chat.post("/rooms/<int:room>/hand")
@requires("chat.write")
def hand(activity: Activity, room: Visit) -> ResponseReturnValue:
    """Raise one's hand, or put it down."""
    rooms.raise_hand(current_viewer(), activity, room.id, request.form.get("on") == "1")
    return back_to(room, "panel")


@chat.post("/rooms/<int:room>/floor")
@signed_in
def floor(activity: Activity, room: Visit) -> ResponseReturnValue:
    """Give somebody the floor, or take it back."""
    finding.ensure_leads(room)
    person, given = row_number(request.form.get("person")), request.form.get("on") == "1"
    rooms.give_floor(current_viewer(), activity, room.id, person, given)
    return back_to(room, "panel")


@chat.post("/rooms/<int:room>/release")
@signed_in
def release(activity: Activity, room: Visit) -> ResponseReturnValue:
    """Let somebody in again, and speak."""
    finding.ensure_leads(room)
    person = row_number(request.form.get("person"))
    rooms.release(current_viewer(), activity, room.id, person)
    flash(_("The person can write here again."), "success")
    return back_to(room)


@chat.get("/rooms/<int:room>/restrained")
@signed_in
def restrained(activity: Activity, room: Visit) -> ResponseReturnValue:
    """Who has to be silent here, or was removed, and why."""
    finding.ensure_leads(room)
    people = _panel(room).restrained
    return render_template("chat/restrained.html", activity=activity, visit=room, people=people)


@chat.post("/rooms/<int:room>/questions")
@requires("chat.write")
def ask(activity: Activity, room: Visit) -> ResponseReturnValue:
    """Put a question into the queue."""
    form, viewer = QuestionForm(), current_viewer()

    def send() -> Question:
        limit("chat.questions", ASKING, str(viewer.id))
        words = text.checked(form.text.data or "")
        held = must_wait(viewer, activity.community)
        return questions.ask(viewer, activity, room.id, words, mark=form.submission.data, held=held)

    asked = attempt(form, send)
    if asked is None:
        page = render_template("chat/ask.html", activity=activity, visit=room, form=form)
        return page, status_of(form)
    if asked.content.held_at is not None:
        flash(_("Thank you. Your question will appear once a moderator has read it."), "info")
    return back_to(room, "questions")


@chat.post("/questions/<int:question>/vote")
@requires("chat.write")
def vote(activity: Activity, question: Question) -> ResponseReturnValue:
    """Want a question answered, or no longer."""
    limit("chat.votes", "120/minute", str(current_viewer().id))
    questions.vote(current_viewer(), activity, question)
    return _to_questions(activity, question)


@chat.post("/questions/<int:question>/settle")
@signed_in
def settle(activity: Activity, question: Question) -> ResponseReturnValue:
    """Take a question up, call it answered, put it aside."""
    visit = finding.room(activity, question.room_id)
    state, own = request.form.get("state", ""), question.content.author_id == current_viewer().id
    if state not in set(QuestionState) or visit is None:
        raise DomainError(_("This did not work. Try once more."))
    if not (
        own
        and state == QuestionState.DISMISSED
        and can(current_viewer(), "chat.write", activity.community, activity)
    ):
        finding.ensure_leads(visit)
    questions.settle(current_viewer(), activity, question, QuestionState(state))
    return _to_questions(activity, question)


def _to_questions(activity: Activity, question: Question) -> ResponseReturnValue:
    visit = finding.room(activity, question.room_id)
    if visit is None:
        return redirect(url_for("chat.home"), 303)
    return back_to(visit, "questions")

"""The agenda: problems that moderators plan to discuss, and the job that opens them on time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from core.api import (
    SYSTEM,
    Activity,
    Actor,
    DomainError,
    Periodic,
    db,
    is_blank,
    new_content,
    note_revision,
    operation,
    record,
    utcnow,
)
from plugins.forum import events
from plugins.forum.models import Problem, ProblemState, Section, Topic
from plugins.forum.operations import Written, checked_title, open_topic
from plugins.forum.words import _

PROBLEM = "forum.problem"


@dataclass(frozen=True)
class Planner:
    """The person who planned a problem, in whose name the job opens it."""

    id: int | None


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A problem as the form gives it; ``body`` is clean HTML, ``opens_at`` a moment in UTC."""

    title: str
    body: str
    section: Section
    opens_at: datetime


@operation
def plan_problem(actor: Actor, activity: Activity, plan: Plan) -> Problem:
    """Put a problem on the agenda. Raises DomainError for a blank title or text."""
    _check(plan)
    content = new_content(actor, PROBLEM, activity)
    problem = Problem(
        id=content.id, content=content, activity_id=activity.id, section_id=plan.section.id,
        title=checked_title(plan.title), body=plan.body, opens_at=plan.opens_at,
        state=ProblemState.PLANNED,
    )  # fmt: skip
    db.session.add(problem)
    db.session.flush()
    _note(events.PROBLEM_PLANNED, actor, problem)
    return problem


@operation
def change_problem(actor: Actor, problem: Problem, plan: Plan, *, seen_version: int) -> None:
    """Change a planned problem. Raises Conflict when somebody else did meanwhile."""
    _check(plan)
    problem = _planned(problem.id)
    note_revision(actor, problem.content, problem.body, seen_version=seen_version)
    problem.title, problem.body = checked_title(plan.title), plan.body
    problem.section_id, problem.opens_at = plan.section.id, plan.opens_at
    _note(events.PROBLEM_PLANNED, actor, problem)


@operation
def cancel_problem(actor: Actor, problem: Problem) -> None:
    """Take a problem off the agenda."""
    problem = _planned(problem.id)
    problem.state = ProblemState.CANCELLED
    _note(events.PROBLEM_CANCELLED, actor, problem)


@operation
def open_problem(actor: Actor, problem: Problem) -> Topic:
    """Open the discussion of a planned problem, in the name of whoever planned it."""
    problem = _planned(problem.id)
    topic = open_topic(
        Planner(problem.content.author_id), problem.section, problem.title,
        Written(body=problem.body),
    )  # fmt: skip
    problem.state, problem.topic_id = ProblemState.OPENED, topic.id
    # Opened before its day: calendars then show when it was opened.
    problem.opens_at = min(problem.opens_at, utcnow())
    _note(events.PROBLEM_OPENED, actor, problem, topic=topic.id)
    return topic


def open_due_problems() -> None:
    """Open every problem whose time has come, each in an operation of its own; each only once."""
    due = select(Problem.id).where(
        Problem.state == ProblemState.PLANNED, Problem.opens_at <= utcnow()
    )
    for number in db.session.scalars(due.order_by(Problem.opens_at, Problem.id)).all():
        _open_if_due(SYSTEM, number)


OPENING = Periodic("agenda", timedelta(minutes=1), open_due_problems)


@operation
def _open_if_due(actor: Actor, number: int) -> None:
    problem = _locked(number)
    activity = problem.content.activity if problem is not None else None
    if problem is None or activity is None or not activity.is_open(utcnow()):
        return
    if not problem.content.is_visible:
        return
    if problem.state == ProblemState.PLANNED and problem.opens_at <= utcnow():
        open_problem(actor, problem)


def _locked(number: int) -> Problem | None:
    db.session.flush()
    query = select(Problem).where(Problem.id == number).with_for_update(key_share=True)
    return db.session.scalar(query.execution_options(populate_existing=True))


def _planned(number: int) -> Problem:
    problem = _locked(number)
    if problem is None or problem.state != ProblemState.PLANNED:
        raise DomainError(_("This problem is on the agenda no longer."))
    return problem


def _check(plan: Plan) -> None:
    if is_blank(plan.body):
        raise DomainError(_("Describe the problem: the discussion will begin with this text."))


def _note(kind: str, actor: Actor, problem: Problem, topic: int | None = None) -> None:
    record(
        kind, actor, activity=problem.content.activity, content=problem.content,
        title=problem.title, opens_at=problem.opens_at.isoformat(), topic=topic,
    )  # fmt: skip

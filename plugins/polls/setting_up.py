"""Setting polls up and changing their settings, and repeating a questionnaire."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, inspect, select

from core.api import (
    Activity,
    ActivityState,
    Actor,
    Community,
    Conflict,
    DomainError,
    create_activity,
    db,
    operation,
    utcnow,
)
from plugins.polls.editing import NO_FILES, Draft, lines_of, new_origin, save_question, takes_files
from plugins.polls.kinds import FILE
from plugins.polls.locking import held
from plugins.polls.models import (
    Audience,
    Option,
    Poll,
    PollSection,
    Privacy,
    Question,
    Results,
    Voter,
)
from plugins.polls.running import (
    announce_opening,
    ensure_extendable,
    note_extension,
    schedule,
)
from plugins.polls.structure import Item, structure_of
from plugins.polls.words import _

QUICK, QUESTIONNAIRE = "poll", "questionnaire"


@operation
def poll_saved(actor: Actor, activity: Activity, form: Any) -> None:
    """A poll was set up, or its settings were changed; without a form it begins as most are."""
    former = _former_end(activity)
    db.session.flush()
    if db.session.get(Poll, activity.id) is None:
        _ensure_ahead(activity)
        poll = _begun(activity)
    else:
        poll = held(activity.id)
        _watch_end(actor, poll, former)
    if form is not None:
        _take_settings(poll, form)
        if activity.kind == QUICK:
            _take_question(actor, poll, form)
    if poll.electorate is None and not poll.by_link:
        announce_opening(actor, activity.id)
    schedule(poll)


def ensure_ready(activity: Activity) -> None:
    """Raise for a draft that would ask nothing, or nobody. One that was open before goes back."""
    poll = held(activity.id)
    if not structure_of(activity.id).items:
        raise DomainError(_("Write at least one question before you publish this."))
    if poll.electorate is None and not poll.answer_count:
        _ensure_ahead(activity)


def _ensure_ahead(activity: Activity) -> None:
    if activity.closes_at is not None and activity.closes_at <= utcnow():
        raise DomainError(
            _("Its end has passed already. Give a later one, and it can be answered.")
        )


def _former_end(activity: Activity) -> datetime | None:
    """When it was to close before this operation wrote another date; the present one else."""
    history = inspect(activity).attrs.closes_at.history
    return history.deleted[0] if history.deleted else activity.closes_at


def _begun(activity: Activity) -> Poll:
    poll = Poll(
        activity_id=activity.id, activity=activity, series=new_origin(), about="",
        privacy=Privacy.UNNAMED, results=Results.ANSWERED, audience=Audience.MEMBERS,
        audience_keys=[], by_school=False, changeable=False, answer_count=0, postponed=[],
    )  # fmt: skip
    db.session.add(poll)
    db.session.add(PollSection(activity_id=activity.id, title="", about="", position=0))
    db.session.flush()
    return poll


def _watch_end(actor: Actor, poll: Poll, former: datetime | None) -> None:
    """The page of settings changes dates too: to end a poll now needs a reason, which it has no
    place for; a later end is told to those who are asked."""
    closes, now = poll.activity.closes_at, utcnow()
    if poll.electorate is None or former == closes:
        return
    if former is not None and former <= now:
        ensure_extendable(poll, closed=True)
    elif closes is not None and closes <= now:
        raise DomainError(
            _("To end a poll now, close it on its own page, where you give a reason.")
        )
    if former is not None and (closes is None or closes > former):
        note_extension(actor, poll, former)


def _take_settings(poll: Poll, form: Any) -> None:
    if "privacy" in form:
        if poll.answer_count:
            raise Conflict(
                _("Somebody has answered already, so who is asked, and how, stays as it is.")
            )
        _take_audience(poll, form)
    poll.about, poll.results, poll.changeable = (
        form.about.data or "",
        form.results.data,
        form.changeable.data,
    )
    if poll.is_secret:
        poll.changeable = False
        if poll.results in (Results.ALWAYS, Results.ANSWERED):
            poll.results = Results.CLOSED


def _take_audience(poll: Poll, form: Any) -> None:
    before = (poll.audience, poll.audience_keys, poll.by_school)
    poll.privacy, poll.audience = form.privacy.data, form.audience.data
    poll.by_school = form.by_school.data
    if not takes_files(poll) and _asks_files(poll):
        raise DomainError(str(NO_FILES))
    keys = {Audience.ROLES: "roles", Audience.CATEGORIES: "categories"}.get(Audience(poll.audience))
    poll.audience_keys = list(form[keys].data or ()) if keys in form else []
    if poll.by_link and poll.token is None:
        poll.token = secrets.token_urlsafe(16)
    if poll.electorate is not None and before != (
        poll.audience,
        poll.audience_keys,
        poll.by_school,
    ):
        settle_anew(poll)


def _asks_files(poll: Poll) -> bool:
    asking = select(Question.id).where(
        Question.activity_id == poll.activity_id, Question.kind == FILE
    )
    return db.session.scalars(asking).first() is not None


def settle_anew(poll: Poll) -> None:
    """Nobody has answered yet, and others are asked than before."""
    db.session.execute(delete(Voter).where(Voter.activity_id == poll.activity_id))
    poll.electorate = None


def _take_question(actor: Actor, poll: Poll, form: Any) -> None:
    section = db.session.scalars(
        select(PollSection).where(PollSection.activity_id == poll.activity_id)
    ).first()
    question = db.session.scalar(select(Question).where(Question.activity_id == poll.activity_id))
    kind = form.kind.data if "kind" in form else (question.kind if question else "one")
    draft = Draft(kind=kind, text=poll.activity.title, options=lines_of(form.options.data or ""))
    if section is not None:
        save_question(actor, poll.activity, section, question, draft)


def settings(activity: Activity) -> Mapping[str, Any]:
    """What the form of settings begins with."""
    poll = db.session.get_one(Poll, activity.id)
    found: dict[str, Any] = {
        "about": poll.about, "privacy": poll.privacy, "results": poll.results,
        "audience": poll.audience, "by_school": poll.by_school, "changeable": poll.changeable,
        "roles": poll.audience_keys if poll.audience == Audience.ROLES else [],
        "categories": poll.audience_keys if poll.audience == Audience.CATEGORIES else [],
        "started": bool(poll.answer_count),
    }  # fmt: skip
    if activity.kind == QUICK:
        item = structure_of(activity.id).only
        found["kind"] = item.kind if item else "one"
        found["options"] = "\n".join(choice.text for choice in item.choices) if item else ""
    return found


@operation
def repeat(
    actor: Actor, activity: Activity, title: str, community: Community | None = None
) -> Activity:
    """Begin another round of a questionnaire: a draft that asks the same, to be compared later."""
    former = held(activity.id)
    made = create_activity(
        actor, community or activity.community, "polls", activity.kind, title,
        state=ActivityState.DRAFT,
    )  # fmt: skip
    poll = held(made.id)
    poll.series, poll.about, poll.results = former.series, former.about, former.results
    poll.privacy, poll.by_school, poll.changeable = (
        former.privacy,
        former.by_school,
        former.changeable,
    )
    poll.audience, poll.audience_keys = former.audience, list(former.audience_keys)
    poll.token = secrets.token_urlsafe(16) if poll.by_link else None
    _copy_questions(activity.id, made.id)
    return made


def _copy_questions(source: int, target: int) -> None:
    """The same sections, questions and options; those that are the same have the same origin."""
    db.session.execute(delete(PollSection).where(PollSection.activity_id == target))
    anew: dict[int, int] = {}
    structure = structure_of(source)
    position = 0
    for place, part in enumerate(structure.parts):
        section = PollSection(
            activity_id=target, title=part.title, about=part.about, position=place
        )
        db.session.add(section)
        db.session.flush()
        for item in part.items:
            question = Question(
                activity_id=target, section_id=section.id, kind=item.kind, text=item.text,
                hint=item.hint, required=item.required, limits=dict(item.limits),
                after_id=anew.get(item.after_id or 0), position=position, origin=item.origin,
                after_options=[anew[-option] for option in item.after_options if -option in anew],
            )  # fmt: skip
            db.session.add(question)
            db.session.flush()
            position += 1
            anew[item.id] = question.id
            _copy_options(item, question, anew)


def _copy_options(item: Item, question: Question, anew: dict[int, int]) -> None:
    """``anew`` gets the new numbers of questions, and of options by their negative old ones."""
    for is_row, choices in ((False, item.choices), (True, item.rows)):
        for position, choice in enumerate(choices):
            option = Option(
                activity_id=question.activity_id, question_id=question.id, text=choice.text,
                is_row=is_row, position=position, origin=choice.origin,
            )  # fmt: skip
            db.session.add(option)
            db.session.flush()
            anew[-choice.id] = option.id

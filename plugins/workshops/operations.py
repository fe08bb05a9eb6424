"""Setting a workshop up, and who leads it."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from sqlalchemy import delete, select

from core.api import (
    Activity,
    Actor,
    DomainError,
    User,
    db,
    new_content,
    note_revision,
    operation,
    readers_among,
    record,
    search_again,
    utcnow,
)
from plugins.workshops import events, places
from plugins.workshops.forms import WorkshopForm
from plugins.workshops.holding import locked, masters_of
from plugins.workshops.models import Admission, Grading, Master, Question, Stage, Workshop
from plugins.workshops.stages import PASSABLE, USUAL
from plugins.workshops.words import _

WORKSHOP = "workshops.workshop"
MOST_MASTERS = 20
HOURS = 2


@operation
def workshop_saved(actor: Actor, activity: Activity, form: WorkshopForm | None) -> None:
    """Inside the operation in which an activity was made or changed."""
    workshop = db.session.scalar(select(Workshop).where(Workshop.activity_id == activity.id))
    if workshop is None:
        workshop = _begun(actor, activity)
    if form is not None:
        _settle(actor, workshop, form)


def _begun(actor: Actor, activity: Activity) -> Workshop:
    content = new_content(actor, WORKSHOP, activity)
    workshop = Workshop(
        id=content.id, content=content, activity_id=activity.id, activity=activity, about="",
        zone_name=_zone_of(actor), admission=Admission.OPEN, changed_at=utcnow(), held=0, waiting=0,
        grading=Grading.WORDS, reviews_per_work=2, seed=secrets.randbelow(2**31), rounds=0,
        sequence=0, stage_by_hand="", replace_days=2, task="", self_review=False,
        hides_authors=False, hides_reviewers=False,
    )  # fmt: skip
    db.session.add(workshop)
    db.session.flush()
    for kind in USUAL[activity.kind]:
        db.session.add(
            Stage(
                workshop_id=workshop.id, activity_id=activity.id, kind=kind,
                hours=HOURS if kind in PASSABLE else 0,
            )
        )  # fmt: skip
    for position, text in enumerate(usual_questions()):
        db.session.add(Question(activity_id=activity.id, position=position, text=text))
    if actor.id is not None:
        db.session.add(Master(workshop_id=workshop.id, user_id=actor.id))
    db.session.flush()
    return workshop


def usual_questions() -> list[str]:
    """What participants are asked at the end, until the master asks something else."""
    return [
        _("What will you take to your own lessons?"),
        _("What was difficult, and what helped?"),
        _("What would you change in this workshop?"),
    ]


def _zone_of(actor: Actor) -> str:
    """The clock of whoever sets it up, which calendars name beside the viewer's."""
    user = db.session.get(User, actor.id) if actor.id is not None else None
    return user.zone_name or "" if user is not None else ""


def _settle(actor: Actor, workshop: Workshop, form: WorkshopForm) -> None:
    workshop = locked(workshop.id)
    if workshop.about and workshop.about != form.about.data:
        content = workshop.content
        note_revision(actor, content, workshop.about, seen_version=content.version)
    workshop.about, workshop.audience = form.about.data, form.audience.data or ""
    workshop.admission, workshop.seats = form.admission.data, form.seats.data
    search_again([workshop.id])
    places.fill_seats(workshop)


@operation
def add_master(actor: Actor, workshop: Workshop, person: int) -> None:
    """Let a member of the community lead a workshop. Raises DomainError for somebody who is none,
    and for too many."""
    workshop = locked(workshop.id)
    known = set(masters_of(workshop.id))
    if person in known:
        return
    if person not in readers_among(workshop.activity.community, [person]):
        raise DomainError(_("Only members of the community can lead its workshops."))
    _check_number(known | {person})
    db.session.add(Master(workshop_id=workshop.id, user_id=person))
    _note_masters(actor, workshop, known | {person})


@operation
def remove_master(actor: Actor, workshop: Workshop, person: int) -> None:
    """Let somebody lead a workshop no longer. Raises DomainError for the only one."""
    workshop = locked(workshop.id)
    known = set(masters_of(workshop.id))
    if person not in known:
        return
    _check_number(known - {person})
    mine = delete(Master).where(Master.workshop_id == workshop.id, Master.user_id == person)
    db.session.execute(mine)
    _note_masters(actor, workshop, known - {person})


def _check_number(masters: Collection[int]) -> None:
    if not 1 <= len(masters) <= MOST_MASTERS:
        raise DomainError(_("A workshop has at least one master, and not more than twenty."))


def _note_masters(actor: Actor, workshop: Workshop, masters: Collection[int]) -> None:
    record(events.MASTERS_CHANGED, actor, activity=workshop.activity, masters=sorted(masters))

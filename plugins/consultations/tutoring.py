"""Evidence of qualifications, and tutors who look after people and schools."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import or_, select

from core.api import (
    SYSTEM,
    Actor,
    Community,
    DomainError,
    File,
    School,
    able_to,
    db,
    notify,
    operation,
    readers_among,
    record,
    utcnow,
)
from plugins.consultations import events, notices, papers
from plugins.consultations.balance import valid_on
from plugins.consultations.tutoring_models import Evidence, EvidenceKind, Ward
from plugins.consultations.words import _

# So long before evidence ends its owner and those who record it are told.
WARN_BEFORE = timedelta(days=30)


def is_qualified(community_id: int, user_id: int, day: date) -> bool:
    """Whether somebody's qualification is recorded in a community and valid on a day."""
    query = select(Evidence.id).where(
        Evidence.community_id == community_id, Evidence.user_id == user_id, valid_on(day)
    )
    return db.session.scalar(query.limit(1)) is not None


@dataclass(frozen=True, kw_only=True)
class Document:
    """Evidence as its form gives it."""

    kind: str
    document: str
    valid_from: date
    valid_until: date | None
    files: Sequence[File] = ()


@operation
def record_evidence(
    actor: Actor, community: Community, user_id: int, document: Document
) -> Evidence:
    """Note on what evidence somebody may consult. Raises DomainError for others than members."""
    if readers_among(community, {user_id}) != {user_id}:
        raise DomainError(_("Choose a member of the community."))
    if document.valid_until is not None and document.valid_until < document.valid_from:
        raise DomainError(_("The last day is before the first."))
    evidence = Evidence(
        community_id=community.id, user_id=user_id, kind=EvidenceKind(document.kind),
        document=document.document, valid_from=document.valid_from,
        valid_until=document.valid_until, recorded_by_id=actor.id, recorded_at=utcnow(),
    )  # fmt: skip
    db.session.add(evidence)
    db.session.flush()
    papers.keep(actor, evidence, document.files)
    record(events.QUALIFIED, actor, community=community, subject_id=user_id)
    return evidence


@operation
def remove_evidence(actor: Actor, community: Community, evidence: Evidence) -> None:
    """Take evidence back that was recorded by mistake, or was withdrawn."""
    record(events.DISQUALIFIED, actor, community=community, subject_id=evidence.user_id)
    papers.keep(actor, evidence, [])
    db.session.delete(db.session.get_one(Evidence, evidence.id))


def warn_of_ends() -> None:
    """Again and again, in the worker: tell of evidence that ends soon."""
    day = utcnow().date()
    ends = select(Evidence.id).where(
        Evidence.valid_until.is_not(None), Evidence.warned.is_(False),
        Evidence.valid_until <= day + WARN_BEFORE,
    )  # fmt: skip
    for number in db.session.scalars(ends.limit(200)).all():
        _warn(SYSTEM, number)


@operation
def _warn(actor: Actor, number: int) -> None:
    evidence = db.session.get_one(Evidence, number)
    if evidence.warned:
        return
    evidence.warned = True
    community = db.session.get_one(Community, evidence.community_id)
    people = able_to(community, "consultations.qualify") | {evidence.user_id}
    notify(
        notices.ENDING, people, about=community, evidence=evidence.id, user=evidence.user_id,
        once=f"{notices.ENDING}:{evidence.id}",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Care:
    """Who is looked after: a person, or all teachers of a school; on what basis and until when."""

    user_id: int | None
    school_id: int | None
    basis: str
    since: date
    until: date | None


@operation
def attach_ward(actor: Actor, community: Community, tutor_id: int, care: Care) -> Ward:
    """Let a tutor look after somebody from a day on: what they ask in private from then on is open
    to the tutor, too. Raises DomainError where the tutor's qualification is not recorded."""
    if not is_qualified(community.id, tutor_id, utcnow().date()):
        raise DomainError(
            _("No valid evidence of this person's qualification is recorded in the community.")
        )
    if (care.user_id is None) == (care.school_id is None):
        raise DomainError(_("Choose either a person or a school."))
    if care.user_id == tutor_id:
        raise DomainError(_("Nobody is their own tutor."))
    if care.user_id is not None and not readers_among(community, {care.user_id}):
        raise DomainError(_("Choose a member of the community."))
    if care.school_id is not None and db.session.get(School, care.school_id) is None:
        raise DomainError(_("Choose either a person or a school."))
    ward = Ward(
        community_id=community.id, tutor_id=tutor_id, user_id=care.user_id,
        school_id=care.school_id, basis=care.basis, since=care.since, until=care.until,
    )  # fmt: skip
    db.session.add(ward)
    db.session.flush()
    record(events.ATTACHED, actor, community=community, subject_id=tutor_id)
    told = [tutor_id, *([care.user_id] if care.user_id is not None else [])]
    notify(
        notices.ATTACHED, told, by=actor.id, about=community, ward=ward.id,
        once=f"{notices.ATTACHED}:{ward.id}",
    )  # fmt: skip
    return ward


@operation
def release_ward(actor: Actor, community: Community, ward: Ward) -> None:
    """End a tutor's care: nothing that is asked later is open to them."""
    record(events.DETACHED, actor, community=community, subject_id=ward.tutor_id)
    db.session.delete(db.session.get_one(Ward, ward.id))


def end_care(user_id: int, community_id: int) -> None:
    """Nobody is looked after by somebody who left, nor are they; inside an operation."""
    theirs = or_(Ward.tutor_id == user_id, Ward.user_id == user_id)
    for ward in db.session.scalars(
        select(Ward).where(Ward.community_id == community_id, theirs).order_by(Ward.id)
    ).all():
        release_ward(SYSTEM, db.session.get_one(Community, community_id), ward)

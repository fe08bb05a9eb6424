"""Copies of the documents that evidence rests on.

They belong to a content that stands in no community: whose evidence it is reads it, and those who
record qualifications do so on the pages here. Other members read what the document is called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for
from sqlalchemy import select

from core.api import (
    HOLD,
    Actor,
    Community,
    Content,
    ContentType,
    ContentView,
    File,
    Viewer,
    attach,
    attachments_of,
    can,
    db,
    let_read,
    new_content,
    operation,
    remove_contents,
)
from plugins.consultations.tutoring_models import Copies, Evidence
from plugins.consultations.words import _, _l

COPIES = "consultations.evidence"
MOST = 5


def may_read(viewer: Viewer, community: Community, evidence: Evidence) -> bool:
    """Whether somebody may read the copies: whose evidence it is, and those who record it."""
    own = viewer.id is not None and viewer.id == evidence.user_id
    return own or can(viewer, "consultations.qualify", community)


@operation
def keep(actor: Actor, evidence: Evidence, files: Sequence[File]) -> None:
    """Let these be the copies of the document, and no others."""
    held = select(Evidence.id).where(Evidence.id == evidence.id).with_for_update(**HOLD)
    db.session.execute(held)
    copies = db.session.scalar(select(Copies).where(Copies.evidence_id == evidence.id))
    if copies is not None and not files:
        remove_contents(actor, [copies.id])
    elif files:
        attach(copies.content if copies is not None else _begun(actor, evidence), files)


def _begun(actor: Actor, evidence: Evidence) -> Content:
    content = new_content(actor, COPIES)
    db.session.add(Copies(id=content.id, content=content, evidence_id=evidence.id))
    db.session.flush()
    let_read(content, [evidence.user_id])
    return content


def forget(actor: Actor, user_id: int) -> None:
    """Remove the copies of everything that qualified somebody, inside an operation."""
    theirs = select(Copies.id).join(Evidence, Evidence.id == Copies.evidence_id)
    found = db.session.scalars(theirs.where(Evidence.user_id == user_id)).all()
    remove_contents(actor, found)


def files_of(evidence: Sequence[Evidence]) -> Mapping[int, Sequence[File]]:
    """The copies by the numbers of evidence; two queries at most."""
    ids = [each.id for each in evidence]
    query = select(Copies.evidence_id, Copies.id).where(Copies.evidence_id.in_(ids))
    copies = {row.evidence_id: row.id for row in db.session.execute(query)} if ids else {}
    found = attachments_of(list(copies.values()))
    return {number: found[copies[number]] if number in copies else [] for number in ids}


def views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How they are listed among what somebody gave; one query."""
    query = (
        select(Copies.id, Evidence.document, Community.slug)
        .join(Evidence, Evidence.id == Copies.evidence_id)
        .join(Community, Community.id == Evidence.community_id)
        .where(Copies.id.in_(ids))
    )
    return {
        row.id: ContentView(
            title=_("Copies of “%(document)s”", document=row.document),
            url=url_for("consultations_community.tutors", community=row.slug),
            excerpt="",
        )
        for row in db.session.execute(query)
    }


CONTENT = ContentType(kind=COPIES, title=_l("Copies of evidence"), views=views)

"""Changes of contents that are alike in every plugin: publish, edit, hide, restore, approve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, insert, select

from core.access.actors import Actor
from core.activities.models import Activity
from core.contents import events
from core.contents.models import Content, Revision
from core.contract.registry import registry
from core.errors import Conflict, DomainError, Refused
from core.events.log import record
from core.platform.conditions import insert_given
from core.platform.db import HOLD, db, operation, required_unit, rows, utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext

REASON_LENGTH = 2_000
SUBMISSION_LENGTH = 64
# Any number that no other lock of ours has: the first half of the locks of submissions.
SUBMISSIONS = 7_315_002


def sent_before(actor: Actor, submission: str) -> Content | None:
    """What somebody stored already with a form that is sent once more: its answer was lost.

    Called first in an operation that stores: the same form in another process waits until then.
    """
    required_unit()
    mark = submission_mark(actor, submission)
    if mark is None:
        return None
    if db.engine.dialect.name == "postgresql":
        lock = select(func.pg_advisory_xact_lock(SUBMISSIONS, func.hashtext(f"{actor.id} {mark}")))
        db.session.execute(lock)
    return db.session.scalar(
        select(Content).where(Content.author_id == actor.id, Content.submission == mark)
    )


def submission_mark(actor: Actor, submission: str) -> str | None:
    return submission[:SUBMISSION_LENGTH] if submission and actor.id is not None else None


def new_content(
    actor: Actor,
    kind: str,
    activity: Activity | None = None,
    *,
    held: bool = False,
    submission: str = "",
) -> Content:
    """A row for something just written, inside the operation that stores the rest under its id.

    ``submission`` is the mark of the form, about which ``sent_before`` was asked.
    """
    required_unit()
    content = Content(**_facts(Written(actor, held, submission), kind, activity))
    db.session.add(content)
    db.session.flush()
    return content


@dataclass(frozen=True)
class Written:
    """That somebody just wrote something; see ``new_content``."""

    actor: Actor
    held: bool = False
    submission: str = ""


def new_contents(
    written: Sequence[Written], kind: str, activity: Activity | None = None
) -> list[int]:
    """The same for what several people wrote, each of them one thing, in one statement; the ids,
    in that order. What is stored under them without the session is told to ``search_again``."""
    required_unit()
    facts = [_facts(each, kind, activity) for each in written]
    numbers = {row.author_id: row.id for row in rows(NEW, {"rows": facts})} if facts else {}
    return [numbers[each.actor.id] for each in written]


def _facts(written: Written, kind: str, activity: Activity | None) -> dict[str, Any]:
    now = utcnow()
    return {
        "kind": kind, "activity_id": activity.id if activity else None,
        "community_id": activity.community_id if activity else None,
        "author_id": written.actor.id, "created_at": now,
        "held_at": now if written.held else None,
        "submission": submission_mark(written.actor, written.submission),
        "version": 1, "hidden_reason": "", "taken_back": False, "members_only": False,
    }  # fmt: skip


NEW = insert_given(
    insert(Content), Content.kind, Content.activity_id, Content.community_id, Content.author_id,
    Content.created_at, Content.held_at, Content.submission, Content.version,
    Content.hidden_reason, Content.taken_back, Content.members_only,
).returning(Content.id, Content.author_id)  # fmt: skip


def note_revision(actor: Actor, content: Content, former: str, *, seen_version: int) -> None:
    """Keep what a content said before an edit, inside the operation that edits it.

    ``seen_version`` is the one the editor began with; raises Conflict when it is no longer current.
    """
    _hold(content)
    if content.version != seen_version:
        raise Conflict(
            _("Somebody changed this while you were writing. Your text is kept below; compare.")
        )
    db.session.add(
        Revision(content_id=content.id, version=content.version, body=former, editor_id=actor.id)
    )
    content.version += 1
    content.edited_at = utcnow()


def forget_former(content: Content) -> None:
    """Let nobody read any more what a content said before its edits, inside the operation that
    lets others see what was private until then: a history would tell them what was never meant for
    them."""
    required_unit()
    db.session.execute(delete(Revision).where(Revision.content_id == content.id))


@operation
def hide(actor: Actor, content: Content, reason: str) -> None:
    """Take a content out of sight, with a reason its author can read. Nothing is destroyed.

    What waits for approval is refused in this way, and what its author took back is kept from
    coming back. Raises Conflict when somebody was faster.
    """
    reason = reason.strip()[:REASON_LENGTH]
    if not reason:
        raise DomainError(_("Give a reason: the author will read it."))
    _hold(content)
    if content.hidden_at is not None and not _only_taken_back(actor, content):
        raise Conflict(_("Somebody has hidden this already."))
    content.hidden_at, content.hidden_by_id = utcnow(), actor.id
    content.hidden_reason = reason
    content.taken_back = content.taken_back or actor.id == content.author_id
    _changed_visibility(actor, content)
    record(
        events.HIDDEN, actor, activity=content.activity, content=content,
        subject_id=content.author_id, reason=reason,
    )  # fmt: skip


def _only_taken_back(actor: Actor, content: Content) -> bool:
    """Hidden by its author alone, and not by whoever decides about it now."""
    author = content.author_id
    return content.taken_back and content.hidden_by_id == author != actor.id


@operation
def restore(actor: Actor, content: Content) -> None:
    """Undo a hiding. Nothing happens where it was undone already.

    Raises Refused for what its author took back: nobody else publishes it. What was hidden besides
    is the author's again, and stays out of sight.
    """
    _hold(content)
    if content.hidden_at is None:
        return
    if _only_taken_back(actor, content):
        raise Refused(_("Its author took it back, and nobody else can show it again."))
    if content.taken_back and actor.id != content.author_id:
        content.hidden_by_id, content.hidden_reason = content.author_id, ""
        return
    content.hidden_at, content.hidden_by_id, content.hidden_reason = None, None, ""
    content.taken_back = False
    _changed_visibility(actor, content)
    record(
        events.RESTORED, actor, activity=content.activity, content=content,
        subject_id=content.author_id,
    )  # fmt: skip


@operation
def approve(actor: Actor, content: Content) -> None:
    """Publish what waited for approval. Nothing happens where it was published already."""
    _hold(content)
    if content.hidden_at is not None:
        raise Conflict(_("Somebody has hidden this already."))
    if content.held_at is None:
        return
    content.held_at = None
    _changed_visibility(actor, content)
    record(
        events.APPROVED, actor, activity=content.activity, content=content,
        subject_id=content.author_id,
    )  # fmt: skip


def _hold(content: Content) -> None:
    """Read the row anew and keep others from changing it until this operation ends."""
    db.session.flush()
    db.session.refresh(content, with_for_update=HOLD | {"of": Content})


def _changed_visibility(actor: Actor, content: Content) -> None:
    db.session.flush()
    kind = registry().content_types().get(content.kind)
    if kind is not None and kind.visibility_changed is not None:
        kind.visibility_changed(actor, content.id)

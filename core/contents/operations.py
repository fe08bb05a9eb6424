"""Changes of contents that are alike in every plugin: publish, edit, hide, restore, approve."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from core.access.actors import Actor
from core.activities.models import Activity
from core.contents import events
from core.contents.models import Attachment, Content, Draft, Reaction, Revision
from core.contract.registry import registry
from core.errors import Conflict, DomainError
from core.events.log import record
from core.files.models import File
from core.platform.db import db, operation, required_unit, utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext

# The signs that one may put under a content, with the icon that shows each.
SIGNS = {"thanks": "heart", "agree": "hand-thumbs-up", "idea": "lightbulb"}
DRAFT_BYTES = 200 * 1024


def new_content(
    actor: Actor, kind: str, activity: Activity | None = None, *, held: bool = False
) -> Content:
    """A row for something just written, inside the operation that stores the rest under its id."""
    required_unit()
    content = Content(
        kind=kind,
        activity_id=activity.id if activity else None,
        community_id=activity.community_id if activity else None,
        author_id=actor.id,
        held_at=utcnow() if held else None,
    )
    db.session.add(content)
    db.session.flush()
    return content


def note_revision(actor: Actor, content: Content, former: str, *, seen_version: int) -> None:
    """Keep what a content said before an edit, inside the operation that edits it.

    ``seen_version`` is the one the editor began with; raises Conflict when it is no longer current.
    """
    db.session.refresh(content, with_for_update=True)
    if content.version != seen_version:
        raise Conflict(
            _("Somebody changed this while you were writing. Your text is kept below; compare.")
        )
    db.session.add(
        Revision(content_id=content.id, version=content.version, body=former, editor_id=actor.id)
    )
    content.version += 1
    content.edited_at = utcnow()


@operation
def hide(actor: Actor, content: Content, reason: str) -> None:
    """Take a content out of sight, with a reason its author can read. Nothing is destroyed."""
    if not reason.strip():
        raise DomainError(_("Give a reason: the author will read it."))
    content.hidden_at, content.hidden_by_id = utcnow(), actor.id
    content.hidden_reason = reason.strip()
    _changed_visibility(actor, content)
    record(
        events.HIDDEN, actor, activity=content.activity, content=content,
        subject_id=content.author_id, reason=content.hidden_reason,
    )  # fmt: skip


@operation
def restore(actor: Actor, content: Content) -> None:
    """Undo a hiding."""
    content.hidden_at, content.hidden_by_id, content.hidden_reason = None, None, ""
    _changed_visibility(actor, content)
    record(
        events.RESTORED, actor, activity=content.activity, content=content,
        subject_id=content.author_id,
    )  # fmt: skip


@operation
def approve(actor: Actor, content: Content) -> None:
    """Publish what waited for approval."""
    content.held_at = None
    _changed_visibility(actor, content)
    record(
        events.APPROVED, actor, activity=content.activity, content=content,
        subject_id=content.author_id,
    )  # fmt: skip


def _changed_visibility(actor: Actor, content: Content) -> None:
    db.session.flush()
    kind = registry().content_types().get(content.kind)
    if kind is not None and kind.visibility_changed is not None:
        kind.visibility_changed(actor, content.id)


@operation
def react(actor: Actor, content: Content, sign: str) -> bool:
    """Put one's sign under a content, or take it back; True if it is there now."""
    if sign not in SIGNS or actor.id is None:
        raise DomainError(_("There is no such sign."))
    key = {"content_id": content.id, "user_id": actor.id, "sign": sign}
    # Held, so that a double click is two turns of one switch and not a clash.
    db.session.scalar(select(Content.id).where(Content.id == content.id).with_for_update())
    there = db.session.get(Reaction, key)
    if there is not None:
        db.session.delete(there)
        return False
    db.session.add(Reaction(**key))
    record(
        events.REACTED, actor, activity=content.activity, content=content,
        subject_id=content.author_id, sign=sign,
    )  # fmt: skip
    return True


@operation
def save_draft(actor: Actor, place: str, body: str, title: str = "") -> None:
    """Keep what somebody is typing in a place; an empty text forgets it."""
    if actor.id is None or len(place) > 100:
        raise DomainError(_("This draft cannot be kept."))
    if len(body.encode()) > DRAFT_BYTES:
        raise DomainError(_("This text is too long to be kept as a draft."))
    if not body.strip() and not title.strip():
        drop_draft(actor, place)
        return
    draft = Draft(
        user_id=actor.id, place=place, body=body, title=title[:300], updated_at=utcnow()
    )
    db.session.merge(draft)


@operation
def drop_draft(actor: Actor, place: str) -> None:
    """Forget a draft, because it was sent or thrown away."""
    db.session.execute(delete(Draft).where(Draft.user_id == actor.id, Draft.place == place))


def attach(content: Content, files: Sequence[File]) -> None:
    """Let files belong to a content, in this order, inside the operation that stores it."""
    required_unit()
    db.session.execute(delete(Attachment).where(Attachment.content_id == content.id))
    for position, file in enumerate(files):
        db.session.add(Attachment(content_id=content.id, file_id=file.id, position=position))

"""Reactions: small signs under what somebody wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, bindparam, case, func, select

from core.access.actors import Actor, Viewer
from core.contents import events
from core.contents.models import Content, Reaction
from core.errors import DomainError
from core.events.log import record
from core.platform.conditions import among
from core.platform.db import db, operation, rows
from core.platform.i18n import core_domain

_ = core_domain.gettext

# The signs that one may put under a content; templates/contents/macros.html draws each.
SIGNS = ("thanks", "agree", "idea")


@dataclass(frozen=True)
class Reactions:
    """The signs under one content: how many of each, and which are the viewer's own."""

    counts: Mapping[str, int] = field(default_factory=dict)
    own: frozenset[str] = frozenset()


NONE_GIVEN = Reactions()


def _given() -> Select[int, str, int, int]:
    mine = func.max(case((Reaction.user_id == bindparam("viewer"), 1), else_=0))
    return (
        select(Reaction.content_id, Reaction.sign, func.count(), mine)
        .where(among(Reaction.content_id, "contents"))
        .group_by(Reaction.content_id, Reaction.sign)
    )


# Put together once, for every page of a discussion.
GIVEN = _given()


def reactions_of(content_ids: Sequence[int], viewer: Viewer) -> dict[int, Reactions]:
    """The signs under many contents, in one query; every id has an answer."""
    facts = {"contents": content_ids, "viewer": viewer.id}
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    own: dict[int, set[str]] = defaultdict(set)
    for content_id, sign, count, is_mine in rows(GIVEN, facts) if content_ids else ():
        counts[content_id][sign] = count
        if is_mine:
            own[content_id].add(sign)
    found = dict.fromkeys(content_ids, NONE_GIVEN)
    return found | {number: Reactions(counts[number], frozenset(own[number])) for number in counts}


@operation
def react(actor: Actor, content: Content, sign: str) -> bool:
    """Put one's sign under a content, or take it back; True if it is there now."""
    if sign not in SIGNS or actor.id is None:
        raise DomainError(_("There is no such sign."))
    key = {"content_id": content.id, "user_id": actor.id, "sign": sign}
    # Held, so that a double click is two turns of one switch and not a clash.
    row = select(Content.id).where(Content.id == content.id)
    db.session.scalar(row.with_for_update(key_share=True))
    there = db.session.get(Reaction, key, populate_existing=True)
    if there is not None:
        db.session.delete(there)
        db.session.flush()
        return False
    db.session.add(Reaction(**key))
    db.session.flush()
    record(
        events.REACTED, actor, activity=content.activity, content=content,
        subject_id=content.author_id, sign=sign,
    )  # fmt: skip
    return True

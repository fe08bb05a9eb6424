"""How much room uploads may take: of one person in a day and in all, of a community in all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select, text

from core import config
from core.errors import DomainError, TooManyRequests
from core.files.models import File, readable_size
from core.people.models import User
from core.platform.db import db, utcnow
from core.platform.i18n import core_domain

_ = core_domain.gettext

# As many of the largest files as one person may upload in a day.
DAILY_FILES = 10
DAY = timedelta(days=1)
# Numbers of PostgreSQL's advisory locks come in pairs; the first says what is held.
COMMUNITIES = 4_201


@dataclass(frozen=True)
class Space:
    """So many bytes of so many are taken."""

    used: int
    limit: int

    @property
    def words(self) -> str:
        return _(
            "You have used %(used)s of %(limit)s.",
            used=readable_size(self.used), limit=readable_size(self.limit),
        )  # fmt: skip


def space_of(person_id: int) -> Space:
    """What somebody's uploads take in all."""
    query = select(func.coalesce(func.sum(File.size), 0)).where(File.owner_id == person_id)
    return Space(int(db.session.scalar(query) or 0), config.current().person_space)


def check_person(person_id: int, size: int) -> None:
    """Raise unless somebody may upload so many bytes more, today and in all."""
    today = select(func.coalesce(func.sum(File.size), 0)).where(
        File.owner_id == person_id, File.created_at > utcnow() - DAY
    )
    if (db.session.scalar(today) or 0) + size > DAILY_FILES * config.current().upload_limit:
        raise TooManyRequests(
            _("You have uploaded very much today. Go on tomorrow."), retry_after=3600
        )
    space = space_of(person_id)
    if space.used + size > space.limit:
        words = _("There is no room for this file. Remove some that are no longer needed.")
        raise DomainError(f"{words} {space.words}")


def hold_person(person_id: int) -> None:
    """Nobody else takes room of this person's until the operation ends."""
    owner = select(User.id).where(User.id == person_id)
    db.session.execute(owner.with_for_update(key_share=True))


def check_community(community_id: int, size: int) -> None:
    """Raise unless so many bytes more fit into a community, inside the operation that adds them.

    Whoever adds waits for the others who do: not at the community's row, which other operations
    hold in another order.
    """
    if db.engine.dialect.name == "postgresql":
        held = {"what": COMMUNITIES, "which": community_id}
        db.session.execute(text("SELECT pg_advisory_xact_lock(:what, :which)"), held)
    query = select(func.coalesce(func.sum(File.size), 0)).where(File.community_id == community_id)
    used, limit = db.session.scalar(query) or 0, config.current().community_space
    if used + size > limit:
        raise DomainError(
            _(
                "The files of this community take %(used)s of %(limit)s: these do not fit any more."
                " Ask its coordinator to make room.",
                used=readable_size(used), limit=readable_size(limit),
            )
        )  # fmt: skip

"""What is read of the versions of a charter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from core.communities.models import Charter, Community
from core.people.models import User
from core.platform.changes import stretches
from core.platform.db import db
from core.platform.html import plain


@dataclass(frozen=True)
class Change:
    """A line of the rules that came (``added``) or went."""

    text: str
    added: bool


def charter_versions(community: Community) -> list[Row[Any]]:
    """All versions without their texts, the latest first: version, created_at, surname, names."""
    query = (
        select(
            Charter.version, Charter.created_at,
            User.surname, User.given_name, User.patronymic,
        )
        .outerjoin(User, User.id == Charter.author_id)
        .where(Charter.community_id == community.id)
        .order_by(Charter.version.desc())
    )  # fmt: skip
    return list(db.session.execute(query))


def changes_between(community: Community, older: int, newer: int | None = None) -> list[Change]:
    """The lines in which a version differs from an older one; by default the one in force."""
    wanted = (older, newer or community.charter_version)
    query = select(Charter.version, Charter.body).where(
        Charter.community_id == community.id, Charter.version.in_(wanted)
    )
    bodies = {version: _lines(body) for version, body in db.session.execute(query)}
    old, new = (bodies.get(version, []) for version in wanted)
    changes: list[Change] = []
    for what, a, b, c, d in stretches(old, new):
        if what != "equal":
            changes += [Change(line, added=False) for line in old[a:b]]
            changes += [Change(line, added=True) for line in new[c:d]]
    return changes


def _lines(body: str) -> list[str]:
    return [line for line in plain(body).splitlines() if line.strip()]

"""Who may read what stands in no community: those to whom it was given, and nobody else.

No role opens such a content, not that of the administrator either. What stands in it (a message in
a conversation, a file of that message) is open to the same people.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Select, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from core.access.actors import Viewer
from core.contents.models import Content, ContentReader
from core.notices.models import Notice
from core.people.models import User
from core.platform.db import db, required_unit, utcnow


def let_read(content: Content | Select[Any], people: Iterable[int] | Select[Any]) -> None:
    """Let these people read a content that stands in no community, inside an operation.

    ``content`` is one, or a query for the ids of many; ``people`` are ids, or a query for them. One
    statement, however many there are. Whoever could already is passed over.
    """
    required_unit()
    chosen = people if isinstance(people, Select) else set(people)
    readers = (
        select(Content.id, User.id)
        .join(User, User.id.in_(chosen))
        .where(Content.id.in_(_ids(content)))
    )
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    db.session.execute(
        insert(ContentReader)
        .from_select(["content_id", "user_id"], readers)
        .on_conflict_do_nothing()
    )


def keep_from(content: Content | Select[Any], people: Iterable[int]) -> None:
    """Let these people read a content no longer, inside an operation; what they were told of it is
    no news to them any more. ``content`` is one, or a query for the ids of many; two statements."""
    required_unit()
    gone = set(people)
    ids = _ids(content)
    db.session.execute(
        delete(ContentReader).where(
            ContentReader.content_id.in_(ids), ContentReader.user_id.in_(gone)
        ),
        execution_options={"synchronize_session": False},
    )
    db.session.execute(
        update(Notice)
        .where(Notice.user_id.in_(gone), Notice.read_at.is_(None))
        .where(or_(Notice.thing_id.in_(ids), Notice.content_id.in_(ids)))
        .values(read_at=utcnow(), mail=""),
        execution_options={"synchronize_session": False},
    )


def _ids(content: Content | Select[Any]) -> list[int] | Select[Any]:
    return [content.id] if isinstance(content, Content) else content


def given_among(viewer: Viewer, ids: Collection[int]) -> set[int]:
    """Those of these contents that were given to the viewer; one query, none for a guest."""
    if viewer.id is None or not ids:
        return set()
    query = select(ContentReader.content_id).where(
        ContentReader.user_id == viewer.id, ContentReader.content_id.in_(ids)
    )
    return set(db.session.scalars(query))


def outermost(number: int, inside: Mapping[int, int]) -> int:
    """What a content stands in at last; ``inside`` tells for each what it stands in."""
    passed: set[int] = set()
    while number in inside and number not in passed:
        passed.add(number)
        number = inside[number]
    return number

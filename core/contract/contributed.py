"""One contribution, made with care: what it answers is taken, and nothing else of it stays."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from typing import Any, TypeVar

from flask import g, has_request_context, session
from flask.globals import request_ctx
from sqlalchemy.orm import Session

from core.platform.contribution import Trespass, contribution, no_contribution
from core.platform.db import current_unit, db

T = TypeVar("T")


def contributed(question: Callable[[], T]) -> T:
    """Ask a plugin and answer what it says.

    Raises whatever the plugin raises, and :class:`Trespass` when it leaves something to be written
    or changes what belongs to the page; that is put back first.
    """
    own = db.session()
    page = _page()
    before = _pending(own) if current_unit() is not None else frozenset()
    try:
        # In a copy: a language or a time zone that is chosen and never given back ends with it.
        answer = copy_context().run(_ask, own, question)
    finally:
        changed = _put_back(page)
        left = _drop_pending(own, before)
    if changed:
        raise Trespass(f"a contribution changed what belongs to the page: {changed}")
    if left:
        raise Trespass("a contribution left something to be written")
    return answer


def _ask(own: Session, question: Callable[[], T]) -> T:
    with contribution(own):
        return question()


def _page() -> tuple[dict[str, Any], dict[str, Any], int]:
    """What belongs to the page: its facts, the visit, and what is to happen at its end."""
    facts = vars(g._get_current_object()).copy()
    if not has_request_context():
        return facts, {}, 0
    return facts, dict(session), len(request_ctx._after_request_functions)


def _put_back(page: tuple[dict[str, Any], dict[str, Any], int]) -> str:
    """Undo changes of the page; what was changed, in a word or two."""
    facts, visit, endings = page
    now = vars(g._get_current_object())
    changed = [name for name, value in facts.items() if now.get(name, g) is not value]
    now.update({name: facts[name] for name in changed})
    if not has_request_context():
        return ", ".join(changed)
    if dict(session) != visit:
        session.clear()
        session.update(visit)
        changed.append("session")
    if len(request_ctx._after_request_functions) != endings:
        del request_ctx._after_request_functions[endings:]
        changed.append("after_this_request")
    return ", ".join(changed)


def _pending(own: Session) -> frozenset[int]:
    return frozenset(map(id, (*own.new, *own.dirty, *own.deleted)))


def _drop_pending(own: Session, before: frozenset[int]) -> bool:
    """Forget what the contribution added, changed or marked as deleted; True if it did."""
    if not (own._new or own._deleted or own.dirty):
        return False
    left = [row for row in (*own.new, *own.dirty, *own.deleted) if id(row) not in before]
    with no_contribution():
        for row in left:
            if row in own.new or row in own.deleted:
                own.expunge(row)
            else:
                own.expire(row)
    return bool(left)

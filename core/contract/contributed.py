"""One contribution, made with care: what it answers is taken, and nothing else of it stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any, NamedTuple, TypeVar

from flask import g, has_request_context
from flask.ctx import RequestContext
from flask.globals import request_ctx
from sqlalchemy.orm import Session

from core.platform.contribution import Trespass, contribute, no_contribution
from core.platform.current import current_facts
from core.platform.db import db

T = TypeVar("T")

NOTHING: frozenset[int] = frozenset()


def contributed(question: Callable[[], T]) -> T:
    """Ask a plugin and answer what it says.

    Raises whatever the plugin raises, and :class:`Trespass` when it leaves something to be written
    or changes what belongs to the page; that is put back first.
    """
    own = db.session()
    page = _page()
    before = _pending(own) if "unit" in own.info else NOTHING
    try:
        # In a copy: a language or a time zone that is chosen and never given back ends with it.
        answer = copy_context().run(contribute, own, question)
    finally:
        changed = _put_back(page)
        left = _drop_pending(own, before)
    if changed:
        raise Trespass(f"a contribution changed what belongs to the page: {changed}")
    if left:
        raise Trespass("a contribution left something to be written")
    return answer


class _Page(NamedTuple):
    """What belongs to the page: its facts, the visit, and what is to happen at its end."""

    facts: dict[str, Any]
    request: RequestContext | None
    visit: dict[str, Any]
    endings: int


def _page() -> _Page:
    facts = vars(current_facts()).copy()
    if not has_request_context():
        return _Page(facts, None, {}, 0)
    # Itself and not its proxy, since every contribution comes here.
    request = request_ctx._get_current_object()  # type: ignore[attr-defined]
    return _Page(facts, request, dict(request.session), len(request._after_request_functions))


def _put_back(page: _Page) -> str:
    """Undo changes of the page; what was changed, in a word or two."""
    now = vars(current_facts())
    changed = [name for name, value in page.facts.items() if now.get(name, g) is not value]
    now.update({name: page.facts[name] for name in changed})
    if page.request is not None:
        changed += _put_request_back(page.request, page)
    return ", ".join(changed)


def _put_request_back(request: RequestContext, page: _Page) -> Iterator[str]:
    if request.session != page.visit:
        request.session.clear()
        request.session.update(page.visit)
        yield "session"
    if len(request._after_request_functions) != page.endings:
        del request._after_request_functions[page.endings :]
        yield "after_this_request"


def _pending(own: Session) -> frozenset[int]:
    return frozenset(map(id, (*own.new, *own.dirty, *own.deleted)))


def _drop_pending(own: Session, before: frozenset[int]) -> bool:
    """Forget what the contribution added, changed or marked as deleted; True if it did."""
    if own._is_clean():
        return False
    left = [row for row in (*own.new, *own.dirty, *own.deleted) if id(row) not in before]
    with no_contribution():
        for row in left:
            if row in own.new or row in own.deleted:
                own.expunge(row)
            else:
                own.expire(row)
    return bool(left)

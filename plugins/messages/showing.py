"""How core shows, finds and exports what was said; only ever to those who may read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for
from sqlalchemy import select

from core.api import ContentView, SearchText, current_viewer, db, excerpt
from plugins.messages.models import Message, Thread
from plugins.messages.queries import name_of, others_of


def thread_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """Conversations as lines of other pages, called as this reader calls them: two queries."""
    rows = db.session.execute(
        select(Thread.id, Thread.title, Thread.is_group).where(Thread.id.in_(ids))
    ).all()
    people = others_of([row.id for row in rows], current_viewer())
    return {
        row.id: ContentView(
            title=name_of(row.title, people.get(row.id, []), is_group=row.is_group),
            url=url_for("messages.show", thread=row.id),
        )
        for row in rows
    }


def message_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """Messages as lines of other pages: in their conversation."""
    rows = db.session.execute(
        select(Message.id, Message.thread_id, Message.body).where(Message.id.in_(ids))
    ).all()
    threads = thread_views(sorted({row.thread_id for row in rows}))
    return {
        row.id: ContentView(
            title=threads[row.thread_id].title,
            url=url_for("messages.show", thread=row.thread_id, at=row.id) + f"#message-{row.id}",
            excerpt=excerpt(row.body, 120),
        )
        for row in rows
    }


def message_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What messages say."""
    query = select(Message.id, Message.body).where(Message.id.in_(ids), Message.step == "")
    return {row.id: row.body for row in db.session.execute(query)}


def threads_of(ids: Sequence[int]) -> Mapping[int, int]:
    """The conversations that messages stand in."""
    query = select(Message.id, Message.thread_id).where(Message.id.in_(ids))
    return {row.id: row.thread_id for row in db.session.execute(query)}


def thread_texts(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """Groups and clarifications are found by their titles."""
    query = select(Thread.id, Thread.title).where(Thread.id.in_(ids), Thread.title != "")
    return {row.id: SearchText(title=row.title) for row in db.session.execute(query)}

"""What pages may ask of the database: few questions, and not more of them for long lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.api import SYSTEM, Content, db, operation, utcnow
from core.testing.cast import Made
from core.testing.count import QueryCount
from plugins.messages.models import Message, Party, Thread
from plugins.messages.tests.conftest import Scene

Counter = Callable[[], QueryCount]
MOST = 10
MANY = 10_000


def count(scene: Scene, person: Made, counter: Counter, url: str) -> int:
    """Statements of a page that was opened before, so that there is nothing left to mark."""
    browser = scene.of(person)
    assert browser.get(url).status_code == 200
    with counter() as counted:
        assert browser.get(url).status_code == 200
    return counted.number


@operation
def _fill(
    actor: object, scene: Scene, thread: int, *, threads: int, messages: int, first: int = 1_000_000
) -> None:
    anna = scene.anna.id
    kinds = ["messages.thread"] * threads + ["messages.message"] * (threads + messages)
    contents: list[dict[str, Any]] = [
        {"id": first + n, "kind": kind, "author_id": anna, "created_at": utcnow()}
        for n, kind in enumerate(kinds)
    ]
    said = {"body": "<p>слово</p>", "words": "слово", "step": "", "has_files": False}
    ids = range(first, first + threads)
    rows = [{"id": n, "title": "Группа", "is_group": True, "last_id": n + threads} for n in ids]
    lines = [said | {"id": n + threads, "thread_id": n} for n in ids]
    start = first + 2 * threads
    lines += [said | {"id": start + n, "thread_id": thread} for n in range(messages)]
    mine = {"user_id": anna, "read_id": 0, "starred": False, "muted": False, "archived": False}
    parties = [mine | {"thread_id": n, "last_id": n + threads, "last_at": utcnow()} for n in ids]
    for model, made in ((Content, contents), (Thread, rows), (Message, lines), (Party, parties)):
        if made:
            db.session.execute(model.__table__.insert(), made)  # type: ignore[attr-defined]


def fill(scene: Scene, thread: int, **numbers: int) -> None:
    with scene.app.app_context():
        _fill(SYSTEM, scene, thread, **numbers)


def test_the_inbox_is_as_cheap_for_ten_thousand_conversations(
    scene: Scene, count_queries: Counter
) -> None:
    thread = scene.write(scene.anna, scene.boris)
    pages = ["/messages/", "/messages/?show=unread", "/messages/?q=слово"]
    fill(scene, thread, threads=60, messages=0, first=10_000)
    few = [count(scene, scene.anna, count_queries, page) for page in pages]
    assert max(few) <= MOST
    fill(scene, thread, threads=MANY, messages=0)
    many = [count(scene, scene.anna, count_queries, page) for page in pages]
    assert many == few
    assert count(scene, scene.anna, count_queries, "/messages/?page=300") == few[0]


def test_a_conversation_is_as_cheap_with_ten_thousand_messages(
    scene: Scene, count_queries: Counter
) -> None:
    thread = scene.write(scene.anna, scene.boris)
    page = f"/messages/{thread}"
    few = count(scene, scene.anna, count_queries, page)
    assert few <= MOST
    fill(scene, thread, threads=0, messages=MANY)
    assert count(scene, scene.anna, count_queries, page) <= few
    assert count(scene, scene.anna, count_queries, f"{page}?before=1005000") <= few


def test_no_page_of_others_asks_a_question_more(scene: Scene, count_queries: Counter) -> None:
    for page in ("/my", "/c/maths/", "/c/maths/people", f"/people/{scene.boris.id}"):
        scene.of(scene.anna).get(page)
        with count_queries() as counted:
            scene.of(scene.anna).get(page)
        assert [s for s in counted.statements if "messages_" in s] == [], page

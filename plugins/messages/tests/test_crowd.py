"""Many at once: one conversation of two, no message twice, no group beyond its size."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import partial

from core.api import DomainError, User, db
from plugins.messages import operations
from plugins.messages.models import MOST_PEOPLE, Message, Party, Thread
from plugins.messages.operations import Written
from plugins.messages.tests.conftest import Scene


def at_once(scene: Scene, works: Sequence[Callable[[], object]]) -> list[Exception]:
    """Run all of these in threads of their own, beginning together; what they raised."""
    raised: list[Exception] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        with scene.app.app_context():
            start.wait()
            try:
                work()
            except Exception as error:
                raised.append(error)

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def say(by: int, to: int, words: str, submission: str = "") -> object:
    user = db.session.get_one(User, by)
    return operations.begin(user, [to], "", Written(body=f"<p>{words}</p>", submission=submission))


def test_two_who_begin_at_once_have_one_conversation(scene: Scene) -> None:
    anna, boris = scene.anna.id, scene.boris.id
    works = [lambda: say(anna, boris, "раз"), lambda: say(boris, anna, "два")] * 4
    assert at_once(scene, works) == []
    with scene.app.app_context():
        assert db.session.query(Thread).count() == 1
        assert db.session.query(Party).count() == 2
        assert db.session.query(Message).count() == 8
        last = db.session.query(Message.id).order_by(Message.id.desc()).limit(1).scalar()
        assert {party.last_id for party in db.session.query(Party)} == {last}


def test_a_form_sent_ten_times_at_once_is_one_message(scene: Scene) -> None:
    works = [lambda: say(scene.anna.id, scene.boris.id, "раз", "same")] * 10
    assert at_once(scene, works) == []
    with scene.app.app_context():
        assert db.session.query(Message).count() == 1
    assert scene.badge(scene.boris) == 1


def test_a_group_never_has_more_people_than_fit(scene: Scene) -> None:
    thread = scene.write(scene.anna, scene.boris, scene.vera)
    more = [scene.cast.member(scene.community).id for _ in range(MOST_PEOPLE)]

    def add(number: int) -> None:
        user = db.session.get_one(User, scene.anna.id)
        operations.add(user, db.session.get_one(Thread, thread), [number])

    raised = at_once(scene, [partial(add, number) for number in more])
    assert all(isinstance(error, DomainError) for error in raised)
    with scene.app.app_context():
        assert db.session.query(Party).filter_by(thread_id=thread).count() == MOST_PEOPLE
    assert len(raised) == 3

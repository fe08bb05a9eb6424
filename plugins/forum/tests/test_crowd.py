"""Many people at once: numbers without gaps, nothing lost between a merge and a reply."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from core.api import SYSTEM, DomainError, User, db
from plugins.forum import moderation, operations
from plugins.forum.models import Post, Topic
from plugins.forum.operations import Written
from plugins.forum.tests.conftest import Forum


def at_once(forum: Forum, works: Sequence[Callable[[], object]]) -> list[Exception]:
    """Run all of these in threads of their own, beginning together; what they raised."""
    raised: list[Exception] = []
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        with forum.app.app_context():
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


def say(topic: int, user: int, words: str, submission: str = "") -> object:
    author, place = db.session.get_one(User, user), db.session.get_one(Topic, topic)
    return operations.reply(author, place, Written(body=f"<p>{words}</p>", submission=submission))


def numbers_of(topic: int) -> list[int]:
    found = db.session.query(Post.number).filter_by(topic_id=topic)
    return sorted(number or 0 for (number,) in found)


def test_twenty_replies_at_once_have_numbers_without_gaps(forum: Forum) -> None:
    topic = forum.topic()
    people = [forum.cast.member(forum.community).id for _ in range(4)]
    works = [(lambda n=n: say(topic, people[n % 4], f"ответ {n}")) for n in range(20)]
    assert at_once(forum, works) == []
    with forum.app.app_context():
        numbers = numbers_of(topic)
    assert numbers == list(range(1, 22))
    assert forum.read(Topic, topic, "last_number", "post_count") == (21, 21)


def test_a_form_sent_twenty_times_at_once_is_one_post(forum: Forum) -> None:
    topic = forum.topic()
    works = [lambda: say(topic, forum.member.id, "раз", submission="same")] * 20
    assert at_once(forum, works) == []
    assert forum.read(Topic, topic, "last_number", "post_count") == (2, 2)


def test_a_discussion_opened_twice_at_once_is_one(forum: Forum) -> None:
    from core.api import Activity
    from plugins.forum import queries

    def begin() -> object:
        activity = db.session.get_one(Activity, forum.activity.id)
        user = db.session.get_one(User, forum.member.id)
        section = queries.sections_of(activity)[0]
        return operations.open_topic(
            user, section, "Одна", Written(body="<p>?</p>", submission="t")
        )

    assert at_once(forum, [begin] * 6) == []
    with forum.app.app_context():
        assert db.session.query(Topic).count() == 1


def test_replies_during_a_merge_are_in_one_of_the_two(forum: Forum) -> None:
    one, other = forum.topic("Первая"), forum.topic("Вторая")

    def join() -> object:
        source, target = db.session.get_one(Topic, other), db.session.get_one(Topic, one)
        moderation.merge(SYSTEM, source, target)
        return None

    works: list[Callable[[], object]] = [
        (lambda n=n: say(other, forum.member.id, f"слово {n}"))  # type: ignore[misc]
        for n in range(8)
    ]
    raised = at_once(forum, [*works, join])
    assert all(isinstance(error, DomainError) for error in raised)
    with forum.app.app_context():
        left = db.session.query(Post).filter_by(topic_id=other).count()
        numbers = numbers_of(one)
    assert left == 0
    assert len(numbers) == 2 + 8 - len(raised)
    assert numbers == list(range(1, len(numbers) + 1))

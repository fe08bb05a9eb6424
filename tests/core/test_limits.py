"""How often one may: counted by name and key, said in words, working without Redis."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from core.config import Config
from core.errors import TooManyRequests
from core.platform.i18n import use_locale
from core.platform.limits import limit, reset


def site(tmp_path: Path, **settings: Any) -> Flask:
    app = Flask(__name__)
    app.config["SREDA"] = Config(environment="test", data_dir=tmp_path, **settings)
    return app


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Flask]:
    """An application that counts in its own memory."""
    app = site(tmp_path)
    with app.app_context():
        yield app


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """``passing(60)`` lets a minute pass."""
    passed = [0.0]
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + passed[0])

    def let(seconds: float) -> None:
        passed[0] += seconds

    return let


def test_one_more_than_allowed_is_refused(here: Flask) -> None:
    for _attempt in range(3):
        limit("sign-in", "3/minute", "anna")
    with pytest.raises(TooManyRequests) as refusal:
        limit("sign-in", "3/minute", "anna")
    assert refusal.value.status == 429
    assert 0 < refusal.value.retry_after <= 60


def test_names_and_keys_are_counted_apart(here: Flask) -> None:
    limit("sign-in", "1/minute", "anna", "127.0.0.1")
    limit("sign-in", "1/minute", "anna", "127.0.0.2")
    limit("sign-in", "1/minute", "boris", "127.0.0.1")
    limit("reset", "1/minute", "anna", "127.0.0.1")
    with pytest.raises(TooManyRequests):
        limit("reset", "1/minute", "anna", "127.0.0.1")


def test_the_window_moves(here: Flask, passing: Any) -> None:
    limit("post", "2/minute", "anna")
    passing(40)
    limit("post", "2/minute", "anna")
    with pytest.raises(TooManyRequests) as refusal:
        limit("post", "2/minute", "anna")
    assert 15 <= refusal.value.retry_after <= 21
    passing(21)
    limit("post", "2/minute", "anna")
    with pytest.raises(TooManyRequests):
        limit("post", "2/minute", "anna")


def test_a_refused_attempt_does_not_prolong_the_wait(here: Flask, passing: Any) -> None:
    limit("post", "1/minute", "anna")
    for _attempt in range(5):
        passing(10)
        with pytest.raises(TooManyRequests):
            limit("post", "1/minute", "anna")
    passing(11)
    limit("post", "1/minute", "anna")


@pytest.mark.parametrize(
    ("rate", "russian", "english"),
    [
        ("1/second", "через 1 секунду.", "in 1 second."),
        ("1 per 22 seconds", "через 22 секунды.", "in 22 seconds."),
        ("1/minute", "через 1 минуту.", "in 1 minute."),
        ("1 per 3 minutes", "через 3 минуты.", "in 3 minutes."),
        ("1/hour", "через 60 минут.", "in 60 minutes."),
    ],
)
def test_the_sentence_says_when_to_try_again(
    here: Flask, monkeypatch: pytest.MonkeyPatch, rate: str, russian: str, english: str
) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)
    limit("post", rate, "anna")
    for locale, end in (("ru", russian), ("en", english)):
        with use_locale(locale), pytest.raises(TooManyRequests) as refusal:
            limit("post", rate, "anna")
        assert str(refusal.value).endswith(end)


def test_simultaneous_attempts_are_all_counted(here: Flask) -> None:
    outcomes: list[bool] = []
    start = threading.Barrier(20)

    def attempt() -> None:
        start.wait()
        with here.app_context():
            try:
                limit("vote", "5/minute", "anna")
            except TooManyRequests:
                outcomes.append(False)
            else:
                outcomes.append(True)

    threads = [threading.Thread(target=attempt) for _number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False] * 15 + [True] * 5


def test_a_hall_that_shares_an_address_may_do_more_if_the_site_says_so(tmp_path: Path) -> None:
    with site(tmp_path, rate_factor=3).app_context():
        for _person in range(6):
            limit("register", "2 per 5 minutes", "school")
        with pytest.raises(TooManyRequests):
            limit("register", "2 per 5 minutes", "school")


def test_tests_can_begin_anew(here: Flask) -> None:
    limit("post", "1/minute", "anna")
    reset(here)
    limit("post", "1/minute", "anna")


def test_applications_count_apart(here: Flask, tmp_path: Path) -> None:
    limit("post", "1/minute", "anna")
    with site(tmp_path).app_context():
        limit("post", "1/minute", "anna")


def test_without_redis_answering_each_process_counts_for_itself(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = site(tmp_path, redis_url="redis://127.0.0.1:1/0")
    with app.app_context():
        limit("post", "1/minute", "anna")
        with pytest.raises(TooManyRequests):
            limit("post", "1/minute", "anna")
        reset(app)
        limit("post", "1/minute", "anna")
    assert "does not answer" in caplog.text

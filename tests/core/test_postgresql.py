"""PostgreSQL's connections in a server with an event loop."""

from __future__ import annotations

import time
from collections.abc import Iterator

import gevent
import psycopg
import pytest
from sqlalchemy.exc import InvalidatePoolError

from core.platform.postgresql import IDLE, GreenConnection, connect, make_sure
from core.testing.postgres import Server


@pytest.fixture
def address(postgres: Server) -> Iterator[str]:
    with postgres.database() as url:
        yield url.replace("postgresql+psycopg://", "postgresql://")


def test_others_go_on_while_one_waits_for_an_answer(address: str) -> None:
    ticks: list[float] = []

    def tick() -> None:
        while True:
            ticks.append(time.monotonic())
            gevent.sleep(0.01)

    other = gevent.spawn(tick)
    with GreenConnection.connect(address) as connection:
        answer = connection.execute("SELECT 'ж', pg_sleep(0.3)").fetchone()
        with pytest.raises(psycopg.errors.DivisionByZero):
            connection.execute("SELECT 1 / 0")
        connection.rollback()
        # More than fits into a socket at once, there and back.
        long = "слово " * 500_000
        assert connection.execute("SELECT %s", (long,)).fetchone() == (long,)
    other.kill()
    assert answer is not None
    assert answer[0] == "ж"
    assert len(ticks) > 5


def test_a_connection_that_was_cut_while_nobody_used_it_is_not_lent(address: str) -> None:
    with GreenConnection.connect(address, autocommit=True) as killer:
        connection = GreenConnection.connect(address)
        long_ago = time.monotonic() - IDLE - 1
        make_sure(connection, {"returned": long_ago})
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
        number = connection.info.backend_pid
        killer.execute("SELECT pg_terminate_backend(%s, 5000)", (number,))
        make_sure(connection, {"returned": time.monotonic()})
        with pytest.raises(InvalidatePoolError):
            make_sure(connection, {"returned": long_ago})
        connection.close()


def test_only_what_is_told_to_write_writes(address: str) -> None:
    with connect(address) as connection:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("CREATE TABLE words (word text)")
        connection.let_write(True)
        connection.execute("CREATE TABLE words (word text)")
        connection.commit()
        connection.let_write(False)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("INSERT INTO words VALUES ('дом')")
        # A statement that failed takes nothing of a page along.
        assert connection.execute("SELECT count(*) FROM words").fetchone() == (0,)


def test_what_pages_ask_again_and_again_is_planned_once(address: str) -> None:
    with connect(address) as connection:
        for number in range(10):
            connection.execute("SELECT 1 + %s", (number,))
            connection.rollback()  # as at the end of each page
        planned = "SELECT statement FROM pg_prepared_statements WHERE statement LIKE 'SELECT 1 +%'"
        assert len(connection.execute(planned).fetchall()) == 1

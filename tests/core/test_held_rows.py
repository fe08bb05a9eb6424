"""Operations that hold a row and operations that record about it never wait in a circle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask

from core.access.actors import SYSTEM
from core.communities import events as happened
from core.communities.models import Community
from core.communities.operations import locked
from core.events.log import record
from core.platform.db import db, operation
from core.testing.cast import Cast

TIMES = 15
THREADS = 6


@operation
def hold_and_record(actor: Any, community_id: int) -> None:
    community = locked(db.session.get_one(Community, community_id))
    community.summary = "held"
    record(happened.CHANGED, actor, community=community)


@operation
def only_record(actor: Any, community_id: int) -> None:
    community = db.session.get_one(Community, community_id)
    record(happened.OPENED, actor, community=community)


def test_holding_a_community_and_recording_about_it_go_on_side_by_side(
    app: Flask, cast: Cast
) -> None:
    place = cast.community()
    failures: list[str] = []
    begin = threading.Barrier(2 * THREADS)

    def again_and_again(work: Callable[[Any, int], None]) -> None:
        begin.wait()
        for _ in range(TIMES):
            try:
                with app.app_context():
                    work(SYSTEM, place.id)
            except Exception as error:
                failures.append(f"{type(error).__name__}: {error}"[:200])

    threads = [
        threading.Thread(target=again_and_again, args=[work])
        for work in (hold_and_record, only_record)
        for _ in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []

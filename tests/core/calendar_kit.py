"""A site with dates in it, for the tests of calendars and feeds."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

from flask import Flask

from core.access.actors import SYSTEM
from core.activities.models import Activity, ActivityState
from core.activities.operations import set_activity_state
from core.platform.db import db
from core.testing.cast import Cast, Made
from tests.core.diary import SOURCE

# A Thursday; in Moscow it is 15:00.
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
DATES = f"""{SOURCE}
from core.api import CalendarItem

DATES = []


@hookimpl
def calendar_items(communities, viewer, start, end):
    for facts in DATES:
        for community in communities:
            known = {{"community": community, "url": f"/c/{{community.slug}}/"}}
            yield CalendarItem(**known | facts)
"""


class Scene:
    """A site with the diary, which has the dates that a test gives it."""

    def __init__(self, app: Flask) -> None:
        self.app, self.cast = app, Cast(app)

    @property
    def diary(self) -> Any:
        return importlib.import_module("stranger_diary")

    def date(self, **facts: Any) -> None:
        """A date that the diary has in every community."""
        known = {"key": f"diary.{len(self.diary.DATES)}", "title": "Встреча"}
        self.diary.DATES.append(known | facts)

    def quiz(self, community: Made, title: str = "Опрос", **values: Any) -> Made:
        return self.cast.activity(community, "diary", "quiz", title=title, **values)

    def archive(self, quiz: Made) -> None:
        with self.app.app_context():
            activity = db.session.get_one(Activity, quiz.id)
            set_activity_state(SYSTEM, activity, ActivityState.ARCHIVED)


def at_once(work: Callable[[], object], times: int) -> None:
    """Do something from several threads at the same moment; what one raises is raised here."""
    gate = Barrier(times)

    def run() -> None:
        gate.wait()
        work()

    with ThreadPoolExecutor(times) as pool:
        for done in [pool.submit(run) for _ in range(times)]:
            done.result()

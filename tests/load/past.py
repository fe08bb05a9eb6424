"""``python -m tests.load.past ROOM...``: what was said in rooms before anybody is measured there.

A room without a past is none that people use: PostgreSQL, which has not counted its rows yet, reads
the few there are from first to last, and goes on so when they are many.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

from sqlalchemy import select

from core.activities.models import Activity
from core.app import create_app
from core.communities.models import Membership
from core.config import Config
from core.platform.db import db
from core.realtime.together import MOST_TOGETHER
from core.testing.cast import Made
from tests.load.fill import settle

# Lines in each room.
LINES = 5_000


def speak(talk: Any, room: int, lines: int) -> None:
    """Let the members of a room say so many things, each one thing in a turn."""
    place = db.session.get_one(Activity, room)
    members = select(Membership.user_id).where(Membership.community_id == place.community_id)
    people = [Made(number) for number in db.session.scalars(members.limit(MOST_TOGETHER)) if number]
    for first in range(0, lines, len(people)):
        said = [talk.Said(person, f"Слово за слово {first}") for person in people]
        talk.say(None, place, said[: lines - first])


def main() -> None:
    with create_app(Config.from_environ(os.environ)).app_context():
        talk = importlib.import_module("sreda_talk.plugin")
        for room in sys.argv[1:]:
            speak(talk, int(room), LINES)
        settle()
        db.engine.dispose()


if __name__ == "__main__":
    main()

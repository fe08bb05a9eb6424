"""A site with the example of a room, for tests of real time."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from core.app import create_app
from core.platform.db import Base, db
from core.platform.migrate import upgrade_all
from core.testing.cast import Cast, Made
from core.testing.sockets import Socket, reset
from core.testing.stranger import lay_out

TALK = Path(__file__).parents[2] / "docs" / "examples" / "sreda-talk" / "sreda_talk"


def boot_with_talk(site: Flask, folder: Path) -> Flask:
    """An application on the database of the run that has the example too. Nobody else sees it: its
    class can be imported only once a process, so it is made once a run."""
    lay_out(folder, TALK, "talk", "sreda_talk.plugin")
    before = set(Base.metadata.tables)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        app = create_app(site.config["SREDA"])
        upgrade_all(app)
    finally:
        sys.path.remove(str(folder))
        importlib.invalidate_caches()
    app.config["SREDA_RAISE_HOOK_ERRORS"] = False
    for name in set(Base.metadata.tables) - before:
        Base.metadata.remove(Base.metadata.tables[name])
    return app


@dataclass
class Stage:
    """A community with a room in it, and two of its members."""

    app: Flask
    cast: Cast
    community: Made
    room: Made
    anna: Made
    boris: Made

    @classmethod
    def of(cls, app: Flask) -> Stage:
        reset(app)
        with app.app_context(), db.engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM talk_lines")
        cast = Cast(app)
        community = cast.community("maths", visibility="private")
        room = cast.activity(community, "talk")
        return cls(app, cast, community, room, cast.member(community), cast.member(community))

    def socket(self, person: Made, namespace: str = "/talk") -> Socket:
        return Socket(self.app, self.cast.browser(person), namespace)

    def listener(self, person: Made, after: int = 0) -> Socket:
        """A socket that is in the room."""
        socket = self.socket(person)
        assert "error" not in socket.join("talk.room", self.room.id, after=after)
        return socket

    def say(self, socket: Socket, text: str, mark: str = "") -> dict[str, object]:
        return socket.send("say", activity=self.room.id, mark=mark or text, text=text)

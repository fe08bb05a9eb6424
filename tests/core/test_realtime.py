"""Sockets: who may, what comes back, and that nothing of a stream is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.testing.cast import Cast
from core.testing.sockets import Socket
from core.testing.stranger import tables_of

TALK = Path(__file__).parents[2] / "docs" / "examples" / "sreda-talk" / "sreda_talk"


@pytest.fixture
def site_with_talk(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make_app: Callable[..., Flask]
) -> Iterator[Flask]:
    package = tmp_path / "talk_package"
    (tmp_path / "site-packages").mkdir()
    import importlib
    import sys

    from core.testing.stranger import lay_out

    lay_out(tmp_path / "site-packages", TALK, "talk", "sreda_talk.plugin")
    monkeypatch.syspath_prepend(str(tmp_path / "site-packages"))
    for loaded in [each for each in sys.modules if each.partition(".")[0] == "sreda_talk"]:
        monkeypatch.delitem(sys.modules, loaded)
    importlib.invalidate_caches()
    app = make_app()
    with tables_of(app, "talk"):
        yield app


def test_smoke(site_with_talk: Flask) -> None:
    app = site_with_talk
    cast = Cast(app)
    place = cast.community("maths")
    room = cast.activity(place, "talk")
    anna, boris = cast.member(place), cast.member(place)
    one, other = (Socket(app, cast.browser(who), "/talk") for who in (anna, boris))
    assert one.is_connected
    assert one.join("talk.room", room.id) == {"entries": [], "more": False}
    assert other.join("talk.room", room.id) == {"entries": [], "more": False}
    assert one.send("say", activity=room.id, mark="a", text="Привет") == {"number": 1}
    assert one.send("say", activity=room.id, mark="a", text="Привет") == {"number": 1}
    assert [e["text"] for e in other.entries()] == ["Привет"]
    print(one.entries())

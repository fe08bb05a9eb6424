"""The floor: a bare view under the same server, as long as the page it is compared with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from flask import Flask, render_template_string

from core.config import Config
from core.serve import Server

ROW = (
    '<article id="row-{{ row.number }}" class="card row-{{ loop.index }}"><h2>{{ row.title }}</h2>'
    '<p class="quiet">{{ row.author }} · {{ row.when }}</p><p>{{ row.text }}</p></article>\n'
)
PAGE = f"<!doctype html><title>{{{{ title }}}}</title>{{% for row in rows %}}{ROW}{{% endfor %}}"


def make_floor() -> Flask:
    """A Flask application with one view and ready data: ``/<bytes>`` answers about so many."""
    app = Flask("floor")
    ready: dict[int, list[dict[str, Any]]] = {}

    @app.get("/<int:size>")
    def floor(size: int) -> str:
        rows = ready.setdefault(size, _rows(size))
        return render_template_string(PAGE, title="Floor", rows=rows)

    return app


def _rows(size: int) -> list[dict[str, Any]]:
    row = {"title": "Дроби в шестом классе", "author": "Семёнова О. П.", "when": "вчера в 19:40"}
    row["text"] = "С чего начать после каникул? " * 8
    length = len(row["text"].encode()) + 220
    return [row | {"number": number} for number in range(max(1, size // length))]


class FloorServer(Server):
    """The server of the site, with the floor in place of the site."""

    def load(self) -> Flask:
        app = make_floor()
        app.extensions["socketio"] = _Sockets()
        return app


class _Sockets:
    """Stands where the server looks for sockets to close at its end: there are none."""

    class server:  # noqa: N801  # the name that Socket.IO gives it
        class eio:  # noqa: N801
            @staticmethod
            def disconnect() -> None:
                return None


if __name__ == "__main__":
    config = Config(
        environment="test", secret_key="0123456789abcdefghijklmnopqrstuvwxyz",
        data_dir=Path(sys.argv[2]), port=int(sys.argv[1]),
    )  # fmt: skip
    FloorServer(config, jobs=False).run()

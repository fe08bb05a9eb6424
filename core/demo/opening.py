"""The first step of whoever tries Sreda out: a site that is up to date and has people in it."""

from __future__ import annotations

from flask import Flask

from core.config import Config
from core.demo.build import SignIn, build, is_built, is_empty, sign_ins
from core.errors import SetupError
from core.platform.migrate import upgrade_all
from core.search.indexing import take_in


def open_demo(app: Flask, *, only_if_empty: bool = False) -> list[SignIn]:
    """Bring the database up to date and fill it; who can sign in, none if it is no demo site.

    Raises SetupError where people have accounts already, unless ``only_if_empty`` leaves them be.
    """
    config: Config = app.config["SREDA"]
    if config.production:
        raise SetupError("The passwords of the demo are known to everybody: not in production.")
    upgrade_all(app)
    with app.app_context():
        empty = is_empty()
    if empty:
        build(app)
        _fill_index(app)
    elif not only_if_empty:
        raise SetupError("There are people on this site already; the demo needs an empty one.")
    with app.app_context():
        return sign_ins() if is_built() else []


def _fill_index(app: Flask) -> None:
    """Nobody should have to wait for the worker before the first search."""
    with app.app_context():
        while take_in():
            pass

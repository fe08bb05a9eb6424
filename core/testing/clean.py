"""Emptying what a test left behind, and reading what it sent."""

from __future__ import annotations

import email
import email.policy
import shutil
from contextlib import closing
from email.message import EmailMessage
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection

from core.config import Config
from core.contract.registry import registry_of
from core.platform.db import Base, db
from core.search.engines import ENGINES


def empty(app: Flask) -> None:
    """Remove every row, upload and letter; let switched-off plugins speak again."""
    with app.app_context(), db.engine.begin() as connection:
        _delete_everything(connection)
    registry_of(app).breaker.troubles.clear()
    registry_of(app).breaker.open_until.clear()
    registry_of(app).breaker.untold.clear()
    for letter in _folder(app).glob("*.eml"):
        letter.unlink()
    shutil.rmtree(_folder(app).with_name("files"), ignore_errors=True)


def _delete_everything(connection: Connection) -> None:
    """By the driver itself: every test begins here, and SQLAlchemy's part of a hundred statements
    takes longer than the database's."""
    tables = reversed(Base.metadata.sorted_tables)
    deletes = [f'DELETE FROM "{table.name}"' for table in tables]  # noqa: S608  # our own names
    with closing(connection.connection.cursor()) as cursor:
        if connection.dialect.name == "postgresql":
            cursor.execute("; ".join(["SET LOCAL session_replication_role = replica", *deletes]))
        else:
            for statement in ("PRAGMA defer_foreign_keys = ON", *deletes):
                cursor.execute(statement)
    ENGINES[connection.dialect.name].clear(connection)


def letters(app: Flask) -> list[EmailMessage]:
    """The letters sent so far, the oldest first."""
    found = sorted(_folder(app).glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return [
        email.message_from_bytes(
            path.read_bytes(), _class=EmailMessage, policy=email.policy.default
        )
        for path in found
    ]


def _folder(app: Flask) -> Path:
    config: Config = app.config["SREDA"]
    return config.data_dir / "mail"

"""A copy of the database before it is changed for good."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Engine, inspect

from core.config import current
from core.platform.db import utcnow

KEPT = 3


def keep_copy(engine: Engine) -> str:
    """Copy a database that holds anything; the last few copies are kept. Answers in a sentence
    where it is, or why there is none, and with nothing when there is nothing to copy."""
    if not inspect(engine).get_table_names():
        return ""
    moment = f"{utcnow():%Y%m%d-%H%M%S-%f}"
    if engine.dialect.name == "postgresql":
        return _dump(engine, current().data_dir / "backups" / f"database.{moment}.dump")
    database = engine.url.database
    if not database:
        return ""
    path = Path(database)
    copy = path.with_name(f"{path.name}.{moment}.backup")
    _copy(path, copy)
    _forget_old(path.parent.glob(f"{path.name}.*.backup"))
    return f"The database was copied to {copy}."


def _copy(path: Path, copy: Path) -> None:
    source, target = sqlite3.connect(path), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def _dump(engine: Engine, place: Path) -> str:
    program = shutil.which("pg_dump")
    if program is None:
        return "No copy was made: pg_dump is not installed here."
    place.parent.mkdir(parents=True, exist_ok=True)
    url = engine.url.set(drivername="postgresql", password=None)
    command = [program, "--format=custom", "--no-password", f"--file={place}", f"--dbname={url}"]
    password = {"PGPASSWORD": engine.url.password} if engine.url.password else {}
    done = subprocess.run(
        command, env=os.environ | password, capture_output=True, text=True, check=False
    )
    if done.returncode:
        place.unlink(missing_ok=True)
        reason = (done.stderr.strip().splitlines() or ["pg_dump failed"])[-1]
        return f"No copy was made: {reason.rstrip('.')}."
    _forget_old(place.parent.glob("database.*.dump"))
    return f"The database was copied to {place}."


def _forget_old(copies: Iterable[Path]) -> None:
    for old in sorted(copies)[:-KEPT]:
        old.unlink()

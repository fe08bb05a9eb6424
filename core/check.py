"""``sreda check``: what is wrong with this installation, one sentence a finding."""

from __future__ import annotations

import enum
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask

from core.config import Config, weakness_of
from core.errors import SetupError
from core.platform.heartbeat import heartbeat

# Below these, in bytes, a disk is called short, or full.
SHORT_OF_SPACE = 2 * 1024**3
OUT_OF_SPACE = 200 * 1024**2
# Seconds without a sign of life after which the process for jobs counts as gone.
SILENCE = 120
# Seconds after which what is due counts as stuck.
LATE = 300


class Level(enum.StrEnum):
    """How bad a finding is: an error must be mended before people use the site."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One sentence about one thing; ``about`` is its name for programs."""

    level: Level
    about: str
    text: str


def findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Everything that can be said; stops early where an error hides the rest."""
    try:
        config = Config.from_environ(environ)
    except SetupError as error:
        yield Finding(Level.ERROR, "settings", str(error))
        return
    yield from _settings(config)
    yield from _debugging(environ)
    yield from _folder(config)
    yield _jobs(config)
    try:
        from core.app import create_app

        app = create_app(config)
    except SetupError as error:
        yield Finding(Level.ERROR, "application", str(error))
        return
    yield from _plugins(app)
    yield from _database(app)
    yield from _work(app)


def _settings(config: Config) -> Iterator[Finding]:
    if config.production:
        yield Finding(Level.OK, "environment", "This is a production site.")
    else:
        text = f"The environment is {config.environment}; people should use production only."
        yield Finding(Level.WARNING, "environment", text)
    weakness = weakness_of(config.secret_key)
    yield _verdict("secret-key", weakness, "The secret key is strong.", Level.ERROR)
    yield _base_url(config)
    mail = "" if config.mail_url else "No mail server is set: letters stay in the data folder."
    bad = Level.ERROR if config.production else Level.WARNING
    yield _verdict("mail", mail, "A mail server is set.", bad)


def _verdict(about: str, fault: str, praise: str, level: Level) -> Finding:
    return Finding(level, about, fault) if fault else Finding(Level.OK, about, praise)


def _base_url(config: Config) -> Finding:
    secure = urlsplit(config.base_url).scheme == "https"
    fault = f"SREDA_BASE_URL is {config.base_url}; people would send passwords over plain HTTP."
    fault = fault if config.production and not secure else ""
    return _verdict("base-url", fault, f"The site's address is {config.base_url}.", Level.ERROR)


def _debugging(environ: Mapping[str, str]) -> Iterator[Finding]:
    if environ.get("FLASK_DEBUG", "0").lower() not in ("", "0", "false", "no"):
        text = "FLASK_DEBUG is on: error pages would show the inside of the site to strangers."
        yield Finding(Level.ERROR, "debug", text)


def _folder(config: Config) -> Iterator[Finding]:
    folder = config.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        text = f"The data folder {folder} cannot be written to: {error.strerror}."
        yield Finding(Level.ERROR, "data-folder", text)
        return
    yield Finding(Level.OK, "data-folder", f"The data folder is {folder}.")
    yield from _uploads(config)
    yield _space(shutil.disk_usage(folder).free)


def _uploads(config: Config) -> Iterator[Finding]:
    """The folder of uploads may lie on a disk of its own."""
    folder = config.data_dir / "files"
    try:
        folder.mkdir(exist_ok=True, mode=0o750)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        text = f"The folder of uploads {folder} cannot be written to: {error.strerror}."
        yield Finding(Level.ERROR, "uploads", text)
        return
    others = folder.stat().st_mode & stat.S_IRWXO and config.data_dir.stat().st_mode & stat.S_IXOTH
    fault = f"Everybody on this machine can read {folder}. Run: chmod o-rwx {folder}"
    praise = "The folder of uploads is Sreda's alone."
    yield _verdict("uploads", fault if others else "", praise, Level.WARNING)
    if folder.stat().st_dev != config.data_dir.stat().st_dev:
        yield _space(shutil.disk_usage(folder).free, "the folder of uploads")


def _space(free: int, place: str = "the data folder") -> Finding:
    text = f"{free / 1024**3:.1f} GB are free for {place}."
    if free < OUT_OF_SPACE:
        return Finding(Level.ERROR, "disk", text)
    return Finding(Level.WARNING if free < SHORT_OF_SPACE else Level.OK, "disk", text)


def _jobs(config: Config) -> Finding:
    place = heartbeat(config)
    if not place.exists():
        text = "The process for jobs has never run here: no notices, no search, until it does."
        return Finding(Level.WARNING, "jobs", text)
    silence = time.time() - place.stat().st_mtime
    fault = f"The process for jobs has been silent for {silence / 60:.0f} minutes."
    praise = "The process for jobs is alive."
    return _verdict("jobs", fault if silence > SILENCE else "", praise, Level.WARNING)


def _plugins(app: Flask) -> Iterator[Finding]:
    from core.contract.registry import registry_of

    registry = registry_of(app)
    for plugin in registry.quarantined:
        text = f"The plugin {plugin.name} was left out: {plugin.reason}"
        yield Finding(Level.WARNING, "plugin", text)
    yield Finding(Level.OK, "plugins", f"Plugins installed: {len(registry.installed)}.")


def refusal_of(error: Exception) -> str:
    """What a database says when it cannot be used, in one line and without statements."""
    reason = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    return f"The database cannot be used: {reason.rstrip('.')}."


def _database(app: Flask) -> Iterator[Finding]:
    from sqlalchemy.exc import SQLAlchemyError

    from core.platform.migrate import pending

    try:
        behind = pending(app)
    except SQLAlchemyError as error:
        yield Finding(Level.ERROR, "database", refusal_of(error))
        return
    yield Finding(Level.OK, "database", "The database answers.")
    names = ", ".join(behind)
    fault = f"The database is behind in: {names}. Run: sreda upgrade" if behind else ""
    yield _verdict("migrations", fault, "The database is up to date.", Level.ERROR)
    if not behind:
        yield _search(app)


def _work(app: Flask) -> Iterator[Finding]:
    """What waits too long, and what failed; nothing where there are no tables to look into."""
    from sqlalchemy.exc import SQLAlchemyError

    from core.jobs.queries import tally
    from core.platform.db import utcnow

    try:
        with app.app_context():
            jobs = tally()
    except SQLAlchemyError:
        return
    late = (utcnow() - jobs.oldest).total_seconds() if jobs.oldest else 0
    fault = f"Jobs wait for {late / 60:.0f} minutes; {jobs.due} are due."
    praise = f"Jobs: {jobs.due} waiting, {jobs.running} under way."
    yield _verdict("queue", fault if late > LATE else "", praise, Level.WARNING)
    fault = f"Jobs that failed: {jobs.failed}. See the page of the site's health."
    yield _verdict("failed-jobs", fault if jobs.failed else "", "No job failed.", Level.WARNING)


def _search(app: Flask) -> Finding:
    from core.search.indexing import backlog

    with app.app_context():
        state = backlog()
    fault = ""
    if state.failed:
        fault = f"Search could not read {state.failed} changes; the log says why."
    elif state.is_behind:
        fault = f"Search is behind by {state.waiting} changes: does the process for jobs run?"
    return _verdict("search", fault, "Search is up to date.", Level.WARNING)

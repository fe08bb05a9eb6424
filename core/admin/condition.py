"""How the site is doing, in sentences: what the administrator looks at when something is odd."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import func, select

from core.config import current
from core.contract.registry import registry
from core.events.models import EventSetAside
from core.jobs.queries import Tally
from core.notices.refusals import refused_addresses
from core.platform.dates import ago
from core.platform.db import db, utcnow
from core.platform.heartbeat import silence
from core.platform.i18n import core_domain
from core.platform.migrate import pending
from core.search.indexing import backlog

_ = core_domain.gettext
ngettext = core_domain.ngettext

# The levels of notices on pages.
GOOD, DOUBTFUL, BAD = "success", "warning", "danger"
SHORT_OF_SPACE = 2 * 1024**3
OUT_OF_SPACE = 200 * 1024**2
# Seconds without a sign of life after which the process for jobs counts as gone.
SILENCE = 120
# A queue is busy, not stuck, as long as what is due waits for less.
LATE = timedelta(minutes=5)


@dataclass(frozen=True)
class Finding:
    """One thing: how it is, what it is about, and a sentence."""

    level: str
    about: str
    text: str


def findings(jobs: Tally) -> Iterator[Finding]:
    """Everything there is to say; cheap enough to be asked for again and again."""
    yield _database()
    yield _migrations()
    yield _jobs()
    yield _queue(jobs)
    yield _failed(jobs)
    yield _log()
    yield _search()
    yield _mail()
    yield from _refusals()
    yield _space()
    yield _plugins()


def _database() -> Finding:
    """That this page was made shows that it answers; which one it is helps when asking for help."""
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}.get(db.engine.dialect.name, "")
    return Finding(GOOD, _("Database"), _("%(name)s answers.", name=name))


def _migrations() -> Finding:
    behind = pending(current_app)
    if not behind:
        return Finding(GOOD, _("Tables"), _("All tables are up to date."))
    names = ", ".join(behind)
    text = _("Tables are behind in: %(names)s. Run: sreda upgrade", names=names)
    return Finding(BAD, _("Tables"), text)


def _jobs() -> Finding:
    about, quiet = _("Jobs"), silence(current())
    if quiet is None:
        words = _("The process for jobs has never run: no letters are sent until it does.")
        return Finding(BAD, about, words)
    if quiet > SILENCE:
        minutes = round(quiet / 60)
        text = ngettext(
            "The process for jobs has been silent for %(n)s minute: no letters are sent.",
            "The process for jobs has been silent for %(n)s minutes: no letters are sent.",
            minutes,
        )
        return Finding(BAD, about, text)
    return Finding(GOOD, about, _("The process for jobs is at work."))


def _queue(jobs: Tally) -> Finding:
    about = _("Queue")
    if jobs.oldest is not None and utcnow() - jobs.oldest > LATE:
        text = _("Jobs are not done: the first came due %(when)s.", when=ago(jobs.oldest))
        return Finding(DOUBTFUL, about, text)
    if not jobs.due and not jobs.running:
        return Finding(GOOD, about, _("Nothing waits."))
    text = _("%(due)s waiting, %(running)s under way.", due=jobs.due, running=jobs.running)
    return Finding(GOOD, about, text)


def _failed(jobs: Tally) -> Finding:
    if not jobs.failed:
        return Finding(GOOD, _("Failed jobs"), _("Everything that was to be done was done."))
    text = ngettext("%(n)s job failed; see below.", "%(n)s jobs failed; see below.", jobs.failed)
    return Finding(DOUBTFUL, _("Failed jobs"), text)


def _log() -> Finding:
    aside = db.session.scalar(select(func.count(EventSetAside.id))) or 0
    if not aside:
        return Finding(GOOD, _("Events"), _("All events were taken in."))
    text = ngettext(
        "%(n)s event could not be taken in; see below.",
        "%(n)s events could not be taken in; see below.",
        aside,
    )
    return Finding(DOUBTFUL, _("Events"), text)


def _search() -> Finding:
    about, state = _("Search"), backlog()
    if state.failed:
        text = ngettext(
            "%(n)s change could not be read for search; the log of the server says why.",
            "%(n)s changes could not be read for search; the log of the server says why.",
            state.failed,
        )
        return Finding(DOUBTFUL, about, text)
    if state.is_behind:
        text = ngettext(
            "Search is behind by %(n)s change.",
            "Search is behind by %(n)s changes.",
            state.waiting,
        )
        return Finding(DOUBTFUL, about, text)
    return Finding(GOOD, about, _("Everything can be found."))


def _mail() -> Finding:
    if current().mail_url:
        return Finding(GOOD, _("Mail"), _("A mail server is set."))
    words = _("No mail server is set: letters stay in the data folder.")
    return Finding(BAD if current().production else DOUBTFUL, _("Mail"), words)


def _refusals() -> Iterator[Finding]:
    refused = refused_addresses()
    if refused:
        text = ngettext(
            "To %(n)s person no letters go: the mail server of their address refuses them.",
            "To %(n)s people no letters go: the mail servers of their addresses refuse them.",
            refused,
        )
        yield Finding(DOUBTFUL, _("Addresses"), text)


def _space() -> Finding:
    free = shutil.disk_usage(current().data_dir).free
    level = BAD if free < OUT_OF_SPACE else DOUBTFUL if free < SHORT_OF_SPACE else GOOD
    text = _("%(n)s GB are free for uploads and the database.", n=round(free / 1024**3, 1))
    return Finding(level, _("Disk"), text)


def _plugins() -> Finding:
    breaker, quarantined = registry().breaker, registry().quarantined
    if quarantined or any(breaker.is_open(name) for name in registry().installed):
        words = _("Some plugins are left out; see the page of plugins.")
        return Finding(DOUBTFUL, _("Plugins"), words)
    return Finding(GOOD, _("Plugins"), _("All plugins work."))

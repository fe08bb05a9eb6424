"""Measure the pages that people use most, on SQLite and PostgreSQL, beside two floors.

The floor is a bare Flask view under the same server that renders as many bytes from ready data;
the empty page is the site's own, a page of search on which nothing was asked. Both are measured in
the same run, right beside each page. Prints a table and writes ``build/load.json``. Needs wrk and
nginx (Debian's packages).
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Flask

from core.activities.counts import write_down
from core.app import create_app
from core.config import Config
from core.platform.db import db
from core.platform.migrate import upgrade_all
from core.testing.cast import Cast
from core.testing.count import QueryCount
from core.testing.postgres import start
from tests.load.archive import Taken, cases, fill_archive
from tests.load.fill import Filled, fill, settle
from tests.load.hardships import measure_hardships
from tests.load.rooms import measure_rooms
from tests.load.servers import set_up
from tests.load.wrk import Crowd

KEY = "load-0123456789abcdefghijklmnopqrstuvwxyz"
ROOMS = "rooms"
EMPTY = "empty page"
HEADINGS = ("req/s", "p50 ms", "p99 ms", "KB", "gz", "SQL", "× floor", "× empty")
WIDTHS = (8, 9, 9, 7, 5, 5, 9, 9)


@dataclass(frozen=True)
class Figure:
    """One row of the result; times in milliseconds, sizes in bytes. ``ratio_to_floor`` compares
    requests per second, ``ratio_to_empty`` the p50 with that of the site's own empty page."""

    case: str
    database: str
    workers: int
    rps: float
    p50_ms: float
    p99_ms: float
    html_bytes: int
    html_gzip_bytes: int
    queries: int
    ratio_to_floor: float
    ratio_to_empty: float


@dataclass(frozen=True)
class Page:
    """A page under test, with what one look at it says."""

    case: str
    path: str
    html: bytes
    queries: int


def main() -> None:
    """Measure everything and show it."""
    options = _options()
    for tool in ("wrk", "nginx", "node"):
        if not shutil.which(tool, path=f"{os.environ['PATH']}:/usr/sbin"):
            sys.exit(f"{tool} is needed. On Debian: apt install wrk nginx-light nodejs npm")
    if options.only != ROOMS:
        _measure_pages(options)
    if options.only in ("", ROOMS):
        measure_rooms(options.database, options.people)
        measure_hardships(options.database)


def _measure_pages(options: argparse.Namespace) -> None:
    figures = [
        figure for database in options.database for figure in _measure_database(database, options)
    ]
    target = Path("build/load.json")
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--workers", type=int, nargs="+", default=[2, 1])
    parser.add_argument("--only", default="", help="cases whose name has this word, or: rooms")
    parser.add_argument("--people", type=int, nargs="+", default=[100, 500, 1000, 2000])
    return parser.parse_args()


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder}/load.db"
        return
    with start().database() as url:
        yield url


def _measure_database(kind: str, options: argparse.Namespace) -> Iterator[Figure]:
    scratch = tempfile.TemporaryDirectory(prefix="sreda-load-")
    with scratch as name, _database(kind, folder := Path(name)) as url:
        app = create_app(_config(url, folder))
        upgrade_all(app)
        filled = fill(app)
        _say(kind, fill_archive(app, filled.members))
        chosen = [case for case in _cases(filled) if options.only in case[0]]
        pages = [_look(app, filled, case, path) for case, path in [(EMPTY, "/search"), *chosen]]
        crowd = Crowd(tuple(_cookies(app, filled)), folder, options.seconds)
        with app.app_context():
            write_down()  # at exit the database is gone
            settle()
            db.engine.dispose()
        for number in options.workers:
            yield from _measure(kind, number, pages, crowd, url, folder)


def _say(kind: str, taken: Taken) -> None:
    """What the index cost: figures of their own, beside those of pages."""
    rate = taken.documents / taken.everything
    print(
        f"\n{kind}: {taken.documents:,} documents read in {taken.everything:.0f} s "
        f"({rate:.0f} a second), one change in {taken.one * 1000:.1f} ms",
        flush=True,
    )


def _config(url: str, folder: Path) -> Config:
    return Config(environment="production", secret_key=KEY, database_url=url, data_dir=folder)


def _cases(filled: Filled) -> list[tuple[str, str]]:
    return [
        ("front page", "/"),
        ("my day", "/my"),
        ("community home", "/c/load/"),
        ("topic list, 5,000 topics", filled.forum),
        ("topic list, 200 topics", filled.small_forum),
        ("topic page, 50 posts", filled.long_topic),
        *cases(),
    ]


def _cookies(app: Flask, filled: Filled) -> Iterator[str]:
    """Cookies of people who have seen a page already, and with it got the token of their forms."""
    for member in filled.members:
        browser = Cast(app).browser(member)
        browser.get("/my")
        cookie = browser.get_cookie("sreda")
        assert cookie is not None
        yield cookie.value


def _look(app: Flask, filled: Filled, case: str, path: str) -> Page:
    browser = Cast(app).browser(filled.members[0])
    browser.get(path)
    with QueryCount(app) as count:
        answer = browser.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return Page(case, path, answer.data, count.number)


def _measure(
    kind: str, workers: int, pages: Sequence[Page], crowd: Crowd, url: str, folder: Path
) -> Iterator[Figure]:
    environ = {
        "SREDA_ENV": "production", "SREDA_SECRET_KEY": KEY, "DATABASE_URL": url,
        "SREDA_DATA_DIR": str(folder), "SREDA_BASE_URL": "https://load.example",
    }  # fmt: skip
    print(f"\n{kind}, {workers} worker(s){' behind nginx' if workers > 1 else ''}")
    titles = zip(HEADINGS, WIDTHS, strict=True)
    print(" " * 27 + "".join(f"{title:>{width}}" for title, width in titles))
    empty = 0.0
    with (
        set_up(workers, folder / "floor", None) as floor,
        set_up(workers, folder, environ) as site,
    ):
        for page in pages:
            bare = crowd.asks(floor, f"/{len(page.html)}")
            took = crowd.asks(site, page.path)
            empty = empty or took.p50
            figure = Figure(
                page.case, kind, workers, took.rps, took.p50, took.p99, len(page.html),
                len(gzip.compress(page.html, 6)), page.queries,
                round(bare.rps / took.rps, 2), round(took.p50 / empty, 2),
            )  # fmt: skip
            _show(figure)
            yield figure


def _show(f: Figure) -> None:
    print(
        f"{f.case:27}{f.rps:8.0f}{f.p50_ms:9.1f}{f.p99_ms:9.1f}{f.html_bytes / 1024:7.0f}"
        f"{f.html_gzip_bytes / 1024:5.0f}{f.queries:5}{f.ratio_to_floor:9.2f}"
        f"{f.ratio_to_empty:9.2f}",
        flush=True,
    )


if __name__ == "__main__":
    main()

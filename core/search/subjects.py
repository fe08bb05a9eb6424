"""What each subject says: read from the rows as they are now, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select

from core.access.actors import full_name
from core.activities.models import Activity
from core.communities.models import Community
from core.contents.models import Attachment, Content
from core.contract.manifest import ContentType, SearchText
from core.contract.registry import registry
from core.files.models import File
from core.people.models import School, User
from core.platform.db import db, utcnow
from core.platform.html import text_of
from core.search.models import SearchDocument
from core.search.stems import folded, stem, words_of

# Of a longer text the beginning is searched: it is kept beside the index, and read word by word.
LONGEST_TEXT = 60_000
MOST_WORDS = 8_000
MOST_TITLE_WORDS = 60

# The mark of what stands in no community.
ALONE = "alone"

# Columns of a document by what it is about.
COLUMNS = {
    "content": "content_id", "activity": "activity_id", "community": "community_id",
    "person": "user_id",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Saying:
    """A subject as the index takes it in."""

    what: str
    id: int
    created_at: datetime
    title: str = ""
    text: str = ""
    plugin: str = "core"
    marks: tuple[str, ...] = ()
    within_id: int | None = None
    around: str = ""

    def columns(self) -> dict[str, Any]:
        """The row of :class:`~core.search.models.SearchDocument`, but for its id."""
        title = " ".join(self.title.split())
        text = self.text[:LONGEST_TEXT]
        heading = [folded(word) for word in islice(words_of(title), MOST_TITLE_WORDS)]
        return {
            COLUMNS[self.what]: self.id,
            "within_id": self.within_id,
            "plugin": self.plugin,
            "created_at": self.created_at,
            "title": title,
            "text": text,
            "title_stems": " ".join(map(stem, heading)),
            "text_stems": " ".join(map(stem, islice(words_of(text), MOST_WORDS))),
            "around_stems": self.around,
            "heading": " ".join(heading),
            "facts": " ".join((self.what, *self.marks, *marks_of(self.created_at))),
        }


def marks_of(moment: datetime) -> tuple[str, str]:
    """By which year and month it is found, in UTC."""
    return f"y{moment:%Y}", f"m{moment:%Y%m}"


# Before there was no network of teachers to write anything down in.
FIRST_YEAR = 1990


def marks_between(since: datetime, until: datetime) -> list[str]:
    """Marks of which everything between two moments has one: of whole years, and of months."""
    last = min(until, utcnow() + timedelta(days=366))
    first = max(since, datetime(FIRST_YEAR, 1, 1, tzinfo=UTC))
    months = {year: [1, 12] for year in range(first.year, last.year + 1)}
    if months:
        months[first.year][0] = first.month
        months[last.year][1] = last.month
    return [
        mark
        for year, (begin, end) in months.items()
        for mark in (
            [f"y{year}"]
            if (begin, end) == (1, 12)
            else [f"m{year}{month:02}" for month in range(begin, end + 1)]
        )
    ] or ["y0"]


def sayings(what: str, ids: Sequence[int]) -> dict[int, Saying | None]:
    """What these subjects say; None for one that says nothing (any more). Those of which nobody
    can tell, since their plugin is away, are left out. A plugin's error is let through."""
    return {
        "content": _contents, "activity": _activities, "community": _communities,
        "person": _people,
    }[what](ids)  # fmt: skip


def _communities(ids: Sequence[int]) -> dict[int, Saying | None]:
    rows = db.session.scalars(select(Community).where(Community.id.in_(ids)))
    found: dict[int, Saying | None] = dict.fromkeys(ids)
    for row in rows:
        text = "\n".join(filter(None, (row.summary, row.subjects, row.goals, row.tasks,
                                       row.audience)))  # fmt: skip
        found[row.id] = Saying(
            what="community", id=row.id, created_at=row.created_at, title=row.title, text=text,
            marks=("kcommunity", f"c{row.id}"),
        )  # fmt: skip
    return found


def _activities(ids: Sequence[int]) -> dict[int, Saying | None]:
    rows = db.session.scalars(select(Activity).where(Activity.id.in_(ids)))
    found: dict[int, Saying | None] = dict.fromkeys(ids)
    for row in rows:
        found[row.id] = Saying(
            what="activity", id=row.id, created_at=row.created_at, title=row.title,
            plugin=row.plugin, marks=("kactivity", f"k{row.plugin}", f"c{row.community_id}"),
        )  # fmt: skip
    return found


def _people(ids: Sequence[int]) -> dict[int, Saying | None]:
    query = (
        select(User, School)
        .outerjoin(School, School.id == User.school_id)
        .where(User.id.in_(ids), User.state == "active")
    )
    found: dict[int, Saying | None] = dict.fromkeys(ids)
    for user, school in db.session.execute(query):
        names = (school.short_name, school.name, school.place) if user.school_id else ()
        lines = (user.position, user.subjects, user.helps_with, *dict.fromkeys(names),
                 user.other_school, user.about)  # fmt: skip
        found[user.id] = Saying(
            what="person", id=user.id, created_at=user.created_at,
            title=full_name(user.surname, user.given_name, user.patronymic),
            text="\n".join(filter(None, lines)), marks=("kperson",),
        )  # fmt: skip
    return found


def _contents(ids: Sequence[int]) -> dict[int, Saying | None]:
    columns = (Content.id, Content.kind, Content.community_id, Content.author_id,
               Content.created_at)  # fmt: skip
    rows = db.session.execute(select(*columns).where(Content.id.in_(ids))).all()
    types = registry().content_types()
    found: dict[int, Saying | None] = dict.fromkeys(set(ids) - {row.id for row in rows})
    files = _file_names([row.id for row in rows])
    for kind in sorted({row.kind for row in rows} & types.keys()):
        mine = [row for row in rows if row.kind == kind]
        found |= _of_kind(types[kind], mine, files)
    return found


def _of_kind(
    kind: ContentType, rows: Sequence[Any], files: Mapping[int, Sequence[str]]
) -> dict[int, Saying | None]:
    ids = [row.id for row in rows]
    said_by = texts(kind, ids)
    within = dict(kind.within(ids)) if kind.within is not None else {}
    around = _around(set(within.values()))
    plugin = kind.kind.partition(".")[0]
    found: dict[int, Saying | None] = {}
    for row in rows:
        said = said_by.get(row.id)
        if said is None:
            found[row.id] = None
            continue
        marks = [f"k{plugin}", f"t{kind.kind.replace('.', '_')}"]
        marks += [f"c{row.community_id}"] if row.community_id else [ALONE]
        marks += [f"u{row.author_id}"] if row.author_id else []
        inside = within.get(row.id)
        found[row.id] = Saying(
            what="content", id=row.id, created_at=row.created_at, title=said.title,
            text="\n".join(filter(None, (text_of(said.body), *files.get(row.id, ())))),
            plugin=plugin, marks=tuple(marks), within_id=inside, around=around.get(inside, ""),
        )  # fmt: skip
    return found


def texts(kind: ContentType, ids: Sequence[int]) -> Mapping[int, SearchText]:
    """What contents of a kind are found by; whoever says nothing is left out."""
    if kind.searched is not None:
        return kind.searched(ids)
    if kind.bodies is not None:
        return {number: SearchText(body=body) for number, body in kind.bodies(ids).items()}
    return {}


def _file_names(ids: Sequence[int]) -> dict[int, list[str]]:
    query = (
        select(Attachment.content_id, File.name)
        .join(Attachment.file)
        .where(Attachment.content_id.in_(ids))
        .order_by(Attachment.content_id, Attachment.position)
    )
    names: dict[int, list[str]] = {}
    for row in db.session.execute(query):
        names.setdefault(row.content_id, []).append(row.name)
    return names


def _around(ids: Iterable[int]) -> dict[int | None, str]:
    """What the contents that others stand in are called: their title, or that of what *they*
    stand in."""
    query = select(
        SearchDocument.content_id, SearchDocument.title_stems, SearchDocument.around_stems
    ).where(SearchDocument.content_id.in_(list(ids)))
    return {
        row.content_id: row.title_stems or row.around_stems for row in db.session.execute(query)
    }

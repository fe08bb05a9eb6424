"""The page of results: filters, the order, and what each hit shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import SequenceMatcher
from functools import partial
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import Row, Select, exists, func, select
from sqlalchemy.orm import aliased

from core.access.actors import Named, Viewer
from core.activities.models import Activity
from core.communities.models import Community, CommunityState, Visibility
from core.contents.models import Content
from core.contents.queries import content_views, kind_title
from core.contract.answers import mapping_of
from core.contract.manifest import ContentView
from core.contract.registry import registry
from core.people.models import School, User
from core.platform.conditions import among
from core.platform.dates import current_zone
from core.platform.db import db
from core.platform.db import rows as read
from core.platform.i18n import core_domain
from core.platform.paging import Page
from core.search.asking import Asked, asked, other_layout
from core.search.engines import engine
from core.search.finding import BEYOND, Candidates, find, titled
from core.search.models import SearchDocument, SearchWaiting
from core.search.scope import Scope, scope_of
from core.search.snippets import marked_title, snippet
from core.search.stems import folded, words_of
from core.search.subjects import ALONE

_ = core_domain.gettext

VIEWS = mapping_of(ContentView)
A_PAGE = 10
MINE = "mine"
# So many people may have the name that one narrows by.
NAMESAKES = 50
# A slip is seldom among the first letters of a word.
FIRST_LETTERS = 3
# Among so many titles that begin alike those are looked for that are spelt alike.
NEAR_LOOKED_AT = 100
NEAR_SHOWN = 3
ALIKE = 0.75


@dataclass(frozen=True)
class Wanted:
    """What somebody looks for: words, where (``mine`` or an address), of which form, by whom
    (words of a name), between which days, in which order, and which page. ``before`` goes on with
    older documents than those of the pages before."""

    text: str = ""
    place: str = ""
    form: str = ""
    author: str = ""
    since: date | None = None
    until: date | None = None
    newest: bool = False
    before: int = 0
    page: int = 1

    @property
    def is_narrow(self) -> bool:
        return bool(self.place or self.form or self.author or self.since or self.until)

    def url(self, *, newest: bool, before: int = 0) -> str:
        """The same question in another order, from its first page on, or from an older document."""
        asked: dict[str, Any] = {
            "q": self.text, "in": self.place, "form": self.form, "author": self.author,
            "since": self.since, "until": self.until, "order": "newest" if newest else "",
            "before": before,
        }  # fmt: skip
        return url_for("search.show", **{name: value for name, value in asked.items() if value})


@dataclass(frozen=True, kw_only=True)
class Author(Named):
    """Who wrote what was found, or who was found."""

    id: int
    surname: str
    given_name: str
    patronymic: str
    photo: str
    school: str


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing that was found. ``place`` says where it stands, from the outside in."""

    title: Markup
    url: str
    kind: str
    icon: str
    hue: str
    snippet: Markup
    place: Sequence[str]
    author: Author | None
    face: Author | None
    created_at: datetime | None


@dataclass(frozen=True)
class Results:
    """A page of what was found. ``rest``: there may be others, older than this document;
    ``community`` is the one that was looked in; ``meant``: what was perhaps meant, where nothing
    was found."""

    asked: Asked
    page: Page[Hit]
    rest: int = 0
    community: Community | None = None
    meant: str = ""
    near: Sequence[Hit] = ()


def results(wanted: Wanted, viewer: Viewer) -> Results:
    """What was found for a viewer, a page of it: a fixed number of queries, none for nothing."""
    question = asked(wanted.text)
    nothing = Page[Hit]([], 1, 0, A_PAGE)
    if question.is_empty and not wanted.place:
        return Results(question, nothing)
    scope = scope_of(viewer)
    community = named(wanted.place, scope)
    if question.is_empty:
        return Results(question, nothing, community=community)
    found = _found(question, wanted, scope, community)
    if not found.ids and wanted.before:
        return Results(question, nothing, community=community)
    if not found.ids:
        meant, near = _meant(wanted, scope), similar_titles(question, scope)
        return Results(question, nothing, community=community, meant=meant, near=near)
    last = -(-len(found.ids) // A_PAGE)
    number = min(max(1, wanted.page), last)
    ids = found.ids[(number - 1) * A_PAGE : number * A_PAGE]
    hits = shown(ids, question)
    return Results(question, Page(hits, number, len(found.ids), A_PAGE), found.rest, community)


def _found(
    question: Asked, wanted: Wanted, scope: Scope, community: Community | None
) -> Candidates:
    narrowed = _narrowed(wanted, scope, community)
    if narrowed is None:
        return Candidates(())
    return find(
        question, scope, narrowed, visible=everything_open_to(scope), newest=wanted.newest,
        before=wanted.before or BEYOND,
        since=_beginning(wanted.since), until=_beginning(wanted.until, days=1),
    )  # fmt: skip


def _beginning(day: date | None, *, days: int = 0) -> datetime | None:
    """The moment at which a day begins for the viewer; None for days that no calendar has."""
    try:
        begun = datetime.combine(day + timedelta(days), time(), current_zone()) if day else None
        return begun.astimezone(UTC) if begun else None
    except OverflowError:
        return None


def _narrowed(
    wanted: Wanted, scope: Scope, community: Community | None
) -> list[Sequence[str]] | None:
    """The marks that a hit must have; None where nothing can have them."""
    groups: list[Sequence[str]] = []
    if wanted.place == MINE:
        groups.append([f"c{number}" for number in sorted(scope.inside)])
    elif wanted.place:
        groups.append([f"c{community.id}"] if community is not None else [])
        if community is not None and not scope.reads(community):
            groups.append(["kcommunity"])
    if wanted.form:
        groups.append([f"k{wanted.form}"])
    if wanted.author:
        groups.append([f"u{number}" for number in _people_named(wanted.author, scope)])
    return groups if all(groups) else None


def everything_open_to(scope: Scope) -> list[str]:
    """Marks of all that the viewer could possibly see; none where that is too much to name."""
    if scope.places is None:
        return []
    places = [f"c{number}" for number in sorted(scope.places)]
    own = [f"u{scope.viewer_id}", ALONE] if scope.viewer_id else []
    return [*places, "kcommunity", "kperson", *own]


def named(slug: str, scope: Scope) -> Community | None:
    """The community of an address, as far as the viewer may know of it."""
    if slug in ("", MINE):
        return None
    community = db.session.scalar(select(Community).where(Community.slug == slug))
    if community is None:
        return None
    listed = community.state == CommunityState.ACTIVE and community.visibility != Visibility.PRIVATE
    known = listed or community.id in scope.inside or scope.everywhere
    return community if known else None


def _people_named(name: str, scope: Scope) -> list[int]:
    """People with such a name. Whoever they are, only what the viewer may see of them is found."""
    words = [folded(word) for word in words_of(name[:100])][:4]
    everybody = Scope(scope.viewer, administers=True)
    match = engine().match_titles(words, [["kperson"]])
    rows = titled(match, everybody, NAMESAKES) if words else []
    query = select(SearchDocument.user_id).where(SearchDocument.id.in_([row.id for row in rows]))
    return [number for number in db.session.scalars(query) if number is not None]


def _meant(wanted: Wanted, scope: Scope) -> str:
    """What stands there with the keyboard switched, if that is found."""
    text = other_layout(wanted.text)
    question = asked(text)
    if question.is_empty or text == wanted.text.lower():
        return ""
    found = find(question, scope, [], visible=everything_open_to(scope))
    return question.text if found.ids else ""


def similar_titles(question: Asked, scope: Scope) -> list[Hit]:
    """Titles with words that are spelt nearly like those that were looked for."""
    long_words = [word for word in question.words if len(word) > FIRST_LETTERS]
    if not long_words:
        return []
    begun = [word[:FIRST_LETTERS] for word in long_words]
    rows = titled(engine().match_titles(begun, []), scope, NEAR_LOOKED_AT)
    scores = {row.id: _likeness(long_words, row.heading.split()) for row in rows}
    best = sorted(scores, key=lambda number: (-scores[number], -number))[:NEAR_SHOWN]
    return shown([number for number in best if scores[number] >= ALIKE], Asked())


def _likeness(words: Sequence[str], heading: Sequence[str]) -> float:
    """How well the worst of some words fits the one most like it, from 0 to 1."""
    return min(
        max((SequenceMatcher(None, word, other).ratio() for other in heading), default=0.0)
        for word in words
    )


Person = aliased(User)


def _rows() -> Select[*tuple[Any, ...]]:
    """Everything that hits show, but for the titles and addresses that plugins give."""
    stale = exists().where(
        SearchWaiting.what == "content",
        SearchWaiting.subject_id == SearchDocument.content_id,
        SearchWaiting.edited,
    )
    author = func.coalesce(SearchDocument.user_id, Content.author_id)
    place = func.coalesce(Content.community_id, Activity.community_id, SearchDocument.community_id)
    return (
        select(
            SearchDocument.id, SearchDocument.content_id, SearchDocument.activity_id,
            SearchDocument.community_id, SearchDocument.user_id, SearchDocument.text,
            stale.correlate(SearchDocument).label("stale"),
            Content.kind, Content.created_at,
            Activity.id.label("activity"), Activity.title.label("activity_title"),
            Activity.plugin, Activity.kind.label("form"),
            Community.slug, Community.title.label("community_title"),
            Person.id.label("person"), Person.surname, Person.given_name, Person.patronymic,
            Person.photo, func.coalesce(School.short_name, Person.other_school).label("school"),
        )
        .select_from(SearchDocument)
        .outerjoin(Content, Content.id == SearchDocument.content_id)
        .outerjoin(
            Activity, Activity.id == func.coalesce(Content.activity_id, SearchDocument.activity_id)
        )
        .outerjoin(Community, Community.id == place)
        .outerjoin(Person, Person.id == author)
        .outerjoin(School, School.id == Person.school_id)
        .where(among(SearchDocument.id, "documents"))
    )  # fmt: skip


ROWS = _rows()


def shown(ids: Sequence[int], question: Asked) -> list[Hit]:
    """Documents as a list shows them, in the order given; what has no page any more is left out."""
    rows = {row.id: row for row in read(ROWS, {"documents": list(ids)})}
    views = _views({row.content_id: row.kind for row in rows.values() if row.kind})
    hits = (_hit(rows[number], views, question) for number in ids if number in rows)
    return [hit for hit in hits if hit is not None]


def _views(kinds: Mapping[int, str]) -> dict[int, ContentView]:
    """How contents are shown; those of a plugin that fails are left out."""
    found: dict[int, ContentView] = {}
    nothing: dict[int, ContentView] = {}
    owners: dict[str, dict[int, str]] = {}
    for number, kind in kinds.items():
        owners.setdefault(kind.partition(".")[0], {})[number] = kind
    for owner, mine in owners.items():
        question = partial(content_views, mine)
        found |= registry().consult(owner, "views", question, VIEWS, nothing)
    return found


def _hit(row: Row[Any], views: Mapping[int, ContentView], question: Asked) -> Hit | None:
    about = _about(row, views)
    if about is None:
        return None
    title, url, kind = about
    form = registry().activity_types().get((row.plugin, row.form))
    begun = question.words[-1] if question.open_end else ""
    person = _author(row)
    of_content = row.content_id is not None
    return Hit(
        title=marked_title(title, question.stems, begun),
        url=url,
        kind=kind,
        icon=form.icon if form else "people" if row.community_id else "chat-left-text",
        hue=form.hue if form else "slate",
        snippet=Markup("") if row.stale else snippet(row.text, question.stems, begun),
        place=_place(row),
        author=person if of_content else None,
        face=person if row.user_id else None,
        created_at=row.created_at if of_content else None,
    )


def _about(row: Row[Any], views: Mapping[int, ContentView]) -> tuple[str, str, str] | None:
    """Title and address of a hit, and what it is."""
    if row.content_id is not None:
        view = views.get(row.content_id)
        return (str(view.title), view.url, kind_title(row.kind)) if view else None
    if row.activity_id is not None:
        form = registry().activity_types().get((row.plugin, row.form))
        if form is None:
            return None
        url = url_for(form.home, community=row.slug, activity=row.activity)
        return row.activity_title, url, str(form.title)
    if row.community_id is not None:
        url = url_for("communities.home", community=row.slug)
        return row.community_title, url, _("Community")
    author = _author(row)
    if author is None:
        return None
    return author.name, url_for("people.show", person=row.user_id), _("Person")


def _author(row: Row[Any]) -> Author | None:
    if row.person is None or not row.surname:
        return None
    return Author(
        id=row.person, surname=row.surname, given_name=row.given_name, patronymic=row.patronymic,
        photo=row.photo, school=row.school or "",
    )  # fmt: skip


def _place(row: Row[Any]) -> list[str]:
    if row.user_id is not None:
        return [row.school] if row.school else []
    place = [row.community_title] if row.community_title and not row.community_id else []
    return [*place, row.activity_title] if row.content_id and row.activity else place


def forms_to_choose() -> Iterable[tuple[str, str]]:
    """What one can narrow by: each plugin that is on, then what core itself has."""
    on = registry().enabled_in(None)
    for name, plugin in registry().installed.items():
        manifest = plugin.manifest
        if name in on and (manifest.contents or manifest.activity_types):
            yield name, str(manifest.title)
    yield "core", _("Comments")
    yield "activity", _("Activities")
    yield "community", _("Communities")
    yield "person", _("People")

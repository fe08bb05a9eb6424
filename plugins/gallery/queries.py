"""What is read of a gallery: lists of albums and pictures, and who looks after them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import ScalarSelect, Select, and_, func, select
from sqlalchemy.orm import joinedload

from core.api import (
    Activity,
    Community,
    Content,
    ContentView,
    File,
    Page,
    SearchText,
    User,
    Viewer,
    can,
    db,
    excerpt,
    from_text,
    is_outsider,
    paginate,
    visible_to,
)
from plugins.gallery.models import (
    ALBUMS_A_PAGE,
    PICTURES_A_PAGE,
    Album,
    Consent,
    Keeper,
    Occasion,
    Picture,
    Request,
    RequestState,
)
from plugins.gallery.tiles import Addresses, Tile, inside, tile_columns, tile_of
from plugins.gallery.words import _


@dataclass(frozen=True)
class AlbumCard:
    """An album in the list; ``count`` is how many pictures this viewer sees."""

    album: Album
    count: int
    cover: Tile | None


def albums_of(activity: Activity, viewer: Viewer) -> Page[Any]:
    """The albums of a gallery, the latest occasion first; three queries, however many there are."""
    query = (
        select(Album)
        .join(Album.content)
        .where(Album.activity_id == activity.id, visible_to(viewer))
        .order_by(Album.happened_on.desc(), Album.id.desc())
    )
    return paginate(query, ALBUMS_A_PAGE)


def cards(activity: Activity, albums: Sequence[Album], viewer: Viewer) -> list[AlbumCard]:
    """Albums with their covers, and with how many pictures there are for this viewer."""
    ids = [album.id for album in albums]
    where = inside(activity.id, activity.community.slug)
    covers = _covers(ids, viewer, where)
    counts = _counts(ids, viewer) if is_outsider(viewer, activity.community) else {}
    known = {album.id: album.picture_count for album in albums} | counts
    return [AlbumCard(album, known[album.id], covers.get(album.id)) for album in albums]


def _counts(ids: Sequence[int], viewer: Viewer) -> dict[int, int]:
    """How many pictures an outsider sees: nobody has counted these beforehand."""
    query = select(Picture.album_id, func.count()).join(Picture.content)
    query = query.where(Picture.album_id.in_(ids), visible_to(viewer)).group_by(Picture.album_id)
    return dict.fromkeys(ids, 0) | {row[0]: row[1] for row in db.session.execute(query)}


def _covers(ids: Sequence[int], viewer: Viewer, where: Addresses) -> dict[int, Tile]:
    """The picture that was chosen for each album, else its first; one query."""
    chosen = func.coalesce(_first(viewer, Picture.is_cover), _first(viewer))
    query = (
        select(Album.id.label("album"), *tile_columns())
        .select_from(Album)
        .join(Picture, Picture.id == chosen)
        .join(Picture.content)
        .join(Picture.file)
        .where(Album.id.in_(ids))
    )
    return {row.album: tile_of(row, where) for row in db.session.execute(query)} if ids else {}


def _first(viewer: Viewer, *conditions: Any) -> ScalarSelect[int]:
    """The first picture of an album that the viewer sees, as a part of a query of albums."""
    query = (
        select(Picture.id)
        .join(Content, Content.id == Picture.id)
        .where(Picture.album_id == Album.id, visible_to(viewer), *conditions)
        .order_by(Picture.position, Picture.id)
        .limit(1)
    )
    return query.correlate(Album).scalar_subquery()


def pictures_of(album: Album, viewer: Viewer) -> Select[Any]:
    """The pictures of an album that the viewer may see, in order."""
    seen = tiles().where(Picture.album_id == album.id, visible_to(viewer))
    return seen.order_by(Picture.position, Picture.id)


def tiles() -> Select[Any]:
    """What :func:`tile_of` needs, of any pictures."""
    query = select(*tile_columns()).select_from(Picture)
    return query.join(Picture.content).join(Picture.file)


def page_of(query: Select[Any], where: Addresses, size: int = PICTURES_A_PAGE) -> Page[Tile]:
    """A page of pictures as tiles."""
    page = paginate(query, size)
    return Page([tile_of(row, where) for row in page.items], page.number, page.total, page.size)


def files_of(query: Select[Any], wanted: Collection[int]) -> Iterator[tuple[str, File]]:
    """The files of these pictures of a query, or of all, under names that keep their order."""
    if wanted:
        query = query.where(Picture.id.in_(wanted))
    rows = db.session.execute(query).all()
    digits = max(3, len(str(len(rows))))
    for number, row in enumerate(rows, start=1):
        words = row.caption or row.File.name.rpartition(".")[0]
        ending = row.File.name.rpartition(".")[2]
        yield f"{number:0{digits}} {words[:80].strip(' .')}.{ending}", row.File


@dataclass(frozen=True)
class Around:
    """Where a picture stands in its album: its neighbours, and which of how many it is."""

    previous: int | None
    next: int | None
    number: int
    total: int


def around(query: Select[Any], picture: Picture) -> Around:
    """The place of a picture among those of a query; one query."""
    seen = query.with_only_columns(Picture.id, Picture.position).order_by(None).subquery()
    here = (seen.c.position < picture.position) | and_(
        seen.c.position == picture.position, seen.c.id < picture.id
    )
    behind = (seen.c.position > picture.position) | and_(
        seen.c.position == picture.position, seen.c.id > picture.id
    )
    nearest = select(seen.c.id).limit(1)
    former = nearest.where(here).order_by(seen.c.position.desc(), seen.c.id.desc())
    latter = nearest.where(behind).order_by(seen.c.position, seen.c.id)
    before = select(func.count()).select_from(seen).where(here)
    total = select(func.count()).select_from(seen)
    parts = [each.scalar_subquery() for each in (former, latter, before, total)]
    previous, following, count, whole = db.session.execute(select(*parts)).one()
    return Around(previous, following, count + 1, whole)


def album_in(activity: Activity, number: int) -> Album | None:
    """An album of a gallery, with its content; rights are asked by whoever calls."""
    query = select(Album).options(joinedload(Album.content))
    return db.session.scalar(query.where(Album.id == number, Album.activity_id == activity.id))


def picture_in(activity: Activity, number: int) -> Picture | None:
    """A picture of a gallery with its album and file; rights are asked by whoever calls."""
    query = select(Picture).options(
        joinedload(Picture.content), joinedload(Picture.file),
        joinedload(Picture.album).joinedload(Album.content),
    )  # fmt: skip
    return db.session.scalar(query.where(Picture.id == number, Picture.activity_id == activity.id))


def request_in(activity: Activity, number: int) -> Request | None:
    """A request about a picture of a gallery."""
    query = select(Request).join(Request.picture)
    return db.session.scalar(query.where(Request.id == number, Picture.activity_id == activity.id))


def keepers_of(album: Album) -> Sequence[User]:
    """Those who keep an album, by name."""
    query = select(User).join(Keeper, Keeper.user_id == User.id)
    query = query.where(Keeper.album_id == album.id)
    return db.session.scalars(query.order_by(User.surname, User.given_name)).all()


def occasion_of(album: Album) -> Activity | None:
    """The activity that an album is about, while there is one that can be seen."""
    query = select(Activity).join(Occasion, Occasion.activity_id == Activity.id)
    query = query.where(Occasion.album_id == album.id, Activity.state != "draft")
    return db.session.scalar(query)


def occasions_in(activity: Activity) -> Sequence[Activity]:
    """What an album can be about: the other activities of the community."""
    query = select(Activity).where(
        Activity.community_id == activity.community_id, Activity.id != activity.id,
        Activity.state != "draft",
    )  # fmt: skip
    return db.session.scalars(query.order_by(Activity.title)).all()


def other_albums(album: Album, viewer: Viewer) -> Sequence[Any]:
    """Ids and titles of the other albums of the gallery, where pictures can be moved."""
    query = select(Album.id, Album.title).join(Album.content).where(
        Album.activity_id == album.activity_id, Album.id != album.id, visible_to(viewer)
    )  # fmt: skip
    return db.session.execute(query.order_by(Album.happened_on.desc()).limit(100)).all()


def consents(album: Album) -> dict[str, int]:
    """How many pictures of an album have which mark, and how many ("asked") somebody wants out of;
    two queries."""
    query = select(Picture.consent, func.count()).where(Picture.album_id == album.id)
    found = {row[0]: row[1] for row in db.session.execute(query.group_by(Picture.consent))}
    asked = (
        select(func.count(Request.picture_id.distinct()))
        .join(Request.picture)
        .where(Picture.album_id == album.id, Request.state == RequestState.OPEN)
    )
    return dict.fromkeys(Consent, 0) | found | {"asked": db.session.scalar(asked) or 0}


def open_requests(activity: Activity, viewer: Viewer) -> Select[Any]:
    """What people have asked about pictures that the viewer looks after, the most urgent first."""
    query = (
        select(Request)
        .join(Request.picture)
        .options(
            joinedload(Request.picture).joinedload(Picture.file),
            joinedload(Request.picture).joinedload(Picture.album),
            joinedload(Request.person),
        )
        .where(Picture.activity_id == activity.id, Request.state == RequestState.OPEN)
        .order_by(Request.due_at, Request.id)
    )
    if can(viewer, "gallery.keep", activity.community, activity):
        return query
    own = select(Keeper.album_id).where(Keeper.user_id == viewer.id)
    return query.where(Picture.album_id.in_(own))


def album_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How albums are shown in logs and lists."""
    query = select(Album.id, Album.title, Album.about, Album.activity_id, Community.slug)
    query = (
        query.select_from(Album)
        .join(Album.activity)
        .join(Community, Community.id == Activity.community_id)
    )
    return {
        row.id: ContentView(
            title=row.title, excerpt=excerpt(from_text(row.about), 120),
            url=url_for(
                "gallery.album", community=row.slug, activity=row.activity_id, album=row.id
            ),
        )
        for row in db.session.execute(query.where(Album.id.in_(ids)))
    }  # fmt: skip


def picture_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """How pictures are shown in logs and lists."""
    query = (
        select(Picture.id, Picture.caption, Album.title, Picture.activity_id, Community.slug)
        .select_from(Picture)
        .join(Picture.album)
        .join(Album.activity)
        .join(Community, Community.id == Activity.community_id)
        .where(Picture.id.in_(ids))
    )
    return {
        row.id: ContentView(
            title=row.caption or _("A picture in “%(title)s”", title=row.title),
            url=url_for(
                "gallery.picture", community=row.slug, activity=row.activity_id, picture=row.id
            ),
        )
        for row in db.session.execute(query)
    }


def album_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What albums say, as clean HTML."""
    query = select(Album.id, Album.title, Album.about).where(Album.id.in_(ids))
    return {row.id: from_text(f"{row.title}\n\n{row.about}") for row in db.session.execute(query)}


def picture_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    """What pictures say, as clean HTML: the caption, else what the file is called."""
    query = select(Picture.id, Picture.caption, File.name).join(Picture.file)
    found = db.session.execute(query.where(Picture.id.in_(ids)))
    return {row.id: from_text(row.caption or row.name) for row in found}


def albums_of_pictures(ids: Sequence[int]) -> Mapping[int, int]:
    """Which album each picture stands in."""
    query = select(Picture.id, Picture.album_id).where(Picture.id.in_(ids))
    return {row.id: row.album_id for row in db.session.execute(query)}


def albums_searched(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """What albums are found by."""
    query = select(Album.id, Album.title, Album.about).where(Album.id.in_(ids))
    return {
        row.id: SearchText(title=row.title, body=from_text(row.about))
        for row in db.session.execute(query)
    }


def pictures_searched(ids: Sequence[int]) -> Mapping[int, SearchText]:
    """What pictures are found by: those that say anything."""
    query = select(Picture.id, Picture.caption).where(Picture.id.in_(ids), Picture.caption != "")
    return {row.id: SearchText(title=row.caption) for row in db.session.execute(query)}

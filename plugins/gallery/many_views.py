"""Pages on which many pictures of an album are handled at once: captions, choosing, order."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select
from werkzeug import Response

from core.api import (
    Activity,
    Content,
    DomainError,
    Missing,
    Refused,
    current_viewer,
    db,
    limit,
    row_number,
    signed_in,
)
from plugins.gallery import albums, pictures, queries
from plugins.gallery.album_views import CHANGES, archive, gallery
from plugins.gallery.finding import ensure_keeps
from plugins.gallery.forms import CONSENTS, caption_of, consent_of
from plugins.gallery.models import Album, Consent, Picture
from plugins.gallery.pictures import Sorting
from plugins.gallery.tiles import inside
from plugins.gallery.trying import told
from plugins.gallery.words import _, ngettext

# So many rows of fields stand on one page.
ON_PAGE = 50
MOST_CHOSEN = 500


def _chosen() -> list[int]:
    return [row_number(raw) for raw in request.values.getlist("picture")[:MOST_CHOSEN]]


def _narrowed(album: Album) -> Select[Any]:
    """What the viewer may describe: keepers everything, others their own; ``show=unmarked`` what
    has no mark yet, ``after`` what was added behind that picture."""
    viewer = current_viewer()
    query = queries.pictures_of(album, viewer)
    if not albums.keeps(viewer, album):
        query = query.where(Content.author_id == viewer.id)
    if request.args.get("show") == "unmarked":
        query = query.where(Picture.consent == Consent.UNKNOWN)
    after = request.args.get("after", 0, int)
    return query.where(Picture.id > after) if 0 < after < 1 << 31 else query


@gallery.get("/albums/<int:album>/captions")
@signed_in
def captions(activity: Activity, album: Album) -> ResponseReturnValue:
    """Captions and marks of many pictures in one form."""
    where = inside(activity.id, activity.community.slug)
    page = queries.page_of(_narrowed(album), where, ON_PAGE)
    if not page.items and not albums.keeps(current_viewer(), album) and not request.args:
        raise Refused(_("You have no pictures in this album that you could describe."))
    return render_template(
        "gallery/captions.html", activity=activity, album=album, page=page, consents=CONSENTS,
        unmarked=request.args.get("show") == "unmarked", after=request.args.get("after", 0, int),
    )  # fmt: skip


@gallery.post("/albums/<int:album>/captions")
@signed_in
def save_captions(activity: Activity, album: Album) -> ResponseReturnValue:
    """Save those fields of the form that say something else than before."""
    viewer = current_viewer()
    limit("gallery.changes", CHANGES, str(viewer.id))
    query = _narrowed(album).with_only_columns(Picture).order_by(None)
    found = db.session.scalars(query.where(Picture.id.in_(_chosen()))).all()
    changed = sum(_described(picture) for picture in found)
    if changed:
        flash(
            ngettext("%(n)s picture is changed.", "%(n)s pictures are changed.", changed),
            "success",
        )
    if "stay" in request.form:
        return redirect(
            url_for(
                ".captions",
                album=album,
                page=_page(),
                show=request.args.get("show"),
                after=request.args.get("after"),
            ),
            303,
        )
    return redirect(url_for(".album", album=album), 303)


def _page() -> int | None:
    page = request.args.get("page", 1, int)
    return page if page > 1 else None


def _described(picture: Picture) -> bool:
    """Save what the form says of one picture; whether it is anything new."""
    caption = caption_of(request.form, picture.id)
    consent = consent_of(request.form.get(f"consent-{picture.id}"))
    caption = picture.caption if caption is None else caption
    if caption == picture.caption and consent in (None, picture.consent):
        return False
    try:
        pictures.describe(current_viewer(), picture, caption, consent)
    except DomainError as refusal:
        flash(f"{caption[:60]}…: {refusal}", "danger")
        return False
    return True


@gallery.get("/albums/<int:album>/choose")
@signed_in
def choose(activity: Activity, album: Album) -> ResponseReturnValue:
    """Tick pictures, to save them or, for keepers, to do something with them."""
    viewer = current_viewer()
    where = inside(activity.id, activity.community.slug)
    keeps = albums.keeps(viewer, album)
    return render_template(
        "gallery/choose.html", activity=activity, album=album, keeps=keeps, consents=CONSENTS,
        page=queries.page_of(queries.pictures_of(album, viewer), where),
        others=queries.other_albums(album, viewer) if keeps else [],
    )  # fmt: skip


@gallery.post("/albums/<int:album>/choose")
@signed_in
def act_on_chosen(activity: Activity, album: Album) -> ResponseReturnValue:
    """Do something with the pictures that are ticked."""
    ids, what = _chosen(), request.form.get("do", "")
    if not ids:
        flash(_("Tick some pictures first."), "warning")
        return _back_to_choosing(album)
    if what == "save":
        return _saved(album, set(ids))
    ensure_keeps(album)
    limit("gallery.changes", CHANGES, str(current_viewer().id))
    if what == "mark":
        _mark(album, ids)
    elif what == "move":
        _move(album, ids)
    elif what == "remove":
        _remove(album, ids)
    return _back_to_choosing(album)


def _back_to_choosing(album: Album) -> Response:
    return redirect(url_for(".choose", album=album, page=_page()), 303)


def _saved(album: Album, ids: set[int]) -> Response:
    viewer = current_viewer()
    limit("gallery.zip", "30/hour", str(viewer.id))
    return archive(album, queries.files_of(queries.pictures_of(album, viewer), ids))


def _mark(album: Album, ids: list[int]) -> None:
    consent = consent_of(request.form.get("consent"))
    if consent is None:
        flash(_("Choose what is known of the consent first."), "warning")
        return
    count = pictures.mark(current_viewer(), album, ids, consent)
    flash(ngettext("%(n)s picture is marked.", "%(n)s pictures are marked.", count), "success")


def _move(album: Album, ids: list[int]) -> None:
    target = queries.album_in(album.activity, row_number(request.form.get("target")))
    if target is None or not albums.keeps(current_viewer(), target):
        flash(_("Choose an album that you keep."), "warning")
        return
    work = partial(pictures.move_to, current_viewer(), album, ids, target)
    told(work, _("The pictures are in “%(title)s” now.", title=target.title))


def _remove(album: Album, ids: list[int]) -> None:
    count = pictures.remove(current_viewer(), album, ids)
    flash(
        ngettext(
            "%(n)s picture is removed for good.", "%(n)s pictures are removed for good.", count
        ), "success",
    )  # fmt: skip


@gallery.get("/albums/<int:album>/order")
@signed_in
def order(activity: Activity, album: Album) -> ResponseReturnValue:
    """Put pictures into order: by dragging, by keys, or by buttons."""
    ensure_keeps(album)
    where = inside(activity.id, activity.community.slug)
    page = queries.page_of(queries.pictures_of(album, current_viewer()), where)
    return render_template("gallery/order.html", activity=activity, album=album, page=page)


@gallery.post("/albums/<int:album>/order")
@signed_in
def change_order(activity: Activity, album: Album) -> ResponseReturnValue:
    """Move one picture, or sort the whole album. A script gets an empty answer."""
    ensure_keeps(album)
    viewer = current_viewer()
    limit("gallery.order", "600/5 minutes", str(viewer.id))
    sorting = request.form.get("sort", "")
    if sorting in set(Sorting):
        pictures.sort(viewer, album, Sorting(sorting))
        flash(_("The album is sorted."), "success")
        return redirect(url_for(".order", album=album), 303)
    picture = queries.picture_in(activity, row_number(request.form.get("picture")))
    if picture is None or picture.album_id != album.id:
        raise Missing(_("This picture was removed meanwhile."))
    pictures.place(viewer, album, [picture.id], _before(album, picture))
    if request.headers.get("Accept") == "application/json":
        return "", 204
    address = url_for(".order", album=album, page=_page())
    return redirect(f"{address}#picture-{picture.id}", 303)


def _before(album: Album, picture: Picture) -> int | None:
    """Before which picture this one is to stand; None for the end."""
    to, query = request.form.get("to", ""), queries.pictures_of(album, current_viewer())
    if to == "last":
        return None
    if to == "first":
        return db.session.scalar(query.with_only_columns(Picture.id).limit(1))
    if to == "earlier":
        return queries.around(query, picture).previous or picture.id
    if to == "later":
        return _behind(album, query, queries.around(query, picture).next)
    if request.form.get("before"):
        return row_number(request.form["before"])
    return _behind(album, query, row_number(request.form.get("after")))


def _behind(album: Album, query: Select[Any], number: int | None) -> int | None:
    """What stands behind the picture with this number; None behind the last one."""
    other = queries.picture_in(album.activity, number) if number else None
    return queries.around(query, other).next if other is not None else None

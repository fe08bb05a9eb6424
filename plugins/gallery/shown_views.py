"""What outsiders see of an album: if it is shown to everybody, or by its link.

Only pictures whose consent is marked are there, neither comments nor names of those who took them.
An album whose link was taken back is as unknown as one that never was.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from core.api import (
    SYSTEM,
    Content,
    Missing,
    Refused,
    attempt,
    db,
    hand_out,
    limit,
    public,
    status_of,
)
from plugins.gallery import queries, removals, sharing
from plugins.gallery.album_views import ARCHIVES, archive
from plugins.gallery.forms import GuestRemovalForm
from plugins.gallery.models import Album, Picture, Request
from plugins.gallery.tiles import outside, tile_of
from plugins.gallery.words import _

shown = Blueprint("gallery_shown", __name__)

GUESTS_ASKING = "5/day"


def _key() -> str:
    return request.args.get("key", "")[:100]


def _enter(album: Album) -> None:
    """Raise unless the viewer may look at the album from outside."""
    if not sharing.opens(album, _key()):
        raise Missing(_("There is no such album, or its link was taken back."))


def _pictures(album: Album) -> Select[Any]:
    """Those pictures of an album that outsiders see, whoever looks."""
    return (
        queries.tiles()
        .where(Picture.album_id == album.id, ~Content.members_only)
        .where(Content.hidden_at.is_(None), Content.held_at.is_(None))
        .order_by(Picture.position, Picture.id)
    )


@shown.get("/shown/<int:album>")
@public
def album(album: Album) -> ResponseReturnValue:
    """An album from outside."""
    _enter(album)
    page = queries.page_of(_pictures(album), outside(album, _key()))
    return _private(
        render_template("gallery/shown_album.html", album=album, page=page, key=_key() or None)
    )


def _private(html: str) -> ResponseReturnValue:
    """Search engines keep nothing of it, and nobody else is told the address."""
    return html, 200, {"X-Robots-Tag": "noindex, noimageindex", "Referrer-Policy": "no-referrer"}


@shown.get("/shown/<int:album>/zip")
@public
def download(album: Album) -> ResponseReturnValue:
    """All that outsiders see of an album, as an archive, where they may save it."""
    _enter(album)
    _ensure_saves(album)
    limit("gallery.zip.shown", ARCHIVES, request.remote_addr or "")
    return archive(album, queries.files_of(_pictures(album), ()))


def _ensure_saves(album: Album) -> None:
    if not album.outsiders_save:
        raise Refused(_("The pictures of this album are to be looked at, not to be saved."))


@shown.get("/shown/<int:album>/<int:picture>")
@public
def picture(album: Album, picture: Picture) -> ResponseReturnValue:
    """One picture from outside."""
    _ensure_in(album, picture)
    query, where = _pictures(album), outside(album, _key())
    row = db.session.execute(query.where(Picture.id == picture.id)).one()
    return _private(
        render_template(
            "gallery/shown_picture.html", album=album, tile=tile_of(row, where),
            around=queries.around(query, picture), where=where, key=_key() or None,
        )
    )  # fmt: skip


def _ensure_in(album: Album, picture: Picture) -> None:
    if picture.album_id != album.id:
        raise Missing(_("There is no such picture, or it is not shown any more."))
    _enter(album)


@shown.get("/shown/<int:album>/<int:picture>/file")
@public
def file(album: Album, picture: Picture) -> ResponseReturnValue:
    """The bytes of a picture, not larger than a screen unless outsiders may save it."""
    _ensure_in(album, picture)
    size = request.args.get("size", type=int)
    save = "download" in request.args
    if save:
        _ensure_saves(album)
    return hand_out(picture.file, size, save=save)


@shown.route("/shown/<int:album>/<int:picture>/ask", methods=["GET", "POST"])
@public
def ask_removal(album: Album, picture: Picture) -> ResponseReturnValue:
    """Ask to be taken out of a picture, without an account."""
    _ensure_in(album, picture)
    form, back = GuestRemovalForm(), url_for(".album", album=album, key=_key() or None)
    community = album.activity.community

    def ask() -> Request:
        limit("gallery.removals.shown", GUESTS_ASKING, request.remote_addr or "")
        return removals.ask(SYSTEM, picture, form.words.data or "", form.contact.data or "")

    if attempt(form, ask) is not None:
        flash(
            _("Thank you. The picture is not shown here any more; its keepers will answer you."),
            "success",
        )
        return redirect(back, 303)
    html = render_template(
        "gallery/shown_ask.html", album=album, picture=picture, form=form, back=back,
        days=removals.days_for_answer(community.id), where=outside(album, _key()),
    )  # fmt: skip
    return html, status_of(form)

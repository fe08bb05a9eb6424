"""Pages of pictures: adding some, one of them, what is said of it, and taking it away."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    actions_under,
    attempt,
    comments_of,
    current_viewer,
    db,
    draft_in,
    limit,
    note_seen,
    public,
    reactions_of,
    requires,
    signed_in,
    status_of,
)
from plugins.gallery import albums, pictures, queries, removals
from plugins.gallery.album_views import CHANGES, gallery
from plugins.gallery.finding import (
    ensure_adds,
    ensure_keeps,
    ensure_may_change,
    may_change,
)
from plugins.gallery.forms import AddForm, PictureForm, consent_of
from plugins.gallery.models import Album, Consent, Picture
from plugins.gallery.tiles import inside, tile_of
from plugins.gallery.words import _, ngettext

ADDING = "60/hour"


@gallery.route("/albums/<int:album>/add", methods=["GET", "POST"])
@requires("gallery.add")
def add(activity: Activity, album: Album) -> ResponseReturnValue:
    """Put pictures into an album."""
    ensure_adds(album)
    viewer, form = current_viewer(), AddForm()

    def save() -> list[Picture] | None:
        limit("gallery.add", ADDING, str(viewer.id))
        if not form.files.data:
            form.form_errors.append(_("Choose pictures first."))
            return None
        return pictures.add(viewer, album, form.files.data, Consent(form.consent.data))

    added = attempt(form, save)
    if added is None:
        html = render_template("gallery/add.html", activity=activity, album=album, form=form)
        return html, status_of(form)
    if added and added[0].content.held_at is not None:
        flash(_("Thank you. The pictures will appear once a moderator has seen them."), "info")
    flash(ngettext("%(n)s picture is added.", "%(n)s pictures are added.", len(added)), "success")
    if not added:
        return redirect(url_for(".album", album=album), 303)
    return redirect(url_for(".captions", album=album, after=added[0].id - 1), 303)


@gallery.get("/pictures/<int:picture>")
@public
def picture(activity: Activity, picture: Picture) -> ResponseReturnValue:
    """One picture, with its neighbours and what is said of it."""
    viewer, album = current_viewer(), picture.album
    where = inside(activity.id, activity.community.slug)
    query = queries.pictures_of(album, viewer)
    row = db.session.execute(query.where(Picture.id == picture.id)).one()
    keeps = albums.keeps(viewer, album)
    html = render_template(
        "gallery/picture.html", activity=activity, album=album, picture=picture, keeps=keeps,
        tile=tile_of(row, where), where=where,
        around=queries.around(query, picture), changes=keeps or may_change(picture),
        own=removals.own_request(viewer, picture),
        signs=reactions_of([picture.id], viewer)[picture.id],
        remarks=comments_of([picture.id], viewer)[picture.id],
        draft=draft_in(viewer, f"core.comment:{picture.id}") if viewer.id else None,
        actions=actions_under({picture.id: pictures.PICTURE}, viewer).get(picture.id, ()),
    )  # fmt: skip
    note_seen(viewer, {picture.id})
    return html


@gallery.route("/pictures/<int:picture>/edit", methods=["GET", "POST"])
@signed_in
def edit_picture(activity: Activity, picture: Picture) -> ResponseReturnValue:
    """Say what a picture shows, and whether outsiders may see it."""
    ensure_may_change(picture)
    form = PictureForm(data={"caption": picture.caption, "consent": picture.consent})

    def save() -> bool:
        limit("gallery.changes", CHANGES, str(current_viewer().id))
        consent = consent_of(form.consent.data)
        pictures.describe(current_viewer(), picture, form.caption.data or "", consent)
        return True

    if attempt(form, save):
        return redirect(url_for(".picture", picture=picture), 303)
    row = db.session.execute(
        queries.pictures_of(picture.album, current_viewer()).where(Picture.id == picture.id)
    ).one()
    html = render_template(
        "gallery/edit_picture.html", activity=activity, picture=picture, form=form,
        tile=tile_of(row, inside(activity.id, activity.community.slug)),
    )  # fmt: skip
    return html, status_of(form)


@gallery.post("/pictures/<int:picture>/cover")
@signed_in
def make_cover(activity: Activity, picture: Picture) -> ResponseReturnValue:
    """Let this picture stand for its album."""
    ensure_keeps(picture.album)
    pictures.choose_cover(current_viewer(), picture)
    flash(_("This picture stands for the album now."), "success")
    return redirect(url_for(".picture", picture=picture), 303)


@gallery.post("/pictures/<int:picture>/remove")
@signed_in
def remove_picture(activity: Activity, picture: Picture) -> ResponseReturnValue:
    """Remove a picture, for good."""
    ensure_may_change(picture)
    album = picture.album
    pictures.remove(current_viewer(), album, [picture.id])
    flash(_("The picture is removed for good."), "success")
    return redirect(url_for(".album", album=album.id), 303)

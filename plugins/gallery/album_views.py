"""Pages of a gallery: its albums, one of them, what is said of it, who keeps it, who sees it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from core.api import (
    Activity,
    File,
    attempt,
    comments_of,
    current_viewer,
    draft_in,
    limit,
    note_seen,
    public,
    reactions_of,
    readers_matching,
    requires,
    row_number,
    send_zip,
    signed_in,
    status_of,
    utcnow,
)
from plugins.gallery import albums, queries, sharing
from plugins.gallery.finding import ensure_keeps
from plugins.gallery.forms import AlbumForm, LinkForm, SharingForm
from plugins.gallery.models import Album
from plugins.gallery.tiles import inside, link_of
from plugins.gallery.trying import told
from plugins.gallery.words import _, ngettext

gallery = Blueprint("gallery", __name__)

CHANGES = "60/5 minutes"
ARCHIVES = "30/hour"
NEW_ALBUMS = "20/hour"
# A sheet of paper for each of these.
ON_SHEET = 20
MOST_ON_SHEETS = 400


@gallery.get("/")
@public
def home(activity: Activity) -> ResponseReturnValue:
    """The albums of a gallery."""
    viewer = current_viewer()
    page = queries.albums_of(activity, viewer)
    found = queries.cards(activity, [row.Album for row in page.items], viewer)
    return render_template("gallery/home.html", activity=activity, page=page, cards=found)


@gallery.route("/new", methods=["GET", "POST"])
@requires("gallery.create")
def new_album(activity: Activity) -> ResponseReturnValue:
    """Begin an album."""
    viewer = current_viewer()
    form = AlbumForm(data={"happened_on": utcnow().date(), "contributions": True})
    form.offer(queries.occasions_in(activity))

    def begin() -> Album:
        limit("gallery.albums", NEW_ALBUMS, str(viewer.id))
        return albums.begin(viewer, activity, form.facts(), form.submission.data)

    album = attempt(form, begin)
    if album is not None:
        if album.content.held_at is not None:
            flash(_("Thank you. The album will appear once a moderator has seen it."), "info")
        return redirect(url_for(".add", album=album), 303)
    html = render_template("gallery/new_album.html", activity=activity, form=form)
    return html, status_of(form)


@gallery.get("/albums/<int:album>")
@public
def album(activity: Activity, album: Album) -> ResponseReturnValue:
    """The pictures of an album."""
    viewer = current_viewer()
    query = queries.pictures_of(album, viewer)
    page = queries.page_of(query, inside(activity.id, activity.community.slug))
    keeps = albums.keeps(viewer, album)
    html = render_template(
        "gallery/album.html", activity=activity, album=album, page=page, keeps=keeps,
        adds=albums.adds(viewer, album), keepers=queries.keepers_of(album),
        occasion=queries.occasion_of(album),
        marks=queries.consents(album) if keeps and page.total else None,
        signs=reactions_of([album.id], viewer)[album.id],
        remarks=comments_of([album.id], viewer)[album.id],
        draft=draft_in(viewer, f"core.comment:{album.id}") if viewer.id else None,
    )  # fmt: skip
    note_seen(viewer, {album.id})
    return html


@gallery.get("/albums/<int:album>/pictures")
@public
def pictures_part(activity: Activity, album: Album) -> ResponseReturnValue:
    """The pictures alone, for a page that is open while some are added."""
    viewer = current_viewer()
    query = queries.pictures_of(album, viewer)
    page = queries.page_of(query, inside(activity.id, activity.community.slug))
    return render_template(
        "gallery/_pictures.html", album=album, page=page, keeps=albums.keeps(viewer, album),
        adds=albums.adds(viewer, album),
    )  # fmt: skip


@gallery.route("/albums/<int:album>/edit", methods=["GET", "POST"])
@signed_in
def edit_album(activity: Activity, album: Album) -> ResponseReturnValue:
    """Say something else of an album."""
    ensure_keeps(album)
    occasion = queries.occasion_of(album)
    form = AlbumForm(
        data={
            "title": album.title, "about": album.about, "happened_on": album.happened_on,
            "contributions": album.contributions, "occasion": occasion.id if occasion else 0,
        }
    )  # fmt: skip
    form.offer(queries.occasions_in(activity))

    def save() -> bool:
        limit("gallery.changes", CHANGES, str(current_viewer().id))
        albums.change(current_viewer(), album, form.facts())
        return True

    if attempt(form, save):
        flash(_("The album is changed."), "success")
        return redirect(url_for(".album", album=album), 303)
    html = render_template("gallery/edit_album.html", activity=activity, album=album, form=form)
    return html, status_of(form)


@gallery.post("/albums/<int:album>/remove")
@signed_in
def remove_album(activity: Activity, album: Album) -> ResponseReturnValue:
    """Remove an album with all its pictures, for good."""
    ensure_keeps(album)
    title = album.title
    count = albums.remove(current_viewer(), album)
    flash(
        ngettext(
            "“%(title)s” and its picture are removed for good.",
            "“%(title)s” and its %(n)s pictures are removed for good.", count, title=title,
        ), "success",
    )  # fmt: skip
    return redirect(url_for(".home"), 303)


@gallery.get("/albums/<int:album>/keepers")
@signed_in
def keepers(activity: Activity, album: Album) -> ResponseReturnValue:
    """Who looks after an album, and whom one could ask to."""
    ensure_keeps(album)
    there = queries.keepers_of(album)
    asked = request.args.get("q", "")[:60].strip()
    found = readers_matching(activity.community, asked) if asked else []
    known = {person.id for person in there}
    return render_template(
        "gallery/keepers.html", activity=activity, album=album, there=there, asked=asked,
        found=[face for face in found if face.id not in known],
    )  # fmt: skip


@gallery.post("/albums/<int:album>/keepers")
@signed_in
def change_keepers(activity: Activity, album: Album) -> ResponseReturnValue:
    """Let one more person keep an album, or one fewer."""
    ensure_keeps(album)
    viewer = current_viewer()
    if "drop" in request.form:
        number = row_number(request.form["drop"])
        told(partial(albums.drop_keeper, viewer, album, number), _("The list is changed."))
    else:
        number = row_number(request.form.get("add"))
        told(partial(albums.add_keeper, viewer, album, number), _("One more keeper."))
    return redirect(url_for(".keepers", album=album), 303)


@gallery.route("/albums/<int:album>/sharing", methods=["GET", "POST"])
@requires("gallery.publish")
def sharing_page(activity: Activity, album: Album) -> ResponseReturnValue:
    """Who sees an album beside the members, and by which link."""
    form = SharingForm(data={"everybody": album.everybody, "outsiders_save": album.outsiders_save})

    def save() -> bool:
        sharing.show_everybody(
            current_viewer(), album, form.everybody.data, outsiders_save=form.outsiders_save.data
        )
        return True

    if attempt(form, save):
        flash(_("Who sees the album is settled."), "success")
        return redirect(url_for(".sharing_page", album=album), 303)
    return _sharing(activity, album, form, LinkForm(formdata=None)), status_of(form)


def _sharing(activity: Activity, album: Album, form: SharingForm, link: LinkForm) -> str:
    return render_template(
        "gallery/sharing.html", activity=activity, album=album, form=form, link_form=link,
        link=link_of(album), marks=queries.consents(album),
        outside=url_for("gallery_shown.album", album=album.id, _external=True),
    )  # fmt: skip


@gallery.post("/albums/<int:album>/link")
@requires("gallery.publish")
def change_link(activity: Activity, album: Album) -> ResponseReturnValue:
    """Make a link, or take it back."""
    viewer = current_viewer()
    if "revoke" in request.form:
        sharing.revoke_link(viewer, album)
        flash(_("The link is taken back: it opens nothing any more."), "success")
        return redirect(url_for(".sharing_page", album=album), 303)
    link = LinkForm()

    def make() -> bool:
        sharing.make_link(viewer, album, link.until.data)
        return True

    if attempt(link, make):
        return redirect(url_for(".sharing_page", album=album, _anchor="link"), 303)
    form = SharingForm(
        formdata=None, everybody=album.everybody, outsiders_save=album.outsiders_save
    )
    return _sharing(activity, album, form, link), status_of(link)


@gallery.get("/albums/<int:album>/sheet")
@public
def sheet(activity: Activity, album: Album) -> ResponseReturnValue:
    """All pictures small, on sheets of paper."""
    query = queries.pictures_of(album, current_viewer())
    page = queries.page_of(query, inside(activity.id, activity.community.slug), MOST_ON_SHEETS)
    sheets = [page.items[n : n + ON_SHEET] for n in range(0, len(page.items), ON_SHEET)]
    return render_template(
        "gallery/sheet.html", activity=activity, album=album, page=page, sheets=sheets,
        first=(page.number - 1) * MOST_ON_SHEETS, on_sheet=ON_SHEET,
    )  # fmt: skip


@gallery.get("/albums/<int:album>/zip")
@signed_in
def download_album(activity: Activity, album: Album) -> ResponseReturnValue:
    """Pictures of an album as an archive: those that are named, or all."""
    viewer = current_viewer()
    limit("gallery.zip", ARCHIVES, str(viewer.id))
    wanted = {row_number(raw) for raw in request.args.getlist("picture")[:MOST_ON_SHEETS]}
    query = queries.pictures_of(album, viewer)
    return archive(album, queries.files_of(query, wanted))


def archive(album: Album, found: Iterator[tuple[str, File]]) -> Response:
    """The archive of an album, called as it is and when it was."""
    return send_zip(found, f"{album.happened_on:%Y-%m-%d} {album.title}.zip")

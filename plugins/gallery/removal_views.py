"""“Take me out of this picture”: the question, the list of open ones, and the answer."""

from __future__ import annotations

from functools import partial

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    Missing,
    Refused,
    attempt,
    current_viewer,
    lasting,
    limit,
    paginate,
    requires,
    signed_in,
    status_of,
)
from plugins.gallery import albums, queries, removals
from plugins.gallery.album_views import gallery
from plugins.gallery.forms import AnswerForm, RemovalForm
from plugins.gallery.models import Picture, Request
from plugins.gallery.tiles import inside
from plugins.gallery.trying import told
from plugins.gallery.words import _

ASKING = "30/day"


@gallery.route("/pictures/<int:picture>/ask", methods=["GET", "POST"])
@lasting
@signed_in
def ask_removal(activity: Activity, picture: Picture) -> ResponseReturnValue:
    """Ask to be taken out of a picture."""
    viewer, form = current_viewer(), RemovalForm()

    def ask() -> Request:
        limit("gallery.removals", ASKING, str(viewer.id))
        return removals.ask(viewer, picture, form.words.data or "")

    if attempt(form, ask) is not None:
        flash(_("The keepers of the album are told. You will hear of the answer."), "success")
        return redirect(url_for(".picture", picture=picture), 303)
    html = render_template(
        "gallery/ask_removal.html", activity=activity, picture=picture, form=form,
        days=removals.days_for_answer(activity.community_id),
        back=url_for(".picture", picture=picture),
    )  # fmt: skip
    return html, status_of(form)


@gallery.get("/requests")
@requires("gallery.create")
def requests_of(activity: Activity) -> ResponseReturnValue:
    """What people have asked about pictures that the viewer looks after."""
    viewer = current_viewer()
    page = paginate(queries.open_requests(activity, viewer))
    return render_template(
        "gallery/requests.html", activity=activity, page=page,
        where=inside(activity.id, activity.community.slug),
    )  # fmt: skip


@gallery.get("/requests/<int:request>")
@signed_in
def show_request(activity: Activity, request: Request) -> ResponseReturnValue:
    """One request, and its answer."""
    keeps = albums.keeps(current_viewer(), request.picture.album)
    if not keeps and not _is_own(request):
        raise Missing(_("There is no such request, or it is none of yours."))
    return _request_page(activity, request, AnswerForm(formdata=None)), 200


def _is_own(request: Request) -> bool:
    return request.person_id is not None and request.person_id == current_viewer().id


def _request_page(activity: Activity, request: Request, form: AnswerForm) -> str:
    viewer = current_viewer()
    return render_template(
        "gallery/request.html", activity=activity, request=request, picture=request.picture,
        keeps=albums.keeps(viewer, request.picture.album), form=form,
        own=_is_own(request),
    )  # fmt: skip


@gallery.post("/requests/<int:request>/grant")
@lasting
@signed_in
def grant_request(activity: Activity, request: Request) -> ResponseReturnValue:
    """Remove the picture for good, as was asked."""
    _ensure_decides(request)
    told(partial(removals.grant, current_viewer(), request), _("The picture is removed for good."))
    return redirect(url_for(".requests_of"), 303)


@gallery.post("/requests/<int:request>/keep")
@lasting
@signed_in
def keep_picture(activity: Activity, request: Request) -> ResponseReturnValue:
    """Leave the picture where it is, with a reason."""
    _ensure_decides(request)
    form = AnswerForm()

    def keep() -> bool:
        removals.keep(current_viewer(), request, form.answer.data or "")
        return True

    if attempt(form, keep):
        flash(_("Your answer is on its way. The picture stays."), "success")
        return redirect(url_for(".requests_of"), 303)
    return _request_page(activity, request, form), status_of(form)


@gallery.post("/requests/<int:request>/withdraw")
@lasting
@signed_in
def withdraw_request(activity: Activity, request: Request) -> ResponseReturnValue:
    """Take back what one has asked."""
    if not _is_own(request):
        raise Refused(_("Only whoever asked can take it back."))
    told(partial(removals.withdraw, current_viewer(), request), _("Your request is taken back."))
    return redirect(url_for(".picture", picture=request.picture_id), 303)


def _ensure_decides(request: Request) -> None:
    if not albums.keeps(current_viewer(), request.picture.album):
        raise Refused(_("Only the keepers of the album decide on this."))

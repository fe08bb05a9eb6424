"""The list behind the bell: what one is told, opened, marked as read, and told no more."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.access.actors import Viewer, current_viewer
from core.access.guard import unseen
from core.access.marks import signed_in
from core.notices import follow_views, operations, settings_views, stop_views
from core.notices.blueprint import notices
from core.notices.lines import Line, Told, bundles, lines_of, newest_in
from core.notices.models import Notice
from core.people.addresses import same_site_path
from core.platform.arriving import row_number
from core.platform.db import db
from core.platform.i18n import core_domain
from core.platform.paging import paginate
from core.platform.submit import see_other

__all__ = ["follow_views", "notices", "settings_views", "stop_views"]

_ = core_domain.gettext


@notices.get("/me/notices")
@signed_in
def index() -> ResponseReturnValue:
    """What one is told, gathered by thing and kind, the latest first."""
    viewer = current_viewer()
    unread_only = request.args.get("show") == "unread"
    page = paginate(bundles(viewer, unread_only=unread_only))
    lines = lines_of(viewer, page.items)
    html = render_template(
        "notices/index.html", page=page, lines=lines.shown, unread_only=unread_only,
        newest=page.items[0].newest if page.items else 0,
    )  # fmt: skip
    # What one is not shown any more is no news. After the page, and never for a prefetch.
    if lines.lost and "Sec-Purpose" not in request.headers:
        operations.settle(viewer, lines.lost)
    return html


@notices.get("/me/notices/bell")
@signed_in
def bell() -> ResponseReturnValue:
    """The bell by itself, for open pages that keep it up to date."""
    return render_template("notices/bell.html")


@notices.get("/me/notices/<int:notice>")
@signed_in
def show(notice: int) -> ResponseReturnValue:
    """Lead to what a line is about. Whoever follows the line has read it."""
    viewer = current_viewer()
    row, line = _line(viewer, notice)
    if "Sec-Purpose" not in request.headers:
        operations.mark_read(viewer, row)
    return redirect(line.url)


def _line(viewer: Viewer, number: int) -> tuple[Notice, Line]:
    """One of one's own lines as it was shown, and its latest notice then."""
    row = _own(viewer, number)
    ids = newest_in(viewer, [row.bundle], upto=row.id)[row.bundle]
    line = Told(viewer, ids).line(ids, unread=len(ids))
    if line is None:
        raise unseen(viewer)
    return row, line


def _own(viewer: Viewer, number: int) -> Notice:
    query = select(Notice).where(Notice.id == number, Notice.user_id == viewer.id)
    row = db.session.scalar(query)
    if row is None:
        raise unseen(viewer)
    return row


@notices.post("/me/notices/<int:notice>/read")
@signed_in
def read(notice: int) -> ResponseReturnValue:
    """Mark one line as read."""
    viewer = current_viewer()
    operations.mark_read(viewer, _own(viewer, notice))
    return _back()


@notices.post("/me/notices/read")
@signed_in
def read_all() -> ResponseReturnValue:
    """Mark everything as read that had come when the page was made."""
    operations.mark_all_read(current_viewer(), row_number(request.form.get("newest")))
    flash(_("All notifications are marked as read."), "success")
    return _back()


def _back() -> Response:
    return see_other(same_site_path(request.form.get("next")) or url_for("notices.index"))

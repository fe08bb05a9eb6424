"""The page of one's own files."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.marks import signed_in
from core.contents.queries import kind_title
from core.files import mine
from core.files.blueprint import files
from core.files.space import space_of
from core.platform.arriving import row_number
from core.platform.i18n import core_domain
from core.platform.paging import paginate

_ = core_domain.gettext


@files.get("/files")
@signed_in
def my_files() -> ResponseReturnValue:
    """What the viewer has uploaded, where it is, and how much room it takes."""
    viewer = current_viewer()
    return render_template(
        "files/mine.html", page=paginate(mine.files_of(viewer)), space=space_of(viewer.id or 0),
        kind_title=kind_title,
    )  # fmt: skip


@files.post("/files/remove")
@signed_in
def remove_file() -> ResponseReturnValue:
    """Remove a file that belongs nowhere."""
    mine.remove_unused(current_viewer(), row_number(request.form.get("file")))
    flash(_("The file is removed."), "success")
    return redirect(url_for("files.my_files"), 303)

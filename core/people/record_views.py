"""One's own data: a copy of it, and the end of the account."""

from __future__ import annotations

from flask import Response, flash, json, render_template, session, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import Viewer, current_viewer
from core.access.marks import signed_in
from core.people.blueprint import people
from core.people.erasure import erase
from core.people.export import copy_for, note_export
from core.people.forms import EraseForm
from core.people.password_views import compared_hash
from core.platform.db import utcnow
from core.platform.i18n import core_domain
from core.platform.limits import limit
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext


@people.route("/me/data", methods=["GET", "POST"])
@signed_in
def record() -> ResponseReturnValue:
    """Take a copy of everything, or delete the account."""
    form = EraseForm()
    status = submit(form, lambda: _erase(current_viewer(), form))
    if status == DONE:
        session.clear()
        flash(_("Your account is deleted. Thank you for having been here."), "success")
        return see_other(url_for("site.front"))
    return render_template("people/record.html", form=form), status


def _erase(viewer: Viewer, form: EraseForm) -> None:
    erase(viewer, compared_hash(viewer, form.current_password.data))


@people.post("/me/data/copy")
@signed_in
def copy() -> ResponseReturnValue:
    """The copy as a JSON file."""
    viewer = current_viewer()
    limit("copy", "10 per hour", str(viewer.id))
    body = json.dumps(copy_for(viewer), ensure_ascii=False, indent=2)
    note_export(viewer)
    name = f"sreda-{utcnow():%Y-%m-%d}.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(body, mimetype="application/json", headers=headers)

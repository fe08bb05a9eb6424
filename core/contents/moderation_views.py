"""Moderators at work: hiding with a reason, restoring, and what waits for approval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row

from core.access.actors import current_viewer
from core.access.marks import requires, signed_in
from core.communities.models import Community
from core.contents import operations
from core.contents.attachments import attachments_of
from core.contents.blueprint import contents
from core.contents.drafts import local_path
from core.contents.forms import HideForm
from core.contents.models import Content
from core.contents.queries import (
    Author,
    author_of,
    content_bodies,
    content_views,
    held_contents,
    kind_title,
)
from core.contents.show_views import address_of, allowed, back_to
from core.contract.manifest import ContentView
from core.errors import DomainError
from core.files.models import File
from core.platform.i18n import core_domain
from core.platform.paging import paginate

_ = core_domain.gettext


@contents.route("/contents/<int:content>/hide", methods=["GET", "POST"])
@signed_in
def hide(content: int) -> ResponseReturnValue:
    """Ask for the reason, then take a content out of sight."""
    row = allowed(content, "contents.hide")
    form = HideForm(next=local_path(request.args.get("next", "")))
    if form.validate_on_submit():
        try:
            operations.hide(current_viewer(), row, form.reason)
        except DomainError as error:
            form.form_errors.append(str(error))
            return _hide_page(row, form, error.status)
        _offer_undo(row)
        return redirect(back_to(row), 303)
    return _hide_page(row, form, 400 if request.method == "POST" else 200)


def _hide_page(content: Content, form: HideForm, status: int) -> tuple[str, int]:
    kinds = {content.id: content.kind}
    html = render_template(
        "contents/hide.html", content=content, form=form, kind=kind_title(content.kind),
        view=content_views(kinds).get(content.id), body=content_bodies(kinds).get(content.id, ""),
        back=form.next.data or address_of(content), files=attachments_of([content.id])[content.id],
    )  # fmt: skip
    return html, status


def _offer_undo(content: Content) -> None:
    url = url_for("contents.restore", content=content)
    words = _("Hidden. The author sees the reason.")
    message: Any = {"text": words, "url": url, "label": _("Undo")}
    flash(message, "undo")


@contents.post("/contents/<int:content>/restore")
@signed_in
def restore(content: int) -> ResponseReturnValue:
    """Undo a hiding."""
    row = allowed(content, "contents.hide")
    operations.restore(current_viewer(), row)
    if row.hidden_at is None:
        flash(_("It can be seen again."), "success")
    else:
        flash(_("Undone. It stays out of sight: its author had taken it back."), "success")
    return redirect(back_to(row), 303)


@contents.post("/contents/<int:content>/approve")
@signed_in
def approve(content: int) -> ResponseReturnValue:
    """Publish what waited for approval."""
    row = allowed(content, "contents.approve")
    operations.approve(current_viewer(), row)
    flash(_("Approved and published."), "success")
    return redirect(back_to(row), 303)


@dataclass(frozen=True)
class Waiting:
    """Something that waits for approval."""

    id: int
    kind: str
    author: Author
    created_at: datetime
    view: ContentView | None
    body: str
    files: Sequence[File]


@contents.get("/c/<community>/approval")
@requires("contents.approve")
def approval(community: Community) -> ResponseReturnValue:
    """What waits for approval in a community, the longest waiting first."""
    page = paginate(held_contents(community))
    return render_template("contents/approval.html", page=page, items=_waiting(page.items))


def _waiting(rows: Sequence[Row[Any]]) -> list[Waiting]:
    kinds = {row.id: row.kind for row in rows}
    views, bodies = content_views(kinds), content_bodies(kinds)
    files = attachments_of(list(kinds))
    return [
        Waiting(
            row.id, kind_title(row.kind), author_of(row), row.created_at, views.get(row.id),
            bodies.get(row.id, ""), files[row.id],
        )
        for row in rows
    ]  # fmt: skip

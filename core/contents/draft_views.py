"""Drafts: saving as one types, and the list of one's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.marks import signed_in
from core.contents import drafts
from core.contents.blueprint import contents
from core.contents.models import Draft
from core.platform import html
from core.platform.i18n import core_domain
from core.platform.limits import limit

_ = core_domain.gettext


@contents.get("/drafts")
@signed_in
def my_drafts() -> ResponseReturnValue:
    """Everything that the viewer has begun to write and not sent."""
    return render_template(
        "contents/drafts.html", drafts=drafts.drafts_of(current_viewer()), excerpt=html.excerpt
    )


@contents.post("/drafts")
@signed_in
def save_draft() -> ResponseReturnValue:
    """Keep what is being typed. Answers ``{"saved": moment}``; 409 with the other text when
    another page saved a different one meanwhile."""
    viewer, form = current_viewer(), request.form
    limit("drafts", "120/minute", str(viewer.id))
    body = form.get("body", "")
    body = html.clean(body) if form.get("format") == "html" else html.from_text(body)
    origin = drafts.Origin(
        url=form.get("url") or request.referrer or "",
        page=form.get("page", ""),
        seen=form.get("seen"),
    )
    try:
        moment = drafts.save_draft(
            viewer, form.get("place", ""), body, form.get("title", ""), origin,
            _fields(form.get("fields", "")),
        )  # fmt: skip
    except drafts.DraftConflict as conflict:
        return _facts(conflict.draft) | {"error": str(conflict)}, 409
    return {"saved": moment.isoformat()}


def _fields(sent: str) -> Mapping[str, str]:
    """The texts of a form with many fields by their names; none for what is no such thing."""
    try:
        found = json.loads(sent) if sent else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: text for name, text in found.items() if isinstance(text, str)}


def _facts(draft: Draft) -> dict[str, Any]:
    return {
        "saved": draft.updated_at.isoformat(), "title": draft.title,
        "html": draft.body, "text": html.plain(draft.body), "fields": draft.fields,
    }  # fmt: skip


@contents.post("/drafts/drop")
@signed_in
def drop_draft() -> ResponseReturnValue:
    """Throw a draft away."""
    drafts.drop_draft(current_viewer(), request.form.get("place", ""))
    flash(_("The draft is thrown away."), "success")
    back = drafts.local_path(request.form.get("next", ""))
    return redirect(back or url_for("contents.my_drafts"), 303)

"""The sections of a forum."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    DomainError,
    attempt,
    current_viewer,
    requires,
    status_of,
)
from plugins.forum import moderation, queries
from plugins.forum.forms import SectionForm
from plugins.forum.models import Section
from plugins.forum.views import forum
from plugins.forum.words import _


@forum.route("/sections", methods=["GET", "POST"])
@requires("forum.moderate")
def sections(activity: Activity) -> ResponseReturnValue:
    """All sections, and a new one."""
    return _saved(activity, None)


@forum.route("/sections/<int:section>", methods=["GET", "POST"])
@requires("forum.moderate")
def section(activity: Activity, section: Section) -> ResponseReturnValue:
    """Change one section."""
    return _saved(activity, section)


def _saved(activity: Activity, section: Section | None) -> ResponseReturnValue:
    form = SectionForm(obj=section)

    def save() -> Section:
        values = {name: form[name].data or "" for name in ("title", "description", "kind")}
        return moderation.save_section(current_viewer(), activity, section, values)

    if attempt(form, save) is not None:
        flash(_("The section is saved."), "success")
        return redirect(url_for("forum.sections"), 303)
    html = render_template(
        "forum/sections.html", activity=activity, sections=queries.sections_of(activity),
        section=section, form=form,
    )  # fmt: skip
    return html, status_of(form)


@forum.post("/sections/<int:section>/remove")
@requires("forum.moderate")
def remove_section(activity: Activity, section: Section) -> ResponseReturnValue:
    """Remove an empty section."""
    try:
        moderation.remove_section(current_viewer(), section)
    except DomainError as refusal:
        flash(str(refusal), "warning")
    else:
        flash(_("The section is removed."), "success")
    return redirect(url_for("forum.sections"), 303)

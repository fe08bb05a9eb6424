"""The page on which one chooses how one is told, and sees what one follows."""

from __future__ import annotations

from flask import flash, render_template, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import Viewer, current_viewer
from core.access.marks import signed_in
from core.notices import operations
from core.notices.blueprint import notices
from core.notices.forms import SettingsForm, field_values, groups_of, settings_form
from core.notices.queries import chosen_by, settings_of
from core.notices.refusals import forget_refusal, refusal_of
from core.notices.words import CHANNELS, LEVELS
from core.platform.i18n import core_domain
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext


@notices.route("/me/notices/settings", methods=["GET", "POST"])
@signed_in
def settings() -> ResponseReturnValue:
    """Kinds by ways of being told, quiet hours, and when the digests come."""
    viewer = current_viewer()
    form = _form(viewer)
    status = submit(
        form, lambda: operations.choose(viewer, form.channels, **form.settings)
    )  # fmt: skip
    if status == DONE:
        flash(_("Your notification settings are saved."), "success")
        return see_other(url_for("notices.settings"))
    html = render_template(
        "notices/settings.html", form=form, groups=groups_of(form), channels=CHANNELS,
        levels=LEVELS, refusal=refusal_of(viewer.id),
    )  # fmt: skip
    return html, status


def _form(viewer: Viewer) -> SettingsForm:
    now = settings_of(viewer.id)
    general = {
        name: getattr(now, name)
        for name in ("level", "quiet_from", "quiet_until", "digest_hour", "digest_day")
    }
    return settings_form(data=general | field_values(chosen_by(viewer.id)))


@notices.post("/me/notices/address")
@signed_in
def try_address() -> ResponseReturnValue:
    """Send letters again to an address that a server refused."""
    viewer = current_viewer()
    forget_refusal(viewer, viewer.id or 0)
    flash(_("Letters will be sent to your address again."), "success")
    return see_other(url_for("notices.settings"))

"""The page of one plugin: what it is, what it keeps, its settings and its switch."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.marks import requires
from core.admin import events
from core.admin.blueprint import admin
from core.admin.plugin_pages import plugin_page, quarantined_plugin
from core.admin.plugin_settings import chosen_in, save_settings, show_typed_secrets, tried_settings
from core.admin.switching import OthersToo, set_plugin_enabled
from core.contract.manifest import Plugin
from core.contract.registry import registry
from core.contract.settings import settings_of
from core.contract.traces import traces
from core.errors import Missing
from core.platform.forms import Form
from core.platform.i18n import core_domain
from core.platform.limits import limit
from core.platform.submit import DONE, attempt, see_other, status_of, submit

_ = core_domain.gettext


def not_installed(name: str) -> Missing:
    return Missing(_("The plugin “%(name)s” is not installed.", name=name))


@admin.get("/plugins/<name>")
@requires("site.administer")
def plugin(name: str) -> ResponseReturnValue:
    """Everything about one plugin."""
    page = plugin_page(name, traces())
    aside = quarantined_plugin(name) if page is None else None
    if page is None and aside is None:
        raise not_installed(name)
    return render_template("admin/plugin.html", name=name, page=page, aside=aside)


@admin.post("/plugins/<name>/switch")
@requires("site.administer")
def switch(name: str) -> ResponseReturnValue:
    """Turn a plugin on or off for the whole site; asks first where others go with it."""
    enabled = request.form.get("enabled") == "1"
    others = request.form.get("others") == "1"
    try:
        set_plugin_enabled(current_viewer(), name, enabled, others=others)
    except OthersToo as error:
        titles = {other: registry().installed[other].manifest.title for other in error.others}
        page = render_template(
            "admin/switch_others.html", name=name, enabled=enabled, message=error.message,
            title=registry().installed[name].manifest.title, others=titles,
        )  # fmt: skip
        return page, 409
    title = registry().installed[name].manifest.title
    words = _("“%(title)s” is on.") if enabled else _("“%(title)s” is off. Nothing was deleted.")
    flash(words % {"title": title}, "success")
    return see_other(url_for("admin.plugins"))


def _settings_form(name: str) -> tuple[Plugin, Form]:
    """A plugin that can be set, and the form filled with what holds."""
    installed = registry().installed.get(name)
    if installed is None or installed.manifest.settings is None:
        raise not_installed(name)
    return installed.manifest, installed.manifest.settings(data=dict(settings_of(name)))


@admin.route("/plugins/<name>/settings", methods=["GET", "POST"])
@requires("site.administer")
def plugin_settings(name: str) -> ResponseReturnValue:
    """What the plugin lets a school set, for the whole site."""
    manifest, form = _settings_form(name)
    kind = events.PLUGIN_SETTINGS_CHANGED
    status = submit(form, lambda: save_settings(current_viewer(), name, kind, chosen_in(form)))
    if status == DONE:
        flash(_("The settings are saved."), "success")
        return see_other(url_for("admin.plugin", name=name))
    facts: dict[str, Any] = {"name": name, "manifest": manifest, "form": form, "verdicts": None}
    return render_template("admin/plugin_settings.html", **facts), status


@admin.post("/plugins/<name>/settings/try")
@requires("site.administer")
def try_plugin_settings(name: str) -> ResponseReturnValue:
    """The same form, with what came of trying it; nothing is saved."""
    manifest, form = _settings_form(name)
    if manifest.try_settings is None:
        raise not_installed(name)
    limit("admin.try_settings", "20/minute", str(current_viewer().id))
    verdicts = attempt(form, lambda: tried_settings(name, form))
    show_typed_secrets(form)
    facts: dict[str, Any] = {"name": name, "manifest": manifest, "form": form}
    page = render_template("admin/plugin_settings.html", verdicts=verdicts, **facts)
    status = 200 if verdicts is not None else status_of(form)
    return page, status, {"Cache-Control": "no-store"}

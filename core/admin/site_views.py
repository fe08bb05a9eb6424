"""The site itself: plugins and their switches, the log, and how everything is doing."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.marks import requires
from core.admin import log as log_of_site
from core.admin import operations, queries
from core.admin.blueprint import admin
from core.admin.condition import findings
from core.admin.forms import LogFilter
from core.contract.registry import registry
from core.errors import Missing
from core.events.readers import ask_retry
from core.jobs.operations import retry_job, retry_jobs
from core.jobs.queries import failing, tally, under_way
from core.platform.arriving import row_number
from core.platform.i18n import core_domain
from core.platform.submit import see_other

_ = core_domain.gettext
ngettext = core_domain.ngettext


@admin.get("/")
@requires("site.administer")
def plugins() -> ResponseReturnValue:
    """What is installed, what it brings, and what went wrong with it."""
    return render_template(
        "admin/plugins.html",
        states=queries.plugin_states(),
        quarantined=registry().quarantined,
    )


@admin.post("/plugins/<name>/reset")
@requires("site.administer")
def reset_breaker(name: str) -> ResponseReturnValue:
    """Let a plugin that was left out speak again at once, in this process."""
    if name not in registry().installed:
        raise Missing(_("The plugin “%(name)s” is not installed.", name=name))
    registry().breaker.reset(name)
    flash(_("The plugin is asked again."), "success")
    return see_other(url_for("admin.plugins"))


@admin.post("/events/<int:set_aside>/retry")
@requires("site.administer")
def retry(set_aside: int) -> ResponseReturnValue:
    """Try an event again that a reader could not take in; the worker does it."""
    ask_retry(current_viewer(), set_aside)
    flash(_("The event is tried again within seconds."), "success")
    return see_other(url_for("admin.condition"))


@admin.get("/log")
@requires("site.administer")
def log() -> ResponseReturnValue:
    """Who did what."""
    form = LogFilter(request.args)
    form.validate()
    wanted = log_of_site.Wanted(
        kind=form.kind.data or "",
        person=form.person.data or "",
        community=form.community_id,
        since=form.since.data,
        until=form.until.data,
        before=request.args.get("before", 0, row_number),
    )
    entries, older = log_of_site.entries(wanted)
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if name != "before" and value
    }
    here = url_for("admin.log")
    return render_template(
        "admin/log.html",
        form=form,
        entries=entries,
        older_url=f"{here}?{urlencode(kept | {'before': older})}" if older else "",
        latest_url=f"{here}?{urlencode(kept)}" if wanted.before else "",
    )


@admin.get("/health")
@requires("site.administer")
def condition() -> ResponseReturnValue:
    """How the site is doing, and what could not be done."""
    jobs = tally()
    return render_template(
        "admin/condition.html",
        findings=list(findings(jobs)),
        jobs=jobs,
        under_way=under_way() if jobs.running else [],
        failing=failing(),
        set_aside=queries.events_set_aside(),
    )


@admin.post("/jobs/<int:job>/retry")
@requires("site.administer")
def retry_failed(job: int) -> ResponseReturnValue:
    """Try a job again that failed; the worker does it."""
    retry_job(current_viewer(), job)
    flash(_("The job is tried again within seconds."), "success")
    return see_other(url_for("admin.condition"))


@admin.post("/jobs/retry")
@requires("site.administer")
def retry_all_failed() -> ResponseReturnValue:
    """Try all jobs again that failed: the mail server is back."""
    number = retry_jobs(current_viewer())
    words = ngettext("%(n)s job is tried again.", "%(n)s jobs are tried again.", number)
    flash(words, "success")
    return see_other(url_for("admin.condition"))


@admin.post("/jobs/<int:job>/forget")
@requires("site.administer")
def forget_failed(job: int) -> ResponseReturnValue:
    """Give a failed job up."""
    operations.forget_failed_job(current_viewer(), job)
    flash(_("The job is forgotten."), "success")
    return see_other(url_for("admin.condition"))

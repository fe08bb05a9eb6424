"""Setting activities up, changing them, putting them into order and into the archive."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.access.actors import current_viewer
from core.access.guard import members_only
from core.access.marks import public, requires
from core.activities import operations
from core.activities.blueprint import activities
from core.activities.forms import ActivityForm
from core.activities.models import Activity, ActivityState
from core.activities.news import address_of
from core.activities.queries import all_in, archived_in, is_available, may_look_inside
from core.communities.models import Community
from core.contract.manifest import ActivityType
from core.contract.registry import registry
from core.platform.db import utcnow
from core.platform.i18n import core_domain
from core.platform.submit import DONE, see_other, submit

_ = core_domain.gettext


@activities.app_template_global()
def form_of(activity: Activity) -> ActivityType | None:
    """For templates: the form of an activity; None while its plugin is off or gone."""
    if not is_available(activity):
        return None
    return operations.activity_type(activity)


activities.add_app_template_global(utcnow, "moment_now")


@activities.get("/c/<community>/activities/")
@requires("activities.manage")
def arrange(community: Community) -> str:
    """Everything that stands in the community, to be sorted and changed."""
    page = all_in(community)
    groups: dict[tuple[str, str], list[Activity]] = {}
    for row in page.items:
        activity = row[0]
        groups.setdefault((activity.plugin, activity.kind), []).append(activity)
    return render_template(
        "activities/arrange.html", community=community, page=page, groups=list(groups.values())
    )


@activities.get("/c/<community>/activities/archive")
@public
def archived(community: Community) -> str:
    """What is over and kept for reading."""
    viewer = current_viewer()
    if not may_look_inside(viewer, community):
        raise members_only(viewer)
    page = archived_in(community)
    rows = [(row[0], address_of(row[0])) for row in page.items]
    return render_template("activities/archived.html", community=community, page=page, rows=rows)


@activities.get("/c/<community>/activities/new")
@requires("activities.create")
def choose(community: Community) -> str:
    """The forms of activity that are on in this community, with a line on each."""
    return render_template("activities/choose.html", community=community, forms=_forms(community))


def _forms(community: Community) -> list[tuple[str, ActivityType]]:
    on = registry().enabled_in(community.id)
    types = registry().activity_types()
    return [(plugin, kind) for (plugin, key), kind in types.items() if plugin in on]


@activities.route("/c/<community>/activities/new/<plugin>/<kind>", methods=["GET", "POST"])
@requires("activities.create")
def new(community: Community, plugin: str, kind: str) -> ResponseReturnValue:
    """Set up an activity of one form."""
    form_type = registry().activity_types().get((plugin, kind))
    if form_type is None or plugin not in registry().enabled_in(community.id):
        abort(404)
    if form_type.start:
        return see_other(url_for(form_type.start, community=community))
    form: Any = form_type.form()
    made: list[Activity] = []
    status = submit(form, lambda: made.append(_create(community, plugin, kind, form)))
    if status == DONE:
        if made[0].state == ActivityState.DRAFT:
            flash(_("The draft is kept. Publish it when it is ready."), "success")
        else:
            flash(_("The activity is open."), "success")
        return see_other(address_of(made[0]))
    page = render_template(
        "activities/new.html", community=community, form=form, form_type=form_type
    )
    return page, status


def _create(community: Community, plugin: str, kind: str, form: ActivityForm) -> Activity:
    return operations.create_activity(
        current_viewer(), community, plugin, kind, form.title.data, form,
        state=ActivityState(form.state.data), term=_term(form),
    )  # fmt: skip


def _term(form: ActivityForm) -> operations.Term:
    return operations.Term(form.opens_at.data, form.closes_at.data)


@activities.route("/c/<community>/activities/<int:activity>/settings", methods=["GET", "POST"])
@requires("activities.manage")
def edit(activity: Activity) -> ResponseReturnValue:
    """Change an activity; one whose plugin is away can only be put aside."""
    form_type = form_of(activity)
    if form_type is None:
        return render_template("activities/unavailable.html", activity=activity)
    settings = form_type.settings(activity) if form_type.settings else {}
    form: Any = form_type.form(obj=activity, data=settings)
    del form.state
    status = submit(form, lambda: _change(activity, form))
    if status == DONE:
        flash(_("The changes are stored."), "success")
        return see_other(address_of(activity))
    page = render_template(
        "activities/edit.html", activity=activity, form=form, form_type=form_type,
        deletable=activity.state == ActivityState.DRAFT and not operations.has_contents(activity),
    )  # fmt: skip
    return page, status


def _change(activity: Activity, form: ActivityForm) -> None:
    operations.change_activity(current_viewer(), activity, form.title.data, _term(form), form)


@activities.post(
    "/c/<community>/activities/<int:activity>/<any(publish, archive, unarchive, withdraw):change>"
)
@requires("activities.manage")
def put(activity: Activity, change: str) -> ResponseReturnValue:
    """Publish a draft, archive something over, or take either back."""
    before = ActivityState(activity.state)
    operations.set_activity_state(current_viewer(), activity, STATES[change])
    undo = UNDONE_BY.get((before, STATES[change]))
    words = _said(change, activity.title)
    if undo is None:
        flash(words, "success")
    else:
        url = url_for("activities.put", activity=activity, change=undo)
        undoing: Any = {"text": words, "url": url, "label": _("Undo")}
        flash(undoing, "undo")
    return see_other(_after(activity))


STATES = {
    "publish": ActivityState.PUBLISHED,
    "archive": ActivityState.ARCHIVED,
    "unarchive": ActivityState.PUBLISHED,
    "withdraw": ActivityState.DRAFT,
}
# What takes a change back, by the state before and after it.
UNDONE_BY = {
    (ActivityState.DRAFT, ActivityState.PUBLISHED): "withdraw",
    (ActivityState.PUBLISHED, ActivityState.ARCHIVED): "unarchive",
    (ActivityState.ARCHIVED, ActivityState.PUBLISHED): "archive",
    (ActivityState.PUBLISHED, ActivityState.DRAFT): "publish",
}


def _said(change: str, title: str) -> str:
    match change:
        case "publish":
            return _("“%(title)s” is published.", title=title)
        case "archive":
            return _("“%(title)s” is in the archive. Nothing in it is lost.", title=title)
        case "unarchive":
            return _("“%(title)s” is out of the archive.", title=title)
    return _("“%(title)s” is a draft again.", title=title)


def _after(activity: Activity) -> str:
    """Back to the list one sorts and sweeps, or else to the activity itself."""
    if request.form.get("next") == "arrange" or not is_available(activity):
        return url_for("activities.arrange", community=activity.community)
    return address_of(activity)


@activities.post("/c/<community>/activities/<int:activity>/<any(up, down):direction>")
@requires("activities.manage")
def move(activity: Activity, direction: str) -> ResponseReturnValue:
    """One place up or down among the activities of its form."""
    operations.move_activity(current_viewer(), activity, -1 if direction == "up" else 1)
    address = url_for(
        "activities.arrange", community=activity.community, page=request.args.get("page")
    )
    return see_other(f"{address}#activity-{activity.id}")


@activities.post("/c/<community>/activities/<int:activity>/delete")
@requires("activities.manage")
def delete(activity: Activity) -> ResponseReturnValue:
    """Delete an empty draft; there is nothing in it to be missed, so there is no undo."""
    community, title = activity.community, activity.title
    operations.delete_activity(current_viewer(), activity)
    flash(_("The draft “%(title)s” is deleted.", title=title), "success")
    return see_other(url_for("activities.arrange", community=community))

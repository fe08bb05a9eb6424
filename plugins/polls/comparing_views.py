"""Results side by side, and as files."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.api import Activity, csv_file, current_viewer, limit, public, requires
from plugins.polls import export, groups, results
from plugins.polls.capabilities import MANAGE
from plugins.polls.charts import chart_of
from plugins.polls.groups import By
from plugins.polls.locking import find
from plugins.polls.models import Poll
from plugins.polls.structure import structure_of
from plugins.polls.turns import turn_of
from plugins.polls.views import polls
from plugins.polls.words import _

EXPORTING = "20/5 minutes"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sees(activity: Activity, poll: Poll) -> bool:
    """Whether the results are for the viewer now."""
    turn, staff = turn_of(current_viewer(), poll), results.manages(activity)
    return results.sees_results(poll, turn, staff=staff) and not results.too_few(poll)


@polls.get("/results/schools")
@public
def schools(activity: Activity) -> ResponseReturnValue:
    """By schools."""
    return _by_groups(activity, By.SCHOOL)


@polls.get("/results/categories")
@public
def categories(activity: Activity) -> ResponseReturnValue:
    """By categories of schools."""
    return _by_groups(activity, By.CATEGORY)


def _by_groups(activity: Activity, by: By) -> ResponseReturnValue:
    poll = find(activity.id)
    if not groups.has_groups(poll) or not sees(activity, poll):
        return redirect(url_for("polls.result"), 303)
    least = results.smallest_group(activity)
    tables = groups.by_groups(poll, structure_of(activity.id), by, least)
    return render_template(
        "polls/compare.html", activity=activity, poll=poll, by=by, least=least,
        tables=[(table, None) for table in tables],
    )  # fmt: skip


@polls.get("/results/rounds")
@public
def rounds(activity: Activity) -> ResponseReturnValue:
    """The same questionnaire, round by round: as far as each may be seen."""
    poll = find(activity.id)
    if not sees(activity, poll):
        return redirect(url_for("polls.result"), 303)
    shown = [each for each in groups.rounds_of(poll) if sees(each, find(each.id))]
    tables = groups.by_rounds(structure_of(activity.id), shown)
    return render_template(
        "polls/compare.html", activity=activity, poll=poll, by=By.ROUND, least=0, rounds=shown,
        tables=[(table, chart_of(table)) for table in tables],
    )  # fmt: skip


@polls.get("/results.xlsx")
@requires(MANAGE)
def workbook(activity: Activity) -> ResponseReturnValue:
    """Results and answers as a workbook."""
    poll, structure = find(activity.id), structure_of(activity.id)
    if not sees(activity, poll):
        return not_yet()
    limit("polls.exports", EXPORTING, str(current_viewer().id))
    shown = results.results_of(structure, activity.id)
    body = export.as_xlsx(
        [
            (_("Results"), export.summary_rows(shown)),
            (_("Answers"), export.ballot_rows(poll, structure)),
        ]
    )
    return _file(body, XLSX, f"poll-{activity.id}.xlsx")


@polls.get("/results.csv")
@requires(MANAGE)
def table(activity: Activity) -> ResponseReturnValue:
    """What was counted, as a table."""
    poll, structure = find(activity.id), structure_of(activity.id)
    if not sees(activity, poll):
        return not_yet()
    limit("polls.exports", EXPORTING, str(current_viewer().id))
    rows = export.summary_rows(results.results_of(structure, activity.id))
    return csv_file(rows, f"poll-{activity.id}.csv")


@polls.get("/answers.csv")
@requires(MANAGE)
def answers(activity: Activity) -> ResponseReturnValue:
    """What was answered, a line for each ballot."""
    poll, structure = find(activity.id), structure_of(activity.id)
    if not sees(activity, poll):
        return not_yet()
    limit("polls.exports", EXPORTING, str(current_viewer().id))
    rows = export.ballot_rows(poll, structure)
    return csv_file(rows, f"poll-{activity.id}-answers.csv")


def not_yet() -> ResponseReturnValue:
    """Back to the poll, with the reason."""
    flash(_("The results are not for anybody yet."), "info")
    return redirect(url_for("polls.show"), 303)


def _file(body: bytes, media_type: str, name: str) -> Response:
    response = Response(body, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response

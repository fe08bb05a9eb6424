"""What is read of reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import ColumnElement, Row, select

from core.api import (
    Community,
    Content,
    ContentView,
    Page,
    User,
    Viewer,
    can,
    current_viewer,
    db,
    paginate,
)
from plugins.messages.models import Report
from plugins.messages.reasons import reason_title
from plugins.messages.words import _


def may_judge(viewer: Viewer, report: Report) -> bool:
    """Whether somebody decides on a report: not about themself."""
    if viewer.id is None or viewer.id in (report.accused_id, report.reporter_id):
        return False
    community = db.session.get(Community, report.community_id or 0)
    if report.community_id is not None and community is None:
        return False
    return can(viewer, "messages.judge", community)


def report_at(_parent: object, number: int) -> Report | None:
    """A report of an address, for whoever made it and for those who decide on it."""
    viewer = current_viewer()
    report = db.session.get(Report, number)
    if report is None or viewer.id is None:
        return None
    return report if viewer.id == report.reporter_id or may_judge(viewer, report) else None


def reports(*which: ColumnElement[bool]) -> Page[Row[Any]]:
    """Reports, the open ones first, but none about the viewer; one query."""
    not_oneself = Report.accused_id.is_distinct_from(current_viewer().id)
    query = (
        select(
            Report.id, Report.reason, Report.closed_at, Report.upheld, Content.created_at,
            User.surname, User.given_name, User.patronymic,
        )
        .join(Content, Content.id == Report.id)
        .outerjoin(User, User.id == Report.accused_id)
        .where(*which, not_oneself)
        .order_by(Report.closed_at.is_not(None), Report.id.desc())
    )  # fmt: skip
    return paginate(query)


def report_views(ids: Sequence[int]) -> Mapping[int, ContentView]:
    """Reports as lines of other pages: the reason, and nothing that was said."""
    rows = db.session.execute(select(Report.id, Report.reason).where(Report.id.in_(ids)))
    return {
        row.id: ContentView(
            title=_("Report: %(reason)s", reason=reason_title(row.reason)),
            url=url_for("messages.decide", report=row.id),
        )
        for row in rows
    }

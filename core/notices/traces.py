"""What people were told of a plugin's activities, what they follow there, and how they chose."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from core.activities.models import Activity
from core.contents.traces import written_in
from core.contract.traces import Trace, begins_with
from core.notices.models import Follow, Notice, NoticeChoice
from core.platform.i18n import core_domain

_l = core_domain.lazy


def _notices(plugin: str) -> ColumnElement[bool]:
    activities = select(Activity.id).where(Activity.plugin == plugin)
    return or_(
        begins_with(Notice.kind, f"{plugin}."),
        Notice.activity_id.in_(activities),
        Notice.content_id.in_(written_in(plugin)),
    )


def _follows(plugin: str) -> ColumnElement[bool]:
    activities = select(Activity.id).where(Activity.plugin == plugin)
    return or_(Follow.activity_id.in_(activities), Follow.content_id.in_(written_in(plugin)))


TRACES = (
    Trace(_l("Notices"), Notice, _notices),
    Trace(_l("Choices of how to be told"), NoticeChoice,
          lambda plugin: begins_with(NoticeChoice.kind, f"{plugin}.")),
    Trace(_l("Things that people follow"), Follow, _follows),
)  # fmt: skip

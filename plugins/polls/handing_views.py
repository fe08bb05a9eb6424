"""The files that people gave in answer to a poll, for whoever runs it."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.api import Activity, File, db, hand_out, paginate, requires, send_zip
from plugins.polls.capabilities import MANAGE
from plugins.polls.comparing_views import not_yet, sees
from plugins.polls.handing import handed_in
from plugins.polls.kinds import FILE
from plugins.polls.locking import find
from plugins.polls.models import Answer, Privacy, Question
from plugins.polls.views import polls


@polls.get("/results/<int:question>/files")
@requires(MANAGE)
def handed(activity: Activity, question: Question) -> ResponseReturnValue:
    """All files in answer to one question; with names where all see them anyway."""
    poll = find(activity.id)
    if not sees(activity, poll):
        return not_yet()
    if question.kind != FILE:
        return redirect(url_for("polls.result"), 303)
    return render_template(
        "polls/handed.html", activity=activity, question=question,
        page=paginate(handed_in(activity.id, question.id)),
        named=poll.privacy == Privacy.NAMED,
    )  # fmt: skip


@polls.get("/results/<int:question>/files.zip")
@requires(MANAGE)
def all_handed(activity: Activity, question: Question) -> ResponseReturnValue:
    """The same as one archive; those of one name get numbers."""
    if not sees(activity, find(activity.id)):
        return not_yet()
    rows = db.session.execute(handed_in(activity.id, question.id))
    return send_zip([(row.File.name, row.File) for row in rows], f"{activity.title[:60]}.zip")


@polls.get("/answers/<int:answer>/file")
@requires(MANAGE)
def handed_file(activity: Activity, answer: Answer) -> ResponseReturnValue:
    """The file of one answer."""
    if not sees(activity, find(activity.id)):
        return not_yet()
    if answer.file_id is None:
        return redirect(url_for("polls.result"), 303)
    return hand_out(db.session.get_one(File, answer.file_id))

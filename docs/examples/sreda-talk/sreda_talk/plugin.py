"""Talk: a room in which a community speaks, a line at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ForeignKey, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column
from wtforms import StringField
from wtforms.validators import InputRequired, Length

import core.api as sreda
from core.api import User

words = sreda.Domain("talk")
_, _l, ngettext = words.gettext, words.lazy, words.ngettext
LONGEST, SHOWN = 2000, 50


class Line(sreda.Base):
    __tablename__ = "talk_lines"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str]


# Put together once: a busy room sends them all the time.
ADDED = sreda.insert_given(insert(Line), Line.id, Line.activity_id, Line.text)
LINES = (
    select(Line.id, Line.text, User.surname, User.given_name, User.patronymic)
    .join(sreda.Content, sreda.Content.id == Line.id)
    .join(User, User.id == sreda.Content.author_id)
    .where(sreda.among(Line.id, "lines"), sreda.Content.hidden_at.is_(None))
)


def entries(found: Sequence[sreda.Entry]) -> Mapping[int, Mapping[str, Any]]:
    """What readers are sent of many entries, in one query."""
    facts = {"lines": [entry.subject_id for entry in found]}
    lines = {row.id: row for row in sreda.rows(LINES, facts)}
    return {
        entry.number: {
            "text": line.text,
            "name": sreda.short_name(line.surname, line.given_name, line.patronymic),
        }
        for entry in found
        if (line := lines.get(entry.subject_id)) is not None
    }


ROOM = sreda.Stream(name="talk.room", reads="talk.listen", entries=entries)


@dataclass(frozen=True)
class Said:
    """A line that somebody wants to have stored, and what their browser calls it."""

    actor: sreda.Actor
    text: str
    mark: str = ""

    @classmethod
    def of(cls, actor: sreda.Actor, text: str, mark: str = "") -> Said:
        text = text.strip()
        if not 0 < len(text) <= LONGEST:
            raise sreda.DomainError(_("Write something, up to %(most)s characters.", most=LONGEST))
        return cls(actor, text, mark)


@sreda.operation
def say(actor: sreda.Actor, activity: sreda.Activity, said: Sequence[Said]) -> list[int]:
    """Store lines; the numbers they have in the room. What came before is stored once."""
    room = ROOM.hold(activity)
    before = room.all_sent_before({line.actor.id: line.mark for line in said})
    new = [line for line in said if line.actor.id not in before]
    written = [sreda.Written(line.actor) for line in new]
    stored = list(zip(sreda.new_contents(written, "talk.line", activity), new, strict=True))
    lines = [{"id": n, "activity_id": activity.id, "text": line.text} for n, line in stored]
    sreda.rows(ADDED, {"rows": lines})
    sreda.search_again(number for number, line in stored)
    added = iter(room.add_all("line", [(n, line.actor, line.mark) for n, line in stored]))
    sreda.changed(activity, "unread")
    return [
        before[line.actor.id].number if line.actor.id in before else next(added) for line in said
    ]


def store(activity: sreda.Activity, said: Sequence[Said]) -> list[dict[str, Any]]:
    """What everybody said in the same moment, in one transaction."""
    return [{"number": number} for number in say(sreda.SYSTEM, activity, said)]


class TalkNamespace(sreda.ActivityNamespace):
    streams = (ROOM,)

    @sreda.requires("talk.speak")
    @sreda.together(store)
    def on_say(self, activity: sreda.Activity, mark: str, text: str) -> Said:
        return Said.of(sreda.current_viewer(), text, mark)


class LineForm(sreda.Form):
    text = StringField(_l("Your line"), [InputRequired(), Length(max=LONGEST)])
    submission = sreda.SubmissionField()


talk = Blueprint("talk", __name__)


@talk.get("/")
@sreda.requires("talk.listen")
def home(activity: sreda.Activity) -> ResponseReturnValue:
    return page(activity, LineForm())


@talk.post("/")
@sreda.requires("talk.speak")
def add(activity: sreda.Activity) -> ResponseReturnValue:
    """Without script: the line comes as a form, and the page is drawn anew."""
    form = LineForm()
    if not form.validate_on_submit():
        return page(activity, form), 400
    viewer = sreda.current_viewer()
    say(viewer, activity, [Said.of(viewer, form.text.data, form.submission.data)])
    return redirect(url_for(".home"), 303)


def page(activity: sreda.Activity, form: LineForm) -> str:
    last = ROOM.last(activity)
    lines = ROOM.told(activity, after=max(0, last - SHOWN))
    return render_template("talk/home.html", activity=activity, form=form, lines=lines, last=last)


def summaries(
    activities: Sequence[sreda.Activity], viewer: sreda.Viewer
) -> Mapping[int, sreda.Summary]:
    query = select(Line.activity_id, func.count()).group_by(Line.activity_id)
    query = query.where(Line.activity_id.in_([activity.id for activity in activities]))
    counts = dict(sreda.db.session.execute(query).tuples().all())
    return {
        activity.id: sreda.Summary(
            text=ngettext("%(n)s line", "%(n)s lines", counts.get(activity.id, 0))
        )
        for activity in activities
    }


def views(ids: Sequence[int]) -> Mapping[int, sreda.ContentView]:
    query = select(Line.id, Line.text, Line.activity_id, sreda.Community.slug).where(
        Line.id.in_(ids),
        Line.activity_id == sreda.Activity.id,
        sreda.Activity.community_id == sreda.Community.id,
    )
    return {
        row.id: sreda.ContentView(
            title=row.text[:80],
            url=url_for("talk.home", activity=row.activity_id, community=row.slug),
        )
        for row in sreda.db.session.execute(query)
    }


def bodies(ids: Sequence[int]) -> Mapping[int, str]:
    rows = sreda.db.session.execute(select(Line.id, Line.text).where(Line.id.in_(ids)))
    return {number: sreda.from_text(text) for number, text in rows}


@sreda.hookimpl
def plugin_manifest() -> sreda.Plugin:
    return sreda.Plugin(
        name="talk", title=_l("Talk"), version="1.0",
        activity_types=(
            sreda.ActivityType(
                key="talk", title=_l("Talk"), plural=_l("Talks"), icon="chat-left-text",
                hue="green", home="talk.home", form=sreda.ActivityForm, saved=lambda *_: None,
                summaries=summaries,
            ),
        ),
        capabilities=(
            sreda.Capability("talk.listen", _l("Read what is said"), sreda.MEMBERS),
            sreda.Capability("talk.speak", _l("Speak"), sreda.MEMBERS),
        ),
        contents=(
            sreda.ContentType(kind="talk.line", title=_l("Line"), views=views, bodies=bodies),
        ),
        mounts=(sreda.Mount(talk, sreda.Scope.ACTIVITY),),
        namespaces=(TalkNamespace,),
    )  # fmt: skip


@sreda.hookimpl
def demo_content(community: sreda.Community, cast: Any) -> None:
    room = sreda.create_activity(cast.coordinator, community, "talk", "talk", "Учительская")
    say(cast.tutor, room, [Said.of(cast.tutor, "Добрый день, коллеги!")])

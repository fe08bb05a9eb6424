"""Ideas: a community collects what it could do together, a sentence each."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ForeignKey, Row, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship
from wtforms import StringField
from wtforms.validators import InputRequired, Length

import core.api as sreda

words = sreda.Domain("ideas")
_, _l, ngettext = words.gettext, words.lazy, words.ngettext


class Idea(sreda.Base):
    __tablename__ = "ideas_ideas"

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str]
    content: Mapped[sreda.Content] = relationship(sreda.Content)


@sreda.operation
def suggest(actor: sreda.Actor, activity: sreda.Activity, text: str, mark: str = "") -> None:
    if sreda.sent_before(actor, mark):
        return
    content = sreda.new_content(actor, "ideas.idea", activity, submission=mark)
    sreda.db.session.add(Idea(id=content.id, activity_id=activity.id, text=text))
    sreda.record("ideas.suggested", actor, activity=activity, content=content)


def ideas_of(activity: sreda.Activity, viewer: sreda.Viewer) -> sreda.Page[Row[Any]]:
    query = select(Idea.text, sreda.Content.created_at, sreda.User).join(Idea.content)
    query = query.join(sreda.Content.author).where(Idea.activity_id == activity.id)
    return sreda.paginate(query.where(sreda.visible_to(viewer)).order_by(Idea.id.desc()))


def summaries(
    activities: Sequence[sreda.Activity], viewer: sreda.Viewer
) -> Mapping[int, sreda.Summary]:
    ids = [activity.id for activity in activities]
    query = select(Idea.activity_id, func.count()).join(Idea.content).group_by(Idea.activity_id)
    query = query.where(Idea.activity_id.in_(ids), sreda.visible_to(viewer))
    found = dict(sreda.db.session.execute(query).all())
    texts = {number: ngettext("%(n)s idea", "%(n)s ideas", found.get(number, 0)) for number in ids}
    return {number: sreda.Summary(text=text) for number, text in texts.items()}


def idea_views(ids: Sequence[int]) -> Mapping[int, sreda.ContentView]:
    query = select(Idea.id, Idea.text, Idea.activity_id, sreda.Community.slug).where(
        Idea.id.in_(ids),
        Idea.activity_id == sreda.Activity.id,
        sreda.Activity.community_id == sreda.Community.id,
    )
    return {
        number: sreda.ContentView(
            title=text, url=url_for("ideas.home", activity=activity, community=slug)
        )
        for number, text, activity, slug in sreda.db.session.execute(query)
    }


def idea_bodies(ids: Sequence[int]) -> Mapping[int, str]:
    rows = sreda.db.session.execute(select(Idea.id, Idea.text).where(Idea.id.in_(ids)))
    return {number: sreda.from_text(text) for number, text in rows}


class IdeaForm(sreda.Form):
    text = StringField(_l("Your idea"), [InputRequired(), Length(max=200)])
    submission = sreda.SubmissionField()


pages = Blueprint("ideas", __name__)


@pages.get("/")
@sreda.public
def home(activity: sreda.Activity) -> ResponseReturnValue:
    return page(activity, IdeaForm())


@pages.post("/")
@sreda.requires("ideas.suggest")
def add(activity: sreda.Activity) -> ResponseReturnValue:
    form = IdeaForm()
    if not form.validate_on_submit():
        return page(activity, form), 400
    suggest(sreda.current_viewer(), activity, form.text.data, form.submission.data)
    return redirect(url_for(".home"), 303)


def page(activity: sreda.Activity, form: IdeaForm) -> str:
    ideas = ideas_of(activity, sreda.current_viewer())
    return render_template("ideas/home.html", activity=activity, ideas=ideas, form=form)


@sreda.hookimpl
def plugin_manifest() -> sreda.Plugin:
    kind = sreda.ActivityType(
        key="ideas", title=_l("Ideas"), plural=_l("Ideas"), icon="lightbulb", hue="yellow",
        home="ideas.home", form=sreda.ActivityForm, saved=lambda *_: None, summaries=summaries,
    )  # fmt: skip
    idea = sreda.ContentType(
        kind="ideas.idea", title=_l("Idea"), views=idea_views, bodies=idea_bodies
    )
    return sreda.Plugin(
        name="ideas", title=_l("Ideas"), version="0.1", activity_types=(kind,), contents=(idea,),
        capabilities=(sreda.Capability("ideas.suggest", _l("Suggest ideas"), sreda.MEMBERS),),
        mounts=(sreda.Mount(pages, sreda.Scope.ACTIVITY),),
        events={"ideas.suggested": _l("Suggested an idea")},
    )  # fmt: skip


@sreda.hookimpl
def demo_content(community: sreda.Community, cast: Any) -> None:
    place = sreda.create_activity(cast.coordinator, community, "ideas", "ideas", "Банк идей")
    suggest(cast.tutor, place, "Общий день открытых уроков в апреле")

"""Actions on posts and topics: answers, withdrawing, and the work of moderators."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Activity,
    Refused,
    attempt,
    can,
    current_viewer,
    db,
    hide,
    lasting,
    requires,
    restore,
    row_number,
    signed_in,
    status_of,
)
from plugins.forum import moderation, queries, reading
from plugins.forum.finding import ensure_may_change
from plugins.forum.forms import DecisionForm, MergeForm, MoveForm, SplitForm, choose_sections
from plugins.forum.models import Post, Section, Topic, TopicKind
from plugins.forum.topic_page import posts_page
from plugins.forum.views import address, back_to, forum, page_number
from plugins.forum.words import _


@forum.post("/posts/<int:post>/answer")
@requires("forum.reply")
def answer(activity: Activity, post: Post) -> ResponseReturnValue:
    """Mark a post as the answer, or take that back: for the topic's author and for moderators."""
    viewer = current_viewer()
    own = post.topic.content.author_id == viewer.id
    if not own and not can(viewer, "forum.mark_answer", activity=activity):
        raise Refused(_("Only whoever began the discussion, or a moderator, marks the answer."))
    moderation.mark_answer(viewer, post, request.form.get("on") == "1")
    return redirect(address(post), 303)


@forum.post("/posts/<int:post>/withdraw")
@requires("forum.reply")
def withdraw(activity: Activity, post: Post) -> ResponseReturnValue:
    """Take one's own post back; it can be brought back."""
    if post.content.author_id != current_viewer().id:
        raise Refused(_("Only its author can take a post back."))
    ensure_may_change(activity, post)
    hide(current_viewer(), post.content, _("Taken back by its author"))
    url = url_for("forum.bring_back", post=post)
    undo = {"text": _("Your post is taken back."), "url": url, "label": _("Undo")}
    flash(undo, "undo")  # type: ignore[arg-type]  # the layout makes a button of it
    return redirect(address(post), 303)


@forum.post("/posts/<int:post>/bring-back")
@requires("forum.reply")
def bring_back(activity: Activity, post: Post) -> ResponseReturnValue:
    """Bring back one's own post, unless a moderator hid it."""
    content, viewer = post.content, current_viewer()
    if content.author_id != viewer.id or content.hidden_by_id != viewer.id:
        raise Refused(_("A moderator has hidden this post. Write to them if you do not agree."))
    ensure_may_change(activity, post)
    restore(viewer, content)
    flash(_("Your post can be seen again."), "success")
    return redirect(address(post), 303)


@forum.post("/topics/<int:topic>/arrange")
@requires("forum.moderate")
def arrange(activity: Activity, topic: Topic) -> ResponseReturnValue:
    """Pin, lock, or make special; or take one of these back."""
    said = {name: value == "1" for name, value in request.form.items() if value in ("0", "1")}
    kind = None
    if "special" in said:
        kind = TopicKind.GOVERNANCE if said["special"] else TopicKind.DISCUSSION
    moderation.arrange(
        current_viewer(), topic, pinned=said.get("pinned"), locked_now=said.get("locked"), kind=kind
    )
    return back_to(topic)


@forum.route("/topics/<int:topic>/decide", methods=["GET", "POST"])
@requires("forum.moderate")
def decide(activity: Activity, topic: Topic) -> ResponseReturnValue:
    """Close a discussion with what was decided."""
    form = DecisionForm(data={"body": topic.decision} if topic.decision else None)

    def close() -> bool:
        moderation.reach_decision(current_viewer(), topic, form.body.data)
        return True

    if attempt(form, close):
        flash(_("The decision stands above the discussion, which is closed now."), "success")
        return back_to(topic)
    html = render_template("forum/decide.html", activity=activity, topic=topic, form=form)
    return html, status_of(form)


@forum.post("/topics/<int:topic>/reopen")
@requires("forum.moderate")
def reopen(activity: Activity, topic: Topic) -> ResponseReturnValue:
    """Go on discussing."""
    moderation.reopen(current_viewer(), topic)
    flash(_("The discussion is open again."), "success")
    return back_to(topic)


@forum.route("/topics/<int:topic>/move", methods=["GET", "POST"])
@requires("forum.moderate")
def move(activity: Activity, topic: Topic) -> ResponseReturnValue:
    """Move a topic to another section or forum of the community."""
    form = MoveForm(data={"section": topic.section_id})
    form.section.choices = [
        (section.id, f"{forum.title}: {section.title}")
        for section, forum in queries.sections_of_community(activity)
    ]

    def carry() -> Topic:
        section = db.session.get_one(Section, form.section.data)
        moderation.move_topic(current_viewer(), topic, section)
        return topic

    if attempt(form, carry):
        flash(_("The discussion is moved."), "success")
        return redirect(address(topic), 303)
    html = render_template("forum/move.html", activity=activity, topic=topic, form=form)
    return html, status_of(form)


@forum.route("/topics/<int:topic>/merge", methods=["GET", "POST"])
@requires("forum.moderate")
def merge(activity: Activity, topic: Topic) -> ResponseReturnValue:
    """Put a topic's posts behind those of another one."""
    words = request.args.get("q", "")[:100]
    form = MergeForm()
    form.target.choices = [(n, title) for n, title, _kind in queries.merge_targets(topic, words)]

    def join() -> Topic:
        target = db.session.get_one(Topic, form.target.data)
        moderation.merge(current_viewer(), topic, target)
        return target

    target = attempt(form, join)
    if target is not None:
        flash(_("The discussions are merged."), "success")
        return back_to(target)
    html = render_template(
        "forum/merge.html", activity=activity, topic=topic, form=form, words=words
    )
    return html, status_of(form)


@forum.route("/topics/<int:topic>/split", methods=["GET", "POST"])
@requires("forum.moderate")
def split(activity: Activity, topic: Topic) -> ResponseReturnValue:
    """Make a topic of its own of some posts, or move them into another one.

    Turning a page sends the form, so that what was chosen and typed comes along.
    """
    form = SplitForm(data={"section": topic.section_id})
    choose_sections(form.section, queries.sections_of(activity))
    targets = queries.merge_targets(topic)
    form.offer(targets)
    ticked = request.form.getlist("posts") or request.args.getlist("post")
    chosen = [row_number(number) for number in ticked]
    turned = "turn" in request.form

    def part() -> Topic:
        return _parted(topic, form, chosen)

    target = None if turned else attempt(form, part)
    if target is not None:
        flash(_("The posts are moved."), "success")
        return back_to(target)
    number = request.form.get("turn", 1, int) if turned else page_number()
    page = posts_page(topic, current_viewer(), number, threaded=False, staff=True)
    html = render_template(
        "forum/split.html", activity=activity, topic=topic, form=form, page=page, chosen=chosen,
        elsewhere=[number for number in chosen if number not in page.numbered],
        link=lambda n: url_for("forum.split", topic=topic, page=n),
    )  # fmt: skip
    return html, 200 if turned else status_of(form)


def _parted(topic: Topic, form: SplitForm, chosen: list[int]) -> Topic:
    viewer = current_viewer()
    if form.target.data > 0:
        target = db.session.get_one(Topic, form.target.data)
        moderation.move_posts(viewer, topic, chosen, target)
        return target
    section = db.session.get_one(Section, form.section.data)
    kind = TopicKind.GOVERNANCE if form.target.data == form.SPECIAL else TopicKind.DISCUSSION
    return moderation.split(viewer, topic, chosen, section, form.title.data, kind)


@forum.post("/topics/<int:topic>/unread")
@lasting
@signed_in
def mark_unread(activity: Activity, topic: Topic) -> ResponseReturnValue:
    """Come back to a discussion later: it counts as unread from a post on."""
    number = max(1, min(request.form.get("number", 1, int), topic.last_number))
    reading.mark_unread(current_viewer(), topic.id, number)
    flash(_("The discussion counts as unread again."), "success")
    return redirect(url_for("forum.home"), 303)

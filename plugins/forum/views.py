"""Pages of a forum: the list of topics, a topic, and writing in it."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from core.api import (
    Activity,
    Conflict,
    Missing,
    actions_under,
    attempt,
    can,
    current_viewer,
    db,
    decide,
    draft_in,
    drafts_at,
    lasting,
    limit,
    note_seen,
    public,
    readers_matching,
    requires,
    row_number,
    signed_in,
    status_of,
)
from plugins.forum import operations, queries, reading
from plugins.forum.composer import composer, reply_facts
from plugins.forum.finding import ensure_may_change, is_staff, is_too_late
from plugins.forum.forms import PostForm, ReplyForm, TopicForm, choose_sections
from plugins.forum.models import Post, Section, Topic
from plugins.forum.queries import Show
from plugins.forum.rendering import rendered
from plugins.forum.topic_page import (
    PostsPage,
    count_after,
    first_unread,
    page_of_post,
    posts_after,
    posts_page,
)
from plugins.forum.weaving import SAMPLE, Actions, woven
from plugins.forum.words import _

forum = Blueprint("forum", __name__)

POSTING = "20/5 minutes"
EDITING = "60/5 minutes"
THREADED = "forum_threaded"


def page_number() -> int:
    """The page that the address asks for; the first one for nonsense."""
    return max(1, min(request.args.get("page", 1, int), 1_000_000))


def address(topic: Topic | Post, **values: Any) -> str:
    """The address of a topic, or the stable one of a post."""
    if isinstance(topic, Post):
        return url_for("forum.post", activity=topic.activity_id, post=topic.id, **values)
    return url_for("forum.topic", activity=topic.activity_id, topic=topic.id, **values)


@forum.get("/")
@public
def home(activity: Activity) -> ResponseReturnValue:
    """The topics of a forum."""
    viewer = current_viewer()
    asked = request.args.get("show", "")
    show = Show(asked) if asked in set(Show) else Show.ALL
    sections = queries.sections_of(activity)
    section = next((s for s in sections if s.id == request.args.get("section", 0, int)), None)
    link: dict[str, Any] = {"endpoint": "forum.home", "activity": activity}
    if show is not Show.ALL:
        link["show"] = show.value
    if section is not None:
        link["section"] = section.id
    page = queries.topics(
        activity, viewer, show=show, section=section, page=page_number(),
        staff=is_staff(activity), link=link,
    )  # fmt: skip
    return render_template(
        "forum/home.html", activity=activity, page=page, sections=sections, section=section,
        show=show, drafts=_drafts(), new_draft=f"forum.topic:{activity.id}",
    )  # fmt: skip


def _drafts() -> set[str]:
    return drafts_at(current_viewer(), "forum.")


@forum.post("/read")
@lasting
@signed_in
def read_all(activity: Activity) -> ResponseReturnValue:
    """Let everything in the forum count as read."""
    reading.mark_all_read(current_viewer(), activity)
    flash(_("Everything here is marked as read."), "success")
    return redirect(url_for("forum.home"), 303)


@forum.route("/new", methods=["GET", "POST"])
@requires("forum.open_topic")
def new_topic(activity: Activity) -> ResponseReturnValue:
    """Begin a discussion."""
    viewer = current_viewer()
    place = f"forum.topic:{activity.id}"
    draft = draft_in(viewer, place) if request.method == "GET" else None
    form = TopicForm(data={"title": draft.title, "body": draft.body} if draft else None)
    choose_sections(form.section, queries.sections_of(activity))
    if request.method == "GET" and request.args.get("section", 0, int):
        form.section.data = request.args.get("section", type=int)

    def send() -> Topic:
        limit("forum.posts", POSTING, str(viewer.id))
        section = db.session.get_one(Section, form.section.data)
        return operations.open_topic(viewer, section, form.title.data, form.written(place))

    topic = attempt(form, send)
    if topic is not None:
        if not topic.visible:
            flash(_("Thank you. The discussion will appear once a moderator has read it."), "info")
        return redirect(address(topic), 303)
    html = render_template(
        "forum/new_topic.html", activity=activity, form=form, draft=draft, draft_place=place
    )
    return html, status_of(form)


@forum.get("/topics/<int:topic>")
@public
def topic(activity: Activity, topic: Topic) -> ResponseReturnValue:
    """A discussion, and a place to reply."""
    if topic.merged_into_id is not None:
        return redirect(url_for("forum.topic", activity=activity, topic=topic.merged_into_id), 301)
    _remember_view()
    viewer = current_viewer()
    draft = draft_in(viewer, f"forum.reply:{topic.id}")
    form = _begun_reply(draft)
    page = _page(activity, topic, page_number())
    html = _topic_page(activity, topic, page, form, draft=draft)
    _mark_read(activity, topic, page)
    return html


@forum.get("/topics/<int:topic>/newer")
@public
def newer(activity: Activity, topic: Topic) -> ResponseReturnValue:
    """For a page that is open: how many posts came after those it shows, or these themselves."""
    viewer, after = current_viewer(), row_number(request.args.get("after"))
    values = {"activity": activity, "topic": topic, "joins": "joins" in request.args}
    if "show" not in request.args:
        count = count_after(topic, after)
        return render_template("forum/newer.html", after=after, count=count, **values)
    page = posts_after(topic, viewer, after)
    shown = max((post.number for post in page.posts if post.number), default=after)
    count = count_after(topic, shown)
    posts = _posts(activity, topic, page, threaded=False, replies=_may_reply(activity, topic))
    answer = render_template("forum/newer.html", after=shown, count=count, **values, **posts)
    _mark_read(activity, topic, page)
    return answer


def _remember_view() -> None:
    asked = request.args.get("view")
    if asked in ("flat", "threaded"):
        session[THREADED] = asked == "threaded"


def _begun_reply(draft: Any) -> ReplyForm | None:
    """The form of a reply that has a draft, or says which post it answers; None for an empty one.
    Without script a link "Reply" leads here with that post."""
    parent = request.args.get("reply", 0, int)
    if not draft and not parent:
        return None
    body, parent_id = draft.body if draft else None, str(parent) if parent else None
    return ReplyForm(formdata=None, data={"body": body, "parent": parent_id})


def _page(activity: Activity, topic: Topic, number: int) -> PostsPage:
    return posts_page(
        topic, current_viewer(), number,
        threaded=bool(session.get(THREADED)), staff=is_staff(activity),
    )  # fmt: skip


def _topic_page(
    activity: Activity, topic: Topic, page: PostsPage, form: ReplyForm | None, **values: Any
) -> str:
    closed, threaded = operations.closed_because(topic), bool(session.get(THREADED))
    viewer = current_viewer()
    refused = decide(viewer, "forum.reply", activity.community, activity, topic.content)
    replies = bool(refused) and not closed
    return render_template(
        "forum/topic.html", activity=activity, topic=topic, form=form, closed=closed,
        refusal=refused.reason, joins=not threaded and page.number == page.pages,
        link=lambda n: address(topic, page=n), composer=composer,
        **reply_facts(topic, page.number),
        **_posts(activity, topic, page, threaded=threaded, replies=replies), **values,
    )  # fmt: skip


def _may_reply(activity: Activity, topic: Topic) -> bool:
    viewer = current_viewer()
    allowed = can(viewer, "forum.reply", activity.community, activity, topic.content)
    return allowed and not operations.closed_because(topic)


def _posts(
    activity: Activity, topic: Topic, page: PostsPage, *, threaded: bool, replies: bool
) -> dict[str, Any]:
    """What forum/_posts.html needs for the posts of a page, or of a piece of one."""
    viewer = current_viewer()
    authors = {post.id: post.author.id for post in page.posts if post.author.id is not None}
    return {
        "sample": SAMPLE, "woven": woven, "page": page, "bodies": rendered(page.posts),
        "threaded": threaded, "staff": is_staff(activity), "replies": replies,
        "here": address(topic),
        "reacts": can(viewer, "contents.react", activity.community, activity),
        "buttons_of": partial(
            Actions, actions_under(dict.fromkeys(page.numbered, operations.POST), viewer, authors)
        ),
    }  # fmt: skip


def _mark_read(activity: Activity, topic: Topic, page: PostsPage) -> None:
    """After the page is made, and only when it showed something new; never for a prefetch."""
    viewer = current_viewer()
    if not viewer.is_authenticated or request.method != "GET" or "Sec-Purpose" in request.headers:
        return
    note_seen(viewer, {topic.id, *(post.id for post in page.posts)})
    if page.read_till > page.read and topic.visible:
        reading.mark_read(viewer, activity.community_id, topic.id, page.read_till)


@forum.get("/topics/<int:topic>/unread")
@public
def unread(activity: Activity, topic: Topic) -> ResponseReturnValue:
    """Lead to the first post of a discussion that the viewer has not seen."""
    post = first_unread(topic, current_viewer())
    return redirect(address(post or topic))


@forum.post("/topics/<int:topic>/read")
@lasting
@signed_in
def read(activity: Activity, topic: Topic) -> ResponseReturnValue:
    """Let all of a discussion count as read."""
    reading.mark_read(current_viewer(), activity.community_id, topic.id, topic.last_number)
    flash(_("The discussion is marked as read."), "success")
    return redirect(url_for("forum.home"), 303)


@forum.post("/topics/<int:topic>/reply")
@requires("forum.reply")
def reply(activity: Activity, topic: Topic) -> ResponseReturnValue:
    """Answer in a discussion."""
    viewer = current_viewer()
    form = ReplyForm()
    place = f"forum.reply:{topic.id}"

    def send() -> Post:
        limit("forum.posts", POSTING, str(viewer.id))
        return operations.reply(viewer, topic, form.written(place), parent=_parent(form, topic))

    sent = attempt(form, send)
    if sent is None:
        page = _page(activity, topic, page_number())
        return _topic_page(activity, topic, page, form), status_of(form)
    if sent.number is None:
        flash(_("Thank you. Your reply will appear once a moderator has read it."), "info")
    return redirect(address(sent), 303)


def _parent(form: ReplyForm, topic: Topic) -> Post | None:
    parent = db.session.get(Post, row_number(form.parent.data))
    return parent if parent is not None and parent.topic_id == topic.id else None


@forum.get("/posts/<int:post>")
@public
def post(activity: Activity, post: Post) -> ResponseReturnValue:
    """The stable address of a post: lead to where it stands now."""
    number = page_of_post(post, threaded=bool(session.get(THREADED)))
    values = {"page": number} if number > 1 else {}
    return redirect(address(post.topic, _anchor=f"post-{post.id}", **values))


@forum.get("/posts/<int:post>/menu")
@signed_in
def post_menu(activity: Activity, post: Post) -> ResponseReturnValue:
    """What can be done with a post: for its menu when that is opened, and without script a page."""
    part = "HX-Request" in request.headers
    return render_template(
        "forum/post_menu_part.html" if part else "forum/post_menu.html", activity=activity,
        post=post, page=page_of_post(post, threaded=False), late=is_too_late(activity, post),
    )  # fmt: skip


@forum.route("/posts/<int:post>/edit", methods=["GET", "POST"])
@requires("forum.reply")
def edit(activity: Activity, post: Post) -> ResponseReturnValue:
    """Change a post; two people who do it at once see both texts."""
    viewer = current_viewer()
    ensure_may_change(activity, post)
    if post.content.hidden_at is not None:
        raise Missing(_("This post is hidden. Restore it before you change it."))
    place = f"forum.edit:{post.id}"
    form = _edit_form(post, place)

    def save() -> Post:
        limit("forum.edits", EDITING, str(viewer.id))
        operations.edit_post(
            viewer, post, form.written(place), seen_version=form.seen_version(),
            title=form.title.data if "title" in form else None,
        )  # fmt: skip
        return post

    if attempt(form, save) is not None:
        flash(_("The post is changed."), "success")
        return redirect(address(post), 303)
    conflict = status_of(form) == Conflict.status
    if conflict:
        # What one sends again, having compared, is meant to replace the other text.
        form.version.raw_data, form.version.data = None, str(post.content.version)
    html = render_template(
        "forum/edit.html", activity=activity, topic=post.topic, post=post, form=form,
        conflict=conflict, draft_place=place,
    )  # fmt: skip
    return html, status_of(form)


def _edit_form(post: Post, place: str) -> PostForm:
    files = operations.files_of(post)
    values = {
        "title": post.topic.title, "body": post.body, "files": files,
        "version": str(post.content.version),
    }  # fmt: skip
    form = PostForm(data=values)
    if post.number != 1:
        del form.title
    return form


@forum.get("/people")
@requires("forum.reply")
def people(activity: Activity) -> ResponseReturnValue:
    """People to mention: those who can read what is written here."""
    limit("forum.people", "120/minute", str(current_viewer().id))
    found = readers_matching(activity.community, request.args.get("q", "")[:60])
    return [
        {"id": face.id, "name": face.name, "school": face.school, "url": face.url} for face in found
    ]


def back_to(topic: Topic) -> Response:
    """After an action on a topic: the topic."""
    return redirect(address(topic), 303)

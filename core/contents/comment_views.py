"""Comments: under a content, all of them on a page of their own, and changing one's own."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from core.access.actors import Viewer, current_viewer
from core.access.guard import unseen
from core.access.marks import public, signed_in
from core.access.standing import can
from core.contents import comments
from core.contents.attachments import attachments_of
from core.contents.blueprint import contents
from core.contents.drafts import draft_in, drop_draft
from core.contents.forms import CommentForm
from core.contents.models import Content, Draft
from core.contents.places import enter
from core.contents.queries import kind_title, must_wait
from core.contents.show_views import address_of, allowed
from core.errors import DomainError, Refused
from core.platform.i18n import core_domain
from core.platform.limits import limit
from core.platform.paging import paginate

_ = core_domain.gettext


@contents.get("/contents/<int:content>/comments")
@public
def show_comments(content: int) -> ResponseReturnValue:
    """All comments on a content, a page at a time."""
    row = enter(content)
    draft = _draft(row)
    return _comments_page(row, CommentForm(formdata=None, body=draft.body if draft else ""))


def _draft(content: Content) -> Draft | None:
    return draft_in(current_viewer(), f"core.comment:{content.id}")


def _comments_page(content: Content, form: CommentForm, status: int = 200) -> tuple[str, int]:
    viewer = current_viewer()
    page = paginate(comments.comments_on(content, viewer))
    html = render_template(
        "contents/comments.html", content=content, page=page,
        lines=comments.comment_lines(page.items), form=form,
        kind=kind_title(content.kind), back=address_of(content), draft=_draft(content),
        can_comment=can(viewer, "contents.comment", g.community, g.activity, content),
    )  # fmt: skip
    return html, status


@contents.post("/contents/<int:content>/comments")
@signed_in
def add_comment(content: int) -> ResponseReturnValue:
    """Comment on a content."""
    viewer = current_viewer()
    target = allowed(content, "contents.comment")
    form = CommentForm()
    if not form.validate():
        return _comments_page(target, form, 400)
    limit("comments", "20/5 minutes", str(viewer.id))
    held = must_wait(viewer, g.community)
    try:
        comment = comments.add_comment(
            viewer, target, form.body.data, files=form.files.data, held=held,
            submission=form.submission.data,
        )  # fmt: skip
    except DomainError as error:
        form.form_errors.append(str(error))
        return _comments_page(target, form, error.status)
    drop_draft(viewer, f"core.comment:{content}")
    if held:
        flash(_("Thank you. Your comment will appear once a moderator has read it."), "info")
    return redirect(address_of(comment), 303)


@contents.route("/contents/<int:content>/edit", methods=["GET", "POST"])
@signed_in
def edit_comment(content: int) -> ResponseReturnValue:
    """Change one's own comment."""
    viewer = current_viewer()
    row = _own_comment(content, viewer)
    comment = comments.comment_of(row)
    files = attachments_of([content])[content]
    form = CommentForm(data={"body": comment.body, "files": files, "version": row.version})
    if form.validate_on_submit():
        limit("comments", "20/5 minutes", str(viewer.id))
        try:
            comments.edit_comment(
                viewer, row, form.body.data, form.files.data,
                seen_version=form.version.data or row.version,
            )  # fmt: skip
        except DomainError as error:
            form.form_errors.append(str(error))
            return _edit_page(row, form, error.status)
        flash(_("The comment is changed."), "success")
        return redirect(address_of(row), 303)
    return _edit_page(row, form, 400 if request.method == "POST" else 200)


def _edit_page(content: Content, form: CommentForm, status: int) -> tuple[str, int]:
    html = render_template(
        "contents/edit.html", content=content, form=form, back=address_of(content)
    )
    return html, status


def _own_comment(content_id: int, viewer: Viewer) -> Content:
    row = allowed(content_id, "contents.comment")
    if row.kind != comments.KIND:
        raise unseen(viewer)
    if row.author_id != viewer.id:
        raise Refused(_("Only its author can change a comment."))
    if row.hidden_at is not None:
        raise Refused(_("This comment is hidden, so it cannot be changed."))
    return row

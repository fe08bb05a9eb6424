"""Writing an announcement, seeing whom it will reach, sending it, and what comes after."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.api import (
    Channel,
    Community,
    Face,
    Missing,
    Refused,
    School,
    User,
    attachments_of,
    attempt,
    audience_choices,
    can,
    current_viewer,
    draft_in,
    ensure,
    face_columns,
    face_of,
    limit,
    paginate,
    reach_of,
    requires,
    signed_in,
    status_of,
    utcnow,
)
from plugins.announcements import operations, queries
from plugins.announcements.audiences import addressed, are_all, communities_of, in_words, inner
from plugins.announcements.forms import AnnouncementForm, TermForm, WithdrawalForm
from plugins.announcements.models import Announcement
from plugins.announcements.operations import KIND
from plugins.announcements.views import announcements, here
from plugins.announcements.words import _, ngettext


@here.route("/new", methods=["GET", "POST"])
@requires("announcements.send")
def new(community: Community) -> ResponseReturnValue:
    """Write an announcement to a community."""
    return _new(community)


@announcements.route("/new", methods=["GET", "POST"])
@signed_in
def new_on_site() -> ResponseReturnValue:
    """Write an announcement to everybody on the site."""
    if not can(current_viewer(), "announcements.send"):
        flash(_("Announcements to the whole site are sent by its administrators."), "info")
        return redirect(url_for("announcements.mine"), 303)
    return _new(None)


def _new(community: Community | None) -> ResponseReturnValue:
    viewer = current_viewer()
    place = f"announcements.new:{community.id if community else 0}"
    draft = draft_in(viewer, place) if request.method == "GET" else None
    form = AnnouncementForm(data={"title": draft.title, "body": draft.body} if draft else None)
    children = _offered(form, community, None)

    def keep() -> Announcement:
        limit("announcements.written", "60/hour", str(viewer.id))
        written = form.written(
            place, has_children=bool(children), may_be_public=_may_be_public(community)
        )
        return operations.write(viewer, community.id if community else None, written)

    made = attempt(form, keep)
    if made is not None:
        return redirect(url_for("announcements.preview", announcement=made), 303)
    html = render_template(
        "announcements/edit.html", community=community, form=form, draft=draft, place=place,
        announcement=None, children=children, may_be_public=_may_be_public(community),
    )  # fmt: skip
    return html, status_of(form)


def _offered(
    form: AnnouncementForm, community: Community | None, chosen: Announcement | None
) -> list[Community]:
    """Fill in what can be chosen; the communities inside this one to which it may go too."""
    children: list[Community] = []
    if community is not None:
        children = inner(community, current_viewer())
    ids = [community.id, *(child.id for child in children)] if community is not None else None
    form.offer(audience_choices(ids), chosen)
    return children


def _may_be_public(community: Community | None) -> bool:
    return community is not None and community.is_open_to_all


def _managed(announcement: Announcement) -> None:
    """Raise unless the viewer looks after it."""
    ensure(current_viewer(), "announcements.send", announcement.community)


@announcements.route("/<int:announcement>/edit", methods=["GET", "POST"])
@signed_in
def edit(announcement: Announcement) -> ResponseReturnValue:
    """Change what has not gone out; of what has, its end and its place on the home."""
    _managed(announcement)
    if announcement.withdrawn_at is not None:
        return redirect(url_for("announcements.show", announcement=announcement), 303)
    if announcement.sent_at is not None:
        return _edit_term(announcement)
    viewer, community = current_viewer(), announcement.community
    values = {name: getattr(announcement, name) for name in _FIELDS}
    values["files"] = attachments_of([announcement.id])[announcement.id]
    form = AnnouncementForm(data=values)
    children = _offered(form, community, announcement)
    place = f"announcements.edit:{announcement.id}"

    def keep() -> Announcement:
        written = form.written(
            place, has_children=bool(children), may_be_public=_may_be_public(community)
        )
        return operations.change(viewer, announcement.id, written)

    if attempt(form, keep) is not None:
        return redirect(url_for("announcements.preview", announcement=announcement), 303)
    html = render_template(
        "announcements/edit.html", community=community, form=form, draft=None, place=place,
        announcement=announcement, children=children, may_be_public=_may_be_public(community),
    )  # fmt: skip
    return html, status_of(form)


_FIELDS = (
    "title", "body", "with_children", "roles", "categories", "positions", "is_public",
    "must_acknowledge", "pinned", "starts_at", "ends_at",
)  # fmt: skip


def _edit_term(announcement: Announcement) -> ResponseReturnValue:
    form = TermForm(data={"pinned": announcement.pinned, "ends_at": announcement.ends_at})
    viewer = current_viewer()
    if attempt(form, lambda: operations.change(viewer, announcement.id, form.written())):
        flash(_("The announcement is changed."), "success")
        return redirect(url_for("announcements.show", announcement=announcement), 303)
    html = render_template("announcements/term.html", announcement=announcement, form=form)
    return html, status_of(form)


@announcements.get("/<int:announcement>/preview")
@signed_in
def preview(announcement: Announcement) -> ResponseReturnValue:
    """Who will get it, and through what, before it goes out."""
    _managed(announcement)
    if announcement.sent_at is not None or announcement.withdrawn_at is not None:
        return redirect(url_for("announcements.show", announcement=announcement), 303)
    places = communities_of(announcement, current_viewer())
    people = addressed(announcement, places)
    faces = (
        select(*face_columns())
        .select_from(User)
        .outerjoin(School, School.id == User.school_id)
        .where(User.id.in_(people))
        .order_by(User.surname, User.given_name, User.id)
    )
    page = paginate(faces, size=50)
    later = announcement.starts_at is not None and announcement.starts_at > utcnow()
    return render_template(
        "announcements/preview.html", announcement=announcement, page=page, later=later,
        faces=[face_of(row, Face) for row in page.items], reach=reach_of(KIND, people),
        channels=_channels(), audience=in_words(announcement, places),
        files=attachments_of([announcement.id])[announcement.id] if announcement.has_files else (),
    )  # fmt: skip


def _channels() -> dict[Channel, str]:
    return {
        Channel.MAIL: _("by mail at once, and on the site"),
        Channel.DAILY: _("in the letter of the day, and on the site"),
        Channel.WEEKLY: _("in the letter of the week, and on the site"),
        Channel.PAGE: _("on the site alone"),
        Channel.OFF: _("on the home of the community alone: they switched such notices off"),
    }


@announcements.post("/<int:announcement>/send")
@signed_in
def send(announcement: Announcement) -> ResponseReturnValue:
    """Let it go, now or at its time."""
    _managed(announcement)
    limit("announcements.sent", "30/hour", str(current_viewer().id))
    sent = operations.let_go(current_viewer(), announcement.id)
    if sent.sent_at is not None:
        number = operations.count_of(sent)
        words = ngettext("Sent to %(n)s person.", "Sent to %(n)s people.", number)
        flash(words, "success")
    else:
        flash(_("It will be sent by itself at its time. Until then it can be changed."), "success")
    return redirect(url_for("announcements.show", announcement=announcement), 303)


@announcements.get("/<int:announcement>/sheet")
@signed_in
def sheet(announcement: Announcement) -> ResponseReturnValue:
    """Who has acknowledged it and who has not, to be printed and signed."""
    _managed(announcement)
    if announcement.sent_at is None:
        raise Missing(_("There is a sheet once it is sent."))
    places = communities_of(announcement, current_viewer())
    if not are_all(places, announcement):
        raise Refused(_("The sheet names people of a community inside that is not open to you."))
    waiting = request.args.get("show") == "waiting"
    return render_template(
        "announcements/sheet.html", announcement=announcement, waiting=waiting,
        page=queries.sheet(announcement, waiting=waiting), counts=queries.counts_of(announcement),
        audience=in_words(announcement, places), now=utcnow(),
    )  # fmt: skip


@announcements.post("/<int:announcement>/remind")
@signed_in
def remind(announcement: Announcement) -> ResponseReturnValue:
    """Remind those who have not acknowledged, and nobody else."""
    _managed(announcement)
    number = operations.remind(current_viewer(), announcement.id)
    flash(ngettext("%(n)s person is reminded.", "%(n)s people are reminded.", number), "success")
    return redirect(url_for("announcements.show", announcement=announcement), 303)


@announcements.post("/<int:announcement>/withdraw")
@signed_in
def withdraw(announcement: Announcement) -> ResponseReturnValue:
    """Call it back."""
    _managed(announcement)
    form = WithdrawalForm()
    reason = (form.reason.data or "")[:500] if form.validate() else ""
    operations.withdraw(current_viewer(), announcement.id, reason)
    flash(_("The announcement is withdrawn: nobody sees it any more."), "success")
    return redirect(url_for("announcements.show", announcement=announcement), 303)

"""The announcements of a community and one's own; one of them; acknowledging it."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.api import (
    Community,
    FeedEntry,
    attachments_of,
    can,
    current_viewer,
    feed,
    limit,
    members_only,
    note_seen,
    public,
    short_name,
    signed_in,
)
from plugins.announcements import due, operations, queries
from plugins.announcements.audiences import are_all, communities_of, in_words
from plugins.announcements.models import Announcement
from plugins.announcements.words import _

here = Blueprint("announcements_here", __name__)
announcements = Blueprint("announcements", __name__)


@here.get("/")
@public
def home(community: Community) -> ResponseReturnValue:
    """The announcements of a community."""
    viewer, archive = current_viewer(), request.args.get("show") == "archive"
    if not queries.looks_in(viewer, community):
        raise members_only(viewer)
    manages = can(viewer, "announcements.send", community)
    page = queries.list_in(community, viewer, archive=archive, manages=manages)
    return render_template(
        "announcements/list.html", community=community, page=page, archive=archive, manages=manages,
        own_address=url_for("announcements_here.home", community=community),
    )  # fmt: skip


@here.get("/feed.xml")
@public
def news(community: Community) -> ResponseReturnValue:
    """The public announcements of a community, for feed readers."""
    page = url_for("announcements_here.home", community=community)

    def entries() -> Iterator[FeedEntry]:
        for row in queries.newest_public(community):
            yield FeedEntry(
                key=f"announcements.announcement.{row.id}", title=row.title,
                url=url_for("announcements.show", announcement=row.id), published=row.sent_at,
                updated=row.sent_at, html=row.body,
                author=short_name(row.surname or "", row.given_name or "", row.patronymic or ""),
            )  # fmt: skip

    title = _("Announcements: %(title)s", title=community.title)
    key = f"announcements.{community.id}"
    return feed(community, key, title, page, entries, begun=community.created_at)


@announcements.get("/")
@signed_in
def mine() -> ResponseReturnValue:
    """Everything that is announced to oneself, from all communities and the site."""
    viewer, archive = current_viewer(), request.args.get("show") == "archive"
    manages = can(viewer, "announcements.send")
    page = queries.list_of(viewer, archive=archive, manages=manages)
    return render_template(
        "announcements/list.html", community=None, page=page, archive=archive, manages=manages,
        own_address=url_for("announcements.mine"),
    )  # fmt: skip


@announcements.get("/<int:announcement>")
@public
def show(announcement: Announcement) -> ResponseReturnValue:
    """One announcement; for those who look after it also how it fares."""
    viewer = current_viewer()
    recipient = queries.recipient_of(announcement, viewer)
    manages = queries.manages(viewer, announcement)
    places = communities_of(announcement, viewer) if manages else []
    html = render_template(
        "announcements/show.html", announcement=announcement, recipient=recipient, manages=manages,
        counts=queries.counts_of(announcement) if manages else None,
        audience=in_words(announcement, places) if manages else (),
        with_sheet=manages and are_all(places, announcement),
        why_kept=due.WHY.get(announcement.kept_back or ""),
        files=attachments_of([announcement.id])[announcement.id] if announcement.has_files else (),
    )  # fmt: skip
    if "Sec-Purpose" not in request.headers:
        if recipient is not None and recipient.seen_at is None:
            operations.note_opened(viewer, announcement.id)
        note_seen(viewer, [announcement.id])
    return html


@announcements.post("/<int:announcement>/acknowledge")
@signed_in
def acknowledge(announcement: Announcement) -> ResponseReturnValue:
    """Sign that one has read it."""
    viewer = current_viewer()
    limit("announcements.signed", "60/minute", str(viewer.id))
    operations.acknowledge(viewer, announcement.id)
    flash(_("Thank you: it is noted that you have read this."), "success")
    return redirect(url_for("announcements.show", announcement=announcement), 303)

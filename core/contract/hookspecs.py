"""How core asks *all* plugins something. Each hook says when it is called and what a raise does.

A contribution (everything but ``setup_app``, ``event_recorded``, ``erase_user_data`` and
``demo_content``) only reads. The registry asks enabled plugins alone, so no hook checks switches.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from flask import Flask
    from markupsafe import Markup

    from core.access.actors import Actor, Viewer
    from core.activities.models import Activity
    from core.communities.models import Community
    from core.contents.models import Content
    from core.contract.manifest import CalendarItem, ContentAction, DataRecord, NavItem, Plugin
    from core.demo import Cast
    from core.events.log import Event
    from core.people.models import User
    from core.platform.atom import FeedEntry

hookspec = pluggy.HookspecMarker("sreda")
hookimpl = pluggy.HookimplMarker("sreda")


@hookspec
def plugin_manifest() -> Plugin:  # type: ignore[empty-body]  # a specification has no body
    """The facts about the plugin. Asked once, at boot.

    A raise aborts the boot for a built-in plugin and puts a third-party one into quarantine.
    Example: ``return Plugin(name="polls", title=_l("Polls"), version="1.0")``.
    """


@hookspec
def setup_app(app: Flask) -> None:
    """Last step of the boot, after every plugin is mounted.

    For what a manifest cannot say, such as a cache of the plugin's own. A raise is treated as one
    of ``plugin_manifest``. Example: ``app.extensions["forum"] = PostCache(size=2_000)``.
    """


@hookspec
def nav_items(community: Community | None, viewer: Viewer) -> Iterable[NavItem]:  # type: ignore[empty-body]
    """Further entries of the menu, in a community or (None) in the site's own menu.

    Asked on every page; at most one query. A raise leaves the entries out.
    Example: ``yield NavItem(_("Unread"), url_for("forum_site.unread"), "chat-dots", badge=7)``.
    """


@hookspec
def top_items(viewer: Viewer) -> Iterable[NavItem]:  # type: ignore[empty-body]
    """Entries of the top bar, before the bell: icons with a count of what is new.

    Asked on every page of somebody with an account; no query: what is unread of the plugin's kinds
    of notices stands in ``viewer.unread_apart``. A raise leaves the entries out.
    Example: ``yield NavItem(_("Messages"), url_for("letters.inbox"), "envelope", badge=3)``.
    """


@hookspec
def page_fragment(
    slot: str,
    community: Community | None,
    activity: Activity | None,
    content: Content | None,
    viewer: Viewer,
    person: User | None,
) -> Markup | None:
    """A piece of a page, for a named slot (see ``docs/plugins/hooks.md`` for the slots).

    Asked when the page with the slot is rendered; ``content`` and ``person`` are those that the
    page is about. A raise leaves the piece out.
    Example: ``return Markup(render_template("forum/latest.html", topics=...))``.
    """


@hookspec
def content_actions(  # type: ignore[empty-body]
    contents: Mapping[int, str],
    authors: Mapping[int, int],
    community: Community | None,
    activity: Activity | None,
    viewer: Viewer,
) -> Mapping[int, Sequence[ContentAction]]:
    """Buttons under contents of whatever plugin: ``contents`` has their ids and kinds, ``authors``
    who wrote them, as far as the page says so.

    Asked once for all contents of a page; at most one query. A raise leaves the buttons out.
    Example: ``return {n: [ContentAction(_("Save"), url_for(...), "bookmark")] for n in contents}``.
    """


@hookspec
def person_actions(  # type: ignore[empty-body]
    people: Collection[int], community: Community | None, viewer: Viewer
) -> Mapping[int, Sequence[ContentAction]]:
    """Buttons beside people: ``people`` has the ids of those whom the page names.

    Asked once for all people of a page; at most one query. A raise leaves the buttons out.
    Example: ``return {n: [ContentAction(_("Write"), url_for(...), "envelope")] for n in people}``.
    """


@hookspec
def calendar_items(  # type: ignore[empty-body]
    communities: Sequence[Community], viewer: Viewer, start: datetime, end: datetime
) -> Iterable[CalendarItem]:
    """What has a date from ``start`` until before ``end`` in these communities.

    Asked by calendars, their feeds, my day and the home of a community; only of communities in
    which the plugin is on and the viewer may look inside. At most one query, however many
    communities there are, and only what this viewer may see. The opening and closing of activities
    is told by core. A raise leaves the plugin's items out.
    Example: ``yield CalendarItem(key=f"webinars.{w.id}", title=w.title, start=w.begins_at, ...)``.
    """


@hookspec
def feed_entries(community: Community, newest: int) -> Iterable[FeedEntry]:  # type: ignore[empty-body]
    """The ``newest`` things that everybody may read in this community, for its Atom feed.

    Asked when a feed reader fetches the news of a community that is open to all, and only if the
    plugin is on there; a guest reads them. At most one query. New activities are told by core. A
    raise leaves the plugin's news out.
    Example: ``yield FeedEntry(key=f"polls.question.{q.id}", title=q.title, url=..., ...)``.
    """


@hookspec
def event_recorded(event: Event) -> None:
    """Somebody did something of a kind named in the manifest's ``listens``.

    Called by the reader of the event log, in an operation of its own, in the order of the log, at
    least once. A raise rolls back; the event is tried again later and at last set aside, shown to
    the administrator. Example: ``operations.forget_marks(SYSTEM, event.subject_id)``.
    """


@hookspec
def veto(
    actor: Actor,
    capability: str,
    community: Community | None,
    activity: Activity | None,
    content: Content | None,
) -> str | None:
    """Why somebody who holds the right may not use it here and now: a sentence, or None.

    Asked after a grant. A veto never grants. A raise **denies**.
    Example: ``return _("This topic is locked.")``.
    """


@hookspec
def export_user_data(user: User) -> Iterable[DataRecord]:  # type: ignore[empty-body]
    """Everything the plugin keeps about a person, for the copy they asked for.

    A raise aborts loudly: half a copy would be a lie.
    Example: ``yield DataRecord(_("Forum posts"), {"posts": [...]})``.
    """


@hookspec
def erase_user_data(user: User) -> None:
    """Remove or make nameless what the plugin keeps about a person who asked to be forgotten.

    Called inside the operation of the erasure. A raise aborts it, and nothing is erased.
    Example: ``db.session.execute(delete(Mark).where(Mark.user_id == user.id))``.
    """


@hookspec
def demo_content(community: Community, cast: Cast) -> None:
    """Put something under way into a community of the demo. Called by ``sreda demo``.

    A raise aborts loudly. Example: ``operations.open_topic(cast.tutor, section, ...)``.
    """

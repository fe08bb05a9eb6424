"""What galleries tell people of: whom what concerns, and in which words."""

from __future__ import annotations

from sqlalchemy import Select, select

from core.api import (
    Activity,
    Channel,
    Content,
    Event,
    Level,
    News,
    NoticeKind,
    able_to,
    db,
    notify,
)
from plugins.gallery import events
from plugins.gallery.models import Keeper, Picture
from plugins.gallery.words import _, _l, ngettext

ADDED = "gallery.added"
ASKED = "gallery.asked"
DECIDED = "gallery.decided"
OVERDUE = "gallery.overdue"

LISTENS = (
    events.PICTURES_ADDED, events.REMOVAL_ASKED, events.REMOVAL_DECIDED, events.REMOVAL_OVERDUE,
)  # fmt: skip


def _added(news: News) -> str:
    count = news.facts.get("pictures", 1)
    if news.single:
        return ngettext(
            "%(who)s added %(n)s picture to “%(title)s”",
            "%(who)s added %(n)s pictures to “%(title)s”", count, who=news.who, title=news.title,
        )  # fmt: skip
    return _("New pictures in “%(title)s”", title=news.title)


def _asked(news: News) -> str:
    return ngettext(
        "%(n)s person asks to be taken out of a picture: “%(title)s”",
        "%(n)s people ask to be taken out of a picture: “%(title)s”", news.count, title=news.title,
    )  # fmt: skip


def _decided(news: News) -> str:
    if news.facts.get("removed"):
        return _("The picture that you asked about is removed from “%(title)s”", title=news.title)
    return _("You have an answer about the picture “%(title)s”", title=news.title)


def _overdue(news: News) -> str:
    return _("A request to be taken out of a picture has waited too long: “%(title)s”",
             title=news.title)  # fmt: skip


KINDS = (
    NoticeKind(
        name=ADDED, title=_l("New pictures in albums that I follow"), says=_added, icon="images",
        hue="rose", why=_l("because you follow what is added there"), channel=Channel.PAGE,
        level=Level.FIRST,
    ),
    NoticeKind(
        name=ASKED, title=_l("Somebody wants to be taken out of a picture that I look after"),
        says=_asked, icon="person-x", hue="rose", level=None, channel=Channel.MAIL,
        why=_l("because you keep this album"),
    ),
    NoticeKind(
        name=DECIDED, title=_l("Answers about pictures that I asked to be taken out of"),
        says=_decided, icon="images", hue="rose", level=None, channel=Channel.MAIL,
        why=_l("because you asked"),
    ),
    NoticeKind(
        name=OVERDUE, title=_l("Requests about pictures that nobody has answered in time"),
        says=_overdue, icon="person-x", hue="orange", level=None, channel=Channel.MAIL,
        why=_l("because you lead this community"),
    ),
)  # fmt: skip


def tell(event: Event) -> None:
    """Tell whom something in a gallery concerns; inside the operation of the log's reader."""
    content = db.session.get(Content, event.content_id or 0)
    if content is None:
        return
    once = f"{event.kind}:{event.id}"
    if event.kind == events.PICTURES_ADDED:
        if not event.facts.get("held"):
            notify(
                ADDED, by=event.actor_id, content=content, about=content.activity, once=once,
                pictures=event.facts.get("pictures", 1),
            )  # fmt: skip
    elif event.kind == events.REMOVAL_ASKED:
        notify(ASKED, _keepers(content), by=event.actor_id, content=content, once=once)
    elif event.kind == events.REMOVAL_DECIDED and event.subject_id is not None:
        removed = bool(event.facts.get("removed"))
        notify(DECIDED, [event.subject_id], content=content, once=once, removed=removed)
    elif event.kind == events.REMOVAL_OVERDUE:
        activity = db.session.get_one(Activity, content.activity_id)
        notify(OVERDUE, able_to(activity.community, "gallery.keep"), content=content, once=once)


def _keepers(content: Content) -> Select[int]:
    return (
        select(Keeper.user_id)
        .join(Picture, Picture.album_id == Keeper.album_id)
        .where(Picture.id == content.id)
    )

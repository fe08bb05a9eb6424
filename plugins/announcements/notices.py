"""What announcements tell people of, and in which words."""

from __future__ import annotations

from core.api import Channel, News, NoticeKind
from plugins.announcements.operations import REMINDER, TOLD
from plugins.announcements.words import _, _l


def _told(news: News) -> str:
    return _("Announcement: %(title)s", title=news.title)


def _reminder(news: News) -> str:
    return _("Please read and acknowledge: %(title)s", title=news.title)


KINDS = (
    NoticeKind(
        name=TOLD, title=_l("Announcements to me"), says=_told, icon="megaphone", hue="yellow",
        why=_l("because it is announced to people like you there"), channel=Channel.MAIL,
        level=None,
    ),
    NoticeKind(
        name=REMINDER, title=_l("Reminders of what I have to acknowledge"), says=_reminder,
        icon="clipboard-check", hue="orange", why=_l("because you have not acknowledged it yet"),
        channel=Channel.MAIL, level=None,
    ),
)  # fmt: skip

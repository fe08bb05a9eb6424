"""What conversations tell people of, and in which words."""

from __future__ import annotations

from core.api import Channel, News, NoticeKind
from plugins.messages.clarifying import NEW_REPORT
from plugins.messages.operations import TOLD
from plugins.messages.reporting import CLOSED
from plugins.messages.words import _, _l, ngettext


def _message(news: News) -> str:
    if news.single:
        return _("%(who)s writes to you", who=news.who)
    return ngettext(
        "%(n)s new message: %(title)s", "%(n)s new messages: %(title)s", news.count,
        title=news.title,
    )  # fmt: skip


def _report(news: News) -> str:
    return _("A private message was reported. %(title)s", title=news.title)


def _closed(news: News) -> str:
    return _("There is a decision on what you reported. %(title)s", title=news.title)


KINDS = (
    NoticeKind(
        name=TOLD, title=_l("Private messages to me"), says=_message, icon="envelope",
        hue="purple", why=_l("because somebody wrote to you"), channel=Channel.MAIL, level=None,
        apart=True,
    ),
    NoticeKind(
        name=NEW_REPORT, title=_l("Reported messages that I can decide on"), says=_report,
        icon="flag", hue="orange", why=_l("because you moderate there"), channel=Channel.MAIL,
        level=None,
    ),
    NoticeKind(
        name=CLOSED, title=_l("Decisions on what I reported"), says=_closed, icon="flag",
        hue="green", why=_l("because you reported a message"), channel=Channel.MAIL, level=None,
    ),
)  # fmt: skip

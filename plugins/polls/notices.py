"""What polls tell people of, and in which words. Nothing here knows what anybody answered."""

from __future__ import annotations

from datetime import datetime

from core.api import Channel, News, NoticeKind, timestamp
from plugins.polls.capabilities import ANSWER
from plugins.polls.words import _, _l

OPENED, EXTENDED, REMINDER = "polls.opened", "polls.extended", "polls.reminder"
CLOSED, DECIDED = "polls.closed", "polls.decided"


def _title(news: News) -> str:
    return news.activity.title if news.activity is not None else news.title


def _until(news: News) -> str:
    moment = datetime.fromisoformat(str(news.facts.get("until")))
    return timestamp(moment).striptags()


def _opened(news: News) -> str:
    return _("You are asked: “%(title)s”", title=_title(news))


def _extended(news: News) -> str:
    return _(
        "There is more time for “%(title)s”: until %(when)s", title=_title(news), when=_until(news)
    )


def _reminder(news: News) -> str:
    if news.facts.get("until"):
        return _(
            "“%(title)s” closes %(when)s, and you have not answered yet",
            title=_title(news), when=_until(news),
        )  # fmt: skip
    return _("You have not answered “%(title)s” yet", title=_title(news))


def _closed(news: News) -> str:
    return _("“%(title)s” has closed: see the results", title=_title(news))


def _decided(news: News) -> str:
    return _("A decision is published: “%(title)s”", title=_title(news))


KINDS = (
    NoticeKind(
        name=OPENED, title=_l("Polls that ask me"), says=_opened, icon="bar-chart", hue="yellow",
        why=_l("because you are among those who are asked"), channel=Channel.DAILY,
        capability=ANSWER,
    ),
    NoticeKind(
        name=REMINDER, title=_l("Polls that close soon and that I have not answered"),
        says=_reminder, icon="clock", hue="yellow", channel=Channel.MAIL, capability=ANSWER,
        why=_l("because you have not answered yet"),
    ),
    NoticeKind(
        name=EXTENDED, title=_l("Polls that are given more time"), says=_extended,
        icon="hourglass-split", hue="yellow",
        why=_l("because you are among those who are asked"),
    ),
    NoticeKind(
        name=CLOSED, title=_l("Results of polls that asked me"), says=_closed, icon="bar-chart",
        hue="yellow", channel=Channel.DAILY, why=_l("because you were among those who were asked"),
    ),
    NoticeKind(
        name=DECIDED, title=_l("Decisions of polls that asked me"), says=_decided,
        icon="patch-check", hue="green", channel=Channel.MAIL,
        why=_l("because you were among those who were asked"),
    ),
)  # fmt: skip

"""What workshops tell people of, with the dates that letters bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import url_for

from core.api import CalendarItem, Channel, Level, News, NoticeKind, timestamp
from plugins.workshops.stages import TITLES, StageKind
from plugins.workshops.words import _, _l, ngettext

CONFIRMED, REFUSED, ASKED = "workshops.confirmed", "workshops.refused", "workshops.asked"
OPENED = "workshops.opened"
TURN, REMINDER, COMING = "workshops.turn", "workshops.reminder", "workshops.coming"
EXTENDED, TIME_ASKED = "workshops.extended", "workshops.time_asked"
WORK, TO_REVIEW, REVIEWED = "workshops.work", "workshops.to_review", "workshops.reviewed"
FEEDBACK, SHOWN = "workshops.feedback", "workshops.shown"
REPLACED = "workshops.replaced"


def _title(news: News) -> str:
    return news.activity.title if news.activity is not None else news.title


def _stage(news: News) -> str:
    return str(TITLES.get(news.facts.get("stage", ""), ""))


def _moment(news: News, name: str = "until") -> str:
    stored = news.facts.get(name)
    return timestamp(datetime.fromisoformat(str(stored))).striptags() if stored else ""


def _dates(news: News) -> Sequence[CalendarItem]:
    """Everything that is still to come."""
    from plugins.workshops import dates  # they need what workshops say, too

    return dates.ahead(news.activity) if news.activity is not None else []


def _page(endpoint: str) -> Callable[[News], str]:
    def address(news: News) -> str:
        return url_for(endpoint, community=news.community, activity=news.activity)

    return address


def _work(news: News) -> str:
    return url_for(
        "workshops.work", community=news.community, activity=news.activity,
        work=news.facts.get("work", 0),
    )  # fmt: skip


# What begins, for whoever has something to do then.
BEGINS: Mapping[str, Any] = {
    StageKind.DEMONSTRATION: _l("The demonstration begins: “%(title)s”"),
    StageKind.PRACTICE: _l("Now it is your turn to try: “%(title)s”"),
    StageKind.FEEDBACK: _l("The works wait for your feedback: “%(title)s”"),
    StageKind.REFLECTION: _l("Look back and answer a few questions: “%(title)s”"),
    StageKind.RESULTS: _l("The results are there: “%(title)s”"),
}


def _turn(news: News) -> str:
    said = BEGINS.get(news.facts.get("stage", ""))
    if said is None:
        return _("“%(title)s”: %(stage)s begins", title=_title(news), stage=_stage(news))
    sentence = str(said) % {"title": _title(news)}
    until = _moment(news)
    return _("%(sentence)s, until %(until)s", sentence=sentence, until=until) if until else sentence


def _reminder(news: News) -> str:
    return _(
        "Until %(until)s, and it is your turn: “%(title)s”, %(stage)s",
        until=_moment(news), title=_title(news), stage=_stage(news),
    )  # fmt: skip


def _coming(news: News) -> str:
    if news.facts.get("hours") == 1:
        return _("In an hour: the demonstration of “%(title)s”", title=_title(news))
    return _(
        "In a day: the demonstration of “%(title)s”, %(when)s", title=_title(news),
        when=_moment(news, "moment"),
    )  # fmt: skip


def _asked(news: News) -> str:
    if news.single:
        return _("%(who)s asks for a place: “%(title)s”", who=news.who, title=_title(news))
    return ngettext(
        "%(n)s person asks for a place: “%(title)s”",
        "%(n)s people ask for a place: “%(title)s”",
        news.count, title=_title(news),
    )  # fmt: skip


def _handed_in(news: News) -> str:
    if news.single:
        return _("%(who)s handed in a work: “%(title)s”", who=news.who, title=_title(news))
    return ngettext(
        "%(n)s work is handed in: “%(title)s”",
        "%(n)s works are handed in: “%(title)s”",
        news.count, title=_title(news),
    )  # fmt: skip


def _to_review(news: News) -> str:
    until = _moment(news)
    if until:
        return _(
            "Until %(until)s you have works to review: “%(title)s”", until=until,
            title=_title(news),
        )  # fmt: skip
    return _("You are given works to review: “%(title)s”", title=_title(news))


def _feedback(news: News) -> str:
    if news.facts.get("again"):
        return _("The master asks you to improve your work: “%(title)s”", title=_title(news))
    return _("The master answered your work: “%(title)s”", title=_title(news))


SIGNED_UP = _l("because you signed up for the workshop")
LEADS = _l("because you lead the workshop")
AUTHOR = _l("because it is your work")


# Everybody who follows closely enough hears of it, the others of what is theirs.
OPENING = NoticeKind(
    name=OPENED, title=_l("Signing up for a workshop begins"), icon="calendar-plus", hue="purple",
    says=lambda news: _("One can sign up: “%(title)s”", title=_title(news)),
    why=_l("because you follow the community"), level=Level.FIRST,
)  # fmt: skip


def _kind(name: str, title: Any, icon: str, says: Callable[[News], str], why: Any,
          **more: Any) -> NoticeKind:  # fmt: skip
    return NoticeKind(name=name, title=title, icon=icon, says=says, why=why, hue="purple",
                      level=None, **more)  # fmt: skip


KINDS = (
    OPENING,
    _kind(
        CONFIRMED, _l("I have a place in a workshop"), "calendar-check",
        lambda news: _("You have a place: “%(title)s”", title=_title(news)), SIGNED_UP,
        channel=Channel.MAIL, dates=_dates,
    ),
    _kind(
        REFUSED, _l("There is no place for me in a workshop"), "x-circle",
        lambda news: _("There is no place for you: “%(title)s”", title=_title(news)),
        _l("because you asked for a place"), channel=Channel.MAIL,
    ),
    _kind(
        ASKED, _l("Requests for places in my workshops"), "person-plus", _asked, LEADS,
        address=_page("workshops.people"),
    ),
    _kind(
        TURN, _l("A stage of my workshop begins"), "signpost-split", _turn,
        _l("because you take part in the workshop"), channel=Channel.MAIL,
    ),
    _kind(
        REMINDER, _l("A stage ends soon and it is my turn"), "clock", _reminder,
        _l("because it is your turn"), channel=Channel.MAIL,
    ),
    _kind(
        COMING, _l("A demonstration comes soon"), "clock", _coming, SIGNED_UP,
        channel=Channel.MAIL,
    ),
    _kind(
        EXTENDED, _l("I am given more time"), "hourglass-split",
        lambda news: _("You have time until %(until)s: “%(title)s”, %(stage)s",
                       until=_moment(news), title=_title(news), stage=_stage(news)),
        SIGNED_UP, channel=Channel.MAIL,
    ),
    _kind(
        TIME_ASKED, _l("Requests for more time in my workshops"), "hourglass-split",
        lambda news: _("%(who)s asks for more time: “%(title)s”, %(stage)s",
                       who=news.who or _("Somebody"), title=_title(news), stage=_stage(news)),
        LEADS, address=_page("workshops.people"),
    ),
    _kind(
        WORK, _l("Works handed in to me"), "inbox", _handed_in, LEADS,
        address=_page("workshops.all_works"),
    ),
    _kind(
        TO_REVIEW, _l("Works that I am given to review"), "clipboard-check", _to_review,
        SIGNED_UP, channel=Channel.MAIL,
    ),
    _kind(
        REPLACED, _l("Works that I was to review went to others"), "arrow-repeat",
        lambda news: _("The works that you had not begun to review went to others: “%(title)s”",
                       title=_title(news)),
        SIGNED_UP,
    ),
    _kind(
        REVIEWED, _l("My work was reviewed"), "chat-left-text",
        lambda news: _("Read what others say of your work: “%(title)s”", title=_title(news)),
        AUTHOR, channel=Channel.MAIL, address=_page("workshops.own_work"),
    ),
    _kind(
        FEEDBACK, _l("The master answered my work"), "mortarboard", _feedback, AUTHOR,
        channel=Channel.MAIL, address=_work,
    ),
    _kind(
        SHOWN, _l("My work is shown to everybody"), "star",
        lambda news: _("Your work is shown to everybody: “%(title)s”", title=news.title), AUTHOR,
    ),
)  # fmt: skip

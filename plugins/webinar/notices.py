"""What webinars tell people of, with the dates that letters bring."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for

from core.api import CalendarItem, Channel, News, NoticeKind, db, timestamp
from plugins.webinar.models import Meeting
from plugins.webinar.words import _, _l, ngettext

CONFIRMED = "webinar.confirmed"
REFUSED = "webinar.refused"
ASKED = "webinar.asked"
ADDED = "webinar.added"
MOVED = "webinar.moved"
CALLED_OFF = "webinar.called_off"
DAY = "webinar.day"
HOUR = "webinar.hour"
NOW = "webinar.now"
AFTER = "webinar.after"
RECORDED = "webinar.recorded"
FILM = "webinar.film"


def _title(news: News) -> str:
    return news.activity.title if news.activity is not None else news.title


def _meeting(news: News) -> Meeting | None:
    return db.session.get(Meeting, news.facts.get("meeting", 0))


def _when(news: News) -> str:
    meeting = _meeting(news)
    return timestamp(meeting.begins_at).striptags() if meeting is not None else ""


def _reason(news: News) -> str:
    meeting = _meeting(news)
    return meeting.reason if meeting is not None else ""


def _dates(news: News) -> Sequence[CalendarItem]:
    """The meeting that it is about, or all that are ahead."""
    from plugins.webinar import dates  # they need what webinars say, too

    if news.activity is None:
        return []
    meeting = news.facts.get("meeting")
    return dates.of_meeting(news.activity, meeting) if meeting else dates.ahead(news.activity)


def _people(news: News) -> str:
    return url_for("webinar.people", community=news.community, activity=news.activity)


def _feedback(news: News) -> str:
    return url_for(
        "webinar.feedback", community=news.community, activity=news.activity,
        meeting=news.facts.get("meeting", 0),
    )  # fmt: skip


def _asked(news: News) -> str:
    if news.single:
        return _("%(who)s asks for a place: “%(title)s”", who=news.who, title=_title(news))
    return ngettext(
        "%(n)s person asks for a place: “%(title)s”",
        "%(n)s people ask for a place: “%(title)s”",
        news.count, title=_title(news),
    )  # fmt: skip


KINDS = (
    NoticeKind(
        name=CONFIRMED, title=_l("I have a place in a webinar"), icon="calendar-check", hue="rose",
        says=lambda news: _("You have a place: “%(title)s”", title=_title(news)),
        why=_l("because you signed up for the webinar"), channel=Channel.MAIL, level=None,
        dates=_dates,
    ),
    NoticeKind(
        name=REFUSED, title=_l("There is no place for me in a webinar"), icon="x-circle",
        says=lambda news: _("There is no place for you: “%(title)s”", title=_title(news)),
        why=_l("because you asked for a place"), channel=Channel.MAIL, level=None, hue="rose",
    ),
    NoticeKind(
        name=ASKED, title=_l("Requests for places in my webinars"), icon="person-plus", hue="rose",
        says=_asked, why=_l("because you run the webinar"), address=_people, level=None,
    ),
    NoticeKind(
        name=ADDED, title=_l("New meetings of webinars in which I have a place"), hue="rose",
        says=lambda news: _("One more meeting: “%(title)s”, %(when)s", title=_title(news),
                            when=_when(news)),
        why=_l("because you signed up for the webinar"), channel=Channel.MAIL, level=None,
        icon="calendar-plus", dates=_dates,
    ),
    NoticeKind(
        name=MOVED, title=_l("Meetings that were moved"), icon="calendar-event", hue="rose",
        says=lambda news: _("Moved: “%(title)s”, now %(when)s", title=_title(news),
                            when=_when(news)),
        why=_l("because you signed up for the webinar"), channel=Channel.MAIL, level=None,
        dates=_dates,
    ),
    NoticeKind(
        name=CALLED_OFF, title=_l("Meetings that were called off"), icon="x-circle", hue="rose",
        says=lambda news: _("Called off: “%(title)s”, %(when)s. %(reason)s", title=_title(news),
                            when=_when(news), reason=_reason(news)),
        why=_l("because you signed up for the webinar"), channel=Channel.MAIL, level=None,
        dates=_dates,
    ),
    NoticeKind(
        name=DAY, title=_l("A day before a webinar"), icon="clock", hue="rose",
        says=lambda news: _("In a day: “%(title)s”, %(when)s", title=_title(news),
                            when=_when(news)),
        why=_l("because you signed up for the webinar"), channel=Channel.MAIL, level=None,
        dates=_dates,
    ),
    NoticeKind(
        name=HOUR, title=_l("An hour before a webinar"), icon="clock", hue="rose",
        says=lambda news: _("In an hour: “%(title)s”, %(when)s", title=_title(news),
                            when=_when(news)),
        why=_l("because you signed up for the webinar"), channel=Channel.MAIL, level=None,
        dates=_dates,
    ),
    NoticeKind(
        name=NOW, title=_l("A webinar begins"), icon="broadcast", hue="rose",
        says=lambda news: _("On now: “%(title)s”", title=_title(news)),
        why=_l("because you signed up for the webinar"), channel=Channel.PAGE, level=None,
    ),
    NoticeKind(
        name=AFTER, title=_l("What I thought of a webinar"), icon="star", hue="rose",
        says=lambda news: _("Say what you thought: “%(title)s”", title=_title(news)),
        why=_l("because you were there"), channel=Channel.PAGE, address=_feedback, level=None,
    ),
    NoticeKind(
        name=FILM, title=_l("Recordings that wait for my word"), icon="play", hue="rose",
        says=lambda news: _("Look at the recording and publish it: “%(title)s”",
                            title=_title(news)),
        why=_l("because you run the webinar"), channel=Channel.MAIL, level=None,
    ),
    NoticeKind(
        name=RECORDED, title=_l("Recordings of webinars in which I have a place"), hue="rose",
        says=lambda news: _("There is a recording: “%(title)s”", title=news.title),
        why=_l("because you signed up for the webinar"), channel=Channel.MAIL, level=None,
        icon="play",
    ),
)  # fmt: skip

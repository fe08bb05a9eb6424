"""What consultations tell people of, with the dates that letters bring."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from flask import url_for

from core.api import (
    CalendarItem,
    Channel,
    News,
    NoticeKind,
    User,
    db,
    timestamp,
)
from plugins.consultations.meeting_models import Slot
from plugins.consultations.words import _, _l, ngettext

ASKED = "consultations.asked"
SOON = "consultations.soon"
LATE = "consultations.late"
LATE_HERE = "consultations.late_here"
ANSWERED = "consultations.answered"
CLARIFIED = "consultations.clarified"
THANKED = "consultations.thanked"
CONSENT = "consultations.consent"
PUBLISHED = "consultations.published"
CONFIRMED = "consultations.confirmed"
BOOKED = "consultations.booked"
GIVEN_UP = "consultations.given_up"
TAKEN_BACK = "consultations.taken_back"
CALLED_OFF = "consultations.called_off"
OTHER = "consultations.other"
FREE = "consultations.free"
DAY = "consultations.day"
HOUR = "consultations.hour"
CALLED = "consultations.called"
WRITTEN = "consultations.written"
SUMMARY = "consultations.summary"
SUBSTITUTE = "consultations.substitute"
ENDING = "consultations.ending"
ATTACHED = "consultations.attached"
WARD = "consultations.ward"


def _slot(news: News) -> Slot | None:
    return db.session.get(Slot, news.facts.get("slot", 0))


def _line(news: News) -> str:
    return news.activity.title if news.activity is not None else news.title


def _when(news: News) -> str:
    slot = _slot(news)
    return timestamp(slot.begins_at).striptags() if slot is not None else ""


def _reason(news: News) -> str:
    slot = _slot(news)
    return slot.reason if slot is not None else ""


def _dates(news: News) -> Sequence[CalendarItem]:
    """The consultation that it is about."""
    from plugins.consultations import dates  # they need what this says, too

    slot = _slot(news)
    return dates.of_slot(slot) if slot is not None else []


def _cancelled(news: News) -> Sequence[CalendarItem]:
    from plugins.consultations import dates

    slot = _slot(news)
    return dates.of_slot(slot, cancelled=True) if slot is not None else []


def _given_up(news: News) -> Sequence[CalendarItem]:
    """Of a group the consultant's date stays while others come."""
    slot = _slot(news)
    if slot is None or slot.taken:
        return []
    return _cancelled(news)


def _booking(news: News) -> str:
    return url_for("consultations.bookings", community=news.community, activity=news.activity)


def _tutors(news: News) -> str:
    return url_for("consultations_community.tutors", community=news.community)


def _asked(news: News) -> str:
    if news.single:
        return _("%(who)s asks: “%(title)s”", who=news.who, title=news.title)
    return _("A question waits for your answer: “%(title)s”", title=news.title)


def _answered(news: News) -> str:
    return ngettext(
        "There is %(n)s answer to your question: “%(title)s”",
        "There are %(n)s answers to your question: “%(title)s”",
        news.count, title=news.title,
    )  # fmt: skip


def _written(news: News) -> str:
    if news.single:
        return _("%(who)s writes before your consultation", who=news.who)
    return ngettext(
        "%(n)s new line before your consultation", "%(n)s new lines before your consultation",
        news.count,
    )  # fmt: skip


def _ending(news: News) -> str:
    user = db.session.get(User, news.facts.get("user", 0))
    name = user.short_name if user is not None else ""
    return _("Evidence of a qualification ends soon: %(name)s", name=name)


_TEAM = _l("because you are a consultant of this line")
_ASKER = _l("because you asked the question")
_PLACE = _l("because you have a place in the consultation")

_kind = partial(NoticeKind, hue="green", level=None)


KINDS = (
    _kind(name=ASKED, title=_l("Questions that wait for my answer"), says=_asked, why=_TEAM,
          icon="question-circle", channel=Channel.MAIL),
    _kind(name=SOON, title=_l("A day is left to answer"), why=_TEAM, icon="hourglass-split",
          says=lambda n: _("A day is left to answer: “%(title)s”", title=n.title),
          channel=Channel.MAIL),
    _kind(name=LATE, title=_l("Questions whose term has passed"), why=_TEAM,
          icon="exclamation-triangle", channel=Channel.MAIL,
          says=lambda n: _("The promised term has passed: “%(title)s”", title=n.title)),
    _kind(name=LATE_HERE, title=_l("Terms that passed on lines that I lead"),
          why=_l("because you lead consultation lines"), icon="exclamation-triangle",
          says=lambda n: _("A question waits beyond its term: “%(title)s”", title=_line(n)),
          channel=Channel.MAIL),
    _kind(name=ANSWERED, title=_l("Answers to my questions"), says=_answered, why=_ASKER,
          icon="chat-left-text", channel=Channel.MAIL),
    _kind(name=CLARIFIED, title=_l("Askers who write on"), why=_TEAM, icon="reply",
          says=lambda n: _("The asker writes on: “%(title)s”", title=n.title),
          channel=Channel.MAIL),
    _kind(name=THANKED, title=_l("Thanks for my answers"), why=_TEAM, icon="heart",
          says=lambda n: _("Thanks for your help: “%(title)s”", title=n.title)),
    _kind(name=CONSENT, title=_l("Requests to publish an answer without names"), why=_ASKER,
          icon="eye", says=lambda n: _(
              "May this be published without names? “%(title)s”", title=n.title),
          channel=Channel.MAIL),
    _kind(name=PUBLISHED, title=_l("Answers to my questions in the knowledge base"), why=_ASKER,
          icon="lightbulb", says=lambda n: _(
              "Published without names: “%(title)s”", title=n.title)),
    _kind(name=CONFIRMED, title=_l("I have a place in a consultation"), why=_PLACE,
          icon="calendar-check", channel=Channel.MAIL, dates=_dates, address=_booking,
          says=lambda n: _("You have a place: “%(title)s”, %(when)s", title=_line(n),
                           when=_when(n))),
    _kind(name=BOOKED, title=_l("Bookings of my time"), why=_TEAM, icon="calendar-plus",
          channel=Channel.MAIL, dates=_dates, address=_booking,
          says=lambda n: _("Your time is booked: “%(title)s”, %(when)s", title=_line(n),
                           when=_when(n))),
    _kind(name=GIVEN_UP, title=_l("Places that were given up"), why=_PLACE, icon="x-circle",
          channel=Channel.MAIL, dates=_given_up, address=_booking,
          says=lambda n: _("A place was given up: “%(title)s”, %(when)s", title=_line(n),
                           when=_when(n))),
    _kind(name=TAKEN_BACK, title=_l("A place of mine was taken back"), why=_PLACE,
          icon="x-circle", channel=Channel.MAIL, dates=_cancelled, address=_booking,
          says=lambda n: _("Your place was taken back: “%(title)s”, %(when)s. %(reason)s",
                           title=_line(n), when=_when(n), reason=n.facts.get("reason", ""))),
    _kind(name=CALLED_OFF, title=_l("Consultations that were called off"), why=_PLACE,
          icon="x-circle", channel=Channel.MAIL, dates=_cancelled, address=_booking,
          says=lambda n: _("Called off: “%(title)s”, %(when)s. %(reason)s", title=_line(n),
                           when=_when(n), reason=_reason(n))),
    _kind(name=OTHER, title=_l("Another consultant stands in"), why=_PLACE, icon="people",
          channel=Channel.MAIL, address=_booking,
          says=lambda n: _("Another consultant will talk with you: “%(title)s”, %(when)s",
                           title=_line(n), when=_when(n))),
    _kind(name=FREE, title=_l("A place has become free"), icon="bell", channel=Channel.MAIL,
          why=_l("because you wanted to hear of a free place"), address=lambda n: url_for(
              "consultations.book", community=n.community, activity=n.activity,
              slot=n.facts["slot"]),
          says=lambda n: _("A place is free: “%(title)s”, %(when)s", title=_line(n),
                           when=_when(n))),
    _kind(name=DAY, title=_l("A day before a consultation"), why=_PLACE, icon="clock",
          channel=Channel.MAIL, address=_booking,
          says=lambda n: _("In a day: “%(title)s”, %(when)s", title=_line(n), when=_when(n))),
    _kind(name=HOUR, title=_l("An hour before a consultation"), why=_PLACE, icon="clock",
          channel=Channel.MAIL, address=_booking,
          says=lambda n: _("In an hour: “%(title)s”, %(when)s", title=_line(n), when=_when(n))),
    _kind(name=CALLED, title=_l("The consultant waits for me"), why=_PLACE, icon="door-open",
          says=lambda n: _("It is your turn: the consultant waits for you")),
    _kind(name=WRITTEN, title=_l("What is written before a consultation"), why=_PLACE,
          icon="chat-dots", says=_written),
    _kind(name=SUMMARY, title=_l("Summaries of my consultations"), why=_PLACE,
          icon="journal-text", channel=Channel.MAIL,
          says=lambda n: _("The consultant has summed up: “%(title)s”", title=n.title)),
    _kind(name=SUBSTITUTE, title=_l("I stand in for a consultant"), why=_TEAM, icon="people",
          says=lambda n: _("You stand in for a colleague: “%(title)s”", title=_line(n)),
          channel=Channel.MAIL),
    _kind(name=ENDING, title=_l("Evidence of a qualification that ends"), icon="patch-check",
          why=_l("because it is your qualification, or you record them"), says=_ending,
          channel=Channel.MAIL, address=_tutors),
    _kind(name=WARD, title=_l("Questions of those whom I look after"), icon="mortarboard",
          why=_l("because you are their tutor"), says=_asked),
    _kind(name=ATTACHED, title=_l("Tutors and whom they look after"), icon="mortarboard",
          why=_l("because a tutor was attached"), channel=Channel.MAIL, address=lambda n: url_for(
              "consultations_community.wards", community=n.community),
          says=lambda n: _("A tutor was attached: “%(title)s”", title=n.community.title
                           if n.community else "")),
)  # fmt: skip

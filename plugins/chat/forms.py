"""What people fill in in a chat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from core.api import (
    ActivityForm,
    AttachmentsField,
    Community,
    Form,
    LocalDateTimeField,
    RichTextField,
    SubmissionField,
    readers_matching,
    utcnow,
)
from plugins.chat.rooms import PACES, REASON_LENGTH, SILENCES
from plugins.chat.sessions import TITLE_LENGTH, Plan
from plugins.chat.text import LONGEST
from plugins.chat.words import _, _l, ngettext

FILES = 5
MOST_HOSTS = 10


def pace_choices() -> list[tuple[int, str]]:
    """How slow slow mode can be, in words."""
    return [(seconds, pace_in_words(seconds)) for seconds in PACES]


def pace_in_words(seconds: int) -> str:
    """A pace as a whole phrase."""
    if not seconds:
        return _("as quickly as one likes")
    if seconds < 60:
        return ngettext("once in %(n)s second", "once in %(n)s seconds", seconds)
    return ngettext("once in %(n)s minute", "once in %(n)s minutes", seconds // 60)


def number_of(version: Any) -> int:
    """A number that a hidden field carries; 0 for nonsense."""
    words = str(version or "")
    return int(words) if words.isascii() and words.isdigit() and len(words) < 9 else 0


class ChatForm(ActivityForm):
    """A chat: its title and dates, and how often one may write in its standing room."""

    slow_seconds = SelectField(
        _l("One person writes"), coerce=int, choices=pace_choices, default=0,
        description=_l(
            "Slow mode lets people read before they answer. Whoever keeps order is not slowed down."
        ),
    )  # fmt: skip


class MessageForm(Form):
    """A message; sent twice, it is stored once."""

    text = TextAreaField(_l("Message"), [Length(max=LONGEST)])
    files = AttachmentsField(_l("Files"), most=FILES)
    reply_to = HiddenField(validators=[Optional()])
    submission = SubmissionField()


class ChangeForm(Form):
    """A message that is mended."""

    text = TextAreaField(_l("Message"), [Length(max=LONGEST)])
    version = HiddenField()


class QuestionForm(Form):
    text = TextAreaField(_l("Your question"), [InputRequired(), Length(max=1_000)])
    submission = SubmissionField()


class SessionForm(Form):
    """A session that is planned."""

    title = StringField(_l("Topic"), [InputRequired(), Length(max=TITLE_LENGTH)])
    about = TextAreaField(
        _l("What it is about"), [Length(max=LONGEST)],
        description=_l("Who it is for, what to bring, what to read before."),
    )  # fmt: skip
    opens_at = LocalDateTimeField(_l("Begins"), [InputRequired()])
    closes_at = LocalDateTimeField(_l("Ends"), [InputRequired()])
    agenda = TextAreaField(
        _l("Agenda"), [Length(max=4_000)],
        description=_l(
            "A step a line; a number at the end is its minutes: “Getting to know each other (10)”."
        ),
    )  # fmt: skip
    hosts = StringField(
        _l("Led by"), [Length(max=600)],
        description=_l("Surnames, or surnames and names, parted by commas. Empty: you."),
    )  # fmt: skip
    version = HiddenField()

    def __init__(self, community: Community, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.community = community
        self.host_ids: Sequence[int] = ()

    def validate_closes_at(self, field: Any) -> None:
        """Beside the field, before the operation refuses it."""
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_("It ends before it begins. Check the dates."))

    def validate_hosts(self, field: Any) -> None:
        """Each name has to be that of one person who can read this place."""
        names = [" ".join(name.split()) for name in (field.data or "").split(",") if name.strip()]
        if len(names) > MOST_HOSTS:
            raise ValidationError(_("Ten people at most lead a session."))
        self.host_ids = [self._host(name) for name in names]

    def _host(self, name: str) -> int:
        found = readers_matching(self.community, name, limit=30)
        exact = [face for face in found if face.name.casefold() == name.casefold()]
        chosen = exact if len(exact) == 1 else found
        if not chosen:
            raise ValidationError(_("Nobody here is called “%(name)s”.", name=name))
        if len(chosen) > 1:
            raise ValidationError(
                _("Several people are called “%(name)s”. Give the full name.", name=name)
            )
        return chosen[0].id

    def plan(self) -> Plan:
        """What an operation stores."""
        now = utcnow()  # never stored: the form demands both
        return Plan(
            title=self.title.data, about=self.about.data or "",
            opens_at=self.opens_at.data or now, closes_at=self.closes_at.data or now,
            agenda=self.agenda.data or "", hosts=self.host_ids,
        )  # fmt: skip


class LinkForm(Form):
    url = StringField(
        _l("Address of a page of this site"), [Length(max=500)],
        description=_l("Such as that of a poll. Empty: no link is shown."),
    )  # fmt: skip
    title = StringField(_l("What stands on the button"), [Length(max=TITLE_LENGTH)])


class RestrainForm(Form):
    """Why somebody is silenced or removed, and for how long."""

    minutes = RadioField(_l("What"), [InputRequired()])
    reason = StringField(
        _l("Reason"), [InputRequired(), Length(max=REASON_LENGTH)],
        description=_l("The person will read it."),
    )  # fmt: skip

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.minutes.choices = [
            *((str(minutes), _silence(minutes)) for minutes in SILENCES),
            ("remove", _("Remove: the person reads and writes nothing here any more")),
        ]

    @property
    def term(self) -> int | None:
        """How many minutes of silence; None is the door."""
        return None if self.minutes.data == "remove" else int(self.minutes.data)


def _silence(minutes: int) -> str:
    if minutes < 60:
        return ngettext("Silence for %(n)s minute", "Silence for %(n)s minutes", minutes)
    return ngettext("Silence for %(n)s hour", "Silence for %(n)s hours", minutes // 60)


class MinutesForm(Form):
    body = RichTextField(_l("Minutes"), [InputRequired()])
    with_text = BooleanField(
        _l("Let everything that was said follow below"),
        description=_l("What was removed stays removed."),
    )  # fmt: skip
    version = HiddenField()

"""What people fill in about consultations."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import URL, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from core.api import (
    ActivityForm,
    AttachmentsField,
    DayField,
    Form,
    LocalDateTimeField,
    RichTextField,
    SubmissionField,
)
from plugins.consultations import papers
from plugins.consultations.answering import Written
from plugins.consultations.asking import Asked
from plugins.consultations.tutoring_models import EVIDENCE_TITLES
from plugins.consultations.words import _, _l

TITLE_LENGTH = 200
NOTE_LENGTH = 2_000
WEEKDAYS = (
    _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"),
    _l("Sunday"),
)  # fmt: skip


def _number(label: Any, least: int, most: int, default: int, description: Any = "") -> IntegerField:
    return IntegerField(
        label, [InputRequired(), NumberRange(min=least, max=most)], default=default,
        description=description,
    )  # fmt: skip


class LineForm(ActivityForm):
    """A line: its theme, the ways to turn to it, its terms and limits."""

    has_term = False

    about = RichTextField(_l("What people are helped with"))
    by_question = BooleanField(_l("Questions in writing, at any time"), default=True)
    answer_days = _number(
        _l("An answer is promised within so many days"), 1, 60, 3,
        _l("The term begins on the next day; one that ends at a weekend ends on Monday."),
    )  # fmt: skip
    by_slot = BooleanField(_l("Consultations at booked times"), default=True)
    notice_hours = _number(_l("Book at latest so many hours before"), 0, 336, 12)
    cutoff_hours = _number(_l("Give a place up at latest so many hours before"), 0, 336, 12)
    ahead_days = _number(_l("Times are offered so many days ahead"), 1, 120, 28)
    most_open = _number(_l("Bookings ahead for one person"), 1, 20, 2)
    most_monthly = _number(_l("Consultations for one person in thirty days"), 1, 100, 4)
    by_queue = BooleanField(_l("Live hours with a queue"), default=True)
    needs_evidence = BooleanField(
        _l("Only those with recorded evidence of a qualification can be consultants"),
        default=True,
    )


class WrittenForm(Form):
    """What is written below a question; sent twice, it is stored once."""

    body = RichTextField(_l("Your text"), [InputRequired()])
    files = AttachmentsField(_l("Files"))
    submission = SubmissionField()

    def written(self, draft: str = "") -> Written:
        """What an operation stores."""
        return Written(
            body=self.body.data, files=self.files.data, submission=self.submission.data, draft=draft
        )


class QuestionForm(WrittenForm):
    """A question; who reads it and whether it may be published is the asker's to say."""

    title = StringField(_l("Your question in one sentence"), [InputRequired(), Length(max=200)])
    body = RichTextField(_l("Tell more"), [InputRequired()])
    privacy = RadioField(
        _l("Who reads it"),
        choices=[
            ("team", _l("Only the consultants of this line")),
            ("everybody", _l("Everybody who looks into the community, with my name")),
        ],
        default="team",
    )
    wanted = SelectField(_l("Who should answer"), coerce=int, default=0)
    consent = BooleanField(
        _l("The answer may be published in the knowledge base without my name"),
        description=_l("Consultants take out everything that points to you and your school. "
                       "You can withdraw this at any time."),
    )  # fmt: skip

    def asked(self, draft: str) -> Asked:
        """What an operation stores."""
        return Asked(
            title=self.title.data, body=self.body.data, private=self.privacy.data == "team",
            consent=self.consent.data, wanted=self.wanted.data, files=self.files.data,
            submission=self.submission.data, draft=draft,
        )  # fmt: skip


class VersionForm(Form):
    """An edit; ``version`` is the one that the editor began with."""

    version = HiddenField()

    def seen_version(self) -> int:
        """The version that the form began with; 0, which none has, for nonsense."""
        value = self.version.data or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0


class ReplyEditForm(VersionForm):
    body = RichTextField(_l("Your text"), [InputRequired()])


class ArticleForm(VersionForm):
    """An answer for everybody."""

    title = StringField(_l("Question in one sentence"), [InputRequired(), Length(max=200)])
    question = RichTextField(_l("What was asked"), [InputRequired()])
    answer = RichTextField(_l("Answer"), [InputRequired()])


class RatingForm(Form):
    """Thanks, or what could be better."""

    stars = RadioField(
        _l("Did it help?"), [InputRequired()],
        choices=[
            ("5", _l("Yes, very much")), ("4", _l("Yes")), ("3", _l("In part")),
            ("2", _l("Hardly")), ("1", _l("No")),
        ],
    )  # fmt: skip
    words = TextAreaField(_l("A word of thanks, or what is missing"), [Length(max=2_000)])


class BookingForm(Form):
    """What somebody wants to talk about at a booked time."""

    note = TextAreaField(_l("What you want to talk about"), [Length(max=NOTE_LENGTH)])
    files = AttachmentsField(_l("Files"))


class TicketForm(Form):
    note = StringField(_l("What it is about"), [Length(max=200)])


class HoursForm(Form):
    """Weekly hours; times are those of the consultant's own clock."""

    live = RadioField(
        _l("What happens then"),
        choices=[("0", _l("Times that people book")), ("1", _l("Live hours with a queue"))],
        default="0",
    )
    weekdays = SelectMultipleField(
        _l("Days of the week"), choices=[(str(n), day) for n, day in enumerate(WEEKDAYS)],
        widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        validators=[InputRequired()],
    )  # fmt: skip
    starts = TimeField(_l("From"), [InputRequired()])
    ends = TimeField(_l("Until"), [InputRequired()])
    minutes = _number(_l("Minutes for each"), 5, 480, 30)
    pause = _number(_l("Pause between two, in minutes"), 0, 120, 0)
    capacity = _number(
        _l("People at each time"), 1, 500, 1, _l("1: a conversation of two; more: a group.")
    )
    topic = StringField(_l("Topic"), [Length(max=TITLE_LENGTH)])
    valid_from = DayField(_l("First day"), [InputRequired()])
    valid_until = DayField(_l("Last day"), [Optional()])


class SlotForm(Form):
    """One more time, beside the weekly hours."""

    begins_at = LocalDateTimeField(_l("Begins"), [InputRequired()])
    minutes = _number(_l("Minutes"), 5, 480, 30)
    capacity = _number(_l("People"), 1, 500, 1, _l("1: a conversation of two; more: a group."))
    topic = StringField(_l("Topic"), [Length(max=TITLE_LENGTH)])


class DaysOffForm(Form):
    first = DayField(_l("First day"), [InputRequired()])
    last = DayField(_l("Last day"), [InputRequired()])


class ReasonForm(Form):
    reason = StringField(_l("Reason"), [Length(max=500)])


class ShareForm(Form):
    """How somebody works in a team."""

    most_open = IntegerField(
        _l("Questions that wait for me at once, at most"),
        [Optional(), NumberRange(min=1, max=500)],
        description=_l("Empty: as many as come."),
    )
    room_url = StringField(
        _l("Address of my room for video"),
        [Optional(), Length(max=1_000), URL(require_tld=False)],
        description=_l("Those who talk with you see it in the private room."),
    )

    def validate_room_url(self, field: Any) -> None:
        """Nothing but pages of the web."""
        if field.data and not field.data.startswith(("https://", "http://")):
            raise ValidationError(_("An address begins with https://"))


class BreakForm(Form):
    first = DayField(_l("First day"), [InputRequired()])
    until = DayField(_l("Last day"), [Optional()], description=_l("Empty: until I end it."))
    substitute = SelectField(_l("Who stands in"), coerce=int, default=0)


class EndingForm(Form):
    """How a conversation ended."""

    summary = RichTextField(
        _l("Summary for those who came"),
        description=_l("What was agreed, what to do next. All of them read it."),
    )
    notes = RichTextField(
        _l("My notes"), description=_l("Only you read them; search does not find them.")
    )
    came = SelectMultipleField(
        _l("Who came"), coerce=int, widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )  # fmt: skip


class SayForm(Form):
    """A line of a room."""

    body = TextAreaField(_l("Your line"), [Length(max=10_000)])
    files = AttachmentsField(_l("Files"))
    submission = SubmissionField()


class EvidenceForm(Form):
    """On what evidence somebody may consult."""

    kind = SelectField(
        _l("Evidence"), choices=[(str(key), title) for key, title in EVIDENCE_TITLES.items()]
    )
    document = StringField(
        _l("Document"), [InputRequired(), Length(max=300)],
        description=_l("For example: order no. 112 of 14.05.2024"),
    )  # fmt: skip
    valid_from = DayField(_l("Valid from"), [InputRequired()])
    valid_until = DayField(
        _l("Valid until"), [Optional()], description=_l("Empty: without an end.")
    )

    files = AttachmentsField(_l("Copies of the document"), most=papers.MOST)


class CopiesForm(Form):
    """Copies of the document that evidence rests on."""

    files = AttachmentsField(_l("Files"), most=papers.MOST)


class WardForm(Form):
    """Who is looked after by whom."""

    school = SelectField(_l("All teachers of a school"), coerce=int, default=0)
    basis = StringField(_l("On the basis of"), [Length(max=300)])
    since = DayField(_l("From"), [InputRequired()])
    until = DayField(_l("Until"), [Optional()])

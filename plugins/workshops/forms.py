"""What people fill in about workshops."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import URL, InputRequired, Length, NumberRange, Optional, ValidationError

from core.api import ActivityForm, AttachmentsField, Form, LocalDateTimeField, RichTextField
from plugins.workshops.models import Admission, Grading
from plugins.workshops.reminding import EXTENDABLE
from plugins.workshops.reviewing import MOST_POINTS
from plugins.workshops.running import MOST_HOURS
from plugins.workshops.stages import ORDER, PASSABLE, TITLES
from plugins.workshops.words import _, _l

TITLE_LENGTH = 200
ADDRESS = [Optional(), Length(max=1_000), URL(require_tld=False)]


class WorkshopForm(ActivityForm):
    """What a workshop is about and who gets a place; its stages have a page of their own."""

    has_term = False

    about = RichTextField(_l("What it is about"))
    audience = StringField(
        _l("For whom"), [Length(max=300)],
        description=_l("For example: for those who teach mathematics in forms 5 to 9."),
    )  # fmt: skip
    seats = IntegerField(
        _l("Number of places"),
        [Optional(), NumberRange(min=1, max=10_000)],
        description=_l("Empty: as many as come. Whoever comes later waits for a free place."),
    )
    admission = RadioField(
        _l("Who gets a place"),
        choices=[
            (Admission.OPEN.value, _l("Whoever signs up, while there are places")),
            (Admission.APPROVAL.value, _l("A master decides on each")),
        ],
        default=Admission.OPEN.value,
    )


def seen_version(field: HiddenField) -> int:
    """The version that a form began with; -1, which none has, for nonsense."""
    value = field.data or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1


class StagesForm(Form):
    """Which stages there are, when each begins, and what passing it counts for.

    The fields of a stage are ``<stage>_on``, ``<stage>_begins`` and, where it can be passed,
    ``<stage>_hours``.
    """

    version = HiddenField()


for _kind in ORDER:
    setattr(StagesForm, f"{_kind}_on", BooleanField(TITLES[_kind]))
    setattr(StagesForm, f"{_kind}_begins", LocalDateTimeField(_l("Begins"), [Optional()]))
    if _kind in PASSABLE:
        setattr(
            StagesForm, f"{_kind}_hours",
            IntegerField(_l("Hours"), [Optional(), NumberRange(min=0, max=MOST_HOURS)]),
        )  # fmt: skip


class DemonstrationForm(Form):
    """What the master shows."""

    body = RichTextField(_l("What you show, step by step"))
    address = StringField(
        _l("Address of the room, for a live demonstration"), ADDRESS,
        description=_l("Only those who have a place are led there; that they came is noted."),
    )  # fmt: skip
    minutes = IntegerField(
        _l("How long, in minutes"), [InputRequired(), NumberRange(min=5, max=720)], default=60
    )
    recording = StringField(_l("Address of the recording"), ADDRESS)
    files = AttachmentsField(_l("Materials"))
    version = HiddenField()

    def validate_address(self, field: Any) -> None:
        """Nothing but pages of the web."""
        _check_address(field)

    def validate_recording(self, field: Any) -> None:
        """Nothing but pages of the web."""
        _check_address(field)


def _check_address(field: Any) -> None:
    if field.data and not field.data.startswith(("https://", "http://")):
        raise ValidationError(_("An address begins with https://"))


class WorkForm(Form):
    """A work: words, files, or both."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=TITLE_LENGTH)])
    body = RichTextField(_l("Your work in words"))
    files = AttachmentsField(_l("Files, photos, a video of the lesson"))
    version = HiddenField()


class FeedbackForm(Form):
    """The master's answer to a work."""

    words = RichTextField(_l("Your feedback"), [InputRequired()])
    again_until = LocalDateTimeField(
        _l("Give the work back to be improved, until"), [Optional()],
        description=_l("Empty: the work stays handed in."),
    )  # fmt: skip


class TimeForm(Form):
    """More time for one person."""

    kind = SelectField(_l("In which stage"), choices=[(k.value, TITLES[k]) for k in EXTENDABLE])
    until = LocalDateTimeField(_l("Until"), [InputRequired()])


class TaskForm(Form):
    """What participants try, and how their works are reviewed."""

    task = RichTextField(_l("The task for the practice"))
    grading = RadioField(
        _l("How works are reviewed"),
        choices=[
            (Grading.WORDS.value, _l("In words alone")),
            (Grading.POINTS.value, _l("With points for each criterion")),
            (Grading.RUBRIC.value, _l("By a rubric: a level is chosen for each criterion")),
        ],
        default=Grading.WORDS.value,
    )
    reviews_per_work = IntegerField(
        _l("Reviews that each work gets"), [InputRequired(), NumberRange(min=1, max=10)], default=2
    )
    replace_days = IntegerField(
        _l("Whoever has not begun so many days before the end is replaced"),
        [InputRequired(), NumberRange(min=0, max=60)], default=2,
        description=_l("0: nobody is replaced automatically."),
    )  # fmt: skip
    self_review = BooleanField(_l("Everybody reviews their own work, too"))
    hides_authors = BooleanField(
        _l("Reviewers do not see whose work it is"),
        description=_l("Names in files and texts stay; ask participants to leave them out."),
    )
    hides_reviewers = BooleanField(_l("Authors do not see who reviewed"))


class CriterionForm(Form):
    """One thing that a review looks at."""

    title = StringField(_l("Criterion"), [InputRequired(), Length(max=TITLE_LENGTH)])
    hint = StringField(_l("What to look for"), [Length(max=500)])
    most = IntegerField(
        _l("Points at most"), [Optional(), NumberRange(min=1, max=MOST_POINTS)], default=10
    )
    levels = TextAreaField(
        _l("Levels, a line for each"), [Length(max=5_000)],
        description=_l("Points and words: “3 – The aim can be checked”."),
    )  # fmt: skip


class QuestionsForm(Form):
    """What is asked at the end."""

    lines = TextAreaField(_l("Questions, a line for each"), [InputRequired(), Length(max=5_000)])


class WordsForm(Form):
    """A form whose fields follow from rows (criteria, questions); this one checks the token."""

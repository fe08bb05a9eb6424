"""What people fill in about webinars."""

from __future__ import annotations

import re
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import URL, InputRequired, Length, NumberRange, Optional, ValidationError

from core.api import (
    ActivityForm,
    AttachmentsField,
    Form,
    LocalDateTimeField,
    RichTextField,
    SubmissionField,
)
from plugins.webinar.bbb import address_of
from plugins.webinar.models import Admission, Recorded
from plugins.webinar.providers import providers
from plugins.webinar.words import _, _l

TITLE_LENGTH = 200
SCHEDULE = ("begins_at", "minutes", "every", "times")
DURATION = [InputRequired(), NumberRange(min=5, max=720)]
HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?")
SERVER = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
ADDRESS = [Optional(), Length(max=1_000), URL(require_tld=False)]


class WebinarForm(ActivityForm):
    """A new webinar is planned at once, a series too; later each meeting is changed by itself."""

    has_term = False

    begins_at = LocalDateTimeField(_l("Begins"), [InputRequired()])
    minutes = IntegerField(_l("How long, in minutes"), DURATION, default=60)
    every = SelectField(
        _l("How often"),
        choices=[
            ("0", _l("Once")),
            ("7", _l("Every week")),
            ("14", _l("Every two weeks")),
            ("28", _l("Every four weeks")),
        ],
    )
    times = IntegerField(
        _l("How many times, in a series"), [Optional(), NumberRange(min=1, max=40)], default=4
    )
    about = RichTextField(_l("What it is about"))
    speakers = StringField(
        _l("Who speaks"),
        [Length(max=300)],
        description=_l("Names as people should read them, also of guests without an account."),
    )
    seats = IntegerField(
        _l("Number of places"),
        [Optional(), NumberRange(min=1, max=100_000)],
        description=_l("Empty: as many as come. Whoever comes later waits for a free place."),
    )
    admission = RadioField(
        _l("Who gets a place"),
        choices=[
            (Admission.OPEN.value, _l("Whoever signs up, while there are places")),
            (Admission.APPROVAL.value, _l("A host decides on each")),
        ],
        default=Admission.OPEN.value,
    )
    provider = SelectField(_l("Where people meet"))
    address = StringField(
        _l("Address of the room"),
        ADDRESS,
        description=_l("Only those who have a place are led there."),
    )
    recorded = RadioField(
        _l("Recording, where people meet on BigBlueButton"),
        choices=[
            (Recorded.ASK.value, _l("A host looks at it first and publishes it")),
            (Recorded.PUBLISH.value, _l("It is published by itself")),
            (Recorded.NO.value, _l("Nothing is recorded")),
        ],
        default=Recorded.ASK.value,
        description=_l(
            "The host starts and stops the recording in the room. What is published is seen by "
            "everybody who may look into the community."
        ),
    )
    early = IntegerField(
        _l("The door opens so many minutes before"),
        [InputRequired(), NumberRange(min=0, max=120)],
        default=15,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.schedules = not (kwargs.get("data") or {}).get("planned")
        if not self.schedules:
            for name in SCHEDULE:
                del self[name]
        self.provider.choices = [(key, p.title) for key, p in providers().items()]

    def validate_provider(self, field: Any) -> None:
        """A place that is not set up yet is told beside the choice."""
        chosen = providers().get(field.data)
        if chosen is not None and (missing := chosen.missing()):
            raise ValidationError(missing)

    def validate_address(self, field: Any) -> None:
        """A link needs one, of a page on the web."""
        chosen = providers().get(self.provider.data)
        if chosen is None or not chosen.needs_address:
            return
        if not (field.data or "").startswith(("https://", "http://")):
            raise ValidationError(_("Give the address of the room; it begins with https://"))


class MeetingForm(Form):
    """One meeting; ``version`` is the one that whoever changes it began with."""

    topic = StringField(
        _l("Topic of this meeting"), [Length(max=TITLE_LENGTH)],
        description=_l("If it has one of its own."),
    )  # fmt: skip
    begins_at = LocalDateTimeField(_l("Begins"), [InputRequired()])
    minutes = IntegerField(_l("How long, in minutes"), DURATION, default=60)
    version = HiddenField()

    def seen_version(self) -> int:
        """The version that the form began with; -1, which none has, for nonsense."""
        value = self.version.data or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else -1


class CancelForm(Form):
    reason = StringField(_l("Reason"), [InputRequired(), Length(max=500)])


class RatingForm(Form):
    """What somebody thought of a meeting."""

    stars = RadioField(
        _l("How useful was it?"),
        [InputRequired()],
        choices=[(str(n), str(n)) for n in range(1, 6)],
        description=_l("1: not at all, 5: very"),
    )
    words = TextAreaField(_l("In your own words"), [Length(max=5_000)])


class RecordingForm(Form):
    """Where a recording is, or the files themselves."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=TITLE_LENGTH)])
    url = StringField(_l("Address"), ADDRESS)
    files = AttachmentsField(_l("Files"))
    submission = SubmissionField()

    def validate_url(self, field: Any) -> None:
        """Nothing but pages of the web."""
        if field.data and not field.data.startswith(("https://", "http://")):
            raise ValidationError(_("An address begins with https://"))


class ListForm(Form):
    """A list of who attended, as the service of the meeting gives it."""

    file = FileField(
        _l("File (CSV) of the service where you met"),
        [Optional()],
        render_kw={"accept": ".csv,.tsv,.txt,text/csv,text/plain"},
    )
    table = TextAreaField(
        _l("Or the list itself"),
        [Length(max=200_000)],
        description=_l(
            "A line for each: name or e-mail address, then the minutes, parted by a comma, "
            "a semicolon or a tab. Paste it from a table."
        ),
    )

    def validate_table(self, field: Any) -> None:
        """One of the two there must be."""
        if not field.data and not self.file.data:
            raise ValidationError(_("Choose a file, or paste the list here."))


class SettingsForm(Form):
    """What a site sets about where people meet."""

    bbb_address_1 = StringField(
        _l("BigBlueButton: address of the server"),
        [Length(max=300)],
        description=_l(
            "As `bbb-conf --secret` tells it: https://bbb.school.example/bigbluebutton/"
        ),
    )
    bbb_secret_1 = PasswordField(_l("BigBlueButton: secret of the server"), [Length(max=500)])
    bbb_address_2 = StringField(
        _l("A second BigBlueButton server"),
        [Length(max=300)],
        description=_l(
            "With several, a meeting is opened where the fewest people are, and stays there."
        ),
    )
    bbb_secret_2 = PasswordField(_l("Secret of the second server"), [Length(max=500)])
    bbb_address_3 = StringField(_l("A third BigBlueButton server"), [Length(max=300)])
    bbb_secret_3 = PasswordField(_l("Secret of the third server"), [Length(max=500)])
    jitsi_domain = StringField(
        _l("Jitsi: name of the server"),
        [Length(max=200)],
        description=_l("For example: meet.school.example"),
    )
    jitsi_app_id = StringField(_l("Jitsi: application id"), [Length(max=200)])
    jitsi_secret = PasswordField(
        _l("Jitsi: secret of the application"),
        [Length(max=500)],
        description=_l("With it only people from here come in, and hosts lead."),
    )

    def validate_bbb_address_1(self, field: Any) -> None:
        """An address on the web, and nothing behind it."""
        _check_server(field)

    def validate_bbb_address_2(self, field: Any) -> None:
        """The same."""
        _check_server(field)

    def validate_bbb_address_3(self, field: Any) -> None:
        """The same."""
        _check_server(field)

    def validate_jitsi_domain(self, field: Any) -> None:
        """A name, not an address."""
        if field.data and not HOST.fullmatch(field.data):
            raise ValidationError(_("Only the name of the server, without https://"))


def _check_server(field: Any) -> None:
    if field.data and not SERVER.fullmatch(address_of(field.data)):
        raise ValidationError(
            _("The address of a server begins with https:// and has nothing behind its path.")
        )

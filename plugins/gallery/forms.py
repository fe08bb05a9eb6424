"""What people fill in in a gallery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from core.api import (
    Activity,
    ActivityForm,
    AttachmentsField,
    FileKind,
    Form,
    LocalDateTimeField,
    SubmissionField,
)
from plugins.gallery.albums import ABOUT_LENGTH, TITLE_LENGTH, AlbumFacts
from plugins.gallery.models import Consent
from plugins.gallery.pictures import CAPTION_LENGTH
from plugins.gallery.removals import CONTACT_LENGTH, WORDS_LENGTH
from plugins.gallery.words import _, _l

# As many as a class brings home from an excursion.
MOST_AT_ONCE = 100

CONSENTS = (
    (Consent.UNKNOWN.value, _l("Not known yet")),
    (Consent.NOBODY.value, _l("Nobody can be recognised")),
    (Consent.YES.value, _l("All who can be recognised agree")),
    (Consent.NO.value, _l("Somebody does not agree")),
)


class GalleryForm(ActivityForm):
    """A gallery needs nothing beyond its title and dates; albums have pages of their own."""


class SettingsForm(Form):
    """What a school, or a community, sets about its galleries."""

    days_for_answer = IntegerField(
        _l("Days to answer a request to be taken out of a picture"),
        [InputRequired(), NumberRange(min=1, max=30)],
        default=3,
        description=_l(
            "When they are over, the picture is hidden and the coordinators are told of it."
        ),
    )


class AlbumForm(Form):
    """A new album, or what is changed about one."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=TITLE_LENGTH)])
    happened_on = DateField(_l("When it was"), [Optional()])
    about = TextAreaField(_l("About it"), [Optional(), Length(max=ABOUT_LENGTH)])
    occasion = SelectField(
        _l("What it belongs to"), coerce=int, default=0,
        description=_l("The album is named on its page, too."),
    )  # fmt: skip
    contributions = BooleanField(
        _l("Members may add their pictures"), default=True,
        description=_l("Else only its keepers do."),
    )  # fmt: skip
    submission = SubmissionField()

    def offer(self, activities: Sequence[Activity]) -> None:
        """Offer what the album can belong to."""
        self._activities = {activity.id: activity for activity in activities}
        self.occasion.choices = [(0, _("Nothing in particular"))]
        self.occasion.choices += [(a.id, a.title) for a in activities]

    def facts(self) -> AlbumFacts:
        """What an operation stores."""
        return AlbumFacts(
            title=self.title.data or "", about=self.about.data or "",
            happened_on=self.happened_on.data, contributions=self.contributions.data,
            occasion=self._activities.get(self.occasion.data),
        )  # fmt: skip


class AddForm(Form):
    """Pictures for an album, with what is known of all of them."""

    files = AttachmentsField(
        _l("Pictures and short films"), most=MOST_AT_ONCE,
        accept={FileKind.PICTURE, FileKind.VIDEO},
    )  # fmt: skip
    consent = RadioField(
        _l("Who can be recognised in them"), choices=CONSENTS, default=Consent.UNKNOWN.value,
        description=_l(
            "Outsiders see only pictures in which nobody can be recognised, or all agree"
            " (for children their parents). It can be said of each picture later, too."
        ),
    )  # fmt: skip


class PictureForm(Form):
    """What is said of one picture."""

    caption = StringField(
        _l("Caption"), [Optional(), Length(max=CAPTION_LENGTH)],
        description=_l("What can be seen; read aloud to those who do not see it."),
    )  # fmt: skip
    consent = SelectField(_l("Who can be recognised"), choices=CONSENTS)


class SharingForm(Form):
    """Whether outsiders see an album."""

    everybody = BooleanField(
        _l("Show this album to everybody"),
        description=_l("Also to people who are not members and have no account."),
    )
    outsiders_save = BooleanField(
        _l("Outsiders may save the pictures"),
        description=_l("One, or all as an archive; else they only look."),
    )


class LinkForm(Form):
    """A new link, and how long it works."""

    until = LocalDateTimeField(
        _l("Works until"), [Optional()], description=_l("Without a moment: until it is taken back.")
    )


class RemovalForm(Form):
    """“Take me out of this picture.”"""

    words = TextAreaField(
        _l("What should be known about it"), [Optional(), Length(max=WORDS_LENGTH)],
        description=_l("For example where in the picture you or your child are. Not needed."),
    )  # fmt: skip


class GuestRemovalForm(RemovalForm):
    """The same from somebody without an account."""

    contact = StringField(
        _l("How can you be answered?"), [InputRequired(), Length(max=CONTACT_LENGTH)],
        description=_l("An e-mail address or a telephone number. Only the keepers see it."),
    )  # fmt: skip


class AnswerForm(Form):
    """Why a picture stays."""

    answer = TextAreaField(_l("Your answer"), [InputRequired(), Length(max=WORDS_LENGTH)])


def caption_of(fields: Any, number: int) -> str | None:
    """What was typed as the caption of a picture in a page of many; None where it was not there."""
    found: str | None = fields.get(f"caption-{number}")
    return found.replace("\x00", "") if found is not None else None


def consent_of(raw: str | None) -> Consent | None:
    """A mark as a form names it; None for nonsense."""
    return Consent(raw) if raw in set(Consent) else None

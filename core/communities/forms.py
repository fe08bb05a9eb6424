"""Forms of communities and of who belongs to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from core.communities.models import Community
from core.communities.role_operations import Term
from core.communities.words import ADMISSIONS, KINDS, VISIBILITIES
from core.platform.dates import current_zone
from core.platform.db import utcnow
from core.platform.forms import DayField, Form, RichTextField
from core.platform.i18n import core_domain

_ = core_domain.gettext
_l = core_domain.lazy

MOST_PLACES = 100_000


def choices(titles: Iterable[tuple[Any, object]]) -> list[SelectChoice]:
    """Options of a list, from pairs of value and title."""
    return [SelectChoice(value, title) for value, title in titles]


def _named(titles: Mapping[Any, object]) -> list[SelectChoice]:
    return choices((str(value), title) for value, title in titles.items())


class JoinForm(Form):
    """Asking to be a member. ``version`` is the version of the rules that the page showed."""

    version = HiddenField(default="0")
    note = TextAreaField(
        _l("A word to the coordinator"),
        [Optional(), Length(max=1000)],
        description=_l("Who you are and what brings you here."),
    )
    accept = BooleanField(_l("I have read the rules and accept them"))

    def validate_accept(self, field: BooleanField) -> None:
        if self.seen_version and not field.data:
            raise ValidationError(_("Read the rules of the community and accept them first."))

    @property
    def seen_version(self) -> int:
        sent = str(self.version.data or "0")
        return int(sent) if sent.isdecimal() and len(sent) < 10 else -1


class AcceptForm(Form):
    """Accepting a new version of the rules."""

    version = HiddenField()
    seen_version = JoinForm.seen_version


class PlainForm(Form):
    """A form that is only a button."""


class ReasonForm(Form):
    """Something that is done to a person, with a reason they can read."""

    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(), Length(max=1000)],
        description=_l("The person will read it."),
    )


class RequestsForm(Form):
    """A decision on one request or several."""

    decision = SelectField(choices=choices((("approve", ""), ("refuse", ""))))
    reason = TextAreaField(
        _l("Reason for a refusal"),
        [Length(max=1000)],
        description=_l("The person will read it."),
    )

    def validate_reason(self, field: TextAreaField) -> None:
        if self.decision.data == "refuse" and not field.data:
            raise ValidationError(_("Give a reason: the person will read it."))


class IncludeForm(Form):
    """Taking somebody in who did not ask, by the address that they sign in with."""

    email = EmailField(
        _l("E-mail address"),
        [InputRequired(), Length(max=254)],
        description=_l(
            "The one that the person signs in with. They will be asked to accept the rules."
        ),
    )


class AboutForm(Form):
    """What a community says of itself."""

    title = StringField(_l("Name of the community"), [InputRequired(), Length(min=3, max=120)])
    summary = TextAreaField(
        _l("In one or two sentences"),
        [Optional(), Length(max=300)],
        description=_l("What people read in the catalogue."),
    )
    goals = TextAreaField(_l("Goals"), [Optional(), Length(max=3000)])
    tasks = TextAreaField(_l("Tasks"), [Optional(), Length(max=3000)])
    kind = SelectField(_l("Kind"), choices=_named(KINDS))
    subjects = StringField(
        _l("Subjects and school years"),
        [Optional(), Length(max=200)],
        description=_l("For example: mathematics, years 5 to 11."),
    )
    audience = StringField(
        _l("For whom"),
        [Optional(), Length(max=200)],
        description=_l("For example: teachers of the district; parents may read."),
    )


class AdmissionForm(Form):
    """Who sees a community, who gets in, and how many."""

    visibility = RadioField(_l("Who sees it"), choices=_named(VISIBILITIES))
    admission = RadioField(_l("How one becomes a member"), choices=_named(ADMISSIONS))
    member_limit = IntegerField(
        _l("Number of places"),
        [Optional(), NumberRange(1, MOST_PLACES)],
        description=_l("Leave it empty if the number of members is not limited."),
    )
    hold_first_posts = IntegerField(
        _l("First posts that wait for approval"),
        [InputRequired(), NumberRange(0, 50)],
        description=_l(
            "So many posts of a new member are shown once a moderator approves. 0: none."
        ),
    )
    visible_history = BooleanField(
        _l("Everybody sees what an author has changed in a text"),
        description=_l("Otherwise only its author and the moderators see it."),
    )
    parent_id = SelectField(
        _l("Part of"),
        coerce=int,
        description=_l("Coordinators of that community will manage this one too."),
    )

    def offer_parents(self, parents: Iterable[tuple[int, str]]) -> None:
        self.parent_id.choices = choices([(0, _("No other community")), *parents])


class CharterForm(Form):
    """A new version of the rules."""

    body = RichTextField(_l("Rules"), [InputRequired()])


class FoundForm(Form):
    """Founding a community, or a sub-community."""

    title = StringField(_l("Name of the community"), [InputRequired(), Length(min=3, max=120)])
    slug = StringField(
        _l("Address"),
        [Optional(), Length(max=60)],
        description=_l("Latin letters, digits and hyphens. Left empty, it is made of the name."),
    )
    summary = TextAreaField(
        _l("In one or two sentences"),
        [Optional(), Length(max=300)],
        description=_l("What people read in the catalogue."),
    )
    kind = SelectField(_l("Kind"), choices=_named(KINDS))
    subjects = StringField(
        _l("Subjects and school years"),
        [Optional(), Length(max=200)],
        description=_l("For example: mathematics, years 5 to 11."),
    )
    charter = RichTextField(_l("Rules (one accepts them on joining)"), [Optional()])


class LiquidationForm(Form):
    """Ending a community: its name is typed, so that nobody does it by a slip of the hand."""

    title = StringField(_l("The name of the community"), [InputRequired()])

    def __init__(self, community: Community, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = community

    def validate_title(self, field: StringField) -> None:
        if " ".join(field.data.split()).casefold() != self.community.title.strip().casefold():
            raise ValidationError(_("This is not the name of the community."))


class AppointForm(Form):
    """Appointing a member to a role for a term."""

    role = SelectField(_l("Role"))
    starts_on = DayField(
        _l("From"),
        [Optional()],
        description=_l("Left empty: from now."),
    )
    ends_on = DayField(
        _l("Until"),
        [Optional()],
        description=_l("This day included. Left empty: without end."),
    )
    basis = StringField(
        _l("On what basis"),
        [Optional(), Length(max=300)],
        description=_l("For example: order No. 79 of 1 September 2026."),
    )

    @property
    def term(self) -> Term:
        """The days as moments: from the first minute of the first to the last of the last."""
        starts, ends = _first_minute(self.starts_on.data), None
        if self.ends_on.data:
            ends = _first_minute(self.ends_on.data + timedelta(days=1))
        if starts is not None and starts <= utcnow():
            starts = None
        return Term(starts, ends, self.basis.data or "")

    def validate_starts_on(self, field: DayField) -> None:
        if field.data and field.data < utcnow().astimezone(current_zone()).date():
            raise ValidationError(_("An appointment cannot begin in the past."))


def _first_minute(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), current_zone()) if day else None


class GrantForm(Form):
    """A right of a role: given here, taken away here, or as it was meant."""

    role = StringField(validators=[InputRequired()])
    capability = StringField(validators=[InputRequired()])
    granted = SelectField(choices=choices((("yes", ""), ("no", ""), ("default", ""))))

    @property
    def grant(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.granted.data)

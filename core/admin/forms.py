"""Forms of the administration."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from core.admin.log import kinds
from core.admin.queries import community_titles, people_matching
from core.communities.forms import FoundForm
from core.communities.words import STATES, VISIBILITIES
from core.people.queries import school_choices
from core.platform.arriving import row_number
from core.platform.forms import DayField, Form
from core.platform.i18n import core_domain

_ = core_domain.gettext
_l = core_domain.lazy


class FilterForm(Form):
    """A form that only narrows a list: it comes with the address, and nothing in it is an error."""

    class Meta(Form.Meta):
        csrf = False


class PeopleFilter(FilterForm):
    words = StringField(_l("Name or address"), [Optional()])
    school = SelectField(_l("School"), validate_choice=False)
    state = SelectField(
        _l("Account"),
        choices=[
            ("", _l("Any")),
            ("active", _l("Open")),
            ("suspended", _l("Suspended")),
            ("unconfirmed", _l("Address not confirmed")),
        ],
        validate_choice=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school.choices = [("", _("Any")), *school_choices()]

    @property
    def school_id(self) -> int:
        return row_number(self.school.data)


class CommunitiesFilter(FilterForm):
    words = StringField(_l("Name or address"), [Optional()])
    state = SelectField(
        _l("State"),
        choices=[("", _l("Any")), *((state.value, title) for state, title in STATES.items())],
        validate_choice=False,
    )


class LogFilter(FilterForm):
    kind = SelectField(_l("What was done"), validate_choice=False)
    person = StringField(_l("By whom, or to whom"), [Optional()])
    community = SelectField(_l("Community"), validate_choice=False)
    since = DayField(_l("From"), [Optional()])
    until = DayField(_l("Until"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [("", _("Anything")), *kinds()]
        titles = [(str(number), title) for number, title in community_titles()]
        self.community.choices = [("", _("Any")), *titles]

    @property
    def community_id(self) -> int:
        return row_number(self.community.data)


class SuspendForm(Form):
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(), Length(max=1000)],
        description=_l("The person will read it."),
    )


class SchoolForm(Form):
    short_name = StringField(
        _l("Short name"),
        [InputRequired(), Length(max=80)],
        description=_l("As it stands beside people's names"),
    )
    name = StringField(_l("Full name"), [InputRequired(), Length(max=300)])
    place = StringField(_l("Town or village"), [Optional(), Length(max=120)])
    category = StringField(
        _l("Category"),
        [Optional(), Length(max=120)],
        description=_l("For example: base school, leading school"),
    )
    named = HiddenField()

    @property
    def values(self) -> dict[str, str]:
        names = ("short_name", "name", "place", "category")
        return {name: self[name].data or "" for name in names}


class FoundWithCoordinatorForm(FoundForm):
    """Founding a community for somebody else, who is looked for by name or address."""

    visibility = RadioField(
        _l("Who sees it"),
        choices=[(value.value, title) for value, title in VISIBILITIES.items()],
        default="listed",
    )
    coordinator = StringField(
        _l("Coordinator"),
        [InputRequired(), Length(max=200)],
        description=_l("Surname or e-mail address of somebody who has an account"),
    )
    chosen = RadioField(_l("Who of them?"), choices=[], validate_choice=False)
    coordinator_id = 0

    def validate_coordinator(self, field: StringField) -> None:
        """Exactly one person must be meant; where several are, they are offered."""
        found = people_matching(field.data or "")
        self.chosen.choices = [(str(one.id), f"{one.name}, {one.email}") for one in found]
        meant = [one for one in found if str(one.id) == self.chosen.data] or found
        if not found:
            raise ValidationError(_("Nobody with such a name or address has an account."))
        if len(meant) > 1:
            raise ValidationError(_("Several people are meant. Choose one of them below."))
        self.coordinator_id = meant[0].id

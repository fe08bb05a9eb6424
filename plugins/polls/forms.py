"""What those who run polls fill in."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from flask import g
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from core.api import (
    ActivityForm,
    Form,
    LocalDateTimeField,
    RichTextField,
    current_zone,
    roles_in,
    utcnow,
)
from plugins.polls.editing import lines_of
from plugins.polls.electorate import categories_in
from plugins.polls.kinds import KINDS, QUICK
from plugins.polls.models import Audience, Privacy, Results
from plugins.polls.words import _, _l

# What can be settled only as long as nobody has answered.
SETTLED = ("privacy", "audience", "roles", "categories", "by_school", "kind")


def _choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    return [SelectChoice(value, title) for value, title in pairs]


class Ticks(SelectMultipleField):  # type: ignore[misc]
    """Some of several, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class QuestionnaireForm(ActivityForm):
    """A questionnaire: who is asked, and who sees what; what it asks has an editor of its own."""

    about = TextAreaField(
        _l("What it is about"), [Optional(), Length(max=2_000)], render_kw={"rows": 3}
    )
    audience = RadioField(
        _l("Who is asked"),
        choices=[
            (Audience.MEMBERS.value, _l("Everybody in the community")),
            (Audience.ROLES.value, _l("Those who hold certain roles")),
            (Audience.CATEGORIES.value, _l("Schools of certain categories")),
            (Audience.LINK.value, _l("Whoever has the link, without signing in")),
        ],
        default=Audience.MEMBERS.value,
        description=_l("The list is settled when the poll opens; who joins later is not on it."),
    )
    roles = Ticks(_l("Roles"), [Optional()])
    categories = Ticks(_l("Categories of schools"), [Optional()])
    by_school = BooleanField(
        _l("One voice for each school"),
        description=_l("The first who answers speaks for the school."),
    )
    privacy = RadioField(
        _l("Names"),
        choices=[
            (Privacy.UNNAMED.value, _l("Not shown: pages say how many, not who")),
            (Privacy.NAMED.value, _l("Shown: everybody sees who answered what")),
            (Privacy.SECRET.value, _l("Secret: nobody can find out, not even the administrator")),
        ],
        default=Privacy.UNNAMED.value,
        description=_l(
            "A secret vote cannot be changed, and is counted only when the poll has closed."
        ),
    )
    results = RadioField(
        _l("Results are shown"),
        choices=[
            (Results.ALWAYS.value, _l("At once, to everybody")),
            (Results.ANSWERED.value, _l("To whoever has answered, and to all when it has closed")),
            (Results.CLOSED.value, _l("When the poll has closed")),
            (Results.NEVER.value, _l("Only to those who run the poll")),
        ],
        default=Results.ANSWERED.value,
    )
    changeable = BooleanField(_l("One may change one's answer until the end"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        community = g.get("community")
        self.roles.choices = _choices(roles_in(community)) if community is not None else []
        found = categories_in(community) if community is not None else []
        self.categories.choices = _choices((each, each) for each in found)
        if not found:
            del self.categories
            self.audience.choices = [
                c for c in self.audience.choices if c.value != Audience.CATEGORIES
            ]
        if (kwargs.get("data") or {}).get("started"):
            for name in SETTLED:
                if name in self:
                    del self[name]

    def validate_roles(self, field: Any) -> None:
        """Somebody has to be asked."""
        if "audience" in self and self.audience.data == Audience.ROLES and not field.data:
            raise ValidationError(_("Choose at least one role."))

    def validate_categories(self, field: Any) -> None:
        """The same for schools."""
        if "audience" in self and self.audience.data == Audience.CATEGORIES and not field.data:
            raise ValidationError(_("Choose at least one category."))

    def validate_privacy(self, field: Any) -> None:
        """Strangers are not asked for their names, so nobody could see them."""
        if field.data == Privacy.NAMED and self.audience.data == Audience.LINK:
            raise ValidationError(
                _("Whoever comes by a link is not asked for a name, so names cannot be shown.")
            )

    def validate_by_school(self, field: Any) -> None:
        """Nobody knows of which school a stranger is."""
        if field.data and "audience" in self and self.audience.data == Audience.LINK:
            raise ValidationError(_("Whoever comes by a link has no school that we know of."))


QUICK_TITLES = {
    "one": _l("one option"),
    "many": _l("several options"),
    "ranked": _l("the order of all options"),
}


class PollForm(QuestionnaireForm):
    """A quick question: the title is what it asks."""

    title = StringField(_l("What do you ask?"), [InputRequired(), Length(max=120)])
    kind = RadioField(
        _l("One chooses"),
        choices=[(key, QUICK_TITLES[key]) for key in QUICK],
        default=QUICK[0],
    )
    options = TextAreaField(
        _l("Options"),
        [InputRequired(), Length(max=12_000)],
        description=_l("At least two, one in each line."),
        render_kw={"rows": 4, "data-lines": "", "data-module": "../polls/lines"},
    )

    def validate_options(self, field: Any) -> None:
        """Beside the field, before the operation refuses it."""
        if len(lines_of(field.data or "")) < 2:
            raise ValidationError(_("Give at least two options to choose from."))


class Ends(enum.StrEnum):
    """When a quick question closes, as one says it on a phone."""

    OPEN = "open"
    TODAY = "today"
    TOMORROW = "tomorrow"
    FRIDAY = "friday"
    WEEK = "week"
    DATE = "date"


EVENING = time(18)


def end_of(ends: str) -> datetime | None:
    """The moment meant, by the clock of the viewer, past or not; None where it is not said."""
    now = utcnow().astimezone(current_zone())
    evening = datetime.combine(now.date(), EVENING, now.tzinfo)
    days = {Ends.TODAY: 0, Ends.TOMORROW: 1, Ends.WEEK: 7, Ends.FRIDAY: (4 - now.weekday()) % 7}
    if ends not in days:
        return None
    return evening + timedelta(days=days[Ends(ends)])


def _is_ahead(ends: str) -> bool:
    moment = end_of(ends)
    return moment is None or moment > utcnow()


def _next_friday() -> str:
    """This week's, or the next one on a Friday evening."""
    return Ends.FRIDAY if _is_ahead(Ends.FRIDAY) else Ends.WEEK


class QuickForm(PollForm):
    """Setting up a quick question within a minute; the rest keeps what most want."""

    ends = SelectField(
        _l("It closes"),
        choices=[
            (Ends.OPEN.value, _l("When I close it")),
            (Ends.TODAY.value, _l("This evening at 18:00")),
            (Ends.TOMORROW.value, _l("Tomorrow at 18:00")),
            (Ends.FRIDAY.value, _l("On Friday at 18:00")),
            (Ends.WEEK.value, _l("In a week at 18:00")),
            (Ends.DATE.value, _l("At another moment")),
        ],
        default=_next_friday,
        # Refused below, with a sentence for whoever was shown a moment that has passed meanwhile.
        validate_choice=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ends.choices = [choice for choice in self.ends.choices if _is_ahead(choice.value)]

    def validate_ends(self, field: Any) -> None:
        """A moment that is chosen has to be ahead, and given."""
        if field.data not in {choice.value for choice in field.choices}:
            raise ValidationError(_("This moment has passed. Choose another one."))
        if field.data == Ends.DATE and not self.closes_at.data:
            raise ValidationError(_("Give the moment at which it closes."))

    @property
    def closes(self) -> datetime | None:
        """When the poll closes."""
        given: datetime | None = self.closes_at.data
        return given if self.ends.data == Ends.DATE else end_of(self.ends.data)


class QuestionForm(Form):
    """One question in the editor of a questionnaire."""

    text = StringField(_l("Question"), [InputRequired(), Length(max=500)])
    kind = SelectField(
        _l("Kind of answer"), choices=[(kind.key, kind.title) for kind in KINDS.values()]
    )
    options = TextAreaField(
        _l("Options"), [Optional(), Length(max=12_000)],
        description=_l("One in each line."),
        render_kw={"rows": 4, "data-lines": "", "data-module": "../polls/lines"},
    )  # fmt: skip
    rows = TextAreaField(
        _l("What is judged"), [Optional(), Length(max=12_000)],
        description=_l("One in each line: each is judged by the options above."),
        render_kw={"rows": 3, "data-lines": "", "data-module": "../polls/lines"},
    )  # fmt: skip
    least = IntegerField(_l("From"), [Optional(), NumberRange(-1_000_000, 1_000_000)])
    most = IntegerField(_l("To"), [Optional(), NumberRange(-1_000_000, 1_000_000)])
    low_label = StringField(_l("What the lowest step means"), [Optional(), Length(max=60)])
    high_label = StringField(_l("What the highest step means"), [Optional(), Length(max=60)])
    required = BooleanField(_l("Has to be answered"), default=True)
    hint = StringField(_l("A hint below the question"), [Optional(), Length(max=500)])
    section = SelectField(_l("Section"), coerce=int)
    after = Ticks(
        _l("Ask it only of those who chose"), [Optional()],
        description=_l("Nothing ticked: everybody is asked."),
    )  # fmt: skip

    def limits(self) -> dict[str, Any]:
        """What the question's kind allows."""
        kind, found = self.kind.data, {}
        if kind == "scale":
            found = {
                "from": self.least.data if self.least.data is not None else 1,
                "to": self.most.data if self.most.data is not None else 5,
                "low": self.low_label.data or "", "high": self.high_label.data or "",
            }  # fmt: skip
        elif kind == "number":
            found = {"from": self.least.data, "to": self.most.data}
        elif kind == "many":
            found = {"least": self.least.data, "most": self.most.data}
        return {name: value for name, value in found.items() if value not in (None, "")}

    def validate_most(self, field: Any) -> None:
        """A scale of a thousand steps fits on no page."""
        if self.kind.data == "scale" and self.limits()["to"] - self.limits()["from"] not in range(
            1, 11
        ):
            raise ValidationError(_("A scale has from 2 to 11 steps."))


class SectionForm(Form):
    """The heading of a page of a questionnaire."""

    title = StringField(_l("Title"), [Optional(), Length(max=200)])
    about = TextAreaField(
        _l("Introduction"), [Optional(), Length(max=2_000)], render_kw={"rows": 3}
    )


class CloseForm(Form):
    """Why a poll ends before its time."""

    reason = StringField(_l("Reason"), [InputRequired(), Length(max=500)])


class ExtendForm(Form):
    """Until when a poll goes on."""

    until = LocalDateTimeField(_l("New end"), [InputRequired()])


class DecisionForm(Form):
    """What a poll decided, in words."""

    body = RichTextField(_l("The decision"), [InputRequired()])


class PlaceForm(Form):
    """Which poll stands on a page."""

    poll = SelectField(_l("Poll"), coerce=int)


class SettingsForm(Form):
    """What a school sets about polls."""

    smallest_group = IntegerField(
        _l("From how many answers on a group is shown by itself"),
        [InputRequired(), NumberRange(min=3, max=50)],
        default=5,
        description=_l(
            "Smaller groups are shown together, so that nobody is known by their answer."
        ),
    )

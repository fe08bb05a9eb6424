"""The form that every form of activity begins with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from wtforms import Field, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from core.activities.models import ActivityState
from core.platform.dates import zone_title
from core.platform.forms import Form, LocalDateTimeField
from core.platform.i18n import core_domain

_ = core_domain.gettext
_l = core_domain.lazy

TITLE_LENGTH = 120
CORE_FIELDS = frozenset({"title", "state", "opens_at", "closes_at", "csrf_token"})


class ActivityForm(Form):
    """What core asks of every activity; a plugin's form inherits it and adds its own fields.

    Core's fields come first on the page, whatever order the plugin declares. A form of activity
    whose dates are its own says ``has_term = False`` and is not asked for these two.
    """

    has_term: ClassVar[bool] = True

    title = StringField(_l("Title"), [InputRequired(), Length(max=TITLE_LENGTH)])
    state = RadioField(
        _l("Who sees it"),
        choices=[
            (ActivityState.PUBLISHED.value, _l("Published: everybody who may look in here")),
            (ActivityState.DRAFT.value, _l("Draft: only those who manage activities")),
        ],
        default=ActivityState.PUBLISHED.value,
    )
    opens_at = LocalDateTimeField(_l("Opens"), [Optional()])
    closes_at = LocalDateTimeField(_l("Closes"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.has_term:
            del self.opens_at, self.closes_at
            return
        zone = zone_title()
        self.opens_at.description = _("Empty: at once. Time zone: %(zone)s.", zone=zone)
        self.closes_at.description = _("Empty: never. Time zone: %(zone)s.", zone=zone)

    def validate_closes_at(self, field: Any) -> None:
        """Beside the field, before the operation refuses it."""
        if field.data and self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(_("It closes before it opens. Check the dates."))

    def own_fields(self) -> Iterator[Field]:
        """The fields that the plugin added, in its order."""
        for field in self:
            if field.name not in CORE_FIELDS:
                yield field

"""What people fill in to announce something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from core.api import (
    AttachmentsField,
    AudienceChoices,
    Form,
    LocalDateTimeField,
    RichTextField,
    SubmissionField,
)
from plugins.announcements.models import Announcement
from plugins.announcements.operations import TITLE_LENGTH, Written
from plugins.announcements.words import _l


def ticks(label: Any) -> SelectMultipleField:
    """Several of a few, as ticks."""
    return SelectMultipleField(
        label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )


class AnnouncementForm(Form):
    """What is told, to whom, and for how long."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=TITLE_LENGTH)])
    body = RichTextField(_l("Text"), [InputRequired()])
    files = AttachmentsField(_l("Files"))
    with_children = BooleanField(_l("Also the communities inside this one"))
    roles = ticks(_l("Only these roles"))
    categories = ticks(_l("Only people from schools of these categories"))
    positions = ticks(_l("Only these positions"))
    is_public = BooleanField(
        _l("Everybody may read it, parents and guests too"),
        description=_l("It stands on the public home of the community and in its feed of news."),
    )
    must_acknowledge = BooleanField(
        _l("Has to be acknowledged"),
        description=_l("Everybody signs that they have read it; the list can be printed."),
    )
    pinned = BooleanField(_l("Pin it to the home of the community"), default=True)
    starts_at = LocalDateTimeField(
        _l("Send at"), [Optional()], description=_l("Empty: as soon as you confirm it.")
    )
    ends_at = LocalDateTimeField(
        _l("Holds until"),
        [Optional()],
        description=_l("Then it goes to the archive."),
    )
    submission = SubmissionField()

    def offer(self, choices: AudienceChoices, chosen: Announcement | None) -> None:
        """The roles, categories and positions that there are; what was chosen stays among them."""
        for name, known in (
            ("roles", choices.roles), ("categories", [(c, c) for c in choices.categories]),
            ("positions", [(p, p) for p in choices.positions]),
        ):  # fmt: skip
            there = [key for key, _title in known]
            former: Sequence[str] = getattr(chosen, name) if chosen is not None else ()
            self[name].choices = [*known, *((one, one) for one in former if one not in there)]

    def written(self, draft: str, *, has_children: bool, may_be_public: bool) -> Written:
        """What an operation stores."""
        values: dict[str, Any] = {
            "with_children": has_children and bool(self.with_children.data),
            "is_public": may_be_public and bool(self.is_public.data),
            "roles": list(self.roles.data or ()), "categories": list(self.categories.data or ()),
            "positions": list(self.positions.data or ()),
            "must_acknowledge": bool(self.must_acknowledge.data),
            "pinned": bool(self.pinned.data), "starts_at": self.starts_at.data,
            "ends_at": self.ends_at.data,
        }  # fmt: skip
        return Written(
            title=" ".join((self.title.data or "").split()), body=self.body.data or "",
            values=values, files=self.files.data, submission=self.submission.data, draft=draft,
        )  # fmt: skip


class TermForm(Form):
    """What can be changed of an announcement that has gone out."""

    pinned = BooleanField(_l("Pin it to the home of the community"))
    ends_at = LocalDateTimeField(_l("Holds until"), [Optional()])

    def written(self) -> Written:
        """What an operation stores; nothing else of it is looked at."""
        values = {"pinned": bool(self.pinned.data), "ends_at": self.ends_at.data}
        return Written(title="", body="", values=values)


class WithdrawalForm(Form):
    reason = TextAreaField(_l("Why"), [Length(max=500)])

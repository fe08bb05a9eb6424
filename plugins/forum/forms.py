"""What people fill in in a forum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from core.api import (
    ActivityForm,
    AttachmentsField,
    Form,
    LocalDateTimeField,
    RichTextField,
    SubmissionField,
)
from plugins.forum.models import Section, SectionKind, TopicKind
from plugins.forum.operations import TITLE_LENGTH, Written
from plugins.forum.words import _, _l


class ForumForm(ActivityForm):
    """A forum needs nothing beyond its title and dates; sections have a page of their own."""


class SettingsForm(Form):
    """What a school, or a community, sets about its forums."""

    hours_to_change = IntegerField(
        _l("For how many hours authors can change their posts"),
        [InputRequired(), NumberRange(min=0, max=8_760)],
        default=0,
        description=_l("0 means for ever. Moderators can at any time; former versions are kept."),
    )


class ReplyForm(Form):
    """A reply; ``submission`` makes a form that is sent twice one post."""

    body = RichTextField(_l("Your reply"), [InputRequired()])
    files = AttachmentsField(_l("Files"))
    parent = HiddenField(validators=[Optional()])
    submission = SubmissionField()

    def written(self, draft: str = "") -> Written:
        """What an operation stores."""
        return Written(
            body=self.body.data, files=self.files.data, submission=self.submission.data, draft=draft
        )


class TopicForm(ReplyForm):
    """A new discussion."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=TITLE_LENGTH)])
    section = SelectField(_l("Section"), coerce=int)
    body = RichTextField(_l("Text"), [InputRequired()])


class PostForm(Form):
    """An edit; ``version`` is the one that the editor began with."""

    title = StringField(_l("Title"), [InputRequired(), Length(max=TITLE_LENGTH)])
    body = RichTextField(_l("Text"), [InputRequired()])
    files = AttachmentsField(_l("Files"))
    version = HiddenField()

    def written(self, draft: str = "") -> Written:
        """What an operation stores."""
        return Written(body=self.body.data, files=self.files.data, draft=draft)

    def seen_version(self) -> int:
        """The version that the editor began with; 0 for nonsense."""
        value = self.version.data or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0


class DecisionForm(Form):
    body = RichTextField(
        _l("What was decided"),
        [InputRequired()],
        description=_l("This summary will stand above the discussion, which closes."),
    )


class SectionForm(Form):
    title = StringField(_l("Title"), [InputRequired(), Length(max=TITLE_LENGTH)])
    description = TextAreaField(_l("What it is about"), [Length(max=500)])
    kind = SelectField(
        _l("Tone"),
        choices=[
            (SectionKind.FORMAL.value, _l("Formal: about the work")),
            (SectionKind.INFORMAL.value, _l("Informal: talk among colleagues")),
        ],
    )


class ProblemForm(Form):
    title = StringField(_l("Problem"), [InputRequired(), Length(max=TITLE_LENGTH)])
    body = RichTextField(
        _l("Description"),
        [InputRequired()],
        description=_l("The discussion will begin with this text."),
    )
    section = SelectField(_l("Section"), coerce=int)
    opens_at = LocalDateTimeField(_l("Opens"), [InputRequired()])
    version = HiddenField()

    def seen_version(self) -> int:
        """The version that the editor began with; 0 for nonsense."""
        value = self.version.data or ""
        return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0


class MoveForm(Form):
    section = SelectField(_l("Where to"), coerce=int)


class MergeForm(Form):
    target = SelectField(_l("Which discussion takes the posts"), coerce=int)


class SplitForm(Form):
    """Where chosen posts go: into a new topic, a new special one, or one that is there."""

    NEW, SPECIAL = 0, -1

    target = SelectField(_l("Where to"), coerce=int)
    title = StringField(
        _l("Title of the new discussion"),
        [Length(max=TITLE_LENGTH)],
        description=_l("Needed only if the discussion is new."),
    )
    section = SelectField(_l("Section of the new discussion"), coerce=int)

    def offer(self, targets: Sequence[tuple[int, str, str]]) -> None:
        """Offer the special topics first: posts about the moderators' work belong there."""
        ordered = sorted(targets, key=lambda target: target[2] != TopicKind.GOVERNANCE)
        self.target.choices = [
            (self.NEW, _("A new discussion")),
            (self.SPECIAL, _("A new special topic: about the work of the moderators")),
            *((number, title) for number, title, _kind in ordered),
        ]

    def validate_title(self, field: Any) -> None:
        """A new topic needs one; whoever moves posts into another does not."""
        if not field.data and self.target.data in (self.NEW, self.SPECIAL):
            raise ValidationError(_("A discussion needs a title."))


def choose_sections(field: Any, sections: Any) -> None:
    """Offer sections in a list."""
    chosen: list[Section] = list(sections)
    field.choices = [(section.id, section.title) for section in chosen]

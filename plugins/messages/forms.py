"""What people fill in to talk."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from core.api import AttachmentsField, Form, RichTextField, SubmissionField
from plugins.messages.operations import TITLE_LENGTH, Written
from plugins.messages.reasons import REASONS
from plugins.messages.words import _l


class SettingsForm(Form):
    """What a school, or a community, sets."""

    days_to_answer = IntegerField(
        _l("For how many days the author may answer before a dispute goes public"),
        [InputRequired(), NumberRange(min=0, max=60)],
        default=3,
        description=_l("A private clarification comes first. 0: the public way is always open."),
    )


class MessageForm(Form):
    """A message; a file alone says something too."""

    body = RichTextField(_l("Message"), [Optional()])
    files = AttachmentsField(_l("Files"))
    submission = SubmissionField()

    def written(self, draft: str) -> Written:
        """What an operation stores."""
        return Written(
            body=self.body.data or "", files=self.files.data, submission=self.submission.data,
            draft=draft,
        )  # fmt: skip


class NewForm(MessageForm):
    """The first message to several people has a name for the group."""

    title = StringField(
        _l("Name of the group"),
        [Optional(), Length(max=TITLE_LENGTH)],
        description=_l("What you will talk about. Without it the group is called by its people."),
    )


class TitleForm(Form):
    title = StringField(_l("Name of the group"), [Length(max=TITLE_LENGTH)])


class PreferenceForm(Form):
    shows_reading = BooleanField(
        _l("Show others what I have read"),
        description=_l("When it is off, you do not see what others have read either."),
    )


class ReportForm(Form):
    """To whom one shows a message, and why."""

    reason = SelectField(_l("What is wrong"), choices=list(REASONS.items()))
    place = SelectField(_l("Who is to decide"), coerce=int)
    note = TextAreaField(_l("What the moderators should know"), [Length(max=2_000)])
    block = BooleanField(_l("Take no more messages from this person"))


class ModeratorForm(Form):
    """Calling a moderator into a clarification."""

    reason = SelectField(_l("What is wrong"), choices=list(REASONS.items()))
    note = TextAreaField(_l("What the moderators should know"), [Length(max=2_000)])
    show = BooleanField(
        _l("Show the moderators what was written in this conversation"),
        description=_l("Without it they see the public post and your words alone."),
    )


class DecisionForm(Form):
    """What moderators decide about a report."""

    answer = TextAreaField(
        _l("Your answer"),
        [Length(max=2_000)],
        description=_l(
            "Whoever reported it reads it; if the message is hidden, its author does too."
        ),
    )

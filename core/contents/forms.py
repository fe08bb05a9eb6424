"""Forms of the room."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import HiddenInput

from core.contents.operations import REASON_LENGTH
from core.files.forms import AttachmentsField
from core.platform.forms import Form, RichTextField, SubmissionField
from core.platform.i18n import core_domain

_ = core_domain.gettext
_l = core_domain.lazy

# What the regulations forbid; "other" needs words of one's own.
REASONS = {
    "harassment": _l("Persecution of another person"),
    "privacy": _l("Personal information made public"),
    "insult": _l("Insult"),
    "threat": _l("Threats"),
    "slander": _l("Slander"),
    "copyright": _l("Infringement of copyright"),
    "secret": _l("Disclosure of a trade secret"),
    "propaganda": _l("Political or religious propaganda"),
    "violence": _l("Violence, racism or nationalism"),
    "hatred": _l("Incitement of hatred"),
    "wrong_place": _l("Actions of leaders or members discussed outside the topics meant for it"),
    "obstruction": _l("Obstruction of the moderators' work"),
    "other": _l("Another reason"),
}


class HideForm(Form):
    """Why a content is taken out of sight."""

    rule = SelectField(
        _l("What it breaks"), choices=[("", _l("Choose…")), *REASONS.items()],
        validators=[InputRequired()],
    )  # fmt: skip
    words = TextAreaField(
        _l("In your own words"), validators=[Length(max=REASON_LENGTH - 200)],
        description=_l("The author will read this."),
    )  # fmt: skip
    next = HiddenField()

    def validate_words(self, field: Any) -> None:
        if self.rule.data == "other" and not field.data:
            raise ValidationError(_("Give a reason: the author will read it."))

    @property
    def reason(self) -> str:
        """The rule and the moderator's own words, as one text."""
        rule = "" if self.rule.data == "other" else str(REASONS[self.rule.data])
        return ". ".join(part for part in (rule, self.words.data or "") if part)


class CommentForm(Form):
    """A comment, new or changed; ``version`` is the one that the editor began with."""

    submission = SubmissionField()
    body = RichTextField(_l("Comment"), validators=[InputRequired()])
    files = AttachmentsField(_l("Files"))
    version = IntegerField(widget=HiddenInput(), validators=[Optional()])


def comment_files(content_id: int) -> AttachmentsField:
    """The field of files in the box for a comment; a page may have several boxes."""
    field: AttachmentsField = CommentForm(formdata=None).files
    field.id = f"files-on-{content_id}"
    return field

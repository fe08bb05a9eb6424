"""What a school may set."""

from __future__ import annotations

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from core.api import Form
from sreda_bookmarks.words import _l


class BookmarksForm(Form):
    most = IntegerField(
        _l("How much one person may save"),
        [InputRequired(), NumberRange(min=1, max=2_000)],
        default=200,
    )

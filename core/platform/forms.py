"""Forms: what every form of ours has in common, and the fields that WTForms lacks.

A form says what is wrong in our own words, removes what nobody types (NUL bytes, stray spaces),
and gives back everything that was typed when something is wrong with it.
"""

import datetime as dt
import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    HiddenField,
    PasswordField,
    SelectChoice,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError
from wtforms.widgets import TextArea

from core.errors import DomainError
from core.platform import html
from core.platform.dates import current_zone, local
from core.platform.i18n import core_domain

_ = core_domain.gettext
_l = core_domain.lazy


def _n(singular: str, plural: str) -> tuple[str, str]:
    """Mark a phrase with a number for translation; the form is chosen when it is needed."""
    return singular, plural


# What WTForms says, and what we say instead.
WORDS: Mapping[str, object] = {
    "This field is required.": _l("Please fill this in."),
    "Field must be equal to %(other_name)s.": _l("These two must be the same."),
    "Field must be between %(min)d and %(max)d characters long.": _l(
        "Please use from %(min)d to %(max)d characters."
    ),
    "Number must be at least %(min)s.": _l("Please give %(min)s or more."),
    "Number must be at most %(max)s.": _l("Please give %(max)s or less."),
    "Number must be between %(min)s and %(max)s.": _l("Please give from %(min)s to %(max)s."),
    "Date must be at least %(min)s.": _l("Please give %(min)s or a later date."),
    "Date must be at most %(max)s.": _l("Please give %(max)s or an earlier date."),
    "Date must be between %(min)s and %(max)s.": _l("Please give a date from %(min)s to %(max)s."),
    "Invalid input.": _l("This does not look right. Please check it."),
    "Invalid email address.": _l("This does not look like an e-mail address. Please check it."),
    "Invalid URL.": _l("This does not look like a web address. Please check it."),
    "Not a valid choice.": _l("Please choose one of the options."),
    "Invalid Choice: could not coerce.": _l("Please choose one of the options."),
    "Invalid choice(s): one or more data inputs could not be coerced.": _l(
        "Please choose from the options."
    ),
    "Not a valid datetime value.": _l("Please give a date and time, such as 24.11.2026 15:00."),
    "Not a valid date value.": _l("Please give a date, such as 24.11.2026."),
    "Not a valid time value.": _l("Please give a time, such as 15:00."),
    "Not a valid integer value.": _l("Please give a whole number."),
    "Not a valid decimal value.": _l("Please give a number."),
    "Not a valid float value.": _l("Please give a number."),
    "File does not have an approved extension.": _l("Files of this kind cannot be taken here."),
    "The CSRF token is missing.": _l("This page was open for too long. Send it once more."),
    "The CSRF token has expired.": _l("This page was open for too long. Send it once more."),
    "The CSRF token is invalid.": _l("This page was open for too long. Send it once more."),
    "The CSRF session token is missing.": _l("This page was open for too long. Send it once more."),
    "The CSRF tokens do not match.": _l("This page was open for too long. Send it once more."),
}
COUNTED = {
    "Field must be at least %(min)d character long.": _n(
        "Please use %(min)d character or more.", "Please use %(min)d characters or more."
    ),
    "Field cannot be longer than %(max)d character.": _n(
        "At most %(max)d character fits in here.", "At most %(max)d characters fit in here."
    ),
    "Field must be exactly %(max)d character long.": _n(
        "Please use exactly %(max)d character.", "Please use exactly %(max)d characters."
    ),
    "'%(value)s' is not a valid choice for this field.": _n(
        "“%(value)s” is not among the options.", "“%(value)s” are not among the options."
    ),
}


class _Translations:
    """Stands between WTForms and our catalogue."""

    def gettext(self, string: str) -> str:
        return str(WORDS.get(string, string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return core_domain.plural(*COUNTED.get(singular, (singular, plural)), n)


def _scrubbed(value: Any) -> Any:
    """A line or text without characters that nobody types; a line has no line breaks either."""
    return html.scrub(value) if isinstance(value, str) else value


def _stripped(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _on_one_line(value: Any) -> Any:
    return re.sub(r"\s*[\r\n]+\s*", " ", value) if isinstance(value, str) else value


def _with_plain_breaks(value: Any) -> Any:
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def _filters_for(field: type[Field]) -> tuple[Callable[[Any], Any], ...]:
    if not issubclass(field, StringField):
        return ()
    if issubclass(field, PasswordField):
        return (_scrubbed,)
    if issubclass(field, TextAreaField):
        return (_scrubbed, _with_plain_breaks, _stripped)
    return (_scrubbed, _on_one_line, _stripped)


def _choices(given: Any) -> Any:
    """Choices may be written as pairs of value and title, which WTForms will cease to take."""
    if not isinstance(given, list | tuple):
        return given
    return [SelectChoice(*choice) if isinstance(choice, tuple) else choice for choice in given]


class Form(FlaskForm):
    """The base of all our forms."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> _Translations:
            return _Translations()

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            if "choices" in unbound_field.kwargs:
                unbound_field.kwargs["choices"] = _choices(unbound_field.kwargs["choices"])
            field = super().bind_field(form, unbound_field, options)
            field.filters = (*_filters_for(type(field)), *(field.filters or ()))
            return field


# A moment outside of these is a slip of the hand, or cannot be told in every time zone.
YEARS = range(1900, 2200)


class DayField(DateField):
    """A day of the years 1900 to 2199, as browsers send it or as one writes it in Russia."""

    data: dt.date | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, format=["%Y-%m-%d", "%d.%m.%Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if self.data is not None and self.data.year not in YEARS:
            self.data = None
            raise ValueError(self.gettext("Not a valid date value."))


class LocalDateTimeField(DateTimeLocalField):
    """A moment, typed and shown by the clock on the viewer's wall; ``data`` is in UTC."""

    FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y, %H:%M")

    data: dt.datetime | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, format=list(self.FORMATS), **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return "" if self.data is None else local(self.data).strftime(self.FORMATS[0])

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if isinstance(self.data, dt.datetime):
            if self.data.year not in YEARS:
                self.data = None
                raise ValueError(self.gettext("Not a valid datetime value."))
            self.data = self.data.replace(tzinfo=current_zone()).astimezone(dt.UTC)


class _RichText(TextArea):
    """A text area, the HTML for the editor beside it, and a companion that says what was sent."""

    def __call__(self, field: "RichTextField", **attributes: Any) -> Markup:
        attributes["data-rich-text"] = True
        if field.rich is not None:
            attributes["data-html"] = field.rich
        companion = Markup('<input type="hidden" id="{}-format" name="{}" value="{}">')
        area = Markup("{}").format(super().__call__(field, **attributes))
        return area + companion.format(field.id, field.format_name, field.format)


class RichTextField(Field):
    """Formatted text; ``data`` is clean HTML.

    Without script a person types plain text, and the companion ``<name>-format`` says ``text``. The
    script puts an editor in place, fills it from ``data-html`` and sets the companion to ``html``.
    Words that were not touched without script keep the formatting they had.
    """

    data: str
    widget = _RichText()

    @property
    def format_name(self) -> str:
        return f"{self.name}-format"

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        self.format = "text"
        self.refused = False
        self._sent_as = formdata.get(self.format_name) if formdata is not None else None
        super().process(formdata, *args, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        try:
            self.data = self._cleaned(_with_plain_breaks(valuelist[0]))
        except DomainError as error:
            self.data, self.refused, self.format = "", True, self._sent_as or "text"
            raise ValueError(str(error)) from error

    def _cleaned(self, sent: str) -> str:
        if self._sent_as == "html":
            return html.clean(sent)
        original: str = self.object_data or ""
        if original and sent.strip() == html.plain(original):
            return original
        return html.reworded(original, sent)

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """An editor that was left empty sends markup around nothing."""
        expected = self.flags.required and not self.errors
        if expected and html.is_blank(self.data or ""):
            raise ValidationError(_("Please fill this in."))

    @property
    def rich(self) -> str | None:
        """The HTML to fill an editor with; None when what was sent could not be cleaned."""
        return None if self.refused else (self.data or "")

    def _value(self) -> str:
        if self.raw_data and (self.refused or self._sent_as != "html"):
            return str(self.raw_data[0])
        return html.plain(self.data) if self.data else ""


def new_submission() -> str:
    """A mark for one sending of one form, which nobody else has."""
    return secrets.token_urlsafe(12)


class SubmissionField(HiddenField):
    """The mark of a form that may be sent again because its answer was lost on the way.

    The script gives each sending a mark of its own; without it a form keeps the mark of its page,
    and a browser that goes back shows that page as it was. So ``data`` tells of the words too:
    whoever writes something else into the same form sends something else.
    """

    data: str

    def process(self, formdata: Any, *args: Any, **kwargs: Any) -> None:
        super().process(formdata, *args, **kwargs)
        self.mark = (self.data or new_submission())[:MARK_LENGTH]
        self.data = self.mark
        if formdata is not None and self.raw_data:
            self.data = f"{self.mark}.{_digest(formdata, self.name)}"

    def _value(self) -> str:
        return self.mark


MARK_LENGTH = 40


def _digest(formdata: Any, *besides: str) -> str:
    """What a form holds, in a few letters; its forgery token changes with the page, and files are
    known by their names."""
    passed_over = {"csrf_token", *besides}
    sent = [
        (name, [getattr(value, "filename", value) for value in formdata.getlist(name)])
        for name in sorted({*formdata} - passed_over)
    ]
    return hashlib.sha256(repr(sent).encode("utf-8", "replace")).hexdigest()[:20]

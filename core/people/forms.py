"""Forms of accounts and profiles."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import EqualTo, InputRequired, Length, Optional, ValidationError

from core.people.addresses import normal_email
from core.people.passwords import LONGEST, weakness_of
from core.people.queries import school_choices
from core.platform.dates import DEFAULT_ZONE, ZONES
from core.platform.forms import Form
from core.platform.i18n import LANGUAGES, core_domain

_ = core_domain.gettext
_l = core_domain.lazy

OTHER_SCHOOL = "other"
NAME = (InputRequired(), Length(max=80))
ZONE_CHOICES = [(zone.name, zone.title) for zone in ZONES]
LINE = (Optional(), Length(max=200))
TYPED = {"autocomplete": "current-password"}
NEW = {"autocomplete": "new-password"}


class _WithAddress(Form):
    """A form with an e-mail address in it."""

    email: EmailField

    def validate_email(self, field: Field) -> None:
        if normal_email(field.data or "") is None:
            raise ValidationError(_("This does not look like an e-mail address. Please check it."))

    @property
    def address(self) -> str:
        """The address in its one spelling, once the form is valid."""
        return normal_email(self.email.data or "") or ""


def _listed(typed: str | None) -> str | None:
    """Things separated by commas, with nothing between two of them."""
    return typed and ", ".join(word for part in typed.split(",") if (word := part.strip()))


def _email(label: Any) -> EmailField:
    return EmailField(
        label, [InputRequired(), Length(max=254)], render_kw={"autocomplete": "email"}
    )


class _NewPassword:
    """A password that is not easily guessed, by the words in the fields named here either."""

    def __init__(self, *personal: str) -> None:
        self.personal = personal

    def __call__(self, form: Form, field: Field) -> None:
        words = [str(form[name].data or "") for name in self.personal]
        words += [word.partition("@")[0] for word in words if "@" in word]
        weakness = weakness_of(field.data or "", *words)
        if weakness is not None:
            raise ValidationError(str(weakness))


class SignInForm(Form):
    """The address is checked against accounts only, so that every answer is the same."""

    email = EmailField(
        _l("E-mail"),
        [InputRequired(), Length(max=254)],
        render_kw={"autocomplete": "username", "autofocus": True},
    )
    password = PasswordField(
        _l("Password"), [InputRequired(), Length(max=LONGEST)], render_kw=TYPED
    )


class _WithSchool(Form):
    """A form in which one says at which school one works, in the list or not."""

    school = SelectField(_l("School"))
    other_school = StringField(_l("Your school, if it is not in the list"), [Length(max=200)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school.choices = [
            ("", _("Choose your school")),
            *school_choices(),
            (OTHER_SCHOOL, _("My school is not in the list")),
        ]

    def validate_other_school(self, field: Field) -> None:
        if self.school.data == OTHER_SCHOOL and not (field.data or "").strip():
            raise ValidationError(_("Please say what your school is called."))

    @property
    def school_values(self) -> dict[str, Any]:
        """What to store: a school of the list, or what somebody called theirs."""
        chosen = self.school.data or ""
        other = (self.other_school.data or "") if chosen == OTHER_SCHOOL else ""
        return {"school_id": int(chosen) if chosen.isdecimal() else None, "other_school": other}


class RegisterForm(_WithAddress, _WithSchool):
    surname = StringField(_l("Surname"), NAME, render_kw={"autocomplete": "family-name"})
    given_name = StringField(_l("Given name"), NAME, render_kw={"autocomplete": "given-name"})
    patronymic = StringField(
        _l("Patronymic"),
        [Optional(), Length(max=80)],
        render_kw={"autocomplete": "additional-name"},
    )
    email = _email(_l("E-mail"))
    position = StringField(
        _l("Position"), LINE, description=_l("For example: teacher, methodologist, deputy head")
    )
    zone_name = SelectField(_l("Time zone"), choices=ZONE_CHOICES, default=DEFAULT_ZONE)
    password = PasswordField(
        _l("Password"),
        [InputRequired(), _NewPassword("email", "surname", "given_name")],
        description=_l("10 characters or more. A short sentence is easy to remember."),
        render_kw=NEW,
    )
    consent = BooleanField(
        _l("I consent to the processing of my personal data as described on the page about it"),
        [InputRequired(_l("Without this consent we may not keep your data."))],
    )


class EmailForm(_WithAddress):
    """Where to send a letter with a link."""

    email = _email(_l("E-mail"))


class NewPasswordForm(Form):
    password = PasswordField(
        _l("New password"),
        [InputRequired(), _NewPassword()],
        description=_l("10 characters or more. A short sentence is easy to remember."),
        render_kw=NEW,
    )
    password_again = PasswordField(
        _l("New password once more"), [InputRequired(), EqualTo("password")], render_kw=NEW
    )


class ChangePasswordForm(NewPasswordForm):
    current_password = PasswordField(
        _l("Your password now"), [InputRequired(), Length(max=LONGEST)], render_kw=TYPED
    )


class ChangeEmailForm(_WithAddress):
    email = _email(_l("New e-mail address"))
    current_password = PasswordField(
        _l("Your password"), [InputRequired(), Length(max=LONGEST)], render_kw=TYPED
    )


class ProfileForm(_WithSchool):
    surname = StringField(_l("Surname"), NAME, render_kw={"autocomplete": "family-name"})
    given_name = StringField(_l("Given name"), NAME, render_kw={"autocomplete": "given-name"})
    patronymic = StringField(
        _l("Patronymic"),
        [Optional(), Length(max=80)],
        render_kw={"autocomplete": "additional-name"},
    )
    position = StringField(_l("Position"), LINE)
    subjects = StringField(
        _l("Subjects"),
        LINE,
        filters=[_listed],
        description=_l("What you teach, separated by commas"),
    )
    helps_with = StringField(
        _l("I can help with"),
        [Optional(), Length(max=400)],
        filters=[_listed],
        description=_l("What colleagues may ask you about, separated by commas"),
    )
    about = TextAreaField(
        _l("About me"),
        [Optional(), Length(max=4_000)],
        description=_l("Your experience, what you would like to learn"),
    )
    zone_name = SelectField(_l("Time zone"), choices=ZONE_CHOICES)
    locale = SelectField(_l("Language"), choices=list(LANGUAGES.items()))
    theme = SelectField(
        _l("Colours"),
        choices=[
            ("auto", _l("As on my device")),
            ("light", _l("Light")),
            ("dark", _l("Dark")),
        ],
    )
    large_text = BooleanField(_l("Larger text, higher contrast"))
    invisible = BooleanField(_l("Do not show others that I am here or typing"))

    @property
    def values(self) -> dict[str, Any]:
        """The columns of a person that this form changes."""
        words = "position subjects helps_with about"
        names = f"surname given_name patronymic {words} zone_name locale theme".split()
        return {
            **{name: self[name].data or "" for name in names},
            "large_text": bool(self.large_text.data),
            "invisible": bool(self.invisible.data),
            **self.school_values,
        }


class PhotoForm(Form):
    photo = FileField(
        _l("Photo"),
        [InputRequired()],
        description=_l("JPEG, PNG or WebP. It is cut square."),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )


class EraseForm(Form):
    current_password = PasswordField(
        _l("Your password"), [InputRequired(), Length(max=LONGEST)], render_kw=TYPED
    )
    sure = BooleanField(_l("I understand that this cannot be undone"), [InputRequired()])

"""Letters about accounts: a job each, wished for by who reads what happened.

The links in them are made here and kept nowhere, so neither the database nor the log holds one.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from core.config import current
from core.contract.manifest import Job
from core.events.log import Event
from core.events.readers import Reader
from core.jobs.outbox import enqueue
from core.people import events
from core.people.models import User
from core.people.queries import is_taken
from core.people.tokens import CHANGE_EMAIL, CONFIRM, RESET, make_token
from core.platform.db import db
from core.platform.i18n import core_domain, use_locale
from core.platform.mail import Letter, send

_ = core_domain.gettext


def take(event: Event) -> None:
    """Wish for the letters that an event calls for."""
    if event.subject_id is not None:
        enqueue(LETTER.name, kind=event.kind, user_id=event.subject_id)


def write(kind: str, user_id: int) -> None:
    """Write and send; nothing where the person is gone."""
    user = db.session.get(User, user_id)
    if user is None or user.email is None:
        return
    with use_locale(user.locale):
        for letter in _letters(kind, user):
            send(letter)


def _letters(kind: str, user: User) -> list[Letter]:
    if kind == events.REGISTERED:
        return [_confirmation(user)] if user.email_confirmed_at is None else []
    if kind == events.EMAIL_CHANGE_REQUESTED:
        return [_new_address(user), _old_address(user)] if user.pending_email else []
    if kind == events.RESET_REQUESTED:
        url = link("people.reset", token=make_token(RESET, user))
        return [_letter(user, _("A new password"), "reset", url=url)]
    if kind == events.PASSWORD_CHANGED:
        url = link("people.forgot")
        return [_letter(user, _("Your password was changed"), "password_changed", url=url)]
    links = {"sign_in": link("people.sign_in"), "forgot": link("people.forgot")}
    return [_letter(user, _("You already have an account"), "known_address", **links)]


def _confirmation(user: User) -> Letter:
    url = link("people.confirm", token=make_token(CONFIRM, user))
    return _letter(user, _("Confirm your address"), "confirm", url=url)


def _new_address(user: User) -> Letter:
    new = user.pending_email or ""
    if is_taken(new):
        return _letter(user, _("You already have an account"), "taken_address", to=new)
    url = link("people.confirm_email_change", token=make_token(CHANGE_EMAIL, user))
    return _letter(user, _("Confirm your new address"), "new_address", to=new, url=url)


def _old_address(user: User) -> Letter:
    url = link("people.forgot")
    return _letter(user, _("Your address is to be changed"), "old_address", url=url)


def _letter(user: User, subject: str, name: str, *, to: str = "", **facts: Any) -> Letter:
    """A plain text of `templates/people/letters/`; pages' context is not wanted here."""
    site = current().site_name
    template = current_app.jinja_env.get_template(f"people/letters/{name}.txt")
    text = template.render(user=user, site=site, **facts)
    subject = _("%(subject)s — %(site)s", subject=subject, site=site)
    return Letter(to or user.email or "", subject, text)


def link(endpoint: str, **values: Any) -> str:
    """The full address of a page, by the settings: the worker serves no request it could ask."""
    base = urlsplit(current().base_url)
    adapter = current_app.url_map.bind(base.netloc, base.path or "/", url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)


READER = Reader(
    "people.letters",
    frozenset(
        {
            events.REGISTERED,
            events.REGISTRATION_REPEATED,
            events.RESET_REQUESTED,
            events.PASSWORD_CHANGED,
            events.EMAIL_CHANGE_REQUESTED,
        }
    ),
    take,
)
# With waits that double from five seconds, more than an hour in which the mail server may be away.
LETTER = Job("core.account_letter", write, tries=11)

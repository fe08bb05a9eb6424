"""Letters about accounts: a job each, wished for by who reads what happened.

The links in them are made here and kept nowhere, so neither the database nor the log holds one.
"""

from __future__ import annotations

import logging
from typing import Any

from core.access.actors import SYSTEM
from core.config import current
from core.contract.manifest import Job
from core.events.log import Event
from core.events.readers import Reader
from core.jobs.outbox import enqueue
from core.notices.refusals import note_refusal
from core.people import events
from core.people.models import User
from core.people.queries import is_taken
from core.people.tokens import CHANGE_EMAIL, CONFIRM, RESET, make_token
from core.platform.db import db
from core.platform.i18n import core_domain, use_locale
from core.platform.mail import AddressRefused, Letter, LetterRefused, send
from core.platform.stationery import Sheet, Way, letter_of, link

_ = core_domain.gettext
log = logging.getLogger("sreda.letters")


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
        letters = [letter_of(sheet, to) for sheet, to in _sheets(kind, user, user.email)]
    for letter in letters:
        _send(user, letter)


def _sheets(kind: str, user: User, email: str) -> list[tuple[Sheet, str]]:
    """What is to be said, and to which address."""
    if kind == events.EMAIL_CHANGE_REQUESTED:
        new = user.pending_email
        return [(_to_new_address(user, new), new), (_to_old_address(user), email)] if new else []
    if kind == events.REGISTERED:
        return [(_confirmation(user), email)] if user.email_confirmed_at is None else []
    sheet = {
        events.RESET_REQUESTED: _reset,
        events.PASSWORD_CHANGED: _password_changed,
        events.REGISTRATION_REPEATED: _known_address,
    }[kind]
    return [(sheet(user), email)]


def _confirmation(user: User) -> Sheet:
    words = _(
        "You have registered on the site “%(site)s”. Confirm that this address is yours:",
        site=current().site_name,
    )
    return _sheet(
        _("Confirm your address"), words, user=user,
        button=Way(_("This address is mine"), _link("people.confirm", CONFIRM, user)),
        after=[
            _("The link works for seven days. If it was not you who registered, do nothing.")
        ],
    )  # fmt: skip


def _known_address(user: User) -> Sheet:
    words = _(
        "Somebody tried to register on the site “%(site)s” with this address. You have an account"
        " there already, so nothing has changed.",
        site=current().site_name,
    )
    return _sheet(
        _("You already have an account"), words, user=user,
        button=Way(_("Sign in"), link("people.sign_in")),
        after=[Way(_("If you do not remember your password"), link("people.forgot"))],
    )  # fmt: skip


def _to_new_address(user: User, new: str) -> Sheet:
    if is_taken(new):
        return _taken_address()
    words = _(
        "You want to use this address for your account on the site “%(site)s”. Confirm that it is"
        " yours:",
        site=current().site_name,
    )
    return _sheet(
        _("Confirm your new address"), words, user=user,
        button=Way(
            _("This address is mine"), _link("people.confirm_email_change", CHANGE_EMAIL, user)
        ),
        after=[_("The link works for one day. Until then your former address stays in use.")],
    )  # fmt: skip


def _taken_address() -> Sheet:
    words = _(
        "Somebody wanted to use this address for their account on the site “%(site)s”. There is an"
        " account with it already, so nothing has changed.",
        site=current().site_name,
    )
    more = _("If it was you, and you have two accounts, delete one of them first.")
    return _sheet(_("You already have an account"), words, more)


def _to_old_address(user: User) -> Sheet:
    words = _(
        "Another address was given for your account on the site “%(site)s”. Once it is confirmed,"
        " letters will go there.",
        site=current().site_name,
    )
    return _sheet(
        _("Your address is to be changed"), words,
        _("If it was not you, set a new password at once: that stops the change."), user=user,
        button=_new_password(),
    )  # fmt: skip


def _password_changed(user: User) -> Sheet:
    words = _(
        "The password of your account on the site “%(site)s” was changed just now, and your other"
        " devices were signed out.",
        site=current().site_name,
    )
    return _sheet(
        _("Your password was changed"), words,
        _("If it was not you, set a new password at once:"), user=user, button=_new_password(),
    )  # fmt: skip


def _reset(user: User) -> Sheet:
    words = _(
        "Somebody, most likely you, asked for a new password on the site “%(site)s”. Set it here:",
        site=current().site_name,
    )
    return _sheet(
        _("A new password"), words, user=user,
        button=Way(_("Set a new password"), _link("people.reset", RESET, user)),
        after=[
            _(
                "The link works once, within two hours. If it was not you, do nothing: your"
                " password stays as it is."
            )
        ],
    )  # fmt: skip


def _sheet(heading: str, *paragraphs: str, user: User | None = None, **more: Any) -> Sheet:
    """``user`` None: whoever reads it need not be the one that it speaks of."""
    greeting = _("Hello!") if user is None else _("Hello, %(name)s!", name=user.given_name)
    return Sheet(
        subject=_("%(subject)s — %(site)s", subject=heading, site=current().site_name),
        heading=heading, preheader=paragraphs[0], greeting=greeting, paragraphs=paragraphs,
        why=_("You get this letter because it is about your account."), **more,
    )  # fmt: skip


def _new_password() -> Way:
    return Way(_("Set a new password"), link("people.forgot"))


def _link(endpoint: str, purpose: str, user: User) -> str:
    return link(endpoint, token=make_token(purpose, user))


def _send(user: User, letter: Letter) -> None:
    """Send; what no server will ever take is not tried again, and an address that is refused is
    seen on the page of health."""
    try:
        send(letter)
    except AddressRefused as error:
        log.warning("a mail server refuses an address: %s", error.code)
        if letter.to == user.email:
            note_refusal(SYSTEM, user.id, error.code)
    except (ValueError, LetterRefused) as error:
        # Without its words: they hold the address.
        log.error("a letter could not be addressed: %s", type(error).__name__)


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

"""Trying settings before they are saved: what a server says, in sentences for an administrator."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from core.api import Verdict
from plugins.webinar import bosh
from plugins.webinar.asking import Trouble, Why
from plugins.webinar.bbb import Server, address_of
from plugins.webinar.bigbluebutton import SERVERS
from plugins.webinar.jitsi import Jitsi
from plugins.webinar.words import _, ngettext

# A room that nobody has, to ask about.
NO_ROOM = "sreda-trial"

WRONG: Mapping[Why, Callable[[], str]] = {
    Why.UNREACHABLE: lambda: _(
        "Nobody answers at this address. Check it, and whether the server lets this site in."
    ),
    Why.SLOW: lambda: _("The server does not answer in time. It may be overloaded."),
    Why.CERTIFICATE: lambda: _(
        "The certificate of the server is not valid, so that browsers will refuse it too. Renew it."
    ),
}


def try_settings(values: Mapping[str, Any]) -> Sequence[Verdict]:
    """Ask each server that is set, one sentence for each."""
    verdicts = [*_bigbluebutton(values), *_jitsi(values)]
    return verdicts or [Verdict(_("No server is set, so there is nothing to try."), False)]


def _bigbluebutton(values: Mapping[str, Any]) -> Iterator[Verdict]:
    for number in range(1, SERVERS + 1):
        address = address_of(str(values[f"bbb_address_{number}"] or ""))
        if address:
            server = Server(address, str(values[f"bbb_secret_{number}"] or ""))
            yield _named(f"BigBlueButton, {urlsplit(address).netloc}", partial(_try_bbb, server))


def _named(name: str, trial: Callable[[], Verdict]) -> Verdict:
    try:
        verdict = trial()
    except Trouble as trouble:
        said = WRONG.get(trouble.why)
        words = said() if said else _("Something answers there, but not as it should.")
        verdict = Verdict(words, False)
    return replace(verdict, text=f"{name}: {verdict.text}")


def _try_bbb(server: Server) -> Verdict:
    try:
        version = server.version()
    except Trouble as trouble:
        if trouble.why is not Why.STRANGE:
            raise
        return Verdict(
            _("Something answers there, but it is no BigBlueButton. Take the address that "
              "`bbb-conf --secret` tells."), False,
        )  # fmt: skip
    if not version.startswith("2"):
        return Verdict(
            _("Its API has version %(version)s, and 2.0 is needed.", version=version), False
        )
    if not server.secret:
        return Verdict(_("It answers. Give its secret, too."), False)
    try:
        server.is_running(NO_ROOM)
    except Trouble as trouble:
        if trouble.why is not Why.SECRET:
            raise
        return _not_signed(server)
    return _works(server)


def _not_signed(server: Server) -> Verdict:
    """The signature is not taken: the secret is wrong, or the server only knows older ones."""
    try:
        replace(server, algorithm=hashlib.sha1).is_running(NO_ROOM)
    except Trouble:
        return Verdict(_("It answers, but the secret is not the right one."), False)
    return Verdict(
        _("The secret is right, but the server is too old: it does not know SHA-256. "
          "Bring it to version 2.4 or newer."), False,
    )  # fmt: skip


def _works(server: Server) -> Verdict:
    if not server.address.startswith("https://"):
        return Verdict(
            _("It works, but over http: there browsers open neither camera nor microphone. "
              "Give it a certificate and an address with https."), False,
        )  # fmt: skip
    people = ngettext(
        "It works. %(n)s person is there just now.", "It works. %(n)s people are there just now.",
        server.load(),
    )  # fmt: skip
    return Verdict(people, True)


def _jitsi(values: Mapping[str, Any]) -> Iterator[Verdict]:
    jitsi = Jitsi.of(values)
    if jitsi.domain:
        yield _named(f"Jitsi, {jitsi.domain}", partial(_try_jitsi, jitsi))


def _try_jitsi(jitsi: Jitsi) -> Verdict:
    address = f"https://{jitsi.domain}"
    try:
        name = bosh.own_name(address)
    except Trouble as trouble:
        if trouble.why is not Why.STRANGE:
            raise
        return Verdict(_("Something answers there, but it is no Jitsi Meet."), False)
    if not jitsi.secret:
        return Verdict(
            _("It answers. Without a secret anybody who learns the address of a room comes in, and "
              "whoever comes first leads."), True,
        )  # fmt: skip
    try:
        return _try_tickets(jitsi, address, name)
    except Trouble as trouble:
        if trouble.why is not Why.STRANGE:
            raise
        return Verdict(
            _("It answers, but the secret cannot be tried from here: it has no address http-bind."),
            True,
        )  # fmt: skip


def _try_tickets(jitsi: Jitsi, address: str, name: str) -> Verdict:
    """With our ticket one comes in, with one that is signed otherwise nobody does."""
    forged = replace(jitsi, secret=secrets.token_hex(32))
    if bosh.lets_in(address, name, NO_ROOM, forged.ticket(NO_ROOM, {})):
        return Verdict(
            _("It answers, but asks nobody for a ticket. Switch token authentication on, or leave "
              "the secret empty."), False,
        )  # fmt: skip
    if bosh.lets_in(address, name, NO_ROOM, jitsi.ticket(NO_ROOM, {})):
        return Verdict(_("It works: with our tickets people come in, and nobody else does."), True)
    return Verdict(
        _("It answers, but does not take our tickets. Check the application id and the secret."),
        False,
    )  # fmt: skip

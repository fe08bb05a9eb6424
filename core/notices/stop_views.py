"""One click in a letter, or one request of a mail service, and no more of these letters come."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from core.access.marks import public
from core.errors import Missing
from core.notices.blueprint import notices
from core.notices.stop import Stop, carry_out, stop_of
from core.platform.i18n import core_domain

_ = core_domain.gettext


@notices.get("/mail/stop/<token>")
@public
def ask(token: str) -> ResponseReturnValue:
    """Ask first: programs that look for viruses follow every link of a letter."""
    return render_template("notices/stop.html", stop=_stop(token), token=token, done=False)


@notices.post("/mail/stop/<token>")
@public
def stop(token: str) -> ResponseReturnValue:
    """Stop at once. Mail services post here (RFC 8058), with neither session nor form."""
    found = _stop(token)
    carry_out(found)
    return render_template("notices/stop.html", stop=found, token=token, done=True)


def _stop(token: str) -> Stop:
    found = stop_of(token)
    if found is None:
        raise Missing(_("This link is not complete. Copy the whole of it from the letter."))
    return found

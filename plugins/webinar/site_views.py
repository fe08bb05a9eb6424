"""What servers of meetings call: that one has ended, and that a recording is ready.

Neither is believed further than that it is time to ask.
"""

from __future__ import annotations

import hmac

import jwt
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from core.api import (
    SYSTEM,
    Actor,
    DomainError,
    db,
    enqueue,
    limit,
    operation,
    settings_of,
    webhook,
)
from plugins.webinar import looking, rooms
from plugins.webinar.bbb import Server
from plugins.webinar.bigbluebutton import BigBlueButton, mark
from plugins.webinar.models import Meeting, Room
from plugins.webinar.words import _

webinar_site = Blueprint("webinar_site", __name__)
DONE = ("", 204)


@webinar_site.get("/bigbluebutton/<int:meeting>/ended/<signature>")
@webhook
def ended(meeting: int, signature: str) -> ResponseReturnValue:
    """A meeting has ended; ``recordingmarks`` says whether anything was recorded. The address
    itself holds what only we and the server know."""
    server = _server_of(meeting)
    if not hmac.compare_digest(signature.encode(), mark(server, meeting).encode()):
        raise _refusal()
    recorded = request.args.get("recordingmarks")
    _told(SYSTEM, meeting, recorded == "true" if recorded in ("true", "false") else None)
    return DONE


@webinar_site.post("/bigbluebutton/<int:meeting>/recorded")
@webhook
def recorded(meeting: int) -> ResponseReturnValue:
    """A recording is ready; what is said is signed with the secret of the server."""
    server = _server_of(meeting)
    signed = request.form.get("signed_parameters", "")
    room = db.session.get_one(Meeting, meeting).room
    try:
        claims = jwt.decode(signed, server.secret, algorithms=["HS256"])
    except jwt.PyJWTError as error:
        raise _refusal() from error
    if claims.get("meeting_id") != room:
        raise _refusal()
    _told(SYSTEM, meeting, True)
    return DONE


def _server_of(meeting: int) -> Server:
    """The server of a meeting. An unknown one is refused like a wrong signature."""
    limit("webinar.called", "120/minute", str(meeting))
    room = db.session.get(Room, meeting)
    server = BigBlueButton.of(settings_of("webinar")).servers.get(room.server) if room else None
    if server is None:
        raise _refusal()
    return server


def _refusal() -> DomainError:
    return DomainError(_("This is not signed by the server of a meeting."))


@operation
def _told(actor: Actor, meeting: int, recorded: bool | None) -> None:
    """Note what was said, and ask the server as soon as can be."""
    if recorded is not None:
        rooms.marked(actor, meeting, recorded)
    enqueue(looking.LOOK, key=f"look:{meeting}", meeting=meeting)

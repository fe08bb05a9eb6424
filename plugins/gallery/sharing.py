"""Showing an album outside its community: to everybody, or by a link that can be taken back.

The key of a link is made from a random seed and the secret key of the site. The database keeps the
seed alone, so that keepers see the link again and a copy of the database opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime

from flask import current_app
from itsdangerous import Signer

from core.api import Actor, DomainError, Refused, operation, record, utcnow
from plugins.gallery import events
from plugins.gallery.albums import held
from plugins.gallery.models import Album
from plugins.gallery.words import _


@operation
def show_everybody(actor: Actor, album: Album, shown: bool, *, outsiders_save: bool) -> None:
    """Let outsiders see an album, or members alone; whether outsiders may save its pictures."""
    album = held(album.id)
    album.outsiders_save = outsiders_save
    if shown == album.everybody:
        return
    album.everybody = shown
    album.content.members_only = not shown
    kind = events.PUBLISHED if shown else events.WITHDRAWN
    record(kind, actor, activity=album.activity, content=album.content)


@operation
def make_link(actor: Actor, album: Album, until: datetime | None) -> None:
    """Make a link to an album; one that was there before does not open it any more."""
    album = held(album.id)
    if until is not None and until <= utcnow():
        raise DomainError(_("This moment is over. Choose a later one."))
    album.link_seed, album.link_until = secrets.token_urlsafe(18), until
    record(events.LINK_MADE, actor, activity=album.activity, content=album.content)


@operation
def revoke_link(actor: Actor, album: Album) -> None:
    """Take the link back: from this moment on it opens nothing."""
    album = held(album.id)
    if album.link_seed is None:
        return
    album.link_seed = album.link_until = None
    record(events.LINK_REVOKED, actor, activity=album.activity, content=album.content)


def link_key(album: Album) -> str:
    """What the link of an album has to name; empty where there is no link."""
    if album.link_seed is None:
        return ""
    signer = Signer(current_app.secret_key or "", salt="gallery.link", digest_method=hashlib.sha256)
    return signer.get_signature(f"{album.id}.{album.link_seed}").decode()


def opens(album: Album, key: str) -> bool:
    """Whether somebody with this key, or with none, may look at an album from outside."""
    if album.everybody:
        return True
    right = link_key(album)
    if not right or not hmac.compare_digest(right.encode(), key.encode()):
        return False
    if album.link_until is not None and album.link_until <= utcnow():
        raise Refused(_("The time of this link is over. Ask whoever gave it to you for a new one."))
    return True

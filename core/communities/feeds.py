"""Feeds of what everybody may read in a community; of all else there are none."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime

from flask import current_app, redirect, request
from flask.typing import ResponseReturnValue

from core.communities.models import Community
from core.platform.atom import MEDIA_TYPE, FeedEntry, document

# So many pieces of news stand in a feed.
NEWEST = 25


def feed(
    community: Community,
    key: str,
    title: str,
    page: str,
    entries: Callable[[], Iterable[FeedEntry]],
    *,
    begun: datetime,
) -> ResponseReturnValue:
    """The answer to whoever reads the news of a ``page`` as an Atom feed.

    ``entries`` gives the newest ones as a *guest* may see them: it is called for communities that
    everybody may read, and for no others; there one is led to the page instead. ``key`` names the
    feed for ever, ``begun`` is since when there is the page.
    """
    if not community.is_open_to_all:
        return redirect(page)
    own = request.script_root + request.path
    body = document(key, title, page, own, list(entries()), begun)
    response = current_app.response_class(body, content_type=MEDIA_TYPE)
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    return response

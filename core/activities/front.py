"""The front page: what this is, which communities are open, what is coming up, how to join.

Most visits begin here, so what is public to everybody is rendered once every few seconds and kept
in the process; what depends on the viewer is laid around it. Rights are never kept.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from flask import current_app, render_template

from core.access.actors import GUEST_VIEWER, current_viewer
from core.access.marks import public
from core.activities.news import plain_lines
from core.activities.queries import activities_open_to_all, open_communities
from core.calendar.items import coming_up
from core.communities.blueprints import site
from core.communities.queries import communities_of
from core.communities.words import SHORT_VISIBILITIES
from core.platform.dates import current_zone
from core.platform.db import utcnow
from core.platform.i18n import current_locale

# Seconds for which everybody may be shown the same catalogue.
LIFE = 5.0
# There are two languages and about fifteen time zones; nothing else makes an entry.
ENTRIES = 64
AHEAD = timedelta(days=14)
MINE_SHOWN = 8
CARDS = 6
COMING_SHOWN = 5
NEW_SHOWN = 5


@dataclass
class Kept:
    """A few pieces of pages, each rendered anew when its time is over."""

    life: float
    pieces: dict[tuple[str, str], tuple[float, str]] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic

    def get(self, key: tuple[str, str], render: Callable[[], str]) -> str:
        """The piece of this key, from memory while it is fresh."""
        until, piece = self.pieces.get(key, (0.0, ""))
        if until <= self.clock():
            piece = render()
            if len(self.pieces) >= ENTRIES:
                self.pieces.clear()
            self.pieces[key] = (self.clock() + self.life, piece)
        return piece


@site.get("/")
@public
def front() -> str:
    """For guests a welcome, for signed-in people their communities, for both what is open."""
    viewer = current_viewer()
    mine = communities_of(viewer)
    piece = kept_pieces().get((current_locale(), current_zone().key), _open_to_all)
    return render_template(
        "site/front.html", mine=mine[:MINE_SHOWN], mine_count=len(mine), open_to_all=piece
    )


def kept_pieces() -> Kept:
    """The memory of this application; under test it forgets at once."""
    kept: Kept | None = current_app.extensions.get("sreda-front")
    if kept is None:
        life = 0.0 if current_app.testing else LIFE
        kept = current_app.extensions["sreda-front"] = Kept(life)
    return kept


def _open_to_all() -> str:
    now = utcnow()
    open_now = activities_open_to_all(now, now + AHEAD)
    places = list({activity.community: None for activity in open_now})
    lines = plain_lines(open_now)
    newest = sorted(lines, key=lambda line: line.activity.created_at, reverse=True)
    # Rendered by the environment itself: it knows the request, but nothing of the viewer.
    return current_app.jinja_env.get_template("site/open.html").render(
        open=open_communities(CARDS),
        policies=SHORT_VISIBILITIES,
        coming=coming_up(places, open_now, GUEST_VIEWER, AHEAD)[:COMING_SHOWN],
        newest=newest[:NEW_SHOWN],
    )

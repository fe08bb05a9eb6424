"""Contents that stand in no community until their time has come: works and demonstrations.

A content that stands in a community is seen and found there. One that stands in none is its
author's, and this plugin shows it to those whom it concerns.
"""

from __future__ import annotations

from core.api import Activity, Content, attach, attachments_of, db, forget_former, search_again


def show_in(content: Content, activity: Activity) -> None:
    """Let everybody in the community see a content, inside an operation; what it said before stays
    private."""
    forget_former(content)
    _put(content, activity)


def take_back(content: Content) -> None:
    """Let them see it no longer, inside an operation."""
    _put(content, None)


def _put(content: Content, activity: Activity | None) -> None:
    content.activity_id = activity.id if activity is not None else None
    content.community_id = activity.community_id if activity is not None else None
    db.session.flush()
    # Files count in the community that they come into.
    attach(content, attachments_of([content.id])[content.id])
    search_again([content.id])

"""What the kinds of events are called in the administrator's log."""

from __future__ import annotations

from core.activities import kinds as activities
from core.admin import events as admin
from core.communities import events as communities
from core.contents import events as contents
from core.people import events as people
from core.platform.i18n import core_domain

_l = core_domain.lazy

TITLES = {
    people.REGISTERED: _l("Registered"),
    people.REGISTRATION_REPEATED: _l("Somebody registered with a known address"),
    people.EMAIL_CONFIRMED: _l("Confirmed the address"),
    people.EMAIL_CHANGE_REQUESTED: _l("Asked to change the address"),
    people.EMAIL_CHANGED: _l("Changed the address"),
    people.SIGNED_IN: _l("Signed in"),
    people.RESET_REQUESTED: _l("Somebody asked for a new password"),
    people.PASSWORD_CHANGED: _l("Changed the password"),
    people.PROFILE_CHANGED: _l("Changed the profile"),
    people.EXPORTED: _l("Took a copy of their data"),
    people.ERASED: _l("Deleted the account"),
    people.SUSPENDED: _l("Suspended a person"),
    people.RESTORED: _l("Opened a suspended account again"),
    people.ADMINISTRATOR_MADE: _l("Appointed an administrator"),
    people.ADMINISTRATOR_UNMADE: _l("Dismissed an administrator"),
    people.HEAD_MADE: _l("Appointed a head"),
    people.HEAD_UNMADE: _l("Dismissed a head"),
    communities.FOUNDED: _l("Founded a community"),
    communities.CHANGED: _l("Changed a community"),
    communities.OPENED: _l("Opened a community"),
    communities.LIQUIDATED: _l("Ended a community"),
    communities.RESTORED: _l("Brought an ended community back"),
    communities.PLUGIN_SWITCHED: _l("Switched a form of activity in a community"),
    communities.CHARTER_CHANGED: _l("Published new rules"),
    communities.CHARTER_ACCEPTED: _l("Accepted the rules"),
    communities.JOIN_REQUESTED: _l("Asked to join"),
    communities.REQUEST_WITHDRAWN: _l("Withdrew the request to join"),
    communities.MEMBER_JOINED: _l("Became a member"),
    communities.MEMBER_REFUSED: _l("Refused a request to join"),
    communities.MEMBER_LEFT: _l("Left a community"),
    communities.MEMBER_EXCLUDED: _l("Excluded a member"),
    communities.MEMBER_LET_BACK: _l("Let an excluded person come back"),
    communities.APPOINTED: _l("Appointed somebody to a role"),
    communities.DISMISSED: _l("Ended an appointment"),
    communities.GRANTS_CHANGED: _l("Changed the rights of a role"),
    activities.CREATED: _l("Created an activity"),
    activities.CHANGED: _l("Changed an activity"),
    activities.PUBLISHED: _l("Published an activity"),
    activities.ARCHIVED: _l("Archived an activity"),
    activities.MOVED: _l("Moved an activity in the order"),
    activities.DELETED: _l("Deleted an activity"),
    contents.HIDDEN: _l("Hid something"),
    contents.RESTORED: _l("Restored something hidden"),
    contents.APPROVED: _l("Approved something that waited"),
    contents.COMMENTED: _l("Commented"),
    contents.EDITED: _l("Edited something"),
    contents.REACTED: _l("Reacted"),
    admin.PLUGIN_SWITCHED: _l("Switched a plugin on the site"),
    admin.SCHOOL_SAVED: _l("Saved a school"),
}


def title_of(kind: str) -> str:
    """A kind in words; one that a plugin records is named by its own code."""
    return str(TITLES.get(kind, kind))

"""What happens to communities and their members: the kinds of events this room records."""

from core.platform.i18n import core_domain

_l = core_domain.lazy

FOUNDED = "communities.founded"
CHANGED = "communities.changed"
OPENED = "communities.opened"
LIQUIDATED = "communities.liquidated"
RESTORED = "communities.restored"
PLUGIN_SWITCHED = "communities.plugin_switched"
CHARTER_CHANGED = "communities.charter_changed"
CHARTER_ACCEPTED = "communities.charter_accepted"
JOIN_REQUESTED = "communities.join_requested"
REQUEST_WITHDRAWN = "communities.request_withdrawn"
MEMBER_JOINED = "communities.member_joined"
MEMBER_REFUSED = "communities.member_refused"
MEMBER_LEFT = "communities.member_left"
MEMBER_EXCLUDED = "communities.member_excluded"
MEMBER_LET_BACK = "communities.member_let_back"
APPOINTED = "communities.appointed"
DISMISSED = "communities.dismissed"
PLUGIN_SETTINGS_CHANGED = "communities.plugin_settings_changed"
GRANTS_CHANGED = "communities.grants_changed"

KINDS = {
    FOUNDED: _l("Founded a community"),
    CHANGED: _l("Changed a community"),
    OPENED: _l("Opened a community"),
    LIQUIDATED: _l("Ended a community"),
    RESTORED: _l("Brought an ended community back"),
    PLUGIN_SWITCHED: _l("Switched a form of activity in a community"),
    PLUGIN_SETTINGS_CHANGED: _l("Changed the settings of a form of activity in a community"),
    CHARTER_CHANGED: _l("Published new rules"),
    CHARTER_ACCEPTED: _l("Accepted the rules"),
    JOIN_REQUESTED: _l("Asked to join"),
    REQUEST_WITHDRAWN: _l("Withdrew the request to join"),
    MEMBER_JOINED: _l("Became a member"),
    MEMBER_REFUSED: _l("Refused a request to join"),
    MEMBER_LEFT: _l("Left a community"),
    MEMBER_EXCLUDED: _l("Excluded a member"),
    MEMBER_LET_BACK: _l("Let an excluded person come back"),
    APPOINTED: _l("Appointed somebody to a role"),
    DISMISSED: _l("Ended an appointment"),
    GRANTS_CHANGED: _l("Changed the rights of a role"),
}

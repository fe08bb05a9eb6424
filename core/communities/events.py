"""What happens to communities and their members: the kinds of events this room records."""

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
GRANTS_CHANGED = "communities.grants_changed"

KINDS = (
    FOUNDED, CHANGED, OPENED, LIQUIDATED, RESTORED, PLUGIN_SWITCHED, CHARTER_CHANGED,
    CHARTER_ACCEPTED, JOIN_REQUESTED, REQUEST_WITHDRAWN, MEMBER_JOINED, MEMBER_REFUSED,
    MEMBER_LEFT, MEMBER_EXCLUDED, MEMBER_LET_BACK, APPOINTED, DISMISSED, GRANTS_CHANGED,
)  # fmt: skip

"""What happens to contents whatever their plugin: the kinds of events this room records."""

from core.platform.i18n import core_domain

_l = core_domain.lazy

HIDDEN = "contents.hidden"
RESTORED = "contents.restored"
APPROVED = "contents.approved"
COMMENTED = "contents.commented"
EDITED = "contents.edited"
REACTED = "contents.reacted"

KINDS = {
    HIDDEN: _l("Hid something"),
    RESTORED: _l("Restored something hidden"),
    APPROVED: _l("Approved something that waited"),
    COMMENTED: _l("Commented"),
    EDITED: _l("Edited something"),
    REACTED: _l("Reacted"),
}

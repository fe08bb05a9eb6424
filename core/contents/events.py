"""What happens to contents whatever their plugin: the kinds of events this room records."""

HIDDEN = "contents.hidden"
RESTORED = "contents.restored"
APPROVED = "contents.approved"
COMMENTED = "contents.commented"
EDITED = "contents.edited"
REACTED = "contents.reacted"

KINDS = (HIDDEN, RESTORED, APPROVED, COMMENTED, EDITED, REACTED)

"""What happens to people: the kinds of events this room records."""

REGISTERED = "people.registered"
REGISTRATION_REPEATED = "people.registration_repeated"
EMAIL_CONFIRMED = "people.email_confirmed"
EMAIL_CHANGE_REQUESTED = "people.email_change_requested"
EMAIL_CHANGED = "people.email_changed"
SIGNED_IN = "people.signed_in"
RESET_REQUESTED = "people.reset_requested"
PASSWORD_CHANGED = "people.password_changed"  # noqa: S105  the kind of an event, no password
PROFILE_CHANGED = "people.profile_changed"
EXPORTED = "people.exported"
ERASED = "people.erased"
SUSPENDED = "people.suspended"
RESTORED = "people.restored"
ADMINISTRATOR_MADE = "people.administrator_made"
ADMINISTRATOR_UNMADE = "people.administrator_unmade"
HEAD_MADE = "people.head_made"
HEAD_UNMADE = "people.head_unmade"

KINDS = (
    REGISTERED, REGISTRATION_REPEATED, EMAIL_CONFIRMED,
    EMAIL_CHANGE_REQUESTED, EMAIL_CHANGED, SIGNED_IN, RESET_REQUESTED, PASSWORD_CHANGED,
    PROFILE_CHANGED, EXPORTED, ERASED, SUSPENDED, RESTORED, ADMINISTRATOR_MADE,
    ADMINISTRATOR_UNMADE, HEAD_MADE, HEAD_UNMADE,
)  # fmt: skip

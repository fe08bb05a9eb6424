"""What happens to people: the kinds of events this room records."""

REGISTERED = "people.registered"
EMAIL_CONFIRMED = "people.email_confirmed"
SIGNED_IN = "people.signed_in"
RESET_REQUESTED = "people.reset_requested"
PASSWORD_CHANGED = "people.password_changed"
PROFILE_CHANGED = "people.profile_changed"
ERASED = "people.erased"
SUSPENDED = "people.suspended"
RESTORED = "people.restored"
ADMINISTRATOR_MADE = "people.administrator_made"

KINDS = (
    REGISTERED, EMAIL_CONFIRMED, SIGNED_IN, RESET_REQUESTED, PASSWORD_CHANGED, PROFILE_CHANGED,
    ERASED, SUSPENDED, RESTORED, ADMINISTRATOR_MADE,
)  # fmt: skip

"""What happens to people: the kinds of events this room records."""

from core.platform.i18n import core_domain

_l = core_domain.lazy

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

KINDS = {
    REGISTERED: _l("Registered"),
    REGISTRATION_REPEATED: _l("Somebody registered with a known address"),
    EMAIL_CONFIRMED: _l("Confirmed the address"),
    EMAIL_CHANGE_REQUESTED: _l("Asked to change the address"),
    EMAIL_CHANGED: _l("Changed the address"),
    SIGNED_IN: _l("Signed in"),
    RESET_REQUESTED: _l("Somebody asked for a new password"),
    PASSWORD_CHANGED: _l("Changed the password"),
    PROFILE_CHANGED: _l("Changed the profile"),
    EXPORTED: _l("Took a copy of their data"),
    ERASED: _l("Deleted the account"),
    SUSPENDED: _l("Suspended a person"),
    RESTORED: _l("Opened a suspended account again"),
    ADMINISTRATOR_MADE: _l("Appointed an administrator"),
    ADMINISTRATOR_UNMADE: _l("Dismissed an administrator"),
    HEAD_MADE: _l("Appointed a head"),
    HEAD_UNMADE: _l("Dismissed a head"),
}

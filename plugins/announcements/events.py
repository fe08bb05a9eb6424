"""What happens to announcements: the kinds of events this plugin records."""

from plugins.announcements.words import _l

SENT = "announcements.sent"
WITHDRAWN = "announcements.withdrawn"
REMINDED = "announcements.reminded"
ACKNOWLEDGED = "announcements.acknowledged"

KINDS = {
    SENT: _l("Sent an announcement"),
    WITHDRAWN: _l("Withdrew an announcement"),
    REMINDED: _l("Reminded those who have not acknowledged an announcement"),
    ACKNOWLEDGED: _l("Acknowledged an announcement"),
}

"""What the log learns of conversations: nothing that was said, and nothing of who talks to whom.

Only what somebody takes out of a conversation themself is recorded.
"""

from plugins.messages.words import _l

CLARIFIED = "messages.clarified"
REPORT_CLOSED = "messages.report_closed"

KINDS = {
    CLARIFIED: _l("Took a private clarification further"),
    REPORT_CLOSED: _l("Decided on a report of a private message"),
}

"""What happens in chats: the kinds of events this plugin records.

A message is no event of its own: a lively chat would drown the log, and everybody who reads it.
That somebody took part is one, once a day in each room; so is everything that others are told of.
"""

from plugins.chat.words import _l

TOOK_PART = "chat.took_part"
ADDRESSED = "chat.addressed"
EDITED = "chat.edited"
WITHDRAWN = "chat.withdrawn"
BROUGHT_BACK = "chat.brought_back"
PINNED = "chat.pinned"
DECIDED = "chat.decided"
RESTRAINED = "chat.restrained"
RELEASED = "chat.released"
ARRANGED = "chat.arranged"
PLANNED = "chat.session_planned"
CHANGED = "chat.session_changed"
CANCELLED = "chat.session_cancelled"
OPENED = "chat.session_opened"
CLOSED = "chat.session_closed"
ASKED = "chat.asked"
PUBLISHED = "chat.minutes_published"

KINDS = {
    TOOK_PART: _l("Took part in a chat"),
    ADDRESSED: _l("Wrote to somebody in a chat"),
    EDITED: _l("Changed a message in a chat"),
    WITHDRAWN: _l("Took back a message in a chat"),
    BROUGHT_BACK: _l("Brought a message back in a chat"),
    PINNED: _l("Pinned a message in a chat, or took it down"),
    DECIDED: _l("Marked a decision in a chat, or took the mark off"),
    RESTRAINED: _l("Silenced or removed somebody in a chat"),
    RELEASED: _l("Let somebody write in a chat again"),
    ARRANGED: _l("Changed the order of speaking in a chat"),
    PLANNED: _l("Planned a session in a chat"),
    CHANGED: _l("Changed a planned session in a chat"),
    CANCELLED: _l("Called off a session in a chat"),
    OPENED: _l("Opened a session in a chat"),
    CLOSED: _l("Ended a session in a chat"),
    ASKED: _l("Asked a question in a chat"),
    PUBLISHED: _l("Published the minutes of a chat"),
}

"""What happens to polls: the kinds of events this plugin records. None says what was answered."""

from plugins.polls.words import _l

ANSWERED = "polls.answered"
CHANGED = "polls.changed_answer"
EDITED = "polls.edited"
CLOSED = "polls.closed_early"
EXTENDED = "polls.extended"
REMINDED = "polls.reminded"
DECIDED = "polls.decided"
PLACED = "polls.placed"
REMOVED = "polls.removed"

KINDS = {
    ANSWERED: _l("Took part in a poll"),
    CHANGED: _l("Changed an answer in a poll"),
    EDITED: _l("Changed what a poll asks"),
    CLOSED: _l("Closed a poll early"),
    EXTENDED: _l("Gave a poll more time"),
    REMINDED: _l("Reminded of a poll"),
    DECIDED: _l("Published the decision of a poll"),
    PLACED: _l("Put a poll onto a page"),
    REMOVED: _l("Took a poll off a page"),
}

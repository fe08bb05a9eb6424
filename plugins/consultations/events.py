"""What happens in consultations: the kinds of events this plugin records. What was asked in private
is not told here: the log is read by administrators."""

from plugins.consultations.words import _l

ASKED = "consultations.asked"
ANSWERED = "consultations.answered"
CLARIFIED = "consultations.clarified"
HANDED_OVER = "consultations.handed_over"
ESCALATED = "consultations.escalated"
CLOSED = "consultations.closed"
RATED = "consultations.rated"
PUBLISHED = "consultations.published"
WITHDRAWN = "consultations.withdrawn"
TEAM_CHANGED = "consultations.team_changed"
BREAK_SET = "consultations.break_set"
HOURS_CHANGED = "consultations.hours_changed"
BOOKED = "consultations.booked"
CANCELLED = "consultations.cancelled"
MOVED = "consultations.moved"
SLOT_CANCELLED = "consultations.slot_cancelled"
CAME = "consultations.came"
MISSED = "consultations.missed"
QUEUED = "consultations.queued"
CALLED = "consultations.called"
SUMMED_UP = "consultations.summed_up"
QUALIFIED = "consultations.qualified"
DISQUALIFIED = "consultations.disqualified"
ATTACHED = "consultations.attached"
DETACHED = "consultations.detached"

KINDS = {
    ASKED: _l("Asked a consultation line"),
    ANSWERED: _l("Answered a question of a consultation line"),
    CLARIFIED: _l("Wrote on about a question of a consultation line"),
    HANDED_OVER: _l("Handed a question of a consultation line over"),
    ESCALATED: _l("A question of a consultation line waited beyond its term"),
    CLOSED: _l("Closed a question of a consultation line"),
    RATED: _l("Rated a consultation"),
    PUBLISHED: _l("Published an answer without names"),
    WITHDRAWN: _l("Withdrew an answer from the knowledge base"),
    TEAM_CHANGED: _l("Changed the team of a consultation line"),
    BREAK_SET: _l("Settled a break of a consultant"),
    HOURS_CHANGED: _l("Changed the hours of a consultation line"),
    BOOKED: _l("Booked a consultation"),
    CANCELLED: _l("Gave up a place in a consultation"),
    MOVED: _l("Moved a consultation to another time"),
    SLOT_CANCELLED: _l("Called a consultation off"),
    CAME: _l("Came to a consultation"),
    MISSED: _l("Did not come to a consultation"),
    QUEUED: _l("Joined the queue of a consultation line"),
    CALLED: _l("Called the next from the queue of a consultation line"),
    SUMMED_UP: _l("Summed a consultation up"),
    QUALIFIED: _l("Recorded evidence of a qualification"),
    DISQUALIFIED: _l("Removed evidence of a qualification"),
    ATTACHED: _l("Gave a tutor somebody to look after"),
    DETACHED: _l("Released a tutor from looking after somebody"),
}

"""What happens with workshops: the kinds of events this plugin records.

``PASSED`` and ``COMPLETED`` name the person as subject, and say the stage, the academic hours and
the ground; certificates are made of them.
"""

from plugins.workshops.words import _l

SIGNED_UP = "workshops.signed_up"
LEFT = "workshops.left"
ADMITTED = "workshops.admitted"
REFUSED = "workshops.refused"
MASTERS_CHANGED = "workshops.masters_changed"
PLANNED = "workshops.planned"
SWITCHED = "workshops.switched"
EXTENDED = "workshops.extended"
SHOWED = "workshops.demonstrated"
CAME = "workshops.came"
HANDED_IN = "workshops.handed_in"
RETURNED = "workshops.returned"
ALLOCATED = "workshops.allocated"
REPLACED = "workshops.replaced"
REVIEWED = "workshops.reviewed"
TAKEN_OUT = "workshops.review_taken_out"
ANSWERED = "workshops.feedback_given"
REFLECTED = "workshops.reflected"
SHOWN = "workshops.work_shown"
UNSHOWN = "workshops.work_unshown"
PASSED = "workshops.passed"
COMPLETED = "workshops.completed"

KINDS = {
    SIGNED_UP: _l("Signed up for a workshop"),
    LEFT: _l("Gave up a place in a workshop"),
    ADMITTED: _l("Gave somebody a place in a workshop"),
    REFUSED: _l("Refused somebody a place in a workshop"),
    MASTERS_CHANGED: _l("Changed who leads a workshop"),
    PLANNED: _l("Changed the stages of a workshop"),
    SWITCHED: _l("Went to another stage of a workshop"),
    EXTENDED: _l("Gave somebody more time in a workshop"),
    SHOWED: _l("Published the demonstration of a workshop"),
    CAME: _l("Came to a demonstration"),
    HANDED_IN: _l("Handed in a work"),
    RETURNED: _l("Gave a work back to be improved"),
    ALLOCATED: _l("Distributed works for review"),
    REPLACED: _l("Replaced reviewers who had not begun"),
    REVIEWED: _l("Reviewed a work"),
    TAKEN_OUT: _l("Took a review out of sight"),
    ANSWERED: _l("Gave feedback on a work"),
    REFLECTED: _l("Looked back on a workshop"),
    SHOWN: _l("Showed a work to everybody"),
    UNSHOWN: _l("Ceased to show a work"),
    PASSED: _l("Counted a stage of a workshop as passed"),
    COMPLETED: _l("Counted a workshop as completed"),
}

"""What happens with webinars: the kinds of events this plugin records."""

from plugins.webinar.words import _l

PLANNED = "webinar.planned"
CHANGED = "webinar.changed"
CANCELLED = "webinar.cancelled"
SIGNED_UP = "webinar.signed_up"
LEFT = "webinar.left"
ADMITTED = "webinar.admitted"
REFUSED = "webinar.refused"
OPENED = "webinar.opened"
ENDED = "webinar.ended"
CAME = "webinar.came"
COUNTED = "webinar.counted"
RATED = "webinar.rated"
RECORDED = "webinar.recorded"
HOSTS_CHANGED = "webinar.hosts_changed"

KINDS = {
    PLANNED: _l("Planned a meeting of a webinar"),
    CHANGED: _l("Changed a meeting of a webinar"),
    CANCELLED: _l("Called off a meeting of a webinar"),
    SIGNED_UP: _l("Signed up for a webinar"),
    LEFT: _l("Gave up a place in a webinar"),
    ADMITTED: _l("Gave somebody a place in a webinar"),
    REFUSED: _l("Refused somebody a place in a webinar"),
    OPENED: _l("Opened a meeting of a webinar"),
    ENDED: _l("Ended a meeting of a webinar"),
    CAME: _l("Came to a meeting of a webinar"),
    COUNTED: _l("Brought a list of who attended a webinar"),
    RATED: _l("Gave feedback on a webinar"),
    RECORDED: _l("Published a recording of a webinar"),
    HOSTS_CHANGED: _l("Changed who runs a webinar"),
}

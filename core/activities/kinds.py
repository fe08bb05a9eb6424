"""What happens to activities themselves: the kinds of events this room records."""

from core.platform.i18n import core_domain

_l = core_domain.lazy

CREATED = "activities.created"
CHANGED = "activities.changed"
PUBLISHED = "activities.published"
ARCHIVED = "activities.archived"
MOVED = "activities.moved"
DELETED = "activities.deleted"

KINDS = {
    CREATED: _l("Created an activity"),
    CHANGED: _l("Changed an activity"),
    PUBLISHED: _l("Published an activity"),
    ARCHIVED: _l("Archived an activity"),
    MOVED: _l("Moved an activity in the order"),
    DELETED: _l("Deleted an activity"),
}

"""What happens to activities themselves: the kinds of events this room records."""

CREATED = "activities.created"
CHANGED = "activities.changed"
PUBLISHED = "activities.published"
ARCHIVED = "activities.archived"
MOVED = "activities.moved"
DELETED = "activities.deleted"

KINDS = (CREATED, CHANGED, PUBLISHED, ARCHIVED, MOVED, DELETED)

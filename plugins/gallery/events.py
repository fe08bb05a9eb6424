"""What happens in galleries: the kinds of events this plugin records."""

from plugins.gallery.words import _l

ALBUM_OPENED = "gallery.album_opened"
ALBUM_CHANGED = "gallery.album_changed"
ALBUM_REMOVED = "gallery.album_removed"
PICTURES_ADDED = "gallery.pictures_added"
PICTURES_REMOVED = "gallery.pictures_removed"
CONSENT_MARKED = "gallery.consent_marked"
PUBLISHED = "gallery.published"
WITHDRAWN = "gallery.withdrawn"
LINK_MADE = "gallery.link_made"
LINK_REVOKED = "gallery.link_revoked"
REMOVAL_ASKED = "gallery.removal_asked"
REMOVAL_DECIDED = "gallery.removal_decided"
REMOVAL_OVERDUE = "gallery.removal_overdue"

KINDS = {
    ALBUM_OPENED: _l("Began an album"),
    ALBUM_CHANGED: _l("Changed an album"),
    ALBUM_REMOVED: _l("Removed an album"),
    PICTURES_ADDED: _l("Added pictures"),
    PICTURES_REMOVED: _l("Removed pictures for good"),
    CONSENT_MARKED: _l("Marked consents to be shown"),
    PUBLISHED: _l("Showed an album to everybody"),
    WITHDRAWN: _l("Took an album back from everybody's sight"),
    LINK_MADE: _l("Made a link to an album"),
    LINK_REVOKED: _l("Took back a link to an album"),
    REMOVAL_ASKED: _l("Asked to be removed from a picture"),
    REMOVAL_DECIDED: _l("Decided on a request to remove a picture"),
    REMOVAL_OVERDUE: _l("A request to remove a picture was not answered in time"),
}

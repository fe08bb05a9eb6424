"""What one may do in a gallery, and who may unless a role says otherwise."""

from core.api import MEMBERS, STAFF, Capability
from plugins.gallery.words import _l

CAPABILITIES = (
    Capability("gallery.create", _l("Begin albums"), MEMBERS),
    Capability("gallery.add", _l("Add pictures to albums that are open for it"), MEMBERS),
    Capability("gallery.keep", _l("Keep all albums, not only one's own"), STAFF),
    Capability("gallery.publish", _l("Show albums to everybody and by link"), STAFF),
)

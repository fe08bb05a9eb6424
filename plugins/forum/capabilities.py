"""What one may do in a forum, and who may unless a role says otherwise."""

from core.api import MEMBERS, STAFF, Capability
from plugins.forum.words import _l

CAPABILITIES = (
    Capability("forum.open_topic", _l("Open discussions"), MEMBERS),
    Capability("forum.reply", _l("Write in discussions"), MEMBERS),
    Capability("forum.mark_answer", _l("Mark the answer in others' discussions"), STAFF),
    Capability("forum.moderate", _l("Pin, lock, move, split and decide"), STAFF),
    Capability("forum.agenda", _l("Plan the agenda of problems"), STAFF),
)

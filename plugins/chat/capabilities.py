"""What one may do in a chat, and who may unless a role says otherwise."""

from core.api import MEMBERS, STAFF, Capability
from plugins.chat.words import _l

CAPABILITIES = (
    Capability("chat.write", _l("Write in chats"), MEMBERS),
    Capability("chat.plan", _l("Plan sessions of chats"), STAFF),
    Capability("chat.moderate", _l("Keep order in chats and lead any session"), STAFF),
)

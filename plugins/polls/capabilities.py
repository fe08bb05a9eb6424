"""What one may do with polls, and who may unless a role says otherwise."""

from core.api import MEMBERS, STAFF, Capability
from plugins.polls.words import _l

ANSWER, MANAGE = "polls.answer", "polls.manage"

CAPABILITIES = (
    Capability(ANSWER, _l("Answer polls"), MEMBERS),
    Capability(MANAGE, _l("Set polls up, close them and work with their results"), STAFF),
)

"""Why somebody reports a message: what communities hold their people answerable for."""

from __future__ import annotations

from plugins.messages.words import _l

REASONS = {
    "harassment": _l("Harassment"),
    "personal": _l("Personal details of somebody were disclosed"),
    "insult": _l("Insult"),
    "threat": _l("Threats"),
    "slander": _l("Slander"),
    "copyright": _l("Infringement of copyright"),
    "secret": _l("Disclosure of confidential information"),
    "propaganda": _l("Political or religious propaganda"),
    "hatred": _l("Propaganda of violence, racism, nationalism or discord"),
    "spam": _l("Advertising or unwanted mail"),
    "other": _l("Something else that breaks the rules"),
}


def reason_title(key: str) -> str:
    """A reason in words."""
    return str(REASONS.get(key, REASONS["other"]))

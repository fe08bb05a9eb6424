"""What somebody settled about talking."""

from __future__ import annotations

from core.api import Actor, operation, upsert
from plugins.messages.models import Preference


@operation
def choose(actor: Actor, *, shows_reading: bool) -> None:
    """Say whether others see what one has read."""
    upsert(Preference, {"user_id": actor.id}, {"shows_reading": shows_reading})

"""What the form of a workshop begins with when its settings are opened again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Activity
from plugins.workshops.queries import workshop_at


def settings_of_workshop(activity: Activity) -> Mapping[str, Any]:
    """Its own fields."""
    workshop = workshop_at(activity)
    return {
        "about": workshop.about, "audience": workshop.audience, "seats": workshop.seats,
        "admission": workshop.admission,
    }  # fmt: skip

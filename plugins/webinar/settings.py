"""What the form of a webinar begins with when its settings are opened again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.api import Activity
from plugins.webinar.queries import webinar_at


def settings_of_webinar(activity: Activity) -> Mapping[str, Any]:
    """Its own fields; ``planned`` says that meetings have pages of their own by now."""
    webinar = webinar_at(activity)
    return {
        "about": webinar.about, "speakers": webinar.speakers, "seats": webinar.seats,
        "admission": webinar.admission, "provider": webinar.provider, "address": webinar.address,
        "early": webinar.early, "recorded": webinar.recorded, "planned": True,
    }  # fmt: skip

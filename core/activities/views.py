"""Pages of the room, gathered: importing this module puts them all on their blueprints."""

from __future__ import annotations

from core.activities import counting, day, feeds, front, home, settings
from core.activities.blueprint import activities

__all__ = ("activities", "counting", "day", "feeds", "front", "home", "settings")

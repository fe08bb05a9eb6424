"""Pages of the room, gathered: importing this module puts them all on their blueprint."""

from __future__ import annotations

from core.calendar import feeds, pages, subscribing
from core.calendar.blueprint import calendar

__all__ = ("calendar", "feeds", "pages", "subscribing")

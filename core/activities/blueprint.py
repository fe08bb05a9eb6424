"""The blueprint of the room; its views are in day.py, settings.py and counts.py."""

from __future__ import annotations

from flask import Blueprint

activities = Blueprint("activities", __name__)

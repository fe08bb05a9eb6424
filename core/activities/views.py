"""Pages of the room."""

from __future__ import annotations

from flask import Blueprint

activities = Blueprint("activities", __name__)

"""The blueprint of the room; its views are in pages.py, feeds.py and subscribing.py."""

from __future__ import annotations

from flask import Blueprint

calendar = Blueprint("calendar", __name__)

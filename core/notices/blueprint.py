"""The blueprint that all pages of the room stand on."""

from __future__ import annotations

from flask import Blueprint

notices = Blueprint("notices", __name__)

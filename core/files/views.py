"""Pages of the room."""

from __future__ import annotations

from flask import Blueprint

files = Blueprint("files", __name__)

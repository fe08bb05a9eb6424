"""The blueprint of the room."""

from __future__ import annotations

from flask import Blueprint

contents = Blueprint("contents", __name__)

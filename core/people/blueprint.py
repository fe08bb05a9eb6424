"""The blueprint that all pages of the room stand on."""

from __future__ import annotations

from flask import Blueprint

people = Blueprint("people", __name__)

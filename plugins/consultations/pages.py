"""The blueprints of consultations, which several modules hang their views on."""

from __future__ import annotations

from flask import Blueprint

consultations = Blueprint("consultations", __name__)
community_pages = Blueprint("consultations_community", __name__)

"""Pages of communities, and the site's front page."""

from __future__ import annotations

from flask import Blueprint

site = Blueprint("site", __name__)
communities = Blueprint("communities", __name__)

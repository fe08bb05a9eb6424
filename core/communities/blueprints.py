"""The two blueprints of this room: pages inside a community, and pages of the site about them."""

from flask import Blueprint

site = Blueprint("site", __name__)
communities = Blueprint("communities", __name__)

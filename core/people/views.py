"""Pages of people: sign-in and out, registration, passwords, profile, sessions, one's own data."""

from __future__ import annotations

from core.people import entrance_views, password_views, profile_views, record_views
from core.people.blueprint import people

# Importing them puts their pages onto the blueprint.
PAGES = (entrance_views, password_views, profile_views, record_views)

__all__ = ["PAGES", "people"]

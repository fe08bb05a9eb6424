"""The site as one person sees it, where nobody asks for a page: letters are made that way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, g

from core.access.actors import Viewer
from core.config import current
from core.people.models import User
from core.platform.dates import use_zone
from core.platform.i18n import use_locale


@contextmanager
def as_seen_by(user: User) -> Iterator[Viewer]:
    """Within, rights, language and time zone are this person's, and addresses can be made.

    It has a session of the database of its own, which ends with it.
    """
    viewer = Viewer(
        id=user.id, email=user.email or "", surname=user.surname, given_name=user.given_name,
        patronymic=user.patronymic, photo=user.photo, locale=user.locale, zone_name=user.zone_name,
    )  # fmt: skip
    # The context of an application of its own, so that nothing that is kept for a page outlives it.
    page = current_app.test_request_context(base_url=current().base_url)
    with current_app.app_context(), page, use_locale(user.locale), use_zone(user.zone_name):
        g.viewer = viewer
        yield viewer

"""Who may enter the administration: administrators, and nobody else may even know of it."""

from __future__ import annotations

import pytest
from flask import Flask

from core.testing.cast import Cast

PAGES = (
    "/admin/", "/admin/people", "/admin/people/1", "/admin/schools", "/admin/schools/new",
    "/admin/communities", "/admin/communities/new", "/admin/log", "/admin/health",
)  # fmt: skip
FORMS = (
    "/admin/plugins/x/switch", "/admin/plugins/x/reset", "/admin/events/1/retry",
    "/admin/people/1/suspend", "/admin/people/1/restore", "/admin/people/1/role",
    "/admin/schools/new", "/admin/communities/new",
)  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_for_administrators(app: Flask, cast: Cast, page: str) -> None:
    administrator, person = cast.user(administrator=True), cast.user()
    head = cast.appoint(cast.user(), None, "head")
    coordinator = cast.user()
    cast.community("maths", coordinator=coordinator)
    if page.endswith("/1"):
        page = page.removesuffix("1") + str(person.id)
    assert cast.browser(administrator).get(page).status_code == 200
    for other in (person, head, coordinator):
        assert cast.browser(other).get(page).status_code == 404
    assert app.test_client().get(page).status_code == 302


@pytest.mark.parametrize("page", FORMS)
def test_forms_are_for_administrators(app: Flask, cast: Cast, page: str) -> None:
    person = cast.user()
    head = cast.appoint(cast.user(), None, "head")
    for other in (person, head):
        assert cast.browser(other).post(page).status_code == 404
    assert app.test_client().post(page).status_code == 401
    if not page.endswith("/new"):
        administrator = cast.browser(cast.user(administrator=True))
        assert administrator.get(page).status_code == 405, "nothing changes by a mere address"


@pytest.mark.usefixtures("forgery_check")
@pytest.mark.parametrize("page", FORMS)
def test_forms_need_their_signature(cast: Cast, page: str) -> None:
    assert cast.browser(cast.user(administrator=True)).post(page).status_code == 401

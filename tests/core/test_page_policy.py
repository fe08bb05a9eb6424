"""What a page may do in the browser, and who may call a view that is for other servers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from core.platform.policy import page_may_use
from core.testing.cast import Cast

CALLER = """
from flask import Blueprint
from core.api import DomainError, Mount, Scope, page_may_use, public, webhook

site = Blueprint("caller", __name__)

@site.get("/camera")
@public
def camera():
    page_may_use("camera", "microphone", connect=["https://meet.example:8443"])
    return "look"

@site.get("/plain")
@public
def plain():
    return "nothing"

@site.post("/called")
@webhook
def called():
    raise DomainError("who are you?", status=401)

@site.post("/form")
@public
def form():
    return "sent"

@hookimpl
def nav_items(community, viewer):
    page_may_use("camera")
    return []

@hookimpl
def plugin_manifest():
    return Plugin(
        name="caller", title="Caller", version="1.0", mounts=(Mount(site, Scope.SITE),),
    )
"""


@pytest.fixture
def caller(install_plugin: Callable[..., None], make_app: Callable[..., Flask]) -> Flask:
    install_plugin("caller", CALLER)
    return make_app()


def test_a_page_says_what_it_needs_and_the_next_one_has_none_of_it(caller: Flask) -> None:
    browser = caller.test_client()
    headers = browser.get("/caller/camera").headers
    assert "camera=(self), microphone=(self), geolocation=()" in headers["Permissions-Policy"]
    policy = headers["Content-Security-Policy"]
    assert "connect-src 'self' https://meet.example:8443;" in policy
    assert "script-src 'self';" in policy
    headers = browser.get("/caller/plain").headers
    assert "camera=(), microphone=(), geolocation=()" in headers["Permissions-Policy"]
    assert "connect-src 'self';" in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "origin",
    ["https://a.example; script-src *", "'unsafe-inline'", "*", "https://a/ b", "a.example"],
)
def test_nothing_but_an_origin_comes_into_the_policy(app: Flask, origin: str) -> None:
    with app.test_request_context(), pytest.raises(ValueError, match="no origin"):
        page_may_use(connect=[origin])


def test_nothing_but_a_device_does(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(ValueError, match="no device"):
        page_may_use("usb")


def test_a_contribution_changes_nothing_of_what_pages_may_do(caller: Flask) -> None:
    page = Cast(caller).browser(Cast(caller).user()).get("/my")
    assert page.status_code == 200
    assert "camera=()" in page.headers["Permissions-Policy"]


def test_other_servers_need_no_token_and_say_themselves_who_they_are(
    caller: Flask, forgery_check: None
) -> None:
    caller.config["WTF_CSRF_ENABLED"] = True
    browser = caller.test_client()
    refused = browser.post("/caller/called")
    assert (refused.status_code, "who are you?" in refused.text) == (401, True)
    assert browser.post("/caller/form").text != "sent"

"""Addresses and icons that are put together once are the same as those made anew."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, g, url_for

from core.platform.addresses import KeepsAddresses
from core.platform.pictograms import drawing


@pytest.fixture
def site() -> Flask:
    app = KeepsAddresses("site")
    for rule in ("/", "/thing/<int:number>", "/word/<word>"):
        app.add_url_rule(rule, endpoint=rule.strip("/").partition("/")[0] or "home")
    return app


@pytest.mark.parametrize(
    ("endpoint", "values"),
    [
        ("home", {}),
        ("thing", {"number": 1}),
        ("thing", {"number": 1, "page": 2}),
        ("thing", {"number": 1, "page": None}),
        ("thing", {"number": 1, "_anchor": "post-3"}),
        ("home", {"_external": True}),
        ("word", {"word": "а/б"}),
        ("word", {"word": "1", "deep": True}),
        ("word", {"word": "1", "many": ["a", "b"]}),
    ],
)
def test_a_kept_address_is_the_one_that_flask_builds(
    site: Flask, endpoint: str, values: dict[str, Any]
) -> None:
    plain = Flask("plain")
    plain.url_map = site.url_map
    with plain.test_request_context("/"):
        expected = plain.url_for(endpoint, **values)
    with site.test_request_context("/"):
        assert [url_for(endpoint, **values) for _again in range(2)] == [expected] * 2


def test_words_that_compare_alike_keep_their_own_addresses(site: Flask) -> None:
    with site.test_request_context("/"):
        assert url_for("home", page=1) == "/?page=1"
        assert url_for("home", page=True) == "/?page=True"
        assert url_for("word", word="1") != url_for("word", word="01")


def test_a_site_below_a_folder_keeps_addresses_of_its_own(site: Flask) -> None:
    with site.test_request_context("/"):
        assert url_for("home") == "/"
    with site.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/sreda"}):
        assert url_for("home") == "/sreda/"


def test_what_a_default_fills_in_is_part_of_the_address(site: Flask) -> None:
    @site.url_defaults
    def fill(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "thing":
            values.setdefault("number", g.here)

    for here in (1, 2, 1):
        with site.test_request_context("/"):
            g.here = here
            assert url_for("thing") == f"/thing/{here}"


def test_addresses_with_a_query_are_not_kept(site: Flask) -> None:
    assert isinstance(site, KeepsAddresses)
    with site.test_request_context("/"):
        for number in range(5):
            url_for("home", page=number)
        url_for("home")
    assert list(site._addresses.values()) == ["/"]


def test_an_icon_is_silent_unless_it_has_something_to_say() -> None:
    icon, tile = drawing("/static/1/icons.svg")
    assert 'aria-hidden="true"' in icon("house")
    assert 'href="/static/1/icons.svg#house"' in icon("house")
    assert 'aria-label="&lt;b&gt;"' in icon("house", "<b>")
    assert "hue-slate" in tile(None, None)
    assert "tile-lg" in tile("sun", "blue", "lg")

"""The page of plugins: switches, troubles, quarantine, events that were set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.access.actors import SYSTEM
from core.admin import events, switching
from core.admin.switches import enabled_plugins
from core.contract.hookspecs import hookimpl
from core.contract.manifest import NavItem, Plugin
from core.contract.registry import Installed, Quarantined, registry_of
from core.errors import DomainError, Missing
from core.events.log import Event, record
from core.events.models import EventSetAside
from core.events.readers import Reader, deliver
from core.people import events as people_events
from core.platform.db import db, operation
from core.testing.cast import Cast, Turned
from tests.core.people_kit import happened


@hookimpl
def nav_items(community: Any, viewer: Any) -> list[NavItem]:
    """One entry in every menu."""
    return [NavItem("Greetings from the plugin", "/greetings")]


@pytest.fixture
def greeter(app: Flask) -> Iterator[Installed]:
    """An installed plugin with a sentence about itself."""
    registry, module = registry_of(app), ModuleType("greeter")
    vars(module)["nav_items"] = nav_items
    manifest = Plugin(
        name="greeter",
        title="Greeter",
        version="2.7",
        summary="Greets everybody.",
        author="A. Uthor",
    )
    plugin = Installed(manifest, module, Path("/nowhere"), False, "sreda-greeter")
    registry.installed["greeter"] = plugin
    registry.hooks.register(module, name="greeter")
    yield plugin
    registry.hooks.unregister(module)
    del registry.installed["greeter"]


@pytest.fixture
def desk(cast: Cast) -> FlaskClient:
    """The browser of an administrator."""
    return cast.browser(cast.user(administrator=True))


@pytest.fixture
def menu(cast: Cast, greeter: Installed) -> Callable[[], str]:
    """The page of a community, whose menu has the plugin's entry while it may speak."""
    place = cast.community("greeted")
    member = cast.browser(cast.member(place))
    return lambda: member.get("/c/greeted", follow_redirects=True).text


def switch(desk: FlaskClient, enabled: str, name: str = "greeter") -> int:
    return desk.post(f"/admin/plugins/{name}/switch", data={"enabled": enabled}).status_code


def test_the_page_says_what_is_installed(desk: FlaskClient, greeter: Installed) -> None:
    page = desk.get("/admin/").text
    for words in ("Greeter", "2.7", "Greets everybody.", "A. Uthor", "sreda-greeter"):
        assert words in page


def test_a_switch_for_the_whole_site(
    app: Flask, desk: FlaskClient, menu: Callable[[], str]
) -> None:
    assert "Greetings from the plugin" in menu()
    assert switch(desk, "0") == 303
    assert "Greetings from the plugin" not in menu()
    assert switch(desk, "1") == 303
    assert "Greetings from the plugin" in menu()
    switched = [event.facts for event in happened(app, events.PLUGIN_SWITCHED)]
    assert [(each["plugin"], each["enabled"]) for each in switched] == [
        ("greeter", False), ("greeter", True),
    ]  # fmt: skip


def test_what_is_not_installed_cannot_be_switched(desk: FlaskClient) -> None:
    assert switch(desk, "1", "unknown") == 404
    assert desk.post("/admin/plugins/unknown/reset").status_code == 404


def test_a_switch_for_one_community(app: Flask, cast: Cast, greeter: Installed) -> None:
    place, other = cast.community("maths"), cast.community("physics")
    with app.app_context():
        switching.set_plugin_enabled(SYSTEM, "greeter", False, community="maths")
        assert "greeter" not in enabled_plugins(place.id)
        assert "greeter" in enabled_plugins(other.id)
        switching.set_plugin_enabled(SYSTEM, "greeter", True, community="maths")
        assert "greeter" in enabled_plugins(place.id)
        with pytest.raises(Missing):
            switching.set_plugin_enabled(SYSTEM, "greeter", True, community="nowhere")


def test_a_plugin_whose_tables_are_behind_is_not_switched_on(
    app: Flask, desk: FlaskClient, menu: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    switch(desk, "0")
    monkeypatch.setattr(switching, "pending", lambda app: ["greeter"])
    assert switch(desk, "1") == 400
    assert "Greetings from the plugin" not in menu()
    with app.app_context(), pytest.raises(DomainError):
        switching.set_plugin_enabled(SYSTEM, "greeter", True)
    assert switch(desk, "0") == 303, "off is always possible"


def test_troubles_are_shown_with_their_traceback_and_forgotten_on_request(
    app: Flask, desk: FlaskClient, menu: Callable[[], str]
) -> None:
    breaker = registry_of(app).breaker
    for _ in range(5):
        breaker.failed("greeter", "nav_items", "Traceback: <something> went wrong")
    page = desk.get("/admin/").text
    assert "Traceback: &lt;something&gt; went wrong" in page
    assert "Greetings from the plugin" not in menu(), "it is left out for a while"
    assert desk.post("/admin/plugins/greeter/reset").status_code == 303
    page = desk.get("/admin/").text
    assert "went wrong" not in page
    assert "Greetings from the plugin" in menu()


def test_plugins_in_quarantine_are_shown_with_the_reason(app: Flask, desk: FlaskClient) -> None:
    quarantined = registry_of(app).quarantined
    quarantined.append(Quarantined("odd", "sreda-odd", "it has no manifest", "Trace of the fault"))
    try:
        page = desk.get("/admin/").text
    finally:
        quarantined.pop()
    for words in ("odd", "sreda-odd", "it has no manifest", "Trace of the fault"):
        assert words in page


@operation
def _happen(actor: Any) -> None:
    record(people_events.PROFILE_CHANGED, actor, changed=["about"])


def test_an_event_that_was_set_aside_is_tried_again(
    app: Flask, desk: FlaskClient, clock: Turned
) -> None:
    taken: list[int] = []
    broken = [True]

    def take(event: Event) -> None:
        if broken[0]:
            raise RuntimeError("the reader is broken")
        taken.append(event.id)

    reader = Reader("odd.reader", frozenset({people_events.PROFILE_CHANGED}), take)

    def work() -> None:
        with app.app_context():
            deliver([reader])

    def aside() -> list[int]:
        with app.app_context():
            return list(db.session.scalars(select(EventSetAside.id)))

    with app.app_context():
        _happen(SYSTEM)
    for _ in range(5):
        work()
        clock.turn(timedelta(minutes=1))
    (number,) = aside()
    page = desk.get("/admin/health").text
    assert "odd.reader" in page
    assert "the reader is broken" in page
    work()
    assert aside() == [number], "nobody asked for another try"
    desk.post(f"/admin/events/{number}/retry")
    work()
    assert aside() == [number], "it still fails, and waits to be asked again"
    broken[0] = False
    work()
    assert taken == []
    desk.post(f"/admin/events/{number}/retry")
    work()
    assert len(taken) == 1
    assert aside() == []
    work()
    assert len(taken) == 1


def test_asking_for_a_try_of_nothing_does_nothing(desk: FlaskClient) -> None:
    assert desk.post("/admin/events/123456/retry").status_code == 303


def test_the_page_costs_the_same_for_many_communities(
    cast: Cast, desk: FlaskClient, greeter: Installed, count_queries: Any
) -> None:
    def cost() -> int:
        with count_queries() as count:
            desk.get("/admin/")
        return int(count.number)

    cast.community("one")
    few = cost()
    for number in range(5):
        cast.community(f"more-{number}")
    assert cost() == few <= 16

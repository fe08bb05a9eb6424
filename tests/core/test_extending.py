"""Plugins extend each other without knowing each other: slots of pages, buttons under contents,
hooks of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from core.access.actors import GUEST_VIEWER
from core.contents.actions import actions_under
from core.contract.registry import Answer, ask, registry_of
from core.people.actions import actions_with
from core.testing.cast import Cast
from core.testing.switches import switch_plugin

SLOTS = """
from markupsafe import Markup

@hookimpl
def plugin_manifest():
    return Plugin(name="slots", title="Slots", version="1.0")

@hookimpl
def page_fragment(slot, community, activity, content, viewer, person):
    about = [x.id for x in (community, activity, content, person) if x is not None]
    return Markup(f"<p>SLOT {slot} {about}</p>")
"""

HOST = """
@hookspec
def host_words(topic):
    '''Words of others.'''

@hookimpl
def plugin_manifest():
    return Plugin(name="host", title="Host", version="1.0", hooks=(host_words,))
"""
GUEST = """
@hookimpl
def plugin_manifest():
    return Plugin(name="{name}", title="G", version="1.0"{requires})

@hookimpl
def host_words(topic):
    {body}
"""


@pytest.fixture
def app_with(
    install_plugin: Callable[..., None], make_app: Callable[..., Flask]
) -> Callable[..., Flask]:
    def boot(**sources: str) -> Flask:
        for name, source in sources.items():
            install_plugin(name, source.replace("from core.api import *", ""))
        return make_app()

    return boot


def test_page_fragment_has_a_place_on_every_page_that_needs_one(
    app_with: Callable[..., Flask],
) -> None:
    app = app_with(slots=SLOTS)
    cast = Cast(app)
    community = cast.community("maths", visibility="public")
    plugin, kind = next(iter(registry_of(app).activity_types()))
    activity = cast.activity(community, plugin, kind)
    switch_plugin(app, "slots", community.id, True)
    member = cast.member(community)
    browser = cast.browser(member)
    home = browser.get("/c/maths/").text
    for slot in ("community.main", "community.aside"):
        assert f"SLOT {slot} [{community.id}]" in home
    day = browser.get("/my").text
    assert "SLOT my_day.main []" in day
    assert "SLOT my_day.aside []" in day
    own = browser.get(f"/c/maths/{plugin}/{activity.id}/").text
    for slot in ("activity.header", "activity.aside"):
        assert f"SLOT {slot} [{community.id}, {activity.id}]" in own
    assert f"SLOT person.main [{member.id}]" in browser.get(f"/people/{member.id}").text


def test_a_plugin_that_names_its_slots_is_asked_for_no_other(
    app_with: Callable[..., Flask],
) -> None:
    named = SLOTS.replace('version="1.0"', 'version="1.0", slots=("my_day.aside",)')
    app = app_with(slots=named)
    cast = Cast(app)
    day = cast.browser(cast.user("Иванова")).get("/my").text
    assert "SLOT my_day.aside []" in day
    assert "SLOT my_day.main" not in day


def test_a_plugin_whose_pieces_are_of_activities_has_none_where_none_stands(
    app_with: Callable[..., Flask],
) -> None:
    named = SLOTS.replace('version="1.0"', 'version="1.0", of_activities=("page_fragment",)')
    app = app_with(slots=named)
    cast = Cast(app)
    community = cast.community("maths", visibility="public")
    switch_plugin(app, "slots", community.id, True)
    browser = cast.browser(cast.member(community))
    assert "SLOT community.main" not in browser.get("/c/maths/").text
    assert "SLOT my_day.main" in browser.get("/my").text


def test_a_plugin_publishes_a_hook_that_others_implement(app_with: Callable[..., Flask]) -> None:
    app = app_with(
        a_guest=GUEST.format(name="a_guest", requires=', requires=("host",)', body="yield topic"),
        host=HOST,
        failing=GUEST.format(name="failing", requires="", body="1 / 0"),
    )
    assert registry_of(app).quarantined == []
    with app.test_request_context():
        assert ask("host_words", topic="sums") == [Answer("a_guest", ["sums"])]
        with pytest.raises(LookupError):
            ask("nav_items", viewer=None)
    assert registry_of(app).breaker.troubles.keys() == {"failing"}


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (HOST.replace("host_words", "words"), "not named after the plugin"),
        (HOST.replace("@hookspec\n", ""), "not marked"),
        (HOST.replace("(host_words,)", "7"), "int"),
        (HOST.replace("hooks=(host_words,)", 'of_activities=("nav_items",)'), "'nav_items'"),
    ],
)
def test_a_hook_bears_the_name_of_its_plugin(
    source: str, reason: str, app_with: Callable[..., Flask]
) -> None:
    app = app_with(host=source)
    assert reason in registry_of(app).quarantined[0].reason


def test_who_implements_a_hook_of_a_plugin_that_is_not_there_is_set_aside(
    app_with: Callable[..., Flask],
) -> None:
    app = app_with(lonely=GUEST.format(name="lonely", requires="", body="return 1"))
    assert "host_words" in registry_of(app).quarantined[0].reason


MARKS = """
@hookimpl
def plugin_manifest():
    return Plugin(name="{name}", title="M", version="1.0")

@hookimpl
def content_actions(contents, viewer):
    {body}
"""


def test_content_actions_of_all_plugins_are_gathered_for_the_contents_asked_about(
    app_with: Callable[..., Flask],
) -> None:
    button = 'ContentAction("Mark", f"/marks/{n}", "star", post=True)'
    good = f"from core.api import ContentAction; return {{n: [{button}] for n in [*contents, 99]}}"
    app = app_with(
        marks=MARKS.replace("{name}", "marks").replace("{body}", good),
        wrong=MARKS.replace("{name}", "wrong").replace("{body}", 'return {1: ["text"]}'),
    )
    with app.test_request_context():
        found = actions_under({1: "x.note", 2: "x.note"}, GUEST_VIEWER)
        macros: Any = app.jinja_env.get_template("contents/macros.html").module
        html = macros.actions(found[1])
    assert found.keys() == {1, 2}
    assert [action.url for action in found[1]] == ["/marks/1"]
    assert 'action="/marks/1"' in html
    assert "csrf_token" in html
    assert registry_of(app).breaker.troubles.keys() == {"wrong"}


GREETS = """
@hookimpl
def plugin_manifest():
    return Plugin(name="{name}", title="Greets", version="1.0")

@hookimpl
def person_actions(people, viewer):
    {body}
"""


def test_person_actions_of_all_plugins_stand_beside_people(
    app_with: Callable[..., Flask],
) -> None:
    button = 'ContentAction("Greet", f"/greets/{n}", "heart")'
    good = f"from core.api import ContentAction; return {{n: [{button}] for n in [*people, 99]}}"
    app = app_with(
        greets=GREETS.replace("{name}", "greets").replace("{body}", good),
        wrong=GREETS.replace("{name}", "wrong").replace("{body}", "return 7"),
    )
    with app.test_request_context():
        found = actions_with([1, 2], GUEST_VIEWER)
    assert found.keys() == {1, 2}
    assert [action.url for action in found[1]] == ["/greets/1"]
    assert registry_of(app).breaker.troubles.keys() == {"wrong"}
    cast = Cast(app)
    community = cast.community("maths")
    reader, other = cast.member(community), cast.member(community)
    browser = cast.browser(reader)
    for page in (f"/people/{other.id}", "/c/maths/people"):
        assert f'href="/greets/{other.id}"' in browser.get(page).text

"""No plugin brings the site down. In tests/fixtures/plugins lies one for each way to try it: the
site starts, every page answers without its part, and the page of plugins says why."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from core.contract.registry import registry_of
from core.people.models import School, User
from core.platform import contribution
from core.platform.db import bound_statements, db
from core.testing.cast import Cast
from core.testing.stranger import install_package

PLUGINS = Path(__file__).parent.parent / "fixtures" / "plugins"
HOSTILE = sorted(path.parent.name for path in PLUGINS.glob("*/plugin.py"))

# Set aside when the site starts, with the words that the page of plugins gives as the reason.
SET_ASIDE = {
    "addresses_of_all": "changes the reading of addresses of the whole site",
    "after_all_requests": "changes what happens after requests of the whole site",
    "attribute_for_core": "it adds 'intruders' to User, which is not its own",
    "before_all_requests": "changes what happens before requests of the whole site",
    "column_for_core": "it changes the table 'users', which is not its own",
    "content_of_others": "the content 'forum.post' does not begin with",
    "errors_of_all": "changes the pages of errors of the whole site",
    "event_of_core": "the event 'people.registered' does not begin with",
    "exits_at_import": "SystemExit: 3",
    "facts_for_all_templates": "changes the facts of templates of the whole site",
    "filter_for_all_templates": "changes the filters of templates of the whole site",
    "folders_of_its_own": "brings folders of its own",
    "home_of_many_words": "is not the page of an activity",
    "numbers_for_words": "Plugin.summary is int, not Text",
    "pages_within_pages": "changes the pages of the whole site",
    "relationship_to_nowhere": "NoSuchModel",
    "right_of_core": "the capability 'site.administer' does not begin with",
    "right_of_nobody": "a right that nobody knows",
    "role_of_core": "the role 'administrator' is one of core",
    "route_elsewhere": "changes the pages of the whole site",
    "setup_adds_route": "setup_app changes",
    "setup_before_request": "setup_app changes what happens before requests",
    "setup_error_pages": "setup_app changes the pages of errors",
    "setup_exits": "SystemExit: 3",
    "setup_raises": "ZeroDivisionError: half-way",
    "setup_replaces_extension": "setup_app changes the extensions of the whole site",
    "setup_replaces_view": "setup_app changes the pages of the whole site",
    "setup_settings": "setup_app changes the settings of the whole site",
    "setup_template_filter": "setup_app changes the filters of templates",
    "setup_wraps_everything": "setup_app changes the addresses of the whole site",
    "swallows_extensions": "changes the extensions of the whole site",
    "table_of_core": "Table 'users' is already defined",
    "table_without_its_name": "its table 'intruders' does not begin with",
    "view_without_mark": "says nothing about access",
    "words_for_all_templates": "changes the words of templates of the whole site",
}

# Mounted, and harmless: what they try stays below their own name.
HARMLESS = {"models_named_alike", "shadows_files", "swallows_addresses"}

# Asked, and left out of every page, with words of the trouble that the page of plugins shows.
LEFT_OUT = {
    "answers_much": "a piece of 10500000 characters",
    "answers_rubbish": "int instead of Markup",
    "answers_text": "str instead of Markup",
    "asks_fifty_questions": "may not ask more than 20 questions",
    "breaks_in_template": "UndefinedError",
    "calls_operations": "a contribution may not change anything",
    "changes_answer": "belongs to the page: after_this_request",
    "changes_environment": "may not do this: os.putenv",
    "changes_language": "belongs to the page: locale",
    "changes_page": "belongs to the page: ",
    "changes_rows": "left something to be written",
    "changes_templates": "may not change what all templates share",
    "changes_visit": "belongs to the page: session",
    "closes_session": "may not close the page's session",
    "commits": "a contribution may not commit",
    "counts_wrong": "str instead of a number",
    "exits": "SystemExit: 3",
    "fails_in_sql": "no_such_table",
    "fails_late": "ZeroDivisionError: late",
    "leads_astray": "is not an address",
    "leaves_rows": "left something to be written",
    "never_ends": "more than 200 answers",
    "raises_generator_exit": "GeneratorExit",
    "raises_timeout": "Timeout",
    "raises_what_cannot_be_said": "Unspeakable",
    "recurses": "RecursionError",
    "rolls_back": "may not roll the page back",
    "says_nothing": "KeyError",
    "writes_bare_connection": "read",
    "writes_connection_of_its_own": "a contribution may not write",
    "writes_core_sql": "writing outside an operation",
    "writes_past_sqlalchemy": "read",
    "writes_text": "a contribution may not write",
}


@pytest.fixture
def site_with(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make_app: Callable[..., Flask]
) -> Callable[..., Flask]:
    def boot(*names: str) -> Flask:
        for name in names:
            install_package(monkeypatch, tmp_path / "site-packages", PLUGINS / name)
        return make_app()

    return boot


def people_of(app: Flask) -> list[FlaskClient]:
    """An administrator who coordinates a community, and a guest."""
    cast = Cast(app)
    administrator = cast.user("Директорова", administrator=True)
    community = cast.community("maths", coordinator=administrator, visibility="public")
    for plugin, kind in registry_of(app).activity_types():
        cast.activity(community, plugin, kind)
    return [cast.browser(administrator), app.test_client()]


def crawl(app: Flask, browser: FlaskClient, most: int) -> Iterator[tuple[str, int, str]]:
    """Every kind of page that links lead to (or the first so many), with its status and text."""
    waiting, seen, finder = ["/", "/admin/"], set[str](), app.url_map.bind("localhost")
    while waiting and len(seen) < most:
        path = waiting.pop()
        try:
            endpoint = str(finder.match(path)[0])
        except HTTPException:
            continue
        if endpoint in seen or endpoint.startswith(("files.", "favicon")):
            continue
        seen.add(endpoint)
        registry_of(app).breaker.open_until.clear()
        answer = browser.get(path, follow_redirects=True)
        yield path, answer.status_code, answer.text
        # What lies in a template is no part of the page yet.
        there = re.sub("<template.*?</template>", "", unescape(answer.text), flags=re.DOTALL)
        waiting += re.findall(r'<a [^>]*href="(/[^"#?]*)', there)


def walk_through(app: Flask, most: int = 100) -> str:
    """See that every page is there without the plugin's part; answers the page of plugins."""
    administrator, guest = people_of(app)
    pages = {path: (status, text) for path, status, text in crawl(app, administrator, most)}
    pages |= {f"guest: {path}": (s, text) for path, s, text in crawl(app, guest, 5)}
    assert {path: status for path, (status, _) in pages.items() if status != 200} == {}
    assert [path for path, (_, text) in pages.items() if "HOSTILE" in shown(text)] == []
    assert len(pages) > min(most, 20)
    return unescape(pages["/admin/"][1])


def shown(text: str) -> str:
    """A page without the tracebacks, in which the source of the plugin may stand."""
    return re.sub("<pre.*?</pre>", "", text, flags=re.DOTALL)


def nothing_was_changed(app: Flask) -> None:
    with app.app_context():
        assert db.session.scalars(select(User).filter_by(surname="Intruder")).all() == []
        assert db.session.scalars(select(School).filter_by(name="Intruder")).all() == []
    assert "SREDA_INTRUDER" not in os.environ


def test_every_hostile_plugin_is_accounted_for() -> None:
    assert set(HOSTILE) == {*SET_ASIDE, *HARMLESS, *LEFT_OUT, "asks_without_end"}


def test_a_question_without_end_is_given_up(
    site_with: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite looks at the clock for contributions, PostgreSQL for every page that is served."""
    monkeypatch.setattr(contribution, "SECONDS", 0.2)
    app = site_with("asks_without_end")
    bound_statements(app, 0.2)
    administrator, _guest = people_of(app)
    assert administrator.get("/c/maths/").status_code == 200
    trouble = registry_of(app).breaker.troubles["asks_without_end"][-1].traceback
    assert "interrupted" in trouble or "statement timeout" in trouble
    assert administrator.get("/my").status_code == 200


@pytest.mark.parametrize("name", SET_ASIDE)
def test_it_is_set_aside_and_the_site_runs_without_it(
    name: str, site_with: Callable[[str], Flask]
) -> None:
    app = site_with(name)
    assert [plugin.name for plugin in registry_of(app).quarantined] == [name]
    page = walk_through(app, most=6)
    assert name in page
    assert SET_ASIDE[name] in page
    nothing_was_changed(app)


def test_all_of_them_at_once_are_set_aside(site_with: Callable[..., Flask]) -> None:
    app = site_with(*SET_ASIDE)
    assert {plugin.name for plugin in registry_of(app).quarantined} == set(SET_ASIDE)
    walk_through(app)


@pytest.mark.parametrize("name", sorted(LEFT_OUT))
def test_it_is_left_out_of_every_page_and_its_trouble_is_shown(
    name: str, site_with: Callable[[str], Flask]
) -> None:
    app = site_with(name)
    assert name in registry_of(app).installed
    walk_through(app)
    troubles = registry_of(app).breaker.troubles[name]
    assert LEFT_OUT[name] in troubles[-1].traceback
    administrator = Cast(app).browser(Cast(app).user(email="x@example.org", administrator=True))
    page = unescape(administrator.get("/admin/").text)
    assert LEFT_OUT[name] in page
    nothing_was_changed(app)


@pytest.mark.parametrize("name", sorted(HARMLESS))
def test_it_keeps_to_its_own_name(name: str, site_with: Callable[[str], Flask]) -> None:
    app = site_with(name)
    assert name in registry_of(app).installed
    walk_through(app)

"""The page of one plugin, its settings, and what administrators are told of one that fails."""

from __future__ import annotations

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask

from core.admin import events
from core.contract.registry import registry_of
from core.testing.cast import Cast
from core.testing.count import QueryCount
from core.testing.switches import switch_plugin
from tests.core.people_kit import happened

LENDER = """
from wtforms import BooleanField, IntegerField, PasswordField
from wtforms.validators import InputRequired, NumberRange
from core.api import Capability, Form, RoleTemplate, Verdict, MEMBER, db

class LenderForm(Form):
    days = IntegerField("Days", [InputRequired(), NumberRange(min=1, max=90)], default=14)
    strict = BooleanField("Strict", default=True)
    key = PasswordField("Key of the shelf")

def try_settings(values):
    assert not db.session().in_transaction()
    return [
        Verdict(f"{values['days']} days are well", True),
        Verdict(f"The shelf does not open with {len(values['key'])} signs", False),
    ]

@hookimpl
def plugin_manifest():
    return Plugin(
        name="lender", title="Lender", version="3.1", author="A. Uthor", summary="Lends books.",
        capabilities=(Capability("lender.lend", "Lend a book"),),
        roles=(RoleTemplate(key="lender_keeper", title="Keeper", archetype=MEMBER),),
        events={"lender.lent": "Lent a book"}, listens=("people.erased",), settings=LenderForm,
        settings_in_communities=True, try_settings=try_settings,
    )
"""
READER = """
@hookimpl
def plugin_manifest():
    return Plugin(name="reader", title="Reader", version="1.0", requires=("lender",))
"""
SETTINGS = "/admin/plugins/lender/settings"


class Desk:
    """A site with a lender and a reader that needs it, and its administrator."""

    def __init__(self, app: Flask) -> None:
        self.app, self.cast = app, Cast(app)
        self.administrator = self.cast.user("Директорова", administrator=True)
        self.browser = self.cast.browser(self.administrator)

    def page(self, path: str) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 200, path
        return unescape(answer.text)


@pytest.fixture
def desk(install_plugin: Callable[..., None], make_app: Callable[..., Flask]) -> Desk:
    install_plugin("lender", LENDER)
    install_plugin("reader", READER)
    install_plugin("broken", "import no_such_module")
    return Desk(make_app())


def test_it_says_what_a_plugin_is_needs_and_brings(desk: Desk) -> None:
    page = desk.page("/admin/plugins/lender")
    for words in (
        "Lender", "3.1", "A. Uthor", "Lends books.", "stranger-lender 1.0", "reader",
        "Lend a book", "Keeper", "Lent a book", "people.erased", "plugin_manifest",
        "sreda plugins uninstall lender",
    ):  # fmt: skip
        assert words in page, words
    assert 'href="/admin/plugins/lender"' in desk.page("/admin/")


def test_it_says_who_uses_a_plugin_with_as_many_questions_for_many(desk: Desk) -> None:
    def cost() -> int:
        desk.page("/admin/plugins/lender")
        with QueryCount(desk.app) as count:
            desk.page("/admin/plugins/lender")
        return count.number

    first = desk.cast.community("one", title="Кружок чтения")
    switch_plugin(desk.app, "lender", first.id, True)
    few = cost()
    assert "Кружок чтения" in desk.page("/admin/plugins/lender")
    for number in range(20):
        place = desk.cast.community(f"more-{number}")
        switch_plugin(desk.app, "lender", place.id, True)
    assert cost() == few


def test_a_plugin_in_quarantine_has_a_page_too(desk: Desk) -> None:
    page = desk.page("/admin/plugins/broken")
    assert "no_such_module" in page
    assert "sreda plugins uninstall broken" in page
    for name in ("unknown", "x" * 400, "..", "%00"):
        assert desk.browser.get(f"/admin/plugins/{name}").status_code == 404, name


@pytest.mark.parametrize("path", ["/admin/plugins/lender", SETTINGS])
def test_it_is_nobody_elses_business(desk: Desk, path: str) -> None:
    assert desk.cast.browser(desk.cast.user()).get(path).status_code == 404
    assert desk.app.test_client().get(path).status_code == 302


def test_others_are_switched_along_after_a_question(desk: Desk) -> None:
    def switch(**fields: str) -> Any:
        return desk.browser.post("/admin/plugins/lender/switch", data=fields)

    asked = switch(enabled="0")
    assert asked.status_code == 409
    assert "Reader" in unescape(asked.text)
    assert happened(desk.app, events.PLUGIN_SWITCHED) == []
    assert switch(enabled="0", others="1").status_code == 303
    switched = [(e.facts["plugin"], e.facts["enabled"]) for e in
                happened(desk.app, events.PLUGIN_SWITCHED)]  # fmt: skip
    assert switched == [("reader", False), ("lender", False)]
    answer = desk.browser.post("/admin/plugins/reader/switch", data={"enabled": "1"})
    assert answer.status_code == 409


def test_settings_are_checked_kept_and_recorded_without_their_values(desk: Desk) -> None:
    assert 'value="14"' in desk.page(SETTINGS)
    for days in ("", "0", "91", "many", "9" * 40):
        refused = desk.browser.post(SETTINGS, data={"days": days})
        assert refused.status_code == 400, days
    saved = desk.browser.post(SETTINGS, data={"days": "30", "key": "shelf-4711"})
    assert saved.status_code == 303
    page = desk.page(SETTINGS)
    assert 'value="30"' in page
    assert "shelf-4711" not in page, "a secret is never shown again"
    desk.browser.post(SETTINGS, data={"days": "30", "strict": "y", "key": ""})
    with desk.app.test_request_context():
        from core.contract.settings import settings_of

        assert settings_of("lender") == {"days": 30, "strict": True, "key": "shelf-4711"}
    recorded = happened(desk.app, events.PLUGIN_SETTINGS_CHANGED)
    assert [event.facts["changed"] for event in recorded] == [["days", "key", "strict"], ["strict"]]
    assert "4711" not in str([event.facts for event in recorded])


def test_settings_are_tried_as_they_are_typed_and_nothing_is_saved(desk: Desk) -> None:
    assert desk.browser.post(SETTINGS, data={"days": "30", "key": "Q-17"}).status_code == 303
    tried = desk.browser.post(f"{SETTINGS}/try", data={"days": "45", "key": "shelf-4711"})
    assert tried.status_code == 200
    page = unescape(tried.text)
    assert "45 days are well" in page
    assert "does not open with 10 signs" in page
    assert 'value="shelf-4711"' in page, "what was typed is there to be saved"
    assert tried.headers["Cache-Control"] == "no-store"
    for form in ({"days": "45", "key": ""}, {"days": "45"}):
        kept = unescape(desk.browser.post(f"{SETTINGS}/try", data=form).text)
        assert "does not open with 4 signs" in kept
        assert "Q-17" not in kept
    assert 'value="30"' in desk.page(SETTINGS)
    assert len(happened(desk.app, events.PLUGIN_SETTINGS_CHANGED)) == 1
    assert desk.browser.post(f"{SETTINGS}/try", data={"days": "91"}).status_code == 400


def test_only_administrators_try_and_only_where_the_plugin_can(desk: Desk) -> None:
    person = desk.cast.browser(desk.cast.user())
    assert person.post(f"{SETTINGS}/try", data={"days": "30"}).status_code == 404
    for name in ("reader", "broken", "unknown"):
        assert desk.browser.post(f"/admin/plugins/{name}/settings/try").status_code == 404, name


def test_administrators_are_told_once_of_a_plugin_that_fails_again_and_again(
    desk: Desk, outbox: Callable[[], list[Any]]
) -> None:
    from core.testing.worker import run_jobs

    breaker = registry_of(desk.app).breaker
    for _ in range(2):
        for _ in range(5):
            breaker.failed("lender", "nav_items", "Traceback")
        desk.browser.get("/")
        breaker.open_until.clear()
    assert len(happened(desk.app, events.PLUGIN_LEFT_OUT)) == 1
    run_jobs(desk.app)
    (letter,) = outbox()
    assert letter["To"] == desk.administrator.email
    assert "lender" in letter["Subject"]
    assert "/admin/plugins/lender" in letter.get_body(("plain",)).get_content()

"""Values that no honest browser sends, at every address and for every kind of person: each gets an
answer, and never an error of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from core.access.actors import SYSTEM
from core.access.models import Appointment
from core.activities.models import Activity
from core.communities.models import Membership
from core.contents.models import Content
from core.contract.registry import registry_of
from core.platform import limits
from core.platform.db import db
from core.testing.cast import Cast, Made
from core.testing.contract import Stage, _demo, calls

HUGE, LONG = "99999999999999999999", "9" * 5_000
NUMBERS = ("0", "2147483648", HUGE)
WORDS = ("a%00b", "%FF%ED%A0%80..%2F'%22%3E", quote("я" * 1_000))
TYPED = ("a\x00b", HUGE, "http://[")
# The first and the last moments there are, for whatever asks for a day or a moment.
DAYS = dict.fromkeys(("since", "until", "starts_on", "ends_on"), "0001-01-01")
FIRST = DAYS | {"opens_at": "0001-01-01T00:00", "seen": "0001-01-01T00:00:00+14:00"}
LAST = dict.fromkeys(DAYS, "9999-12-31") | {
    "opens_at": "9999-12-31T23:59", "closes_at": "9999-12-31T23:59",
    "seen": "9999-12-31T23:59:59-14:00",
}  # fmt: skip
ASKED = (
    "q words page from person role right school kind state plugin section show view reply next "
    "before since until community named ended post download endpoint _scheme _external _anchor "
    "_method self values"
).split()
COUNTED = "page person school section reply before post from community".split()
SENT = (
    "place title body body-format url page seen next format sign session theme locale large_text "
    "role held enabled posts request decision reason person version accept note email files on "
    "section target parent token opens_at closes_at starts_on ends_on school other_school basis "
    "capability granted rule words kind special pinned locked number carry_to carried.body csrf"
).split()
# After these nobody is signed in any more, which is no harm but ends the test of the others.
ENDING = {"people.sign_out", "people.record"}


@dataclass
class Site:
    """A community with everything that plugins show of themselves, and who knocks at its doors."""

    app: Flask
    cast: Cast
    place: Made
    coordinator: Made
    stages: dict[str, Stage]
    rows: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def rules(self) -> Iterator[Rule]:
        for rule in self.app.url_map.iter_rules():
            if rule.endpoint not in ENDING:
                yield rule

    def values(self, rule: Rule) -> dict[str, Any]:
        """What stands in an address where it is in order."""
        plugin = rule.endpoint.rpartition(".")[0].partition("_")[0]
        stage = self.stages.get(plugin)
        found = {name: self.rows.get(name, "1") for name in rule.arguments}
        for mount in stage.installed.manifest.mounts if stage else ():
            for name in rule.arguments & set(mount.rows):
                found[name] = stage._row(mount, name, self.rows["activity"]) if stage else 1
        return found

    def knock(self, browser: FlaskClient, method: str, address: str, **sent: Any) -> str:
        try:
            answer = browser.open(address, method=method, headers=self.headers, **sent)
        except Exception as error:
            self.failures.append(f"{method} {address[:120]} {_first(sent)}: {error!r:.200}")
            return ""
        if answer.status_code >= 500:
            self.failures.append(f"{method} {address[:120]} {_first(sent)}: {answer.status_code}")
        return answer.text if answer.mimetype == "text/html" else ""

    def check(self) -> None:
        assert not self.failures, "\n".join([f"{len(self.failures)} of them:", *self.failures[:40]])


def _first(sent: dict[str, Any]) -> str:
    return next((repr(v)[:30] for form in sent.values() for v in dict(form).values()), "")


@pytest.fixture
def hostile_site(app: Flask, cast: Cast) -> Site:
    coordinator = cast.user()
    place = cast.community("place", coordinator=coordinator, visibility="public")
    people = [coordinator, cast.staff(place), cast.staff(place, "tutor"), cast.member(place)]
    with app.test_request_context():
        for name in registry_of(app).installed:
            _demo(SYSTEM, name, place.id, [person.id for person in people])
    with app.app_context():
        activities = list(db.session.scalars(sa.select(Activity.id)))
        rows = {
            "community": place.slug, "activity": activities[0], "person": people[3].id,
            "content": db.session.scalar(sa.select(sa.func.max(Content.id))),
            "number": db.session.scalar(sa.select(Membership.id)),
            "appointment": db.session.scalar(sa.select(Appointment.id)),
            "change": "publish", "direction": "up", "version": 1,
        }  # fmt: skip
    stages = {
        name: Stage(app, plugin, cast, place, place, coordinator, coordinator, activities, [])
        for name, plugin in registry_of(app).installed.items()
    }
    return Site(app, cast, place, coordinator, stages, rows)


def an_administrator(site: Site) -> FlaskClient:
    """Somebody whom every door lets in."""
    return site.cast.browser(site.cast.appoint(site.coordinator, None, "administrator"))


def addresses(site: Site, rule: Rule) -> Iterator[str]:
    """The address of a route with one wrong thing in it, each in turn."""
    values = site.values(rule)
    for name in rule.arguments:
        for wrong in NUMBERS if rule._converters[name].regex == r"\d+" else WORDS:
            yield filled(rule, values | {name: wrong})


def filled(rule: Rule, values: dict[str, Any]) -> str:
    """The address as it is sent, which is not how a careful client would write it."""
    return re.sub(r"<(?:[^<>:]+:)?(\w+)>", lambda match: str(values[match[1]]), rule.rule)


def test_no_address_breaks_a_page(hostile_site: Site) -> None:
    hostile_site.headers = {"Accept": "application/json"}
    for browser in (an_administrator(hostile_site), hostile_site.app.test_client()):
        for rule in hostile_site.rules():
            for address in addresses(hostile_site, rule):
                hostile_site.knock(browser, calls(rule)[0], address)
    hostile_site.check()


def rounds(names: Iterable[str]) -> Iterator[dict[str, str]]:
    """What to send under these names, one wrong thing at a time."""
    for typed in TYPED:
        yield dict.fromkeys(names, typed)
    yield dict.fromkeys(names, "1") | FIRST
    yield dict.fromkeys(names, "1") | LAST


def test_no_question_breaks_a_page(hostile_site: Site) -> None:
    browser = an_administrator(hostile_site)
    for rule in hostile_site.rules():
        if "GET" in calls(rule):
            address = filled(rule, hostile_site.values(rule))
            limits.reset(hostile_site.app)
            for asked in (*rounds(ASKED), dict.fromkeys(COUNTED, LONG)):
                hostile_site.knock(browser, "GET", address, query_string=asked)
    hostile_site.check()


def test_no_form_breaks_a_page(hostile_site: Site) -> None:
    browser = an_administrator(hostile_site)
    for rule in hostile_site.rules():
        if "POST" not in calls(rule):
            continue
        address = filled(rule, hostile_site.values(rule))
        page = hostile_site.knock(browser, "GET", address) if "GET" in calls(rule) else ""
        names = {*SENT, *re.findall(r'name="([^"]+)"', page)}
        limits.reset(hostile_site.app)
        for sent in (*rounds(names), dict.fromkeys(names, LONG)):
            hostile_site.knock(browser, "POST", address, data=sent)
    hostile_site.check()

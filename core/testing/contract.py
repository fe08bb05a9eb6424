"""What any plugin, ours or a stranger's, is held against.

Use it in a test module of the plugin::

    from core.testing.contract import PluginContract

    class TestContract(PluginContract):
        plugin = "polls"

The plugin's own ``demo_content`` makes the rows that the checks need, so it has to be there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from core.access.actors import SYSTEM, Viewer
from core.activities.models import Activity
from core.communities.models import Community
from core.contract import discovery
from core.contract.faults import faults
from core.contract.manifest import Mount, Scope
from core.contract.registry import Installed, Registry, registry, registry_of
from core.demo.build import Cast as DemoCast
from core.events.models import EventRow
from core.people.models import User
from core.platform import messages, migrate
from core.platform.db import Base, db, operation
from core.testing.cast import Cast, Made
from core.testing.ending import EndingContract
from core.testing.imports import imported_names, is_stray
from core.testing.switches import switch_plugin
from core.testing.telling import TellingContract


@dataclass
class Stage:
    """Two communities with the plugin's demo content, and people in every relation to them."""

    app: Flask
    installed: Installed
    cast: Cast
    community: Made
    other: Made
    coordinator: Made
    outsider: Made
    activities: list[int]
    elsewhere: list[int]

    def rules(self) -> Iterator[tuple[Mount, Rule]]:
        by_name = {mount.blueprint.name: mount for mount in self.installed.manifest.mounts}
        for rule in self.app.url_map.iter_rules():
            mount = by_name.get(rule.endpoint.rpartition(".")[0])
            if mount is not None:
                yield mount, rule

    def address(
        self, mount: Mount, rule: Rule, *, slug: str = "", activity: int = 0, rows_of: int = 0
    ) -> str | None:
        """The address of a route with real rows in it; None where the demo has no such row."""
        values: dict[str, Any] = {}
        for argument in rule.arguments:
            if argument == "community":
                values[argument] = slug or self.community.slug
            elif argument == "activity":
                values[argument] = activity or self.activities[0]
            else:
                first = next(iter(self.activities), 0)
                found = self._row(mount, argument, rows_of or activity or first)
                if found is None:
                    return None
                values[argument] = found
        with self.app.test_request_context():
            built = self.app.url_map.bind("localhost").build(rule.endpoint, values)
        return str(built)

    def _row(self, mount: Mount, name: str, activity: int) -> int | str | None:
        find = mount.rows.get(name)
        if find is None:
            return 1
        with self.app.test_request_context():
            parent: Any
            if mount.scope is Scope.SITE:
                # There the finder itself looks at who asks.
                parent, g.viewer = None, Viewer(id=self.coordinator.id)
            elif mount.scope is Scope.ACTIVITY:
                parent = db.session.get_one(Activity, activity)
            else:
                parent = db.session.get_one(Community, self.community.id)
            return next((n for n in self._ids() if find(parent, n) is not None), None)

    def _ids(self) -> list[int]:
        """The ids of the plugin's rows; PostgreSQL goes on counting from test to test."""
        tables = [
            table for table in Base.metadata.sorted_tables
            if table.name.startswith(f"{self.installed.name}_") and "id" in table.c
        ]  # fmt: skip
        return sorted({n for t in tables for n in db.session.scalars(sa.select(t.c.id))})


def calls(rule: Rule) -> list[str]:
    """The methods of a route that somebody may try."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def refused(status: int, location: str) -> bool:
    """Whether an answer sent a guest away: to the sign-in page, or with 401."""
    return status == 401 or (status in (302, 303) and "/sign-in" in location)


class PluginContract(EndingContract, TellingContract):
    """One test for each promise. Subclass it with the plugin's name."""

    @pytest.fixture
    def installed(self, app: Flask) -> Installed:
        found = registry_of(app)
        reasons = [left.reason for left in found.quarantined if left.name == self.plugin]
        assert self.plugin in found.installed, f"{self.plugin} was left out: {reasons}"
        return found.installed[self.plugin]

    @pytest.fixture
    def stage(self, app: Flask, cast: Cast, installed: Installed) -> Stage:
        coordinator = cast.user("Контрактова")
        here, there = (
            cast.community(slug, coordinator=coordinator, visibility="private")
            for slug in ("here", "there")
        )
        self._fill(app, cast, here, coordinator)
        self._fill(app, cast, there, coordinator)
        return Stage(
            app, installed, cast, here, there, coordinator, cast.user("Посторонняя"),
            self._activities(app, here), self._activities(app, there),
        )  # fmt: skip

    def _activities(self, app: Flask, place: Made) -> list[int]:
        # In the order in which the demo made them, which PostgreSQL does not keep by itself.
        query = (
            sa.select(Activity.id)
            .where(Activity.community_id == place.id, Activity.plugin == self.plugin)
            .order_by(Activity.id)
        )
        with app.app_context():
            return list(db.session.scalars(query))

    def _fill(self, app: Flask, cast: Cast, place: Made, coordinator: Made) -> None:
        people = [cast.staff(place), cast.staff(place, "tutor"), cast.member(place)]
        numbers = [coordinator.id, *(person.id for person in people)]
        with app.test_request_context():
            _demo(SYSTEM, self.plugin, place.id, numbers)

    # Facts

    def test_the_manifest_is_valid(self, app: Flask, installed: Installed) -> None:
        ours = registry_of(app)
        others = Registry(ours.hooks, core=ours.core, roles_of_core=ours.roles_of_core)
        found = list(faults(installed.manifest, self.plugin, others))
        assert found == [], "; ".join(found)

    def test_only_the_api_of_core_is_imported(self, installed: Installed) -> None:
        """The plugin's own tests may use the test kit, nothing else of core."""
        strays = []
        for path in installed.folder.rglob("*.py"):
            in_tests = "tests" in path.relative_to(installed.folder).parts
            allowed = ("core.api", "core.testing") if in_tests else ("core.api",)
            strays += [
                f"{path.name}: {name}"
                for name in imported_names(path.read_text())
                if is_stray(name, allowed, installed.module.__name__)
            ]
        assert strays == [], "; ".join(strays)

    def test_tables_carry_its_name_and_go_with_their_activity(self, installed: Installed) -> None:
        for table in tables_of(self.plugin):
            for column in table.columns:
                for key in column.foreign_keys:
                    target = key.column.table.name
                    own = target.startswith(f"{self.plugin}_")
                    assert own or target in CORE_TARGETS, f"{table.name} points to {target}"
                    if target in ("activities", "contents", "communities"):
                        assert key.ondelete == "CASCADE", f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values():
            if not table.name.startswith(f"{self.plugin}_"):
                targets = {key.column.table.name for key in table.foreign_keys}
                assert not any(t.startswith(f"{self.plugin}_") for t in targets), table.name

    def test_templates_stand_under_its_name_and_compile(
        self, app: Flask, installed: Installed
    ) -> None:
        root = installed.folder / "templates"
        for path in root.rglob("*.*"):
            name = path.relative_to(root).as_posix()
            assert name.startswith(f"{self.plugin}/"), name
            app.jinja_env.get_template(name)

    def test_catalogues_are_complete(self, installed: Installed) -> None:
        assert messages.faults(messages.words_of(installed.folder, self.plugin)) == []

    # Life

    def test_it_boots_alone(
        self, installed: Installed, make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        found = entry_points(group=discovery.GROUP)
        wanted = {self.plugin, *installed.manifest.requires}
        only = [entry for entry in found if entry.name in wanted]
        monkeypatch.setattr(discovery, "entry_points", lambda group: only)
        assert set(registry_of(make_app()).installed) == wanted

    def test_migrations_equal_the_models_and_leave_nothing_behind(
        self, app: Flask, empty_database: sa.Engine
    ) -> None:
        owners = migrate.owners(app)
        own = next((owner for owner in owners if owner.name == self.plugin), None)
        if own is None:
            assert tables_of(self.plugin) == [], "it has tables and no migrations"
            return
        for owner in owners:
            migrate.upgrade(empty_database, owner)
        assert migrate.differences(empty_database, own, Base.metadata) == []
        migrate.downgrade(empty_database, own)
        left = sa.inspect(empty_database).get_table_names()
        assert [name for name in left if name.startswith(f"{self.plugin}_")] == []
        assert f"alembic_version_{self.plugin}" not in left

    # Doors

    def test_every_route_refuses_a_guest(self, stage: Stage) -> None:
        guest = stage.app.test_client()
        for mount, _rule, method, address in self._doors(stage):
            if mount.scope is Scope.SITE:
                continue
            answer = guest.open(address, method=method)
            assert refused(answer.status_code, answer.headers.get("Location", "")), address

    def test_every_route_is_unknown_to_an_outsider(self, stage: Stage) -> None:
        browser = stage.cast.browser(stage.outsider)
        for mount, _rule, method, address in self._doors(stage):
            if mount.scope is not Scope.SITE:
                self._unknown(browser, method, address)

    def test_every_route_refuses_activities_of_another_community(self, stage: Stage) -> None:
        browser = stage.cast.browser(stage.coordinator)
        for mount, rule, method, _ in self._doors(stage):
            if mount.scope is Scope.ACTIVITY:
                address = stage.address(mount, rule, slug=stage.other.slug)
                assert address is not None
                self._unknown(browser, method, address)

    def test_every_route_refuses_rows_of_another_activity(self, stage: Stage) -> None:
        browser = stage.cast.browser(stage.coordinator)
        for mount, rule, method, _ in self._doors(stage):
            if mount.scope is Scope.ACTIVITY and len(rule.arguments) > 2:
                address = stage.address(mount, rule, rows_of=stage.elsewhere[0])
                assert address is not None
                self._unknown(browser, method, address)

    def test_every_route_is_gone_when_the_plugin_is_off(self, stage: Stage) -> None:
        browser = stage.cast.browser(stage.coordinator)
        doors = list(self._doors(stage))
        switch_plugin(stage.app, self.plugin, stage.community.id, False)
        for mount, _rule, method, address in doors:
            if mount.scope is not Scope.SITE:
                self._unknown(browser, method, address)
        switch_plugin(stage.app, self.plugin, None, False)
        for _mount, _rule, method, address in doors:
            self._unknown(browser, method, address)

    def test_every_page_opens_for_the_coordinator(self, stage: Stage) -> None:
        """Without this, a door that refuses everybody would pass all the others."""
        browser = stage.cast.browser(stage.coordinator)
        for _mount, _rule, method, address in self._doors(stage):
            if method == "GET":
                assert browser.get(address).status_code in (200, 302, 303, 400), address

    def test_every_form_needs_its_token(self, stage: Stage, forgery_check: None) -> None:
        browser = stage.cast.browser(stage.coordinator)
        for _mount, _rule, method, address in self._doors(stage):
            if method != "GET":
                assert browser.open(address, method=method).status_code in (400, 401), address

    def _doors(self, stage: Stage) -> Iterator[tuple[Mount, Rule, str, str]]:
        for mount, rule in stage.rules():
            address = stage.address(mount, rule)
            assert address is not None, f"demo_content makes nothing for {rule.rule}"
            for method in calls(rule):
                yield mount, rule, method, address

    def _unknown(self, browser: FlaskClient, method: str, address: str) -> None:
        answer = browser.open(address, method=method)
        assert answer.status_code == 404, f"{method} {address}: {answer.status_code}"

    # Manners

    def test_pages_of_others_ask_it_a_fixed_number_of_questions(
        self, stage: Stage, count_queries: Callable[..., Any]
    ) -> None:
        """Contributions write nothing, and their queries do not grow with the rows."""
        browser = stage.cast.browser(stage.coordinator)
        home = f"/c/{stage.community.slug}/"
        pages = ["/", "/my", home, "/calendar", f"{home}calendar"]
        before = [self._queries(browser, page, count_queries) for page in pages]
        for _ in range(5):
            with stage.app.test_request_context():
                numbers = [stage.coordinator.id] * 4
                _demo(SYSTEM, self.plugin, stage.community.id, numbers)
        after = [self._queries(browser, page, count_queries) for page in pages]
        assert after == before

    def _queries(self, browser: FlaskClient, page: str, count_queries: Callable[..., Any]) -> int:
        browser.get(page)
        with count_queries() as count:
            assert browser.get(page).status_code == 200
        writes = [s for s in count.statements if s.startswith(("INSERT", "UPDATE", "DELETE"))]
        assert writes == []
        number: int = count.number
        return number

    def test_events_are_declared_and_plain(self, stage: Stage) -> None:
        with stage.app.app_context():
            rows = list(db.session.scalars(sa.select(EventRow)))
        own = [row for row in rows if row.kind.startswith(f"{self.plugin}.")]
        assert all(row.kind in stage.installed.manifest.events for row in own)
        assert all(json.loads(json.dumps(row.facts)) == row.facts for row in own)

    def test_an_erased_person_leaves_no_trace(self, stage: Stage) -> None:
        with stage.app.test_request_context():
            _erased(SYSTEM, self.plugin, stage.coordinator.id)
        with stage.app.app_context():
            for table in tables_of(self.plugin):
                for row in db.session.execute(sa.select(table)).mappings():
                    _without_trace(table, row, stage.coordinator)


CORE_TARGETS = {"activities", "contents", "communities", "users", "schools", "files"}


def tables_of(plugin: str) -> list[sa.Table]:
    """The tables of a plugin."""
    return [t for t in Base.metadata.tables.values() if t.name.startswith(f"{plugin}_")]


def _without_trace(table: sa.Table, row: Any, person: Made) -> None:
    for column in table.columns:
        points_to_people = any(k.column.table.name == "users" for k in column.foreign_keys)
        value = row[column.name]
        if points_to_people:
            assert value != person.id, f"{table.name}.{column.name} still points to the person"
        if isinstance(value, str):
            assert person.email not in value, table.name
            assert "Контрактова" not in value, table.name


@operation
def _demo(actor: Any, plugin: str, community_id: int, people: list[int]) -> None:
    users = [db.session.get_one(User, number) for number in people]
    community = db.session.get_one(Community, community_id)
    cast = DemoCast(users[0], users[1], users[2], users[3], users)
    registry().call_all("demo_content", only=plugin, community=community, cast=cast)


@operation
def _erased(actor: Any, plugin: str, user_id: int) -> None:
    user = db.session.get_one(User, user_id)
    registry().call_all("erase_user_data", only=plugin, user=user)

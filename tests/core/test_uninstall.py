"""What a plugin leaves in core's tables is counted and taken away, even without its package."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.access.models import Appointment, Role, RoleGrant
from core.activities.models import Activity, DailyCount
from core.contents.models import (
    Attachment,
    Comment,
    Content,
    ContentReader,
    Draft,
    Reaction,
    Revision,
)
from core.contract.models import CommunityPlugin, SitePlugin, UpgradeFailure
from core.contract.registry import registry_of
from core.contract.settings import PluginSettings
from core.errors import DomainError
from core.events.models import EventCursor, EventRow, EventSetAside
from core.files.models import File
from core.files.store import path_of
from core.platform.dates import local
from core.platform.db import Base, db, operation, utcnow
from core.platform.migrate import core_owner
from core.rooms import TRACES
from core.testing.cast import Cast, Made
from core.uninstall import remains_of, uninstall


class Attic:
    """A community in which the plugin "gone" was used, and another thing that has to stay."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        self.app = app
        self.community = cast.community("maths")
        self.person = cast.member(self.community)
        with app.app_context():
            self.note, self.shared = _fill(None, self.community, self.person)


@operation
def _fill(actor: Any, community: Made, person: Made) -> tuple[str, str]:
    place = {"community_id": community.id}
    add = db.session.add_all
    activity = _added(Activity(plugin="gone", kind="gone", title="G", **place))
    kept = _added(Content(kind="core.note", author_id=person.id, **place))
    note = _added(Content(kind="gone.note", activity_id=activity, author_id=person.id, **place))
    comments = [_added(Content(kind="core.comment", author_id=person.id, **place)) for _ in "ab"]
    add(
        [
            Comment(id=comments[0], on_id=note, body="x"),
            Comment(id=comments[1], on_id=kept, body="y"),
        ]
    )
    deep = _added(Content(kind="core.comment", author_id=person.id, **place))
    add([Comment(id=deep, on_id=comments[0], body="z")])
    files = [_file(person, name) for name in ("note", "shared")]
    add([Attachment(content_id=note, file_id=number) for number, _ in files])
    add([Attachment(content_id=kept, file_id=files[1][0])])
    add([Reaction(content_id=n, user_id=person.id, sign="thanks") for n in (note, kept)])
    add([Revision(content_id=note, version=1, body="old")])
    add([ContentReader(content_id=n, user_id=person.id) for n in (note, kept)])
    drafts = ("gone.note:1", f"core.comment:{note}", f"core.comment:{kept}")
    add([Draft(user_id=person.id, place=each, body="d") for each in drafts])
    day = local(utcnow()).date()
    add([DailyCount(day=day, what="visits", activity_id=activity, count=3, **place)])
    role = _added(Role(key="gone_keeper", archetype="member", **place))
    member = db.session.scalar(select(Role.id).where(Role.key == "member"))
    add([Appointment(role_id=role, user_id=person.id)])
    add([RoleGrant(role_id=n, capability="gone.keep", granted=True) for n in (role, member)])
    add([RoleGrant(role_id=member, capability="people.list", granted=True)])
    event = _added(EventRow(kind="gone.noted", activity_id=activity, content_id=note, **place))
    add([EventCursor(reader="gone"), EventSetAside(reader="gone", event_id=event, error="e")])
    add([SitePlugin(plugin="gone", enabled=False), CommunityPlugin(plugin="gone", **place)])
    add([PluginSettings(plugin="gone", values={}), UpgradeFailure(plugin="gone", reason="r")])
    # What only begins alike belongs to others.
    add([CommunityPlugin(plugin="goner", **place), SitePlugin(plugin="goneXkeeper", enabled=True)])
    return files[0][1], files[1][1]


def _added(row: Any) -> int:
    db.session.add(row)
    db.session.flush()
    number: int = row.id
    return number


def _file(person: Made, name: str) -> tuple[int, str]:
    digest = hashlib.sha256(name.encode()).hexdigest()
    place = path_of(digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(name)
    row = File(owner_id=person.id, name=name, size=4, media_type="text/plain", sha256=digest)
    return _added(row), digest


@pytest.fixture
def attic(app: Flask, cast: Cast) -> Attic:
    return Attic(app, cast)


def count(model: type[Base], *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def test_everything_is_counted_and_taken_away_and_nothing_else(attic: Attic) -> None:
    with attic.app.app_context():
        counted = remains_of(attic.app, "gone").traces
        empty = {title for title, number in counted.items() if not number}
    with attic.app.app_context():
        uninstall(attic.app, "gone")
    with attic.app.app_context():
        assert {t.title: t.count("gone") for t in TRACES if t.count("gone")} == {}
        assert remains_of(attic.app, "gone").is_nothing
        assert not path_of(attic.note).exists()
        assert path_of(attic.shared).exists(), "it belongs to something else too"
        left = sorted(db.session.scalars(select(Content.kind)))
        assert left == ["core.comment", "core.note"]
        assert count(Reaction) == count(Draft) == count(Attachment) == 1
        assert count(ContentReader) == 1
        assert count(RoleGrant, RoleGrant.capability == "people.list") == 1
        assert count(CommunityPlugin, CommunityPlugin.plugin == "goner") == 1
        assert count(SitePlugin) == 1
        assert count(EventRow, EventRow.kind == "admin.plugin_removed") == 1
    # Notices, jobs and search are looked at where the forum is removed as a whole.
    assert empty <= {
        "Указатель поиска",
        "Уведомления",
        "Выбор способа уведомления",
        "Подписки участников",
        "Фоновые задания",
        "Ленты",
        "Записи лент",
    }


@pytest.mark.parametrize("name", ["core", "people", "", "Gone", "gone;drop", "x" * 99, "1"])
def test_what_cannot_be_a_plugin_is_not_removed(name: str, app: Flask) -> None:
    with app.app_context(), pytest.raises(DomainError):
        remains_of(app, name)


def test_every_table_of_core_that_names_plugins_leaves_a_trace(app: Flask) -> None:
    """Whoever adds such a table says what of it goes with a plugin."""
    naming = {"plugin", "kind", "reader", "capability"}
    own = core_owner(registry_of(app).installed).owns
    tables = {
        table.name
        for table in Base.metadata.tables.values()
        if own(table.name) and naming & set(table.columns.keys())
    }
    traced = {trace.table.__tablename__ for trace in TRACES}
    assert tables - traced - {"communities"} == set()

"""No way to hurt the house: every hook is driven by a plugin that raises, answers rubbish or
writes where it may only contribute, and every page still answers 200 without its part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from core.access.actors import SYSTEM, Viewer
from core.access.standing import decide
from core.activities.models import Activity
from core.admin import switches
from core.communities import events as happened
from core.communities.models import Community
from core.contents.among import seen_among
from core.contents.models import Content
from core.contract.models import switch_in_community, switch_on_site
from core.contract.registry import registry, registry_of
from core.events.log import record
from core.events.models import EventSetAside
from core.events.readers import TRIES, Reader, deliver, plugin_readers
from core.people.models import User
from core.platform.db import db, operation, utcnow
from core.testing.cast import Cast, Turned
from core.testing.stranger import tables_of
from core.testing.switches import switch_plugin

MANIFEST = """
@hookimpl
def plugin_manifest():
    return Plugin(name="rogue", title="Rogue", version="1.0", listens=("communities.changed",))
"""

WRITES = "db.session.add(User(surname='Intruder', given_name='X'))"
CONTRIBUTIONS = {
    "nav_items": ("community, viewer", 'return [NavItem("ROGUE", "/rogue")]'),
    "top_items": ("viewer", 'return [NavItem("ROGUE", "/rogue")]'),
    "page_fragment": (
        "slot, community, activity, content, viewer",
        'from markupsafe import Markup; return Markup("ROGUE")',
    ),
}
RUBBISH = {
    "nav_items": "return 7",
    "top_items": "return 7",
    "page_fragment": "return '<script>ROGUE</script>'",
}
WAYS = ["raises", "rubbish", "writes", "flushes", "executes"]


def body_of(hook: str, way: str) -> str:
    return {
        "raises": "raise ZeroDivisionError('rogue')",
        "rubbish": RUBBISH[hook],
        "writes": f"{WRITES}; {CONTRIBUTIONS[hook][1]}",
        "flushes": f"{WRITES}; db.session.flush(); {CONTRIBUTIONS[hook][1]}",
        "executes": "db.session.execute(User.__table__.insert().values(surname='Intruder', "
        f"given_name='X')); {CONTRIBUTIONS[hook][1]}",
    }[way]


def source(hook: str, arguments: str, body: str) -> str:
    lines = "\n    ".join(part.strip() for part in body.split(";"))
    head = f"{MANIFEST}\nfrom core.api import User\n\n@hookimpl\n"
    return f"{head}def {hook}({arguments}):\n    {lines}\n"


class Scene:
    """A community with a member, on a site where the rogue plugin is installed and switched on."""

    def __init__(self, app: Flask) -> None:
        self.app, self.cast = app, Cast(app)
        self.community = self.cast.community("maths", visibility="public")
        self.member = self.cast.member(self.community)
        self.browser = self.cast.browser(self.member)

    def pages(self) -> list[str]:
        return ["/", "/my", "/communities", "/c/maths/", f"/people/{self.member.id}"]


@pytest.fixture
def scene(
    install_plugin: Callable[..., None], make_app: Callable[..., Flask]
) -> Callable[[str], Scene]:
    def build(code: str) -> Scene:
        install_plugin("rogue", code)
        return Scene(make_app())

    return build


@pytest.mark.parametrize("hook", CONTRIBUTIONS)
def test_a_sound_contribution_is_shown(hook: str, scene: Callable[[str], Scene]) -> None:
    stage = scene(source(hook, *CONTRIBUTIONS[hook]))
    assert "ROGUE" in stage.browser.get("/c/maths/").text


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("hook", CONTRIBUTIONS)
def test_nav_items_top_items_and_page_fragment_that_misbehave_leave_every_page_standing(
    hook: str, way: str, scene: Callable[[str], Scene]
) -> None:
    stage = scene(source(hook, CONTRIBUTIONS[hook][0], body_of(hook, way)))
    for page in stage.pages():
        answer = stage.browser.get(page)
        assert answer.status_code == 200, page
        assert "ROGUE" not in answer.text
    with stage.app.app_context():
        assert db.session.query(User).filter_by(surname="Intruder").count() == 0
        assert registry().breaker.troubles["rogue"]


def test_a_plugin_that_fails_again_and_again_is_left_out_for_a_while(
    scene: Callable[[str], Scene],
) -> None:
    stage = scene(source("nav_items", "community, viewer", "raise ZeroDivisionError('rogue')"))
    for _ in range(6):
        stage.browser.get("/c/maths/")
    breaker = registry_of(stage.app).breaker
    assert breaker.is_open("rogue")
    breaker.reset("rogue")
    assert not breaker.is_open("rogue")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return 'Not on Sundays.'", "Not on Sundays."),
        ("raise ZeroDivisionError('rogue')", "Try again later."),
        ("return 7", "Try again later."),
    ],
)
def test_veto_denies_with_its_sentence_and_when_it_raises(
    body: str, reason: str, scene: Callable[[str], Scene]
) -> None:
    arguments = "actor, capability, community, activity, content"
    stage = scene(source("veto", arguments, body))
    with stage.app.test_request_context():
        community = db.session.get_one(Community, stage.community.id)
        member = db.session.get_one(User, stage.member.id)
        decision = decide(member, "people.list", community)
    assert not decision
    assert reason in decision.reason or reason == "Try again later."
    assert stage.browser.get("/c/maths/").status_code == 200
    assert stage.browser.get("/c/maths/people").status_code == 403


def test_veto_of_activities_alone_is_asked_in_them_and_nowhere_else(
    scene: Callable[[str], Scene],
) -> None:
    arguments = "actor, capability, community, activity, content"
    said = source("veto", arguments, "return 'Not on Sundays.'")
    stage = scene(said.replace('version="1.0"', 'version="1.0", of_activities=("veto",)'))
    with stage.app.test_request_context():
        community = db.session.get_one(Community, stage.community.id)
        member = db.session.get_one(User, stage.member.id)
        kinds = {"kind": "any", "community": community, "title": ""}
        own, other = (Activity(plugin=plugin, **kinds) for plugin in ("rogue", "chores"))
        assert decide(member, "people.list", community)
        assert decide(member, "people.list", community, other)
        assert "Not on Sundays." in decide(member, "people.list", community, own).reason


def test_veto_never_grants(scene: Callable[[str], Scene]) -> None:
    stage = scene(source("veto", "actor, capability, community, activity, content", "return None"))
    with stage.app.test_request_context():
        community = db.session.get_one(Community, stage.community.id)
        member = db.session.get_one(User, stage.member.id)
        assert decide(member, "people.list", community)
        assert not decide(member, "communities.manage", community)


@operation
def _something_happens(actor: Any, community_id: int, times: int) -> None:
    community = db.session.get_one(Community, community_id)
    for _ in range(times):
        record(happened.CHANGED, actor, community=community)


def rogue_readers() -> list[Reader]:
    return [reader for reader in plugin_readers() if reader.name == "rogue"]


def test_event_recorded_that_fails_is_rolled_back_tried_again_then_set_aside(
    scene: Callable[[str], Scene], clock: Turned
) -> None:
    stage = scene(source("event_recorded", "event", f"{WRITES}; db.session.flush(); 1 / 0"))
    with stage.app.app_context():
        _something_happens(SYSTEM, stage.community.id, 1)
        for _ in range(TRIES):
            assert deliver(rogue_readers()) <= 1
            clock.turn(timedelta(hours=1))
        aside = db.session.query(EventSetAside).one()
        assert aside.reader == "rogue"
        assert "ZeroDivisionError" in aside.error
        assert db.session.query(User).filter_by(surname="Intruder").count() == 0
    assert stage.browser.get("/c/maths/").status_code == 200


def test_event_recorded_does_not_end_the_process_that_reads_the_log(
    scene: Callable[[str], Scene],
) -> None:
    stage = scene(source("event_recorded", "event", "raise SystemExit(3)"))
    with stage.app.app_context():
        _something_happens(SYSTEM, stage.community.id, 1)
        assert deliver(rogue_readers()) == 0


def test_event_recorded_hears_each_event_of_its_kinds_once_and_may_write(
    scene: Callable[[str], Scene],
) -> None:
    stage = scene(source("event_recorded", "event", WRITES))
    with stage.app.app_context():
        _something_happens(SYSTEM, stage.community.id, 3)
        assert deliver(rogue_readers()) == 3
        assert deliver(rogue_readers()) == 0
        assert db.session.query(User).filter_by(surname="Intruder").count() == 3


@pytest.mark.parametrize("hook", ["export_user_data", "erase_user_data"])
def test_export_user_data_and_erase_user_data_abort_loudly(
    hook: str, scene: Callable[[str], Scene]
) -> None:
    stage = scene(source(hook, "user", "raise ZeroDivisionError('rogue')"))
    with stage.app.app_context():
        user = db.session.get_one(User, stage.member.id)
        with pytest.raises(ZeroDivisionError):
            registry().call_all(hook, only="rogue", user=user)


def test_demo_content_aborts_loudly(scene: Callable[[str], Scene]) -> None:
    stage = scene(source("demo_content", "community, cast", "raise ZeroDivisionError('rogue')"))
    with stage.app.app_context(), pytest.raises(ZeroDivisionError):
        registry().call_all("demo_content", only="rogue", community=None, cast=None)


QUARANTINED = {
    "plugin_manifest raises": "@hookimpl\ndef plugin_manifest():\n    1 / 0",
    "plugin_manifest is missing": "X = 1",
    "plugin_manifest answers rubbish": "@hookimpl\ndef plugin_manifest():\n    return 7",
    "does not import": "import no_such_module",
    "unknown hook": MANIFEST + "\n@hookimpl\ndef no_such_hook():\n    pass",
    "wrong arguments": MANIFEST + "\n@hookimpl\ndef nav_items(everything):\n    pass",
    "newer API": MANIFEST.replace('version="1.0"', 'version="1.0", core_api="99.0"'),
    "takes a right of core": MANIFEST.replace(
        'version="1.0"', 'version="1.0", capabilities=(Capability("site.administer", "x"),)'
    ),
    "needs what is not there": MANIFEST.replace(
        'version="1.0"', 'version="1.0", requires=("nobody",)'
    ),
    "setup_app raises": MANIFEST + "\n@hookimpl\ndef setup_app(app):\n    1 / 0",
    "takes a name of core": MANIFEST.replace('name="rogue"', 'name="communities"'),
}


@pytest.mark.parametrize("fault", QUARANTINED)
def test_plugin_manifest_with_a_fault_is_quarantined_and_the_site_runs_without_it(
    fault: str, scene: Callable[[str], Scene]
) -> None:
    stage = scene(QUARANTINED[fault])
    found = registry_of(stage.app)
    assert "rogue" not in found.installed
    assert [plugin.name for plugin in found.quarantined] == ["rogue"]
    for page in stage.pages():
        assert stage.browser.get(page).status_code == 200


def test_setup_app_is_called_last_with_everything_mounted(scene: Callable[[str], Scene]) -> None:
    stage = scene(source("setup_app", "app", "app.extensions['rogue'] = len(app.blueprints)"))
    assert stage.app.extensions["rogue"] == len(stage.app.blueprints)


def test_safe_mode_leaves_strangers_out(
    install_plugin: Callable[..., None], make_app: Callable[..., Flask]
) -> None:
    install_plugin("rogue", MANIFEST)
    assert "rogue" in registry_of(make_app()).installed
    assert "rogue" not in registry_of(make_app(safe_mode=True)).installed


def test_a_view_that_says_nothing_about_access_is_refused(scene: Callable[[str], Scene]) -> None:
    code = """
    from flask import Blueprint
    pages = Blueprint("rogue", __name__)

    @pages.get("/open")
    def open_to_all():
        return "ROGUE"

    @hookimpl
    def plugin_manifest():
        return Plugin(name="rogue", title="R", version="1", mounts=(Mount(pages, Scope.SITE),))
    """
    stage = scene(code)
    assert stage.browser.get("/rogue/open").status_code == 404
    assert stage.browser.get("/").status_code == 200


def test_switched_off_plugins_are_not_asked(scene: Callable[[str], Scene]) -> None:
    stage = scene(source("nav_items", *CONTRIBUTIONS["nav_items"]))
    assert "ROGUE" in stage.browser.get("/c/maths/").text
    with stage.app.app_context():
        operation(switch_in_community)("rogue", stage.community.id, False)
    assert "ROGUE" not in stage.browser.get("/c/maths/").text
    with stage.app.app_context():
        operation(switch_in_community)("rogue", stage.community.id, True)
        operation(switch_on_site)("rogue", False)
    assert "ROGUE" not in stage.browser.get("/c/maths/").text


BEHIND = """
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("rogue_things", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("rogue_things")
"""


def test_a_plugin_whose_tables_are_behind_is_not_asked_until_they_are_there(
    install_plugin: Callable[..., None],
    make_app: Callable[..., Flask],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(switches, "LOOK_AGAIN", 0.0)
    code = source("nav_items", *CONTRIBUTIONS["nav_items"])
    install_plugin("rogue", code, {"migrations/0001_initial.py": BEHIND})
    stage = Scene(make_app())
    assert "ROGUE" not in stage.browser.get("/c/maths/").text
    with tables_of(stage.app, "rogue"):
        switch_plugin(stage.app, "rogue", stage.community.id, True)
        assert "ROGUE" in stage.browser.get("/c/maths/").text


CONTENTS = """
@hookimpl
def plugin_manifest():
    from core.api import ContentType
    def fail(ids):
        {body}
    kind = ContentType(kind="rogue.note", title="N", views=fail, bodies=fail, within=fail)
    return Plugin(name="rogue", title="Rogue", version="1.0", contents=(kind,))
"""


@pytest.mark.parametrize("body", ["raise ZeroDivisionError", "return 7", "return {'x': 'y'}"])
def test_what_a_manifest_says_of_contents_is_asked_with_care(
    body: str, scene: Callable[[str], Scene]
) -> None:
    stage = scene(CONTENTS.replace("{body}", body))
    with stage.app.app_context():
        number = _written(SYSTEM, stage.community.id, stage.member.id)
    coordinator = stage.cast.browser(stage.cast.staff(stage.community, "coordinator"))
    for browser in (stage.browser, coordinator):
        for page in (f"/contents/{number}", f"/contents/{number}/history"):
            assert browser.get(page).status_code == 404, page
    for page in ("/c/maths/approval", "/me/notices", *stage.pages()):
        assert coordinator.get(page).status_code in (200, 404), page
    with stage.app.test_request_context():
        assert seen_among(Viewer(id=stage.member.id), [number]) == {}
    assert registry_of(stage.app).breaker.troubles["rogue"]


@operation
def _written(actor: Any, community_id: int, user_id: int) -> int:
    note = Content(
        kind="rogue.note", community_id=community_id, author_id=user_id, held_at=utcnow()
    )
    db.session.add(note)
    db.session.flush()
    return note.id

"""Setting activities up, changing, sorting, archiving and deleting them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.access.actors import SYSTEM
from core.activities.models import Activity, ActivityState
from core.activities.operations import Term, create_activity, delete_activity, move_activity
from core.communities.models import Community
from core.contents.operations import new_content
from core.contract.models import switch_in_community
from core.errors import DomainError
from core.events.models import EventRow
from core.platform.db import db, operation
from core.testing.cast import Cast, Made
from tests.core.diary import SOURCE


class Scene:
    """A community with everybody in it, on a site that has the diary."""

    def __init__(self, app: Flask) -> None:
        self.app, self.cast = app, Cast(app)
        self.coordinator = self.cast.user("Яковлева")
        self.community = self.cast.community(
            "maths", title="Математики", coordinator=self.coordinator, visibility="listed"
        )
        self.member = self.cast.member(self.community)

    def activity(self, kind: str = "notebook", **values: object) -> Made:
        return self.cast.activity(self.community, "diary", kind, **values)

    def browser(self, person: Made | None = None) -> FlaskClient:
        return self.cast.browser(person or self.coordinator)

    def titles(self) -> list[str]:
        """The titles of the notebooks in their order."""
        with self.app.app_context():
            rows = db.session.scalars(
                db.select(Activity).where(Activity.kind == "notebook")
                .order_by(Activity.position, Activity.id)
            )  # fmt: skip
            return [row.title for row in rows]

    def state(self, activity: Made) -> str:
        with self.app.app_context():
            return db.session.get_one(Activity, activity.id).state

    def switch_off(self) -> None:
        with self.app.app_context():
            _switched(SYSTEM, self.community.id)


@operation
def _switched(actor: object, community_id: int) -> None:
    switch_in_community("diary", community_id, False)


@operation
def _written_in(actor: Made, activity_id: int) -> None:
    new_content(actor, "diary.page", db.session.get_one(Activity, activity_id))


@pytest.fixture
def scene(install_plugin: Callable[..., None], make_app: Callable[..., Flask]) -> Scene:
    install_plugin("diary", SOURCE)
    fresh = make_app()
    fresh.config["WTF_CSRF_ENABLED"] = False
    return Scene(fresh)


def send(browser: FlaskClient, path: str, **fields: str) -> tuple[int, str]:
    answer = browser.post(path, data=fields, follow_redirects=True)
    return answer.status_code, answer.get_data(as_text=True)


def test_the_list_of_forms_names_what_is_on_here_and_nothing_else(scene: Scene) -> None:
    page = scene.browser().get("/c/maths/activities/new").get_data(as_text=True)
    assert "What a notebook is for." in page
    assert "/c/maths/activities/new/diary/quiz" in page
    scene.switch_off()
    assert "What a notebook is for." not in scene.browser().get("/c/maths/activities/new").text
    assert scene.browser().get("/c/maths/activities/new/diary/quiz").status_code == 404


def test_a_new_activity_opens_with_its_dates_in_the_zone_of_who_typed_them(scene: Scene) -> None:
    status, page = send(
        scene.browser(), "/c/maths/activities/new/diary/quiz",
        title="Олимпиада", state="published", motto="вперёд",
        opens_at="2030-01-10T15:00", closes_at="2030-01-11T15:00",
    )  # fmt: skip
    assert status == 200
    assert "DIARY" in page
    with scene.app.app_context():
        made = db.session.scalars(db.select(Activity)).one()
        assert (made.title, made.kind, made.state) == ("Олимпиада", "quiz", "published")
        assert made.opens_at == datetime(2030, 1, 10, 12, tzinfo=UTC)


def test_pages_show_the_oldest_and_the_latest_moments_that_one_may_type(scene: Scene) -> None:
    """By UTC they may lie in another year."""
    for day in ("1900-01-01T00:00", "2199-12-31T23:59"):
        status, _page = send(
            scene.browser(), "/c/maths/activities/new/diary/quiz",
            title=f"С {day}", state="published", motto="вперёд", opens_at=day,
        )  # fmt: skip
        assert status == 200
    for page in ("/my", "/c/maths/", "/calendar", "/calendar?month=1900-01"):
        assert scene.browser().get(page).status_code == 200, page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "motto-kept"),
        ({"opens_at": "2030-01-10T15:00", "closes_at": "2030-01-10T15:00"}, "motto-kept"),
        ({"motto": "refused"}, "This motto is refused."),
    ],
)
def test_what_is_wrong_is_said_and_everything_typed_is_kept(
    scene: Scene, wrong: dict[str, str], said: str
) -> None:
    fields = {"title": "Название-цело", "state": "published", "motto": "motto-kept"} | wrong
    status, page = send(scene.browser(), "/c/maths/activities/new/diary/quiz", **fields)
    assert status == 400
    assert said in page
    assert all(value in page for value in fields.values())
    with scene.app.app_context():
        assert db.session.scalars(db.select(Activity)).all() == []


def test_settings_come_back_as_they_were_stored(scene: Scene) -> None:
    browser = scene.browser()
    send(browser, "/c/maths/activities/new/diary/notebook", title="Т", state="draft", motto="alpha")
    with scene.app.app_context():
        number = db.session.scalars(db.select(Activity.id)).one()
    address = f"/c/maths/activities/{number}/settings"
    assert 'value="alpha"' in browser.get(address).text
    send(browser, address, title="Тетрадь", motto="beta")
    page = browser.get(address).text
    assert 'value="beta"' in page
    assert 'value="Тетрадь"' in page
    assert scene.state(Made(number)) == "draft"


def test_publishing_and_archiving_can_be_taken_back(scene: Scene) -> None:
    browser, activity = scene.browser(), scene.activity(state="draft", title="Тетрадь")
    steps = [
        ("publish", "published", "withdraw"),
        ("archive", "archived", "unarchive"),
        ("unarchive", "published", "archive"),
        ("withdraw", "draft", "publish"),
    ]
    for change, state, undo in steps:
        status, page = send(browser, f"/c/maths/activities/{activity.id}/{change}")
        assert status == 200
        assert scene.state(activity) == state
        assert f"/c/maths/activities/{activity.id}/{undo}" in page


def test_the_archive_keeps_what_is_over_readable_for_members_alone(scene: Scene) -> None:
    activity = scene.activity(state="archived", title="Старая тетрадь")
    member = scene.browser(scene.member)
    assert "Старая тетрадь" in member.get("/c/maths/activities/archive").text
    assert "Старая тетрадь" not in member.get("/c/maths/").text
    assert member.get(f"/c/maths/diary/{activity.id}/").status_code == 200
    stranger = scene.browser(scene.cast.user())
    assert stranger.get("/c/maths/activities/archive").status_code == 403
    assert scene.app.test_client().get("/c/maths/activities/archive").status_code == 302


def test_drafts_are_for_those_who_manage(scene: Scene) -> None:
    draft = scene.activity(state="draft", title="Тайный замысел")
    assert "Тайный замысел" in scene.browser().get("/c/maths/").text
    member = scene.browser(scene.member)
    assert "Тайный замысел" not in member.get("/c/maths/").text
    assert member.get(f"/c/maths/diary/{draft.id}/").status_code == 404


def test_activities_are_sorted_one_step_at_a_time(scene: Scene) -> None:
    made = [scene.activity(title=title) for title in "абв"]
    quiz = scene.activity("quiz", title="викторина")
    browser = scene.browser()
    assert scene.titles() == ["а", "б", "в"]
    send(browser, f"/c/maths/activities/{made[2].id}/up")
    assert scene.titles() == ["а", "в", "б"]
    send(browser, f"/c/maths/activities/{made[0].id}/up")
    send(browser, f"/c/maths/activities/{quiz.id}/down")
    assert scene.titles() == ["а", "в", "б"]
    page = send(browser, f"/c/maths/activities/{made[0].id}/down")[1]
    assert scene.titles() == ["в", "а", "б"]
    assert page.index(">в</a>") < page.index(">а</a>") < page.index(">б</a>")


def test_two_who_sort_at_once_leave_an_order_with_every_place_once(scene: Scene) -> None:
    made = [scene.activity(title=str(n)) for n in range(6)]

    def sort(number: int) -> None:
        with scene.app.app_context():
            move_activity(SYSTEM, db.session.get_one(Activity, number), -1)

    threads = [threading.Thread(target=sort, args=(m.id,)) for m in made[1:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with scene.app.app_context():
        places = list(db.session.scalars(db.select(Activity.position)))
    assert sorted(places) == list(range(6))


def test_only_an_empty_draft_can_be_deleted(scene: Scene) -> None:
    empty, written, open_one = (
        scene.activity(state="draft"), scene.activity(state="draft"), scene.activity(),
    )  # fmt: skip
    with scene.app.app_context():
        _written_in(scene.member, written.id)
    browser = scene.browser()
    assert send(browser, f"/c/maths/activities/{written.id}/delete")[0] == 400
    assert send(browser, f"/c/maths/activities/{open_one.id}/delete")[0] == 400
    assert send(browser, f"/c/maths/activities/{empty.id}/delete")[0] == 200
    with scene.app.app_context():
        left = set(db.session.scalars(db.select(Activity.id)))
    assert left == {written.id, open_one.id}


def test_an_activity_whose_plugin_is_off_is_unavailable_and_breaks_nothing(scene: Scene) -> None:
    activity = scene.activity(title="Спит")
    scene.switch_off()
    browser = scene.browser()
    home = browser.get("/c/maths/").text
    assert "Спит" not in home
    assert "alert-warning" in home
    assert "Спит" in browser.get("/c/maths/activities/").text
    settings = browser.get(f"/c/maths/activities/{activity.id}/settings")
    assert settings.status_code == 200
    assert "Спит" in settings.text
    assert "diary" in settings.text
    assert send(browser, f"/c/maths/activities/{activity.id}/archive")[0] == 200
    assert scene.state(activity) == "archived"
    assert scene.browser(scene.member).get("/c/maths/").status_code == 200


@pytest.mark.parametrize(
    "path", ["new", "new/diary/quiz", "", "{id}/settings", "{id}/archive", "{id}/up", "{id}/delete"]
)
def test_a_member_may_not_manage(scene: Scene, path: str) -> None:
    activity = scene.activity()
    address = "/c/maths/activities/" + path.format(id=activity.id)
    browser = scene.browser(scene.member)
    posts = path.startswith("{") and not path.endswith("settings")
    answer = browser.post(address) if posts else browser.get(address)
    assert answer.status_code == 403
    assert scene.state(activity) == "published"


def test_an_activity_of_another_community_is_not_found(scene: Scene) -> None:
    other = scene.cast.community("chemistry", coordinator=scene.coordinator)
    strange = scene.cast.activity(other, "diary", "notebook")
    answer = scene.browser().get(f"/c/maths/activities/{strange.id}/settings")
    assert answer.status_code == 404


def test_an_impossible_term_is_refused_by_the_operation_too(scene: Scene) -> None:
    late, early = datetime(2030, 1, 2, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    with scene.app.app_context():
        place = db.session.get_one(Community, scene.community.id)
        with pytest.raises(DomainError):
            create_activity(SYSTEM, place, "diary", "quiz", "х", term=Term(late, early))


def test_the_log_tells_of_a_deletion_after_the_activity_is_gone(scene: Scene) -> None:
    draft = scene.activity(state="draft", title="Ошибка")
    with scene.app.app_context():
        delete_activity(SYSTEM, db.session.get_one(Activity, draft.id))
        row = db.session.scalars(
            db.select(EventRow).where(EventRow.kind == "activities.deleted")
        ).one()
        assert row.facts["title"] == "Ошибка"
        assert db.session.get(Activity, draft.id) is None


def test_a_state_is_recorded_once(scene: Scene) -> None:
    activity = scene.activity()
    browser = scene.browser()
    send(browser, f"/c/maths/activities/{activity.id}/archive")
    send(browser, f"/c/maths/activities/{activity.id}/archive")
    with scene.app.app_context():
        kinds = list(db.session.scalars(db.select(EventRow.kind)))
    assert kinds.count("activities.archived") == 1
    assert ActivityState(scene.state(activity)) is ActivityState.ARCHIVED

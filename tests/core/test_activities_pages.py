"""The front page, my day and the home of a community, as those who come see them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.access.actors import SYSTEM
from core.activities import front
from core.activities.models import Activity
from core.activities.queries import activities_by_id
from core.communities.models import Community, CommunityState
from core.communities.operations import join
from core.communities.settings_operations import set_state
from core.contract.models import switch_in_community, switch_on_site
from core.people.models import User
from core.platform.db import db, operation, utcnow
from core.testing.cast import Cast, Made
from core.testing.count import QueryCount
from tests.core.diary import SOURCE


class Scene:
    """A site with the diary, whose forms tell what a test wants them to."""

    def __init__(self, app: Flask) -> None:
        self.app, self.cast = app, Cast(app)

    @property
    def diary(self) -> Any:
        return importlib.import_module("stranger_diary")

    def tell(self, activity: Made, **news: object) -> None:
        self.diary.NEWS[activity.id] = {"text": "…"} | news

    def ask(self, person: Made, community: Made) -> None:
        with self.app.app_context():
            user = db.session.get_one(User, person.id)
            place = db.session.get_one(Community, community.id)
            join(user, place, user, accepted=place.charter_version)

    def end(self, community: Made, state: CommunityState) -> None:
        with self.app.app_context():
            set_state(SYSTEM, db.session.get_one(Community, community.id), state)


@operation
def switch(actor: object, community: int | None) -> None:
    if community is None:
        switch_on_site("diary", False)
    else:
        switch_in_community("diary", community, False)


@pytest.fixture
def scene(install_plugin: Callable[..., None], make_app: Callable[..., Flask]) -> Scene:
    install_plugin("diary", SOURCE)
    return Scene(make_app())


def page(browser: FlaskClient, path: str, language: str = "en") -> str:
    answer = browser.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def main_of(html: str) -> str:
    """The middle of a page, without the frame around it."""
    return html.split("<main", 1)[1].split("</main>", 1)[0]


def in_days(days: float) -> datetime:
    return utcnow() + timedelta(days=days)


# The front page -----------------------------------------------------------------------------------


def test_a_guest_sees_what_is_open_and_how_to_join(scene: Scene) -> None:
    public = scene.cast.community("maths", title="Математики", visibility="public")
    scene.cast.community("chemistry", title="Химики", visibility="listed")
    scene.cast.community("secret", title="Закрытые", visibility="private")
    scene.cast.community("draft", title="Замысел", visibility="public", state="draft")
    scene.cast.activity(public, "diary", "quiz", title="Олимпиада", opens_at=in_days(2))
    html = page(scene.app.test_client(), "/")
    assert "Математики" in html
    assert "Химики" in html
    assert "Закрытые" not in html
    assert "Замысел" not in html
    assert html.count("Олимпиада") == 2
    assert "/register" in html


def test_activities_of_communities_for_members_are_not_named_to_everybody(scene: Scene) -> None:
    listed = scene.cast.community("chemistry", visibility="listed")
    scene.cast.activity(listed, "diary", "quiz", title="Внутреннее", opens_at=in_days(1))
    public = scene.cast.community("maths", visibility="public")
    scene.cast.activity(public, "diary", "quiz", title="Набросок", state="draft")
    html = page(scene.app.test_client(), "/")
    assert "Внутреннее" not in html
    assert "Набросок" not in html


@pytest.mark.parametrize("everywhere", [True, False])
def test_activities_of_a_switched_off_form_leave_the_front_page(
    scene: Scene, everywhere: bool
) -> None:
    public = scene.cast.community("maths", visibility="public")
    scene.cast.activity(public, "diary", "quiz", title="Олимпиада")
    assert "Олимпиада" in page(scene.app.test_client(), "/")
    with scene.app.app_context():
        switch(SYSTEM, None if everywhere else public.id)
    assert "Олимпиада" not in page(scene.app.test_client(), "/")


def test_a_member_finds_their_communities_first(scene: Scene) -> None:
    secret = scene.cast.community("secret", title="Закрытые", visibility="private")
    member = scene.cast.member(secret)
    html = scene.cast.browser(member).get("/").text
    assert "Закрытые" in html
    assert "/register" not in html
    assert "Закрытые" not in scene.cast.browser(scene.cast.user()).get("/").text


def test_what_is_kept_is_public_and_forgotten_after_some_seconds(scene: Scene) -> None:
    now = [0.0]
    scene.app.extensions["sreda-front"] = front.Kept(front.LIFE, clock=lambda: now[0])
    made = scene.cast.community("maths", title="Математики", visibility="public")
    secret = scene.cast.community("secret", title="Закрытые", visibility="private")
    member = scene.cast.browser(scene.cast.member(secret))
    assert "Закрытые" in member.get("/").text
    assert "Закрытые" not in scene.app.test_client().get("/").text
    scene.end(made, CommunityState.LIQUIDATED)
    now[0] += front.LIFE - 0.1
    assert "Математики" in scene.app.test_client().get("/").text
    now[0] += 0.2
    assert "Математики" not in scene.app.test_client().get("/").text


def test_what_is_kept_is_kept_for_each_language(scene: Scene) -> None:
    scene.app.extensions["sreda-front"] = front.Kept(front.LIFE)
    russian = scene.app.test_client().get("/", headers={"Accept-Language": "ru"}).text
    english = scene.app.test_client().get("/", headers={"Accept-Language": "en"}).text
    assert "Открытые сообщества" in russian
    assert "Open communities" in english


# My day -------------------------------------------------------------------------------------------


def test_my_day_brings_together_what_my_communities_ask(scene: Scene) -> None:
    maths = scene.cast.community("maths", title="Математики")
    chemistry = scene.cast.community("chemistry", title="Химики")
    member = scene.cast.member(maths)
    scene.cast.member(chemistry, member)
    live = scene.cast.activity(maths, "diary", "notebook", title="Разговор")
    vote = scene.cast.activity(chemistry, "diary", "quiz", title="Выборы", closes_at=in_days(3))
    quiet = scene.cast.activity(maths, "diary", "notebook", title="Тишина")
    far = scene.cast.activity(maths, "diary", "quiz", title="Нескоро", opens_at=in_days(20))
    scene.tell(live, live=True, text="34 человека", unread=4)
    scene.tell(vote, waits=True, text="Голос не отдан")
    html = scene.cast.browser(member).get("/my", headers={"Accept-Language": "en"}).text
    assert "34 человека · Математики" in html
    assert "Голос не отдан · Химики" in html
    assert html.count("Выборы") == 2
    assert quiet.name not in html
    assert far.name not in html


def test_my_day_says_nothing_of_places_one_is_not_in(scene: Scene) -> None:
    maths = scene.cast.community("maths", visibility="public")
    activity = scene.cast.activity(maths, "diary", "quiz", title="Чужое", closes_at=in_days(1))
    scene.tell(activity, waits=True, live=True)
    browser = scene.cast.browser(scene.cast.user())
    assert "Чужое" not in browser.get("/my").text
    assert scene.app.test_client().get("/my").status_code == 302


def test_requests_wait_for_whoever_may_admit(scene: Scene) -> None:
    coordinator = scene.cast.user()
    maths = scene.cast.community("maths", coordinator=coordinator)
    inside = scene.cast.community("young", title="Молодые", parent=maths)
    member = scene.cast.member(maths)
    for community in (maths, inside, inside):
        scene.ask(scene.cast.user(), community)
    html = scene.cast.browser(coordinator).get("/my").text
    assert "/c/maths/requests" in html
    assert "/c/young/requests" in html
    assert "/requests" not in scene.cast.browser(member).get("/my").text


def test_requests_are_looked_for_by_those_alone_who_may_decide_somewhere(scene: Scene) -> None:
    coordinator, head = scene.cast.user(), scene.cast.user(administrator=True)
    maths = scene.cast.community("maths", coordinator=coordinator)
    inside = scene.cast.community("young", title="Молодые", parent=maths)
    scene.cast.activity(maths, "diary", "notebook", title="Тетрадь")
    scene.ask(scene.cast.user(), inside)
    member, both = scene.cast.member(maths), scene.cast.member(maths)
    scene.cast.member(inside, both)
    for person, sees in ((coordinator, True), (member, False), (both, False)):
        browser = scene.cast.browser(person)
        browser.get("/my")
        with QueryCount(scene.app) as asked:
            assert ("/c/young/requests" in browser.get("/my").text) is sees
        looked = any("FROM communities JOIN memberships" in each for each in asked.statements)
        assert looked is (person is not member)
    assert scene.cast.browser(head).get("/my").status_code == 200


def test_activities_that_the_page_has_are_not_read_again(scene: Scene) -> None:
    maths = scene.cast.community("maths")
    one, two = (scene.cast.activity(maths, "diary", "notebook", title=t).id for t in "аб")
    with scene.app.test_request_context():
        had = db.session.get_one(Activity, one)
        for numbers, statements in (({one}, 0), ({one, two}, 1), (set(), 0)):
            with QueryCount(scene.app) as asked:
                assert activities_by_id(numbers).keys() == numbers
            assert asked.number == statements
        db.session.expire(had)
        with QueryCount(scene.app) as asked:
            assert activities_by_id([one])[one].title == "а"
        assert asked.number == 1


def test_a_form_that_fails_is_left_out_and_the_page_stands(scene: Scene) -> None:
    maths = scene.cast.community("maths", title="Математики")
    member = scene.cast.browser(scene.cast.member(maths))
    activity = scene.cast.activity(maths, "diary", "notebook", title="Тетрадь")
    scene.tell(activity, nonsense=1)
    for path in ("/my", "/c/maths/"):
        assert "Математики" in member.get(path).text
    assert "Тетрадь" in member.get("/c/maths/").text


# The home of a community --------------------------------------------------------------------------


def test_home_shows_news_of_every_activity_under_its_form(scene: Scene) -> None:
    maths = scene.cast.community("maths", visibility="public", member_limit=150)
    notebook = scene.cast.activity(maths, "diary", "notebook", title="Обмен опытом")
    scene.cast.activity(maths, "diary", "quiz", title="Опрос", closes_at=in_days(2))
    scene.tell(notebook, text="Есть новые ответы", unread=7)
    html = main_of(page(scene.app.test_client(), "/c/maths/"))
    assert html.index("Notebooks") < html.index("Обмен опытом") < html.index("Quizzes")
    assert "Есть новые ответы" in html
    assert '<progress value="1" max="150"' in html


def test_what_is_live_and_what_waits_stands_first(scene: Scene) -> None:
    maths = scene.cast.community("maths", visibility="public")
    for title, news in (("Живое", {"live": True}), ("Ждущее", {"waits": True})):
        activity = scene.cast.activity(maths, "diary", "quiz", title=title)
        scene.tell(activity, **news)
    html = main_of(page(scene.app.test_client(), "/c/maths/"))
    assert html.index("Живое") < html.index("Ждущее") < html.index("Quizzes")


def test_outsiders_see_the_card_and_the_staff_but_not_what_goes_on(scene: Scene) -> None:
    coordinator = scene.cast.user("Яковлева")
    maths = scene.cast.community(
        "maths", title="Математики", coordinator=coordinator, visibility="listed",
        summary="О трудных темах", charter="<p>Правила</p>",
    )  # fmt: skip
    activity = scene.cast.activity(maths, "diary", "quiz", title="Внутреннее")
    scene.tell(activity, live=True, waits=True)
    for browser in (scene.app.test_client(), scene.cast.browser(scene.cast.user())):
        html = browser.get("/c/maths/").text
        assert "О трудных темах" in html
        assert "Яковлева" in html
        assert "/c/maths/join" in html
        assert "Внутреннее" not in html
        assert "/c/maths/activities" not in html
    assert "Внутреннее" in scene.cast.browser(scene.cast.member(maths)).get("/c/maths/").text


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        ("guest", "Sign in and join"),
        ("stranger", "Ask to join"),
        ("requested", "You asked to join on"),
        ("member", "You are a member since"),
        ("rules", "The community has new rules"),
        ("full", "All places in this community are taken"),
        ("ended", "This community has ended"),
    ],
)
def test_everybody_reads_what_they_are_here_and_the_next_step(
    scene: Scene, way: str, expected: str
) -> None:
    maths = scene.cast.community("maths", visibility="public", charter="<p>Правила</p>")
    person = scene.cast.user(locale="en")
    if way in ("member", "rules", "ended"):
        scene.cast.member(maths, person)
    if way == "requested":
        scene.ask(person, maths)
    if way == "ended":
        scene.end(maths, CommunityState.LIQUIDATED)
    changed(scene.app, maths, way)
    if way == "guest":
        assert expected in page(scene.app.test_client(), "/c/maths/")
    else:
        assert expected in scene.cast.browser(person).get("/c/maths/").text


def changed(app: Flask, community: Made, way: str) -> None:
    values = {"rules": {"charter_version": 2}, "full": {"member_limit": 1}}.get(way, {})
    with app.app_context():
        _change(SYSTEM, community.id, values)


@operation
def _change(actor: object, community_id: int, values: dict[str, int]) -> None:
    community = db.session.get_one(Community, community_id)
    for name, value in values.items():
        setattr(community, name, value)


def test_sub_communities_and_the_parent_are_linked_but_private_ones_are_not(scene: Scene) -> None:
    coordinator = scene.cast.user()
    maths = scene.cast.community("maths", coordinator=coordinator, visibility="public")
    scene.cast.community("young", title="Молодые", parent=maths, visibility="public")
    scene.cast.community("jury", title="Жюри", parent=maths, visibility="private")
    guest = scene.app.test_client()
    assert "/c/young/" in page(guest, "/c/maths/")
    assert "Жюри" not in page(guest, "/c/maths/")
    assert 'href="/c/maths/"' in main_of(page(guest, "/c/young/"))
    assert "Жюри" in scene.cast.browser(coordinator).get("/c/maths/").text


def test_a_form_with_very_many_activities_shows_the_first_and_says_so(scene: Scene) -> None:
    maths = scene.cast.community("maths", visibility="public")
    for number in range(27):
        scene.cast.activity(maths, "diary", "quiz", title=f"Опрос № {number + 1}.")
    html = main_of(page(scene.app.test_client(), "/c/maths/"))
    assert "Опрос № 25." in html
    assert "Опрос № 26." not in html
    assert "2 more are not shown here." in html

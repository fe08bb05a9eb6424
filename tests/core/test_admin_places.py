"""Schools, communities, the log and the health of the site."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from core.access.actors import SYSTEM
from core.admin import condition
from core.communities.models import Community
from core.communities.queries import staff_of
from core.config import Config
from core.events.models import EventRow
from core.jobs.queries import tally
from core.people import events as people
from core.people.models import School, User
from core.platform.db import db, operation, utcnow
from core.platform.heartbeat import heartbeat
from core.testing.cast import Cast, Made


@pytest.fixture
def administrator(cast: Cast) -> Made:
    return cast.user("Админова", administrator=True)


@pytest.fixture
def desk(cast: Cast, administrator: Made) -> FlaskClient:
    """The browser of an administrator, in English."""
    client = cast.browser(administrator)
    client.post("/preferences", data={"locale": "en"})
    return client


SCHOOL = {"short_name": "Школа юнг", "name": "Школа юнг на Соловках", "place": "Соловки",
          "category": "базовая", "named": ""}  # fmt: skip


def test_a_school_is_added_and_changed(app: Flask, desk: FlaskClient) -> None:
    assert desk.post("/admin/schools/new", data=SCHOOL).status_code == 303
    with app.app_context():
        number = db.session.scalars(select(School.id)).one()
    assert "Школа юнг на Соловках" in desk.get(f"/admin/schools/{number}").text
    changed = {**SCHOOL, "place": "Архангельск"}
    assert desk.post(f"/admin/schools/{number}", data=changed).status_code == 303
    page = desk.get("/admin/schools?words=архангельск").text
    assert "Школа юнг" in page
    assert "Школа юнг" not in desk.get("/admin/schools?words=Тула").text
    assert desk.post("/admin/schools/999999", data=SCHOOL).status_code == 404


def test_two_schools_have_two_short_names(cast: Cast, desk: FlaskClient) -> None:
    cast.school("Школа юнг")
    answer = desk.post("/admin/schools/new", data=SCHOOL)
    assert answer.status_code == 400
    assert "Соловки" in answer.text, "what was typed is kept"


def test_a_school_that_people_named_is_taken_into_the_list(
    app: Flask, cast: Cast, desk: FlaskClient
) -> None:
    named = [cast.user(other_school="Школа на маяке") for _ in range(2)]
    other = cast.user(other_school="Лицей в лесу")
    page = desk.get("/admin/schools").text
    assert "Школа на маяке" in page
    desk.post("/admin/schools/new", data={**SCHOOL, "named": "Школа на маяке"})
    with app.app_context():
        schools = [db.session.get_one(User, one.id).school_name for one in (*named, other)]
    assert schools == ["Школа юнг", "Школа юнг", "Лицей в лесу"]


FOUNDING = {"title": "Учителя химии", "slug": "chemistry", "summary": "", "kind": "subject",
            "subjects": "", "visibility": "private", "charter": "Правила."}  # fmt: skip


def coordinators(app: Flask) -> list[str]:
    with app.app_context():
        community = db.session.scalars(select(Community)).one()
        return [face.surname for face in staff_of(community).coordinators]


def test_a_community_is_founded_for_somebody_else(
    app: Flask, cast: Cast, desk: FlaskClient
) -> None:
    cast.user("Менделеева")
    sent = {**FOUNDING, "coordinator": "менделеева"}
    assert desk.post("/admin/communities/new", data=sent).status_code == 303
    assert coordinators(app) == ["Менделеева"]
    page = desk.get("/admin/communities").text
    assert "Учителя химии" in page, "private ones are listed here"


def test_where_several_are_meant_one_is_chosen(app: Flask, cast: Cast, desk: FlaskClient) -> None:
    cast.user("Иванова", email="first@example.org")
    second = cast.user("Иванова", email="second@example.org")
    sent = {**FOUNDING, "coordinator": "Иванова"}
    answer = desk.post("/admin/communities/new", data=sent)
    assert answer.status_code == 400
    assert "second@example.org" in answer.text
    assert "Учителя химии" in answer.text
    sent["chosen"] = str(second.id)
    assert desk.post("/admin/communities/new", data=sent).status_code == 303
    with app.app_context():
        community = db.session.scalars(select(Community)).one()
        assert [face.id for face in staff_of(community).coordinators] == [second.id]


def test_a_choice_that_was_not_offered_does_not_count(
    app: Flask, cast: Cast, desk: FlaskClient, administrator: Made
) -> None:
    cast.user("Иванова")
    cast.user("Иванова")
    sent = {**FOUNDING, "coordinator": "Иванова", "chosen": str(administrator.id)}
    assert desk.post("/admin/communities/new", data=sent).status_code == 400
    unknown = {**FOUNDING, "coordinator": "Никто"}
    assert desk.post("/admin/communities/new", data=unknown).status_code == 400


def test_communities_are_found_by_name_state_and_plugin(cast: Cast, desk: FlaskClient) -> None:
    cast.community("maths", title="Математики", visibility="private")
    cast.community("physics", title="Физики", state="draft")

    def found(**wanted: str) -> list[str]:
        page = desk.get("/admin/communities", query_string=wanted).text
        return [title for title in ("Математики", "Физики") if title in page]

    assert found() == ["Математики", "Физики"]
    assert found(words="матем") == ["Математики"]
    assert found(state="draft") == ["Физики"]
    assert found(plugin="not-there") == []


def shown(desk: FlaskClient, **wanted: Any) -> int:
    """How many lines of the log a page shows."""
    return desk.get("/admin/log", query_string=wanted).text.count("<tr>") - 1


@operation
def _happen(actor: Any, number: int, **facts: Any) -> None:
    rows = [{"kind": people.SIGNED_IN, "occurred_at": utcnow(), "facts": {}, **facts}] * number
    db.session.execute(insert(EventRow), rows)


@pytest.mark.usefixtures("administrator")
def test_the_log_is_narrowed_by_kind_person_community_and_date(
    app: Flask, cast: Cast, desk: FlaskClient
) -> None:
    person, place = cast.user("Ковалевская"), cast.community("maths")
    with app.app_context():
        _happen(SYSTEM, 3, actor_id=person.id)
        _happen(SYSTEM, 2, subject_id=person.id, community_id=place.id, kind=people.SUSPENDED)
        _happen(SYSTEM, 1, occurred_at=utcnow() - timedelta(days=400), kind=people.RESTORED)
    assert shown(desk, kind=people.SIGNED_IN) == 3
    assert shown(desk, person="ковалевская") == 5
    assert shown(desk, community=place.id, kind=people.SUSPENDED) == 2
    assert shown(desk, kind=people.RESTORED) == 1
    today = utcnow().date()
    assert shown(desk, kind=people.RESTORED, since=today.isoformat()) == -1, (
        "an empty list has no table"
    )
    until = (today - timedelta(days=300)).isoformat()
    assert shown(desk, until=until) == 1
    assert desk.get("/admin/log?since=rubbish&community=x&before=y").status_code == 200


def test_the_log_goes_back_page_by_page(app: Flask, desk: FlaskClient) -> None:
    import re

    with app.app_context():
        _happen(SYSTEM, 60, kind=people.EXPORTED)
    address, sizes = f"/admin/log?kind={people.EXPORTED}", []
    while address:
        page = desk.get(address).text
        sizes.append(page.count("<tr>") - 1)
        older = re.search(r'rel="next" href="([^"]+)"', page)
        address = older[1].replace("&amp;", "&") if older else ""
    assert sizes == [25, 25, 10]


def test_the_log_costs_the_same_for_much_as_for_little(
    app: Flask, desk: FlaskClient, count_queries: Callable[[], Any]
) -> None:
    def cost() -> int:
        with count_queries() as count:
            desk.get("/admin/log")
        return int(count.number)

    little = cost()
    with app.app_context():
        _happen(SYSTEM, 2_000)
    assert cost() == little <= 10


def test_the_log_shows_facts_as_text(app: Flask, desk: FlaskClient) -> None:
    with app.app_context():
        _happen(SYSTEM, 1, facts={"title": "<script>alert(1)</script>"})
    page = desk.get("/admin/log").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_log_names_what_plugins_record_in_the_language_of_the_page(
    app: Flask, desk: FlaskClient
) -> None:
    with app.app_context():
        for kind in ("forum.topic_opened", "communities.founded"):
            _happen(SYSTEM, 1, kind=kind)
    words = {"ru": ("Начало обсуждения", "Создание сообщества"), "en": ("Opened a discussion",)}
    for locale, titles in words.items():
        desk.post("/preferences", data={"locale": locale, "next": "/"})
        page = desk.get("/admin/log").text
        assert all(title in page for title in titles)


def test_the_health_of_the_site(
    app: Flask, desk: FlaskClient, site_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = heartbeat(site_config)
    place.unlink(missing_ok=True)
    assert desk.get("/admin/health").status_code == 200

    def level(about: str) -> str:
        with app.test_request_context(headers={"Accept-Language": "en"}):
            return {finding.about: finding.level for finding in condition.findings(tally())}[about]

    assert level("Database") == level("Tables") == "success"
    assert level("Jobs") == "danger"
    place.touch()
    assert level("Jobs") == "success"
    os.utime(place, (0, 0))
    assert level("Jobs") == "danger"
    place.unlink()
    monkeypatch.setattr(condition, "pending", lambda app: ["core"])
    assert level("Tables") == "danger"

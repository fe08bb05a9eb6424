"""One's own data: a copy of everything, and being forgotten."""

from __future__ import annotations

import io
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.access.actors import SYSTEM, Viewer
from core.communities.models import Community
from core.contents.manifest import COMMENT
from core.contents.models import Comment, Content, Draft, Reaction
from core.contract.hookspecs import hookimpl
from core.contract.manifest import DataRecord, Plugin
from core.contract.registry import registry_of
from core.errors import DomainError
from core.people import events
from core.people.erasure import erase
from core.people.models import User
from core.people.operations import dismiss_from_site
from core.platform.db import Base, db, operation
from core.testing.cast import Cast, Made
from tests.core.people_kit import happened, is_signed_in, sign_in
from tests.core.test_people_profile import picture


class Keeper:
    """A plugin that keeps something about people; ``fails`` makes its hooks raise."""

    def __init__(self) -> None:
        self.fails = False
        self.forgotten: list[int] = []

    @hookimpl
    def plugin_manifest(self) -> Plugin:
        return Plugin(name="keeper", title="Keeper", version="1.0")

    @hookimpl
    def export_user_data(self, user: User) -> Iterable[DataRecord]:
        if self.fails:
            raise RuntimeError("the plugin is broken")
        yield DataRecord("Kept", {"kept": [user.surname]})

    @hookimpl
    def erase_user_data(self, user: User) -> None:
        if self.fails:
            raise RuntimeError("the plugin is broken")
        self.forgotten.append(user.id)


@pytest.fixture
def keeper(app: Flask) -> Iterable[Keeper]:
    plugin, hooks = Keeper(), registry_of(app).hooks
    hooks.register(plugin, name="keeper")
    yield plugin
    hooks.unregister(plugin)


@operation
def _live(actor: Any, person: Made, place: Made) -> None:
    """What somebody leaves behind in a place."""
    first, answer = (
        Content(kind=COMMENT.kind, community_id=place.id, author_id=person.id) for _ in range(2)
    )
    db.session.add_all([first, answer])
    db.session.flush()
    db.session.add(Comment(id=answer.id, on_id=first.id, body="<p>Мой совет</p>"))
    db.session.add(Reaction(content_id=first.id, user_id=person.id, sign="thanks"))
    db.session.add(Draft(user_id=person.id, place="forum.topic:1", body="Черновик Уникумовой"))


@pytest.fixture
def place(cast: Cast) -> Made:
    return cast.community("maths", title="Математики")


@pytest.fixture
def person(app: Flask, cast: Cast, place: Made) -> Made:
    made = cast.user("Уникумова", given_name="Аделаида", patronymic="Ферапонтовна",
                     position="космонавт", subjects="телепатия", about="Живу в маяке",
                     other_school="Школа на маяке")  # fmt: skip
    cast.member(place, made)
    cast.appoint(made, place, "tutor")
    with app.app_context():
        _live(SYSTEM, made, place)
    return made


def leave_by_form(client: FlaskClient, person: Made, **changes: str) -> int:
    fields = {"current_password": person.password, "sure": "y", **changes}
    return client.post("/me/data", data=fields).status_code


def test_the_copy_holds_everything_of_core_and_plugins(
    app: Flask, cast: Cast, person: Made, keeper: Keeper
) -> None:
    client = cast.browser(person)
    answer = client.post("/me/data/copy")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    facts: dict[str, Any] = {}
    for section in answer.get_json()["sections"]:
        facts |= section
    assert facts["account"]["email"] == person.email
    assert facts["account"]["school"] == "Школа на маяке"
    assert facts["memberships"][0]["community"] == "Математики"
    assert len(facts["appointments"]) == 2
    assert len(facts["contents"]) == 2
    assert any("Мой совет" in (each["body"] or "") for each in facts["contents"])
    assert facts["drafts"][0]["body"] == "Черновик Уникумовой"
    assert facts["reactions"][0]["sign"] == "thanks"
    assert facts["sessions"][0]["browser"] == "Test browser"
    assert facts["kept"] == ["Уникумова"]
    assert "argon2" not in answer.text
    assert len(happened(app, events.EXPORTED)) == 1


def test_the_copy_is_of_oneself_alone(app: Flask, cast: Cast, place: Made, person: Made) -> None:
    other = cast.member(place)
    text = cast.browser(other).post("/me/data/copy").text
    assert "Уникумова" not in text
    assert person.email not in text


def test_half_a_copy_is_none(app: Flask, cast: Cast, person: Made, keeper: Keeper) -> None:
    keeper.fails = True
    with pytest.raises(RuntimeError):
        cast.browser(person).post("/me/data/copy")
    assert happened(app, events.EXPORTED) == []


def traces(app: Flask, *words: str) -> list[str]:
    """Every table and column in which one of the words stands."""
    found = []
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            for row in db.session.execute(select(table)):
                found += [
                    f"{table.name}.{name}"
                    for name, value in row._mapping.items()
                    if any(word in str(value) for word in words)
                ]
    return found


def test_a_person_who_goes_leaves_no_trace(
    app: Flask, cast: Cast, place: Made, person: Made, keeper: Keeper
) -> None:
    client, elsewhere = cast.browser(person), cast.browser(person)
    client.post("/me/photo", data={"photo": (picture(), "Уникумова.png")})
    words = (
        "Уникумов", "Аделаида", "Ферапонтовна", person.email, "космонавт", "телепатия", "маяк",
    )  # fmt: skip
    assert traces(app, *words)
    assert leave_by_form(client, person) == 303
    assert traces(app, *words) == []
    assert keeper.forgotten == [person.id]
    assert not is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert sign_in(app.test_client(), person).status_code == 400
    with app.app_context():
        assert db.session.get_one(User, person.id).password_hash == ""
    photos = [p for p in (app.config["SREDA"].data_dir / "files").rglob("*") if p.is_file()]
    assert photos == []


def test_what_they_wrote_stays_without_a_name(
    app: Flask, cast: Cast, place: Made, person: Made
) -> None:
    fellow = cast.member(place)
    leave_by_form(cast.browser(person), person)
    with app.app_context():
        user = db.session.get_one(User, person.id)
        assert db.session.scalar(select(Comment.body)) == "<p>Мой совет</p>"
        assert user.state == "erased"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert user.name == user.short_name == "A former participant"
    assert cast.browser(fellow).get(f"/people/{person.id}").status_code == 404


def test_they_leave_their_communities_and_roles(
    app: Flask, cast: Cast, place: Made, person: Made
) -> None:
    def members() -> int:
        with app.app_context():
            return db.session.get_one(Community, place.id).member_count

    before = members()
    leave_by_form(cast.browser(person), person)
    assert members() == before - 1
    with app.app_context():
        from core.communities.readers import readers_among

        community = db.session.get_one(Community, place.id)
        assert readers_among(community, [person.id]) == set()


def test_going_asks_for_the_password_and_a_second_thought(
    app: Flask, cast: Cast, person: Made
) -> None:
    client = cast.browser(person)
    assert leave_by_form(client, person, current_password="not it") == 400
    assert client.post("/me/data", data={"current_password": person.password}).status_code == 400
    assert is_signed_in(client)


def test_a_plugin_that_fails_keeps_the_account_whole(
    app: Flask, cast: Cast, person: Made, keeper: Keeper
) -> None:
    keeper.fails = True
    client = cast.browser(person)
    with pytest.raises(RuntimeError):
        leave_by_form(client, person)
    assert is_signed_in(client)
    with app.app_context():
        assert db.session.get_one(User, person.id).surname == "Уникумова"
        assert db.session.scalar(select(Draft.body)) == "Черновик Уникумовой"


def test_the_only_administrator_cannot_go(app: Flask, cast: Cast) -> None:
    one = cast.user(administrator=True)
    assert leave_by_form(cast.browser(one), one) == 400
    cast.user(administrator=True)
    assert leave_by_form(cast.browser(one), one) == 303


def test_of_two_administrators_who_go_at_one_moment_one_stays(app: Flask, cast: Cast) -> None:
    both = [cast.user(administrator=True), cast.user(administrator=True)]

    def go(person: Made) -> bool:
        with app.app_context():
            seen = db.session.get_one(User, person.id).password_hash
            db.session.rollback()
            try:
                erase(Viewer(id=person.id), seen)
            except DomainError:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(go, both)) == [False, True]


def test_of_two_administrators_who_dismiss_each_other_one_stays(app: Flask, cast: Cast) -> None:
    both = [cast.user(administrator=True), cast.user(administrator=True)]

    def dismiss(pair: tuple[Made, Made]) -> bool:
        with app.app_context():
            try:
                dismiss_from_site(Viewer(id=pair[0].id), pair[1].id, "administrator")
            except DomainError:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(dismiss, [(both[0], both[1]), (both[1], both[0])])) == [False, True]


def test_an_address_is_free_again_afterwards(app: Flask, cast: Cast, person: Made) -> None:
    leave_by_form(cast.browser(person), person)
    cast.user(email=person.email)
    assert sign_in(app.test_client(), person).status_code == 303


def test_a_second_photo_of_a_stranger_stays(app: Flask, cast: Cast, person: Made) -> None:
    """Equal bytes lie in the store once; they go when nobody needs them any more."""
    stranger = cast.user()
    for one in (person, stranger):
        cast.browser(one).post(
            "/me/photo", data={"photo": (io.BytesIO(picture().getvalue()), "p.png")}
        )
    leave_by_form(cast.browser(person), person)
    with app.app_context():
        address = db.session.get_one(User, stranger.id).photo
    with cast.browser(stranger).get(address) as answer:
        assert answer.status_code == 200

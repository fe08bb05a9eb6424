"""Polls for tests, made by the operations that the pages call."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.api import SYSTEM, Activity, User, db, operation
from core.testing.cast import Cast, Made
from core.testing.worker import deliver_events
from plugins.polls import editing, electorate, voting
from plugins.polls.editing import Draft
from plugins.polls.models import Poll, PollSection
from plugins.polls.setting_up import settle_anew
from plugins.polls.structure import Structure, structure_of


@dataclass
class Stage:
    """A community with its coordinator and some members, and polls in it."""

    app: Flask
    cast: Cast
    community: Made
    coordinator: Made
    members: list[Made] = field(default_factory=list)

    def url(self, poll: int, page: str = "") -> str:
        return f"/c/{self.community.slug}/polls/{poll}/{page}"

    def poll(
        self,
        *options: str,
        kind: str = "one",
        activity: dict[str, Any] | None = None,
        **settings: Any,
    ) -> int:
        """A quick question that is open, with settings such as ``privacy="secret"``."""
        made = self.cast.activity(self.community, "polls", "poll", **(activity or {}))
        lines = options or ("Да", "Нет")
        self.ask(made.id, Draft(kind=kind, text="Согласны?", options=lines))
        if settings:
            self.change(made.id, **settings)
        return made.id

    def questionnaire(self, *parts: Sequence[Draft], **settings: Any) -> int:
        """A questionnaire with a section for each of these lists."""
        made = self.cast.activity(self.community, "polls", "questionnaire")
        for number, drafts in enumerate(parts):
            section = None if number else self.first_section(made.id)
            for draft in drafts:
                section = self.ask(made.id, draft, section=section, new=section is None)
        if settings:
            self.change(made.id, **settings)
        return made.id

    def first_section(self, poll: int) -> int:
        with self.app.app_context():
            query = (
                select(PollSection.id)
                .where(PollSection.activity_id == poll)
                .order_by(PollSection.id)
            )
            return db.session.scalars(query).first() or 0

    def ask(self, poll: int, draft: Draft, section: int | None = None, *, new: bool = False) -> int:
        """Add a question; the section it stands in."""
        with self.app.app_context():
            activity = db.session.get_one(Activity, poll)
            number = section or self.first_section(poll)
            if new:
                number = editing.save_section(SYSTEM, activity, None, "Ещё", "").id
            place = db.session.get_one(PollSection, number)
            editing.save_question(SYSTEM, activity, place, None, draft)
            return number

    def change(self, poll: int, **values: Any) -> None:
        with self.app.app_context():
            _changed(SYSTEM, poll, values)

    def structure(self, poll: int) -> Structure:
        with self.app.app_context():
            return structure_of(poll)

    def answer(self, poll: int, by: Made, *choices: int) -> str:
        """Somebody chooses the first option, or those at these places."""
        with self.app.app_context():
            item = structure_of(poll).items[0]
            ids = [item.choices[place].id for place in choices or (0,)]
            value = ids if item.kind in ("many", "ranked") else ids[0]
            user = db.session.get_one(User, by.id)
            activity = db.session.get_one(Activity, poll)
            return voting.answer(user, activity, {item.key: value})

    def read(self, model: type[Any], *names: str, **where: Any) -> list[tuple[Any, ...]]:
        """Columns of rows as they are stored now."""
        with self.app.app_context():
            columns = [getattr(model, name) for name in names]
            return [tuple(row) for row in db.session.execute(select(*columns).filter_by(**where))]

    def settle(self, poll: int) -> None:
        with self.app.app_context():
            electorate.settle(SYSTEM, poll)

    def deliver(self) -> None:
        deliver_events(self.app)

    def at_once(self, works: Sequence[Callable[[], object]]) -> list[Exception]:
        """Run all of these in threads of their own, beginning together; what they raised."""
        raised: list[Exception] = []
        start = threading.Barrier(len(works))

        def run(work: Callable[[], object]) -> None:
            with self.app.app_context():
                start.wait()
                try:
                    work()
                except Exception as error:
                    raised.append(error)

        threads = [threading.Thread(target=run, args=[work]) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return raised


@operation
def _changed(actor: object, poll: int, values: dict[str, Any]) -> None:
    row = db.session.get_one(Poll, poll)
    anew = False
    for name, value in values.items():
        setattr(row, name, value)
        anew = anew or name in ("audience", "audience_keys", "by_school")
    if anew:
        settle_anew(row)


@pytest.fixture
def stage(app: Flask, cast: Cast) -> Stage:
    coordinator = cast.user("Главная")
    community = cast.community("maths", coordinator=coordinator, visibility="public")
    members = [cast.member(community, school_id=cast.school().id) for _ in range(4)]
    return Stage(app, cast, community, coordinator, members)


@pytest.fixture
def as_member(stage: Stage, login: Callable[..., FlaskClient]) -> FlaskClient:
    return login(stage.members[0])


@pytest.fixture
def as_coordinator(stage: Stage, login: Callable[..., FlaskClient]) -> FlaskClient:
    return login(stage.coordinator)


def text_of(response: Any) -> str:
    """A page without its markup, on one line."""
    words = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", words).split())

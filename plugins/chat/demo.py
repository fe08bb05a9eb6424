"""The demo's chats: history in the standing room, a session that is on, one to come, one over."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.api import (
    SYSTEM,
    Activity,
    Community,
    Content,
    User,
    create_activity,
    current_zone,
    db,
    operation,
    upsert,
    utcnow,
)
from plugins.chat import messages, minutes, questions, rooms, sessions, writing
from plugins.chat.models import Member, Message, QuestionState, Room, Session
from plugins.chat.sessions import Plan
from plugins.chat.voices import Said

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Scene:
    """A chat of the demo and the people in it; ``cast`` is the demo's own."""

    cast: Any
    place: Activity

    def person(self, who: str) -> User:
        """One of the cast by role, or by number."""
        found: User = self.cast.pick(int(who)) if who.isdecimal() else getattr(self.cast, who)
        return found


@cache
def books() -> Mapping[str, Facts]:
    """What is said in the chats, by the address of their community."""
    text = Path(__file__).with_name("demo.toml").read_text(encoding="utf-8")
    return {facts["slug"]: facts for facts in tomllib.loads(text).values()}


# Of communities that the demo does not know the chat has one of everything.
EVERYTHING = "olekminsk"


@operation
def _fill(actor: object, community: Community, cast: Any) -> None:
    book = books().get(community.slug) or books()[EVERYTHING]
    place = create_activity(cast.coordinator, community, "chat", "chat", book["title"])
    scene = Scene(cast, place)
    room = db.session.scalars(select(Room).where(Room.activity_id == place.id)).one()
    said = _said(scene, room, book["lines"])
    for number, which, who in book.get("signs", ()):
        messages.sign(scene.person(who), place, said[number - 1], which)
    if "pinned" in book:
        messages.pin(cast.moderator, place, said[book["pinned"] - 1], True)
    for person in {person.id: person for person in cast.people}.values():
        _read(room, person, len(said) - book.get("unread", 0))
    for name, stage in (("past", _past), ("live", _live), ("planned", _planned)):
        if name in book:
            stage(scene, book[name])


def lively_chat(community: Community, cast: Any) -> None:
    """Put a chat under way into a community of the demo."""
    _fill(SYSTEM, community, cast)


def _read(room: Room, person: User, number: int) -> None:
    """Everybody has read all but the last lines, and their own."""
    own = (
        select(Message.number)
        .join(Message.content)
        .where(
            Message.room_id == room.id, Content.author_id == person.id, Message.number.is_not(None)
        )
    )
    last = max((n for n in db.session.scalars(own) if n), default=0)
    key = {"room_id": room.id, "user_id": person.id}
    upsert(Member, key, {"read_number": max(0, number, last)})


def _said(scene: Scene, room: Room, lines: Sequence[Facts]) -> list[Message]:
    """Let lines be said, each at its time; ``step`` begins that step of the agenda before it."""
    said: list[Message] = []
    for line in lines:
        if "step" in line and room.session is not None:
            sessions.go_to(scene.person(line["by"]), scene.place, room.session, line["step"] - 1)
        author, words, names = scene.person(line["by"]), line["text"], {}
        if "names" in line:
            named = scene.person(line["names"])
            words, names = f"<@{named.id}>, {words}", {str(named.id): named.name}
        above = said[line["to"] - 1].id if "to" in line else None
        stored = writing.say(
            author,
            scene.place,
            room.id,
            Said(text=words, mentions=names, reply_to=above, leads=True),
        )
        message = db.session.get_one(Message, stored.id)
        message.content.created_at = _at(scene.cast.now, line)
        said.append(message)
    db.session.flush()
    return said


def _at(now: datetime, line: Facts) -> datetime:
    """When a line was said: so many minutes ago, or on a day at an hour of the local clock."""
    if "days" not in line:
        return now - timedelta(minutes=line.get("ago", 0))
    hours, minutes_ = line["hour"].split(":")
    local = now.astimezone(current_zone()) - timedelta(days=line["days"])
    return local.replace(hour=int(hours), minute=int(minutes_), second=0, microsecond=0)


def _plan(scene: Scene, facts: Facts, opens_at: datetime, closes_at: datetime) -> Session:
    return sessions.plan(
        scene.person(facts["hosts"][0]), scene.place,
        Plan(
            title=facts["title"], about=facts["about"], opens_at=opens_at, closes_at=closes_at,
            agenda=facts["agenda"], hosts=[scene.person(who).id for who in facts["hosts"]],
        ),
    )  # fmt: skip


def _asked(scene: Scene, session: Session, asked: Sequence[Facts]) -> None:
    for facts in asked:
        author = scene.person(facts["by"])
        question = questions.ask(author, scene.place, session.room.id, facts["text"])
        for person in {scene.person(who).id: scene.person(who) for who in facts["votes"]}.values():
            questions.vote(person, scene.place, question)
        if facts.get("answered"):
            questions.settle(author, scene.place, question, QuestionState.ANSWERED)


def _planned(scene: Scene, facts: Facts) -> None:
    opens_at = _at(scene.cast.now, {"days": -facts["days"], "hour": facts["hour"]})
    session = _plan(scene, facts, opens_at, opens_at + timedelta(minutes=facts["lasts"]))
    _asked(scene, session, facts["questions"])


def _live(scene: Scene, facts: Facts) -> None:
    begun = scene.cast.now - timedelta(minutes=facts["began"])
    session = _plan(scene, facts, begun, begun + timedelta(minutes=facts["lasts"]))
    said = _said(scene, session.room, facts["lines"])
    for number in facts["decided"]:
        messages.decide(scene.person(facts["hosts"][0]), scene.place, said[number - 1], True)
    _asked(scene, session, facts["questions"])
    for who in facts["hands"]:
        rooms.raise_hand(scene.person(who), scene.place, session.room.id, True)
    _begun(session, scene.cast.now - timedelta(minutes=facts["began"] - 6))


def _begun(session: Session, moment: datetime) -> None:
    """The step that is on began a while ago."""
    agenda = [dict(step) for step in session.agenda]
    if session.step is not None:
        agenda[session.step]["begun_at"] = moment.isoformat()
    session.agenda = agenda
    db.session.flush()


def _past(scene: Scene, facts: Facts) -> None:
    now = utcnow()
    session = _plan(scene, facts, now - timedelta(minutes=1), now + timedelta(minutes=1))
    _asked(scene, session, facts["questions"])
    said = _said(scene, session.room, facts["lines"])
    host = scene.person(facts["hosts"][0])
    for number in facts["decided"]:
        messages.decide(host, scene.place, said[number - 1], True)
    sessions.close(host, scene.place, session)
    _put_back(session, said, _at(scene.cast.now, facts), facts["lasts"])
    written = minutes.of_session(session.id)
    if written is not None:
        minutes.publish(host, scene.place, written)
        written.published_at = session.closed_at


def _put_back(session: Session, said: Sequence[Message], opens_at: datetime, lasts: int) -> None:
    """What was just staged took place days ago."""
    closes_at = opens_at + timedelta(minutes=lasts)
    pause = timedelta(minutes=lasts) / (len(said) + 1)
    for place, message in enumerate(said, start=1):
        message.content.created_at = opens_at + place * pause
    session.room.opens_at, session.room.closes_at, session.closed_at = (
        opens_at,
        closes_at,
        closes_at,
    )
    agenda = [dict(step) for step in session.agenda]
    for step in agenda:
        if step.get("from_number"):
            step["begun_at"] = (opens_at + step["from_number"] * pause).isoformat()
    session.agenda = agenda
    contents = select(Content).where(Content.id == session.id)
    db.session.scalars(contents).one().created_at = opens_at - timedelta(days=2)
    written = minutes.of_session(session.id)
    if written is not None:
        written.content.created_at = closes_at
    db.session.flush()

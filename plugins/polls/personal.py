"""What polls keep about a person: given out when they ask, forgotten when they leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import delete, select, update

from core.api import SYSTEM, Activity, DataRecord, User, db
from plugins.polls.ballots import answers_in
from plugins.polls.handing import files_in, settle
from plugins.polls.kinds import FILE, KINDS
from plugins.polls.models import Ballot, Handed, Poll, Unfinished, Visitor, Voter
from plugins.polls.structure import Answers, Item, Structure, structure_of
from plugins.polls.turns import visitor_mark
from plugins.polls.words import _


def exported(user: User) -> Iterator[DataRecord]:
    """The polls that asked a person, and what they answered. Of a secret one nobody knows that."""
    asked = (
        select(Activity.title, Voter.answered)
        .join(Activity, Activity.id == Voter.activity_id)
        .where(Voter.user_id == user.id)
        .order_by(Activity.id)
    )
    for title, answered in db.session.execute(asked):
        yield DataRecord(_("Asked in a poll"), {"poll": title, "answered": answered})
    ballots = select(Ballot).where(Ballot.user_id == user.id).order_by(Ballot.id)
    for ballot in db.session.scalars(ballots):
        yield _given(
            ballot.activity_id, lambda s, b=ballot: answers_in(s, b.id), _("Answer in a poll")
        )
    begun = select(Unfinished).where(Unfinished.user_id == user.id).order_by(Unfinished.id)
    for row in db.session.scalars(begun):
        yield _given(row.activity_id, lambda s, r=row: r.answers, _("Begun in a poll"))


def _given(activity_id: int, answers: Any, section: str) -> DataRecord:
    structure = structure_of(activity_id)
    poll = db.session.get_one(Poll, activity_id)
    facts = {"poll": poll.activity.title, "answers": in_words(structure, answers(structure))}
    return DataRecord(section, facts)


def in_words(structure: Structure, answers: Answers) -> dict[str, str]:
    """Answers as somebody would read them, by their questions."""
    numbers = [n for i in structure.items if i.kind == FILE for n in answers.get(i.key, ())]
    files = {file.id: file.name for file in files_in(numbers)}
    return {
        item.text: said(item, answers[item.key], files)
        for item in structure.items
        if item.key in answers
    }


def said(item: Item, value: Any, files: Mapping[int, str]) -> str:
    """One answer in words; ``files`` are the names of those that were given."""
    if item.kind == FILE:
        return "; ".join(files[number] for number in value if number in files)
    texts = {str(choice.id): choice.text for choice in (*item.choices, *item.rows)}
    if item.kind == "matrix":
        return "; ".join(f"{texts.get(r, r)}: {texts.get(str(o), o)}" for r, o in value.items())
    fields = KINDS[item.kind].fields(item, value)
    if item.kind == "ranked":
        return "; ".join(f"{place}. {texts.get(str(o), o)}" for place, o in enumerate(value, 1))
    return "; ".join(texts.get(raw, raw) if item.choices else raw for raw in fields[item.name])


def _leave_their_voices(user: User) -> None:
    """A school has spoken, also when nobody knows any more who did."""
    spoken = (
        select(Voter.activity_id, Voter.school_id)
        .join(Poll, Poll.activity_id == Voter.activity_id)
        .where(Poll.by_school, Voter.user_id == user.id, Voter.answered)
        .where(Voter.school_id.is_not(None))
    )
    for poll, school in db.session.execute(spoken).all():
        colleagues = (Voter.activity_id == poll, Voter.school_id == school)
        db.session.execute(update(Voter).where(*colleagues).values(answered=True))


def erased(user: User) -> None:
    """Whoever is forgotten leaves every list; what they answered counts on, as nobody's."""
    _leave_their_voices(user)
    db.session.execute(delete(Voter).where(Voter.user_id == user.id))
    db.session.execute(delete(Unfinished).where(Unfinished.user_id == user.id))
    handed_in = select(Poll).join(Handed, Handed.activity_id == Poll.activity_id)
    for poll in db.session.scalars(handed_in.where(Handed.user_id == user.id)).all():
        settle(SYSTEM, poll, user.id)
    db.session.execute(delete(Visitor).where(Visitor.mark == visitor_mark(user, "")))
    db.session.execute(update(Ballot).where(Ballot.user_id == user.id).values(user_id=None))
    db.session.execute(update(Handed).where(Handed.user_id == user.id).values(user_id=None))
    db.session.execute(update(Poll).where(Poll.closed_by_id == user.id).values(closed_by_id=None))

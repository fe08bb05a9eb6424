"""Reading what somebody filled in: one page of a poll, or the whole of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.api import DomainError
from plugins.polls.kinds import KINDS, Sent, Wrong
from plugins.polls.structure import Answers, Item, Structure
from plugins.polls.words import _


@dataclass(frozen=True)
class Filled:
    """The answers that were read, and what is wrong with others, by the keys of questions."""

    answers: dict[str, Any]
    errors: dict[str, str]


class Incomplete(DomainError):
    """Something is missing or cannot be taken; ``errors`` says of which questions."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(_("Not everything is answered yet. What you answered is kept."))
        self.errors = dict(errors)


def typed_of(structure: Structure, answers: Answers) -> Sent:
    """What a form would have sent to give these answers."""
    fields: dict[str, list[str]] = {}
    for item in structure.items:
        if item.key in answers:
            fields |= KINDS[item.kind].fields(item, answers[item.key])
    return Sent(fields)


def read_items(
    structure: Structure, items: Iterable[Item], sent: Sent, before: Answers | None = None
) -> Filled:
    """Read some questions out of a form. What a question hangs on may be answered ``before``.

    Answers to questions that do not concern the person are left out, whatever was sent.
    """
    known, read, errors = dict(before or {}), {}, {}
    for item in items:
        known.pop(item.key, None)
        if item not in structure.asked(known):
            continue
        try:
            value = KINDS[item.kind].read(item, sent)
        except Wrong as wrong:
            errors[item.key] = str(wrong)
            continue
        if value is not None:
            known[item.key] = read[item.key] = value
        elif item.required:
            errors[item.key] = _("Please answer this question.")
    return Filled(read, errors)


def checked(structure: Structure, answers: Answers) -> dict[str, Any]:
    """Answers to the whole of a poll as they may be stored. Raises Incomplete.

    They are read once more as if they had just been sent: the poll may have been changed since.
    """
    filled = read_items(structure, structure.items, typed_of(structure, answers))
    if filled.errors:
        raise Incomplete(filled.errors)
    if not filled.answers:
        raise DomainError(_("Nothing is answered yet. Choose or write something first."))
    return filled.answers

"""What a poll asks, read as a whole in one query: sections, their questions, their options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlalchemy import select

from core.api import among, rows
from plugins.polls.models import Option, PollSection, Question

# What somebody answered: values by the numbers of questions, as JSON has them.
Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """An option, or what is judged in a matrix."""

    id: int
    text: str
    origin: str


@dataclass(frozen=True)
class Item:
    """A question with its options; ``rows`` are those of a matrix."""

    id: int
    section_id: int
    kind: str
    text: str
    hint: str
    required: bool
    limits: Mapping[str, Any]
    after_id: int | None
    after_options: tuple[int, ...]
    origin: str
    choices: list[Choice] = field(default_factory=list)
    rows: list[Choice] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What its field is called in a form."""
        return f"q{self.id}"

    @property
    def key(self) -> str:
        """What its answer is called among others."""
        return str(self.id)

    def choice(self, number: int) -> Choice | None:
        return next((choice for choice in self.choices if choice.id == number), None)

    def is_asked(self, answers: Answers) -> bool:
        """Whether it concerns somebody who answered so far like this."""
        if self.after_id is None or not self.after_options:
            return True
        given = answers.get(str(self.after_id))
        chosen = set(given) if isinstance(given, list) else {given}
        return not chosen.isdisjoint(self.after_options)


@dataclass(frozen=True)
class Part:
    """A section: a page of a questionnaire."""

    id: int
    title: str
    about: str
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True)
class Structure:
    """All that a poll asks, in order."""

    parts: list[Part]

    def __iter__(self) -> Iterator[Item]:
        for part in self.parts:
            yield from part.items

    @cached_property
    def items(self) -> list[Item]:
        return list(self)

    @property
    def only(self) -> Item | None:
        """The one question, if there is only one."""
        return self.items[0] if len(self.items) == 1 else None

    def item(self, number: int | None) -> Item | None:
        return next((item for item in self.items if item.id == number), None)

    def part(self, number: int | None) -> Part | None:
        return next((part for part in self.parts if part.id == number), None)

    def asked(self, answers: Answers) -> list[Item]:
        """The questions that concern somebody with these answers; what hangs on a question that is
        not asked is not asked either."""
        asked: list[Item] = []
        kept: dict[str, Any] = {}
        for item in self.items:
            if item.is_asked(kept):
                asked.append(item)
                if item.key in answers:
                    kept[item.key] = answers[item.key]
        return asked


# Put together once: every page of a poll asks it.
WHOLE = (
    select(
        PollSection.activity_id, PollSection.id, PollSection.title, PollSection.about,
        Question.id, Question.kind, Question.text, Question.hint, Question.required,
        Question.limits, Question.after_id, Question.after_options, Question.origin,
        Option.id, Option.text, Option.is_row, Option.origin,
    )
    .select_from(PollSection)
    .outerjoin(Question, Question.section_id == PollSection.id)
    .outerjoin(Option, Option.question_id == Question.id)
    .where(among(PollSection.activity_id, "polls"))
    .order_by(
        PollSection.position, PollSection.id, Question.position, Question.id, Option.position,
        Option.id,
    )
)  # fmt: skip


def structure_of(activity_id: int) -> Structure:
    """What a poll asks; one query."""
    return structures_of([activity_id])[activity_id]


def structures_of(activity_ids: Sequence[int]) -> dict[int, Structure]:
    """What several polls ask; one query for all."""
    parts: dict[int, list[Part]] = {number: [] for number in activity_ids}
    for row in rows(WHOLE, {"polls": list(activity_ids)}):
        poll, number, title, about, *asked = row
        own = parts[poll]
        if not own or own[-1].id != number:
            own.append(Part(number, title, about))
        if asked[0] is not None:
            _take(own[-1], asked)
    return {number: Structure(own) for number, own in parts.items()}


def _take(part: Part, asked: list[Any]) -> None:
    (
        number, kind, text, hint, required, limits, after_id, after_options, origin,
        option, option_text, is_row, option_origin,
    ) = asked  # fmt: skip
    if not part.items or part.items[-1].id != number:
        part.items.append(
            Item(
                number, part.id, kind, text, hint, required, limits or {}, after_id,
                tuple(after_options or ()), origin,
            )
        )  # fmt: skip
    if option is not None:
        item = part.items[-1]
        (item.rows if is_row else item.choices).append(Choice(option, option_text, option_origin))

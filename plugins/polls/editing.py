"""Changing what a poll asks: freely until somebody has answered, and only its words afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from core.api import Activity, Actor, Conflict, DomainError, db, operation, record
from plugins.polls import events
from plugins.polls.kinds import FILE, KINDS
from plugins.polls.locking import held
from plugins.polls.models import Option, Poll, PollSection, Question
from plugins.polls.words import _, _l, ngettext

MOST_QUESTIONS, MOST_OPTIONS, MOST_SECTIONS = 100, 50, 30
NO_FILES = _l(
    "A file would tell whose it is: a secret poll does not ask for any, "
    "and one that is answered by its link does not either."
)
TEXT_LENGTH, OPTION_LENGTH, HINT_LENGTH = 500, 200, 500


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A question as the editor gives it; options are lines, in order."""

    kind: str
    text: str
    hint: str = ""
    required: bool = True
    options: Sequence[str] = ()
    rows: Sequence[str] = ()
    limits: dict[str, Any] = field(default_factory=dict)
    after_id: int | None = None
    after_options: Sequence[int] = ()


def new_origin() -> str:
    """A name for a question or an option that it keeps through all rounds."""
    return secrets.token_hex(8)


def lines_of(text: str) -> list[str]:
    """The options in a text area: a line each, without blanks and doubles."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


@operation
def save_section(
    actor: Actor, activity: Activity, section: PollSection | None, title: str, about: str
) -> PollSection:
    """Add a page to a questionnaire, or change its heading."""
    poll = held(activity.id)
    if section is None:
        _ensure_untouched(poll)
        count = _count(PollSection, activity.id)
        if count >= MOST_SECTIONS:
            raise DomainError(_("A questionnaire has at most 30 sections."))
        section = PollSection(activity_id=activity.id, position=_behind(PollSection, activity.id))
        db.session.add(section)
    section.title, section.about = " ".join(title.split())[:TEXT_LENGTH], about.strip()[:2_000]
    db.session.flush()
    record(events.EDITED, actor, activity=activity)
    return section


@operation
def remove_section(actor: Actor, section: PollSection) -> None:
    """Take a page out, with its questions; the last one stays."""
    poll = held(section.activity_id)
    _ensure_untouched(poll)
    if _count(PollSection, section.activity_id) == 1:
        raise DomainError(_("The last section stays: a questionnaire has at least one."))
    db.session.delete(section)
    db.session.flush()
    record(events.EDITED, actor, activity=poll.activity)


@operation
def save_question(
    actor: Actor, activity: Activity, section: PollSection, question: Question | None, draft: Draft
) -> Question:
    """Add a question to a section, or change one. Raises DomainError for what cannot be asked.

    Once somebody has answered, words may be mended, and nothing else.
    """
    poll = held(activity.id)
    draft = checked_draft(poll, draft)
    if question is None:
        _ensure_untouched(poll)
        if _count(Question, activity.id) >= MOST_QUESTIONS:
            raise DomainError(_("A poll has at most 100 questions."))
        question = Question(
            activity_id=activity.id, section_id=section.id, origin=new_origin(), kind=draft.kind,
            position=_behind(Question, activity.id), limits={}, after_options=[],
        )  # fmt: skip
        db.session.add(question)
    elif poll.answer_count:
        _ensure_only_words(question, draft)
    question.text, question.hint = draft.text, draft.hint
    if not poll.answer_count:
        question.kind, question.required, question.limits = draft.kind, draft.required, draft.limits
        question.section_id = section.id
        question.after_id, question.after_options = draft.after_id, list(draft.after_options)
    db.session.flush()
    _save_options(poll, question, draft.options, is_row=False)
    _save_options(poll, question, draft.rows, is_row=True)
    record(events.EDITED, actor, activity=activity)
    return question


def checked_draft(poll: Poll, draft: Draft) -> Draft:
    """A question that can be asked. Raises DomainError with what is missing."""
    text = " ".join(draft.text.split())
    if not text:
        raise DomainError(_("Write the question first."))
    if len(text) > TEXT_LENGTH:
        raise DomainError(_("This question is too long: 500 characters fit."))
    if draft.kind not in KINDS:
        raise DomainError(_("Choose what kind of answer you expect."))
    if draft.kind == FILE and not takes_files(poll):
        raise DomainError(str(NO_FILES))
    options = draft.options if has_options(draft.kind) else ()
    rows = draft.rows if draft.kind == "matrix" else ()
    if has_options(draft.kind):
        _check_lines(options, 2, _("Give at least two options to choose from."))
    if draft.kind == "matrix":
        _check_lines(rows, 1, _("Give at least one thing that is to be judged."))
    if draft.kind == "many":
        _check_choices(draft.limits, len(options))
    least, most = draft.limits.get("from"), draft.limits.get("to")
    if least is not None and most is not None and least >= most:
        raise DomainError(_("The least number must be smaller than the greatest one."))
    return Draft(
        kind=draft.kind, text=text, hint=draft.hint.strip()[:HINT_LENGTH], required=draft.required,
        options=options, rows=rows, limits=draft.limits, after_id=draft.after_id,
        after_options=draft.after_options,
    )  # fmt: skip


def takes_files(poll: Poll) -> bool:
    """Whether a poll may ask for files: what comes in one says whose it is, and has an owner."""
    return not poll.is_secret and not poll.by_link


def has_options(kind: str) -> bool:
    """Whether somebody chooses among options in a question of this kind."""
    return kind in ("one", "many", "ranked", "matrix")


def _check_lines(lines: Sequence[str], least: int, sentence: str) -> None:
    if len(lines) < least:
        raise DomainError(sentence)
    if len(lines) > MOST_OPTIONS:
        raise DomainError(
            ngettext("At most %(n)s option fits.", "At most %(n)s options fit.", MOST_OPTIONS)
        )
    if any(len(line) > OPTION_LENGTH for line in lines):
        raise DomainError(_("An option is too long: 200 characters fit."))


def _check_choices(limits: Mapping[str, Any], options: int) -> None:
    """Else nobody could answer."""
    least, most = limits.get("least", 1), limits.get("most", options)
    if most < 1 or least > min(most, options):
        raise DomainError(_("Nobody can choose so many options: check “From” and “To”."))


def _ensure_untouched(poll: Poll) -> None:
    if poll.answer_count:
        raise Conflict(_("Somebody has answered already: words can be mended, nothing else."))


def _ensure_only_words(question: Question, draft: Draft) -> None:
    same = (
        draft.kind == question.kind
        and len(draft.options) == len(_options(question, is_row=False))
        and len(draft.rows) == len(_options(question, is_row=True))
    )
    if not same:
        raise Conflict(_("Somebody has answered already: words can be mended, nothing else."))


def _options(question: Question, *, is_row: bool) -> Sequence[Option]:
    query = select(Option).where(Option.question_id == question.id, Option.is_row.is_(is_row))
    return db.session.scalars(query.order_by(Option.position, Option.id)).all()


def _save_options(poll: Poll, question: Question, lines: Sequence[str], *, is_row: bool) -> None:
    """Let the options be these lines. One whose words stay is the same one wherever it moves; else
    the one at its place is, so that a slip can be mended in all rounds."""
    there = list(_options(question, is_row=is_row))
    if poll.answer_count:
        for option, line in zip(there, lines, strict=True):
            option.text = line
        return
    by_text = {option.text: option for option in there}
    unmoved = {id(by_text[line]) for line in lines if line in by_text}
    spare = [option for option in there if id(option) not in unmoved]
    for position, line in enumerate(lines):
        found = by_text.get(line) or (spare.pop(0) if spare else None)
        option = found or Option(
            activity_id=question.activity_id, question_id=question.id, is_row=is_row,
            origin=new_origin(),
        )  # fmt: skip
        option.text, option.position = line, position
        db.session.add(option)
    for option in spare:
        db.session.delete(option)
    db.session.flush()


@operation
def remove_question(actor: Actor, question: Question) -> None:
    """Take a question out; those that hang on it are asked of everybody then."""
    poll = held(question.activity_id)
    _ensure_untouched(poll)
    dependent = select(Question).where(Question.after_id == question.id)
    for other in db.session.scalars(dependent):
        other.after_id, other.after_options = None, []
    db.session.flush()
    db.session.delete(question)
    db.session.flush()
    record(events.EDITED, actor, activity=poll.activity)


@operation
def copy_question(actor: Actor, question: Question) -> Question:
    """Ask the same once more below, to be changed."""
    poll = held(question.activity_id)
    section = db.session.get_one(PollSection, question.section_id)
    copied = save_question(
        actor, poll.activity, section, None,
        Draft(
            kind=question.kind, text=question.text, hint=question.hint, required=question.required,
            limits=dict(question.limits),
            options=[option.text for option in _options(question, is_row=False)],
            rows=[option.text for option in _options(question, is_row=True)],
        ),
    )  # fmt: skip
    arrange(actor, poll.activity, _order_with(question, copied))
    return copied


def _order_with(question: Question, copied: Question) -> list[tuple[int, list[int]]]:
    order = order_of(question.activity_id)
    for _section, numbers in order:
        if copied.id in numbers:
            numbers.remove(copied.id)
    for _section, numbers in order:
        if question.id in numbers:
            numbers.insert(numbers.index(question.id) + 1, copied.id)
    return order


def order_of(activity_id: int) -> list[tuple[int, list[int]]]:
    """The sections of a poll in order, with the numbers of their questions in order."""
    sections = db.session.scalars(
        select(PollSection.id)
        .where(PollSection.activity_id == activity_id)
        .order_by(PollSection.position, PollSection.id)
    )
    order: dict[int, list[int]] = {number: [] for number in sections}
    questions = db.session.execute(
        select(Question.id, Question.section_id)
        .where(Question.activity_id == activity_id)
        .order_by(Question.position, Question.id)
    )
    for number, section in questions:
        order[section].append(number)
    return list(order.items())


@operation
def arrange(actor: Actor, activity: Activity, order: Sequence[tuple[int, Sequence[int]]]) -> None:
    """Put sections and questions into this order. Raises Conflict unless it is all there is."""
    poll = held(activity.id)
    known = order_of(activity.id)
    same_sections = sorted(s for s, _q in order) == sorted(s for s, _q in known)
    asked = sorted(n for _s, numbers in order for n in numbers)
    if not same_sections or asked != sorted(n for _s, numbers in known for n in numbers):
        raise Conflict(
            _("Somebody else has changed the questions meanwhile. Look at them once more.")
        )
    if poll.answer_count and any(
        set(a[1]) != set(b[1]) for a, b in zip(sorted(order), sorted(known), strict=True)
    ):
        _ensure_untouched(poll)
    place = 0
    for position, (section, numbers) in enumerate(order):
        db.session.get_one(PollSection, section).position = position
        for number in numbers:
            question = db.session.get_one(Question, number)
            question.section_id, question.position = section, place
            place += 1
    _drop_impossible(activity.id)
    record(events.EDITED, actor, activity=activity)


def _drop_impossible(activity_id: int) -> None:
    """A question can hang on an earlier one only."""
    db.session.flush()
    earlier: set[int] = set()
    for _section, numbers in order_of(activity_id):
        for number in numbers:
            question = db.session.get_one(Question, number)
            if question.after_id is not None and question.after_id not in earlier:
                question.after_id, question.after_options = None, []
            earlier.add(number)
    db.session.flush()


@operation
def move(actor: Actor, activity: Activity, number: int, steps: int, *, section: bool) -> None:
    """One place up or down: a section among sections, a question also into the next section."""
    order = [(s, list(q)) for s, q in order_of(activity.id)]
    if section:
        place = next(i for i, (s, _q) in enumerate(order) if s == number)
        moved = order.pop(place)
        order.insert(max(0, place + steps), moved)
    else:
        _move_question(order, number, steps)
    arrange(actor, activity, order)


def _move_question(order: list[tuple[int, list[int]]], number: int, steps: int) -> None:
    at = next(i for i, (_s, q) in enumerate(order) if number in q)
    numbers = order[at][1]
    place = numbers.index(number)
    wanted = place + steps
    if 0 <= wanted < len(numbers):
        numbers.insert(wanted, numbers.pop(place))
    elif 0 <= at + steps < len(order):
        neighbour = order[at + steps][1]
        neighbour.insert(0 if steps > 0 else len(neighbour), numbers.pop(place))


def _count(model: type[PollSection] | type[Question], activity_id: int) -> int:
    query = select(func.count()).where(model.activity_id == activity_id)
    return db.session.scalar(query) or 0


def _behind(model: type[PollSection] | type[Question], activity_id: int) -> int:
    last = db.session.scalar(
        select(func.max(model.position)).where(model.activity_id == activity_id)
    )
    return 0 if last is None else last + 1

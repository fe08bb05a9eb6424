"""Results side by side: schools, categories of schools, and the rounds of one questionnaire.

A group of fewer answers than the school allows is never shown by itself, nor can it be found by
taking what is shown from the whole: small groups are put together until they are many enough.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select

from core.api import Activity, School, current_zone, db
from plugins.polls.kinds import figure
from plugins.polls.models import Ballot, Poll, Voter
from plugins.polls.structure import Choice, Item, Structure, structures_of
from plugins.polls.tallies import Counts, mean_of, merged, share, tally
from plugins.polls.words import _, ngettext

# So many rounds stand side by side, the latest ones.
MOST_ROUNDS = 6
# So many groups at most have a column of their own.
MOST_GROUPS = 12
LINES = 6


class By(enum.StrEnum):
    """What results are set side by side by."""

    SCHOOL = "school"
    CATEGORY = "category"
    ROUND = "round"


@dataclass(frozen=True)
class Column:
    """One group: what it is called and what was counted in it."""

    title: str
    counts: Counts
    item: Item


@dataclass(frozen=True)
class Cell:
    """How many of a group, and what part of it."""

    count: int
    share: float


@dataclass(frozen=True)
class Table:
    """One question, its options in lines, groups in columns."""

    item: Item
    columns: Sequence[Column]
    lines: Sequence[tuple[str, Sequence[Cell | None]]]
    means: Sequence[str]

    @property
    def is_empty(self) -> bool:
        return len(self.columns) < 2


def has_groups(poll: Poll) -> bool:
    """Whether it is known of which school the answers are."""
    return not poll.is_secret and not poll.by_link


def by_groups(poll: Poll, structure: Structure, by: By, least: int) -> list[Table]:
    """The results of each question by schools or by their categories; three queries."""
    column = Voter.school_id if by is By.SCHOOL else Voter.category
    voter = and_(Voter.activity_id == Ballot.activity_id, Voter.user_id == Ballot.user_id)
    counted = tally([poll.activity_id], column, (Voter, voter))
    titles = _titles(counted, by)
    tables = []
    for item in structure.items:
        groups = {key: counts[item.id] for key, counts in counted.items() if item.id in counts}
        columns = [Column(title, counts, item) for title, counts in _pooled(groups, titles, least)]
        tables.append(_table(item, columns))
    return [table for table in tables if not table.is_empty and comparable(table.item)]


def comparable(item: Item) -> bool:
    """Whether answers to a question can be set side by side."""
    return item.kind in ("one", "many", "scale", "number", "ranked", "matrix")


def _titles(groups: Mapping[Any, object], by: By) -> dict[Any, str]:
    if by is By.CATEGORY:
        return {key: key or _("without a category") for key in groups}
    ids = [key for key in groups if key is not None]
    found = db.session.execute(select(School.id, School.short_name).where(School.id.in_(ids)))
    return {None: _("without a school")} | {row.id: row.short_name for row in found}


def _pooled(
    groups: Mapping[Any, Counts], titles: Mapping[Any, str], least: int
) -> list[tuple[str, Counts]]:
    """Groups that are large enough, and all others as one; nothing where even that is too small."""
    ordered = sorted(groups.items(), key=lambda pair: (-pair[1].ballots, titles.get(pair[0], "")))
    shown = [(titles.get(key, ""), counts) for key, counts in ordered if counts.ballots >= least]
    shown, others = shown[:MOST_GROUPS], shown[MOST_GROUPS:]
    rest = [*(c for _t, c in others), *(c for _k, c in ordered if c.ballots < least)]
    while rest and sum(counts.ballots for counts in rest) < least and shown:
        rest.append(shown.pop()[1])
    if not rest:
        return shown
    if sum(counts.ballots for counts in rest) < least:
        return []
    title = ngettext("%(n)s other group", "%(n)s other groups together", len(rest))
    return [*shown, (title, merged(rest))]


def rounds_of(poll: Poll) -> Sequence[Activity]:
    """All rounds of a questionnaire in its community that were published, the oldest first."""
    query = (
        select(Activity)
        .join(Poll, Poll.activity_id == Activity.id)
        .where(Poll.series == poll.series, Activity.community_id == poll.activity.community_id)
        .where(Activity.state != "draft")
        .order_by(Activity.id.desc())
        .limit(MOST_ROUNDS)
    )
    found = list(db.session.scalars(query))
    return sorted(found, key=lambda activity: (began(activity), activity.id))


def began(activity: Activity) -> Any:
    """When a round began."""
    return activity.opens_at or activity.created_at


def by_rounds(structure: Structure, rounds: Sequence[Activity]) -> list[Table]:
    """The results of each question round by round; three queries, however many rounds."""
    ids = [activity.id for activity in rounds]
    counted, structures = tally(ids, Ballot.activity_id), structures_of(ids)
    titles = _round_titles(rounds)
    tables = []
    for item in structure.items:
        columns = []
        for number, title in zip(ids, titles, strict=True):
            same = next((i for i in structures[number].items if i.origin == item.origin), None)
            if same is not None and same.kind == item.kind:
                counts = counted.get(number, {}).get(same.id, Counts())
                columns.append(Column(title, counts, same))
        tables.append(_table(item, columns))
    return [table for table in tables if not table.is_empty and comparable(table.item)]


def _round_titles(rounds: Sequence[Activity]) -> list[str]:
    """Years, and days where a year had several rounds."""
    days = [began(activity).astimezone(current_zone()) for activity in rounds]
    years = [day.year for day in days]
    return [str(day.year) if years.count(day.year) == 1 else f"{day:%d.%m.%Y}" for day in days]


def _table(item: Item, columns: Sequence[Column]) -> Table:
    if item.kind in ("scale", "number"):
        return Table(item, columns, [], [_mean(column) for column in columns])
    if item.kind == "matrix":
        lines = [
            (f"{row.text}: {choice.text}", [_judged(column, row, choice) for column in columns])
            for row in item.rows
            for choice in item.choices
        ]
        return Table(item, columns, lines, [])
    cell = _placed if item.kind == "ranked" else _chosen
    lines = [(c.text, [cell(column, c) for column in columns]) for c in item.choices]
    return Table(item, columns, lines, [])


def _mean(column: Column) -> str:
    mean = mean_of(column.item, column.counts)
    return "—" if mean is None else figure(round(mean, 2))


def _same(choices: Sequence[Choice], wanted: Choice) -> Choice | None:
    return next((choice for choice in choices if choice.origin == wanted.origin), None)


def _chosen(column: Column, choice: Choice) -> Cell | None:
    """None where a round did not offer this option."""
    same = _same(column.item.choices, choice)
    if same is None:
        return None
    count = column.counts.options.get(same.id, 0)
    return Cell(count, share(count, column.counts.ballots))


def _placed(column: Column, choice: Choice) -> Cell | None:
    """How often something was put first."""
    same = _same(column.item.choices, choice)
    if same is None:
        return None
    count = column.counts.places.get(same.id, {}).get(1, 0)
    return Cell(count, share(count, column.counts.ballots))


def _judged(column: Column, row: Choice, choice: Choice) -> Cell | None:
    line, same = _same(column.item.rows, row), _same(column.item.choices, choice)
    if line is None or same is None:
        return None
    whole = sum(n for (number, _o), n in column.counts.cells.items() if number == line.id)
    count = column.counts.cells.get((line.id, same.id), 0)
    return Cell(count, share(count, whole))

"""Who may see the results of a poll, and the results, ready to be drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from core.api import (
    Activity,
    Face,
    School,
    User,
    Viewer,
    can,
    current_viewer,
    db,
    face_columns,
    face_of,
    settings_of,
)
from plugins.polls.capabilities import MANAGE
from plugins.polls.kinds import figure
from plugins.polls.models import Answer, Ballot, Poll, Privacy, Results
from plugins.polls.structure import Item, Structure
from plugins.polls.tallies import (
    Counts,
    ItemResult,
    bars_of,
    first_texts,
    matrix_rows,
    mean_of,
    median_of,
    tally,
)
from plugins.polls.turns import Turn
from plugins.polls.urn import has_closed
from plugins.polls.words import _

# With fewer ballots a secret poll would tell on those who voted.
FEWEST_SECRET = 3
MOST_NAMES = 2_000


def manages(activity: Activity, viewer: Viewer | None = None) -> bool:
    """Whether somebody runs the polls here."""
    return can(viewer or current_viewer(), MANAGE, activity.community, activity)


def sees_results(poll: Poll, turn: Turn, *, staff: bool) -> bool:
    """Whether the results are for somebody now. Those of a secret poll are for nobody before it has
    closed: who looks often enough would see each vote come in."""
    closed = has_closed(poll)
    if poll.is_secret and not closed:
        return False
    match Results(poll.results):
        case Results.ALWAYS:
            return True
        case Results.ANSWERED:
            return closed or turn.has_answered
        case Results.CLOSED:
            return closed
    return staff


def too_few(poll: Poll) -> bool:
    """Whether a secret result would tell on those who voted."""
    return poll.is_secret and poll.answer_count < FEWEST_SECRET


def smallest_group(activity: Activity) -> int:
    """From how many answers on a group is shown by itself."""
    return int(settings_of("polls", activity.community_id)["smallest_group"])


def results_of(structure: Structure, activity_id: int) -> list[ItemResult]:
    """The results of all questions; three queries."""
    counted = tally([activity_id]).get(None, {})
    texts = first_texts(structure)
    return [
        result_of(item, counted.get(item.id, Counts()), texts.get(item.id, ()))
        for item in structure.items
    ]


def result_of(item: Item, counts: Counts, texts: Sequence[str] = ()) -> ItemResult:
    """The result of one question."""
    return ItemResult(
        item, counts.ballots, bars_of(item, counts),
        matrix_rows(item, counts) if item.kind == "matrix" else [],
        _facts(item, counts), texts,
    )  # fmt: skip


def _facts(item: Item, counts: Counts) -> list[tuple[str, str]]:
    mean = mean_of(item, counts)
    if mean is None:
        return []
    facts = [(_("Mean"), figure(round(mean, 2))), (_("Median"), figure(median_of(counts)))]
    if item.kind == "number":
        facts += [
            (_("Least"), figure(min(counts.numbers))), (_("Greatest"), figure(max(counts.numbers)))
        ]  # fmt: skip
    return facts


def names_of(poll: Poll) -> Mapping[tuple[int, int], list[Face]]:
    """Who chose what, by question and option, where names are shown; one query."""
    if poll.privacy != Privacy.NAMED:
        return {}
    query = (
        select(Answer.question_id, Answer.option_id, *face_columns())
        .join(Ballot, Ballot.id == Answer.ballot_id)
        .join(User, User.id == Ballot.user_id)
        .outerjoin(School, School.id == User.school_id)
        .where(Ballot.activity_id == poll.activity_id, Answer.option_id.is_not(None))
        .where(Answer.row_id.is_(None), Answer.number.is_(None))
        .order_by(User.surname, User.given_name, User.id)
        .limit(MOST_NAMES)
    )
    found: dict[tuple[int, int], list[Face]] = defaultdict(list)
    for row in db.session.execute(query):
        found[row.question_id, row.option_id].append(face_of(row, Face))
    return found

"""What changed between two texts, found in bounded time."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

# A comparison takes time that grows with the square of this, while everybody else waits.
MOST_PARTS = 4_000

Stretch = tuple[str, int, int, int, int]


def stretches(old: Sequence[str], new: Sequence[str]) -> list[Stretch]:
    """As the opcodes of difflib; of texts in too many parts all counts as changed."""
    if max(len(old), len(new)) > MOST_PARTS:
        what = "equal" if list(old) == list(new) else "replace"
        return [(what, 0, len(old), 0, len(new))]
    return list(SequenceMatcher(None, old, new).get_opcodes())

"""Which names a new plugin may have."""

from __future__ import annotations

import keyword
from collections.abc import Iterable

from core.contract.faults import NAME, RESERVED
from core.errors import SetupError


def check_name(name: str, taken: Iterable[str]) -> None:
    """Raise SetupError with a sentence unless a plugin can be called so beside those there are."""
    if not NAME.fullmatch(name):
        raise SetupError(
            f"{name!r} cannot be the name of a plugin: use from 2 to 31 small Latin letters, "
            "digits and underscores, a letter first. What people read is translated, so it can be "
            "anything."
        )
    if name.endswith("_") or "__" in name:
        raise SetupError(f"{name!r} would be hard to read: put single underscores between words.")
    if keyword.iskeyword(name):
        raise SetupError(f"{name!r} is a word of Python itself. Choose another name.")
    if name in RESERVED:
        raise SetupError(f"{name!r} is a name that Sreda itself uses. Choose another one.")
    for other in sorted(taken):
        if name == other:
            raise SetupError(f"There already is a plugin called {name!r}.")
        if name.startswith(f"{other}_") or other.startswith(f"{name}_"):
            raise SetupError(
                f"The tables of {name!r} could not be told from those of {other!r}. "
                "Choose a name that does not begin alike."
            )

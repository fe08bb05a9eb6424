"""How a name of ``core.api`` goes: it says so for a while before it is gone."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import SredaDeprecation


@dataclass(frozen=True)
class Former:
    """What a name still gives, what to use instead, and the version in which it goes."""

    value: Any
    instead: str
    gone_in: str


def former_name(names: Mapping[str, Former], name: str) -> Any:
    """What stands behind a name that is no longer listed, with a warning where it is used.

    Called as the ``__getattr__`` of ``core.api``; raises AttributeError for what it never had.
    """
    former = names.get(name)
    if former is None:
        raise AttributeError(f"core.api has no {name!r}")
    warnings.warn(
        f"core.api.{name} goes with version {former.gone_in}: use {former.instead} instead",
        SredaDeprecation,
        # Past this function and the __getattr__ that called it: where the name is written.
        stacklevel=3,
    )
    return former.value

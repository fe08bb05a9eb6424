"""Holding an installed plugin against the contract, for the command line."""

from __future__ import annotations


def check(name: str) -> list[str]:
    """What is wrong with a plugin, a sentence each."""
    raise NotImplementedError

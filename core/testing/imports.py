"""What a plugin imports, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def imported_names(source: str) -> Iterator[str]:
    """Full names of the modules that a source text imports."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def is_stray(name: str, allowed: tuple[str, ...], module: str) -> bool:
    """Whether an import reaches into core past what is allowed, or into another plugin."""
    top = name.split(".")[0]
    if top == "core":
        return not any(name == a or name.startswith(f"{a}.") for a in allowed)
    return top == "plugins" and not name.startswith(module.rpartition(".")[0])

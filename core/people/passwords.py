"""Password hashing: outside transactions, and off the event loop of the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent import get_hub
from gevent.monkey import is_module_patched

R = TypeVar("R")

# 19 MB and two passes: OWASP's recommended floor, about 30 ms here.
_hasher = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
_dummy = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """A salted argon2id hash."""
    return _off_loop(_hasher.hash, password)


def verify_password(stored: str, password: str) -> bool:
    """Whether it is the password. Without a stored hash the answer is no, after the same time."""
    try:
        _off_loop(_hasher.verify, stored or _dummy, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker settings than ours are now."""
    return _hasher.check_needs_rehash(stored)


def _off_loop(work: Callable[..., R], *arguments: str) -> R:
    """Run in a native thread under the server, where hashing here would stop every page."""
    if is_module_patched("socket"):
        result: R = get_hub().threadpool.apply(work, arguments)
        return result
    return work(*arguments)

"""Passwords: how they are hashed (outside transactions, off the event loop), and which are weak."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.platform.i18n import LazyString, core_domain
from core.platform.threads import off_loop

_l = core_domain.lazy

SHORTEST, LONGEST = 10, 200
# Passwords of ten characters and more that stand at the head of every list of stolen ones.
WELL_KNOWN = frozenset(
    "1234567890 0123456789 0987654321 1234567891 12345678910 123456789a qwertyuiop qwerty1234 "
    "qwerty12345 qwerty123456 1q2w3e4r5t 1qaz2wsx3edc qazwsxedcrfv password12 password123 "
    "password1234 passwordpassword йцукенгшщз йцукен1234 йцукен12345 пароль1234 пароль12345 "
    "парольпароль qwe123qwe123 asdfghjkl1 asdfghjkl123 zxcvbnm123 11223344556 q1w2e3r4t5 "
    "abcdefghij abc1234567 administrator admin12345 iloveyou12 учитель123 школа12345".split()
)

# 19 MB and two passes: OWASP's recommended floor, about 30 ms here.
_hasher = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
_dummy = _hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    """A salted argon2id hash."""
    return off_loop(_hasher.hash, password)


def verify_password(stored: str, password: str) -> bool:
    """Whether it is the password. Without a stored hash the answer is no, after the same time."""
    try:
        off_loop(_hasher.verify, stored or _dummy, password)
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def needs_rehash(stored: str) -> bool:
    """Whether the hash was made with weaker settings than ours are now."""
    return _hasher.check_needs_rehash(stored)


def weakness_of(password: str, *personal: str) -> LazyString | None:
    """Why a new password is too easy to guess; ``personal`` are words that others know."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        return _l("Please use 10 characters or more. A short sentence is easy to remember.")
    if len(password) > LONGEST:
        return _l("Please use 200 characters or fewer.")
    if plain in WELL_KNOWN or len(set(plain)) < 4:
        return _l("This password is among the first that a stranger would try.")
    if any(word and word.casefold() in plain and 2 * len(word) > len(plain) for word in personal):
        return _l("Your name or address alone is easy to guess. Add other words.")
    return None

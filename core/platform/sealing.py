"""Closing something so that a copy of the database alone cannot read it.

The key is made from the secret key of the site and the purpose, so that what was sealed for one
purpose opens for no other. Whoever has both the database and the secret key can open everything:
this is against copies, backups and looking around, not against the machine itself.
"""

from __future__ import annotations

import hashlib
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.config import current as current_config

NONCE_BYTES = 12
# What is sealed is as long as a power of two, from this on: its length says next to nothing.
SMALLEST = 4_096
LENGTH_BYTES = 4


class SealBroken(Exception):
    """It was sealed with another secret key or for another purpose, or was changed since."""


def seal(purpose: str, content: bytes) -> bytes:
    """Close some bytes; twice the same give something else, of a length that hides theirs."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    padded = len(content).to_bytes(LENGTH_BYTES, "big") + content
    size = SMALLEST
    while size < len(padded):
        size *= 2
    return nonce + AESGCM(_key(purpose)).encrypt(nonce, padded.ljust(size, b"\0"), None)


def unseal(purpose: str, sealed: bytes) -> bytes:
    """What was sealed for this purpose. Raises :class:`SealBroken`."""
    nonce, closed = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:]
    try:
        padded = AESGCM(_key(purpose)).decrypt(nonce, closed, None)
    except (InvalidTag, ValueError) as error:
        raise SealBroken(purpose) from error
    length = int.from_bytes(padded[:LENGTH_BYTES], "big")
    return padded[LENGTH_BYTES : LENGTH_BYTES + length]


def _key(purpose: str) -> bytes:
    secret = current_config().secret_key.encode()
    return hashlib.blake2b(
        purpose.encode(), key=hashlib.sha512(secret).digest(), digest_size=32
    ).digest()

"""What lies in the storage of a site under test: to see that something is there, or is gone."""

from __future__ import annotations

from flask import Flask

from core.files.storage import storage


def stored_keys(app: Flask) -> list[str]:
    """The keys of everything that lies there: digests, and what was made from them."""
    with app.app_context():
        return sorted(storage().list(older=-60))


def stored_bytes(app: Flask, key: str) -> bytes:
    """The bytes with this key. Raises FileNotFoundError."""
    with app.app_context(), storage().open(key) as file:
        return file.read()

"""What is sealed: read by nobody without the key, and hiding how long it is."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask

from core.platform.sealing import SealBroken, seal, unseal


def test_what_was_sealed_comes_back_for_the_same_purpose_alone(app: Flask) -> None:
    with app.app_context():
        for content in (b"", b"yes", b"\0" * 5_000, "да".encode()):
            assert unseal("a:1", seal("a:1", content)) == content
        with pytest.raises(SealBroken):
            unseal("a:2", seal("a:1", b"yes"))


def test_neither_content_nor_length_shows(app: Flask) -> None:
    with app.app_context():
        first, second = seal("a", b"yes"), seal("a", b"yes")
        assert first != second
        assert b"yes" not in first
        assert len(first) == len(seal("a", b"a much longer vote than that one"))


@pytest.mark.parametrize("broken", [b"", b"short", b"\0" * 64])
def test_what_is_no_seal_is_refused(app: Flask, broken: bytes) -> None:
    with app.app_context(), pytest.raises(SealBroken):
        unseal("a", broken)


def test_one_changed_bit_or_another_key_opens_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        sealed = seal("a", b"yes")
        with pytest.raises(SealBroken):
            unseal("a", sealed[:-1] + bytes([sealed[-1] ^ 1]))
        other = dataclasses.replace(app.config["SREDA"], secret_key="another" * 8)
        monkeypatch.setitem(app.config, "SREDA", other)
        with pytest.raises(SealBroken):
            unseal("a", sealed)

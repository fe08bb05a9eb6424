"""What the tests of several processes share."""

from __future__ import annotations

from tests.core.conftest import installation

__all__ = ["installation"]

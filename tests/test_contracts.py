"""Every installed plugin is held against the contract."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from core.testing.contract import PluginContract

INSTALLED = sorted(entry.name for entry in entry_points(group="sreda.plugins"))


@pytest.mark.parametrize("plugin_name", INSTALLED, scope="class")
class TestContracts(PluginContract):
    """The plugin's name comes as a parameter instead of being written into a subclass."""

    @pytest.fixture(autouse=True)
    def _plugin(self, plugin_name: str) -> None:
        type(self).plugin = plugin_name


def test_the_forum_is_among_them() -> None:
    assert "forum" in INSTALLED

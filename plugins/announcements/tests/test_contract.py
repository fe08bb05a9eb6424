"""The contract that all plugins are held against."""

from core.testing.contract import PluginContract


class TestContract(PluginContract):
    plugin = "announcements"

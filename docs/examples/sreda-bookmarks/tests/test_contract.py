"""Bookmarks keep the contract of plugins."""

from core.testing.contract import PluginContract


class TestContract(PluginContract):
    plugin = "bookmarks"

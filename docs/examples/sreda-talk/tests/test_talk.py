"""What people notice of the plugin, and the contract that all plugins are held against."""

from core.testing.contract import PluginContract


class TestContract(PluginContract):
    plugin = "talk"

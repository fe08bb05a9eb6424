"""What the contract's own tables hold of a plugin: its switches, its settings, its last upgrade."""

from __future__ import annotations

from core.contract.models import CommunityPlugin, SitePlugin, UpgradeFailure
from core.contract.settings import PluginSettings
from core.contract.traces import Trace
from core.platform.i18n import core_domain

_l = core_domain.lazy

TRACES = (
    Trace(_l("Settings"), PluginSettings, lambda plugin: PluginSettings.plugin == plugin),
    Trace(
        _l("Switches in communities"), CommunityPlugin,
        lambda plugin: CommunityPlugin.plugin == plugin,
    ),
    Trace(_l("Switch of the site"), SitePlugin, lambda plugin: SitePlugin.plugin == plugin),
    Trace(_l("Failed upgrades"), UpgradeFailure, lambda plugin: UpgradeFailure.plugin == plugin),
)  # fmt: skip

"""What a browser calls itself, in two words that a person recognises."""

from __future__ import annotations

from core.platform.i18n import core_domain

_ = core_domain.gettext

# In this order: most browsers also claim to be those that stand further below.
BROWSERS = (
    ("YaBrowser", "Yandex Browser"), ("OPR/", "Opera"), ("Edg", "Edge"),
    ("SamsungBrowser", "Samsung"), ("Firefox", "Firefox"), ("Chromium", "Chromium"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_name(user_agent: str) -> str:
    """Such as «Firefox, Windows»; says that it is unknown where nothing fits."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), None)
    system = next((name for mark, name in SYSTEMS if mark in user_agent), None)
    if browser and system:
        return _("%(browser)s, %(system)s", browser=browser, system=system)
    return browser or system or _("Unknown browser")

"""What the worker does every second, done at once."""

from __future__ import annotations

from flask import Flask

from core.events.readers import deliver, plugin_readers
from core.rooms import READERS


def deliver_events(app: Flask) -> int:
    """Let everybody who follows the event log catch up; how many events they took in."""
    with app.app_context():
        return deliver((*READERS, *plugin_readers()))

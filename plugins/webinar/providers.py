"""Where people meet: one interface, and a class for each kind of place.

A provider may lead to another site or to a page of our own. It is asked to open a meeting when a
host comes in, for an address when somebody does, and to close it when a host says so; and for a
sentence when it is not set up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from core.api import settings_of
from plugins.webinar.bigbluebutton import BigBlueButton
from plugins.webinar.jitsi import Jitsi
from plugins.webinar.models import Webinar
from plugins.webinar.visits import Visit, origins_of
from plugins.webinar.words import _l


class Provider(Protocol):
    """``waits_for_host``: nobody comes in before a host has opened. ``needs_address``: whoever
    plans a webinar says where it is. ``records``: it can record, and tells when that is ready."""

    title: Any
    waits_for_host: bool
    needs_address: bool
    records: bool

    def missing(self) -> str:
        """Why nobody can meet here yet, as a sentence for who plans; empty when all is set."""

    def origins(self, link: str) -> Sequence[str]:
        """Other sites that a browser must reach to come in, such as "https://meet.example";
        ``link`` is the address that the webinar names."""

    def open(self, visit: Visit) -> None:
        """A host is at the door: see to it that there is a room. Called outside any operation,
        for it may ask a server. Raises DomainError with a sentence when there is none."""

    def address(self, visit: Visit) -> str:
        """Where the browser of this person goes; asks nobody."""


@dataclass(frozen=True)
class Link:
    """Any address: a room that somebody has elsewhere."""

    title = _l("A link to any service")
    waits_for_host = False
    needs_address = True
    records = False

    def missing(self) -> str:
        return ""

    def origins(self, link: str) -> Sequence[str]:
        return origins_of(link)

    def open(self, visit: Visit) -> None:
        """It is open as it is."""

    def address(self, visit: Visit) -> str:
        return visit.link


def providers() -> dict[str, Provider]:
    """All of them, by the key that a webinar keeps."""
    settings = settings_of("webinar")
    return {
        "link": Link(), "jitsi": Jitsi.of(settings), "bigbluebutton": BigBlueButton.of(settings),
    }  # fmt: skip


def provider_of(webinar: Webinar) -> Provider:
    """Where a webinar takes place."""
    return providers()[webinar.provider]

"""What plugins let one do with contents of other plugins."""

from __future__ import annotations

from collections.abc import Mapping

from flask import g

from core.access.actors import Viewer
from core.contents.among import seen_among as visible_among
from core.contents.places import enter as content_at
from core.contract.manifest import ContentAction
from core.contract.registry import registry

# What plugins need of contents of others; the last two by the names that they have for plugins.
__all__ = ["actions_under", "content_at", "visible_among"]


def actions_under(
    contents: Mapping[int, str], viewer: Viewer, authors: Mapping[int, int] | None = None
) -> dict[int, list[ContentAction]]:
    """Buttons of all plugins under the contents of a page, by id; ``contents`` has their kinds,
    ``authors`` who wrote them.

    Each plugin is asked once. Draw them with ``contents.actions`` of ``contents/macros.html``.
    """
    community = g.get("community")
    answers = registry().ask(
        "content_actions", community_id=community.id if community else None,
        contents=contents, authors=authors or {}, community=community,
        activity=g.get("activity"), viewer=viewer,
    )  # fmt: skip
    found: dict[int, list[ContentAction]] = {}
    for answer in answers:
        for number in answer.value.keys() & contents.keys():
            found.setdefault(number, []).extend(answer.value[number])
    return found

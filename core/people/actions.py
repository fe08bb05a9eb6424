"""What plugins let one do with people, beside their names."""

from __future__ import annotations

from collections.abc import Collection

from flask import g

from core.access.actors import Viewer
from core.contract.manifest import ContentAction
from core.contract.registry import registry


def actions_with(people: Collection[int], viewer: Viewer) -> dict[int, list[ContentAction]]:
    """Buttons of all plugins beside the people of a page, by id; nobody is left out.

    Each plugin is asked once. Draw them with ``contents.actions`` of ``contents/macros.html``.
    """
    community = g.get("community")
    answers = registry().ask(
        "person_actions", community_id=community.id if community else None,
        people=people, community=community, viewer=viewer,
    )  # fmt: skip
    found: dict[int, list[ContentAction]] = {number: [] for number in people}
    for answer in answers:
        for number in answer.value.keys() & found.keys():
            found[number].extend(answer.value[number])
    return found

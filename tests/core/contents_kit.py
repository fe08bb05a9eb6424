"""A kind of content for tests, as a plugin would bring one: notes that stand in a community."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask import Flask

from core.access.actors import Actor
from core.activities.models import Activity
from core.communities.models import Community
from core.contents.models import Content
from core.contents.operations import new_content, note_revision
from core.contract.manifest import ContentType, ContentView
from core.contract.registry import registry_of
from core.platform.db import db, operation, utcnow
from core.testing.cast import Made

KIND = "core.note"
# A kind that has no words of its own, as a topic of a forum.
SHELF = "core.shelf"


@dataclass
class Notes:
    """Writes notes, and knows what they say."""

    app: Flask
    said: dict[int, str] = field(default_factory=dict)
    changes: list[int] = field(default_factory=list)
    inside: dict[int, int] = field(default_factory=dict)

    def install(self) -> None:
        registry = registry_of(self.app)
        assert registry.core is not None
        note = ContentType(
            kind=KIND, title="Note", views=self.views, bodies=self.bodies, within=self.within,
            visibility_changed=lambda actor, number: self.changes.append(number),
        )  # fmt: skip
        shelf = ContentType(kind=SHELF, title="Shelf", views=self.views)
        registry.core = replace(registry.core, contents=(*registry.core.contents, note, shelf))

    def views(self, ids: Sequence[int]) -> Mapping[int, ContentView]:
        return {n: ContentView(title=f"Note {n}", url=f"/notes/{n}", excerpt="…") for n in ids}

    def bodies(self, ids: Sequence[int]) -> Mapping[int, str]:
        return {n: self.said[n] for n in ids if n in self.said}

    def within(self, ids: Sequence[int]) -> Mapping[int, int]:
        return {n: self.inside[n] for n in ids if n in self.inside}

    def write(
        self, community: Made | None, author: Made, body: str = "<p>Слово</p>", *,
        held: bool = False, kind: str = KIND,
    ) -> int:  # fmt: skip
        with self.app.app_context():
            number = _written(author, community.id if community else None, held, kind)
        self.said[number] = body
        return number

    def write_in(self, activity: Made, author: Made) -> int:
        with self.app.app_context():
            number = _written_in(author, activity.id)
        self.said[number] = "<p>Слово</p>"
        return number

    def edit(self, number: int, body: str, editor: Made) -> None:
        with self.app.app_context():
            _edited(editor, number, self.said[number])
        self.said[number] = body


@operation
def _written(actor: Actor, community_id: int | None, held: bool, kind: str) -> int:
    content = new_content(actor, kind)
    if community_id is not None:
        content.community_id = db.session.get_one(Community, community_id).id
    content.held_at = utcnow() if held else None
    db.session.flush()
    return content.id


@operation
def _written_in(actor: Actor, activity_id: int) -> int:
    return new_content(actor, KIND, db.session.get_one(Activity, activity_id)).id


@operation
def _edited(actor: Actor, number: int, former: str) -> None:
    content = db.session.get_one(Content, number)
    note_revision(actor, content, former, seen_version=content.version)

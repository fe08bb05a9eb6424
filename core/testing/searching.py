"""The part of the contract that is about search; see :mod:`core.testing.contract`."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import sqlalchemy as sa
from flask.testing import FlaskClient

from core.access.actors import SYSTEM
from core.contents.models import Content, ContentReader
from core.contents.operations import hide, restore
from core.contents.queries import content_views
from core.contract.manifest import ContentType
from core.platform.db import db
from core.platform.html import text_of
from core.search.stems import words_of
from core.search.subjects import texts
from core.testing.cast import Made
from core.testing.switches import switch_plugin
from core.testing.worker import fill_index

if TYPE_CHECKING:
    from core.testing.contract import Stage

# So many words of a content are looked for.
ENOUGH = 6


@dataclass(frozen=True)
class Worded:
    """A content that search reads: where it is seen, and some of its words."""

    kind: str
    id: int
    url: str
    words: str
    # Somebody to whom it was given to read; None for what stands in a community.
    reader_id: int | None = None


def worded(stage: Stage) -> Iterator[Worded]:
    """A content of each kind that has words, out of what ``demo_content`` made."""
    for kind in stage.installed.manifest.contents:
        if kind.searched is None and kind.bodies is None:
            continue
        with stage.app.test_request_context():
            found = next(_of_kind(kind, stage.community.id), None)
        assert found is not None, f"demo_content makes no {kind.kind} that says anything"
        yield found


def _of_kind(kind: ContentType, community_id: int) -> Iterator[Worded]:
    here = sa.or_(Content.community_id == community_id, Content.community_id.is_(None))
    visible = sa.select(Content).where(
        Content.kind == kind.kind, here, Content.held_at.is_(None), Content.hidden_at.is_(None)
    )
    contents = {row.id: row for row in db.session.scalars(visible.order_by(Content.id))}
    views = content_views(dict.fromkeys(contents, kind.kind))
    for number, text in sorted(texts(kind, list(contents)).items()):
        words = [*words_of(f"{text.title} {text_of(text.body)}")][:ENOUGH]
        alone = contents[number].community_id is None
        reader = _reader_of(kind, contents[number]) if alone else None
        if words and number in views and (reader is not None or not alone):
            yield Worded(kind.kind, number, views[number].url, " ".join(words), reader)


def _reader_of(kind: ContentType, content: Content) -> int | None:
    """Somebody who may read what stands in no community, and did not write it."""
    outer = kind.within([content.id]) if kind.within is not None else {}
    query = sa.select(ContentReader.user_id).where(
        ContentReader.content_id == outer.get(content.id, content.id),
        ContentReader.user_id != content.author_id,
    )
    return db.session.scalar(query.limit(1))


class SearchContract:
    """What a plugin's people wrote is found by those who may see it, and by nobody else."""

    plugin: ClassVar[str] = ""

    def test_what_has_words_is_found_and_what_is_hidden_is_not(self, stage: Stage) -> None:
        fill_index(stage.app)
        member = stage.cast.browser(stage.cast.member(stage.community))
        for content in worded(stage):
            given = content.reader_id
            reader = member if given is None else stage.cast.browser(Made(given))
            assert self._finds(reader, content), content
            with stage.app.app_context():
                hide(SYSTEM, db.session.get_one(Content, content.id), "contract")
            assert not self._finds(reader, content), f"hidden: {content}"
            with stage.app.app_context():
                restore(SYSTEM, db.session.get_one(Content, content.id))

    def test_what_has_words_is_not_found_by_an_outsider_or_when_the_plugin_is_off(
        self, stage: Stage
    ) -> None:
        fill_index(stage.app)
        contents = list(worded(stage))
        outsider = stage.cast.browser(stage.outsider)
        coordinator = stage.cast.browser(stage.coordinator)
        for content in contents:
            assert not self._finds(outsider, content), content
        switch_plugin(stage.app, self.plugin, stage.community.id, False)
        if any(content.reader_id is not None for content in contents):
            switch_plugin(stage.app, self.plugin, None, False)
        for content in contents:
            assert not self._finds(coordinator, content), content

    def _finds(self, browser: FlaskClient, content: Worded) -> bool:
        asked = {"q": content.words, "form": self.plugin, "order": "newest"}
        page = html.unescape(browser.get("/search", query_string=asked).text)
        return f'"{content.url}"' in page

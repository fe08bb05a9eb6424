"""The part of the contract that is about what a plugin tells; see :mod:`core.testing.contract`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from core.access.actors import Viewer
from core.access.standing import prepare_standings
from core.admin.switches import prepare_switches
from core.communities.models import Community
from core.contract.registry import Answer, registry
from core.platform.db import db, utcnow

if TYPE_CHECKING:
    from core.testing.contract import Stage


class TellingContract:
    """Dates and news cost little, and have names by which other programs know them again."""

    plugin: ClassVar[str] = ""

    def test_calendars_ask_it_once_for_all_communities(
        self, stage: Stage, count_queries: Callable[..., Any]
    ) -> None:
        """And whatever it tells has a name of its own, for ever."""
        with stage.app.test_request_context():
            places = [db.session.get_one(Community, c.id) for c in (stage.community, stage.other)]
            viewer, now = Viewer(id=stage.coordinator.id), utcnow()
            prepare_switches(place.id for place in places)
            prepare_standings(viewer, places)
            near = timedelta(days=60)
            with count_queries() as count:
                answers = registry().ask_about(
                    "calendar_items", places, viewer=viewer, start=now - near, end=now + near
                )
        self._is_settled(answers, count.statements)

    def test_its_news_are_one_query_and_named(
        self, stage: Stage, count_queries: Callable[..., Any]
    ) -> None:
        """For the feed of a community; whatever it tells has a name of its own, for ever."""
        with stage.app.test_request_context():
            place = db.session.get_one(Community, stage.community.id)
            prepare_switches([place.id])
            with count_queries() as count:
                answers = registry().ask(
                    "feed_entries", community_id=place.id, community=place, newest=25
                )
        self._is_settled(answers, count.statements)

    def _is_settled(self, answers: Sequence[Answer], statements: Sequence[str]) -> None:
        keys = [one.key for a in answers if a.plugin == self.plugin for one in a.value]
        assert len([s for s in statements if f" {self.plugin}_" in s]) <= 1
        assert all(key.startswith(f"{self.plugin}.") for key in keys)
        assert len(set(keys)) == len(keys)

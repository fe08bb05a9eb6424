"""How many statements a search may cost, whatever the number of documents and communities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import insert

from core.contents.models import Content
from core.platform.db import db, operation, utcnow
from core.search.models import SearchDocument
from core.search.subjects import Saying
from core.testing.cast import Cast, Made
from tests.core.contents_kit import KIND, Notes

MANY = 10_000
CHUNK = 1_000
# Beyond whatever the tests before have counted up to.
FIRST = 1_000_000
PAGE = 10
SUGGESTIONS = 10


def test_results_cost_the_same_for_one_document_and_ten_thousand(
    app: Flask, cast: Cast, notes: Notes, fill_index: Callable[[], None],
    count_queries: Callable[[], Any],
) -> None:  # fmt: skip
    place = cast.community("maths", title="Учителя математики")
    member = cast.member(place)
    notes.write(place, member, "<p>урок математики</p>")
    fill_index()
    browser, guest = cast.browser(member), app.test_client()
    addresses = {
        "/search?q=урок": PAGE,
        "/search?q=урок математики&order=newest&in=maths": PAGE + 1,
        '/search?q="урок математики"&author=Фамильева': PAGE + 3,
        "/search?q=урок&page=40": PAGE,
        "/search/suggest?q=матем": SUGGESTIONS,
        "/search": PAGE,
    }

    def counted() -> dict[str, list[int]]:
        numbers: dict[str, list[int]] = {}
        for address in addresses:
            for client in (browser, guest):
                assert client.get(address).status_code == 200
                with count_queries() as count:
                    client.get(address)
                numbers.setdefault(address, []).append(count.number)
        return numbers

    few = counted()
    assert all(max(few[address]) <= most for address, most in addresses.items()), few
    for number in range(20):
        cast.member(cast.community(f"place-{number}"), member)
    fill(app, place, member)
    many = counted()
    # One more where the first that fit are for others, and a narrower question is asked.
    for address in addresses:
        for before, after in zip(few[address], many[address], strict=True):
            assert after <= before + 1, (address, few, many)
        assert max(many[address]) <= addresses[address], (address, many)


def fill(app: Flask, place: Made, author: Made) -> None:
    """Ten thousand notes and their documents, written at once."""
    with app.app_context():
        for start in range(0, MANY, CHUNK):
            _filled(author, place.id, FIRST + start)


@operation
def _filled(actor: Any, community_id: int, first: int) -> None:
    now = utcnow()
    ids = range(first, first + CHUNK)
    where = {"community_id": community_id, "author_id": actor.id, "created_at": now}
    db.session.execute(
        insert(Content), [{"id": n, "kind": KIND, "version": 1} | where for n in ids]
    )
    sayings = [
        Saying(
            what="content",
            id=n,
            created_at=now,
            text="урок математики",
            marks=(f"c{community_id}",),
        )
        for n in ids
    ]
    rows = [{"id": s.id} | s.columns() for s in sayings]
    db.session.execute(insert(SearchDocument), rows)

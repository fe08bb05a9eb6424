"""What a busy evening has beside one large room: many small ones, readers that do not read, and
more said than can be stored. On our server alone, since a stock Socket.IO server stores nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.cluster.seats import SLUG
from tests.load.rooms import Looking, People, most, our_server

PEOPLE = 500
IN_A_SMALL_ROOM = 10
# Every so many-th reads nothing, for so many seconds, while long lines are said at this rate.
DEAF = PEOPLE // 10
DEAF_SECONDS = 45.0
DEAF_RATE = 35.0
LONG = 120
# More than one process stores, a second.
TOO_MUCH = 3000.0
PATIENCE = 120.0


def measure_hardships(databases: Sequence[str]) -> None:
    """Measure all three on every database, and show them."""
    print("\nrooms, what else happens", flush=True)
    for kind in databases:
        for hardship in (_small_rooms, _slow_readers, _overload):
            print(f"{kind:14}{hardship(kind)}", flush=True)


def _small_rooms(kind: str) -> str:
    rooms = PEOPLE // IN_A_SMALL_ROOM
    with our_server(kind, PEOPLE, rooms) as (_pid, begin):
        people = People(begin)
        try:
            quiet = people.talk(rooms)
            # Deliveries are counted as everywhere; each line goes to the few of its room.
            best = most(people, PEOPLE, 2.0 * rooms)
        finally:
            people.leave()
    return (
        f"{rooms} rooms of {IN_A_SMALL_ROOM}, {rooms} lines a second: p50 {quiet['p50']:.0f} ms, "
        f"p99 {quiet['p99']:.0f} ms; at most {best / IN_A_SMALL_ROOM:,.0f} lines a second in time"
    )


def _slow_readers(kind: str) -> str:
    with our_server(kind, PEOPLE) as (_pid, begin):
        people = People(begin | {"deaf": DEAF})
        try:
            told = people.talk(DEAF_RATE, DEAF_SECONDS, deaf=DEAF, long=LONG)
        finally:
            people.leave()
    return (
        f"{DEAF} of {PEOPLE} do not read: {told['cut_off']} of these cut off; the others p50 "
        f"{told['p50']:.0f} ms, p99 {told['p99']:.0f} ms, {_share(told)} delivered"
    )


def _overload(kind: str) -> str:
    with our_server(kind, PEOPLE) as (_pid, begin):
        people = People(begin)
        try:
            looking = Looking(begin["port"], begin["cookies"][0], f"/c/{SLUG}/")
            told = people.talk(TOO_MUCH)
            page_p99 = looking.p99()
            late = people.settle(PATIENCE)
            after = people.talk(20.0)
        finally:
            people.leave()
    return (
        f"{TOO_MUCH:,.0f} lines a second said by {PEOPLE}: {told['acked'] / told['took']:,.0f} a "
        f"second acknowledged, {told['refused']} refused, {told['lost']} links lost, page p99 "
        f"{page_p99:.0f} ms; the last answered {late['took']:.0f} s later, {late['unanswered']} "
        f"never; then p99 {after['p99']:.0f} ms"
    )


def _share(told: dict[str, Any]) -> str:
    return f"{100 * told['deliveries'] / max(1, told['expected']):.0f} %"

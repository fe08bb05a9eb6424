"""Moments as people say them, in their language and by their clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g

from core.platform import dates
from core.platform.i18n import use_locale

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # 15:00 in Moscow, a Tuesday


@pytest.fixture(params=["ru", "en"])
def locale(request: pytest.FixtureRequest) -> Iterator[str]:
    with use_locale(request.param):
        yield request.param


def test_a_moment_is_told_by_the_clock_of_the_zone() -> None:
    assert dates.format_time(NOW) == "15:00"
    with dates.use_zone("Asia/Vladivostok"):
        assert dates.format_time(NOW) == "22:00"
    assert dates.format_time(NOW) == "15:00"


def test_the_zone_of_a_request_is_the_viewers() -> None:
    with Flask(__name__).app_context():
        dates.select_zone("Asia/Kamchatka")
        assert dates.current_zone() == ZoneInfo("Asia/Kamchatka")
        assert g.zone == "Asia/Kamchatka"
        with dates.use_zone("UTC"):
            assert dates.current_zone() == ZoneInfo("UTC")


@pytest.mark.parametrize("name", [None, "", "Mars/Olympus", "../../etc/passwd", "Europe"])
def test_an_unknown_zone_is_moscow(name: str | None) -> None:
    assert dates.zone_named(name) == ZoneInfo("Europe/Moscow")


def test_a_moment_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        dates.format_moment(datetime(2026, 11, 24))


def test_this_year_goes_without_saying(locale: str) -> None:
    said = {"ru": "24 ноября, 15:00", "en": "24 November, 15:00"}
    assert dates.format_moment(NOW, NOW) == said[locale]
    last = NOW.replace(year=2025)
    assert "2025" in dates.format_moment(last, NOW)
    assert dates.format_moment(last, NOW).endswith(", 15:00")


def test_a_day_is_the_one_of_the_zone(locale: str) -> None:
    evening = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    assert dates.format_day(evening, NOW) == {"ru": "25 ноября", "en": "25 November"}[locale]
    assert dates.format_day(date(2026, 11, 24), NOW).startswith("24 ")


def test_the_year_turns_at_midnight_of_the_zone() -> None:
    with use_locale("en"):
        evening = datetime(2026, 12, 31, 22, 0, tzinfo=UTC)
        assert dates.format_day(evening, NOW) == "1 January 2027"
        assert dates.format_day(evening, evening) == "1 January"


def test_numbers_for_papers() -> None:
    assert dates.format_numeric(NOW) == "24.11.2026"
    assert dates.format_numeric(date(2026, 1, 2)) == "02.01.2026"


def test_weekdays(locale: str) -> None:
    assert dates.weekday(NOW) == {"ru": "вторник", "en": "Tuesday"}[locale]


@pytest.mark.parametrize(
    ("passed", "russian", "english"),
    [
        (timedelta(), "только что", "just now"),
        (timedelta(minutes=1), "1 минуту назад", "1 minute ago"),
        (timedelta(minutes=2, seconds=59), "2 минуты назад", "2 minutes ago"),
        (timedelta(minutes=59), "59 минут назад", "59 minutes ago"),
        (timedelta(hours=3), "сегодня в 12:00", "today at 12:00"),
        (timedelta(hours=16), "вчера в 23:00", "yesterday at 23:00"),
        (timedelta(days=2), "22 ноября, 15:00", "22 November, 15:00"),
        (timedelta(seconds=-5), "меньше чем через минуту", "in less than a minute"),
        (timedelta(minutes=-10), "через 10 минут", "in 10 minutes"),
        (timedelta(minutes=-21), "через 21 минуту", "in 21 minutes"),
        (timedelta(hours=-10), "завтра в 01:00", "tomorrow at 01:00"),
        (timedelta(days=-3), "27 ноября, 15:00", "27 November, 15:00"),
    ],
)
def test_how_far_a_moment_is(passed: timedelta, russian: str, english: str, locale: str) -> None:
    assert dates.ago(NOW - passed, NOW) == {"ru": russian, "en": english}[locale]


def test_a_timestamp_is_exact_for_machines() -> None:
    with use_locale("en"):
        element = dates.timestamp(NOW)
    assert 'datetime="2026-11-24T12:00:00+00:00"' in element
    assert 'title="24.11.2026 15:00"' in element
    assert ", 15:00</time>" in element


def test_a_timestamp_may_say_it_in_other_words() -> None:
    assert dates.format_numeric(NOW) in dates.timestamp(NOW, dates.format_numeric)


def test_every_zone_to_choose_exists_and_says_its_offset() -> None:
    assert len({zone.name for zone in dates.ZONES}) == len(dates.ZONES)
    for zone in dates.ZONES:
        offset = NOW.astimezone(dates.zone_named(zone.name)).utcoffset()
        assert offset is not None
        hours = offset // timedelta(hours=1)
        assert (f"UTC+{hours})" if hours else "(UTC)") in str(zone.title)
        assert zone.name == "UTC" or zone.name in str(dates.zone_named(zone.name))

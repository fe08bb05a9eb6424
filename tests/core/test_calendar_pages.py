"""The calendar on the screen: what it shows to whom, on which day, by whose clock."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from core.activities.models import Activity
from core.communities.models import Community
from core.contract.registry import registry_of
from core.platform.db import db
from core.testing.cast import Turned
from core.testing.switches import switch_plugin
from tests.core.calendar_kit import NOW, Scene
from tests.core.test_budgets import fill_community, join_many, statements


def page(browser: FlaskClient, path: str, language: str = "en") -> str:
    answer = browser.get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def cell(html: str, day: str) -> str:
    """What stands in the cell of a day."""
    sheet = html.split("<table", 1)[1].split("</table>", 1)[0]
    begins = rf'<td[^>]*>\s*<time class="cal-number" datetime="{day}">'
    found = re.search(f"{begins}.*?</td>", sheet, re.DOTALL)
    assert found is not None, day
    return found[0]


def main(browser: FlaskClient, path: str) -> str:
    """The middle of a page, without the menu beside it."""
    return page(browser, path).split("<main", 1)[1].split("</main>", 1)[0]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_a_month_shows_what_opens_and_closes_on_its_day(dated: Scene) -> None:
    maths = dated.cast.community("maths")
    dated.quiz(maths, opens_at=NOW + timedelta(days=1), closes_at=NOW + timedelta(days=2))
    html = page(dated.cast.browser(dated.cast.member(maths)), "/c/maths/calendar")
    assert "November 2026" in html
    assert words(cell(html, "2026-11-27")).endswith("15:00 Опрос opens")
    assert words(cell(html, "2026-11-28")).endswith("15:00 Опрос closes")
    assert 'aria-current="date"' in cell(html, "2026-11-26")
    assert "Опрос" not in cell(html, "2026-11-26")


def test_weeks_begin_on_monday_and_a_month_has_whole_weeks(dated: Scene) -> None:
    dated.cast.community("maths", visibility="public")
    html = page(dated.app.test_client(), "/c/maths/calendar?on=2026-11-15")
    days = re.findall(r'cal-number" datetime="([-\d]+)"', html)
    assert (days[0], days[-1], len(days)) == ("2026-10-26", "2026-12-06", 42)
    assert html.index("Monday") < html.index("Sunday")


def test_a_day_is_that_of_the_viewers_clock(dated: Scene) -> None:
    maths = dated.cast.community("maths")
    dated.quiz(maths, opens_at=datetime(2026, 11, 20, 16, 30, tzinfo=UTC))
    for zone, day, time in (
        ("Europe/Kaliningrad", "2026-11-20", "18:30"), ("Europe/Moscow", "2026-11-20", "19:30"),
        ("Asia/Yakutsk", "2026-11-21", "01:30"), ("Asia/Kamchatka", "2026-11-21", "04:30"),
        ("America/New_York", "2026-11-20", "11:30"),
    ):  # fmt: skip
        person = dated.cast.member(maths, dated.cast.user(zone_name=zone))
        html = page(dated.cast.browser(person), "/c/maths/calendar")
        assert f"{time} Опрос opens" in words(cell(html, day)), zone
    assert "America/New_York" in html


def test_the_organisers_clock_is_named_where_it_differs(dated: Scene) -> None:
    organiser = dated.cast.user(zone_name="Asia/Yakutsk")
    maths = dated.cast.community("maths", coordinator=organiser)
    dated.quiz(maths, opens_at=NOW + timedelta(days=1), author_id=organiser.id)
    moscow = dated.cast.member(maths, dated.cast.user(zone_name="Europe/Moscow"))
    html = page(dated.cast.browser(moscow), "/c/maths/calendar?view=agenda")
    assert "21:00 for the organiser: Yakutsk (Moscow +6, UTC+9)" in html
    assert "for the organiser" not in page(
        dated.cast.browser(organiser), "/c/maths/calendar?view=agenda"
    )


def test_clocks_that_change_in_a_night_lose_no_date(dated: Scene) -> None:
    """In New York the night of 8 March 2026 has no hour from two to three."""
    maths = dated.cast.community("maths")
    person = dated.cast.member(maths, dated.cast.user(zone_name="America/New_York"))
    dated.quiz(maths, "До", opens_at=datetime(2026, 3, 8, 6, 59, tzinfo=UTC))
    dated.quiz(maths, "После", opens_at=datetime(2026, 3, 8, 7, 0, tzinfo=UTC))
    day = words(
        cell(page(dated.cast.browser(person), "/c/maths/calendar?on=2026-03-08"), "2026-03-08")
    )
    assert "01:59 До opens" in day
    assert "03:00 После opens" in day


def test_what_lasts_beyond_midnight_stands_on_each_of_its_days(dated: Scene) -> None:
    dated.cast.community("maths", visibility="public")
    night = datetime(2026, 11, 10, 19, 0, tzinfo=UTC)
    dated.date(title="Ночная", start=night, end=night + timedelta(hours=4))
    dated.date(title="Смена", start=night, end=night + timedelta(days=2, hours=1))
    dated.date(title="Каникулы", start=date(2026, 11, 12), end=date(2026, 11, 14))
    dated.date(title="Урок", start=night - timedelta(hours=9), end=night - timedelta(hours=8))
    html = page(dated.app.test_client(), "/c/maths/calendar")
    tenth, eleventh, twelfth = (words(cell(html, f"2026-11-{day}")) for day in (10, 11, 12))
    assert "13:00–14:00 Урок" in tenth
    assert "from 22:00 Ночная" in tenth
    assert "until 02:00 Ночная" in eleventh
    assert "goes on Смена" in eleventh
    assert "until 23:00 Смена" in twelfth
    assert "all day Каникулы" in twelfth
    assert "Каникулы" in cell(html, "2026-11-13")
    assert "Каникулы" not in cell(html, "2026-11-14")


def test_a_full_day_says_how_much_more_there_is(dated: Scene) -> None:
    dated.cast.community("maths", visibility="public")
    for number in range(9):
        dated.date(title=f"Встреча {number}", start=NOW + timedelta(minutes=number))
    guest = dated.app.test_client()
    full = cell(page(guest, "/c/maths/calendar"), "2026-11-26")
    assert full.count("cal-entry ") == 4
    assert "5 more" in words(full)
    link = re.search(r'cal-more" href="([^"]+)"', full)
    assert link is not None
    assert "Встреча 8" in page(guest, link[1].replace("&amp;", "&"))


@pytest.mark.parametrize("view", ["week", "agenda"])
def test_other_views_show_the_same_dates(dated: Scene, view: str) -> None:
    maths = dated.cast.community("maths", visibility="public")
    dated.quiz(maths, opens_at=NOW + timedelta(days=1))
    dated.quiz(maths, "Нескоро", opens_at=NOW + timedelta(days=40))
    html = main(dated.app.test_client(), f"/c/maths/calendar?view={view}")
    assert "Опрос" in html
    assert "Нескоро" not in html


def test_ones_own_calendar_gathers_all_ones_communities_and_can_be_narrowed(dated: Scene) -> None:
    person = dated.cast.user()
    maths, chemistry = (dated.cast.community(slug) for slug in ("maths", "chemistry"))
    dated.cast.member(maths, person)
    dated.cast.member(chemistry, person)
    strange = dated.cast.community("strange", visibility="public")
    dated.quiz(maths, "Алгебра", opens_at=NOW + timedelta(days=1))
    dated.cast.activity(
        chemistry, "diary", "notebook", title="Кислоты", opens_at=NOW + timedelta(days=1)
    )
    dated.quiz(strange, "Чужое", opens_at=NOW + timedelta(days=1))
    browser = dated.cast.browser(person)
    everything = page(browser, "/calendar")
    assert "Алгебра" in everything
    assert "Кислоты" in everything
    assert "Чужое" not in everything
    one = page(browser, "/calendar?place=maths&view=week")
    assert "Алгебра" in one
    assert "Кислоты" not in one
    assert "place=maths" in one.split('rel="next"')[1].split(">")[0]
    form = page(browser, "/calendar?form=diary.notebook")
    assert "Кислоты" in form.split("<table")[1]
    assert "Алгебра" not in form.split("<table")[1]
    assert "Чужое" not in page(browser, "/calendar?place=strange")


def test_a_calendar_is_for_those_who_may_look_inside(dated: Scene) -> None:
    for slug, visibility in (("open", "public"), ("members", "listed"), ("secret", "private")):
        place = dated.cast.community(slug, visibility=visibility)
        dated.quiz(place, opens_at=NOW + timedelta(days=1))
    guest = dated.app.test_client()
    assert "Опрос" in page(guest, "/c/open/calendar")
    for path in ("/c/members/calendar", "/c/secret/calendar", "/c/nowhere/calendar", "/calendar"):
        assert guest.get(path).status_code in (302, 303), path
        assert "/sign-in" in guest.get(path).location
    stranger = dated.cast.browser(dated.cast.user())
    assert stranger.get("/c/members/calendar").status_code == 403
    assert stranger.get("/c/secret/calendar").status_code == 404


def test_drafts_and_plugins_that_are_off_are_in_no_calendar(dated: Scene) -> None:
    coordinator = dated.cast.user()
    maths = dated.cast.community("maths", coordinator=coordinator)
    dated.quiz(maths, "Набросок", state="draft", opens_at=NOW + timedelta(days=1))
    dated.quiz(maths, opens_at=NOW + timedelta(days=1))
    dated.date(start=NOW)
    browser = dated.cast.browser(coordinator)
    html = main(browser, "/c/maths/calendar")
    assert "Опрос" in html
    assert "Встреча" in html
    assert "Набросок" not in html
    switch_plugin(dated.app, "diary", maths.id, False)
    html = main(browser, "/c/maths/calendar")
    assert "Опрос" not in html
    assert "Встреча" not in html


def test_what_was_called_off_is_struck_out_and_later_gone(dated: Scene, clock: Turned) -> None:
    maths = dated.cast.community("maths", visibility="public")
    quiz = dated.quiz(maths, opens_at=NOW + timedelta(days=2), closes_at=NOW + timedelta(days=40))
    clock.turn(timedelta(days=10))
    dated.archive(quiz)
    guest = dated.app.test_client()
    assert "called off" not in page(guest, "/c/maths/calendar?on=2026-11-28")
    assert "called off" in cell(page(guest, "/c/maths/calendar?on=2027-01-05"), "2027-01-05")
    clock.turn(timedelta(days=31))
    assert "Опрос" not in page(guest, "/c/maths/calendar?on=2027-01-05")


@pytest.mark.parametrize(
    "asked",
    [
        "0000-01-01", "0001-01-01", "1999-12-31", "2200-01-01", "9999-12-31", "2026-02-30",
        "2026-11-26T00:00", "20261126", "-1", "now", "٢٠٢٦-11-26", "2026-W48-1", "1" * 400, "%00",
    ],
)  # fmt: skip
def test_a_date_that_is_none_shows_today_and_says_so(dated: Scene, asked: str) -> None:
    dated.cast.community("maths", visibility="public")
    guest = dated.app.test_client()
    for view in ("month", "week", "agenda", "decade"):
        html = page(guest, f"/c/maths/calendar?view={view}&on={asked}")
        assert ("The calendar has no such date" in html) is (asked != "%00")
        assert "November" in html


@pytest.mark.parametrize(("day", "way"), [("2000-01-01", "prev"), ("2199-12-31", "next")])
def test_the_calendar_has_two_ends(dated: Scene, day: str, way: str) -> None:
    dated.cast.community("maths", visibility="public")
    for view in ("month", "week", "agenda"):
        html = page(dated.app.test_client(), f"/c/maths/calendar?view={view}&on={day}")
        assert f'rel="{way}"' not in html


def test_the_calendar_stands_in_the_menus(dated: Scene) -> None:
    dated.cast.community("listed", visibility="listed")
    maths = dated.cast.community("maths", visibility="public")
    member = dated.cast.browser(dated.cast.member(maths))
    html = page(member, "/c/maths/calendar")
    assert 'href="/c/maths/calendar" aria-current="page"' in html
    assert 'href="/calendar"' in html
    assert "/c/listed/calendar" not in page(member, "/c/listed/")


def test_my_day_and_the_home_of_a_community_tell_dates_of_plugins(dated: Scene) -> None:
    maths = dated.cast.community("maths")
    dated.quiz(maths)
    dated.date(title="Педсовет", what="begins", start=NOW + timedelta(days=1))
    dated.date(title="Отменённый", start=NOW + timedelta(days=1), cancelled=True)
    browser = dated.cast.browser(dated.cast.member(maths))
    for path in ("/my", "/c/maths/"):
        html = page(browser, path)
        assert "Педсовет" in html, path
        assert "tomorrow at 15:00 · begins" in html
        assert "Отменённый" not in html


def test_my_day_names_the_next_dates_and_says_how_many_more_there_are(dated: Scene) -> None:
    maths = dated.cast.community("maths")
    dated.quiz(maths)
    for number in range(10):
        dated.date(title=f"Встреча {number}", start=NOW + timedelta(hours=number + 1))
    html = page(dated.cast.browser(dated.cast.member(maths)), "/my")
    assert [number for number in range(10) if f"Встреча {number}" in html] == list(range(8))
    assert "2 more in the calendar" in words(html)


def test_a_plugin_whose_dates_are_those_of_activities_is_asked_where_it_has_some(
    dated: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    plugins = registry_of(dated.app).installed
    manifest = replace(plugins["diary"].manifest, of_activities=("calendar_items",))
    monkeypatch.setitem(plugins, "diary", replace(plugins["diary"], manifest=manifest))
    maths, physics = dated.cast.community("maths"), dated.cast.community("physics")
    dated.quiz(maths)
    dated.date(title="Педсовет", start=NOW + timedelta(days=1))
    person = dated.cast.member(physics, dated.cast.member(maths))
    browser = dated.cast.browser(person)
    for path in ("/my", "/c/maths/", "/c/physics/calendar"):
        assert "Педсовет" in page(browser, path), path
    assert "Педсовет" not in page(browser, "/c/physics/")


@pytest.mark.parametrize(
    "facts",
    [
        {"start": NOW.replace(tzinfo=None)}, {"start": NOW, "end": NOW},
        {"start": NOW, "end": date(2026, 11, 30)}, {"start": date(2026, 11, 26), "end": NOW},
        {"start": NOW, "key": "forum.problem.1"}, {"start": NOW, "key": "activities.1.opens"},
        {"start": NOW, "colour": "red"}, {"start": None}, {"start": NOW, "sequence": None},
        {"start": date(1, 1, 1), "end": date(2999, 1, 1)}, {"start": NOW, "key": "diary.a\r\nb"},
        {"start": date(2026, 1, 1), "end": date(9999, 12, 31)}, {"start": NOW, "sequence": -1},
        {"start": NOW + timedelta(days=4000)},
    ],
)  # fmt: skip
def test_calendar_items_that_nobody_can_show_are_left_out(
    dated: Scene, facts: dict[str, object]
) -> None:
    maths = dated.cast.community("maths", visibility="public")
    dated.quiz(maths, opens_at=NOW + timedelta(days=1))
    dated.date(**{"title": "Негодное"} | facts)
    html = page(dated.app.test_client(), "/c/maths/calendar")
    assert "Опрос" in html
    assert "Негодное" not in html


def test_calendar_items_of_other_communities_are_left_out(dated: Scene) -> None:
    dated.cast.community("maths", visibility="public")
    secret = dated.cast.community("secret", visibility="private")
    with dated.app.app_context():
        dated.date(title="Тайное", start=NOW, community=db.session.get_one(Community, secret.id))
    html = page(dated.app.test_client(), "/c/maths/calendar")
    assert "Тайное" not in html


def test_a_month_costs_the_same_however_much_is_in_it(dated: Scene) -> None:
    coordinator = dated.cast.user()
    maths = dated.cast.community("maths", coordinator=coordinator)
    dated.quiz(maths, opens_at=NOW)
    browser = dated.cast.browser(coordinator)
    paths = (
        "/c/maths/calendar",
        "/c/maths/calendar?view=agenda",
        "/calendar",
        "/calendar?view=week",
    )
    few = [len(statements(dated.app, browser, path)) for path in paths]
    assert max(few) <= 7
    fill_community(dated.app, maths)
    join_many(dated.app, coordinator)
    date_everything(dated.app)
    assert [len(statements(dated.app, browser, path)) for path in paths] == few


def date_everything(app: Flask) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(update(Activity).values(opens_at=NOW, closes_at=NOW + timedelta(days=1)))

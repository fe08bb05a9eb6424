"""The webinars of the demo: one that begins in ten minutes, a series with a queue, a past one
with what was recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from core.api import (
    SYSTEM,
    Activity,
    Community,
    add_comment,
    create_activity,
    current_zone,
    db,
    from_text,
    operation,
    utcnow,
)
from plugins.webinar import attendance, operations, schedule
from plugins.webinar.models import Film, FilmState, Meeting, MeetingState, Room, Webinar
from plugins.webinar.queries import webinar_at
from plugins.webinar.schedule import Plan


def webinars_under_way(community: Community, cast: Any) -> None:
    """Put webinars in every state into a community of the demo."""
    _fill(SYSTEM, community, cast)


@operation
def _fill(actor: object, community: Community, cast: Any) -> None:
    _past(community, cast)
    _soon(community, cast)
    _series(community, cast)


def _soon(community: Community, cast: Any) -> None:
    webinar = _begun(
        community, cast, "Геометрия в GeoGebra: от чертежа к доказательству",
        "Покажем, как за один урок пройти путь от наблюдения к доказательству: строим, двигаем, "
        "выдвигаем гипотезу и доказываем.\n\nПонадобится компьютер или телефон с браузером. "
        "Кто не сможет прийти, посмотрит запись.", "Семёнова Ольга Петровна, методист",
    )  # fmt: skip
    webinar.seats = 50
    plan = Plan(begins_at=cast.now + timedelta(minutes=10), minutes=60)
    schedule.plan_meeting(cast.tutor, webinar, plan)
    for person in cast.people[:-1]:
        operations.sign_up(person, webinar)
    add_comment(cast.member, webinar.content, from_text("Можно ли подключиться с телефона?"))


def _series(community: Community, cast: Any) -> None:
    webinar = _begun(
        community, cast, "Школа классного руководителя",
        "Три встречи о том, что редко проходят в институте: трудный разговор с родителями, "
        "класс в первую неделю, документы без слёз.", "Яковлева Мария Ивановна",
    )  # fmt: skip
    webinar.seats = 5
    first = _at(cast.now + timedelta(days=3), 15)
    topics = ("Разговор с родителями", "Первая неделя с классом", "Документы без слёз")
    for number, topic in enumerate(topics):
        moment = first + timedelta(days=7 * number)
        schedule.plan_meeting(
            cast.coordinator, webinar, Plan(begins_at=moment, minutes=90, topic=topic)
        )
    for person in cast.people[:7]:
        operations.sign_up(person, webinar)


def _past(community: Community, cast: Any) -> None:
    webinar = _begun(
        community, cast, "Читательская грамотность: разбираем задания",
        "Разобрали шесть заданий и договорились, что попробуем на своих уроках. На второй встрече "
        "смотрели, что из этого вышло.",
        "Габышева Елена Афанасьевна",
    )  # fmt: skip
    webinar.provider = "bigbluebutton"
    plans = [Plan(begins_at=cast.now + timedelta(minutes=n), minutes=60) for n in (1, 2)]
    first, second = (schedule.plan_meeting(cast.tutor, webinar, plan) for plan in plans)
    for person in cast.people[:6]:
        operations.sign_up(person, webinar)
    _was_held(first, _at(cast.now - timedelta(days=5), 16))
    _was_held(second, _at(cast.now - timedelta(days=1), 16))
    came = {person.id: 35 + 4 * n for n, person in enumerate(cast.people[:5])}
    attendance.count(cast.tutor, first, came)
    attendance.count(cast.tutor, second, {number: 58 - minutes for number, minutes in came.items()})
    for person, stars, words in zip(
        cast.people[:3], (5, 4, 5),
        ("Беру на завтрашний урок.", "Хорошо бы раздать задания заранее.", ""), strict=True,
    ):  # fmt: skip
        attendance.rate(person, first, stars, words)
    attendance.publish_recording(
        cast.tutor, first, "Запись встречи, 58 минут",
        "https://video.example/chitatelskaya-gramotnost", [], "",
    )  # fmt: skip
    _was_recorded(second)


def _was_recorded(meeting: Meeting) -> None:
    """On a server that nobody asks; a host has not looked at the recording yet."""
    server = "https://bbb.example/bigbluebutton"
    room = Room(meeting_id=meeting.id, server=server, ended_at=meeting.ended_at, marked=True)
    film = Film(
        activity_id=meeting.activity_id, meeting_id=meeting.id, record_id=f"demo-{meeting.id}",
        state=FilmState.READY, url="https://bbb.example/playback/presentation/2.3/demo",
    )  # fmt: skip
    db.session.add_all([room, film])
    db.session.flush()


def _was_held(meeting: Meeting, begins_at: datetime) -> None:
    meeting.begins_at, meeting.ends_at = begins_at, begins_at + timedelta(minutes=60)
    meeting.state = MeetingState.OVER
    meeting.started_at, meeting.ended_at = meeting.begins_at, meeting.ends_at
    db.session.flush()


def _begun(community: Community, cast: Any, title: str, about: str, speakers: str) -> Webinar:
    activity: Activity = create_activity(cast.tutor, community, "webinar", "webinar", title)
    webinar = webinar_at(activity)
    webinar.about, webinar.speakers = from_text(about), speakers
    webinar.address = "https://meet.example/olekminsk"
    return webinar


def _at(moment: datetime, hour: int) -> datetime:
    local = moment.astimezone(current_zone())
    return local.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(utcnow().tzinfo)

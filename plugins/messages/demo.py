"""Conversations of the demo: two colleagues, a small group, a clarification under way, a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from core.api import SYSTEM, Community, Content, User, db, from_text, operation, utcnow
from plugins.messages import clarifying, operations, reporting
from plugins.messages.models import Message, Party
from plugins.messages.operations import Written

# What two talk about, and what a group does: another in each community.
TALKS = (
    (
        (
            "Здравствуйте! Посмотрела ваш план открытого урока: замысел хороший, но на групповую "
            "работу отведено всего семь минут. Может быть, убрать второй опрос?"
        ),
        "Спасибо, вы правы. Уберу опрос и пришлю новый вариант завтра после уроков.",
        "И захватите, пожалуйста, раздаточный материал: в кабинете 12 принтер не работает.",
    ),
    (
        "Добрый день! Поделитесь, пожалуйста, вашей памяткой для родителей пятиклассников.",
        "С удовольствием, сегодня вечером выложу в методический кабинет.",
        "Нашла, спасибо! Взяла две страницы, с вашим именем, конечно.",
    ),
    (
        "Коллега, у вас получилось записать урок на видео? Мы свой сняли на телефон, звук слабый.",
        "Получилось. Поставьте телефон на первую парту и попросите детей говорить громче.",
        "Попробуем в пятницу и расскажем, что вышло.",
    ),
)
GROUPS = (
    (
        "Мастер-классы в декабре",
        (
            "Коллеги, собираемся в четверг в 15:00, чтобы распределить темы мастер-классов. Кому "
            "неудобно?"
        ),
        "Мне удобно. Возьму работу с одарёнными детьми.",
        "Я смогу с 15:30, начните без меня.",
    ),
    (
        "Жюри конкурса чтецов",
        "Коллеги, нужно трое в жюри районного конкурса чтецов. Кто сможет 12 декабря?",
        "Я свободен, запишите меня.",
        "И меня. Положение конкурса уже утвердили?",
    ),
    (
        "Отчёт за полугодие",
        "До пятницы каждому нужно прислать по абзацу о своей площадке. Соберу и покажу всем.",
        "Мой абзац готов, отправлю вечером.",
        "Нужны ли цифры посещаемости или только впечатления?",
    ),
)
SUBJECT = "Показатели наших школ"
QUESTION = (
    "Здравствуйте! В обсуждении вы написали, что наша школа «тянет показатели вниз». Хочу понять, "
    "на какие данные вы опираетесь: у нас другие цифры."
)
ANSWER = (
    "Добрый день! Я смотрел прошлогодний отчёт, там не было весенней работы. Если у вас есть "
    "свежие данные, пришлите: поправлю своё сообщение."
)
RUDE = "Хватит учить меня работать, занимайтесь своими отчётами!"


def conversations(community: Community, cast: Any) -> None:
    """Put conversations between the people of a demo community under way."""
    _fill(SYSTEM, community, cast)


@operation
def _fill(actor: object, community: Community, cast: Any) -> None:
    _between_two(cast, TALKS[community.id % len(TALKS)])
    _group(cast, GROUPS[community.id % len(GROUPS)])
    _clarification(community, cast)
    _reported(community, cast)


def _between_two(cast: Any, said: Sequence[str]) -> None:
    tutor, member = cast.tutor, cast.member
    if tutor.id == member.id:
        return
    first = _say(tutor, [member], said[0], days=2)
    _write(member, first, said[1], days=1.9)
    _read(first, tutor)
    _write(tutor, first, said[2], days=0.05)


def _group(cast: Any, said: Sequence[str]) -> None:
    people = list(dict.fromkeys((cast.coordinator, cast.moderator, cast.tutor, cast.member)))
    if len(people) < 3:
        return
    first = _say(people[0], people[1:], said[1], days=1.2, title=said[0])
    _write(people[1], first, said[2], days=1.1)
    _write(people[-1], first, said[3], days=0.2)
    _read(first, people[0])


def _clarification(community: Community, cast: Any) -> None:
    """About the first post of somebody else that the moderator finds in the community."""
    author = cast.moderator
    query = select(Content).where(
        Content.community_id == community.id, Content.author_id.is_not(None),
        Content.author_id != author.id, Content.hidden_at.is_(None), Content.held_at.is_(None),
    )  # fmt: skip
    about = db.session.scalar(query.order_by(Content.id).limit(1))
    if about is None:
        return
    asked = clarifying.ask_author(author, about, SUBJECT, Written(body=from_text(QUESTION)))
    _backdate(asked, 1.5)
    _write(db.session.get_one(User, about.author_id), asked, ANSWER, days=1.4)


def _reported(community: Community, cast: Any) -> None:
    """The coordinator has got a rude message, and shows it to the moderators."""
    coordinator = cast.coordinator
    people: Sequence[User] = cast.people
    rude = next((p for p in reversed(people) if p.id not in _leaders(cast)), cast.member)
    if rude.id == coordinator.id:
        return
    said = _say(rude, [coordinator], RUDE, days=3)
    reporting.report(coordinator, said, community, "insult", "Ответ на просьбу сдать отчёт.")


def _leaders(cast: Any) -> set[int]:
    return {cast.coordinator.id, cast.moderator.id, cast.tutor.id, cast.member.id}


def _say(by: User, to: Sequence[User], text: str, *, days: float, title: str = "") -> Message:
    ids = [person.id for person in to]
    message = operations.begin(by, ids, title, Written(body=from_text(text)))
    _backdate(message, days)
    return message


def _write(by: User, first: Message, text: str, *, days: float) -> None:
    _backdate(operations.send(by, first.thread, Written(body=from_text(text))), days)


def _backdate(message: Message, days: float) -> None:
    """A conversation of the demo did not happen in one second."""
    moment: datetime = utcnow() - timedelta(days=days)
    message.content.created_at = moment
    db.session.flush()
    parties = update(Party).where(Party.thread_id == message.thread_id)
    db.session.execute(
        parties.values(last_at=moment), execution_options={"synchronize_session": False}
    )


def _read(first: Message, *people: User) -> None:
    """Somebody has read everything that was written until now."""
    for person in people:
        operations.mark_read(person, first.thread_id, first.thread.last_id)

"""What the albums of the demo are called and show. Pictures are numbers of the drawn ones."""

from __future__ import annotations

from typing import NamedTuple

from plugins.gallery.models import Consent

YES, NOBODY, UNKNOWN, NO = Consent.YES, Consent.NOBODY, Consent.UNKNOWN, Consent.NO


class Shot(NamedTuple):
    """A picture of an album: which is drawn, its caption, and what is known of consent."""

    number: int
    caption: str = ""
    consent: Consent = NOBODY


class Story(NamedTuple):
    """An album; ``days`` ago it was, ``by`` whom of the cast, ``shown``: outsiders see it."""

    title: str
    about: str
    days: int
    by: str
    shots: tuple[Shot, ...]
    shown: bool = False
    remarks: tuple[tuple[str, str], ...] = ()


WEEK = Story(
    "Неделя открытых уроков",
    "Пять школ, четырнадцать уроков и один сломавшийся автобус. Спасибо всем, кто принимал гостей!",
    9,
    "coordinator",
    (
        Shot(1, "Бумажные дроби: урок в пятом классе Дельгейской школы"),
        Shot(0, "По дороге в Токко: река ещё не встала"),
        Shot(3, "Хор первой школы встречает гостей", YES),
        Shot(11, "Танграм собирают и учителя"),
        Shot(2, "Вечер у школы: окна ещё горят"),
        Shot(6, "Геометрия из обрезков цветной бумаги"),
        Shot(13, "Заключительный концерт, «Учительский вальс»", YES),
        Shot(5, "Утро последнего дня"),
        Shot(16, "Выставка работ: мозаика шестого «Б»"),
        Shot(12, "Первый снег в Олёкминске"),
        Shot(10, "Закат над Леной"),
        Shot(8, "Дружеская встреча тьюторов", YES),
        Shot(4, "Пришкольный участок: астры держатся до морозов"),
    ),
    shown=True,
    remarks=(
        ("member", "Спасибо за тёплый приём! Карточки с дробями взяла к себе в шестой класс."),
        ("tutor", "Автобус починили, к весенней неделе обещали новый."),
    ),
)
CONCERT = Story(
    "День учителя",
    "Концерт и чаепитие. Пожалуйста, отметьте, на каких снимках узнаваемы дети: без отметок альбом "
    "видят только участники.",
    21, "moderator",
    (
        Shot(18, "Открытие", UNKNOWN), Shot(23, "Ансамбль второй школы", UNKNOWN),
        Shot(21, "Стенгазета"), Shot(28, "", UNKNOWN), Shot(33, "Ведущие вечера", NO),
        Shot(17, "Город после концерта"),
    ),
)  # fmt: skip
HIKE = Story(
    "Осенний поход к Столбам",
    "Снимки собираем вместе: добавляйте свои.",
    40, "tutor",
    (
        Shot(20, "Привал"), Shot(9, "Последние цветы"), Shot(15, "Туман над распадком"),
        Shot(25, "К вечеру прояснилось"), Shot(14, ""), Shot(30, "Обратная дорога"),
        Shot(19, "У реки"),
    ),
)  # fmt: skip
OLYMPIAD = Story(
    "Районная олимпиада", "Работы, аудитории и те, кто проверял до полуночи.", 15, "coordinator",
    (
        Shot(26, "Задача про квадраты в бумаге"), Shot(31, "Черновики победителей"),
        Shot(22, "Окна учительской в полночь"), Shot(38, "Награждение", YES),
        Shot(36, "Разрезания"), Shot(24, "Клумба у входа"),
    ),
    shown=True,
)  # fmt: skip
MEETING = Story(
    "Наша встреча", "Как это было.", 12, "coordinator",
    (Shot(7, "Город встречает"), Shot(1, "Бумажная мастерская"), Shot(3, "Вместе", UNKNOWN)),
    shown=True,
)  # fmt: skip

BOOKS: dict[str, tuple[Story, ...]] = {
    "olekminsk": (WEEK, CONCERT, HIKE),
    "olekminsk-maths": (OLYMPIAD,),
}
OTHERWISE = (MEETING,)

"""Files of the demo: a picture that is drawn here, and a document that is written here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from PIL import Image, ImageDraw, ImageFont

from core.api import File, User, save_file

PAPER, INK, ACCENT, LIVE = "#F6F5F1", "#1B2430", "#0B6B6B", "#B4460B"
SIZE = (1280, 760)
# What each strip of paper shows: the name, into how many parts it is folded, and their colours.
STRIPS = (
    ("1/2", 2, (ACCENT,)),
    ("1/4", 4, (LIVE,)),
    ("3/4", 4, (ACCENT, ACCENT, LIVE)),
)

FRACTIONS = (
    "Карточки «Дроби с разными знаменателями»",
    "1. Сложите полоску пополам, потом ещё раз. Какую часть занимают три доли?",
    "2. Найдите ошибку: 1/2 + 1/4 = 2/6. Объясните её соседу.",
    "3. Хлеб делили на охоте: половину съели утром, треть вечером. Сколько осталось?",
    "4. Придумайте свою задачу, в которой получится 5/6.",
)
EXPERIMENTS = (
    "Карточки опытов на подручных вещах",
    "1. Нитка и гайка. Измерьте время двадцати качаний. Зависит ли оно от размаха?",
    "2. Стакан и линейка. На сколько поднимется вода, если опустить гайку?",
    "3. Линейка на краю стола. Когда она упадёт и почему?",
)
TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
    'relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body>{}</w:body></w:document>"
)


def stored(name: str, owner: User) -> File:
    """One of the files, as somebody's upload."""
    return save_file(io.BytesIO(FILES[name]()), name, owner.id)


def _strips() -> bytes:
    """Strips of paper, folded and coloured: why a half and a quarter are not two sixths."""
    picture, draw = _paper()
    font = ImageFont.load_default(72)
    for row, (name, parts, colours) in enumerate(STRIPS):
        top, width = 70 + row * 230, 960 / parts
        draw.text((60, top + 40), name, fill=INK, font=font)
        for part in range(parts):
            left = 250 + part * width
            colour = colours[part] if part < len(colours) else "white"
            draw.rectangle((left, top, left + width, top + 160), fill=colour, outline=INK, width=5)
    return _png(picture)


def _pendulum() -> bytes:
    """A nut on a thread, where it swings and where it comes to rest."""
    picture, draw = _paper()
    draw.rectangle((340, 60, 940, 84), fill=INK)
    draw.arc((140, -420, 1140, 580), 58, 122, fill=LIVE, width=6)
    for left, top, colour in ((375, 505, "#B9C4C4"), (905, 505, "#B9C4C4"), (640, 580, ACCENT)):
        draw.line((640, 80, left, top), fill=INK, width=4)
        draw.regular_polygon((left, top, 46), 6, fill=colour, outline=INK, width=4)
        draw.ellipse((left - 17, top - 17, left + 17, top + 17), fill=PAPER, outline=INK, width=4)
    return _png(picture)


def _paper() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", SIZE, PAPER)
    return picture, ImageDraw.Draw(picture)


def _png(picture: Image.Image) -> bytes:
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()


def _cards(lines: Sequence[str]) -> bytes:
    """A small document of a word processor."""
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", DOCUMENT.format(paragraphs))
    return made.getvalue()


FILES: Mapping[str, Callable[[], bytes]] = {
    "Полоски бумаги.png": _strips,
    "Карточки с дробями.docx": partial(_cards, FRACTIONS),
    "Нитка и гайка.png": _pendulum,
    "Карточки опытов.docx": partial(_cards, EXPERIMENTS),
}

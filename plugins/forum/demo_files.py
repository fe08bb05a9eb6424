"""Files of the demo: a picture that is drawn here, and a document that is written here."""

from __future__ import annotations

import io
import zipfile

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

CARDS = (
    "Карточки «Дроби с разными знаменателями»",
    "1. Сложите полоску пополам, потом ещё раз. Какую часть занимают три доли?",
    "2. Найдите ошибку: 1/2 + 1/4 = 2/6. Объясните её соседу.",
    "3. Хлеб делили на охоте: половину съели утром, треть вечером. Сколько осталось?",
    "4. Придумайте свою задачу, в которой получится 5/6.",
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
    """A file of this name: its ending says whether it is drawn or written."""
    content = _strips() if name.endswith(".png") else _cards()
    return save_file(io.BytesIO(content), name, owner.id)


def _strips() -> bytes:
    """Strips of paper, folded and coloured: why a half and a quarter are not two sixths."""
    picture = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(72)
    for row, (name, parts, colours) in enumerate(STRIPS):
        top, width = 70 + row * 230, 960 / parts
        draw.text((60, top + 40), name, fill=INK, font=font)
        for part in range(parts):
            left = 250 + part * width
            colour = colours[part] if part < len(colours) else "white"
            draw.rectangle((left, top, left + width, top + 160), fill=colour, outline=INK, width=5)
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()


def _cards() -> bytes:
    """A small document of a word processor."""
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in CARDS)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", DOCUMENT.format(paragraphs))
    return made.getvalue()

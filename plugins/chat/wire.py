"""A message as scripts get it: the same for everybody, so that it is put into words once.

What depends on who looks (whether it is one's own, which signs are one's own, the time in one's
zone) is added by the page.
"""

from __future__ import annotations

from typing import Any

from flask import render_template

from plugins.chat.log import Line


def message(line: Line) -> dict[str, Any]:
    """A line as plain JSON values."""
    return {
        "id": line.id,
        "number": line.number,
        "at": line.created_at.isoformat(timespec="seconds"),
        "edited": line.edited_at is not None,
        "html": str(line.html),
        "author": {
            "id": line.author.id, "name": line.author.name, "school": line.author.school,
            "initials": line.author.initials, "tint": line.author.tint,
            "photo": line.author.photo_url,
            "url": line.author.url if line.author.id and line.author.surname else None,
        },
        "gone": line.gone,
        "taken_back": line.taken_back,
        "decision": line.is_decision,
        "reply": _reply(line),
        "signs": dict(line.signs.counts),
        "files": render_template("chat/_files.html", files=line.files) if line.files else "",
    }  # fmt: skip


def _reply(line: Line) -> dict[str, Any] | None:
    """Each reader's page has in their language what stands for words that are not there."""
    reply = line.reply
    if reply is None:
        return None
    return {
        "number": reply.number, "author": reply.author, "words": reply.words, "gone": reply.gone,
    }  # fmt: skip

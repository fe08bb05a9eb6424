"""The place to reply below a discussion, made once a language as long as nothing is typed in it."""

from __future__ import annotations

from flask import render_template, url_for
from markupsafe import escape

from core.api import current_locale
from plugins.forum.forms import ReplyForm
from plugins.forum.models import Topic
from plugins.forum.rendering import kept
from plugins.forum.stamping import Stamp, mark, stamp

FIELDS = ("token", "submission", "action", "place", "people")


def composer() -> Stamp:
    """An empty form for a reply. What it says of files are settings of the whole application."""
    composers, locale = kept().composers, current_locale()
    if locale not in composers:
        facts = {name: mark(name) for name in FIELDS}
        form = ReplyForm(formdata=None, data={"submission": facts["submission"]})
        html = render_template("forum/_reply.html", form=form, **facts)
        composers[locale] = stamp(html, FIELDS)
    return composers[locale]


def reply_facts(topic: Topic, page: int) -> dict[str, str]:
    """Where a reply goes that is written on a page of a discussion, and where its draft is kept."""
    action = url_for("forum.reply", topic=topic, page=page if page > 1 else None)
    return {
        "action": escape(action), "place": f"forum.reply:{topic.id}",
        "people": escape(url_for("forum.people")),
    }  # fmt: skip

"""Telling the administrators that a plugin is being left out of pages."""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import Response
from sqlalchemy import Select, or_, select

from core.access.actors import SYSTEM, Actor
from core.access.models import Appointment, Role
from core.admin import events
from core.admin.blueprint import admin
from core.config import current
from core.contract.manifest import Job
from core.contract.registry import registry
from core.events.log import record
from core.events.models import EventRow
from core.jobs.outbox import enqueue
from core.people.models import User
from core.platform.db import db, operation, utcnow
from core.platform.i18n import core_domain, use_locale
from core.platform.mail import send
from core.platform.stationery import Sheet, Way, letter_of, link

_ = core_domain.gettext
log = logging.getLogger("sreda.plugins")

# A plugin that goes on failing, in however many processes, is told of once in this time.
SILENCE = timedelta(hours=6)


@admin.after_app_request
def tell_administrators(response: Response) -> Response:
    """When a page is done: its own transaction only read."""
    for plugin, hook in registry().breaker.take_untold():
        try:
            note_left_out(SYSTEM, plugin, hook)
        except Exception:
            log.exception("nobody could be told that %s is left out", plugin)
    return response


@operation
def note_left_out(actor: Actor, plugin: str, hook: str) -> None:
    """Note that a plugin fails again and again, and wish for a letter to each administrator."""
    lately = select(EventRow.facts).where(
        EventRow.kind == events.PLUGIN_LEFT_OUT, EventRow.occurred_at > utcnow() - SILENCE
    )
    if any(facts.get("plugin") == plugin for facts in db.session.scalars(lately)):
        return
    record(events.PLUGIN_LEFT_OUT, actor, plugin=plugin, hook=hook)
    for user_id in db.session.scalars(_administrators()):
        enqueue(LETTER.name, plugin=plugin, hook=hook, user_id=user_id)


def _administrators() -> Select[int]:
    now = utcnow()
    return (
        select(Appointment.user_id)
        .join(Role, Role.id == Appointment.role_id)
        .where(Role.community_id.is_(None), Role.key == "administrator")
        .where(Appointment.starts_at <= now)
        .where(or_(Appointment.ends_at.is_(None), Appointment.ends_at > now))
        .distinct()
    )


def write(plugin: str, hook: str, user_id: int) -> None:
    """Write to one administrator; nothing where they are gone."""
    user = db.session.get(User, user_id)
    if user is None or user.email is None:
        return
    with use_locale(user.locale):
        letter = letter_of(_sheet(plugin, hook), user.email)
    send(letter)


def _sheet(plugin: str, hook: str) -> Sheet:
    site = current().site_name
    failed = _(
        "A plugin failed again and again while pages were made: %(plugin)s, in %(hook)s.",
        plugin=plugin, hook=hook,
    )  # fmt: skip
    return Sheet(
        subject=_("A plugin fails: %(plugin)s — %(site)s", plugin=plugin, site=site),
        heading=_("A plugin fails"),
        preheader=failed,
        paragraphs=[
            failed,
            _("Its pieces are left out of pages for five minutes; everything else works."),
        ],
        button=Way(_("What went wrong"), link("admin.plugin", name=plugin)),
        why=_("You get this letter as an administrator of the site."),
    )


LETTER = Job("core.plugin_letter", write, tries=11)

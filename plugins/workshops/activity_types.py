"""The three forms of this plugin; they differ in the stages that they begin with."""

from __future__ import annotations

from typing import Any

from core.api import ActivityType
from plugins.workshops import operations, settings, summaries
from plugins.workshops.forms import WorkshopForm
from plugins.workshops.words import _l

FORMS = (
    ("workshop", _l("Pedagogical workshop"), _l("Pedagogical workshops"), "tools",
     _l("A small group works with a master for months: demonstration, practice, mutual review")),
    ("masterclass", _l("Master class"), _l("Master classes"), "mortarboard",
     _l("A master shows how it is done, everybody tries at home and gets an answer")),
    ("experience", _l("Presentation of experience"), _l("Presentations of experience"), "award",
     _l("A teacher shows what works in their lessons; the others ask and look back")),
)  # fmt: skip


def _form(key: str, title: Any, plural: Any, icon: str, description: Any) -> ActivityType:
    return ActivityType(
        key=key, title=title, plural=plural, icon=icon, hue="purple", home="workshops.home",
        form=WorkshopForm, saved=operations.workshop_saved, summaries=summaries.summaries,
        settings=settings.settings_of_workshop, description=description,
    )  # fmt: skip


TYPES = tuple(_form(*form) for form in FORMS)

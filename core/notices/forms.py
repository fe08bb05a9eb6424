"""The form in which one chooses how one is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from wtforms import RadioField, SelectField

from core.contract.notices import Channel, NoticeKind
from core.contract.registry import registry
from core.notices.words import CHANNELS, LEVELS
from core.platform.forms import Form
from core.platform.i18n import LazyString, core_domain

_l = core_domain.lazy

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
DAYS = list(
    enumerate(
        (
            _l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"),
            _l("Saturday"), _l("Sunday"),
        )
    )
)  # fmt: skip


class SettingsForm(Form):
    """How one is told in general; fields for the kinds are added by :func:`settings_form`."""

    level = SelectField(
        _l("Unless it is settled otherwise"),
        choices=[(int(level), words.title) for level, words in LEVELS.items()],
        coerce=int,
    )
    quiet_from = SelectField(_l("No letters from"), choices=HOURS, coerce=int)
    quiet_until = SelectField(
        _l("until"), choices=HOURS, coerce=int,
        description=_l("By your own clock. The same hour twice: letters come at any time."),
    )  # fmt: skip
    digest_hour = SelectField(_l("Hour of the digests"), choices=HOURS, coerce=int)
    digest_day = SelectField(_l("Day of the weekly digest"), choices=DAYS, coerce=int)

    @property
    def settings(self) -> dict[str, int]:
        names = ("level", "quiet_from", "quiet_until", "digest_hour", "digest_day")
        return {name: self[name].data for name in names}

    @property
    def channels(self) -> dict[str, Channel]:
        return {kind.name: Channel(self[_field(kind)].data) for kind in _kinds()}


class Group(NamedTuple):
    """The kinds of one plugin, or core's own, with their fields."""

    title: LazyString | str
    rows: Sequence[tuple[NoticeKind, Any]]


def settings_form(**given: Any) -> SettingsForm:
    """The form with a field for every kind that anybody here can be told of."""
    choices = [(str(channel), words.title) for channel, words in CHANNELS.items()]
    fields = {_field(kind): RadioField(kind.title, choices=choices) for kind in _kinds()}
    form: SettingsForm = type("SettingsForm", (SettingsForm,), fields)(**given)
    return form


def field_values(chosen: dict[str, str]) -> dict[str, str]:
    """What the fields of kinds begin with: what somebody chose, else what manifests name."""
    return {_field(kind): chosen.get(kind.name, str(kind.channel)) for kind in _kinds()}


def groups_of(form: SettingsForm) -> list[Group]:
    """The kinds in the order of their owners."""
    on = registry().enabled_in(None)
    return [
        Group(
            _l("Communities and people") if manifest.name == "core" else manifest.title,
            [(kind, form[_field(kind)]) for kind in manifest.notices],
        )
        for manifest in registry().manifests()
        if manifest.notices and manifest.name in on | {"core"}
    ]


def _kinds() -> Sequence[NoticeKind]:
    on = registry().enabled_in(None) | {"core"}
    return [kind for name, kind in registry().notice_kinds().items() if name.split(".")[0] in on]


def _field(kind: NoticeKind) -> str:
    return kind.name.replace(".", "-")

"""What levels of following and ways of being told are called."""

from __future__ import annotations

from typing import NamedTuple

from core.contract.notices import Channel, Level
from core.platform.i18n import LazyString, core_domain

_l = core_domain.lazy


class Words(NamedTuple):
    """A choice: what it is called, what it means, and the icon that stands for it."""

    title: LazyString
    meaning: LazyString
    icon: str = "bell"


LEVELS = {
    Level.ALL: Words(
        _l("Everything"), _l("every new message, by mail too if you chose so"), "bell"
    ),
    Level.TRACK: Words(_l("Keep track"), _l("every new message, on the site only"), "eye"),
    Level.FIRST: Words(_l("First messages"), _l("when something is begun"), "chat-left-text"),
    Level.DIRECT: Words(_l("Only to me"), _l("mentions of you and replies to you"), "person"),
    Level.OFF: Words(_l("Off"), _l("nothing, not even mentions"), "bell-slash"),
}
CHANNELS = {
    Channel.OFF: Words(_l("Off"), _l("nothing")),
    Channel.PAGE: Words(_l("On the site"), _l("behind the bell only")),
    Channel.MAIL: Words(_l("And a letter at once"), _l("a letter each time")),
    Channel.DAILY: Words(_l("And in the daily digest"), _l("one letter a day")),
    Channel.WEEKLY: Words(_l("And in the weekly digest"), _l("one letter a week")),
}

"""What the letters about notices say: one about one thing, or a digest of many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from flask import url_for

from core.access.actors import Viewer
from core.calendar.ics import CalendarMethod, calendar_file
from core.communities.models import Community, Visibility
from core.config import current
from core.contract.notices import Channel
from core.notices.lines import Line, Passage, Told, dates_of
from core.notices.stop import stop_token
from core.platform.html import excerpt, is_blank
from core.platform.i18n import core_domain
from core.platform.mail import Enclosure, Letter
from core.platform.stationery import Entry, Sheet, Way, full_address, letter_of

_ = core_domain.gettext
ngettext = core_domain.ngettext

# Of each post a letter holds so many characters, of many posts the latest few.
LONGEST = 600
PASSAGES = 5
QUOTE = re.compile(r"<blockquote\b.*?</blockquote>", re.DOTALL)
# A digest tells of so many things; the rest stands on the site.
MOST_ENTRIES = 40


def letter_about(viewer: Viewer, ids: Sequence[int]) -> Letter | None:
    """A letter about some notices that make one line; None where the person may not see it."""
    told = Told(viewer, ids)
    line = told.line(ids, len(ids))
    if line is None:
        return None
    open_words = _may_be_told(line.community)
    text = line.text if open_words else str(line.kind.title)
    sheet = Sheet(
        subject=_subject(line, text) if open_words else text,
        heading=text,
        preheader=text,
        greeting=_greeting(viewer),
        paragraphs=_places([line], open_words),
        passages=_said(told.passages(ids[-PASSAGES:]).values()) if open_words else (),
        button=Way(_("Open on the site"), _address(line)),
        why=_("You get this letter %(why)s.", why=line.kind.why),
        change=_settings(),
        stop=Way(_("No more such letters"), _stop_address(viewer, line.kind.name)),
    )
    letter = letter_of(sheet, viewer.email, _headers(viewer, line, ids))
    return replace(letter, attachments=_dates(viewer, line) if open_words else ())


def _dates(viewer: Viewer, line: Line) -> list[Enclosure]:
    """What the reader's calendar notes, changes or strikes out; mail programs ask first."""
    items = dates_of(line)
    gone = [item for item in items if item.cancelled]
    coming = [item for item in items if not item.cancelled]
    return [
        Enclosure(name, f"text/calendar; method={method}; charset=utf-8", body)
        for name, method, chosen in (
            ("invite.ics", CalendarMethod.REQUEST, coming),
            ("cancel.ics", CalendarMethod.CANCEL, gone),
        )
        if chosen and (body := calendar_file(chosen, method=method, to=viewer.email))
    ]


def digest(viewer: Viewer, bundles: Sequence[Sequence[int]], channel: Channel) -> Letter | None:
    """One letter about many lines; None where there is nothing that the person may see."""
    told = Told(viewer, [number for ids in bundles for number in ids])
    passages = told.passages(ids[-1] for ids in bundles)
    lines = [(told.line(ids, len(ids)), passages.get(ids[-1])) for ids in bundles]
    entries = [_entry(line, passage) for line, passage in lines if line is not None]
    if not entries:
        return None
    words = _("Today for you") if channel is Channel.DAILY else _("This week for you")
    more = len(entries) - MOST_ENTRIES
    rest = ngettext("And %(n)s more on the site.", "And %(n)s more on the site.", max(more, 0))
    sheet = Sheet(
        subject=_("%(words)s: %(first)s", words=words, first=entries[0].text),
        heading=words,
        preheader="; ".join(entry.text for entry in entries[:3]),
        greeting=_greeting(viewer),
        entries=entries[:MOST_ENTRIES],
        after=[rest] if more > 0 else (),
        button=Way(_("All notifications"), full_address(url_for("notices.index"))),
        why=_("You get this letter because you chose to hear of these things once in a while."),
        change=_settings(),
        stop=Way(_("No more such letters"), _stop_address(viewer, channel)),
    )
    headers = _stop_headers(viewer, channel) | {
        "List-Id": f"<digest-{channel}.{_host()}>",
        "Message-ID": f"<digest-{channel}-{max(max(ids) for ids in bundles)}@{_host()}>",
    }
    return letter_of(sheet, viewer.email, headers)


def _entry(line: Line, passage: Passage | None) -> Entry:
    open_words = _may_be_told(line.community)
    return Entry(
        text=line.text if open_words else str(line.kind.title),
        url=_address(line),
        quiet=" ".join(_places([line], open_words)),
        passages=_said([passage]) if open_words and passage is not None else (),
    )


def _may_be_told(community: Community | None) -> bool:
    """Whether a letter may hold words that not everybody may read; the site decides."""
    if current().mail_private_text:
        return True
    return community is not None and community.visibility == Visibility.PUBLIC


def _subject(line: Line, text: str) -> str:
    """Letters about one discussion have one subject, so that mail programs gather them."""
    return line.title or text


def _greeting(viewer: Viewer) -> str:
    return _("Hello, %(name)s!", name=viewer.given_name)


def _places(lines: Iterable[Line], open_words: bool) -> list[str]:
    return [line.place for line in lines if line.place and open_words]


def _said(passages: Iterable[Passage]) -> list[tuple[str, str]]:
    return [(passage.who, excerpt(_own_words(passage.body), LONGEST)) for passage in passages]


def _own_words(body: str) -> str:
    """A post without what it quotes, which its reader has seen or written."""
    own = QUOTE.sub(" ", body)
    return body if is_blank(own) else own


def _address(line: Line) -> str:
    """Contents are opened at once, also by who is not signed in; what else there is, by its line,
    which is read thereby."""
    own = line.content is not None
    return full_address(line.url if own else url_for("notices.show", notice=line.id))


def _settings() -> Way:
    return Way(_("Notification settings"), full_address(url_for("notices.settings")))


def _stop_address(viewer: Viewer, what: str) -> str:
    token = stop_token(viewer.id or 0, what)
    return full_address(url_for("notices.stop", token=token))


def _stop_headers(viewer: Viewer, what: str) -> dict[str, str]:
    """With these, mail programs show a button of their own (RFC 2369, RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{_stop_address(viewer, what)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _headers(viewer: Viewer, line: Line, ids: Sequence[int]) -> dict[str, str]:
    """What mail programs sort and gather by. The same letter has the same number whenever it is
    sent, so that one that comes twice can be told."""
    root = f"<{line.root}@{_host()}>"
    return _stop_headers(viewer, line.kind.name) | {
        "List-Id": f"<{line.kind.name.replace('_', '-').replace('.', '-')}.{_host()}>",
        "Message-ID": f"<notice-{max(ids)}-{len(ids)}@{_host()}>",
        "In-Reply-To": root,
        "References": root,
    }


def _host() -> str:
    return urlsplit(current().base_url).hostname or "localhost"

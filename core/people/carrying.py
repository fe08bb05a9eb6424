"""What somebody had sent when their session turned out to have ended, carried past the sign-in.

The sign-in form holds it in hidden fields; after signing in, the person sees it once more and sends
it to where it was going. Passwords are never carried.
"""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from core.people.addresses import same_site_path
from core.platform import html

PREFIX = "carried."
TARGET = "carry_to"
# Below this a value is a choice or a number, which nobody would miss.
WORTH_SHOWING = 20


@dataclass(frozen=True)
class Carried:
    """Fields on their way, and the page of this site that they were sent to."""

    target: str
    fields: tuple[tuple[str, str], ...]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The fields as the sign-in form carries them."""
        return [(TARGET, self.target), *((PREFIX + name, text) for name, text in self.fields)]

    @property
    def texts(self) -> list[str]:
        """What the person typed, as words, so that they see that it is there."""
        formats = dict(self.fields)
        return [
            html.plain(text) if formats.get(f"{name}-format") == "html" else text
            for name, text in self.fields
            if len(text) > WORTH_SHOWING or " " in text.strip()
        ]


def carried_in(form: MultiDict[str, str]) -> Carried | None:
    """What a sign-in form carries; None where it carries nothing, or to another site."""
    target = same_site_path(form.get(TARGET))
    if target is None:
        return None
    names = [name for name in form if name.startswith(PREFIX)]
    pairs = ((name.removeprefix(PREFIX), text) for name in names for text in form.getlist(name))
    return Carried(target, tuple(pairs))


def carry(target: str, form: MultiDict[str, str]) -> Carried:
    """Take along what was sent to a page, but for passwords and the old page's signature."""
    kept = (
        (name, text)
        for name, text in form.items(multi=True)
        if name != "csrf_token" and "password" not in name
    )
    return Carried(target, tuple(kept))

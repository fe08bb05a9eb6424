"""HTML that is made once, with marks for what changes, and filled in wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Stamp(NamedTuple):
    """HTML with fields in it."""

    form: str

    def filled(self, **values: object) -> str:
        """The HTML with these values, which are HTML themselves or need no escaping."""
        return self.form % values


def mark(name: str) -> str:
    """What stands for a field while the HTML is made; no template escapes it."""
    return f"%({name})s"


def stamp(html: str, names: Iterable[str]) -> Stamp:
    """Make a stamp of HTML that holds the marks of these fields."""
    form = str(html).replace("%", "%%")  # no Markup, which would escape what is put in
    for name in names:
        form = form.replace(f"%{mark(name)}", mark(name))
    return Stamp(form)

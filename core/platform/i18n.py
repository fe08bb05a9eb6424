"""Words in two languages: one gettext domain an owner (core or a plugin), core's as the fallback.

Source strings are English. In Python::

    from core.platform.i18n import core_domain

    _ = core_domain.gettext
    _l = core_domain.lazy

A template calls ``_()`` and ``ngettext()``; which domain that means is decided when the file is
compiled, by its own name, so that a plugin's page and the layout around it each keep their words.
"""

import gettext as stdlib_gettext
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, has_request_context, request
from flask.json.provider import DefaultJSONProvider
from markupsafe import Markup, escape

from core.platform.current import current_facts

CORE = "core"
LANGUAGES = {"ru": "Русский", "en": "English"}
DEFAULT_LOCALE = "ru"
SOURCE_LOCALE = "en"
LOCALE_COOKIE = "locale"

_directories: dict[str, Path] = {}
_override: ContextVar[str | None] = ContextVar("locale", default=None)


def register_domain(name: str, directory: Path) -> None:
    """Tell where the catalogues of an owner lie (``<directory>/ru/LC_MESSAGES/<name>.po``).

    Called at boot, before a template of the owner is compiled. A second call moves the domain.
    """
    if _directories.get(name) != directory:
        _directories[name] = directory
        catalogue.cache_clear()


@cache
def catalogue(domain: str, locale: str) -> stdlib_gettext.NullTranslations:
    """The words of a domain in a language; what it lacks is looked up in core's.

    The ``.po`` file itself is read, once a process: there are no compiled files to forget.
    """
    path = _directories[domain] / locale / "LC_MESSAGES" / f"{domain}.po"
    words = stdlib_gettext.NullTranslations()
    if locale != SOURCE_LOCALE and path.exists():
        with path.open("rb") as file:
            catalog = read_po(file, locale=locale, domain=domain, abort_invalid=True)
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        words = stdlib_gettext.GNUTranslations(compiled)
    if domain != CORE:
        words.add_fallback(catalogue(CORE, locale))
    return words


def current_locale() -> str:
    """The language to speak now: that of :func:`use_locale`, else of the request, else Russian."""
    chosen = _override.get()
    if chosen is not None:
        return chosen
    try:
        locale: str | None = current_facts().get("locale")
    except RuntimeError:
        return DEFAULT_LOCALE
    if locale is not None:
        return locale
    return select_locale() if has_request_context() else DEFAULT_LOCALE


def select_locale(preferred: str | None = None) -> str:
    """Settle the language of this request: the viewer's, the cookie's, the browser's, Russian."""
    candidates = (preferred, request.cookies.get(LOCALE_COOKIE))
    known = next((locale for locale in candidates if locale in LANGUAGES), None)
    g.locale = known or request.accept_languages.best_match(LANGUAGES) or DEFAULT_LOCALE
    return str(g.locale)


@contextmanager
def use_locale(locale: str | None) -> Iterator[None]:
    """Speak one person's language for a while, in a job or a letter; unknown ones are Russian."""
    token = _override.set(locale if locale in LANGUAGES else DEFAULT_LOCALE)
    try:
        yield
    finally:
        _override.reset(token)


def _fill(text: str, variables: dict[str, object]) -> str:
    """Put values into a phrase; when one of them is markup the others are escaped beside it."""
    if any(isinstance(value, Markup) for value in variables.values()):
        return escape(text) % variables
    return text % variables


class LazyString:
    """A phrase that is translated whenever it is shown, for words said at import time."""

    __slots__ = ("_arguments", "_speak")

    def __init__(self, speak: Callable[..., str], *arguments: Any, **variables: object) -> None:
        self._speak = speak
        self._arguments = (arguments, variables)

    def __str__(self) -> str:
        arguments, variables = self._arguments
        return self._speak(*arguments, **variables)

    def __html__(self) -> Markup:
        return escape(str(self))

    def __repr__(self) -> str:
        return f"LazyString({str(self)!r})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __mod__(self, other: object) -> str:
        return str(self) % other

    def __len__(self) -> int:
        return len(str(self))

    def __eq__(self, other: object) -> bool:
        return str(self) == str(other) if isinstance(other, str | LazyString) else NotImplemented

    def __lt__(self, other: object) -> bool:
        return str(self) < str(other) if isinstance(other, str | LazyString) else NotImplemented

    def __hash__(self) -> int:
        return hash(str(self))


class Domain:
    """The words of one owner: ``_ = Domain("forum").gettext``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def gettext(self, message: str, /, **variables: object) -> str:
        """The phrase in the current language, with ``%(name)s`` filled in when values are given."""
        text = catalogue(self.name, current_locale()).gettext(message)
        return _fill(text, variables) if variables else text

    def ngettext(self, singular: str, plural: str, n: int, /, **variables: object) -> str:
        """The phrase for a number; the number itself is ``%(n)s`` in it."""
        text = self.plural(singular, plural, n)
        return _fill(text, {"n": n, **variables})

    def plural(self, singular: str, plural: str, n: int, /) -> str:
        """The right one of the plural forms, with nothing filled in yet."""
        return catalogue(self.name, current_locale()).ngettext(singular, plural, n)

    def lazy(self, message: str, /, **variables: object) -> LazyString:
        """The phrase, translated when it is shown: for titles and labels said at import time."""
        return LazyString(self.gettext, message, **variables)


def domains() -> list[str]:
    """The owners of words that are known so far."""
    return list(_directories)


def domain_of(template_name: str | None) -> str:
    """Whose words a template speaks: ``forum/topic.html`` the forum's, all others core's."""
    owner = (template_name or "").partition("/")[0]
    return owner if owner in _directories else CORE


class JSON(DefaultJSONProvider):
    """JSON that writes a lazy phrase in the current language, not as escaped HTML.

    Russian words are left as they are: pages tell their scripts a hundred of them, and an escaped
    letter takes six bytes instead of two.
    """

    ensure_ascii = False

    @staticmethod
    def default(o: Any) -> Any:
        return str(o) if isinstance(o, LazyString) else DefaultJSONProvider.default(o)


def init_app(app: Flask) -> None:
    """Make the application's JSON understand lazy phrases; templates have a module of their own."""
    app.json = JSON(app)


core_domain = Domain(CORE)
register_domain(CORE, Path(__file__).parent.parent / "translations")

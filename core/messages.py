"""``sreda messages``: collect the phrases of each owner into its catalogues, for translators.

What is translated stays; what is new comes in empty, what nobody says any more goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from core.platform.i18n import LANGUAGES, SOURCE_LOCALE

METHODS = [
    ("**/tests/**", "ignore"),
    ("**.py", "python"),
    ("**.html", "jinja2"),
    ("**.txt", "jinja2"),
]
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy": None,
    "ngettext": (1, 2),
    "plural": (1, 2),
}
JINJA = {"**.html": {"trimmed": "true", "silent": "false"}}


@dataclass(frozen=True)
class Words:
    """One owner of phrases: its domain, the folders it says them in, and where catalogues lie."""

    domain: str
    sources: tuple[Path, ...]
    translations: Path

    def catalogue(self, locale: str) -> Path:
        return self.translations / locale / "LC_MESSAGES" / f"{self.domain}.po"


def extract(words: Words) -> Catalog:
    """Every phrase the owner says in Python and templates, with the files it is said in."""
    found = Catalog(domain=words.domain)
    for source in words.sources:
        for file, _, message, comments, context in extract_from_dir(
            source, METHODS, JINJA, KEYWORDS, comment_tags=("Translators:",)
        ):
            place = str(Path(source.name, file))
            found.add(message, None, [(place, 0)], auto_comments=comments, context=context)
    return found


def update(words: Words) -> Iterator[tuple[str, int]]:
    """Bring the owner's catalogues up to date; each language with its number of empty phrases."""
    said = extract(words)
    for locale in LANGUAGES:
        if locale != SOURCE_LOCALE:
            yield locale, _update_one(words, locale, said)


def _update_one(words: Words, locale: str, said: Catalog) -> int:
    path = words.catalogue(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue = _read(path, words.domain, locale)
    made = catalogue.creation_date
    catalogue.update(said, no_fuzzy_matching=True)
    # Without this every run would change the date, and with it every catalogue.
    catalogue.creation_date = made
    with path.open("wb") as file:
        write_po(
            file, catalogue, width=100, sort_output=True, ignore_obsolete=True, include_lineno=False
        )
    return sum(1 for message in catalogue if message.id and not _translated(message.string))


def _read(path: Path, domain: str, locale: str) -> Catalog:
    if not path.exists():
        team = "The Sreda authors"
        return Catalog(
            locale=locale,
            domain=domain,
            header_comment=f"# The words of {domain}.",
            project="Sreda",
            msgid_bugs_address="",
            last_translator=team,
            language_team=team,
            fuzzy=False,
        )
    with path.open("rb") as file:
        return read_po(file, locale=locale, domain=domain)


def _translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def words_of(plugins: Mapping[str, Path]) -> Iterator[Words]:
    """Core's words and those of plugins, given by their names and folders."""
    core = Path(__file__).resolve().parent
    templates = core / "templates" if (core / "templates").is_dir() else core.parent / "templates"
    yield Words("core", (core, templates), core / "translations")
    for name, folder in plugins.items():
        yield Words(name, (folder,), folder / "translations")

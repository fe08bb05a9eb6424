"""Catalogues: what there is to translate, and whether it is translated well.

``sreda messages`` brings the Russian catalogues below the present folder up to date: new phrases
are added empty, translations are kept, what is gone goes. The files carry no dates and no line
numbers, so that a change shows what changed.
"""

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from core.platform.i18n import CORE, LANGUAGES, SOURCE_LOCALE

KEYWORDS = {
    "_": None,
    "_l": None,
    "_n": (1, 2),
    "gettext": None,
    "lazy": None,
    "ngettext": (1, 2),
}
METHODS = {".py": "python", ".html": "jinja2", ".txt": "jinja2"}
# Code that speaks to developers only, or that holds templates of templates.
SKIPPED = frozenset({"tests", "testing", "migrations", "scaffold", "static", "translations"})
TRANSLATED = tuple(locale for locale in LANGUAGES if locale != SOURCE_LOCALE)

_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@dataclass(frozen=True)
class Words:
    """The phrases of one owner: where they are said, and where their catalogues lie."""

    domain: str
    folders: tuple[Path, ...]
    translations: Path

    def path(self, locale: str) -> Path:
        return self.translations / locale / "LC_MESSAGES" / f"{self.domain}.po"


def words_of(folder: Path, domain: str = "") -> Words:
    """The phrases of core or a plugin, by its folder; core's templates lie beside it.

    ``domain`` is the owner's name, where the folder is not called after it.
    """
    beside = folder.parent / "templates"
    core = folder.name == CORE
    folders = (folder, beside) if core and beside.is_dir() else (folder,)
    return Words(domain or folder.name, folders, folder / "translations")


def extract(words: Words) -> Catalog:
    """Every phrase that the owner says, in the order of its files."""
    catalog = Catalog(domain=words.domain)
    for message, place in _said(words):
        catalog.add(message, locations=[place])
    return catalog


def _said(words: Words) -> Iterator[tuple[str | tuple[str, ...], tuple[str, int]]]:
    for name, path in _files(words):
        found = extract_from_file(
            METHODS[path.suffix], path, keywords=KEYWORDS, options={"silent": "false"}
        )
        for line, message, _comments, _context in found:
            yield message, (name, line)


def _files(words: Words) -> Iterator[tuple[str, Path]]:
    for folder in words.folders:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder.parent)
            if path.suffix in METHODS and not SKIPPED.intersection(inside.parts[1:-1]):
                yield inside.as_posix(), path


def read(words: Words, locale: str) -> Catalog:
    """The catalogue as it is; an empty one when there is none yet."""
    path = words.path(locale)
    if not path.exists():
        return Catalog(locale=locale, domain=words.domain)
    with path.open("rb") as file:
        return read_po(file, locale=locale, domain=words.domain, abort_invalid=True)


def update(words: Words) -> None:
    """Rewrite the owner's catalogues so that they hold what is said now, and nothing else."""
    said = extract(words)
    for locale in TRANSLATED:
        known = read(words, locale)
        fresh = Catalog(locale=locale, domain=words.domain)
        for message in _phrases(said):
            fresh.add(message.id, _kept(known.get(message.id), message), message.locations)
        path = words.path(locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_written(fresh), encoding="utf-8")


def _phrases(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def _kept(known: Message | None, message: Message) -> str | tuple[str, ...] | None:
    """The translation that there is, unless the phrase has gained or lost its plural since."""
    if known is None or isinstance(known.string, str) == message.pluralizable:
        return None
    return known.string if isinstance(known.string, str) else tuple(known.string or ())


def _written(catalog: Catalog) -> str:
    text = io.BytesIO()
    write_po(text, catalog, width=100, omit_header=True, sort_by_file=True, include_lineno=False)
    head = (
        f'msgid ""\nmsgstr ""\n"Language: {catalog.locale}\\n"\n'
        '"MIME-Version: 1.0\\n"\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Content-Transfer-Encoding: 8bit\\n"\n"Plural-Forms: {catalog.plural_forms}\\n"\n\n'
    )
    return head + text.getvalue().decode("utf-8").rstrip() + "\n"


def faults(words: Words) -> list[str]:
    """Everything that is wrong with the owner's catalogues, a line each; none, one hopes."""
    said = extract(words)
    return [f"{words.domain}: {fault}" for fault in _said_both_ways(words)] + [
        f"{words.domain}/{locale}: {fault}"
        for locale in TRANSLATED
        for fault in _faults(said, read(words, locale))
    ]


def _said_both_ways(words: Words) -> Iterator[str]:
    """A catalogue holds a phrase once, and Pythons before 3.11.5 do not find one with a plural when
    it is asked for without."""
    phrases = {message for message, _place in _said(words)}
    alone = {message for message in phrases if isinstance(message, str)}
    plurals = {message[0] for message in phrases if isinstance(message, tuple)}
    yield from (f"said with and without a plural: {both!r}" for both in sorted(alone & plurals))


def _faults(said: Catalog, known: Catalog) -> Iterator[str]:
    for message in _phrases(said):
        translated = known.get(message.id)
        if translated is None:
            yield f"missing: {message.id!r}"
        elif translated.fuzzy:
            yield f"fuzzy: {message.id!r}"
        else:
            yield from _form_faults(message, translated, known.num_plurals)
    for message in _phrases(known):
        if said.get(message.id) is None:
            yield f"said no more: {message.id!r}"
    yield from (f"obsolete: {message!r}" for message in known.obsolete)


def _form_faults(message: Message, translated: Message, plurals: int) -> Iterator[str]:
    forms = (
        [translated.string] if isinstance(translated.string, str) else list(translated.string or ())
    )
    if len(forms) != (plurals if message.pluralizable else 1) or not all(forms):
        yield f"not translated: {message.id!r}"
        return
    # A form for 21 must name the number, though the English singular may leave it out.
    source = message.id[1] if isinstance(message.id, tuple | list) else message.id
    for form in forms:
        if set(_PLACEHOLDER.findall(form)) != set(_PLACEHOLDER.findall(source)):
            yield f"other placeholders than in {source!r}: {form!r}"


def update_all(owners: Iterable[Words]) -> Iterator[str]:
    """Bring the catalogues of many up to date, and say what is left to translate, a line each."""
    for words in owners:
        update(words)
        yield from faults(words) or [f"{words.domain}: complete"]

"""Words as search compares them: «Дробями» and «дробь» are one word, «ё» is «е»."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

# Accents and soft hyphens only help reading.
MARKS = r"[\u0300-\u036f\u00ad]"
# A letter or digit, then more of them, with such marks.
GOING_ON = rf"(?:[^\W_]|{MARKS})*"
WORD = re.compile(rf"[^\W_]{GOING_ON}")
_MARKS = re.compile(MARKS)
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
LONGEST_WORD = 60

_russian = snowballstemmer.stemmer("russian")
_english = snowballstemmer.stemmer("english")


def plainly(text: str) -> str:
    """A text without what makes no difference: capitals, accents, the dots of «ё»."""
    return _MARKS.sub("", text.casefold()).replace("ё", "е")


def folded(word: str) -> str:
    """A word for comparing, of no more letters than any real one has."""
    return plainly(word)[:LONGEST_WORD]


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """What the forms of a word share, by the alphabet it is written in: «дробями» is «дроб»."""
    plain = folded(word)
    stemmer = _russian if _CYRILLIC.search(plain) else _english
    return str(stemmer.stemWord(plain)) or plain


def words_of(text: str) -> Iterator[str]:
    """The words of a text as they stand there."""
    return (match[0] for match in WORD.finditer(text))

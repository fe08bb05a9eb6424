"""What somebody typed into the box: words, "phrases", -words to leave out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.platform.html import scrub
from core.search.stems import folded, stem, words_of

LONGEST = 300
MOST_WORDS = 12
# From so many letters on, the word at the end may still be in the middle of being typed.
OPEN_FROM = 3

_PIECES = re.compile(r'(?<!\S)(-?)(?:"([^"]*)"?|«([^»]*)»?|“([^”]*)”?)|(?<!\S)(-?)(\S+)|(\S+)')


@dataclass(frozen=True)
class Asked:
    """A question, taken apart. Words are folded, not stemmed; ``open_end``: the last word may go
    on. ``text`` is what was typed, as far as it is looked at."""

    text: str = ""
    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    open_end: bool = False

    @property
    def is_empty(self) -> bool:
        """Nothing to look for: no word that has to be there."""
        return not self.words and not self.phrases

    @property
    def stems(self) -> tuple[str, ...]:
        """What to look for and to mark, each once."""
        all_words = (*self.words, *(word for phrase in self.phrases for word in phrase))
        return tuple(dict.fromkeys(stem(word) for word in all_words))


def asked(typed: str) -> Asked:
    """Take a question apart. Whatever was typed has a meaning; none is an error."""
    text = scrub(" ".join(typed[:LONGEST].split()))
    words: list[str] = []
    phrases: list[tuple[str, ...]] = []
    without: list[str] = []
    left = MOST_WORDS
    last_is_word = False
    for piece in _PIECES.finditer(text):
        minus, quoted, plain = _parts(piece)
        found = [folded(word) for word in words_of(quoted or plain)][:left]
        left -= len(found)
        last_is_word = bool(found) and not minus and not quoted
        if minus:
            without += found
        elif quoted and found:
            phrases.append(tuple(found))
        else:
            words += found
    open_end = last_is_word and text[-1:].isalnum() and bool(words) and len(words[-1]) >= OPEN_FROM
    return Asked(text, tuple(dict.fromkeys(words)), tuple(phrases), tuple(without), open_end)


def _parts(piece: re.Match[str]) -> tuple[bool, str, str]:
    """Whether a piece is to be left out, what it quotes, and its plain words."""
    minus, straight, russian, english, minus_word, word, rest = piece.groups()
    quoted = straight or russian or english or ""
    return bool(minus or minus_word), quoted, word or rest or ""


# The same keys in two layouts: what was meant for one and typed in the other.
_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`"
_KEYS = "йцукенгшщзхъфывапролджэячсмитьбюё"
_OTHER_LAYOUT = str.maketrans(_LATIN + _KEYS, _KEYS + _LATIN)


def other_layout(text: str) -> str:
    """What would stand there had the keyboard been switched: «ghbdtn» is «привет»."""
    return text.lower().translate(_OTHER_LAYOUT)

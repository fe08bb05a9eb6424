"""The two engines behind one small interface: FTS5 in SQLite, a GIN index in PostgreSQL.

Both get the same stems, so that both find the same. What each keeps beside ``search_documents`` is
made by migrations, described by no model, and kept in step by triggers: in SQLite two virtual
tables, ``search_index`` of all words and ``search_titles`` of titles alone, in PostgreSQL one
``search_index`` with a ``tsvector`` for each document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import Connection, Integer, Subquery, TextClause, bindparam, text

from core.platform.db import db
from core.search.asking import Asked
from core.search.stems import stem

# Any one of the marks of a group must be there, and that for each group.
Narrowed = Sequence[Sequence[str]]


class Engine(Protocol):
    """What search needs of a database. Questions are put in the engine's own language, made of
    stems alone: nobody's syntax enters."""

    def match(self, asked: Asked, narrowed: Narrowed, *, going_on: bool = False) -> str:
        """A question; with ``going_on`` its last word may go on."""

    def match_whole_titles(self, asked: Asked, narrowed: Narrowed) -> str:
        """Titles in which all the words of a question are."""

    def match_titles(self, words: Sequence[str], narrowed: Narrowed) -> str:
        """Titles in which these words begin."""

    def match_any(self, stems: Sequence[str], narrowed: Narrowed) -> str:
        """Titles with one of these stems at least."""

    def hits(self) -> Subquery:
        """Ids of documents that fit ``:match``, below ``:below``, the newest ``:most`` of them
        (``in_turn``), and the newest ``:titled`` that fit ``:titles``."""

    def titles(self) -> Subquery:
        """Ids of the newest ``:most`` documents whose titles fit ``:match``."""

    def clear(self, connection: Connection) -> None:
        """Forget everything; for tests, which switch triggers and cascades off."""


def _subquery(statement: str) -> Subquery:
    clause: TextClause = text(statement)
    numbers = [name for name in ("below", "most", "titled") if f":{name}" in statement]
    bound = clause.bindparams(*(bindparam(name, type_=Integer) for name in numbers))
    return bound.columns(id=Integer, in_turn=Integer).subquery("hits")


class Fts5:
    """SQLite. Every word stands in quotes, where FTS5 knows no operators."""

    OWN = "{title_stems text_stems}"
    WIDE = "{title_stems text_stems around_stems}"
    TITLES = """
        SELECT rowid AS id, 0 AS in_turn FROM search_titles WHERE search_titles MATCH :match
        ORDER BY rowid DESC LIMIT :most
    """
    HITS = """
        SELECT id, max(in_turn) AS in_turn FROM (
            SELECT * FROM (
                SELECT rowid AS id, 1 AS in_turn FROM search_index
                WHERE search_index MATCH :match AND rowid < :below
                ORDER BY rowid DESC LIMIT :most
            )
            UNION ALL SELECT * FROM (
                SELECT rowid AS id, 0 AS in_turn FROM search_titles
                WHERE search_titles MATCH :titles
                ORDER BY rowid DESC LIMIT :titled
            )
        ) GROUP BY id
    """

    def match(self, asked: Asked, narrowed: Narrowed, *, going_on: bool = False) -> str:
        own = [f'{self.OWN} : "{stem(word)}"' for word in asked.words]
        parts = [f'{self.WIDE} : "{stem(word)}"' for word in asked.words]
        if going_on:
            own[-1] += " *"
            parts[-1] = f"({parts[-1]} OR {own[-1]})"
        parts = [f"({' OR '.join(own)})", *parts] if len(own) > 1 else own
        parts += [self._phrase(phrase) for phrase in asked.phrases]
        parts += _marks(narrowed)
        whole = " AND ".join(parts)
        left_out = " OR ".join(f'"{stem(word)}"' for word in asked.without)
        return f"({whole}) NOT {self.OWN} : ({left_out})" if left_out else whole

    def match_whole_titles(self, asked: Asked, narrowed: Narrowed) -> str:
        parts = [f'title_stems : "{stem(word)}"' for word in asked.words]
        return " AND ".join([*parts, *_marks(narrowed)])

    def match_titles(self, words: Sequence[str], narrowed: Narrowed) -> str:
        parts = [f'(heading : "{word}" * OR title_stems : "{stem(word)}")' for word in words]
        return " AND ".join([*parts, *_marks(narrowed)])

    def match_any(self, stems: Sequence[str], narrowed: Narrowed) -> str:
        any_of = [f'title_stems : "{word}"' for word in stems]
        return " AND ".join([f"({' OR '.join(any_of)})", *_marks(narrowed)])

    def _phrase(self, phrase: Sequence[str]) -> str:
        return f'{self.OWN} : "{" ".join(map(stem, phrase))}"'

    def hits(self) -> Subquery:
        return _subquery(self.HITS)

    def titles(self) -> Subquery:
        return _subquery(self.TITLES)

    def clear(self, connection: Connection) -> None:
        """Its triggers have seen to it."""


def _marks(narrowed: Narrowed) -> Iterable[str]:
    for group in narrowed:
        marks = [f'"{mark}"' for mark in group]
        yield f"facts : ({' OR '.join(marks)})"


class Gin:
    """PostgreSQL. Words of title and text stand for themselves; stems of titles, of what is around,
    whole words of titles and marks have a sign in front that no word has (see the migration).

    An index of words knows no order: of a common word everything that has it would be sorted. So
    the newest few thousand documents are passed through in their order, which finds enough of
    whatever is common, and only what is not is looked up. The ``+ 0`` keeps one from the other's
    way.
    """

    TITLES = """
        SELECT document_id AS id, 0 AS in_turn FROM search_index
        WHERE words @@ CAST(:match AS tsquery)
        ORDER BY document_id + 0 DESC LIMIT :most
    """
    HITS = """
        WITH recent AS MATERIALIZED (
            SELECT least(coalesce(max(document_id), 0), :below) - 4000 AS first FROM search_index
        )
        SELECT id, max(in_turn) AS in_turn FROM (
            (SELECT * FROM (
                (SELECT document_id AS id, 1 AS in_turn FROM search_index
                WHERE words @@ CAST(:match AS tsquery) AND document_id < :below
                AND document_id >= (SELECT first FROM recent)
                ORDER BY document_id DESC LIMIT :most)
                UNION ALL
                (SELECT document_id AS id, 1 AS in_turn FROM search_index
                WHERE words @@ CAST(:match AS tsquery)
                AND document_id + 0 < (SELECT first FROM recent)
                ORDER BY document_id + 0 DESC LIMIT :most)
            ) AS parts LIMIT :most)
            UNION ALL
            (SELECT document_id AS id, 0 AS in_turn FROM search_index
            WHERE words @@ CAST(:titles AS tsquery)
            ORDER BY document_id + 0 DESC LIMIT :titled)
        ) AS found GROUP BY id
    """

    def match(self, asked: Asked, narrowed: Narrowed, *, going_on: bool = False) -> str:
        own = [f"'{stem(word)}'" for word in asked.words]
        parts = [f"({word} | '~{stem(of)}')" for word, of in zip(own, asked.words, strict=True)]
        if going_on:
            own[-1] += ":*"
            parts[-1] = f"({parts[-1]} | {own[-1]})"
        parts = [f"({' | '.join(own)})", *parts] if len(own) > 1 else own
        parts += [self._phrase(phrase) for phrase in asked.phrases]
        parts += self._marks(narrowed)
        parts += [f"!'{stem(word)}'" for word in asked.without]
        return " & ".join(parts)

    def match_whole_titles(self, asked: Asked, narrowed: Narrowed) -> str:
        parts = [f"'^{stem(word)}'" for word in asked.words]
        return " & ".join([*parts, *self._marks(narrowed)])

    def match_titles(self, words: Sequence[str], narrowed: Narrowed) -> str:
        parts = [f"('={word}':* | '^{stem(word)}')" for word in words]
        return " & ".join([*parts, *self._marks(narrowed)])

    def match_any(self, stems: Sequence[str], narrowed: Narrowed) -> str:
        any_of = [f"'^{word}'" for word in stems]
        return " & ".join([f"({' | '.join(any_of)})", *self._marks(narrowed)])

    def _marks(self, narrowed: Narrowed) -> Iterable[str]:
        for group in narrowed:
            marks = [f"'@{mark}'" for mark in group]
            yield f"({' | '.join(marks)})"

    def _phrase(self, phrase: Sequence[str]) -> str:
        words = [f"'{stem(word)}'" for word in phrase]
        return f"({' <-> '.join(words)})"

    def hits(self) -> Subquery:
        return _subquery(self.HITS)

    def titles(self) -> Subquery:
        return _subquery(self.TITLES)

    def clear(self, connection: Connection) -> None:
        connection.execute(text("DELETE FROM search_index"))


ENGINES: dict[str, Engine] = {"sqlite": Fts5(), "postgresql": Gin()}


def engine() -> Engine:
    """The engine of this site's database."""
    return ENGINES[db.engine.dialect.name]

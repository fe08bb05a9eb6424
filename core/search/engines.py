"""The two engines behind one small interface: FTS5 in SQLite, a GIN index in PostgreSQL.

Both get the same stems, so that both find the same. Each keeps a table ``search_index`` of its
own, which migrations make and no model describes: in SQLite a virtual table that triggers keep in
step with ``search_documents``, in PostgreSQL a ``tsvector`` for each document.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from sqlalchemy import Connection, Integer, Subquery, TextClause, bindparam, select, text

from core.platform.db import db
from core.search.asking import Asked
from core.search.models import SearchDocument
from core.search.stems import stem

# Any one of the marks of a group must be there, and that for each group.
Narrowed = Sequence[Sequence[str]]


class Engine(Protocol):
    """What search needs of a database."""

    def match(self, asked: Asked, narrowed: Narrowed) -> str:
        """A question in the engine's own language, made of stems alone: nobody's syntax enters."""

    def match_titles(self, words: Sequence[str], narrowed: Narrowed) -> str:
        """The same for titles in which these words begin; the last one may go on."""

    def match_any(self, stems: Sequence[str], narrowed: Narrowed) -> str:
        """The same for titles with one of these stems at least."""

    def hits(self) -> Subquery:
        """Ids of documents that fit ``:match``, below ``:below``, the newest ``:most`` of them."""

    def stored(self, document_ids: Sequence[int]) -> None:
        """Documents were written in this operation: take their stems in."""

    def clear(self, connection: Connection) -> None:
        """Forget everything; for tests, which switch triggers and cascades off."""


def _subquery(statement: str) -> Subquery:
    clause: TextClause = text(statement).bindparams(
        bindparam("below", type_=Integer), bindparam("most", type_=Integer)
    )
    return clause.columns(id=Integer).subquery("hits")


class Fts5:
    """SQLite. Every word stands in quotes, where FTS5 knows no operators."""

    OWN = "{title_stems text_stems}"
    WIDE = "{title_stems text_stems around_stems}"
    HITS = (
        "SELECT rowid AS id FROM search_index WHERE search_index MATCH :match AND rowid < :below"
        " ORDER BY rowid DESC LIMIT :most"
    )

    def match(self, asked: Asked, narrowed: Narrowed) -> str:
        parts = [f'{self.WIDE} : "{stem(word)}"' for word in asked.words]
        own = [f'{self.OWN} : "{stem(word)}"' for word in asked.words]
        if asked.open_end:
            last = asked.words[-1]
            begun = f'{self.OWN} : "{stem(last)}" * OR heading : "{last}" *'
            parts[-1] = f"({parts[-1]} OR {begun})"
            own[-1] = f"{own[-1]} OR {begun}"
        if own:
            parts.append(f"({' OR '.join(own)})")
        parts += [self._phrase(phrase) for phrase in asked.phrases]
        parts += _marks(narrowed)
        whole = " AND ".join(parts)
        left_out = " OR ".join(f'"{stem(word)}"' for word in asked.without)
        return f"({whole}) NOT {self.OWN} : ({left_out})" if left_out else whole

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

    def stored(self, document_ids: Sequence[int]) -> None:
        """Its triggers have seen to it."""

    def clear(self, connection: Connection) -> None:
        """Its triggers have seen to it."""


def _marks(narrowed: Narrowed) -> Iterable[str]:
    for group in narrowed:
        marks = [f'"{mark}"' for mark in group]
        yield f"facts : ({' OR '.join(marks)})"


class Gin:
    """PostgreSQL. Titles weigh A, texts B, what is around C; headings and marks D, told apart by
    a sign in front that no word has."""

    HITS = (
        "SELECT document_id AS id FROM search_index WHERE words @@ CAST(:match AS tsquery)"
        " AND document_id < :below ORDER BY document_id DESC LIMIT :most"
    )
    STORE = text(
        "INSERT INTO search_index (document_id, words) VALUES (:id, CAST(:words AS tsvector))"
        " ON CONFLICT (document_id) DO UPDATE SET words = excluded.words"
    )

    def match(self, asked: Asked, narrowed: Narrowed) -> str:
        parts = [f"'{stem(word)}':ABC" for word in asked.words]
        own = [f"'{stem(word)}':AB" for word in asked.words]
        if asked.open_end:
            last = asked.words[-1]
            begun = f"'{stem(last)}':*AB | '={last}':*D"
            parts[-1] = f"({parts[-1]} | {begun})"
            own[-1] = f"{own[-1]} | {begun}"
        if own:
            parts.append(f"({' | '.join(own)})")
        parts += [self._phrase(phrase) for phrase in asked.phrases]
        parts += self._marks(narrowed)
        parts += [f"!'{stem(word)}':AB" for word in asked.without]
        return " & ".join(parts)

    def match_titles(self, words: Sequence[str], narrowed: Narrowed) -> str:
        parts = [f"('={word}':*D | '{stem(word)}':A)" for word in words]
        return " & ".join([*parts, *self._marks(narrowed)])

    def match_any(self, stems: Sequence[str], narrowed: Narrowed) -> str:
        any_of = [f"'{word}':A" for word in stems]
        return " & ".join([f"({' | '.join(any_of)})", *self._marks(narrowed)])

    def _marks(self, narrowed: Narrowed) -> Iterable[str]:
        for group in narrowed:
            marks = [f"'@{mark}':D" for mark in group]
            yield f"({' | '.join(marks)})"

    def _phrase(self, phrase: Sequence[str]) -> str:
        words = [f"'{stem(word)}':AB" for word in phrase]
        return f"({' <-> '.join(words)})"

    def hits(self) -> Subquery:
        return _subquery(self.HITS)

    def stored(self, document_ids: Sequence[int]) -> None:
        found = select(SearchDocument).where(SearchDocument.id.in_(document_ids))
        rows = [{"id": row.id, "words": vector(row)} for row in db.session.scalars(found)]
        if rows:
            db.session.connection().execute(self.STORE, rows)

    def clear(self, connection: Connection) -> None:
        connection.execute(text("DELETE FROM search_index"))


# PostgreSQL counts positions up to here; phrases beyond are not found.
LAST_POSITION = 16_000
# Between title and text, so that no phrase reaches from one into the other.
GAP = 10


def vector(document: SearchDocument) -> str:
    """A document as the text of a ``tsvector``: each stem with its places and their weight."""
    places: dict[str, list[str]] = {}
    at = 0
    for weight, sign, column in (
        ("A", "", document.title_stems),
        ("B", "", document.text_stems),
        ("C", "", document.around_stems),
        ("D", "=", document.heading),
        ("D", "@", document.facts),
    ):
        for word in column.split():
            at = min(at + 1, LAST_POSITION)
            places.setdefault(f"'{sign}{word}'", []).append(f"{at}{weight}")
        at = min(at + GAP, LAST_POSITION)
    return " ".join(f"{word}:{','.join(of[:250])}" for word, of in places.items())


ENGINES: dict[str, Engine] = {"sqlite": Fts5(), "postgresql": Gin()}


def engine() -> Engine:
    """The engine of this site's database."""
    return ENGINES[db.engine.dialect.name]

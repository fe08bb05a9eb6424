"""search: titles in an index of their own, dates among the marks, both engines kept by triggers"""

from alembic import op

revision = "0011"
down_revision = "0010"

# Whoever changes the table of documents by a batch has to make the triggers anew: SQLite drops them
# with the former table. Each statement ends with a semicolon at the end of its line; within
# triggers they are written as broken bars.
SQLITE = """
DROP TRIGGER search_documents_added;
DROP TRIGGER search_documents_removed;
DROP TRIGGER search_documents_changed;
DROP TABLE search_index;
UPDATE search_documents
SET facts = facts || strftime(' y%Y m%Y%m', created_at);
CREATE VIRTUAL TABLE search_index USING fts5(
  title_stems, text_stems, around_stems, facts,
  content='search_documents', content_rowid='id', tokenize="ascii tokenchars '_'"
);
CREATE VIRTUAL TABLE search_titles USING fts5(
  heading, title_stems, facts,
  content='search_documents', content_rowid='id', prefix='2 3', tokenize="ascii tokenchars '_'"
);
INSERT INTO search_index (search_index) VALUES ('rebuild');
INSERT INTO search_titles (rowid, heading, title_stems, facts)
SELECT id, heading, title_stems, facts FROM search_documents WHERE heading <> '';
CREATE TRIGGER search_documents_added AFTER INSERT ON search_documents BEGIN
  INSERT INTO search_index (rowid, title_stems, text_stems, around_stems, facts)
  VALUES (new.id, new.title_stems, new.text_stems, new.around_stems, new.facts)¦
  INSERT INTO search_titles (rowid, heading, title_stems, facts)
  SELECT new.id, new.heading, new.title_stems, new.facts WHERE new.heading <> ''¦
END;
CREATE TRIGGER search_documents_removed AFTER DELETE ON search_documents BEGIN
  INSERT INTO search_index (search_index, rowid, title_stems, text_stems, around_stems, facts)
  VALUES ('delete', old.id, old.title_stems, old.text_stems, old.around_stems, old.facts)¦
  INSERT INTO search_titles (search_titles, rowid, heading, title_stems, facts)
  SELECT 'delete', old.id, old.heading, old.title_stems, old.facts WHERE old.heading <> ''¦
END;
CREATE TRIGGER search_documents_changed
AFTER UPDATE OF id, title_stems, text_stems, around_stems, heading, facts ON search_documents BEGIN
  INSERT INTO search_index (search_index, rowid, title_stems, text_stems, around_stems, facts)
  VALUES ('delete', old.id, old.title_stems, old.text_stems, old.around_stems, old.facts)¦
  INSERT INTO search_index (rowid, title_stems, text_stems, around_stems, facts)
  VALUES (new.id, new.title_stems, new.text_stems, new.around_stems, new.facts)¦
  INSERT INTO search_titles (search_titles, rowid, heading, title_stems, facts)
  SELECT 'delete', old.id, old.heading, old.title_stems, old.facts WHERE old.heading <> ''¦
  INSERT INTO search_titles (rowid, heading, title_stems, facts)
  SELECT new.id, new.heading, new.title_stems, new.facts WHERE new.heading <> ''¦
END
"""
# Words of titles and texts stand for themselves, with their places; what else there is carries a
# sign in front. Weights would do too, but an index does not know them: each row would be read.
# The vectors stay within their rows, as they are, since many of them are passed through.
POSTGRESQL = """
DROP TABLE search_index;
UPDATE search_documents
SET facts = facts || to_char(created_at AT TIME ZONE 'UTC', '" y"YYYY" m"YYYYMM');
CREATE TABLE search_index (
  document_id INTEGER PRIMARY KEY REFERENCES search_documents (id) ON DELETE CASCADE,
  words TSVECTOR NOT NULL
) WITH (toast_tuple_target = 8160);
ALTER TABLE search_index ALTER COLUMN words SET STORAGE EXTERNAL;
CREATE FUNCTION search_words(title TEXT, body TEXT, around TEXT, heading TEXT, facts TEXT)
RETURNS TSVECTOR LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_agg(word, ' '), '')::tsvector FROM (
    SELECT '''' || word || ''':' || place
    FROM unnest(string_to_array(title, ' ')) WITH ORDINALITY AS words (word, place)
    WHERE word <> ''
    UNION ALL
    SELECT '''' || word || ''':' || least(place + 100, 16000)
    FROM unnest(string_to_array(body, ' ')) WITH ORDINALITY AS words (word, place)
    WHERE word <> ''
    UNION ALL
    SELECT DISTINCT '''' || sign || word || ''''
    FROM (VALUES ('^', title), ('~', around), ('=', heading), ('@', facts)) AS kinds (sign, said),
    unnest(string_to_array(said, ' ')) AS words (word)
    WHERE word <> ''
  ) AS all_words (word)
$$;
CREATE FUNCTION search_documents_stored() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO search_index (document_id, words)
  VALUES (new.id, search_words(
    new.title_stems, new.text_stems, new.around_stems, new.heading, new.facts
  ))
  ON CONFLICT (document_id) DO UPDATE SET words = excluded.words¦
  RETURN NULL¦
END $$;
CREATE TRIGGER search_documents_stored
AFTER INSERT OR UPDATE OF title_stems, text_stems, around_stems, heading, facts
ON search_documents FOR EACH ROW EXECUTE FUNCTION search_documents_stored();
INSERT INTO search_index (document_id, words)
SELECT id, search_words(title_stems, text_stems, around_stems, heading, facts)
FROM search_documents;
CREATE INDEX ix_search_index_words ON search_index USING gin (words) WITH (fastupdate = off)
"""

FORMER_SQLITE = """
DROP TRIGGER search_documents_added;
DROP TRIGGER search_documents_removed;
DROP TRIGGER search_documents_changed;
DROP TABLE search_titles;
DROP TABLE search_index;
CREATE VIRTUAL TABLE search_index USING fts5(
  title_stems, text_stems, around_stems, heading, facts,
  content='search_documents', content_rowid='id', tokenize="ascii tokenchars '_'"
);
INSERT INTO search_index (search_index) VALUES ('rebuild');
CREATE TRIGGER search_documents_added AFTER INSERT ON search_documents BEGIN
  INSERT INTO search_index (rowid, title_stems, text_stems, around_stems, heading, facts)
  VALUES (new.id, new.title_stems, new.text_stems, new.around_stems, new.heading, new.facts)¦
END;
CREATE TRIGGER search_documents_removed AFTER DELETE ON search_documents BEGIN
  INSERT INTO search_index
    (search_index, rowid, title_stems, text_stems, around_stems, heading, facts)
  VALUES
    ('delete', old.id, old.title_stems, old.text_stems, old.around_stems, old.heading, old.facts)¦
END;
CREATE TRIGGER search_documents_changed
AFTER UPDATE OF id, title_stems, text_stems, around_stems, heading, facts ON search_documents BEGIN
  INSERT INTO search_index
    (search_index, rowid, title_stems, text_stems, around_stems, heading, facts)
  VALUES
    ('delete', old.id, old.title_stems, old.text_stems, old.around_stems, old.heading, old.facts)¦
  INSERT INTO search_index (rowid, title_stems, text_stems, around_stems, heading, facts)
  VALUES (new.id, new.title_stems, new.text_stems, new.around_stems, new.heading, new.facts)¦
END
"""
# The former code makes its vectors itself, of documents that it reads: it finds none, and all wait.
FORMER_POSTGRESQL = """
DROP TRIGGER search_documents_stored ON search_documents;
DROP FUNCTION search_documents_stored();
DROP TABLE search_index;
DROP FUNCTION search_words(TEXT, TEXT, TEXT, TEXT, TEXT);
DELETE FROM search_documents;
CREATE TABLE search_index (
  document_id INTEGER PRIMARY KEY REFERENCES search_documents (id) ON DELETE CASCADE,
  words TSVECTOR NOT NULL
);
CREATE INDEX ix_search_index_words ON search_index USING gin (words) WITH (fastupdate = off);
INSERT INTO search_waiting (what, subject_id, edited, tries, since)
SELECT 'community', id, false, 0, CURRENT_TIMESTAMP FROM communities;
INSERT INTO search_waiting (what, subject_id, edited, tries, since)
SELECT 'activity', id, false, 0, CURRENT_TIMESTAMP FROM activities;
INSERT INTO search_waiting (what, subject_id, edited, tries, since)
SELECT 'person', id, false, 0, CURRENT_TIMESTAMP FROM users;
INSERT INTO search_waiting (what, subject_id, edited, tries, since)
SELECT 'content', id, false, 0, CURRENT_TIMESTAMP FROM contents ORDER BY id
"""


def upgrade() -> None:
    _run(SQLITE if _on_sqlite() else POSTGRESQL)


def downgrade() -> None:
    _run(FORMER_SQLITE if _on_sqlite() else FORMER_POSTGRESQL)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _run(script: str) -> None:
    connection = op.get_bind()
    for statement in script.split(";\n"):
        # Told to the driver as it stands: nothing in it is a parameter.
        connection.exec_driver_sql(statement.replace("¦", ";"))

"""search"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

# FTS5 keeps an index of its own beside the documents, which three triggers keep in step. Whoever
# changes the table by a batch has to make them anew: SQLite drops them with the former table.
SQLITE = """
CREATE VIRTUAL TABLE search_index USING fts5(
  title_stems, text_stems, around_stems, heading, facts,
  content='search_documents', content_rowid='id', tokenize="ascii tokenchars '_'"
);
CREATE TRIGGER search_documents_added AFTER INSERT ON search_documents BEGIN
  INSERT INTO search_index (rowid, title_stems, text_stems, around_stems, heading, facts)
  VALUES (new.id, new.title_stems, new.text_stems, new.around_stems, new.heading, new.facts)|
END;
CREATE TRIGGER search_documents_removed AFTER DELETE ON search_documents BEGIN
  INSERT INTO search_index
    (search_index, rowid, title_stems, text_stems, around_stems, heading, facts)
  VALUES
    ('delete', old.id, old.title_stems, old.text_stems, old.around_stems, old.heading, old.facts)|
END;
CREATE TRIGGER search_documents_changed
AFTER UPDATE OF id, title_stems, text_stems, around_stems, heading, facts ON search_documents BEGIN
  INSERT INTO search_index
    (search_index, rowid, title_stems, text_stems, around_stems, heading, facts)
  VALUES
    ('delete', old.id, old.title_stems, old.text_stems, old.around_stems, old.heading, old.facts)|
  INSERT INTO search_index (rowid, title_stems, text_stems, around_stems, heading, facts)
  VALUES (new.id, new.title_stems, new.text_stems, new.around_stems, new.heading, new.facts)|
END
"""
# Without a list of what is to be merged later: a search would have to read it through.
POSTGRESQL = """
CREATE TABLE search_index (
  document_id INTEGER PRIMARY KEY REFERENCES search_documents (id) ON DELETE CASCADE,
  words TSVECTOR NOT NULL
);
CREATE INDEX ix_search_index_words ON search_index USING gin (words) WITH (fastupdate = off)
"""
# What is there already is read by the worker, as if it had just been written.
WAITING = (
    "INSERT INTO search_waiting (what, subject_id, edited, tries, since) SELECT 'community', id, false, 0, CURRENT_TIMESTAMP FROM communities ORDER BY id",
    "INSERT INTO search_waiting (what, subject_id, edited, tries, since) SELECT 'activity', id, false, 0, CURRENT_TIMESTAMP FROM activities ORDER BY id",
    "INSERT INTO search_waiting (what, subject_id, edited, tries, since) SELECT 'person', id, false, 0, CURRENT_TIMESTAMP FROM users ORDER BY id",
    "INSERT INTO search_waiting (what, subject_id, edited, tries, since) SELECT 'content', id, false, 0, CURRENT_TIMESTAMP FROM contents ORDER BY id",
)


def upgrade() -> None:
    op.create_table(
        "search_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=True),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("within_id", sa.Integer(), nullable=True),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title_stems", sa.Text(), nullable=False),
        sa.Column("around_stems", sa.Text(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("text_stems", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_id"],
            ["contents.id"],
            name=op.f("fk_search_documents_content_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_search_documents_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_search_documents_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_search_documents_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["within_id"],
            ["contents.id"],
            name=op.f("fk_search_documents_within_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("content_id", name=op.f("uq_search_documents_content_id")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_search_documents_activity_id")),
        sa.UniqueConstraint("community_id", name=op.f("uq_search_documents_community_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_search_documents_user_id")),
    )
    op.create_index(op.f("ix_search_documents_within_id"), "search_documents", ["within_id"])
    op.create_table(
        "search_waiting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_waiting")),
    )
    op.create_index("ix_search_waiting_order", "search_waiting", ["tries", "id"])
    op.create_index("ix_search_waiting_what_subject_id", "search_waiting", ["what", "subject_id"])
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in (SQLITE if on_sqlite else POSTGRESQL).split(";\n"):
        op.execute(statement.replace("|", ";"))
    for statement in WAITING:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE search_index")
    op.drop_table("search_waiting")
    op.drop_table("search_documents")

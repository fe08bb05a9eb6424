"""realtime: streams and their entries"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "streams",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_streams_activity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_streams")),
        sa.UniqueConstraint("address", name=op.f("uq_streams_address")),
    )
    with op.batch_alter_table("streams", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_streams_activity_id"), ["activity_id"], unique=False)
    op.create_table(
        "stream_entries",
        sa.Column("stream_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.id"],
            name=op.f("fk_stream_entries_author_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["stream_id"],
            ["streams.id"],
            name=op.f("fk_stream_entries_stream_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("stream_id", "number", name=op.f("pk_stream_entries")),
    )
    with op.batch_alter_table("stream_entries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_stream_entries_stream_id_author_id_mark",
            ["stream_id", "author_id", "mark"],
            unique=True,
        )
        batch_op.create_index(
            batch_op.f("ix_stream_entries_author_id"), ["author_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("stream_entries")
    op.drop_table("streams")

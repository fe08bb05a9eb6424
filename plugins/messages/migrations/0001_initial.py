"""initial"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "messages_blocks",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("blocked_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["blocked_id"],
            ["users.id"],
            name=op.f("fk_messages_blocks_blocked_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_messages_blocks_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "blocked_id", name=op.f("pk_messages_blocks")),
    )
    with op.batch_alter_table("messages_blocks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_messages_blocks_blocked_id"), ["blocked_id"], unique=False
        )

    op.create_table(
        "messages_preferences",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("shows_reading", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_messages_preferences_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_messages_preferences")),
    )
    op.create_table(
        "messages_threads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pair", sa.Text(), nullable=True),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_messages_threads_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages_threads")),
        sa.UniqueConstraint("pair", name=op.f("uq_messages_threads_pair")),
    )
    op.create_table(
        "messages_clarifications",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("outcome_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["about_id"],
            ["contents.id"],
            name=op.f("fk_messages_clarifications_about_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["users.id"],
            name=op.f("fk_messages_clarifications_asked_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["messages_threads.id"],
            name=op.f("fk_messages_clarifications_thread_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("thread_id", name=op.f("pk_messages_clarifications")),
        sa.UniqueConstraint(
            "about_id", "asked_by_id", name=op.f("uq_messages_clarifications_about_id_asked_by_id")
        ),
    )
    op.create_table(
        "messages_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("has_files", sa.Boolean(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_messages_messages_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["messages_threads.id"],
            name=op.f("fk_messages_messages_thread_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages_messages")),
    )
    with op.batch_alter_table("messages_messages", schema=None) as batch_op:
        batch_op.create_index(
            "ix_messages_messages_thread_id_id", ["thread_id", "id"], unique=False
        )

    op.create_table(
        "messages_parties",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_id", sa.Integer(), nullable=False),
        sa.Column("starred", sa.Boolean(), nullable=False),
        sa.Column("muted", sa.Boolean(), nullable=False),
        sa.Column("archived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread_id"],
            ["messages_threads.id"],
            name=op.f("fk_messages_parties_thread_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_messages_parties_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("thread_id", "user_id", name=op.f("pk_messages_parties")),
    )
    with op.batch_alter_table("messages_parties", schema=None) as batch_op:
        batch_op.create_index(
            "ix_messages_parties_inbox",
            ["user_id", "archived", "last_at", "thread_id"],
            unique=False,
        )

    op.create_table(
        "messages_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("accused_id", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["about_id"],
            ["contents.id"],
            name=op.f("fk_messages_reports_about_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["accused_id"],
            ["users.id"],
            name=op.f("fk_messages_reports_accused_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"],
            ["users.id"],
            name=op.f("fk_messages_reports_closed_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_messages_reports_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_messages_reports_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["messages_messages.id"],
            name=op.f("fk_messages_reports_message_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"],
            ["users.id"],
            name=op.f("fk_messages_reports_reporter_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages_reports")),
        sa.UniqueConstraint(
            "message_id", "reporter_id", name=op.f("uq_messages_reports_message_id_reporter_id")
        ),
    )
    with op.batch_alter_table("messages_reports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_messages_reports_accused_id"), ["accused_id"], unique=False
        )
        batch_op.create_index(
            "ix_messages_reports_list", ["community_id", "closed_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_messages_reports_reporter_id"), ["reporter_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("messages_reports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_reports_reporter_id"))
        batch_op.drop_index("ix_messages_reports_list")
        batch_op.drop_index(batch_op.f("ix_messages_reports_accused_id"))

    op.drop_table("messages_reports")
    with op.batch_alter_table("messages_parties", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_parties_inbox")

    op.drop_table("messages_parties")
    with op.batch_alter_table("messages_messages", schema=None) as batch_op:
        batch_op.drop_index("ix_messages_messages_thread_id_id")

    op.drop_table("messages_messages")
    op.drop_table("messages_clarifications")
    op.drop_table("messages_threads")
    op.drop_table("messages_preferences")
    with op.batch_alter_table("messages_blocks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_blocks_blocked_id"))

    op.drop_table("messages_blocks")

"""initial"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "announcements_announcements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("with_children", sa.Boolean(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("categories", sa.JSON(), nullable=False),
        sa.Column("positions", sa.JSON(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("must_acknowledge", sa.Boolean(), nullable=False),
        sa.Column("has_files", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_announcements_announcements_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"],
            ["contents.id"],
            name=op.f("fk_announcements_announcements_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements_announcements")),
    )
    with op.batch_alter_table("announcements_announcements", schema=None) as batch_op:
        batch_op.create_index(
            "ix_announcements_announcements_list", ["community_id", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_announcements_announcements_sent_at"), ["sent_at"], unique=False
        )

    op.create_table(
        "announcements_places",
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements_announcements.id"],
            name=op.f("fk_announcements_places_announcement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_announcements_places_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "announcement_id", "community_id", name=op.f("pk_announcements_places")
        ),
    )
    with op.batch_alter_table("announcements_places", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_announcements_places_community_id"), ["community_id"], unique=False
        )

    op.create_table(
        "announcements_recipients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("announcement_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["announcement_id"],
            ["announcements_announcements.id"],
            name=op.f("fk_announcements_recipients_announcement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_announcements_recipients_user_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcements_recipients")),
        sa.UniqueConstraint(
            "announcement_id",
            "user_id",
            name=op.f("uq_announcements_recipients_announcement_id_user_id"),
        ),
    )
    with op.batch_alter_table("announcements_recipients", schema=None) as batch_op:
        batch_op.create_index(
            "ix_announcements_recipients_user_id", ["user_id", "acknowledged_at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("announcements_recipients", schema=None) as batch_op:
        batch_op.drop_index("ix_announcements_recipients_user_id")

    op.drop_table("announcements_recipients")
    with op.batch_alter_table("announcements_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_announcements_places_community_id"))

    op.drop_table("announcements_places")
    with op.batch_alter_table("announcements_announcements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_announcements_announcements_sent_at"))
        batch_op.drop_index("ix_announcements_announcements_list")

    op.drop_table("announcements_announcements")

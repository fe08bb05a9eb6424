"""notices"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "mail_refusals",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_mail_refusals_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_refusals")),
    )
    op.create_table(
        "notice_choices",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notice_choices_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_notice_choices")),
    )
    op.create_table(
        "notice_settings",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_until", sa.Integer(), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("digest_day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notice_settings_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notice_settings")),
    )
    op.create_table(
        "follows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=True),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(CASE WHEN content_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN activity_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN community_id IS NULL THEN 0 ELSE 1 END) = 1",
            name=op.f("ck_follows_one_thing"),
        ),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_follows_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_follows_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["content_id"], ["contents.id"], name=op.f("fk_follows_content_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_follows_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follows")),
        sa.UniqueConstraint("user_id", "activity_id", name=op.f("uq_follows_user_id_activity_id")),
        sa.UniqueConstraint(
            "user_id", "community_id", name=op.f("uq_follows_user_id_community_id")
        ),
        sa.UniqueConstraint("user_id", "content_id", name=op.f("uq_follows_user_id_content_id")),
    )
    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follows_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_follows_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_follows_content_id"), ["content_id"], unique=False)

    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bundle", sa.Text(), nullable=False),
        sa.Column("once", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("thing_id", sa.Integer(), nullable=True),
        sa.Column("content_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("mail_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_notices_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_notices_actor_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_notices_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["content_id"], ["contents.id"], name=op.f("fk_notices_content_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thing_id"], ["contents.id"], name=op.f("fk_notices_thing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_notices_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("user_id", "once", name=op.f("uq_notices_user_id_once")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_community_id"), ["community_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_content_id"), ["content_id"], unique=False)
        batch_op.create_index(
            "ix_notices_mail",
            ["mail", "user_id"],
            unique=False,
            sqlite_where=sa.text("mail <> ''"),
            postgresql_where=sa.text("mail <> ''"),
        )
        batch_op.create_index(batch_op.f("ix_notices_thing_id"), ["thing_id"], unique=False)
        batch_op.create_index(
            "ix_notices_unread",
            ["user_id", "bundle", "content_id"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.create_index("ix_notices_user_id_bundle", ["user_id", "bundle"], unique=False)
    # Nobody is told of what happened before there were notices.
    op.execute(
        "INSERT INTO event_cursors (reader, event_id, failures)"
        " SELECT 'notices', id, 0 FROM events ORDER BY id DESC LIMIT 1"
    )


def downgrade() -> None:
    op.execute("DELETE FROM event_cursors WHERE reader = 'notices'")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_user_id_bundle")
        batch_op.drop_index(
            "ix_notices_unread",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_notices_thing_id"))
        batch_op.drop_index(
            "ix_notices_mail",
            sqlite_where=sa.text("mail <> ''"),
            postgresql_where=sa.text("mail <> ''"),
        )
        batch_op.drop_index(batch_op.f("ix_notices_content_id"))
        batch_op.drop_index(batch_op.f("ix_notices_community_id"))
        batch_op.drop_index(batch_op.f("ix_notices_actor_id"))
        batch_op.drop_index(batch_op.f("ix_notices_activity_id"))

    op.drop_table("notices")
    with op.batch_alter_table("follows", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_follows_content_id"))
        batch_op.drop_index(batch_op.f("ix_follows_community_id"))
        batch_op.drop_index(batch_op.f("ix_follows_activity_id"))

    op.drop_table("follows")
    op.drop_table("notice_settings")
    op.drop_table("notice_choices")
    op.drop_table("mail_refusals")

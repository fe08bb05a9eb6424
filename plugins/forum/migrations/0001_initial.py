"""initial"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "forum_readers",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_forum_readers_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_forum_readers_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "community_id", name=op.f("pk_forum_readers")),
    )
    with op.batch_alter_table("forum_readers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forum_readers_community_id"), ["community_id"], unique=False
        )

    op.create_table(
        "forum_sections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_forum_sections_activity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forum_sections")),
    )
    with op.batch_alter_table("forum_sections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forum_sections_activity_id"), ["activity_id"], unique=False
        )

    op.create_table(
        "forum_topics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("post_count", sa.Integer(), nullable=False),
        sa.Column("held_count", sa.Integer(), nullable=False),
        sa.Column("last_post_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_author_id", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_forum_topics_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["users.id"],
            name=op.f("fk_forum_topics_decided_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_forum_topics_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["last_author_id"],
            ["users.id"],
            name=op.f("fk_forum_topics_last_author_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["forum_topics.id"],
            name=op.f("fk_forum_topics_merged_into_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["forum_sections.id"],
            name=op.f("fk_forum_topics_section_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forum_topics")),
    )
    with op.batch_alter_table("forum_topics", schema=None) as batch_op:
        batch_op.create_index(
            "ix_forum_topics_active", ["activity_id", "last_post_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_forum_topics_last_author_id"), ["last_author_id"], unique=False
        )
        batch_op.create_index(
            "ix_forum_topics_list", ["activity_id", "pinned", "last_post_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_forum_topics_merged_into_id"), ["merged_into_id"], unique=False
        )
        batch_op.create_index(
            "ix_forum_topics_section", ["section_id", "pinned", "last_post_at"], unique=False
        )

    op.create_table(
        "forum_posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_answer", sa.Boolean(), nullable=False),
        sa.Column("has_files", sa.Boolean(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_forum_posts_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_forum_posts_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["forum_posts.id"],
            name=op.f("fk_forum_posts_parent_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"],
            ["forum_topics.id"],
            name=op.f("fk_forum_posts_topic_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forum_posts")),
        sa.UniqueConstraint("token", name=op.f("uq_forum_posts_token")),
        sa.UniqueConstraint("topic_id", "number", name=op.f("uq_forum_posts_topic_id_number")),
    )
    with op.batch_alter_table("forum_posts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forum_posts_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_forum_posts_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_forum_posts_thread", ["topic_id", "thread"], unique=False)

    op.create_table(
        "forum_problems",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_forum_problems_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_forum_problems_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["forum_sections.id"],
            name=op.f("fk_forum_problems_section_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"],
            ["forum_topics.id"],
            name=op.f("fk_forum_problems_topic_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_forum_problems")),
    )
    with op.batch_alter_table("forum_problems", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_forum_problems_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index("ix_forum_problems_due", ["state", "opens_at"], unique=False)

    op.create_table(
        "forum_reads",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"],
            ["forum_topics.id"],
            name=op.f("fk_forum_reads_topic_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_forum_reads_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "topic_id", name=op.f("pk_forum_reads")),
    )
    with op.batch_alter_table("forum_reads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_forum_reads_topic_id"), ["topic_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("forum_reads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forum_reads_topic_id"))

    op.drop_table("forum_reads")
    with op.batch_alter_table("forum_problems", schema=None) as batch_op:
        batch_op.drop_index("ix_forum_problems_due")
        batch_op.drop_index(batch_op.f("ix_forum_problems_activity_id"))

    op.drop_table("forum_problems")
    with op.batch_alter_table("forum_posts", schema=None) as batch_op:
        batch_op.drop_index("ix_forum_posts_thread")
        batch_op.drop_index(batch_op.f("ix_forum_posts_parent_id"))
        batch_op.drop_index(batch_op.f("ix_forum_posts_activity_id"))

    op.drop_table("forum_posts")
    with op.batch_alter_table("forum_topics", schema=None) as batch_op:
        batch_op.drop_index("ix_forum_topics_section")
        batch_op.drop_index(batch_op.f("ix_forum_topics_merged_into_id"))
        batch_op.drop_index("ix_forum_topics_list")
        batch_op.drop_index(batch_op.f("ix_forum_topics_last_author_id"))
        batch_op.drop_index("ix_forum_topics_active")

    op.drop_table("forum_topics")
    with op.batch_alter_table("forum_sections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forum_sections_activity_id"))

    op.drop_table("forum_sections")
    with op.batch_alter_table("forum_readers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_forum_readers_community_id"))

    op.drop_table("forum_readers")

"""plugins"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "plugin_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_plugin_settings_community_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_settings")),
        sa.UniqueConstraint(
            "plugin", "community_id", name=op.f("uq_plugin_settings_plugin_community_id")
        ),
    )
    with op.batch_alter_table("plugin_settings") as table:
        table.create_index(
            "ix_plugin_settings_site",
            ["plugin"],
            unique=True,
            sqlite_where=sa.text("community_id IS NULL"),
            postgresql_where=sa.text("community_id IS NULL"),
        )
        table.create_index(op.f("ix_plugin_settings_community_id"), ["community_id"])
    op.create_table(
        "upgrade_failures",
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("plugin", name=op.f("pk_upgrade_failures")),
    )


def downgrade() -> None:
    op.drop_table("upgrade_failures")
    op.drop_table("plugin_settings")

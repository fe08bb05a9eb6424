"""The first table"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "talk_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_talk_lines_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_talk_lines_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_lines")),
    )
    with op.batch_alter_table("talk_lines", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_talk_lines_activity_id"), ["activity_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("talk_lines", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_talk_lines_activity_id"))

    op.drop_table("talk_lines")

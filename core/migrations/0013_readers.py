"""readers: contents that stand in no community and are given to people"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "content_readers",
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_id"],
            ["contents.id"],
            name=op.f("fk_content_readers_content_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_content_readers_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("content_id", "user_id", name=op.f("pk_content_readers")),
    )
    with op.batch_alter_table("content_readers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_content_readers_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("content_readers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_content_readers_user_id"))
    op.drop_table("content_readers")

"""contents that their authors took back"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    with op.batch_alter_table("contents", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("taken_back", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    contents = sa.table(
        "contents", sa.column("taken_back"), sa.column("author_id"), sa.column("hidden_by_id")
    )
    theirs = contents.c.hidden_by_id == contents.c.author_id
    op.execute(sa.update(contents).where(theirs).values(taken_back=sa.true()))


def downgrade() -> None:
    with op.batch_alter_table("contents", schema=None) as batch_op:
        batch_op.drop_column("taken_back")

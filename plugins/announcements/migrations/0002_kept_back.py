"""Kept back"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("announcements_announcements", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kept_back", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("announcements_announcements", schema=None) as batch_op:
        batch_op.drop_column("kept_back")

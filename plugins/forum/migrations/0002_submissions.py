"""submissions are kept with contents"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("forum_posts", schema=None) as batch_op:
        batch_op.drop_constraint("uq_forum_posts_token", type_="unique")
        batch_op.drop_column("token")


def downgrade() -> None:
    with op.batch_alter_table("forum_posts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("token", sa.Text(), nullable=True))
        batch_op.create_unique_constraint("uq_forum_posts_token", ["token"])

"""submissions"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("contents", sa.Column("submission", sa.Text(), nullable=True))
    op.create_index(
        "ix_contents_author_id_submission", "contents", ["author_id", "submission"], unique=True
    )


def downgrade() -> None:
    op.drop_index("ix_contents_author_id_submission", "contents")
    op.drop_column("contents", "submission")

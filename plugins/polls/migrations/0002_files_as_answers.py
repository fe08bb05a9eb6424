"""Files as answers"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "polls_handed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_polls_handed_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_polls_handed_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_polls_handed_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls_handed")),
        sa.UniqueConstraint(
            "activity_id", "user_id", name=op.f("uq_polls_handed_activity_id_user_id")
        ),
    )
    with op.batch_alter_table("polls_handed", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_polls_handed_user_id"), ["user_id"], unique=False)

    with op.batch_alter_table("polls_answers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("file_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_polls_answers_file_id"), ["file_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_polls_answers_file_id"), "files", ["file_id"], ["id"], ondelete="CASCADE"
        )


def downgrade() -> None:
    with op.batch_alter_table("polls_answers", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_polls_answers_file_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_polls_answers_file_id"))
        batch_op.drop_column("file_id")

    with op.batch_alter_table("polls_handed", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_polls_handed_user_id"))

    op.drop_table("polls_handed")

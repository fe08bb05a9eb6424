"""Copies of evidence"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "consultations_copies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evidence_id"],
            ["consultations_evidence.id"],
            name=op.f("fk_consultations_copies_evidence_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_consultations_copies_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_copies")),
        sa.UniqueConstraint("evidence_id", name=op.f("uq_consultations_copies_evidence_id")),
    )


def downgrade() -> None:
    op.drop_table("consultations_copies")

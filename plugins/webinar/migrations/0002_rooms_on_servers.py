"""Rooms on servers"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "webinar_films",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_webinar_films_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["webinar_meetings.id"],
            name=op.f("fk_webinar_films_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webinar_films")),
        sa.UniqueConstraint(
            "meeting_id", "record_id", name=op.f("uq_webinar_films_meeting_id_record_id")
        ),
    )
    with op.batch_alter_table("webinar_films", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_webinar_films_activity_id"), ["activity_id"], unique=False
        )

    op.create_table(
        "webinar_rooms",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("server", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["webinar_meetings.id"],
            name=op.f("fk_webinar_rooms_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_webinar_rooms")),
    )
    with op.batch_alter_table("webinar_rooms", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webinar_rooms_due_at"), ["due_at"], unique=False)

    with op.batch_alter_table("webinar_attendance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seconds", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("webinar_webinars", schema=None) as batch_op:
        batch_op.add_column(sa.Column("recorded", sa.Text(), server_default="ask", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("webinar_webinars", schema=None) as batch_op:
        batch_op.drop_column("recorded")

    with op.batch_alter_table("webinar_attendance", schema=None) as batch_op:
        batch_op.drop_column("seen_at")
        batch_op.drop_column("seconds")

    with op.batch_alter_table("webinar_rooms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webinar_rooms_due_at"))

    op.drop_table("webinar_rooms")
    with op.batch_alter_table("webinar_films", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webinar_films_activity_id"))

    op.drop_table("webinar_films")

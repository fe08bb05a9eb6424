"""initial"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "webinar_webinars",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("speakers", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("admission", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("early", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("zone_name", sa.Text(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_webinar_webinars_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_webinar_webinars_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webinar_webinars")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_webinar_webinars_activity_id")),
    )
    op.create_table(
        "webinar_hosts",
        sa.Column("webinar_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_webinar_hosts_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["webinar_id"],
            ["webinar_webinars.id"],
            name=op.f("fk_webinar_hosts_webinar_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("webinar_id", "user_id", name=op.f("pk_webinar_hosts")),
    )
    with op.batch_alter_table("webinar_hosts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webinar_hosts_user_id"), ["user_id"], unique=False)

    op.create_table(
        "webinar_meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("webinar_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_webinar_meetings_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["webinar_id"],
            ["webinar_webinars.id"],
            name=op.f("fk_webinar_meetings_webinar_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webinar_meetings")),
    )
    with op.batch_alter_table("webinar_meetings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_webinar_meetings_ahead", ["activity_id", "begins_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_webinar_meetings_begins_at"), ["begins_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_webinar_meetings_webinar_id"), ["webinar_id"], unique=False
        )

    op.create_table(
        "webinar_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("webinar_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_webinar_places_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_webinar_places_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["webinar_id"],
            ["webinar_webinars.id"],
            name=op.f("fk_webinar_places_webinar_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webinar_places")),
        sa.UniqueConstraint(
            "webinar_id", "user_id", name=op.f("uq_webinar_places_webinar_id_user_id")
        ),
    )
    with op.batch_alter_table("webinar_places", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_webinar_places_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            "ix_webinar_places_queue", ["webinar_id", "state", "asked_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_webinar_places_user_id"), ["user_id"], unique=False)

    op.create_table(
        "webinar_attendance",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["webinar_meetings.id"],
            name=op.f("fk_webinar_attendance_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_webinar_attendance_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", "user_id", name=op.f("pk_webinar_attendance")),
    )
    with op.batch_alter_table("webinar_attendance", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_webinar_attendance_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "webinar_ratings",
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["webinar_meetings.id"],
            name=op.f("fk_webinar_ratings_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_webinar_ratings_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("meeting_id", "user_id", name=op.f("pk_webinar_ratings")),
    )
    with op.batch_alter_table("webinar_ratings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webinar_ratings_user_id"), ["user_id"], unique=False)

    op.create_table(
        "webinar_recordings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_webinar_recordings_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_webinar_recordings_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["webinar_meetings.id"],
            name=op.f("fk_webinar_recordings_meeting_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webinar_recordings")),
    )
    with op.batch_alter_table("webinar_recordings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_webinar_recordings_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_webinar_recordings_meeting_id"), ["meeting_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("webinar_recordings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webinar_recordings_meeting_id"))
        batch_op.drop_index(batch_op.f("ix_webinar_recordings_activity_id"))

    op.drop_table("webinar_recordings")
    with op.batch_alter_table("webinar_ratings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webinar_ratings_user_id"))

    op.drop_table("webinar_ratings")
    with op.batch_alter_table("webinar_attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webinar_attendance_user_id"))

    op.drop_table("webinar_attendance")
    with op.batch_alter_table("webinar_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webinar_places_user_id"))
        batch_op.drop_index("ix_webinar_places_queue")
        batch_op.drop_index(batch_op.f("ix_webinar_places_activity_id"))

    op.drop_table("webinar_places")
    with op.batch_alter_table("webinar_meetings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webinar_meetings_webinar_id"))
        batch_op.drop_index(batch_op.f("ix_webinar_meetings_begins_at"))
        batch_op.drop_index("ix_webinar_meetings_ahead")

    op.drop_table("webinar_meetings")
    with op.batch_alter_table("webinar_hosts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webinar_hosts_user_id"))

    op.drop_table("webinar_hosts")
    op.drop_table("webinar_webinars")

"""initial"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "consultations_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warned", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_consultations_evidence_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["users.id"],
            name=op.f("fk_consultations_evidence_recorded_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_consultations_evidence_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_evidence")),
    )
    with op.batch_alter_table("consultations_evidence", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consultations_evidence_person", ["community_id", "user_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_evidence_recorded_by_id"), ["recorded_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_evidence_user_id"), ["user_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_evidence_valid_until"), ["valid_until"], unique=False
        )

    op.create_table(
        "consultations_wards",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("tutor_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["communities.id"],
            name=op.f("fk_consultations_wards_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["school_id"],
            ["schools.id"],
            name=op.f("fk_consultations_wards_school_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tutor_id"],
            ["users.id"],
            name=op.f("fk_consultations_wards_tutor_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_consultations_wards_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_wards")),
    )
    with op.batch_alter_table("consultations_wards", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consultations_wards_community_id"), ["community_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_wards_school_id"), ["school_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_wards_tutor_id"), ["tutor_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_wards_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "consultations_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("zone_name", sa.Text(), nullable=False),
        sa.Column("by_question", sa.Boolean(), nullable=False),
        sa.Column("by_slot", sa.Boolean(), nullable=False),
        sa.Column("by_queue", sa.Boolean(), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("notice_hours", sa.Integer(), nullable=False),
        sa.Column("cutoff_hours", sa.Integer(), nullable=False),
        sa.Column("ahead_days", sa.Integer(), nullable=False),
        sa.Column("most_open", sa.Integer(), nullable=False),
        sa.Column("most_monthly", sa.Integer(), nullable=False),
        sa.Column("needs_evidence", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_consultations_lines_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_consultations_lines_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_lines")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_consultations_lines_activity_id")),
    )
    op.create_table(
        "consultations_ratings",
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("consultant_id", sa.Integer(), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_consultations_ratings_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consultant_id"],
            ["users.id"],
            name=op.f("fk_consultations_ratings_consultant_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["content_id"],
            ["contents.id"],
            name=op.f("fk_consultations_ratings_content_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_consultations_ratings_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("content_id", "user_id", name=op.f("pk_consultations_ratings")),
    )
    with op.batch_alter_table("consultations_ratings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consultations_ratings_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            "ix_consultations_ratings_consultant", ["consultant_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_ratings_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "consultations_consultants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("most_open", sa.Integer(), nullable=True),
        sa.Column("room_url", sa.Text(), nullable=False),
        sa.Column("away_from", sa.Date(), nullable=True),
        sa.Column("away_until", sa.Date(), nullable=True),
        sa.Column("substitute_id", sa.Integer(), nullable=True),
        sa.Column("break_begun", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_consultations_consultants_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["consultations_lines.id"],
            name=op.f("fk_consultations_consultants_line_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["substitute_id"],
            ["users.id"],
            name=op.f("fk_consultations_consultants_substitute_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_consultations_consultants_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_consultants")),
        sa.UniqueConstraint(
            "line_id", "user_id", name=op.f("uq_consultations_consultants_line_id_user_id")
        ),
    )
    with op.batch_alter_table("consultations_consultants", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consultations_consultants_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_consultants_substitute_id"),
            ["substitute_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_consultants_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "consultations_days_off",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_consultations_days_off_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["consultations_lines.id"],
            name=op.f("fk_consultations_days_off_line_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_consultations_days_off_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_days_off")),
        sa.UniqueConstraint(
            "line_id", "user_id", "day", name=op.f("uq_consultations_days_off_line_id_user_id_day")
        ),
    )
    with op.batch_alter_table("consultations_days_off", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consultations_days_off_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_days_off_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "consultations_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("consultant_id", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("zone_name", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("pause", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_consultations_hours_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consultant_id"],
            ["users.id"],
            name=op.f("fk_consultations_hours_consultant_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["consultations_lines.id"],
            name=op.f("fk_consultations_hours_line_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_hours")),
    )
    with op.batch_alter_table("consultations_hours", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consultations_hours_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_hours_consultant_id"), ["consultant_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_hours_line_id"), ["line_id"], unique=False
        )

    op.create_table(
        "consultations_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=True),
        sa.Column("consultant_id", sa.Integer(), nullable=True),
        sa.Column("tutor_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_consultations_questions_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["asker_id"],
            ["users.id"],
            name=op.f("fk_consultations_questions_asker_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["consultant_id"],
            ["users.id"],
            name=op.f("fk_consultations_questions_consultant_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_consultations_questions_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["consultations_lines.id"],
            name=op.f("fk_consultations_questions_line_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tutor_id"],
            ["users.id"],
            name=op.f("fk_consultations_questions_tutor_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_questions")),
    )
    with op.batch_alter_table("consultations_questions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consultations_questions_asker_id"), ["asker_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_questions_line_id"), ["line_id"], unique=False
        )
        batch_op.create_index(
            "ix_consultations_questions_load", ["consultant_id", "state"], unique=False
        )
        batch_op.create_index(
            "ix_consultations_questions_state", ["activity_id", "state", "due_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_questions_tutor_id"), ["tutor_id"], unique=False
        )

    op.create_table(
        "consultations_articles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_consultations_articles_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_consultations_articles_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["consultations_questions.id"],
            name=op.f("fk_consultations_articles_question_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_articles")),
        sa.UniqueConstraint("question_id", name=op.f("uq_consultations_articles_question_id")),
    )
    with op.batch_alter_table("consultations_articles", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consultations_articles_list", ["activity_id", "published_at"], unique=False
        )

    op.create_table(
        "consultations_replies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("is_answer", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_consultations_replies_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_consultations_replies_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["consultations_questions.id"],
            name=op.f("fk_consultations_replies_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_replies")),
    )
    with op.batch_alter_table("consultations_replies", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consultations_replies_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_replies_question_id"), ["question_id"], unique=False
        )

    op.create_table(
        "consultations_slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("hours_id", sa.Integer(), nullable=True),
        sa.Column("consultant_id", sa.Integer(), nullable=True),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone_name", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_consultations_slots_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consultant_id"],
            ["users.id"],
            name=op.f("fk_consultations_slots_consultant_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["hours_id"],
            ["consultations_hours.id"],
            name=op.f("fk_consultations_slots_hours_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["consultations_lines.id"],
            name=op.f("fk_consultations_slots_line_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_slots")),
        sa.UniqueConstraint(
            "hours_id", "begins_at", name=op.f("uq_consultations_slots_hours_id_begins_at")
        ),
    )
    with op.batch_alter_table("consultations_slots", schema=None) as batch_op:
        batch_op.create_index(
            "ix_consultations_slots_ahead", ["activity_id", "live", "begins_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_slots_begins_at"), ["begins_at"], unique=False
        )
        batch_op.create_index(
            "ix_consultations_slots_consultant", ["consultant_id", "begins_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_slots_line_id"), ["line_id"], unique=False
        )

    op.create_table(
        "consultations_bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_consultations_bookings_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"],
            ["consultations_slots.id"],
            name=op.f("fk_consultations_bookings_slot_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_consultations_bookings_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_bookings")),
        sa.UniqueConstraint(
            "slot_id", "user_id", name=op.f("uq_consultations_bookings_slot_id_user_id")
        ),
    )
    with op.batch_alter_table("consultations_bookings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consultations_bookings_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_bookings_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "consultations_rooms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("consultant_id", sa.Integer(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_consultations_rooms_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consultant_id"],
            ["users.id"],
            name=op.f("fk_consultations_rooms_consultant_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_consultations_rooms_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["consultations_lines.id"],
            name=op.f("fk_consultations_rooms_line_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["slot_id"],
            ["consultations_slots.id"],
            name=op.f("fk_consultations_rooms_slot_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_rooms")),
        sa.UniqueConstraint("slot_id", name=op.f("uq_consultations_rooms_slot_id")),
    )
    with op.batch_alter_table("consultations_rooms", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consultations_rooms_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_rooms_consultant_id"), ["consultant_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_rooms_line_id"), ["line_id"], unique=False
        )

    op.create_table(
        "consultations_watches",
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["slot_id"],
            ["consultations_slots.id"],
            name=op.f("fk_consultations_watches_slot_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_consultations_watches_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("slot_id", "user_id", name=op.f("pk_consultations_watches")),
    )
    with op.batch_alter_table("consultations_watches", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consultations_watches_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "consultations_remarks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("has_files", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_consultations_remarks_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["room_id"],
            ["consultations_rooms.id"],
            name=op.f("fk_consultations_remarks_room_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_remarks")),
    )
    with op.batch_alter_table("consultations_remarks", schema=None) as batch_op:
        batch_op.create_index("ix_consultations_remarks_room", ["room_id", "id"], unique=False)

    op.create_table(
        "consultations_room_guests",
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["room_id"],
            ["consultations_rooms.id"],
            name=op.f("fk_consultations_room_guests_room_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_consultations_room_guests_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("room_id", "user_id", name=op.f("pk_consultations_room_guests")),
    )
    with op.batch_alter_table("consultations_room_guests", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consultations_room_guests_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "consultations_tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_consultations_tickets_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["consultations_lines.id"],
            name=op.f("fk_consultations_tickets_line_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["room_id"],
            ["consultations_rooms.id"],
            name=op.f("fk_consultations_tickets_room_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_consultations_tickets_user_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consultations_tickets")),
    )
    with op.batch_alter_table("consultations_tickets", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_consultations_tickets_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            "ix_consultations_tickets_queue", ["line_id", "state", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_consultations_tickets_user_id"), ["user_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("consultations_tickets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_tickets_user_id"))
        batch_op.drop_index("ix_consultations_tickets_queue")
        batch_op.drop_index(batch_op.f("ix_consultations_tickets_activity_id"))

    op.drop_table("consultations_tickets")
    with op.batch_alter_table("consultations_room_guests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_room_guests_user_id"))

    op.drop_table("consultations_room_guests")
    with op.batch_alter_table("consultations_remarks", schema=None) as batch_op:
        batch_op.drop_index("ix_consultations_remarks_room")

    op.drop_table("consultations_remarks")
    with op.batch_alter_table("consultations_watches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_watches_user_id"))

    op.drop_table("consultations_watches")
    with op.batch_alter_table("consultations_rooms", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_rooms_line_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_rooms_consultant_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_rooms_activity_id"))

    op.drop_table("consultations_rooms")
    with op.batch_alter_table("consultations_bookings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_bookings_user_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_bookings_activity_id"))

    op.drop_table("consultations_bookings")
    with op.batch_alter_table("consultations_slots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_slots_line_id"))
        batch_op.drop_index("ix_consultations_slots_consultant")
        batch_op.drop_index(batch_op.f("ix_consultations_slots_begins_at"))
        batch_op.drop_index("ix_consultations_slots_ahead")

    op.drop_table("consultations_slots")
    with op.batch_alter_table("consultations_replies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_replies_question_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_replies_activity_id"))

    op.drop_table("consultations_replies")
    with op.batch_alter_table("consultations_articles", schema=None) as batch_op:
        batch_op.drop_index("ix_consultations_articles_list")

    op.drop_table("consultations_articles")
    with op.batch_alter_table("consultations_questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_questions_tutor_id"))
        batch_op.drop_index("ix_consultations_questions_state")
        batch_op.drop_index("ix_consultations_questions_load")
        batch_op.drop_index(batch_op.f("ix_consultations_questions_line_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_questions_asker_id"))

    op.drop_table("consultations_questions")
    with op.batch_alter_table("consultations_hours", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_hours_line_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_hours_consultant_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_hours_activity_id"))

    op.drop_table("consultations_hours")
    with op.batch_alter_table("consultations_days_off", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_days_off_user_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_days_off_activity_id"))

    op.drop_table("consultations_days_off")
    with op.batch_alter_table("consultations_consultants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_consultants_user_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_consultants_substitute_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_consultants_activity_id"))

    op.drop_table("consultations_consultants")
    with op.batch_alter_table("consultations_ratings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_ratings_user_id"))
        batch_op.drop_index("ix_consultations_ratings_consultant")
        batch_op.drop_index(batch_op.f("ix_consultations_ratings_activity_id"))

    op.drop_table("consultations_ratings")
    op.drop_table("consultations_lines")
    with op.batch_alter_table("consultations_wards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_wards_user_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_wards_tutor_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_wards_school_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_wards_community_id"))

    op.drop_table("consultations_wards")
    with op.batch_alter_table("consultations_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consultations_evidence_valid_until"))
        batch_op.drop_index(batch_op.f("ix_consultations_evidence_user_id"))
        batch_op.drop_index(batch_op.f("ix_consultations_evidence_recorded_by_id"))
        batch_op.drop_index("ix_consultations_evidence_person")

    op.drop_table("consultations_evidence")

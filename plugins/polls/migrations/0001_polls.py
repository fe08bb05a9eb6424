"""Polls"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "polls_ballots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_polls_ballots_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["school_id"],
            ["schools.id"],
            name=op.f("fk_polls_ballots_school_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_polls_ballots_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls_ballots")),
        sa.UniqueConstraint("activity_id", "mark", name=op.f("uq_polls_ballots_activity_id_mark")),
        sa.UniqueConstraint(
            "activity_id", "school_id", name=op.f("uq_polls_ballots_activity_id_school_id")
        ),
        sa.UniqueConstraint(
            "activity_id", "user_id", name=op.f("uq_polls_ballots_activity_id_user_id")
        ),
    )
    with op.batch_alter_table("polls_ballots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_polls_ballots_user_id"), ["user_id"], unique=False)

    op.create_table(
        "polls_polls",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("privacy", sa.Text(), nullable=False),
        sa.Column("results", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("audience_keys", sa.JSON(), nullable=False),
        sa.Column("by_school", sa.Boolean(), nullable=False),
        sa.Column("changeable", sa.Boolean(), nullable=False),
        sa.Column("electorate", sa.Integer(), nullable=True),
        sa.Column("answer_count", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("postponed", sa.JSON(), nullable=False),
        sa.Column("close_reason", sa.Text(), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_polls_polls_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"],
            ["users.id"],
            name=op.f("fk_polls_polls_closed_by_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_polls_polls")),
        sa.UniqueConstraint("token", name=op.f("uq_polls_polls_token")),
    )
    with op.batch_alter_table("polls_polls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_polls_polls_series"), ["series"], unique=False)

    op.create_table(
        "polls_sections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_polls_sections_activity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls_sections")),
    )
    with op.batch_alter_table("polls_sections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_polls_sections_activity_id"), ["activity_id"], unique=False
        )

    op.create_table(
        "polls_unfinished",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_polls_unfinished_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_polls_unfinished_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls_unfinished")),
        sa.UniqueConstraint(
            "activity_id", "mark", name=op.f("uq_polls_unfinished_activity_id_mark")
        ),
        sa.UniqueConstraint(
            "activity_id", "user_id", name=op.f("uq_polls_unfinished_activity_id_user_id")
        ),
    )
    with op.batch_alter_table("polls_unfinished", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_polls_unfinished_user_id"), ["user_id"], unique=False)

    op.create_table(
        "polls_urns",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_polls_urns_activity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_polls_urns")),
    )
    op.create_table(
        "polls_visitors",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_polls_visitors_activity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("activity_id", "mark", name=op.f("pk_polls_visitors")),
    )
    op.create_table(
        "polls_voters",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_polls_voters_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["school_id"],
            ["schools.id"],
            name=op.f("fk_polls_voters_school_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_polls_voters_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_id", "user_id", name=op.f("pk_polls_voters")),
    )
    with op.batch_alter_table("polls_voters", schema=None) as batch_op:
        batch_op.create_index("ix_polls_voters_school", ["activity_id", "school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_polls_voters_user_id"), ["user_id"], unique=False)

    op.create_table(
        "polls_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_polls_decisions_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_polls_decisions_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls_decisions")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_polls_decisions_activity_id")),
    )
    op.create_table(
        "polls_places",
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_polls_places_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["content_id"],
            ["contents.id"],
            name=op.f("fk_polls_places_content_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("content_id", "activity_id", name=op.f("pk_polls_places")),
    )
    with op.batch_alter_table("polls_places", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_polls_places_activity_id"), ["activity_id"], unique=False
        )

    op.create_table(
        "polls_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("limits", sa.JSON(), nullable=False),
        sa.Column("after_id", sa.Integer(), nullable=True),
        sa.Column("after_options", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_polls_questions_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["after_id"],
            ["polls_questions.id"],
            name=op.f("fk_polls_questions_after_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["polls_sections.id"],
            name=op.f("fk_polls_questions_section_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls_questions")),
    )
    with op.batch_alter_table("polls_questions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_polls_questions_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_polls_questions_section_id"), ["section_id"], unique=False
        )

    op.create_table(
        "polls_options",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_row", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_polls_options_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["polls_questions.id"],
            name=op.f("fk_polls_options_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls_options")),
    )
    with op.batch_alter_table("polls_options", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_polls_options_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_polls_options_question_id"), ["question_id"], unique=False
        )

    op.create_table(
        "polls_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ballot_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=True),
        sa.Column("row_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Float(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ballot_id"],
            ["polls_ballots.id"],
            name=op.f("fk_polls_answers_ballot_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["option_id"],
            ["polls_options.id"],
            name=op.f("fk_polls_answers_option_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["polls_questions.id"],
            name=op.f("fk_polls_answers_question_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["row_id"],
            ["polls_options.id"],
            name=op.f("fk_polls_answers_row_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_polls_answers")),
    )
    with op.batch_alter_table("polls_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_polls_answers_ballot_id"), ["ballot_id"], unique=False)
        batch_op.create_index(
            "ix_polls_answers_tally", ["question_id", "option_id", "row_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("polls_answers", schema=None) as batch_op:
        batch_op.drop_index("ix_polls_answers_tally")
        batch_op.drop_index(batch_op.f("ix_polls_answers_ballot_id"))

    op.drop_table("polls_answers")
    with op.batch_alter_table("polls_options", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_polls_options_question_id"))
        batch_op.drop_index(batch_op.f("ix_polls_options_activity_id"))

    op.drop_table("polls_options")
    with op.batch_alter_table("polls_questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_polls_questions_section_id"))
        batch_op.drop_index(batch_op.f("ix_polls_questions_activity_id"))

    op.drop_table("polls_questions")
    with op.batch_alter_table("polls_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_polls_places_activity_id"))

    op.drop_table("polls_places")
    op.drop_table("polls_decisions")
    with op.batch_alter_table("polls_voters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_polls_voters_user_id"))
        batch_op.drop_index("ix_polls_voters_school")

    op.drop_table("polls_voters")
    op.drop_table("polls_visitors")
    op.drop_table("polls_urns")
    with op.batch_alter_table("polls_unfinished", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_polls_unfinished_user_id"))

    op.drop_table("polls_unfinished")
    with op.batch_alter_table("polls_sections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_polls_sections_activity_id"))

    op.drop_table("polls_sections")
    with op.batch_alter_table("polls_polls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_polls_polls_series"))

    op.drop_table("polls_polls")
    with op.batch_alter_table("polls_ballots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_polls_ballots_user_id"))

    op.drop_table("polls_ballots")

"""initial"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "workshops_criteria",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_workshops_criteria_activity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshops_criteria")),
    )
    with op.batch_alter_table("workshops_criteria", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_workshops_criteria_activity_id"), ["activity_id"], unique=False
        )

    op.create_table(
        "workshops_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_workshops_questions_activity_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshops_questions")),
    )
    with op.batch_alter_table("workshops_questions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_workshops_questions_activity_id"), ["activity_id"], unique=False
        )

    op.create_table(
        "workshops_demonstrations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("recording", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_workshops_demonstrations_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_workshops_demonstrations_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshops_demonstrations")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_workshops_demonstrations_activity_id")),
    )
    op.create_table(
        "workshops_levels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["workshops_criteria.id"],
            name=op.f("fk_workshops_levels_criterion_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshops_levels")),
    )
    with op.batch_alter_table("workshops_levels", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_workshops_levels_criterion_id"), ["criterion_id"], unique=False
        )

    op.create_table(
        "workshops_workshops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("admission", sa.Text(), nullable=False),
        sa.Column("zone_name", sa.Text(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("stage_by_hand", sa.Text(), nullable=False),
        sa.Column("switched_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("grading", sa.Text(), nullable=False),
        sa.Column("reviews_per_work", sa.Integer(), nullable=False),
        sa.Column("self_review", sa.Boolean(), nullable=False),
        sa.Column("hides_authors", sa.Boolean(), nullable=False),
        sa.Column("hides_reviewers", sa.Boolean(), nullable=False),
        sa.Column("replace_days", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_workshops_workshops_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_workshops_workshops_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshops_workshops")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_workshops_workshops_activity_id")),
    )
    op.create_table(
        "workshops_masters",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_workshops_masters_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshops_workshops.id"],
            name=op.f("fk_workshops_masters_workshop_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workshop_id", "user_id", name=op.f("pk_workshops_masters")),
    )
    with op.batch_alter_table("workshops_masters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshops_masters_user_id"), ["user_id"], unique=False)

    op.create_table(
        "workshops_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reviews", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_workshops_places_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_workshops_places_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshops_workshops.id"],
            name=op.f("fk_workshops_places_workshop_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshops_places")),
        sa.UniqueConstraint(
            "workshop_id", "user_id", name=op.f("uq_workshops_places_workshop_id_user_id")
        ),
    )
    with op.batch_alter_table("workshops_places", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_workshops_places_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            "ix_workshops_places_queue", ["workshop_id", "state", "asked_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_workshops_places_user_id"), ["user_id"], unique=False)

    op.create_table(
        "workshops_stages",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_workshops_stages_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshops_workshops.id"],
            name=op.f("fk_workshops_stages_workshop_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workshop_id", "kind", name=op.f("pk_workshops_stages")),
    )
    with op.batch_alter_table("workshops_stages", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_workshops_stages_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_workshops_stages_begins_at"), ["begins_at"], unique=False
        )

    op.create_table(
        "workshops_works",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("is_example", sa.Boolean(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=False),
        sa.Column("feedback_by_id", sa.Integer(), nullable=True),
        sa.Column("feedback_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_workshops_works_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["users.id"],
            name=op.f("fk_workshops_works_author_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["feedback_by_id"],
            ["users.id"],
            name=op.f("fk_workshops_works_feedback_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_workshops_works_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshops_workshops.id"],
            name=op.f("fk_workshops_works_workshop_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshops_works")),
    )
    with op.batch_alter_table("workshops_works", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_workshops_works_author_id"), ["author_id"], unique=False
        )
        batch_op.create_index(
            "ix_workshops_works_list", ["activity_id", "is_example", "state"], unique=False
        )
        batch_op.create_index("ix_workshops_works_own", ["workshop_id", "author_id"], unique=False)

    op.create_table(
        "workshops_answers",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["workshops_places.id"],
            name=op.f("fk_workshops_answers_place_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["workshops_questions.id"],
            name=op.f("fk_workshops_answers_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("question_id", "place_id", name=op.f("pk_workshops_answers")),
    )
    with op.batch_alter_table("workshops_answers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_workshops_answers_place_id"), ["place_id"], unique=False
        )

    op.create_table(
        "workshops_extensions",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["workshops_places.id"],
            name=op.f("fk_workshops_extensions_place_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("place_id", "kind", name=op.f("pk_workshops_extensions")),
    )
    op.create_table(
        "workshops_passed",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("passed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"],
            ["workshops_places.id"],
            name=op.f("fk_workshops_passed_place_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("place_id", "kind", name=op.f("pk_workshops_passed")),
    )
    op.create_table(
        "workshops_reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("is_own", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_out", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_workshops_reviews_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reviewer_id"],
            ["users.id"],
            name=op.f("fk_workshops_reviews_reviewer_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["work_id"],
            ["workshops_works.id"],
            name=op.f("fk_workshops_reviews_work_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshops_reviews")),
        sa.UniqueConstraint(
            "work_id", "reviewer_id", name=op.f("uq_workshops_reviews_work_id_reviewer_id")
        ),
    )
    with op.batch_alter_table("workshops_reviews", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_workshops_reviews_activity_id"), ["activity_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_workshops_reviews_reviewer_id"), ["reviewer_id"], unique=False
        )

    op.create_table(
        "workshops_marks",
        sa.Column("review_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["criterion_id"],
            ["workshops_criteria.id"],
            name=op.f("fk_workshops_marks_criterion_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["workshops_reviews.id"],
            name=op.f("fk_workshops_marks_review_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("review_id", "criterion_id", name=op.f("pk_workshops_marks")),
    )
    with op.batch_alter_table("workshops_marks", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_workshops_marks_criterion_id"), ["criterion_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("workshops_marks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshops_marks_criterion_id"))

    op.drop_table("workshops_marks")
    with op.batch_alter_table("workshops_reviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshops_reviews_reviewer_id"))
        batch_op.drop_index(batch_op.f("ix_workshops_reviews_activity_id"))

    op.drop_table("workshops_reviews")
    op.drop_table("workshops_passed")
    op.drop_table("workshops_extensions")
    with op.batch_alter_table("workshops_answers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshops_answers_place_id"))

    op.drop_table("workshops_answers")
    with op.batch_alter_table("workshops_works", schema=None) as batch_op:
        batch_op.drop_index("ix_workshops_works_own")
        batch_op.drop_index("ix_workshops_works_list")
        batch_op.drop_index(batch_op.f("ix_workshops_works_author_id"))

    op.drop_table("workshops_works")
    with op.batch_alter_table("workshops_stages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshops_stages_begins_at"))
        batch_op.drop_index(batch_op.f("ix_workshops_stages_activity_id"))

    op.drop_table("workshops_stages")
    with op.batch_alter_table("workshops_places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshops_places_user_id"))
        batch_op.drop_index("ix_workshops_places_queue")
        batch_op.drop_index(batch_op.f("ix_workshops_places_activity_id"))

    op.drop_table("workshops_places")
    with op.batch_alter_table("workshops_masters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshops_masters_user_id"))

    op.drop_table("workshops_masters")
    op.drop_table("workshops_workshops")
    with op.batch_alter_table("workshops_levels", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshops_levels_criterion_id"))

    op.drop_table("workshops_levels")
    op.drop_table("workshops_demonstrations")
    with op.batch_alter_table("workshops_questions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshops_questions_activity_id"))

    op.drop_table("workshops_questions")
    with op.batch_alter_table("workshops_criteria", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshops_criteria_activity_id"))

    op.drop_table("workshops_criteria")

"""The first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "gallery_albums",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("contributions", sa.Boolean(), nullable=False),
        sa.Column("everybody", sa.Boolean(), nullable=False),
        sa.Column("outsiders_save", sa.Boolean(), nullable=False),
        sa.Column("link_seed", sa.Text(), nullable=True),
        sa.Column("link_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("picture_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_gallery_albums_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_gallery_albums_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gallery_albums")),
    )
    with op.batch_alter_table("gallery_albums", schema=None) as batch_op:
        batch_op.create_index(
            "ix_gallery_albums_list", ["activity_id", "happened_on", "id"], unique=False
        )

    op.create_table(
        "gallery_keepers",
        sa.Column("album_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["album_id"],
            ["gallery_albums.id"],
            name=op.f("fk_gallery_keepers_album_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_gallery_keepers_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("album_id", "user_id", name=op.f("pk_gallery_keepers")),
    )
    with op.batch_alter_table("gallery_keepers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gallery_keepers_user_id"), ["user_id"], unique=False)

    op.create_table(
        "gallery_occasions",
        sa.Column("album_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_gallery_occasions_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["album_id"],
            ["gallery_albums.id"],
            name=op.f("fk_gallery_occasions_album_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("album_id", name=op.f("pk_gallery_occasions")),
    )
    with op.batch_alter_table("gallery_occasions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_gallery_occasions_activity_id"), ["activity_id"], unique=False
        )

    op.create_table(
        "gallery_pictures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("album_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("is_cover", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activities.id"],
            name=op.f("fk_gallery_pictures_activity_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["album_id"],
            ["gallery_albums.id"],
            name=op.f("fk_gallery_pictures_album_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_gallery_pictures_file_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["id"], ["contents.id"], name=op.f("fk_gallery_pictures_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gallery_pictures")),
    )
    with op.batch_alter_table("gallery_pictures", schema=None) as batch_op:
        batch_op.create_index("ix_gallery_pictures_consent", ["album_id", "consent"], unique=False)
        batch_op.create_index("ix_gallery_pictures_cover", ["album_id", "is_cover"], unique=False)
        batch_op.create_index(batch_op.f("ix_gallery_pictures_file_id"), ["file_id"], unique=False)
        batch_op.create_index("ix_gallery_pictures_newest", ["activity_id", "id"], unique=False)
        batch_op.create_index(
            "ix_gallery_pictures_order", ["album_id", "position", "id"], unique=False
        )

    op.create_table(
        "gallery_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["users.id"],
            name=op.f("fk_gallery_requests_decided_by_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["users.id"],
            name=op.f("fk_gallery_requests_person_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"],
            ["gallery_pictures.id"],
            name=op.f("fk_gallery_requests_picture_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gallery_requests")),
    )
    with op.batch_alter_table("gallery_requests", schema=None) as batch_op:
        batch_op.create_index("ix_gallery_requests_due", ["state", "due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_gallery_requests_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_gallery_requests_picture_id"), ["picture_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("gallery_requests", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gallery_requests_picture_id"))
        batch_op.drop_index(batch_op.f("ix_gallery_requests_person_id"))
        batch_op.drop_index("ix_gallery_requests_due")

    op.drop_table("gallery_requests")
    with op.batch_alter_table("gallery_pictures", schema=None) as batch_op:
        batch_op.drop_index("ix_gallery_pictures_order")
        batch_op.drop_index("ix_gallery_pictures_newest")
        batch_op.drop_index(batch_op.f("ix_gallery_pictures_file_id"))
        batch_op.drop_index("ix_gallery_pictures_cover")
        batch_op.drop_index("ix_gallery_pictures_consent")

    op.drop_table("gallery_pictures")
    with op.batch_alter_table("gallery_occasions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gallery_occasions_activity_id"))

    op.drop_table("gallery_occasions")
    with op.batch_alter_table("gallery_keepers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_gallery_keepers_user_id"))

    op.drop_table("gallery_keepers")
    with op.batch_alter_table("gallery_albums", schema=None) as batch_op:
        batch_op.drop_index("ix_gallery_albums_list")

    op.drop_table("gallery_albums")

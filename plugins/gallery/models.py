"""Albums, their pictures and keepers, and requests to be taken out of a picture."""

from __future__ import annotations

import enum
from datetime import date, datetime

from markupsafe import Markup
from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.api import Activity, Base, Content, File, User, from_text, utcnow

# So many albums stand on one page of a gallery, so many pictures on one page of an album.
ALBUMS_A_PAGE = 24
PICTURES_A_PAGE = 200


class Consent(enum.StrEnum):
    """Whether those who are to be recognised, children above all, may be shown to outsiders.

    NOBODY: there is no one to be recognised. UNKNOWN counts as no.
    """

    UNKNOWN = "unknown"
    NOBODY = "nobody"
    YES = "yes"
    NO = "no"


# What may be shown to people outside the community.
SHOWABLE = (Consent.NOBODY, Consent.YES)


class Album(Base):
    """Pictures of one occasion.

    ``contributions``: members may add to it, not only its keepers. ``everybody``: outsiders see it
    too, apart from what they may not see of it. ``link_seed`` makes the address of those who have
    its link, until ``link_until`` if that is given; without a seed there is no link.
    ``outsiders_save``: they may save the pictures as large as they are kept. ``picture_count``
    leaves out hidden and held ones.
    """

    __tablename__ = "gallery_albums"
    __table_args__ = (Index("ix_gallery_albums_list", "activity_id", "happened_on", "id"),)

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    title: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    happened_on: Mapped[date]
    contributions: Mapped[bool] = mapped_column(default=True)
    everybody: Mapped[bool] = mapped_column(default=False)
    outsiders_save: Mapped[bool] = mapped_column(default=False)
    link_seed: Mapped[str | None]
    link_until: Mapped[datetime | None]
    picture_count: Mapped[int] = mapped_column(default=0)

    content: Mapped[Content] = relationship(Content)
    activity: Mapped[Activity] = relationship(Activity)

    @property
    def about_html(self) -> Markup:
        """What it is about, with its paragraphs and links."""
        return Markup(from_text(self.about))  # noqa: S704  # from_text escapes


class Occasion(Base):
    """The activity of the community that an album is about; it goes without the album."""

    __tablename__ = "gallery_occasions"

    album_id: Mapped[int] = mapped_column(
        ForeignKey("gallery_albums.id", ondelete="CASCADE"), primary_key=True
    )
    activity_id: Mapped[int] = mapped_column(
        ForeignKey("activities.id", ondelete="CASCADE"), index=True
    )

    activity: Mapped[Activity] = relationship(Activity)


class Keeper(Base):
    """Somebody who looks after an album, beside those who look after all."""

    __tablename__ = "gallery_keepers"

    album_id: Mapped[int] = mapped_column(
        ForeignKey("gallery_albums.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True
    )

    user: Mapped[User] = relationship(User)


class Picture(Base):
    """A picture or short film in an album. ``position`` sorts, with gaps between; ties by id."""

    __tablename__ = "gallery_pictures"
    __table_args__ = (
        Index("ix_gallery_pictures_order", "album_id", "position", "id"),
        Index("ix_gallery_pictures_cover", "album_id", "is_cover"),
        Index("ix_gallery_pictures_newest", "activity_id", "id"),
        Index("ix_gallery_pictures_consent", "album_id", "consent"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="CASCADE"))
    album_id: Mapped[int] = mapped_column(ForeignKey("gallery_albums.id", ondelete="CASCADE"))
    file_id: Mapped[int] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), index=True)
    caption: Mapped[str] = mapped_column(default="")
    consent: Mapped[str] = mapped_column(default=Consent.UNKNOWN)
    position: Mapped[int] = mapped_column(BigInteger)
    is_cover: Mapped[bool] = mapped_column(default=False)

    content: Mapped[Content] = relationship(Content)
    album: Mapped[Album] = relationship(Album)
    file: Mapped[File] = relationship(File)


class RequestState(enum.StrEnum):
    OPEN = "open"
    KEPT = "kept"
    WITHDRAWN = "withdrawn"


class Request(Base):
    """Somebody does not want to be seen in a picture. ``due_at``: the term for an answer.

    A request that is granted goes with the picture. ``person_id`` is None for somebody without an
    account, whom ``contact`` says how to answer.
    """

    __tablename__ = "gallery_requests"
    __table_args__ = (Index("ix_gallery_requests_due", "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    picture_id: Mapped[int] = mapped_column(
        ForeignKey("gallery_pictures.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    contact: Mapped[str] = mapped_column(default="")
    words: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default=RequestState.OPEN)
    answer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    due_at: Mapped[datetime]
    escalated_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))

    picture: Mapped[Picture] = relationship(Picture)
    person: Mapped[User | None] = relationship(User, foreign_keys=[person_id])

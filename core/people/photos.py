"""The photo beside a name: kept by the room of files, which cuts it square and writes it anew."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from core.access.actors import Viewer
from core.files import store
from core.files.models import File
from core.people.operations import change_photo
from core.platform.db import db

# What people call files on their own disk is nobody's business.
NAME = "photo.jpg"


def put(viewer: Viewer, sent: FileStorage) -> None:
    """Store a new photo in the place of the old. Raises DomainError for what is no picture."""
    former = portraits_of(viewer.id)
    row = store.save_file(sent.stream, NAME, viewer.id or 0, portrait=True)
    change_photo(viewer, viewer.id or 0, url_for("files.download", file=row.id, name=NAME))
    store.remove(former)


def take_away(viewer: Viewer) -> None:
    """Leave initials in the place of the photo."""
    change_photo(viewer, viewer.id or 0, "")
    store.remove(portraits_of(viewer.id))


def portraits_of(user_id: int | None) -> list[int]:
    """The ids of somebody's photos; there may be two while one takes the other's place."""
    query = select(File.id).where(File.owner_id == user_id, File.portrait)
    return list(db.session.scalars(query))

"""An album of two hundred photographs in the demo, and away with it: run by a test beside the site.

``python -m tests.browser.large_album`` prints its address; with its number it removes the album.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from PIL import Image
from sqlalchemy import select

from core.api import (
    Activity,
    Community,
    File,
    User,
    attach,
    db,
    new_content,
    operation,
    save_file,
)
from core.app import create_app
from core.config import Config
from plugins.gallery import albums, pictures
from plugins.gallery.albums import AlbumFacts
from plugins.gallery.models import Album, Consent, Picture

PICTURES = 200
PLACE = "olekminsk"
SIZE = (1600, 1200)
# How much of each finer layer a photograph has: much of the coarse, little of the fine.
LAYERS = (1, 0.6, 0.4, 0.28, 0.2, 0.14)


def photograph() -> bytes:
    """A picture that packs as photographs do: most of its change is slow, colours change little."""
    pale = [96 + value // 4 for value in range(256)]
    planes = [_layers(), _layers().point(pale), _layers().point(pale)]
    file = io.BytesIO()
    Image.merge("YCbCr", planes).convert("RGB").save(file, "JPEG", quality=88)
    return file.getvalue()


def _layers() -> Image.Image:
    whole: Image.Image | None = None
    for step, share in enumerate(LAYERS):
        grains = (4 << step, 3 << step)
        layer = Image.effect_noise(grains, 90).resize(SIZE, Image.Resampling.BICUBIC)
        whole = layer if whole is None else Image.blend(whole, layer, share / (1 + share))
    assert whole is not None
    return whole


def add() -> str:
    """Put it into the gallery of a community of the demo; its address. The bytes are the same, the
    files are not: a browser fetches each, the job makes thumbnails once."""
    query = select(Activity).join(Community, Community.id == Activity.community_id)
    gallery = db.session.scalars(
        query.where(Activity.plugin == "gallery", Community.slug == PLACE)
    ).first()
    assert gallery is not None
    person = db.session.scalars(select(User).where(User.email.startswith("coordinator@"))).one()
    album = albums.begin(person, gallery, AlbumFacts(title="Двести снимков"))
    content = photograph()
    files = [
        save_file(io.BytesIO(content), f"IMG_{number}.jpg", person.id) for number in range(PICTURES)
    ]
    pictures.add(person, album, files[:1], Consent.NOBODY)
    _copied(person, album, files[1:])
    return f"/c/{PLACE}/gallery/{gallery.id}/albums/{album.id}"


@operation
def _copied(person: User, album: Album, files: Sequence[File]) -> None:
    """An album does not take the same bytes twice by itself."""
    for place, file in enumerate(files, start=2):
        content = new_content(person, pictures.PICTURE, album.activity)
        picture = Picture(
            id=content.id, activity_id=album.activity_id, album_id=album.id, file_id=file.id,
            position=place << 17, consent=Consent.NOBODY,
        )  # fmt: skip
        db.session.add(picture)
        attach(content, [file])


def remove(number: int) -> None:
    """Leave the demo as it was."""
    album = db.session.get_one(Album, number)
    albums.remove(db.session.get_one(User, album.content.author_id), album)


if __name__ == "__main__":
    with create_app(Config.from_environ(os.environ)).test_request_context():
        if len(sys.argv) > 1:
            remove(int(sys.argv[1]))
        else:
            print(add())

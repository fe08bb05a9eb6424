"""Galleries for tests, made by the operations that the pages call."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from core.api import Activity, User, db, save_file
from core.testing.cast import Cast, Made
from core.testing.worker import deliver_events
from plugins.gallery import albums, pictures, sharing
from plugins.gallery.albums import AlbumFacts
from plugins.gallery.models import Album, Consent, Picture


def drawn(kind: str = "JPEG", size: tuple[int, int] = (700, 500), **options: Any) -> bytes:
    """A picture that does not pack, as photos do not; each is another one."""
    file = io.BytesIO()
    small = Image.effect_noise((max(1, size[0] // 4), max(1, size[1] // 4)), 70)
    small.resize(size).convert("RGB").save(file, kind, **options)
    return file.getvalue()


@dataclass
class Gallery:
    """A gallery in a community, with a keeper of its albums, a moderator and a member."""

    app: Flask
    cast: Cast
    community: Made
    activity: Made
    moderator: Made
    keeper: Made
    member: Made

    @property
    def url(self) -> str:
        return f"/c/{self.community.slug}/gallery/{self.activity.id}/"

    def album_url(self, album: int, more: str = "") -> str:
        return f"{self.url}albums/{album}{more}"

    def picture_url(self, picture: int, more: str = "") -> str:
        return f"{self.url}pictures/{picture}{more}"

    def album(self, title: str = "Поход", by: Made | None = None, **facts: Any) -> int:
        """An album by somebody (the keeper), and its id."""
        with self.app.test_request_context():
            activity = db.session.get_one(Activity, self.activity.id)
            person = db.session.get_one(User, (by or self.keeper).id)
            return albums.begin(person, activity, AlbumFacts(title=title, **facts)).id

    def picture(
        self, album: int, content: bytes | None = None, by: Made | None = None,
        consent: Consent = Consent.NOBODY, name: str = "IMG_1.jpg", caption: str = "",
    ) -> int:  # fmt: skip
        """A picture in an album, and its id."""
        with self.app.test_request_context():
            person = db.session.get_one(User, (by or self.keeper).id)
            row = db.session.get_one(Album, album)
            file = save_file(io.BytesIO(content or drawn()), name, person.id)
            found = pictures.add(person, row, [file], consent)[0]
            if caption:
                pictures.describe(person, found, caption)
            return found.id

    def show_everybody(self, album: int, *, outsiders_save: bool = False) -> None:
        """Let outsiders see an album."""
        with self.app.test_request_context():
            person = db.session.get_one(User, self.moderator.id)
            row = db.session.get_one(Album, album)
            sharing.show_everybody(person, row, True, outsiders_save=outsiders_save)

    def link(self, album: int, **facts: Any) -> str:
        """Make a link to an album; its address on this site."""
        with self.app.test_request_context():
            person = db.session.get_one(User, self.moderator.id)
            row = db.session.get_one(Album, album)
            sharing.make_link(person, row, facts.get("until"))
            return f"/gallery/shown/{album}?key={sharing.link_key(row)}"

    def file_of(self, picture: int) -> tuple[str, str]:
        """The address of a picture's file, and the digest of its bytes."""
        with self.app.app_context():
            file = db.session.get_one(Picture, picture).file
            return f"/files/{file.id}/{file.name}", file.sha256

    def read(self, model: type[Any], number: int, *names: str) -> Any:
        """Columns of a row as they are stored now."""
        with self.app.app_context():
            row = db.session.get_one(model, number)
            values = tuple(getattr(row, name) for name in names)
        return values[0] if len(names) == 1 else values

    def order(self, album: int) -> list[int]:
        """The pictures of an album, as its page shows them."""
        page = self.cast.browser(self.member).get(self.album_url(album)).text
        return [int(n) for n in re.findall(r'class="shot-link" href="[^"]*/pictures/(\d+)"', page)]

    def deliver(self) -> None:
        """Let the readers of the event log catch up, as the worker does every second."""
        deliver_events(self.app)


def make_gallery(app: Flask, cast: Cast, slug: str = "maths", **values: Any) -> Gallery:
    """A gallery in a community that everybody may look into, unless said otherwise."""
    community = cast.community(slug, **({"visibility": "public"} | values))
    activity = cast.activity(community, "gallery")
    people = cast.staff(community), cast.member(community), cast.member(community)
    made = Gallery(app, cast, community, activity, *people)
    made.deliver()
    return made


@pytest.fixture
def gallery(app: Flask, cast: Cast) -> Gallery:
    return make_gallery(app, cast)


@pytest.fixture
def closed(app: Flask, cast: Cast) -> Gallery:
    """One in a community that nobody else knows of."""
    return make_gallery(app, cast, "closed", visibility="private")


@pytest.fixture
def as_keeper(gallery: Gallery, login: Callable[..., FlaskClient]) -> FlaskClient:
    return login(gallery.keeper)


@pytest.fixture
def as_member(gallery: Gallery, login: Callable[..., FlaskClient]) -> FlaskClient:
    return login(gallery.member)


@pytest.fixture
def as_moderator(gallery: Gallery, login: Callable[..., FlaskClient]) -> FlaskClient:
    return login(gallery.moderator)


def text_of(response: Any) -> str:
    """A page without its markup, on one line."""
    words = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", words).split())


def is_refused(answer: Any) -> bool:
    """Whether somebody was sent away: not found, not allowed, or asked to sign in."""
    to_sign_in = answer.status_code in (302, 303) and "/sign-in" in answer.headers["Location"]
    return answer.status_code in (401, 403, 404) or to_sign_in

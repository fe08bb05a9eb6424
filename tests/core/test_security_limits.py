"""What one person sends must not cost everybody else their time."""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.contents.drafts import MOST
from core.contents.history import marked_changes
from core.errors import Conflict
from core.files.kinds import UNKNOWN
from core.files.media import take_in
from core.platform.changes import MOST_PARTS, stretches
from core.platform.html import clean, excerpt
from core.testing.cast import Cast


def lines(seed: int) -> str:
    """Very many short lines of which each stands there again and again, but none too often."""
    chance = random.Random(seed)
    return "\n".join(f"{chance.randrange(200)}" for _ in range(40_000))


def test_comparing_two_hostile_versions_takes_no_time(app: Flask) -> None:
    versions = [clean(f"<pre>{lines(seed)}</pre>") for seed in (1, 2)]
    with app.test_request_context():
        begun = time.process_time()
        assert "<del>" in marked_changes(*versions)
    assert time.process_time() - begun < 5


def test_texts_in_too_many_parts_count_as_changed() -> None:
    many = ["a"] * (MOST_PARTS + 1)
    assert stretches(many, many) == [("equal", 0, len(many), 0, len(many))]
    assert stretches(many, ["b"]) == [("replace", 0, len(many), 0, 1)]
    assert [what for what, *_rest in stretches(["a", "b"], ["a", "c"])] == ["equal", "replace"]


def test_the_first_words_of_a_long_text_are_found_at_its_beginning() -> None:
    text = clean("<p>Первые слова &amp; ещё.</p>" + "<p><b>слово</b> и слово</p>" * 1_500)
    begun = time.process_time()
    for _ in range(20):
        assert excerpt(text, 30).startswith("Первые слова & ещё. слово")
    assert time.process_time() - begun < 2
    assert excerpt(f"<p>а{'&amp;' * 3_000}</p>", 20) == "а" + "&" * 18 + "…"
    assert excerpt("<p>а</p>" + '<a href="/">b</a>' * 1_000, 5_000).startswith("а")


def test_a_form_has_a_bounded_number_of_fields(client: FlaskClient) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = client.post("/sign-in", data="a=b&" * 5_000, content_type=kind)
    assert answer.status_code == 413
    assert client.post("/sign-in", data="a=b&" * 500, content_type=kind).status_code == 400


@pytest.mark.parametrize("address", ["/sign-in", "/drafts"])
@pytest.mark.parametrize("size", [5_000_000, 10_000_000])
def test_a_form_has_a_bounded_length(
    client: FlaskClient, forgery_check: None, address: str, size: int
) -> None:
    kind = "application/x-www-form-urlencoded"
    answer = client.post(address, data=b"body=" + b"a" * size, content_type=kind)
    assert answer.status_code == 413
    assert len(answer.data) < 50_000


@pytest.mark.parametrize("address", ["/sign-in", "/drafts"])
def test_a_form_in_too_many_parts_is_refused(
    client: FlaskClient, forgery_check: None, address: str
) -> None:
    parts = {f"field{number}": "a" for number in range(1_500)}
    answer = client.post(address, data=parts, content_type="multipart/form-data")
    assert answer.status_code == 413


@pytest.mark.parametrize("origin", ["http://[", "null", "http://evil.example", "x"])
def test_a_form_of_another_site_is_not_offered_again(client: FlaskClient, origin: str) -> None:
    answer = client.post("/drafts", data={"body": "Чужое"}, headers={"Origin": origin})
    assert answer.status_code == 400
    assert "Чужое" not in answer.text


def test_drafts_have_a_bounded_number(cast: Cast) -> None:
    browser = cast.browser(cast.user())
    for number in range(MOST):
        sent = {"place": f"test:{number}", "body": "слово"}
        assert browser.post("/drafts", data=sent).status_code == 200
    assert browser.post("/drafts", data={"place": "test:0", "body": "иначе"}).status_code == 200
    assert browser.post("/drafts", data={"place": "one more", "body": "a"}).status_code == 400


def archive(**changes: bytes) -> bytes:
    """An archive with bytes replaced in it, so that it says of itself what is not so."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("mimetype", b"application/epub+zip")
    return made.getvalue()


def broken(found: bytes, put: bytes) -> Callable[[bytes], bytes]:
    return lambda raw: raw.replace(found, put)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:38] + b"\xff" * 12 + raw[50:],
        broken(b"mimetype", b"mime\xff\xfe\xffe"),
        lambda raw: raw.replace(b"\x14\x00\x00\x00\x08", b"\x14\x00\x00\x08\x08"),
        lambda raw: raw[:-20],
    ],
)
def test_a_broken_archive_is_a_file_like_others(
    tmp_path: object, spoil: Callable[[bytes], bytes]
) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "upload"
    path.write_bytes(spoil(archive()))
    found = take_in(path, "book.epub").media_type
    assert found in (UNKNOWN, "application/zip", "application/epub+zip")


def test_photos_cannot_be_sent_without_end(cast: Cast) -> None:
    browser = cast.browser(cast.user())
    statuses = {
        browser.post("/me/photo", data={"photo": (io.BytesIO(b"x"), "a.jpg")}).status_code
        for _ in range(61)
    }
    assert statuses == {400, 429}


def test_two_who_found_at_the_same_address_at_once_get_an_answer(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    coordinator = cast.user()
    cast.community("maths", coordinator=coordinator)
    monkeypatch.setattr("core.communities.operations._check_founding", lambda founding: None)
    with pytest.raises(Conflict):
        cast.community("maths", coordinator=coordinator)

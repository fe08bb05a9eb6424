"""Letters, as a real mail server or a folder receives them."""

from __future__ import annotations

import email
import email.policy
import smtplib
import ssl
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from flask import Flask

from core.config import Config
from core.errors import SetupError
from core.platform.db import utcnow
from core.platform.mail import Letter, compose, send
from tests.core.mail_kit import Serve

LETTER = Letter("anna@school.example", "Новая тема", "Здравствуйте!\n\nПочитайте.")


@pytest.fixture
def encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for this machine, trusted by whoever sends."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., Flask]:
    """``site(mail_url=...)`` is an application with these settings."""

    def make(mail_url: str = "", sender: str = "sreda@school.example") -> Flask:
        app = Flask(__name__)
        app.config["SREDA"] = Config(
            environment="test",
            data_dir=tmp_path,
            site_name="Среда",
            mail_url=mail_url,
            mail_sender=sender,
        )
        return app

    return make


def test_a_letter_arrives_as_it_was_written(serve: Serve, site: Callable[..., Flask]) -> None:
    postman, port = serve()
    letter = Letter(
        "Анна Петрова <anna@school.example>",
        "Новая тема: «Дроби»",
        "Здравствуйте!",
        html="<p>Здравствуйте!</p>",
        headers={"List-Unsubscribe": "<https://school.example/stop>"},
    )
    with site(f"smtp://127.0.0.1:{port}").app_context():
        send(letter)
    assert postman.taken[0].rcpt_tos == ["anna@school.example"]
    assert postman.taken[0].mail_from == "sreda@school.example"
    received = postman.letter()
    assert received["Subject"] == "Новая тема: «Дроби»"
    assert received["To"] == "Анна Петрова <anna@school.example>"
    assert received["From"] == "Среда <sreda@school.example>"
    assert received["List-Unsubscribe"] == "<https://school.example/stop>"
    text, html = received.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert text.get_content().strip() == "Здравствуйте!"
    assert (html.get_content_type(), html.get_content().strip()) == (
        "text/html",
        "<p>Здравствуйте!</p>",
    )


def test_a_letter_says_when_it_was_sent_and_that_a_machine_sent_it(
    site: Callable[..., Flask],
) -> None:
    with site().app_context():
        first, second = compose(LETTER), compose(LETTER)
    assert abs((parsedate_to_datetime(first["Date"]) - utcnow()).total_seconds()) < 60
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Message-ID"].endswith("@school.example>")
    assert first["Message-ID"] != second["Message-ID"]


@pytest.mark.parametrize(
    "forged",
    [
        Letter("a@b.example\nBcc: everybody@b.example", "Subject", "text"),
        Letter("a@b.example\r\n\r\nbody", "Subject", "text"),
        Letter("a@b.example", "Subject\nBcc: everybody@b.example", "text"),
        Letter("a@b.example", "Subject\r\n\r\nbody", "text"),
        Letter("a@b.example", "Subject", "text", headers={"X-A": "1\nBcc: e@b.example"}),
        Letter("a@b.example", "Subject", "text", headers={"X-A\nBcc": "e@b.example"}),
        Letter("a@b.example, everybody@b.example", "Subject", "text"),
        Letter("nobody", "Subject", "text"),
        Letter("@b.example", "Subject", "text"),
        Letter("", "Subject", "text"),
    ],
)
def test_forged_headers_and_addresses_are_refused(
    forged: Letter, site: Callable[..., Flask], tmp_path: Path
) -> None:
    with site().app_context(), pytest.raises(ValueError, match=r"."):
        send(forged)
    assert not list(tmp_path.rglob("*.eml"))


def test_a_cyrillic_domain_is_written_in_ascii(site: Callable[..., Flask]) -> None:
    with site().app_context():
        letter = compose(Letter("anna@школа.рф", "Subject", "text"))
    assert letter["To"] == "anna@xn--80atdl2c.xn--p1ai"


def test_without_a_server_letters_are_files(site: Callable[..., Flask], tmp_path: Path) -> None:
    with site().app_context():
        send(LETTER)
        send(LETTER)
    first, second = sorted((tmp_path / "mail").iterdir())
    assert first.suffix == second.suffix == ".eml"
    read = email.message_from_bytes(first.read_bytes(), policy=email.policy.default)
    assert read["Subject"] == "Новая тема"


def test_signing_in_over_an_encrypted_connection(
    serve: Serve, encrypted: ssl.SSLContext, site: Callable[..., Flask]
) -> None:
    postman, port = serve(tls_context=encrypted, require_starttls=True)
    with site(f"smtp://me%40x:se%20cret%2F%40@127.0.0.1:{port}?tls=1").app_context():
        send(LETTER)
    assert postman.letter()["Subject"] == "Новая тема"
    assert postman.signed_in == [b"me@x"]


def test_a_connection_encrypted_from_the_start(
    serve: Serve, encrypted: ssl.SSLContext, site: Callable[..., Flask]
) -> None:
    postman, port = serve(ssl_context=encrypted)
    with site(f"smtps://127.0.0.1:{port}").app_context():
        send(LETTER)
    assert postman.letter()["To"] == "anna@school.example"


def test_a_server_that_is_not_who_it_says_gets_no_letter(
    serve: Serve,
    encrypted: ssl.SSLContext,
    site: Callable[..., Flask],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    postman, port = serve(tls_context=encrypted)
    monkeypatch.delenv("SSL_CERT_FILE")
    with (
        site(f"smtp://127.0.0.1:{port}?tls=1").app_context(),
        pytest.raises(ssl.SSLCertVerificationError),
    ):
        send(LETTER)
    assert postman.taken == []


def test_a_wrong_password_is_an_error(
    serve: Serve, encrypted: ssl.SSLContext, site: Callable[..., Flask]
) -> None:
    postman, port = serve(tls_context=encrypted, require_starttls=True)
    with (
        site(f"smtp://me:wrong@127.0.0.1:{port}?tls=1").app_context(),
        pytest.raises(smtplib.SMTPAuthenticationError),
    ):
        send(LETTER)
    assert postman.taken == []


def test_a_password_never_travels_unencrypted(site: Callable[..., Flask]) -> None:
    with (
        site("smtp://me:secret@mail.example:25").app_context(),
        pytest.raises(SetupError, match="tls=1"),
    ):
        send(LETTER)


def test_a_server_that_does_not_answer_is_an_error(site: Callable[..., Flask]) -> None:
    with site("smtp://127.0.0.1:1").app_context(), pytest.raises(OSError, match=r"."):
        send(LETTER)

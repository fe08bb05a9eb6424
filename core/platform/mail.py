"""Letters to people: by SMTP, or into a folder of ``.eml`` files where no server is set.

Letters are sent by jobs, never inside an operation and never while a page waits.
"""

import smtplib
import ssl
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime, getaddresses, make_msgid
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from core import config
from core.errors import SetupError
from core.platform.db import utcnow

# Programs read an address in these, which must not be broken into lines and encoded.
WHOLE = frozenset({"list-unsubscribe", "list-id", "message-id", "references", "in-reply-to"})
LONGEST_LINE = 900
# Answers of a server from this code on are final (RFC 5321); before it they may change tomorrow.
FINAL = 500
TIMEOUT = 20  # seconds that each step of the conversation with the server may take
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter; ``media_type`` may have parameters."""

    name: str
    media_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter to one address. ``headers`` adds such as ``List-Unsubscribe``."""

    to: str
    subject: str
    text: str
    html: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: Sequence[Enclosure] = ()


class AddressRefused(Exception):
    """The server will never take letters to this address; ``code`` is its answer, such as 550."""

    def __init__(self, code: int) -> None:
        super().__init__(f"refused with {code}")
        self.code = code


class LetterRefused(Exception):
    """The server will not take this letter, however often it is sent; ``code`` is its answer."""

    def __init__(self, code: int) -> None:
        super().__init__(f"refused with {code}")
        self.code = code


class _Wire(EmailPolicy):
    """How letters are written: some headers whole, the others as the standard library does."""

    def fold(self, name: str, value: str) -> str:
        return self._whole(name, value) or super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self._whole(name, value).encode("ascii") or super().fold_binary(name, value)

    def _whole(self, name: str, value: str) -> str:
        if name.lower() not in WHOLE or not value.isascii() or len(value) > LONGEST_LINE:
            return ""
        return f"{name}: {value}{self.linesep}"


WIRE = _Wire(linesep=SMTP.linesep)


def send(letter: Letter) -> None:
    """Send a letter, and return when the server has taken it.

    Raises ValueError for an address or header that no honest letter has (a line break in a subject
    is somebody's attempt to add headers), AddressRefused and LetterRefused for what a server
    refuses for good, OSError when it cannot be reached or wants to be asked again later.
    """
    settings = config.current()
    deliver = Server(settings.mail_url) if settings.mail_url else Folder(settings.data_dir / "mail")
    deliver(compose(letter))


def compose(letter: Letter) -> EmailMessage:
    """The letter as it goes over the wire; every header is checked by the standard library."""
    settings = config.current()
    sender = _address(settings.mail_sender, settings.site_name)
    message = EmailMessage(policy=WIRE)
    message["From"] = sender
    message["To"] = _address(letter.to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(utcnow())
    if "Message-ID" not in letter.headers:
        message["Message-ID"] = make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"
    for name, value in letter.headers.items():
        _check_name(name)
        message[name] = value
    message.set_content(letter.text)
    if letter.html is not None:
        message.add_alternative(letter.html, subtype="html")
    for enclosure in letter.attachments:
        _enclose(message, enclosure)
    return message


def _enclose(message: EmailMessage, enclosure: Enclosure) -> None:
    kind, *parameters = (part.strip() for part in enclosure.media_type.split(";"))
    main, _slash, sub = kind.partition("/")
    named = dict(parameter.split("=", 1) for parameter in parameters)
    message.add_attachment(
        enclosure.body, main, sub, filename=enclosure.name, cte="base64", params=named
    )


def _address(text: str, name: str = "") -> Address:
    """An address, ``a@b`` or ``Name <a@b>``; Cyrillic domains become their ASCII form."""
    if any(ord(character) < ord(" ") for character in text):
        raise ValueError("a line break or control character in an address")
    found = getaddresses([text])
    given_name, address = found[0] if len(found) == 1 else ("", "")
    user, _at, domain = address.rpartition("@")
    if not (user and domain):
        raise ValueError("not one address")
    return Address(given_name or name, user, domain.encode("idna").decode("ascii"))


def _check_name(name: str) -> None:
    if not name.replace("-", "").isalnum() or not name.isascii():
        raise ValueError(f"not the name of a header: {name!r}")


def _hand_over(connection: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
        if code >= FINAL:
            raise AddressRefused(code) from None
        # Without the address, which would stay in logs and among failed jobs.
        raise OSError(f"the mail server refuses the recipient: {code}") from None
    except smtplib.SMTPDataError as error:
        if error.smtp_code >= FINAL:
            raise LetterRefused(error.smtp_code) from None
        raise


@dataclass(frozen=True)
class Folder:
    """Letters as files, for development and for a first look without a mail server."""

    path: Path

    def __call__(self, message: EmailMessage) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        name = f"{utcnow():%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:8]}"
        draft = self.path / f".{name}"
        draft.write_bytes(message.as_bytes())
        draft.rename(self.path / f"{name}.eml")


@dataclass(frozen=True)
class Server:
    """An SMTP server: ``smtps://user:password@host``, ``smtp://…?tls=1`` (STARTTLS) or plain."""

    url: str = field(repr=False)

    def __call__(self, message: EmailMessage) -> None:
        url = urlsplit(self.url)
        with self._connected(url) as connection:
            if url.username:
                connection.login(unquote(url.username), unquote(url.password or ""))
            _hand_over(connection, message)

    def _connected(self, url: SplitResult) -> smtplib.SMTP:
        host = url.hostname or "localhost"
        trust = ssl.create_default_context()
        if url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=trust)
        encrypted = parse_qs(url.query).get("tls") == ["1"]
        if url.username and not encrypted and host not in LOOPBACK:
            raise SetupError("The password of the mail server would travel unencrypted: add ?tls=1")
        connection = smtplib.SMTP(host, url.port or (587 if encrypted else 25), timeout=TIMEOUT)
        if encrypted:
            connection.starttls(context=trust)
        return connection

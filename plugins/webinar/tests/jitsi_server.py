"""A stand-in for Jitsi Meet over HTTPS: the settings that browsers get, and the first two steps of
coming in, where it checks tickets as the real one does."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SECRET = "the-secret-of-this-jitsi-application-0123456789"
SASL = "urn:ietf:params:xml:ns:xmpp-sasl"


@dataclass
class Jitsi:
    """``asks`` for tickets, or lets everybody in; ``bosh``: whether it has that address."""

    domain: str = ""
    app_id: str = "sreda"
    secret: str = SECRET
    asks: bool = True
    bosh: bool = True
    settings: str = "var config = { hosts: { domain: 'meet.jitsi', muc: 'muc.meet.jitsi' } };"

    def takes(self, ticket: str, room: str) -> bool:
        """As token authentication checks: signature, audience, issuer, times, room."""
        try:
            claims = jwt.decode(
                ticket, self.secret, algorithms=["HS256"], audience="jitsi", issuer=self.app_id
            )
        except jwt.PyJWTError:
            return False
        return claims["room"] in (room, "*")


def certificate(folder: Path) -> Path:
    """One for this machine, signed by itself, with its key in the same file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    file = folder / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, form, plain)
    )
    return file


def _handler(jitsi: Jitsi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = urlsplit(self.path).path == "/config.js"
            self._say(200 if found else 404, jitsi.settings if found else "")

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            facts = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if parts.path != "/http-bind" or not jitsi.bosh:
                self._say(404, "")
                return
            self._say(200, _answer(jitsi, ET.fromstring(body), facts))

        def _say(self, status: int, body: str) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *words: Any) -> None:
            """Tests are quiet."""

    return Handler


def _answer(jitsi: Jitsi, body: ET.Element, facts: dict[str, str]) -> str:
    if body.get("sid") is None:
        assert body.get("to") == "meet.jitsi"
        return "<body xmlns='http://jabber.org/protocol/httpbind' sid='s1'/>"
    assert body[0].tag == f"{{{SASL}}}auth"
    let_in = not jitsi.asks or jitsi.takes(facts["token"], facts["room"])
    verdict = "<success/>" if let_in else "<failure><not-allowed/></failure>"
    return f"<body xmlns='http://jabber.org/protocol/httpbind'>{verdict}</body>"


@contextmanager
def serving(file: Path) -> Iterator[Jitsi]:
    """A server on a port of its own with this certificate, until the end of the block."""
    jitsi = Jitsi()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(jitsi))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    jitsi.domain = f"localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield jitsi
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

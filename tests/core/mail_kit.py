"""A real mail server for tests, on this machine."""

from __future__ import annotations

import email
import email.policy
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult


class Postman:
    """The other end: keeps what a server took, and who signed in to send it."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.signed_in: list[bytes] = []
        # What it answers to addresses and to letters that it will not take, such as "550 Unknown".
        self.refused: dict[str, str] = {}
        self.refuses_letters = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd calls it so
        if self.refuses_letters:
            return self.refuses_letters
        self.taken.append(envelope)
        return "250 OK"

    def check(self, server: Any, session: Any, envelope: Any, mechanism: str, who: Any) -> Any:
        self.signed_in.append(who.login)
        return AuthResult(success=who.password == b"se cret/@", handled=False)

    def letter(self) -> EmailMessage:
        [letter] = self.letters()
        return letter

    def letters(self) -> list[EmailMessage]:
        """What was taken, the oldest first."""
        return [
            email.message_from_bytes(
                envelope.content, _class=EmailMessage, policy=email.policy.default
            )
            for envelope in self.taken
        ]


Serve = Callable[..., tuple[Postman, int]]


@contextmanager
def servers() -> Iterator[Serve]:
    """``start(...)`` starts a mail server and gives what it receives, and its port."""
    running: list[Controller] = []

    def start(**options: Any) -> tuple[Postman, int]:
        postman = Postman()
        with socket.create_server(("127.0.0.1", 0)) as free:
            port: int = free.getsockname()[1]
        controller = Controller(
            postman, hostname="127.0.0.1", port=port, authenticator=postman.check, **options
        )
        controller.start()
        running.append(controller)
        return postman, port

    try:
        yield start
    finally:
        for controller in running:
            controller.stop()

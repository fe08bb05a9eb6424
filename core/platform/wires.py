"""The wires under WebSockets: what is sent goes out whole, and many are told without a wait.

The libraries above know one browser at a time: a queue, a greenlet and a frame of its own for each.
For a room of a thousand that is most of the work, so that here one frame is made ready for all and
put on each wire as it is. They also take for granted that a socket sends everything at once, which
gevent's does not when a browser reads slowly.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import gevent
from gevent.event import Event
from socketio import packet
from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import TextMessage

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# Bytes that may wait for a browser which reads slower than others write, beside what the system
# keeps for it.
MOST_WAITING = 1024 * 1024
# Where the server leaves the socket of a request, and where its wire is found.
SOCKET = "gunicorn.socket"
WIRE = "sreda.wire"
# What Engine.IO puts before each packet of Socket.IO.
MESSAGE = "4"


class Wire:
    """The socket of one WebSocket, to those who send through it one after the other."""

    def __init__(self, sock: Any) -> None:
        self.sock = sock
        self.waiting = bytearray()
        # Bytes that are being sent, while ``waiting`` gathers what comes after them.
        self.leaving = 0
        self.free = Event()
        self.free.set()
        self.broken = False

    def send(self, data: bytes | bytearray) -> int:
        """Send all of this, and wait until it has left. Raises OSError when the link is gone."""
        self._put(data)
        self.free.wait()
        if self.broken:
            raise BrokenPipeError
        return len(data)

    def offer(self, data: bytes) -> bool:
        """Send this too, sooner or later, and go on at once; False when too much waits already."""
        if len(self.waiting) + self.leaving > MOST_WAITING:
            return False
        self._put(data)
        return True

    def recv(self, size: int) -> bytes:
        """What came, once something has."""
        came: bytes = self.sock.recv(size)
        return came

    def close(self) -> None:
        """End the link, and whatever waits on it."""
        self.broken = True
        self.sock.close()

    def _put(self, data: bytes | bytearray) -> None:
        if self.waiting or self.leaving:
            self.waiting += data
        elif (sent := self._sent_at_once(data)) < len(data):
            self.waiting += memoryview(data)[sent:]
            self.free.clear()
            gevent.spawn(self._send_waiting)

    def _sent_at_once(self, data: bytes | bytearray) -> int:
        try:
            sent: int = self.sock.send(data, 0, timeout=0.0)
        except BlockingIOError:
            return 0
        except OSError:
            # Whoever reads from the link notices as well, and ends it.
            self.broken = True
            return len(data)
        return sent

    def _send_waiting(self) -> None:
        try:
            while self.waiting and not self.broken:
                data, self.waiting = self.waiting, bytearray()
                self.leaving = len(data)
                self.sock.sendall(data)
        except OSError:
            self.broken = True
        finally:
            self.waiting, self.leaving = bytearray(), 0
            self.free.set()


def with_wires(app: WSGIApplication) -> WSGIApplication:
    """Put a wire under each WebSocket that an application is asked for, and send plain frames:
    to pack them costs a third of a megabyte for each browser, and no frame would fit two of them.
    """

    def wired(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket" and SOCKET in environ:
            environ[WIRE] = environ[SOCKET] = Wire(environ[SOCKET])
            environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return app(environ, start_response)

    return wired


def wire_of(environ: Mapping[str, Any]) -> Wire | None:
    """The wire of a link that began with such a request; None where it is none, as with polling."""
    wire: Wire | None = environ.get(WIRE)
    return wire


def frame_of(server: Any, namespace: str, event: str, facts: Mapping[str, Any]) -> bytes:
    """An event of Socket.IO as it goes over every wire."""
    told = server.packet_class(packet.EVENT, namespace=namespace, data=[event, facts])
    return bytes(Connection(ConnectionType.SERVER).send(TextMessage(MESSAGE + told.encode())))

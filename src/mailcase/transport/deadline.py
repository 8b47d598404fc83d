"""An end for a whole HTTP request: the timeouts of httpx are for each read, and a server that drips never reaches one.

At the deadline the connection is shut down under the request, wherever that stands: in the TLS handshake, the headers or
the body. Whoever waits for it then hears that the connection ended.
"""

import contextlib
import os
import socket
import threading
from collections.abc import Mapping
from typing import Any, Self

CONNECTED = "connection.connect_tcp.complete"
"""The event of httpx's `trace` that brings the connection."""


class Deadline:
    """Shuts down the connections of the requests that are traced within the block when the time is over."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._connections: list[socket.socket] = []
        self.is_over = False
        """Whether the time was over before the block was."""

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()

    def trace(self, event: str, details: Mapping[str, Any]) -> None:
        """Take an event of httpx: to be given as the extension `trace` of a request."""
        if event != CONNECTED:
            return
        made: socket.socket = details["return_value"].get_extra_info("socket")
        # A descriptor of our own: TLS takes the socket over, and closes it when it likes.
        own = socket.socket(fileno=os.dup(made.fileno()))
        with self._lock:
            self._connections.append(own)
            if self.is_over:
                _shut_down(own)

    def _end(self) -> None:
        with self._lock:
            self.is_over = True
            for connection in self._connections:
                _shut_down(connection)


def _shut_down(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it has ended by itself
        connection.shutdown(socket.SHUT_RDWR)

"""The server of the pages, on a thread of its own beside the daemon.

It shares the files that the process may have open with mailboxes and database, so whoever opens connections and says
nothing gets few of them, and not for long.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from mailcase.errors import Unavailable
from mailcase.log import get_logger

STOP_WITHIN_S = 3.0
MOST_CONNECTIONS = 50
LONGEST_S = 30.0  # for a connection: one request and its answer, which a database that is away may delay
log = get_logger(__name__)


class Bounded(H11Protocol):
    """A connection that is ended after `LONGEST_S`, and at once while there are `MOST_CONNECTIONS` others."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as the parent's
        """Begin, unless there are too many."""
        super().connection_made(transport)
        self._end = self.loop.call_later(LONGEST_S, transport.abort)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """End, and the clock with it."""
        self._end.cancel()
        super().connection_lost(exc)


@contextmanager
def serving(application: Starlette, host: str, port: int) -> Iterator[int]:
    """Serve `application` within the block; yield the port, which the system chooses when `port` is 0.

    Raises Unavailable when nothing can listen there.
    """
    listening = _listen(host, port)
    chosen: int = listening.getsockname()[1]
    settings = uvicorn.Config(
        application,
        http=Bounded,
        # Or a client that asks again and again would be cut off within a request.
        headers=[("Connection", "close")],
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, args=([listening],), name="web", daemon=True)
    thread.start()
    log.info("web.listening", host=host, port=chosen)
    try:
        yield chosen
    finally:
        server.should_exit = True
        thread.join(STOP_WITHIN_S)
        listening.close()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise Unavailable(
            f"web: nothing can listen on {host}, port {port}: {error.strerror or error}",
            remedy="Set another web.port or web.host, or end what listens there.",
        ) from error

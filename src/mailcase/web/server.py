"""The server of the pages, on a thread of its own beside the daemon."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from mailcase.errors import Unavailable
from mailcase.log import get_logger

STOP_WITHIN_S = 3.0
log = get_logger(__name__)


@contextmanager
def serving(application: Starlette, host: str, port: int) -> Iterator[int]:
    """Serve `application` within the block; yield the port, which the system chooses when `port` is 0.

    Raises Unavailable when nothing can listen there.
    """
    listening = _listen(host, port)
    chosen: int = listening.getsockname()[1]
    settings = uvicorn.Config(application, log_config=None, access_log=False, lifespan="off", ws="none")
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

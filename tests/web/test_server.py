"""The server of the pages against those who open connections and say nothing."""

import socket
import time
import urllib.request
from contextlib import ExitStack

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from mailcase.web.server import MOST_CONNECTIONS, serving

PAGE = Starlette(routes=[Route("/", lambda _: PlainTextResponse("well"))])


def asked(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        told: str = answer.read().decode() + answer.headers["Connection"]
    return told


def is_ended(connection: socket.socket) -> bool:
    """Return whether the server has ended a connection on which nothing was said."""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True
    except BlockingIOError:
        return False


def test_who_opens_many_connections_holds_few() -> None:
    with serving(PAGE, "127.0.0.1", 0) as port, ExitStack() as stack:
        opened = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(MOST_CONNECTIONS + 30)
        ]
        deadline = time.monotonic() + 20
        while sum(map(is_ended, opened)) < 30 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert sum(map(is_ended, opened)) == 30
        for connection in opened:
            connection.close()
        assert asked(port) == "wellclose"


def test_a_connection_ends_with_its_answer() -> None:
    with serving(PAGE, "127.0.0.1", 0) as port, socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n")
        received = b""
        while some := connection.recv(4096):
            received += some
        assert received.endswith(b"well")

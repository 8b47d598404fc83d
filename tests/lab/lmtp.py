"""Listening for LMTP in a thread of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from mailcase.transport.lmtp import LmtpListener


@contextmanager
def listening_to(listener: LmtpListener) -> Iterator[None]:
    """Listen within the block."""
    ready = threading.Event()
    thread = threading.Thread(target=listener.serve, args=(ready.set,))
    thread.start()
    try:
        assert ready.wait(10)
        yield
    finally:
        listener.stop()
        thread.join(10)
        assert not thread.is_alive()

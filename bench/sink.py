"""An SMTP server that takes every mail and forgets it, in a process of its own: `python -m bench.sink`.

It prints its port, serves until its standard input ends, and prints how many mails it took. In the process that is
measured it would take processor time from it.
"""

import asyncio
import sys

ANSWERS = {b"MAIL": b"250 2.1.0 ok\r\n", b"RCPT": b"250 2.1.5 ok\r\n", b"DATA": b"354 go ahead\r\n"}
EHLO = b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 50000000\r\n"
END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One connection."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._unread = b""
        self._is_text = False
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every whole command and every whole text."""
        self._unread += data
        while True:
            end = END if self._is_text else b"\r\n"
            before, found, rest = self._unread.partition(end)
            if not found:
                return
            self._unread = rest
            if self._is_text:
                self._is_text = False
                Sink.taken += 1
                self._transport.write(b"250 2.0.0 taken\r\n")
            else:
                self._answer(before[:4].upper())

    def _answer(self, command: bytes) -> None:
        self._is_text = command == b"DATA"
        self._transport.write(EHLO if command == b"EHLO" else ANSWERS.get(command, b"250 2.0.0 ok\r\n"))


async def serve() -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    print(Sink.taken, flush=True)


if __name__ == "__main__":
    asyncio.run(serve())

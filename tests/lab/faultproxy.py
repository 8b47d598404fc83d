"""A TCP proxy that can go bad at any moment: black hole, reset, end of file, a byte at a time, split lines."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from lab.smtpsink import reset


class Fault(StrEnum):
    """What happens to bytes on their way, in both directions unless it says otherwise."""

    PASS = "pass"
    BLACK_HOLE = "black hole"
    """They vanish; connections stay, new ones too."""
    DRIP = "drip"
    """What the server says comes `drip_bytes` at a time, each `drip_interval_s`."""
    SPLIT = "split"
    """What the server says comes one byte a packet, but swiftly."""
    EOF = "eof"
    """Connections end with a FIN, new ones at once."""
    RESET = "reset"
    """Connections end with an RST, new ones at once."""


ENDINGS = (Fault.EOF, Fault.RESET)


@dataclass
class FaultProxy:
    """Forwards 127.0.0.1:`port` to 127.0.0.1:`target`, on a thread of its own."""

    target: int
    port: int = 0
    drip_interval_s: float = 1.0
    drip_bytes: int = 1
    rewrite: Callable[[bytes], bytes] = bytes
    """Applied to each packet of the server."""
    fault: Fault = Fault.PASS
    heard: bytearray = field(default_factory=bytearray)
    """Everything that clients said."""

    def __enter__(self) -> Self:
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._is_up.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    def turn(self, fault: Fault) -> None:
        """Be this way from now on, also to connections that there are."""
        self.fault = fault
        if fault in ENDINGS:
            self._loop.call_soon_threadsafe(self._end_all)

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        self._is_up.set()
        await self._end.wait()
        server.close()
        self._end_all()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.01)  # lets the sockets close

    def _end_all(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._join(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = None
        try:
            if self.fault in ENDINGS:
                return
            server_reader, upstream = await asyncio.open_connection("127.0.0.1", self.target)
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(self._pump(reader, upstream, is_server=False))
                pumps.create_task(self._pump(server_reader, writer, is_server=True))
        except* ConnectionError:
            pass
        finally:
            if self.fault is Fault.RESET:
                reset(writer.get_extra_info("socket"))
            writer.close()
            if upstream is not None:
                upstream.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, is_server: bool) -> None:
        while packet := await source.read(65536):
            if not is_server:
                self.heard += packet
            await self._forward(self.rewrite(packet) if is_server else packet, sink, is_server=is_server)
        raise ConnectionError

    async def _forward(self, packet: bytes, sink: asyncio.StreamWriter, *, is_server: bool) -> None:
        if self.fault is Fault.BLACK_HOLE:
            return
        piece_bytes = (
            {Fault.DRIP: self.drip_bytes, Fault.SPLIT: 1}.get(self.fault, len(packet)) if is_server else len(packet)
        )
        for start in range(0, len(packet), piece_bytes):
            sink.write(packet[start : start + piece_bytes])
            await sink.drain()
            if piece_bytes < len(packet):
                await asyncio.sleep(self.drip_interval_s if self.fault is Fault.DRIP else 0)

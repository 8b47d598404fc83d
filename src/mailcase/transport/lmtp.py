"""An LMTP listener (RFC 2033): a mail server of this machine hands mail over, and learns what came of it."""

import asyncio
import contextlib
import errno
import os
import socket
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mailcase.errors import Unavailable
from mailcase.transport.lmtp_session import Dialogue, Office

FINISH_WITHIN_S = 3.0
LOOK_EVERY_S = 0.02
FIRST_PASSED_SOCKET = 3  # SD_LISTEN_FDS_START of sd_listen_fds(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class LmtpPort:
    """Where to listen."""

    listen: str
    """`unix:/path`, `inet:host:port`, or `systemd` for the socket that was passed to the process."""
    mode: int = 0o660
    """Permissions of a Unix socket."""
    hostname: str = "localhost"
    """How we greet."""


class LmtpListener:
    """The listener; `serve` is for one thread, `stop` may come from another."""

    def __init__(self, port: LmtpPort, office: Office) -> None:
        self._port = port
        self._office = office
        self._loop: asyncio.AbstractEventLoop | None = None
        self._end: asyncio.Event | None = None
        self._is_stopped = False
        self._dialogues: set[Dialogue] = set()

    def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        """Listen until `stop`; `ready` is called once mail can come. Raises Unavailable when nothing can be listened on."""
        listening = listening_socket(self._port)
        try:
            asyncio.run(self._serve(listening, ready))
        finally:
            _release(self._port, listening)

    def stop(self) -> None:
        """End `serve`: mail that is being handed over is finished first, for a few seconds."""
        self._is_stopped = True
        loop, end = self._loop, self._end
        if loop is not None and end is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                loop.call_soon_threadsafe(end.set)

    async def _serve(self, listening: socket.socket, ready: Callable[[], None]) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        # Not create_unix_server: from Python 3.13 on that removes the socket at the end, also one of systemd's.
        server = await self._loop.create_server(self._dialogue, sock=listening)
        ready()
        if not self._is_stopped:
            await self._end.wait()
        server.close()
        await self._until(lambda: not any(one.is_busy for one in self._dialogues))
        for one in tuple(self._dialogues):
            one.hang_up()
        await self._until(lambda: not self._dialogues)
        for one in tuple(self._dialogues):
            one.cut()
        await asyncio.sleep(0)  # the loop takes leave of them before it ends

    async def _until(self, is_so: Callable[[], bool]) -> None:
        """Wait until `is_so` says yes, for `FINISH_WITHIN_S` at most."""
        for _ in range(round(FINISH_WITHIN_S / LOOK_EVERY_S)):
            await asyncio.sleep(LOOK_EVERY_S)
            if is_so():
                return

    def _dialogue(self) -> Dialogue:
        assert self._loop is not None, "who listens has a loop"
        return Dialogue(
            self._office,
            self._dialogues,
            hostname=self._port.hostname,
            loop=self._loop,
        )


def look_at(port: LmtpPort) -> str:
    """Return a line about whether `port` can be listened on. Raises Unavailable when it cannot."""
    if port.listen == "systemd":
        return "listens on the socket that systemd passes"
    try:
        _release(port, listening_socket(port))
    except Busy:
        return f"{port.listen} is listened on already, by the daemon if it runs"
    return f"{port.listen} can be listened on"


class Busy(Unavailable):
    """Another process listens there."""


def listening_socket(port: LmtpPort) -> socket.socket:
    """Return a socket that is bound to where `port` says. Raises Unavailable when that cannot be had."""
    kind, _, where = port.listen.partition(":")
    try:
        if kind == "systemd":
            return _passed_socket()
        if kind == "unix":
            return _unix_socket(Path(where), port.mode)
        host, _, number = where.rpartition(":")
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host.strip("[]"), int(number)), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise _busy(port.listen) from error
        remedy = "Name another place in lmtp.listen, or let the daemon's user listen there."
        raise Unavailable(f"{port.listen}: cannot be listened on ({error.strerror or error})", remedy=remedy) from error


def _busy(where: str) -> Busy:
    return Busy(f"{where}: another process listens there", remedy="Stop it, or change lmtp.listen.")


def _release(port: LmtpPort, listening: socket.socket) -> None:
    listening.close()
    if port.listen.startswith("unix:"):
        Path(port.listen.removeprefix("unix:")).unlink(missing_ok=True)


def _passed_socket() -> socket.socket:
    # sd_listen_fds(3): the variables are meant for the process with this number alone.
    if os.environ.get("LISTEN_PID") != str(os.getpid()) or not int(os.environ.get("LISTEN_FDS", "0")):
        raise Unavailable(
            "systemd: no socket was passed to this process",
            remedy="Start mailcase-lmtp.socket, or name a place in lmtp.listen.",
        )
    return socket.socket(fileno=os.dup(FIRST_PASSED_SOCKET))


def _unix_socket(path: Path, mode: int) -> socket.socket:
    """Return a socket at `path`, in the place of one that nobody listens on any more."""
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(path)) == 0:
                raise _busy(str(path))
        path.unlink()
    made = socket.socket(socket.AF_UNIX)
    try:
        made.bind(str(path))
        path.chmod(mode)  # nobody can connect before it listens
        made.listen()
    except BaseException:
        made.close()
        raise
    return made

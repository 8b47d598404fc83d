"""A mail provider in one process, for the demo: IMAP and SMTP on the loopback, nothing to install, nothing kept."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from mailcase.errors import Unavailable
from mailcase.sandbox.mailboxes import HOST, Mailboxes
from mailcase.sandbox.submission import Submission, Submissions, base_address

START_TIMEOUT_S = 10.0
STOP_TIMEOUT_S = 2.0

Answer = TypeVar("Answer")


class Sandbox:
    """The two servers on a thread and an event loop of their own; started once, stopped once.

    Any mail program on this machine can log in with a user's address and password, in the clear, on both ports.
    """

    def __init__(self, *, imap_port: int = 0, smtp_port: int = 0) -> None:
        """Ports of 127.0.0.1; 0 lets the system choose a free one."""
        self.host = HOST
        self.imap_port = imap_port
        self.smtp_port = smtp_port
        self._thread = threading.Thread(target=self._run, name="mailcase-sandbox", daemon=True)
        self._is_up = threading.Event()
        self._failure: OSError | None = None
        self._loop: asyncio.AbstractEventLoop
        self._end: asyncio.Event
        self._mailboxes: Mailboxes
        self._submissions: Submissions

    def start(self) -> None:
        """Start both servers and wait until they listen; raises `Unavailable` when a port is taken."""
        self._thread.start()
        if not self._is_up.wait(START_TIMEOUT_S):
            raise Unavailable(f"{HOST}: the sandbox did not start in {START_TIMEOUT_S:.0f} s", remedy="Start it again.")
        if self._failure is not None:
            self._thread.join()
            raise Unavailable(
                f"{HOST}: the sandbox cannot listen ({self._failure})",
                remedy="Choose other ports, or 0 to let the system choose.",
            ) from self._failure

    def stop(self) -> None:
        """End all connections and both servers within 2 s; does nothing when they do not run."""
        if self.is_running:
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join(STOP_TIMEOUT_S)

    @property
    def is_running(self) -> bool:
        """Whether the servers listen."""
        return self._thread.is_alive()

    def add_user(self, address: str, password: str) -> None:
        """Make a user; IMAP and SMTP logins are by the whole address, plus-addresses are delivered here too."""

        async def add() -> None:
            self._mailboxes.add_user(base_address(address), password)

        self._ask(add())

    def deliver(self, raw: bytes, to: str) -> None:
        """Put `raw`, byte for byte, into the INBOX of the user whom mail for `to` goes to; raises KeyError for nobody."""
        self._ask(self._mailboxes.append(base_address(to), raw))

    def messages(self, address: str) -> list[bytes]:
        """Return the mails in the INBOX of the user whom mail for `address` goes to, oldest first."""
        return self._ask(self._mailboxes.messages(base_address(address)))

    @property
    def submissions(self) -> tuple[Submission, ...]:
        """All mail that was handed in by SMTP so far, oldest first."""
        return tuple(self._submissions.received)

    def _ask(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(START_TIMEOUT_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:  # told by `start`
            self._failure = error
            self._is_up.set()

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._mailboxes = Mailboxes()
        self._submissions = Submissions(self._mailboxes)
        imap = await self._mailboxes.listen(self.imap_port)
        try:
            smtp = await self._loop.create_server(self._submissions.protocol, HOST, self.smtp_port)
        except OSError:
            imap.close()
            raise
        self.imap_port, self.smtp_port = (server.sockets[0].getsockname()[1] for server in (imap, smtp))
        self._is_up.set()
        await self._end.wait()
        imap.close()
        smtp.close()
        self._mailboxes.hang_up()
        # asyncio.run ends what is left: each connection is a task that closes its own socket.

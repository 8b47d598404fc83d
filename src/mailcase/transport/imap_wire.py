"""The line to an IMAP server: imaplib with a deadline for each answer, bounded literals, and IDLE.

imaplib's own reader has a time limit per `recv`, so that a server that sends one byte a second holds it for ever. Here
each command starts a deadline; bytes that arrive push it back at the rate of the slowest line that is worth waiting for.
"""

import imaplib
import select
import socket
import ssl
import time

# A line this slow may take its time; a slower one is as good as dead.
SLOWEST_BYTES_PER_S = 4_096
RECEIVE_BYTES = 262_144
# A SEARCH answer with two million UIDs is one line.
MAX_LINE_BYTES = 20_000_000


class Wire(imaplib.IMAP4):
    """One connection; after any error it is of no more use and `shutdown` is all that is left to do."""

    def __init__(
        self, host: str, port: int, *, context: ssl.SSLContext | None, connect_timeout_s: float, max_literal: int
    ) -> None:
        """Connect and read the greeting; with `context`, in TLS from the first byte.

        Of a literal above `max_literal` bytes only the beginning is kept.
        """
        self._context = context
        self._buffer = bytearray()
        self._max_literal = max_literal
        self.answer_timeout_s = connect_timeout_s
        self._deadline = time.monotonic() + connect_timeout_s
        super().__init__(host, port, timeout=connect_timeout_s)

    # What imaplib calls.

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect the socket."""
        self.host, self.port = host, port
        self.sock = socket.create_connection((host, port), timeout)
        self._deadline = time.monotonic() + self.answer_timeout_s
        try:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            if self._context:
                self._secure(self._context)
        except BaseException:
            self.sock.close()
            raise

    def shutdown(self) -> None:
        """Close the socket."""
        self.sock.close()

    def send(self, data: bytes) -> None:  # type: ignore[override]  # imaplib sends nothing but bytes
        """Send all of `data` and start the deadline for the answer to it."""
        self._deadline = time.monotonic() + self.answer_timeout_s
        self.sock.settimeout(self.answer_timeout_s)
        self.sock.sendall(data)

    def readline(self) -> bytes:
        """Return the next line with its line end."""
        searched = 0
        while (end := self._buffer.find(b"\n", searched)) < 0:
            if len(self._buffer) > MAX_LINE_BYTES:
                raise self.abort(f"a line of more than {MAX_LINE_BYTES} bytes")
            searched = len(self._buffer)
            self._receive()
        return self._take(end + 1)

    def read(self, size: int) -> bytes:
        """Return a literal of `size` bytes, or its first `max_literal` ones when it is larger."""
        kept, missing = bytearray(), size
        while missing:
            if not self._buffer:
                self._receive()
            piece = self._take(missing)
            missing -= len(piece)
            kept += piece[: self._max_literal - len(kept)]
        return bytes(kept)

    # What the session calls.

    def upgrade(self, context: ssl.SSLContext) -> None:
        """Upgrade to TLS by STARTTLS; raises `abort` when the server does not, or slips plain text in behind its answer."""
        status, _ = self._simple_command("STARTTLS")
        if status != "OK":
            raise self.abort("the server refuses STARTTLS")
        if self._buffer:
            # RFC 9051 section 11.1: what was said in the clear must not count as said under TLS.
            raise self.abort("the server sent plain text behind its answer to STARTTLS")
        self._secure(context)
        self._get_capabilities()

    def capability_set(self) -> frozenset[str]:
        """Return the capabilities as the server tells them now; after a login they are others than before."""
        self._get_capabilities()
        return frozenset(self.capabilities)

    def idle_begin(self) -> bytes:
        """Begin IDLE (RFC 2177) and return its tag; raises `error` when the server refuses."""
        for name in ("EXISTS", "RECENT"):
            self.untagged_responses.pop(name, None)
        tag: bytes = self._command("IDLE")
        while self._get_response() is not None:  # None is the continuation that says "idling"
            if self.tagged_commands[tag]:
                raise self.error(f"IDLE: {self.tagged_commands[tag]}")
        return tag

    def idle_listen(self, wake: int, timeout_s: float) -> bool:
        """Listen until the folder grew (True), the descriptor `wake` became readable, or `timeout_s` passed (False)."""
        until = time.monotonic() + timeout_s
        poller = select.poll()
        poller.register(self.sock, select.POLLIN)
        poller.register(wake, select.POLLIN)
        self._receive_what_is_there()
        while not self._heard_of_mail():
            ready = poller.poll(max(0.0, until - time.monotonic()) * 1000)
            if not ready or any(descriptor == wake for descriptor, _ in ready):
                return False
            self._receive_what_is_there()
        return True

    def idle_end(self, tag: bytes) -> None:
        """End IDLE and read everything up to its completion."""
        self.send(b"DONE\r\n")
        self._command_complete("IDLE", tag)

    # Bytes.

    def _secure(self, context: ssl.SSLContext) -> None:
        # The handshake of the ssl module has a time limit per read; this one has a deadline.
        secured = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = secured
        secured.settimeout(0)
        while True:
            ready = select.poll()
            try:
                secured.do_handshake()
            except ssl.SSLWantReadError:
                ready.register(secured, select.POLLIN)
            except ssl.SSLWantWriteError:
                ready.register(secured, select.POLLOUT)
            else:
                return
            if not ready.poll(max(0.0, self._deadline - time.monotonic()) * 1000):
                raise TimeoutError("no complete TLS handshake in time")

    def _heard_of_mail(self) -> bool:
        while b"\n" in self._buffer:
            self._deadline = time.monotonic() + self.answer_timeout_s
            self._get_response()
        if "BYE" in self.untagged_responses:
            raise self.abort("the server said BYE")
        return "EXISTS" in self.untagged_responses or "RECENT" in self.untagged_responses

    def _receive_what_is_there(self) -> None:
        self.sock.settimeout(0)
        try:
            while True:
                self._append(self.sock.recv(RECEIVE_BYTES))
        except (BlockingIOError, ssl.SSLWantReadError):
            return

    def _receive(self) -> None:
        now = time.monotonic()
        if now >= self._deadline:
            raise TimeoutError("no complete answer in time")
        self.sock.settimeout(self._deadline - now)
        received = self.sock.recv(RECEIVE_BYTES)
        self._append(received)
        earned = self._deadline + len(received) / SLOWEST_BYTES_PER_S
        self._deadline = min(earned, time.monotonic() + self.answer_timeout_s)

    def _append(self, received: bytes) -> None:
        if not received:
            raise self.abort("the server closed the connection")
        self._buffer += received

    def _take(self, most: int) -> bytes:
        piece = bytes(self._buffer[:most])
        del self._buffer[:most]
        return piece

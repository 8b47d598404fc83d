"""A scripted SMTP server: answers, cuts or stalls at any step of any mail, and keeps every mail that it took.

A script is a table from step to what to do there:

    {"rcpt": "451 4.2.1 later"}            this answer instead of yes
    {"dot": CUT}                           the connection ends without an answer
    {"data": STALL}                        no answer for as long as the test lasts
    {"rcpt": ["250 ok", "550 5.1.1 no"]}   one after the other; the last one stays
    {"text": [CUT, PASS]}                  first cut, then as without a script

Steps: connect, ehlo, auth, mail, rcpt, data (the command), text (in its midst), dot, rset, noop, quit.
"""

import asyncio
import socket
import ssl
import struct
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

CUT = "cut"
"""End the connection with a FIN instead of an answer."""
RESET = "reset"
"""End the connection with an RST instead of an answer."""
STALL = "stall"
"""Never answer."""
PASS = ""
"""What would be done without a script."""
TEXT_TASTE_BYTES = 1000
"""How much of the text is read before `text` strikes."""

ANSWERS = {
    "connect": "220 sink ESMTP",
    "starttls": "220 2.0.0 go ahead",
    "auth": "235 2.7.0 welcome",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go ahead",
    "text": PASS,
    "dot": "250 2.0.0 taken",
    "rset": "250 2.0.0 ok",
    "noop": "250 2.0.0 ok",
    "quit": "221 2.0.0 bye",
}
STEP_OF_COMMAND = {
    "EHLO": "ehlo",
    "HELO": "ehlo",
    "AUTH": "auth",
    "MAIL": "mail",
    "RCPT": "rcpt",
    "DATA": "data",
    "RSET": "rset",
}
STEP_OF_COMMAND |= {"NOOP": "noop", "QUIT": "quit", "STARTTLS": "starttls"}

Script = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail whose text came to the final dot, whatever was answered then."""

    mail: str
    """The whole MAIL command."""
    recipients: tuple[str, ...]
    """The whole RCPT commands that were answered with yes."""
    raw: bytes
    """Without the doubling of dots."""
    answer: str
    """To the final dot."""

    @property
    def is_accepted(self) -> bool:
        """Whether the sender was told that it is taken."""
        return self.answer.startswith("2")


def reset(connected: socket.socket) -> None:
    """Make the coming close of a socket send an RST instead of a FIN."""
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class Hung(Exception):  # noqa: N818
    """The script ends this connection."""


@dataclass
class SmtpSink:
    """The server, on a thread of its own."""

    script: Script = field(default_factory=dict)
    extensions: Sequence[str] = ("8BITMIME", "SMTPUTF8", "SIZE 50000000", "AUTH PLAIN LOGIN")
    tls: ssl.SSLContext | None = None
    """For TLS from the first byte."""
    starttls: ssl.SSLContext | None = None
    """For STARTTLS, which is then offered and, as anything said in the clear, recorded in `clear_commands`."""
    clear_commands: list[str] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    connections: int = 0
    cut: int = 0
    """How often a connection was ended instead of an answer."""
    stalled: int = 0
    """How often an answer was never given."""
    port: int = 0
    _turns: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._is_up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._is_up.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(10)

    def rescript(self, script: Script) -> None:
        """Follow another script from the next step on."""
        self._turns.clear()
        self.script = script

    def hang_up(self) -> None:
        """End every connection that there is."""
        self._loop.call_soon_threadsafe(self._end_connections)

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, limit=2**20)
        self.port = server.sockets[0].getsockname()[1]
        self._is_up.set()
        await self._end.wait()
        server.close()
        self._end_connections()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()  # a mere close waits for the other side of TLS
        await asyncio.sleep(0.01)

    def _end_connections(self) -> None:
        for task in self._tasks:
            task.cancel()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        task = asyncio.get_running_loop().create_task(self._converse(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            if self.tls is not None:
                await writer.start_tls(self.tls)
            await _Conversation(self, reader, writer).run()
        except (Hung, ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def answer_at(self, step: str) -> str:
        """Return what the script says at `step`, and move on in it."""
        scripted = self.script.get(step, PASS)
        if not isinstance(scripted, str):
            turn = self._turns.get(step, 0)
            self._turns[step] = turn + 1
            scripted = scripted[min(turn, len(scripted) - 1)]
        return scripted or ANSWERS.get(step, "250 ok")


class _Conversation:
    """One connection."""

    def __init__(self, sink: SmtpSink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sink, self.reader, self.writer = sink, reader, writer
        self.mail = ""
        self.recipients: list[str] = []
        self.is_clear = sink.tls is None

    async def run(self) -> None:
        await self._answer("connect")
        while line := await self.reader.readline():
            command = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
            self.sink.commands.append(command)
            if self.is_clear:
                self.sink.clear_commands.append(command)
            step = STEP_OF_COMMAND.get(command.split(" ")[0].upper(), "other")
            await self._step(step, command)
            if step == "quit":
                return

    async def _step(self, step: str, command: str) -> None:
        if step == "ehlo" and step not in self.sink.script:
            lines = ["sink", *self.sink.extensions, *(["STARTTLS"] if self.sink.starttls and self.is_clear else [])]
            marks = ["-"] * (len(lines) - 1) + [" "]
            await self._say("".join(f"250{mark}{line}\r\n" for mark, line in zip(marks, lines, strict=True)))
            return
        is_yes = await self._answer(step)
        if step == "starttls" and is_yes and self.sink.starttls is not None:
            await self.writer.start_tls(self.sink.starttls)
            self.is_clear = False
        elif step == "mail" and is_yes:
            self.mail, self.recipients = command, []
        elif step == "rcpt" and is_yes:
            self.recipients.append(command)
        elif step == "data" and is_yes:
            await self._text()

    async def _text(self) -> None:
        midst = self.sink.answer_at("text")
        if midst != PASS:
            await self.reader.read(TEXT_TASTE_BYTES)
            await self._give(midst)
            await self.reader.read()
            return
        lines = []
        while (line := await self.reader.readline()) != b".\r\n":
            if not line:
                raise ConnectionError
            lines.append(line[1:] if line.startswith(b".") else line)
        answer = self.sink.answer_at("dot")
        self.sink.taken.append(Taken(self.mail, tuple(self.recipients), b"".join(lines), answer))
        await self._give(answer)

    async def _answer(self, step: str) -> bool:
        """Do what the script says; return whether it was a yes."""
        return await self._give(self.sink.answer_at(step))

    async def _give(self, answer: str) -> bool:
        if answer == STALL:
            self.sink.stalled += 1
            await asyncio.Event().wait()
        if answer in (CUT, RESET):
            self.sink.cut += 1
            if answer == RESET:
                reset(self.writer.get_extra_info("socket"))
            raise Hung
        await self._say(f"{answer}\r\n")
        if answer.startswith("421"):
            raise Hung
        return answer[0] in "23"

    async def _say(self, text: str) -> None:
        self.writer.write(text.encode())
        await self.writer.drain()

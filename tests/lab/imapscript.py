"""A scripted IMAP server: says word for word what the test wants, for answers that no decent server gives.

A script is a table from command (`LOGIN`, `UID FETCH`, …, and `greeting`) to the answer, in which `{tag}` stands for
the tag of the command; a list is one answer after the other, of which the last one stays. `CUT` and `STALL` as in
`smtpsink`.
"""

import socketserver
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from lab.smtpsink import CUT, STALL

OK = "{tag} OK done\r\n"
SELECTED = (
    "* FLAGS (\\Seen)\r\n* 1 EXISTS\r\n* OK [UIDVALIDITY 7] lasting\r\n* OK [UIDNEXT 20] next\r\n"
    "* OK [PERMANENTFLAGS (\\Seen \\*)] kept\r\n{tag} OK [READ-WRITE] selected\r\n"
)
ANSWERS = {
    "greeting": "* OK ready\r\n",
    "CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE\r\n" + OK,
    "SELECT": SELECTED,
    "EXAMINE": SELECTED.replace("READ-WRITE", "READ-ONLY"),
    "UID SEARCH": "* SEARCH 12\r\n" + OK,
    "LIST": '* LIST () "/" INBOX\r\n' + OK,
    "IDLE": "+ idling\r\n",
    "LOGOUT": "* BYE bye\r\n" + OK,
}

Script = Mapping[str, str | Sequence[str]]


def listed(uid: int, size: int) -> str:
    """Return the metadata of one message as a FETCH response."""
    return f'* 1 FETCH (UID {uid} RFC822.SIZE {size} INTERNALDATE "05-May-2026 12:00:00 +0200" FLAGS ())\r\n'


@dataclass
class ImapScript:
    """The server, each connection on a thread of its own."""

    script: Script = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    """What clients said, without the tags."""
    port: int = 0

    def __enter__(self) -> Self:
        self._turns: dict[str, int] = {}
        self._end = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Conversation)
        self._server.owner = self
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def names(self) -> list[str]:
        """Return the names of the commands so far."""
        return [name_of(command) for command in self.commands]

    def answer(self, name: str) -> str:
        """Return what is to be said to `name` now, and move on in the script."""
        scripted = self.script.get(name, ANSWERS.get(name, OK))
        if isinstance(scripted, str):
            return scripted
        turn = self._turns.get(name, 0)
        self._turns[name] = turn + 1
        return scripted[min(turn, len(scripted) - 1)]

    def stall(self) -> None:
        """Wait for the end of the test."""
        self._end.wait(60)


def name_of(command: str) -> str:
    words = command.upper().split()
    return " ".join(words[: 2 if words[:1] == ["UID"] else 1])


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    owner: ImapScript


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server
    idle_tag = ""

    def handle(self) -> None:
        try:
            if self._say("greeting", ""):
                while line := self.rfile.readline():
                    if not self._line(line.decode("latin-1").rstrip("\r\n")):
                        return
        except ConnectionError:
            return

    def _line(self, line: str) -> bool:
        tag, _, command = line.partition(" ")
        name = name_of(command)
        if not name:  # a line of its own: DONE, or the answer to a challenge
            self.server.owner.commands.append(line)
            return self._say("DONE" if line.upper() == "DONE" else "line", self.idle_tag)
        self.idle_tag = tag
        self.server.owner.commands.append(command)
        return self._say(name, tag) and name != "LOGOUT"

    def _say(self, name: str, tag: str) -> bool:
        answer = self.server.owner.answer(name)
        if answer == STALL:
            self.server.owner.stall()
        if answer in (CUT, STALL):
            return False
        self.wfile.write(answer.replace("{tag}", tag).encode("latin-1"))
        return True

"""What the same machine can do for the same mails at the least: the floor that a run is compared with.

One raw FETCH of fifty mails at a time, one durable commit for each mail, one SMTP transaction with a pipelined
envelope on a kept connection for each mail that went out. Nothing is parsed, decided, rendered or looked up.
"""

import re
import socket
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psycopg

from bench.servers import HOST, Servers

BATCH = 50
TABLES = (
    "CREATE TABLE floor_raw (id INTEGER PRIMARY KEY, raw {bytes} NOT NULL)",
    "CREATE TABLE floor_rows (id {key}, mail INTEGER NOT NULL, text TEXT NOT NULL)",
    "CREATE INDEX floor_rows_mail ON floor_rows (mail)",
)
ROWS = 8
TEXT = "what is told about a mail in one row of its case, its timeline or its audit " * 2
SENT = (
    b"From: The Desk <support@desk.example>\r\nTo: customer@example.com\r\nSubject: we have it\r\n\r\n"
    + b"Thank you, somebody will look at it.\r\n" * 120
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """Seconds for all mails, step by step."""

    fetch: float
    commit: float
    """Of the raw bytes alone."""
    commit_rows: float
    """Of the raw bytes with a look-up and eight rows, as any desk has to write them."""
    send: float

    @property
    def bare(self) -> float:
        """Fetch, commit the bytes, send."""
        return self.fetch + self.commit + self.send

    @property
    def with_rows(self) -> float:
        """Fetch, commit the bytes with eight rows, send."""
        return self.fetch + self.commit_rows + self.send

    def best(self, other: "Floor") -> "Floor":
        """Return the lower of two measurements, step by step: other programs on the machine only ever add."""
        return Floor(
            fetch=min(self.fetch, other.fetch),
            commit=min(self.commit, other.commit),
            commit_rows=min(self.commit_rows, other.commit_rows),
            send=min(self.send, other.send),
        )


def measure(servers: Servers, url: str, folder: Path, mails: int, sent: int) -> Floor:
    """Measure with the first `mails` of the INBOX; `sent` is how many mails go out."""
    raw: list[bytes] = []
    fetch = _seconds(lambda: raw.extend(_fetched(servers, mails)))
    assert len(raw) == mails
    with _database(url, folder) as execute:
        commit = _seconds(lambda: _commit(execute, raw, rows=0))
    with _database(url, folder) as execute:
        commit_rows = _seconds(lambda: _commit(execute, raw, rows=ROWS))
    return Floor(fetch=fetch, commit=commit, commit_rows=commit_rows, send=_seconds(lambda: _send(servers, sent)))


def _seconds(work: Callable[[], None]) -> float:
    begin = perf_counter()
    work()
    return perf_counter() - begin


def _fetched(servers: Servers, mails: int) -> Iterator[bytes]:
    with servers.client() as client:
        for first in range(1, mails + 1, BATCH):
            _, answer = client.fetch(f"{first}:{min(mails, first + BATCH - 1)}", "(UID BODY.PEEK[])")
            yield from (item[1] for item in answer if isinstance(item, tuple))


Execute = Callable[[str, tuple[object, ...]], object]


@contextmanager
def _database(url: str, folder: Path) -> Iterator[Execute]:
    if url.startswith("sqlite"):
        path = folder / "floor.db"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            for table in TABLES:
                connection.execute(table.format(bytes="BLOB", key="INTEGER PRIMARY KEY"))
            yield connection.execute
        return
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("DROP TABLE IF EXISTS floor_raw, floor_rows")
        for table in TABLES:
            server.execute(table.format(bytes="BYTEA", key="BIGINT GENERATED ALWAYS AS IDENTITY"))
        yield lambda sql, values: server.execute(sql.replace("?", "%s"), values)


def _commit(execute: Execute, mails: list[bytes], rows: int) -> None:
    for number, raw in enumerate(mails, 1):
        execute("BEGIN", ())
        if rows:
            execute("SELECT id FROM floor_rows WHERE mail = ?", (number,))
        execute("INSERT INTO floor_raw (id, raw) VALUES (?, ?)", (number, raw))
        for _ in range(rows):
            execute("INSERT INTO floor_rows (mail, text) VALUES (?, ?)", (number, TEXT))
        execute("COMMIT", ())


def _send(servers: Servers, mails: int) -> None:
    envelope = b"MAIL FROM:<>\r\nRCPT TO:<customer@example.com>\r\nDATA\r\n"  # RFC 2920 section 3.1
    with socket.create_connection((HOST, servers.smtp_port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers = connection.makefile("rb")
        answers.readline()
        connection.sendall(b"EHLO desk.example\r\n")
        while re.match(rb"\d\d\d-", answers.readline()):
            pass
        for _ in range(mails):
            connection.sendall(envelope)
            assert [answers.readline()[:3] for _ in range(3)] == [b"250", b"250", b"354"]
            connection.sendall(SENT + b".\r\n")
            assert answers.readline().startswith(b"250")
        connection.sendall(b"QUIT\r\n")

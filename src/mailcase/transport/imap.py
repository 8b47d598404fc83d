"""One folder of an IMAP server (RFC 9051), read by UID and never changed but for the mark of a stored mail.

imap-tools connects, logs in and knows folders; everything else is `client.uid(…)`, with the UID taken from each
answer. One session is one connection, for one thread; only `interrupt` may come from another.
"""

import contextlib
import imaplib
import select
import socket
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from imap_tools.errors import MailboxFolderSelectError

from mailcase.domain.counting import counted
from mailcase.domain.mailbox import Cursor, Fetched
from mailcase.errors import Unavailable
from mailcase.transport.account import AfterFiling, ImapAccount
from mailcase.transport.imap_errors import said, translated
from mailcase.transport.imap_folders import folder_names, no_such_folder, quoted
from mailcase.transport.imap_line import GOODBYE_TIMEOUT_S, Line, fingerprint_shown, hang_up, log_in
from mailcase.transport.imap_marking import Marking, choose, delete, mark
from mailcase.transport.imap_reading import Reader, chunks
from mailcase.transport.trust import Untrusted

__all__ = ["ImapAccount", "ImapSession"]


class ImapSession:
    """A `MailboxSession`: see `transport.ports`."""

    def __init__(self, account: ImapAccount) -> None:
        self.account = account
        self.limitations: tuple[str, ...] = ()
        """What this server cannot do and what is done instead, a line each; known after `open`."""
        self._where = f"{account.host}:{account.port}"
        self._line: Line | None = None
        self._capabilities: frozenset[str] = frozenset()
        self._uidvalidity = 0
        self._uidnext: int | None = None
        self._marking = Marking.NOTHING
        self._known_uid = 0
        self._is_sound = False
        self._wake = _Wake()

    def open(self) -> Cursor:
        """Connect, log in and select the folder; return its uidvalidity and the highest UID it has (0 when empty)."""
        self._hang_up(politely=False)
        self._line, self._capabilities = log_in(self.account)
        try:
            self._prepare_target(self._line)
            self._select(self._line)
            with self._speaking("look for the newest mail"):
                self._known_uid = self._reader().highest_uid()
        except BaseException:
            self._hang_up(politely=False)
            raise
        return Cursor(uidvalidity=self._uidvalidity, uid=self._known_uid)

    def first_uid_since(self, moment: datetime) -> int:
        """Return the lowest UID whose INTERNALDATE is at or after `moment` (UTC), or UIDNEXT when there is none."""
        with self._speaking("search by date"):
            return self._reader().first_uid_since(moment)

    def fetch(self, after: Cursor, *, max_messages: int) -> Iterator[Fetched]:
        """Yield messages with a UID above `after.uid`, lowest UID first, `max_messages` at most, without marking them.

        A cursor of another uidvalidity says nothing about this folder: then everything is new.
        """
        self._known_uid = after.uid if after.uidvalidity == self._uidvalidity else 0
        reader = self._reader()
        with self._speaking("list new mail"):
            listed = reader.list_after(self._known_uid, max_messages)
        for chunk in chunks(listed, self.account.max_bytes):
            with self._speaking("fetch mail"):
                fetched = reader.fetch(chunk, self._uidvalidity)
            for message in fetched:
                self._known_uid = message.uid
                yield message
            self._known_uid = chunk[-1].uid

    def uids(self) -> list[int]:
        """Return the UID of every message in the folder, ascending."""
        with self._speaking("list mail"):
            return self._reader().uids_after(0)

    def uids_between(self, since: datetime, until: datetime | None) -> list[int]:
        """Return the UIDs of mail that came from `since` on and before `until` (UTC; None: to the end), ascending."""
        with self._speaking("search by date"):
            return self._reader().uids_between(since, until)

    def fetch_uids(self, uids: Sequence[int]) -> Iterator[Fetched]:
        """Yield the messages of this uidvalidity with these UIDs that are there, without marking them."""
        reader = self._reader()
        with self._speaking("list mail"):
            listed = reader.list_uids(uids)
        for chunk in chunks(listed, self.account.max_bytes):
            with self._speaking("fetch mail"):
                fetched = reader.fetch(chunk, self._uidvalidity)
            yield from fetched

    def acknowledge(self, uids: Sequence[int]) -> None:
        """Tell the server that these messages of this uidvalidity are stored with us.

        Raises `Unavailable` when the folder was made anew since `open`: the UIDs would be those of other mail.
        """
        if self._marking in (Marking.NOTHING, Marking.DELETION) or not uids:
            return
        line = self._unchanged()
        with self._speaking(f"mark stored mail ({self._marking})"):
            target = quoted(self.account.move_to, is_utf8=line.is_utf8)
            mark(line.client, self._marking, self.account, target, sorted({int(uid) for uid in uids}))

    def remove(self, uids: Sequence[int]) -> frozenset[int]:
        """Delete these messages of this uidvalidity for good, and return those that are gone then.

        A server that cannot delete some and leave others deletes none. Raises `Unavailable` as `acknowledge` does.
        """
        if self._marking is not Marking.DELETION or not uids:
            return frozenset()
        line, wanted = self._unchanged(), sorted({int(uid) for uid in uids})
        with self._speaking("delete filed mail"):
            delete(line.client, wanted)
            return frozenset(wanted).difference(self._reader().uids_after(0))

    def wait(self, timeout: timedelta) -> bool:
        """Block until the folder may have changed (IDLE, RFC 2177) or `timeout` passed; True when there may be mail."""
        line = self._opened()
        until = time.monotonic() + timeout.total_seconds()
        while True:
            # Mail that came along with the answer to an earlier command is not announced again, so ask first; and
            # after IDLE, because a line that went dead looks like a quiet one.
            with self._speaking("look for new mail"):
                if self._reader().uids_after(self._known_uid):
                    return True
            remaining = until - time.monotonic()
            if remaining <= 0:
                return False
            with self._speaking("wait for mail"):
                is_interrupted = self._pause(line, min(remaining, self.account.idle_timeout.total_seconds()))
            if is_interrupted:
                return False

    def interrupt(self) -> None:
        """End a `wait` of this session from another thread, or the next one if none is going on."""
        self._wake.ring()

    def close(self) -> None:
        """Log out and close the connection; never raises. A closed session is not opened again."""
        self._hang_up(politely=self._is_sound)
        self._wake.close()

    def check(self) -> str:
        """Open the folder and return one line about it and about what its server can and cannot do.

        An error about a certificate that is not trusted also tells its fingerprint.
        """
        try:
            cursor = self.open()
        except Untrusted as error:
            raise error.having_shown(error.fingerprint or fingerprint_shown(self.account)) from error
        with self._speaking("count mail"):
            count = len(self._reader().uids_after(0))
        offers = [name for name in ("IDLE", "MOVE", "UIDPLUS") if name in self._capabilities]
        return "; ".join(
            (
                f"{self._where} ({self.account.security}) {self.account.folder}: {counted(count, 'message')}, newest UID {cursor.uid}",
                f"offers {', '.join(offers) or 'neither IDLE nor MOVE nor UIDPLUS'}",
                *(self.limitations or (f"stored mail gets: {self._marking}",)),
            )
        )

    @contextlib.contextmanager
    def _speaking(self, what: str) -> Iterator[None]:
        """Translate trouble while doing `what` (a verb); a line that was in trouble once gets no LOGOUT to wait for."""
        self._is_sound = False
        with translated(self._where, what):
            yield
        self._is_sound = True

    def _opened(self) -> Line:
        if self._line is None:
            raise Unavailable(f"{self._where}: not connected", remedy="Nothing is to be done: it is connected again.")
        return self._line

    def _unchanged(self) -> Line:
        """Select the folder once more and return its line. Raises `Unavailable` when it was made anew since `open`."""
        line, uidvalidity = self._opened(), self._uidvalidity
        self._select(line)
        if self._uidvalidity != uidvalidity:
            raise Unavailable(
                f"{self._where}: {self.account.folder} was made anew"
                f" (its uidvalidity was {uidvalidity} and is {self._uidvalidity}): nothing was marked",
                remedy="Nothing is to be done: the folder is read again from the start.",
            )
        return line

    def _reader(self) -> Reader:
        return Reader(client=self._opened().client, max_bytes=self.account.max_bytes, uidnext=self._uidnext)

    def _hang_up(self, *, politely: bool) -> None:
        if self._line is not None:
            hang_up(self._line, politely=politely)
            self._line = None

    def _prepare_target(self, line: Line) -> None:
        target = self.account.move_to
        if self.account.after_filing is not AfterFiling.MOVE:
            return
        with self._speaking(f"make the folder {target}"):
            name = quoted(target, is_utf8=line.is_utf8)
            if line.client.status(name, "(UIDVALIDITY)")[0] != "OK":  # LIST would take % and * in it for wildcards
                line.folder.create(name.encode())

    def _select(self, line: Line) -> None:
        account, client = self.account, line.client
        name = quoted(account.folder, is_utf8=line.is_utf8).encode()
        with self._speaking(f"open {account.folder}"):
            try:
                line.folder.set(name, readonly=account.after_filing is AfterFiling.KEEP)
                is_read_only = account.after_filing is AfterFiling.KEEP
            except imaplib.IMAP4.readonly:
                line.folder.set(name, readonly=True)
                is_read_only = True
            except MailboxFolderSelectError as error:
                folders = folder_names(client, self._capabilities, is_utf8=line.is_utf8)
                raise no_such_folder(self._where, account.folder, said(error), folders) from error
            self._uidvalidity = self._told_number(line, "UIDVALIDITY") or 0
            self._uidnext = self._told_number(line, "UIDNEXT")
            flags = [
                flag for told in client.response("PERMANENTFLAGS")[1] if told for flag in told.strip(b"()").split()
            ]
        if not self._uidvalidity:
            raise Unavailable(
                f"{self._where}: the server keeps no lasting UIDs for {account.folder} (it tells no UIDVALIDITY)",
                remedy="Such a folder cannot be read safely: use another folder or server.",
            )
        self._marking, limitation = choose(
            account,
            capabilities=self._capabilities,
            permanent_flags=[flag.decode("ascii", "replace") for flag in flags],
            is_read_only=is_read_only,
        )
        self.limitations = (limitation,) if limitation else ()

    def _told_number(self, line: Line, name: str) -> int | None:
        told = line.client.response(name)[1]
        return int(told[-1]) if told and told[-1] else None

    def _pause(self, line: Line, seconds: float) -> bool:
        """Wait for a change of the folder, an interrupt or `seconds`; return whether it was an interrupt."""
        client = line.client
        if "IDLE" not in self._capabilities:
            return self._wake.hear(seconds)
        tag = client.idle_begin()
        client.idle_listen(self._wake.descriptor, seconds)
        is_interrupted = self._wake.hear(0)
        if is_interrupted:
            client.answer_timeout_s = GOODBYE_TIMEOUT_S  # whoever interrupts does not wait for a dead server
        client.idle_end(tag)
        client.answer_timeout_s = self.account.command_timeout.total_seconds()
        return is_interrupted


class _Wake:
    """A bell that one thread rings and another hears, also from within `poll`."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self.descriptor = self._reader.fileno()

    def ring(self) -> None:
        with contextlib.suppress(OSError):  # closed, so nobody waits; or so full of rings that it will be heard
            self._writer.send(b"!")

    def hear(self, timeout_s: float) -> bool:
        """Wait for a ring and forget all there were; return whether there was one."""
        poller = select.poll()
        poller.register(self._reader, select.POLLIN)
        if not poller.poll(timeout_s * 1000):
            return False
        self._reader.recv(4096)
        return True

    def close(self) -> None:
        self._writer.close()
        self._reader.close()

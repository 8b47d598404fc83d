"""A Maildir (https://cr.yp.to/proto/maildir.html), read while others deliver into it and read it too.

A mail appears in new/ when it is complete, under a name that nobody else gives. Whoever has seen it moves it to cur/, and
adds `:2,` and flags to the name, which change with what people do. So the part before the colon is what a mail is known
by, wherever it lies; a number is made of it, to stand where an IMAP server's UID does.
"""

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from imap_tools.imap_utf7 import utf7_decode, utf7_encode

from mailcase.domain.counting import counted
from mailcase.domain.mailbox import NO_SERVER, Cursor, Fetched
from mailcase.errors import Unavailable

MAX_HEADER_BYTES = 1_048_576
HEADER_END = b"\n\n", b"\r\n\r\n"
SETTLED_NS = 2_000_000_000  # a folder that changed just now may change again within the same tick of its clock
UID_HEX_DIGITS = 15  # 60 bits: what every database holds as a number


@dataclass(frozen=True, slots=True, kw_only=True)
class MaildirAccount:
    """One Maildir, and which of its folders are read."""

    path: Path
    folders: tuple[str, ...] = ("INBOX",)
    """Names as people write them, the levels with slashes."""
    max_bytes: int = 35_000_000
    """Of a larger mail only the header block is read."""
    may_delete: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """One mail in a Maildir."""

    uid: int
    """Made from its name."""
    path: Path
    is_new: bool
    """It is in new/: nobody has seen it yet."""


@dataclass(frozen=True, slots=True)
class _Listing:
    """A folder as it was when it was read last; a large one is not read, nor looked through, for nothing."""

    changed_at: int
    """Its time of change, or -1 when it may change again within that."""
    files: dict[str, MailFile]
    """By name."""


class MaildirSession:
    """One Maildir, for one thread; only `interrupt` may come from another."""

    def __init__(self, account: MaildirAccount) -> None:
        self.account = account
        self.limitations: tuple[str, ...] = ()
        """What cannot be done with it; known after `open`."""
        self._folders = tuple(_folder(account.path, name) for name in account.folders)
        self._seen: dict[Path, _Listing] = {}
        self._settled: set[int] = set()
        self._wholly_settled: dict[Path, _Listing] = {}
        self._wake = threading.Event()

    def open(self) -> Cursor:
        """Look whether the folders are there and can be written."""
        for name, folder in zip(self.account.folders, self._folders, strict=True):
            if not ((folder / "new").is_dir() and (folder / "cur").is_dir()):
                raise self._missing(name, folder)
        closed = [folder for folder in self._folders if not os.access(folder / "new", os.W_OK | os.X_OK)]
        self.limitations = tuple(f"{folder / 'new'} cannot be written: taken mail stays there" for folder in closed)
        return Cursor(uidvalidity=NO_SERVER, uid=0)

    def files(self) -> list[MailFile]:
        """Return every mail that is complete, by name. Raises Unavailable when a folder cannot be read."""
        return _in_order(file for folder in self._parts() for file in self._listed(folder).files.values())

    def unsettled(self) -> list[MailFile]:
        """Return the mails that are in new/, and those that `settle` was not told of; as `files` does."""
        found: list[MailFile] = []
        for folder in self._parts():
            listing = self._listed(folder)
            if self._wholly_settled.get(folder) is listing:
                continue
            left = [file for file in listing.files.values() if file.is_new or file.uid not in self._settled]
            found += left
            if not left:
                self._wholly_settled[folder] = listing
        return _in_order(found)

    def settle(self, files: Iterable[MailFile]) -> None:
        """Note that these mails need no second look of this session."""
        self._settled.update(file.uid for file in files)

    def arrived_since(self, file: MailFile, moment: datetime) -> bool | None:
        """Tell whether a mail was delivered at `moment` (UTC) or later; None when it is there no longer."""
        try:
            found = file.path.stat()
        except FileNotFoundError:
            return None
        # Nobody touches a mail in new/, so its last change is when it came; later only its content is as it was.
        arrived = found.st_ctime if file.is_new else found.st_mtime
        return arrived >= moment.timestamp()

    def fetch(self, files: Iterable[MailFile]) -> Iterator[Fetched]:
        """Yield those of `files` that are still where they were. Raises Unavailable for one that cannot be read."""
        for file in files:
            with contextlib.suppress(FileNotFoundError):  # seen, flagged or deleted meanwhile: the next look tells
                yield self._read(file)

    def uids(self) -> list[int]:
        """Return the number of every mail that is there."""
        return [file.uid for file in self.files()]

    def uids_between(self, since: datetime, until: datetime | None) -> list[int]:
        """Return the numbers of mail that was delivered from `since` on and before `until` (UTC; None: to the end)."""
        end = until.timestamp() if until else float("inf")
        found = []
        for file in self.files():
            with contextlib.suppress(FileNotFoundError):
                if since.timestamp() <= file.path.stat().st_mtime < end:
                    found.append(file.uid)
        return found

    def fetch_uids(self, uids: Sequence[int]) -> Iterator[Fetched]:
        """Yield the mails with these numbers that are there; raises as `fetch`."""
        wanted = frozenset(uids)
        return self.fetch([file for file in self.files() if file.uid in wanted])

    def keep(self, files: Iterable[MailFile]) -> None:
        """Move those of `files` that are in new/ to cur/, without a flag: nobody has read them."""
        for file in files:
            if file.is_new and not self.limitations:
                target = file.path.parent.parent / "cur" / f"{file.path.name.partition(':')[0]}:2,"
                with contextlib.suppress(FileNotFoundError), _writing(file.path):  # somebody else has moved it
                    file.path.rename(target)

    def remove(self, uids: Sequence[int]) -> frozenset[int]:
        """Delete these mails, and return those that are gone then."""
        wanted = frozenset(uids) if self.account.may_delete else frozenset()
        for file in self.files():
            if file.uid in wanted:
                with _writing(file.path):
                    file.path.unlink(missing_ok=True)
        return wanted.difference(self.uids())

    def wait(self, timeout: timedelta) -> bool:
        """Block until `timeout` passed or `interrupt` came; True when there may be mail."""
        is_interrupted = self._wake.wait(timeout.total_seconds())
        self._wake.clear()
        return not is_interrupted

    def interrupt(self) -> None:
        """End a `wait` from another thread, or the next one."""
        self._wake.set()

    def close(self) -> None:
        """Forget what was seen."""
        self._seen.clear()

    def check(self) -> str:
        """Look at every folder, and return one line about them."""
        self.open()
        waiting = sum(file.is_new for file in self.files())
        where = ", ".join(self.account.folders)
        return "; ".join((f"{self.account.path} {where}: {counted(waiting, 'new mail')}", *self.limitations))

    def _parts(self) -> Iterator[Path]:
        # In this order a mail that is moved meanwhile is seen twice, and never not at all.
        return (folder / part for folder in self._folders for part in ("new", "cur"))

    def _listed(self, folder: Path) -> _Listing:
        """Return the mails of one folder; it is only read again when it has changed."""
        known = self._seen.get(folder)
        try:
            changed_at = folder.stat().st_mtime_ns
            if known is not None and known.changed_at == changed_at:
                return known
            names = [
                entry.name
                for entry in os.scandir(folder)
                if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)
            ]
        except OSError as error:
            raise _unreadable(folder, error) from error
        before = known.files if known else {}
        is_new = folder.name == "new"
        files = {
            name: before.get(name) or MailFile(uid=_uid(name), path=folder / name, is_new=is_new) for name in names
        }
        is_settled = changed_at < time.time_ns() - SETTLED_NS
        self._seen[folder] = _Listing(changed_at if is_settled else -1, files)
        return self._seen[folder]

    def _read(self, file: MailFile) -> Fetched:
        try:
            with file.path.open("rb") as content:
                found = os.fstat(content.fileno())
                is_truncated = found.st_size > self.account.max_bytes
                raw = _header(content.read(MAX_HEADER_BYTES)) if is_truncated else content.read()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise _unreadable(file.path, error) from error
        return Fetched(
            uidvalidity=NO_SERVER,
            uid=file.uid,
            raw=raw,
            size=found.st_size if is_truncated else len(raw),
            received_at=datetime.fromtimestamp(found.st_mtime, UTC),
            is_truncated=is_truncated,
        )

    def _missing(self, name: str, folder: Path) -> Unavailable:
        there = [_name(child) for child in sorted(self.account.path.glob(".*")) if (child / "new").is_dir()]
        if (self.account.path / "new").is_dir():
            there.insert(0, "INBOX")
        parts = " ".join(str(folder / part) for part in ("new", "cur", "tmp"))
        remedy = f"Folders there: {', '.join(there)}." if there else f"Make it: mkdir -p {parts}"
        return Unavailable(f"{folder}: there is no Maildir for the folder {name}", remedy=remedy)


def _folder(root: Path, name: str) -> Path:
    """Return the folder for `name`, as Maildir++ has it: levels with dots, other characters as IMAP servers write them."""
    if name.upper() == "INBOX":
        return root
    return root / f".{utf7_encode(name.replace('/', '.')).decode('ascii')}"


def _in_order(files: Iterable[MailFile]) -> list[MailFile]:
    """Return each mail once, by name: of one that is seen twice the later place counts."""
    by_uid = {file.uid: file for file in files}
    return sorted(by_uid.values(), key=lambda file: file.path.name)


def _name(folder: Path) -> str:
    """Return how people write the name of a folder of a Maildir."""
    return utf7_decode(os.fsencode(folder.name[1:])).replace(".", "/")


def _uid(file_name: str) -> int:
    """Return the number of a mail: alike wherever it lies and whatever flags it has."""
    name = os.fsencode(file_name.partition(":")[0])
    return int(hashlib.sha256(name).hexdigest()[:UID_HEX_DIGITS], 16)


def _header(start: bytes) -> bytes:
    """Return the header block with which a mail starts."""
    ends = [place + len(end) for end in HEADER_END if (place := start.find(end)) >= 0]
    return start[: min(ends, default=len(start))]


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        remedy = "Let the user of the daemon write to the Maildir; the mail itself is taken."
        raise Unavailable(f"{path}: cannot be moved ({error.strerror})", remedy=remedy) from error


def _unreadable(path: Path, error: OSError) -> Unavailable:
    remedy = "Let the user of the daemon read the Maildir and all that is delivered into it."
    return Unavailable(f"{path}: cannot be read ({error.strerror})", remedy=remedy)

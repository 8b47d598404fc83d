"""E16: the disk is full, the disk fails, the database crashes: nothing is torn, and the work goes on."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path
from random import Random

from lab import strace
from lab.databases import found as migrate
from lab.desks import Furniture, furnish
from lab.experiment import Experiment, Findings, Setting, Trial
from lab.hosts import Host, imap_host, servers
from lab.ledger import Ledger, ledger, sha256
from lab.letterbox import letters
from lab.postgres import Postgres
from lab.process import DaemonProcess, eventually
from lab.smtpsink import SmtpSink

RESTARTS = 20
DISK_MB = 6
ROOM_AGAIN_MB = 60
FAILURES = {"EIO": ("pwrite64", "fdatasync", "pread64"), "ENOSPC": ("pwrite64", "ftruncate")}
FAILS_FOR = 40
"""System calls of one kind that fail in a row, for each thread."""
IMAP = "command_timeout_s = 20"
NO_FLOOR = "[limits]\nfree_space_bytes = 0\n"
FLOORS = {"a full disk": NO_FLOOR, "a disk below the floor": "[limits]\nfree_space_bytes = 2000000\n"}
REST_S = 150.0


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a file system of `DISK_MB` in memory."""
    folder.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(folder)], check=True, capture_output=True
    )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True, capture_output=True)


def can_mount(folder: Path) -> bool:
    """Tell whether this process may mount."""
    try:
        with small_disk(folder / "trial"):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def full_disk(setting: Setting, host: Host, name: str, floor: str) -> Trial:
    """Let mail come in until the disk is full, wait, and give the disk more room."""
    mails = letters(setting.random(name), setting.scaled(40, 300), largest=60_000)
    room = setting.room(name.replace(" ", "-"))
    with small_disk(room / "disk") as disk, SmtpSink() as sink:
        user, url = host.user(), f"sqlite:///{disk / 'desk.db'}"
        support = servers("support", user, sink.port, imap=IMAP)
        settings = furnish(room, Furniture(url=url, support=support, extra=floor))
        with DaemonProcess(settings) as daemon:
            daemon.wait_for_notice("READY=1")
            ballast = disk / "ballast"
            _fill(ballast, keep=600_000)
            user.append(*mails)
            eventually(lambda: _complains(daemon), "the disk to be full")
            time.sleep(setting.scaled(1, 10))
            is_alive = not daemon.is_over()
            size = f"size={ROOM_AGAIN_MB}m"
            subprocess.run(["mount", "-o", f"remount,{size}", str(disk)], check=True, capture_output=True)
            ballast.unlink()
            _rest(setting, daemon, url, len(mails))
        return _trial(name, url, sink, mails, 1, note="" if is_alive else "the daemon ended")


def _fill(ballast: Path, keep: int) -> None:
    """Take all but `keep` bytes of a file system."""
    free = shutil.disk_usage(ballast.parent).free
    ballast.write_bytes(bytes(max(0, free - keep)))


def _complains(daemon: DaemonProcess) -> bool:
    log = daemon.log.read_text(errors="replace").lower()
    return any(word in log for word in ("full", "no space", "space", "disk i/o"))


def failing_disk(setting: Setting, host: Host, error: str, call: str) -> Trial:
    """Let one kind of system call fail a number of times in a row, in the midst of the work."""
    name = f"{error} from {call}"
    rounds = setting.scaled(1, 6)
    mails = letters(setting.random(name), rounds * setting.scaled(6, 20), largest=20_000)
    chance, folder = setting.random(f"{name} when"), setting.room(f"{error}-{call}")
    with SmtpSink() as sink:
        user, url = host.user(), f"sqlite:///{folder / 'desk.db'}"
        settings = furnish(
            folder, Furniture(url=url, support=servers("support", user, sink.port, imap=IMAP), extra=NO_FLOOR)
        )
        with DaemonProcess(settings) as daemon:
            daemon.wait_for_notice("READY=1")
            for number in range(rounds):
                lot = mails[len(mails) * number // rounds : len(mails) * (number + 1) // rounds]
                _let_fail(daemon, chance, error, call, lambda lot=lot: user.append(*lot))  # type: ignore[misc]
            _rest(setting, daemon, url, len(mails))
        return _trial(name, url, sink, mails, rounds)


def _let_fail(daemon: DaemonProcess, chance: Random, error: str, call: str, meanwhile: Callable[[], object]) -> None:
    first = chance.randint(1, 30)
    inject = f"inject={call}:error={error}:when={first}..{first + FAILS_FOR}"
    command = ["strace", "-f", "-p", str(daemon.pid), "-e", f"trace={call}", "-e", inject, "-o", "/dev/null"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as watcher:
        assert watcher.stderr is not None
        watcher.stderr.readline()  # "Process … attached"
        meanwhile()
        time.sleep(3)
        watcher.terminate()
        watcher.wait(20)


def crashing_database(setting: Setting, host: Host) -> Trial:
    """Crash PostgreSQL again and again while mail comes in."""
    restarts = setting.scaled(1, RESTARTS)
    mails = letters(setting.random("restarts"), setting.scaled(10, 400), largest=8_000)
    chance, server = setting.random("when"), Postgres.create()
    try:
        server.start()
        migrate(server.url())
        with SmtpSink() as sink:
            user = host.user()
            support = servers("support", user, sink.port, imap=IMAP)
            settings = furnish(setting.room("postgres"), Furniture(url=server.url(), support=support, extra=NO_FLOOR))
            with DaemonProcess(settings) as daemon:
                daemon.wait_for_notice("READY=1")
                for number in range(restarts):
                    user.append(*mails[len(mails) * number // restarts : len(mails) * (number + 1) // restarts])
                    time.sleep(chance.uniform(0.2, 1.5))
                    server.stop("immediate")
                    time.sleep(chance.uniform(0, 1))
                    server.start()
                _rest(setting, daemon, server.url(), len(mails))
            return _trial("PostgreSQL crashes and starts again", server.url(), sink, mails, restarts)
    finally:
        server.destroy()


def _rest(setting: Setting, daemon: DaemonProcess, url: str, count: int) -> None:
    """Wait until all is filed and sent, and end the daemon."""
    with ledger(url) as book:

        def rests() -> bool:
            return sum(book.states().values()) >= count and not (book.waiting() or book.unsent())

        try:
            eventually(rests, "rest", timeout_s=REST_S)
        except AssertionError:
            setting.tell(f"it did not come to rest: {book.states()}, {book.unsent()} unsent; {daemon.tail()[-600:]}")
    daemon.stop()


def _trial(what: str, url: str, sink: SmtpSink, mails: list[bytes], times: int, note: str = "") -> Trial:
    with ledger(url) as book:
        filed, sent = book.activities(), _sent(sink)
        uncertain = book.number("SELECT count(*) FROM outbox WHERE state = 'uncertain'")
        unsent = book.number("SELECT count(*) FROM outbox WHERE state NOT IN ('sent', 'uncertain')")
        torn = _torn(book, url)
    doubled = sum(count - 1 for count in filed.values()) + sum(count - 1 for count in sent.values())
    note = "; ".join(filter(None, (f"{len(mails)} mails, {uncertain} answers of an unknown outcome", note, torn)))
    lost = len({sha256(one) for one in mails} - set(filed)) + unsent
    return Trial(what=what, times=times, lost=lost, doubled=doubled + (1 if torn else 0), note=note)


def _torn(book: Ledger, url: str) -> str:
    """Say what is torn in a database, or nothing."""
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if found != "ok":
            return f"torn: {found}"
    return f"{book.orphans()} things hang in the air" if book.orphans() else ""


def _sent(sink: SmtpSink) -> Counter[str]:
    return Counter(str(message_from_bytes(taken.raw)["Message-ID"]) for taken in sink.taken)


def run(setting: Setting) -> Findings:
    """Try each kind of trouble that can be made here."""
    trials, omitted = [], []
    with imap_host() as host:
        if os.geteuid() == 0 and can_mount(setting.folder):
            chosen = setting.scaled(list(FLOORS)[:1], list(FLOORS))
            trials += [full_disk(setting, host, name, FLOORS[name]) for name in chosen]
            setting.tell("full disks: done")
        else:
            omitted.append("A full disk: only root can mount a small one.")
        if strace.is_there():
            chosen = [(error, call) for error, calls in FAILURES.items() for call in calls]
            for error, call in setting.scaled(chosen[:1], chosen):
                trials.append(failing_disk(setting, host, error, call))
                setting.tell(f"{error} from {call}: done")
        else:
            omitted.append("A failing disk: strace is not installed.")
        trials.append(crashing_database(setting, host))
        return Findings(trials=tuple(trials), where=f"{host.name}, SQLite and PostgreSQL", omitted=tuple(omitted))


EXPERIMENT = Experiment(
    name="E16",
    promise="G17",
    title="A full disk, a failing disk or a crashed database tears nothing, and the work goes on",
    how=(
        f"The database is on a file system of {DISK_MB} MB that fills up, with and without the floor at which mail is no longer "
        "fetched, and later gets room again. System calls of the daemon fail with EIO and ENOSPC. PostgreSQL is stopped as by a "
        f"crash and started again, {RESTARTS} times, while mail comes in. The daemon is never restarted. Lost: a mail without "
        "an activity, or not sent. Doubled: more than once, or SQLite's integrity check finds something."
    ),
    run=run,
    lasts_s=150,
)

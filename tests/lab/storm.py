"""A storm of kills: a desk takes mails in while its daemon is killed again and again, and what is left afterwards.

Two desks weather it side by side, one that marks what it took and one that moves it. Mails come in all the while. A kill
falls at a random moment of the start or of the work, or just before a chosen system call. At the end a daemon whose
clock is two hours ahead, so that no retry is waited for, does what is left; what died in three kills is held by then, and
is asked for again by command, as a person would.
"""

import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from random import Random

from lab import strace
from lab.desks import Furniture, furnish
from lab.experiment import Scale, Setting
from lab.hosts import Host, imap_host, servers
from lab.imapserver import ImapServer
from lab.ledger import ledger, sha256
from lab.letterbox import letters
from lab.process import DaemonProcess, eventually, left_behind, mailcase
from lab.smtpsink import SmtpSink

AFTERWARDS = {"keyword": "INBOX", "move": "Mailcase"}
"""What the daemon does on the server, and the folder where it does it."""
KEYWORD = "$MailcaseStored"
STRUCK = "killed before the Nth"
START_S = 2.5
WORK_S = 0.7
LATER = timedelta(hours=2)
"""Longer than the pause before the last attempt at a mail, and than the longest lease."""


@dataclass(kw_only=True)
class Weathered:
    """What one desk was put through, and what is left."""

    after: str
    """Of `AFTERWARDS`."""
    sent: Counter[str]
    """SHA-256 of the mails that came in; all counters of mails are by that."""
    kills: Counter[str] = field(default_factory=Counter)
    """By the way of killing."""
    on_server: Counter[str] = field(default_factory=Counter)
    stored: Counter[str] = field(default_factory=Counter)
    activities: Counter[str] = field(default_factory=Counter)
    cases: int = 0
    orphans: int = 0
    too_early: int = 0
    """Mails that were marked or moved on the server, and not in the database, as seen between two lives."""
    looks: int = 0
    """How often that was looked at."""
    survivors: int = 0
    """Processes of dead daemons that still ran after the end."""
    retried_by_hand: int = 0
    told_twice: int = 0
    """Automatic mails that the sink has more than once."""


_weathered: dict[tuple[Scale, int], tuple[str, list[Weathered]]] = {}


def weather(setting: Setting) -> tuple[str, list[Weathered]]:
    """Return where it was, and what is left of each desk; one storm serves all experiments of the same scale and seed."""
    key = (setting.scale, setting.seed)
    if key not in _weathered:
        mails, kills, ways = setting.scaled((12, 2, ["move"]), (250, 100, list(AFTERWARDS)))
        with imap_host() as host, ThreadPoolExecutor(len(ways)) as pool:
            storms = [Storm(setting=setting, host=host, after=after) for after in ways]
            _weathered[key] = host.name, list(pool.map(lambda storm: storm.weather(mails, kills), storms))
    return _weathered[key]


@dataclass(kw_only=True)
class Storm:
    """One desk on its way."""

    setting: Setting
    host: Host
    after: str
    """Of `AFTERWARDS`."""

    def __post_init__(self) -> None:
        self.folder = self.setting.room(self.after)
        self.url = f"sqlite:///{self.folder / 'desk.db'}"
        self.chance: Random = self.setting.random(f"storm {self.after}")
        self.user: ImapServer = self.host.user()

    def weather(self, count: int, kills: int) -> Weathered:
        """Let `count` mails come in during `kills` lives, and then one more life do the rest."""
        mails = letters(self.chance, count)
        left = Weathered(after=self.after, sent=Counter(map(sha256, mails)))
        with SmtpSink() as sink:
            imap = f'after_filing = "{self.after}"\ncommand_timeout_s = 20'
            support = servers("support", self.user, sink.port, imap=imap)
            self.settings = furnish(self.folder, Furniture(url=self.url, support=support))
            for number in range(kills):
                some = mails[count * number // kills : count * (number + 1) // kills]
                left.kills[self._live_and_die(some)] += 1
                if number % 10 == 9 or number == kills - 1:
                    self._look(left)
                    self.setting.tell(f"{self.after}: {number + 1} kills")
            self._finish(left)
            ids = Counter(message_from_bytes(taken.raw)["Message-ID"] for taken in sink.taken)
            left.told_twice = sum(times - 1 for times in ids.values())
        return left

    def _live_and_die(self, mails: Sequence[bytes]) -> str:
        """Start a daemon, let mails come in, and kill it; return how."""
        with DaemonProcess(self.settings) as daemon:
            if self.chance.random() < 0.15:
                self.user.append(*mails)
                time.sleep(self.chance.uniform(0, START_S))
                daemon.kill()
                return "kill -9 while it starts"
            daemon.wait_for_notice("READY=1")
            if strace.is_there() and self.chance.random() < 0.5:
                return self._die_at_a_call(daemon, mails)
            moment = time.monotonic() + self.chance.uniform(0, WORK_S)
            self.user.append(*mails)
            time.sleep(max(0.0, moment - time.monotonic()))
            daemon.kill()
            return "kill -9 while it works"

    def _die_at_a_call(self, daemon: DaemonProcess, mails: Sequence[bytes]) -> str:
        call = self.chance.choice(list(strace.CALLS))
        number = self.chance.randint(1, strace.CALLS[call])
        with strace.killing(daemon.pid, call, number):
            self.user.append(*mails)
            with contextlib.suppress(AssertionError):
                eventually(daemon.is_over, "the call", timeout_s=2)
        if daemon.is_over():
            return f"{STRUCK} {call}"
        daemon.kill()
        return "kill -9 while it works"

    def _look(self, left: Weathered) -> None:
        """Compare what the server was told with what is stored."""
        if self.after == "keyword" and not self.user.has_keywords:
            return
        criterion = f"KEYWORD {KEYWORD}" if self.after == "keyword" else "ALL"
        told = self.user.hashes(AFTERWARDS[self.after], criterion)
        left.looks += 1
        if told:
            with ledger(self.url) as found:
                left.too_early += (told - found.hashes()).total()

    def _finish(self, left: Weathered) -> None:
        """Let a last daemon do what is left, ask for what is held, and count."""
        with DaemonProcess(self.settings, ahead=LATER) as daemon, ledger(self.url) as found:
            daemon.wait_for_notice("READY=1")
            eventually(lambda: len(found.hashes()) >= len(left.sent) and not found.waiting(), "all mails")
            for (held,) in found.rows("SELECT id FROM inbox WHERE state = 'held'"):
                done = mailcase("--config", str(self.settings), "inbox", "retry", str(held))
                assert done.returncode == 0, done.stderr
                left.retried_by_hand += 1
            eventually(lambda: not (found.waiting() or found.unsent()), "everything is done")
            daemon.stop()
            left.stored, left.activities = found.hashes(), found.activities()
            left.cases, left.orphans = found.number("SELECT count(*) FROM cases"), found.orphans()
        with contextlib.suppress(AssertionError):
            eventually(lambda: not left_behind(self.settings), "nothing of them runs", timeout_s=10)
        left.survivors = len(left_behind(self.settings))
        folders = {"INBOX", AFTERWARDS[self.after]}
        left.on_server = sum((self.user.hashes(folder) for folder in folders), Counter())

"""E17: three daemons share one PostgreSQL, and are stopped, woken and killed while mail comes in."""

import contextlib
import os
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from random import Random

from lab.databases import found as migrate
from lab.desks import Furniture, furnish
from lab.experiment import Experiment, Figure, Findings, Load, Setting, Trial
from lab.hosts import imap_host, servers
from lab.imapserver import ImapServer
from lab.inside import GENUINE
from lab.ledger import Ledger, ledger, sha256
from lab.letterbox import letters
from lab.mails import ANNA, mail
from lab.postgres import Postgres
from lab.process import DaemonProcess, eventually
from lab.smtpsink import SmtpSink

DAEMONS = 3
MAILS = 2_000
IN_FLIGHT = 2
"""Mails that a daemon sends at the same moment: it has two connections."""
WITHIN_S = 60.0
"""Others carry on within a minute."""
FAILURE = re.compile(r"^.*(?:thread|tick|inbox)\.failed.*(?:\n(?!\d{4}-).*){0,60}", re.MULTILINE)
"""What the log of a daemon says of an error that nobody expected, with its traceback."""
ASLEEP_S = (45.0, 65.0)
"""Longer than any lease."""
IMAP = "command_timeout_s = 20\nidle_s = 30"
LIMITS = "[limits]\nacknowledgements_per_hour = 1000000\nacknowledgements_per_domain_hour = 1000000\noutgoing_per_day = 1000000\n"


@dataclass(kw_only=True)
class Desk:
    """A desk on PostgreSQL with its daemons, some of which may be asleep."""

    settings: Path
    user: ImapServer
    sink: SmtpSink
    chance: Random
    stack: contextlib.ExitStack
    daemons: list[DaemonProcess] = field(default_factory=list)
    asleep: dict[int, float] = field(default_factory=dict)
    """By process, until when."""
    done: Counter[str] = field(default_factory=Counter)
    """What was done to daemons."""
    delivered: dict[str, datetime] = field(default_factory=dict)
    """When each mail came to the server, by its SHA-256."""
    answered: set[str] = field(default_factory=set)
    """Message-IDs of notices that Anna has answered."""

    def start(self) -> DaemonProcess:
        daemon = self.stack.enter_context(DaemonProcess(self.settings))
        self.daemons.append(daemon)
        return daemon

    def deliver(self, mails: list[bytes]) -> None:
        """Put mails on the server."""
        self.user.append(*mails)
        now = datetime.now(UTC)
        self.delivered |= {sha256(one): now for one in mails}

    def answer(self, at_most: int) -> None:
        """Let Anna answer some of the notices that reached her."""
        replies = []
        for taken in tuple(self.sink.taken):
            if "anna@" not in taken.recipients[0] or len(replies) == at_most:
                continue
            told = message_from_bytes(taken.raw, policy=policy.default)
            number = str(told["Message-ID"]).strip("<>")
            if "New:" in str(told["Subject"]) and number not in self.answered:
                self.answered.add(number)
                replies.append(_reply(number, len(self.answered)))
        if replies:
            self.deliver(replies)

    def disturb(self) -> None:
        """Stop or kill a daemon that is awake, as long as one is left, and wake those who have slept enough."""
        self.wake(time.monotonic())
        awake = [one for one in self.daemons if one.pid not in self.asleep]
        if len(awake) < 2:
            return
        victim = self.chance.choice(awake)
        if self.chance.random() < 0.5:
            os.kill(victim.pid, signal.SIGSTOP)
            self.asleep[victim.pid] = time.monotonic() + self.chance.uniform(*ASLEEP_S)
            self.done["SIGSTOP for 45 to 65 s, then SIGCONT"] += 1
            return
        victim.kill()
        self.daemons.remove(victim)
        self.done["kill -9"] += 1
        self.start()

    def nap(self) -> None:
        """Stop a daemon for a second."""
        victim = self.chance.choice(self.daemons)
        os.kill(victim.pid, signal.SIGSTOP)
        time.sleep(1)
        os.kill(victim.pid, signal.SIGCONT)
        self.done["SIGSTOP for 1 s, then SIGCONT"] += 1

    def wake(self, until: float) -> None:
        """Let those go on who were to sleep until `until` on the monotonic clock."""
        for pid in [pid for pid, end in self.asleep.items() if end <= until]:
            del self.asleep[pid]
            os.kill(pid, signal.SIGCONT)


def _reply(answered: str, number: int) -> bytes:
    ids = {"In-Reply-To": f"<{answered}>", "References": f"<{answered}>"}
    raw = mail(
        f"Dear customer, this is answer {number}.\n",
        sender=ANNA,
        message_id=f"<a{number}@northwind.example>",
        headers=ids,
    )
    return GENUINE.encode() + raw


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL with an empty desk in it, and yield its URL."""
    server = Postgres.create()
    try:
        server.start()
        migrate(server.url())
        yield server.url()
    finally:
        server.destroy()


def run(setting: Setting) -> Findings:
    """Let mail come in, disturb the daemons, and count what came of it."""
    count = setting.scaled(45, MAILS)
    mails = letters(setting.random("mails"), count, largest=8_000)
    with contextlib.ExitStack() as stack:
        url = stack.enter_context(postgres())
        host, sink = stack.enter_context(imap_host()), stack.enter_context(SmtpSink())
        user = host.user()
        support = servers("support", user, sink.port, imap=IMAP)
        settings = furnish(setting.room("desk"), Furniture(url=url, support=support, extra=LIMITS))
        desk = Desk(settings=settings, user=user, sink=sink, chance=setting.random("chance"), stack=stack)
        for daemon in [desk.start() for _ in range(DAEMONS)]:
            daemon.wait_for_notice("READY=1")
        with ledger(url) as book:
            _storm(setting, desk, mails)
            desk.wake(float("inf"))
            _come_to_rest(setting, desk, book)
            return _findings(desk, book, f"{host.name}, PostgreSQL, {DAEMONS} daemons")


def _storm(setting: Setting, desk: Desk, mails: list[bytes]) -> None:
    """Deliver the mails in lots; after each one a few answers, and now and then a blow."""
    lots = setting.scaled(3, 80)
    for number in range(lots):
        desk.deliver(mails[len(mails) * number // lots : len(mails) * (number + 1) // lots])
        if setting.scaled(True, False):
            desk.nap()
        elif number % 4 == 3:
            desk.disturb()
        desk.answer(at_most=2)
        time.sleep(setting.scaled(1.0, 3.0))
        if number % 10 == 9:
            setting.tell(f"{number + 1} of {lots} lots, {desk.done.total()} blows, {len(desk.asleep)} asleep")


def _come_to_rest(setting: Setting, desk: Desk, book: Ledger) -> None:
    """Wait until everything that was delivered is filed and nothing is left to be sent."""

    def rests() -> bool:
        return not (book.waiting() or book.unsent() or book.number("SELECT count(*) FROM inbox") < len(desk.delivered))

    try:
        eventually(rests, "rest", timeout_s=setting.scaled(90, 300))
    except AssertionError:
        setting.tell("it did not come to rest")
    for daemon in desk.daemons:
        daemon.stop()


def _findings(desk: Desk, book: Ledger, where: str) -> Findings:
    filed, sent = book.activities(), _sent(desk.sink)
    made = dict(book.rows("SELECT message_id, authorship FROM outbox"))
    uncertain = book.number("SELECT count(*) FROM outbox WHERE state = 'uncertain'")
    stuck = book.number("SELECT count(*) FROM outbox WHERE state NOT IN ('sent', 'uncertain')")
    automatic = {key for key, who in made.items() if who == "automatic"}
    human = set(made) - automatic
    blows = desk.done.total()
    note = ", ".join(f"{times} times {what}" for what, times in sorted(desk.done.items()))
    again = sum(sent[key] - 1 for key in human if sent[key] > 1)
    return Findings(
        trials=(
            Trial(
                what="mails taken in by three daemons",
                times=len(desk.delivered),
                lost=len(set(desk.delivered) - set(filed)),
                doubled=sum(times - 1 for times in filed.values()) + book.orphans(),
                late=sum(wait > WITHIN_S for wait in _waits(desk, book)),
                note=note,
            ),
            Trial(
                what="automatic mails sent",
                times=len(automatic),
                lost=max(0, len(automatic - set(sent)) - uncertain) + stuck,
                doubled=sum(sent[key] - 1 for key in automatic if sent[key] > 1),
                note=f"{uncertain} of an unknown outcome, at most two for each blow",
            ),
            Trial(
                what="answers of people sent",
                times=len(human),
                lost=len(human - set(sent)),
                doubled=max(0, again - blows * IN_FLIGHT),
                note=f"{again} came twice with the same bytes, at most two for each blow",
            ),
        ),
        figures=(
            Figure(
                name="longest way from the server into a case",
                value=max(_waits(desk, book)),
                unit="s",
                at_most=WITHIN_S,
            ),
        ),
        where=where,
        faults=_faults(desk, uncertain, blows),
    )


def _faults(desk: Desk, uncertain: int, blows: int) -> tuple[str, ...]:
    bytes_of: dict[str, set[str]] = {}
    for taken in desk.sink.taken:
        bytes_of.setdefault(_message_id(taken.raw), set()).add(sha256(taken.raw))
    changed = sum(len(found) > 1 for found in bytes_of.values())
    found = [f"{changed} mails came twice with other bytes."] if changed else []
    found += [f"{uncertain} mails of an unknown outcome after {blows} blows."] if uncertain > blows * IN_FLIGHT else []
    failures = [one for daemon in desk.daemons for one in FAILURE.findall(daemon.log.read_text(errors="replace"))]
    return (*found, *(f"In the log of a daemon: {one}" for one in failures[:5]))


def _waits(desk: Desk, book: Ledger) -> list[float]:
    """Return how long each mail took from the server into a case, in seconds."""
    rows = book.rows("SELECT sha256, settled_at FROM inbox WHERE state = 'filed'")
    return [(at - desk.delivered[key]).total_seconds() for key, at in rows if key in desk.delivered]


def _sent(sink: SmtpSink) -> Counter[str]:
    return Counter(_message_id(taken.raw) for taken in sink.taken)


def _message_id(raw: bytes) -> str:
    return str(message_from_bytes(raw)["Message-ID"]).strip("<>")


EXPERIMENT = Experiment(
    name="E17",
    promise="G18",
    title="Daemons that share a database carry on for one that is stopped or killed",
    how=(
        f"{DAEMONS} daemons on one PostgreSQL; {MAILS:,} mails come in over some minutes, and an agent answers some. All the while "
        "daemons are killed and started anew, or stopped for longer than any lease and woken again. Lost: a mail without an "
        "activity, or a mail that was not sent. Doubled: two activities, or an automatic mail that came twice; a person's mail "
        "may come twice, with the same bytes, for each blow. Late: more than a minute from the server into a case."
    ),
    run=run,
    lasts_s=290,
    load=Load.WORKS,
)

"""E6: hostile mails among those of customers delay these little, and end as a case or as held mail."""

import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from statistics import quantiles

from lab import hostile
from lab.desks import Furniture, furnish
from lab.experiment import Experiment, Figure, Findings, Load, Setting, Trial
from lab.hosts import Host, imap_host, servers
from lab.ledger import Ledger, ledger, sha256
from lab.letterbox import letters
from lab.process import DaemonProcess, eventually
from lab.smtpsink import SmtpSink
from mailcase.domain.inbox import InboxMessage, InboxState
from mailcase.store import inbox

LARGEST_BOMB = 8_000_000
"""Larger ones take the disk more time than they take us: what is past the limit of 35 MB is never fetched whole."""
EVERY_S = 0.15
"""How often a mail comes: about as fast as one can be filed on a small machine."""
AT_MOST_TIMES = 2.0
TURNS = 6
SETTLE_S = 15.0
"""Longer than reading any one mail may take."""


@dataclass(kw_only=True)
class Outcome:
    """What became of one stream of mails."""

    delays_s: list[float] = field(default_factory=list)
    """Of customers' mails, from the server to the case."""
    unfiled: int = 0
    doubled: int = 0
    bombs: dict[str, int] = field(default_factory=dict)
    """How the others ended: by state, and how often."""

    @property
    def p95_s(self) -> float:
        return quantiles(self.delays_s, n=20)[-1]


def run(setting: Setting) -> Findings:
    """Let the same customers' mails come in without bombs and with them, in turns, so that what else goes on slows both."""
    good, bad = setting.scaled((18, 2), (270, 30))
    bombs = _bombs(setting, bad)
    with imap_host() as host, SmtpSink() as sink, ExitStack() as stack:
        streams = []
        for some in ({}, bombs):
            stream = Stream(setting=setting, host=host, smtp_port=sink.port, good=good, bombs=some)
            stack.enter_context(stream.daemon)
            stream.daemon.wait_for_notice("READY=1")
            streams.append(stream)
        turns = setting.scaled(2, TURNS)
        for number in range(turns):
            for stream in streams:
                stream.send(number, turns)
            setting.tell(f"{number + 1} of {turns} turns")
        without, among = (stream.outcome() for stream in streams)
        setting.tell(f"p95 {without.p95_s:.2f} s, among {bad} bombs {among.p95_s:.2f} s; {among.bombs}")
    times = among.p95_s / without.p95_s
    at_most = setting.scaled(None, AT_MOST_TIMES)  # of 18 mails the p95 is a matter of luck
    ended = ", ".join(f"{number} {state}" for state, number in sorted(among.bombs.items()))
    return Findings(
        trials=(
            Trial(what="customers' mail without bombs", times=good, lost=without.unfiled, doubled=without.doubled),
            Trial(what="customers' mail among bombs", times=good, lost=among.unfiled, doubled=among.doubled),
            Trial(what="bomb", times=bad, lost=bad - sum(among.bombs.values()), note=ended),
        ),
        figures=(
            Figure(name="p95 of the delay without bombs", value=without.p95_s, unit="s"),
            Figure(name="p95 of the delay among bombs", value=among.p95_s, unit="s"),
            Figure(name="p95 among bombs to p95 without", value=times, unit="times", at_most=at_most),
        ),
        where=f"{host.name}, SQLite",
    )


def _bombs(setting: Setting, number: int) -> dict[str, bytes]:
    """Choose bombs that an IMAP server takes: without NUL (RFC 9051 section 9), and not empty."""
    names = list(hostile.MAILS)
    setting.random("bombs").shuffle(names)
    made = ((name, hostile.MAILS[name]()) for name in names)
    fit = ((name, raw) for name, raw in made if raw.strip() and b"\0" not in raw and len(raw) <= LARGEST_BOMB)
    return dict(islice(fit, number))


@dataclass(kw_only=True)
class Stream:
    """A desk that mails come to, one after the other."""

    setting: Setting
    host: Host
    smtp_port: int
    good: int
    bombs: dict[str, bytes]
    came: dict[str, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mails = letters(self.setting.random("letters"), self.good)
        self.order = [*self.mails, *self.bombs.values()]
        self.setting.random("order").shuffle(self.order)
        self.user = self.host.user()
        folder = self.setting.room(f"{len(self.bombs)}-bombs")
        self.url = f"sqlite:///{folder / 'desk.db'}"
        support = servers("support", self.user, self.smtp_port)
        self.daemon = DaemonProcess(furnish(folder, Furniture(url=self.url, support=support)))

    def send(self, turn: int, turns: int) -> None:
        """Let a part of the mails come in, and wait a while until they are decided: the other desk then has the machine."""
        began, size = time.monotonic(), len(self.order)
        with self.user.client() as client:
            for number, raw in enumerate(self.order[size * turn // turns : size * (turn + 1) // turns]):
                time.sleep(max(0.0, began + number * EVERY_S - time.monotonic()))
                status, answer = client.append("INBOX", None, None, raw)
                assert status == "OK", answer
                self.came[sha256(raw)] = datetime.now(UTC)
        with ledger(self.url) as found, suppress(AssertionError):
            eventually(lambda: self._is_decided(found), "what came is decided", SETTLE_S)

    def outcome(self) -> Outcome:
        """Wait until each mail is decided, and return what became of them."""
        with ledger(self.url) as found:
            eventually(lambda: self._is_decided(found), f"all: {self.daemon.tail()}", 300)
            self.daemon.stop()
            return _judge(found, self.came, {sha256(raw) for raw in self.mails})

    def _is_decided(self, found: Ledger) -> bool:
        return found.states().total() == len(self.came) and not found.waiting()


def _judge(found: Ledger, came: dict[str, datetime], good: set[str]) -> Outcome:
    with found.database.read() as tx:
        rows = inbox.find(tx, limit=10_000)
    outcome = Outcome()
    for row in rows:
        if row.sha256 in good:
            outcome.delays_s.append(_delay_s(row, came[row.sha256]))
        else:
            outcome.bombs[str(row.state)] = outcome.bombs.get(str(row.state), 0) + 1
    filed = {row.sha256 for row in rows if row.state is InboxState.FILED}
    outcome.unfiled = len(good - filed)
    activities = found.activities()
    outcome.doubled = sum(activities[one] - 1 for one in good & filed)
    return outcome


def _delay_s(row: InboxMessage, came_at: datetime) -> float:
    assert row.settled_at is not None, f"mail {row.id} was decided"
    return (row.settled_at - came_at).total_seconds()


EXPERIMENT = Experiment(
    name="E6",
    promise="G6",
    title="Poison never blocks",
    how=(
        f"Customers' mails come in, one each {EVERY_S:g} seconds, and to another desk the same with hostile mails among them, one "
        "in ten, in turns: endless nesting, fields, parts, tags, broken encodings and charsets. Lost: a customer's mail that is not filed, or a "
        "bomb that ended neither as a case nor held nor skipped. The p95 of the delay from server to case may double."
    ),
    run=run,
    lasts_s=130,
    load=Load.MEASURES,
)

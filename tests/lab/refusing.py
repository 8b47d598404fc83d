"""SMTP servers that refuse in every way, and the desk whose agent answers through each of them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lab.desks import Furniture, furnish
from lab.experiment import Setting
from lab.hosts import Host, mailbox
from lab.imapserver import ImapServer
from lab.ledger import Ledger, ledger
from lab.process import DaemonProcess
from lab.smtpsink import Script, SmtpSink
from mailcase.domain.outbox import OutboxMessage
from mailcase.store import outbox

LIMITS = "[limits]\nacknowledgements_per_hour = 100000\noutgoing_per_day = 100000\nmails_per_sender_hour = 100000\n"
OWN = 'return_path = "token"'
CREDENTIALS = 'username = "desk"\npassword = "wrong"'
CALENDARS = """\
calendars:
  always:
    time_zone: UTC
    hours: {mon-sun: "00:00-24:00"}
"""
SLA = """\
default: standard
slas:
  standard:
    calendar: always
    items:
      - {name: first response, kpi: first_response, fail_after: 200h}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How one server answers, and what has to come of it."""

    what: str
    script: Script
    is_final: bool = False
    """Refused at once, without another try."""
    sent_after: int = 0
    """The number of the attempt that succeeds; 0 for none."""
    asks_for_rest: bool = False
    """By 421, or 4.7.x before a recipient is named: the whole account rests then."""
    smtp: str = ""


KINDS = {
    "greylisted": Kind(what="451 at RCPT", script={"rcpt": "451 4.7.1 greylisted, come back later"}),
    "throttled": Kind(what="450 at MAIL", script={"mail": "450 4.7.28 too fast"}, asks_for_rest=True),
    "full": Kind(what="452 at RCPT", script={"rcpt": "452 4.2.2 mailbox full"}),
    "many": Kind(what="552 at RCPT: too many recipients", script={"rcpt": "552 too many recipients"}),
    "closing": Kind(what="421 at MAIL", script={"mail": "421 4.3.2 shutting down"}, asks_for_rest=True),
    "login": Kind(what="535 at AUTH", script={"auth": "535 5.7.8 wrong password"}, smtp=CREDENTIALS),
    "text": Kind(what="451 after the text", script={"dot": "451 4.3.0 try again"}),
    "unknown": Kind(what="550 at RCPT", script={"rcpt": "550 5.1.1 no such user"}, is_final=True),
    "quota": Kind(what="552 at RCPT: over quota", script={"rcpt": "552 5.2.2 over quota"}, is_final=True),
    "spam": Kind(what="554 after the text", script={"dot": "554 5.7.1 we think that is spam"}, is_final=True),
    "later": Kind(what="451 once, then taken", script={"rcpt": ["451 4.2.1 later", "250 ok"]}, sent_after=2),
}


@dataclass(kw_only=True)
class Box:
    """A mailbox whose server is of one kind, and the answer that an agent sends from it."""

    name: str
    kind: Kind
    user: ImapServer
    sink: SmtpSink
    thread: str = ""
    """Message-ID of the notice that the agent answers."""
    tried_at: list[datetime] = field(default_factory=list)
    """On the desk's clock."""

    @property
    def address(self) -> str:
        return f"{self.name}@northwind.example"


@dataclass(kw_only=True)
class Desk:
    """The desk, its daemon and its clock."""

    found: Ledger
    daemon: DaemonProcess
    clock: Path
    boxes: list[Box]
    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def move_clock_to(self, moment: datetime) -> None:
        """Put the desk's clock forward."""
        self.ahead += max(timedelta(0), moment - self.now())
        write_clock(self.clock, self.ahead)

    def answers(self) -> dict[str, OutboxMessage]:
        """Return the agent's answer of each box, once it is frozen."""
        with self.found.database.read() as tx:
            rows = outbox.find(tx, limit=10_000)
        return {row.mailbox: row for row in rows if row.template == "customer/replied"}

    def templates(self, box: Box) -> list[str]:
        """Return what was written to agents about the answer of a box, the first notice first."""
        query = "SELECT template FROM outbox WHERE template LIKE 'agent/delivery%' AND mailbox = "
        return [template for (template,) in self.found.rows(f"{query}'{box.name}' ORDER BY id")]


def write_clock(path: Path, ahead: timedelta) -> None:
    """Write the file that the daemon's clock is read from, in one step."""
    new = path.with_suffix(".new")
    new.write_text(str(ahead.total_seconds()))
    new.replace(path)


@contextmanager
def refused_desk(setting: Setting, host: Host) -> Iterator[Desk]:
    """Yield a desk at work with a mailbox for each kind of server."""
    folder = setting.room("desk")
    clock = folder / "clock"
    write_clock(clock, timedelta(0))
    url = f"sqlite:///{folder / 'desk.db'}"
    with ExitStack() as stack:
        boxes = [
            Box(name=name, kind=kind, user=host.user(), sink=stack.enter_context(SmtpSink()))
            for name, kind in KINDS.items()
        ]
        extra = "".join(mailbox(box.name, box.user, box.sink.port, own=OWN, smtp=box.kind.smtp) for box in boxes)
        furniture = Furniture(url=url, rules={"sla.yaml": SLA, "calendars.yaml": CALENDARS}, extra=LIMITS + extra)
        daemon = stack.enter_context(DaemonProcess(furnish(folder, furniture), ahead=clock))
        daemon.wait_for_notice("READY=1")
        yield Desk(found=stack.enter_context(ledger(url)), daemon=daemon, clock=clock, boxes=boxes)
        daemon.stop()

"""E8: the line to the SMTP server is cut, or the daemon killed, at every phase of handing a mail over."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import partial
from pathlib import Path
from random import Random

from lab.desks import Furniture, furnish
from lab.experiment import Experiment, Findings, Setting, Trial
from lab.hosts import Host, imap_host, mailbox
from lab.imapserver import ImapServer
from lab.ledger import Ledger, ledger
from lab.letterbox import letter
from lab.mails import ANNA, answer
from lab.process import DaemonProcess, eventually
from lab.smtpsink import CUT, PASS, RESET, STALL, SmtpSink

PHASES = {
    "connect": "before the greeting",
    "mail": "at MAIL",
    "rcpt": "at RCPT",
    "text": "in the midst of the text",
    "dot": "after the final dot",
}
"""Steps of the sink."""
HUMAN, AUTOMATIC = "human", "automatic"
TOLD = "SELECT count(*) FROM timeline WHERE cause = 'outbox {}' AND summary LIKE '%a second copy may arrive'"
LIMITS = "[limits]\nacknowledgements_per_hour = 100000\noutgoing_per_day = 100000\nmails_per_sender_hour = 100000\n"
BETWEEN_S = 120.0
"""How far the clock goes on with each mail: past the first pause between two tries, and as fast as a person writes."""
AT_LAST_S = 8 * 3600.0
"""Past every pause."""


@dataclass(kw_only=True)
class Box:
    """A mailbox whose way out is broken at one phase, for mails of one authorship."""

    name: str
    step: str
    authorship: str
    user: ImapServer
    sink: SmtpSink
    thread: str = ""
    """Message-ID of the notice that the agent answers."""

    def send_one(self, chance: Random, number: int) -> None:
        """Bring in a mail that makes the desk send one: an agent's answer, or a new customer's question."""
        address = f"{self.name}@northwind.example"
        if self.authorship == AUTOMATIC:
            return self.user.append(letter(chance, number, largest=2_000, to=address))
        words = f"Dear customer, this is answer {number}.\n"
        identity = f"<{number}.{self.name}@northwind.example>"
        return self.user.append(answer(self.thread, words, sender=ANNA, to=address, message_id=identity))


@dataclass(kw_only=True)
class Tally:
    """What became of the mails of one box."""

    mails: int = 0
    lost: int = 0
    doubled: int = 0
    changed: int = 0
    """Copies that differ from the frozen bytes."""
    untold: int = 0
    """Second copies that the timeline of the case does not mention."""
    copies: int = 0
    """Of a person's mail: second ones after a cut behind the dot, as promised."""
    unsure: int = 0
    """Automatic mails that were not sent again, since they may have arrived."""


@dataclass(kw_only=True)
class Desk:
    """One desk with a box for each phase and authorship."""

    folder: Path
    boxes: list[Box]
    chance: Random
    clock: Path = field(init=False)
    settings: Path = field(init=False)
    ahead_s: float = 0.0

    def __post_init__(self) -> None:
        self.clock = self.folder / "clock"
        self.move_clock(0)
        extra = "".join(mailbox(box.name, box.user, box.sink.port) for box in self.boxes)
        self.settings = furnish(self.folder, Furniture(url=self.url, extra=LIMITS + extra))

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'desk.db'}"

    def daemon(self) -> DaemonProcess:
        return DaemonProcess(self.settings, ahead=self.clock)

    def move_clock(self, by_s: float) -> None:
        """Put the daemon's clock forward."""
        self.ahead_s += by_s
        new = self.clock.with_suffix(".new")
        new.write_text(str(self.ahead_s))
        new.replace(self.clock)

    def open_cases(self, found: Ledger) -> None:
        """Let a customer write to each box whose agent will answer, and note what the agent answers to."""
        human = [box for box in self.boxes if box.authorship == HUMAN]
        for box in human:
            box.user.append(letter(self.chance, 0, to=f"{box.name}@northwind.example"))
        query = "SELECT mailbox, message_id FROM outbox WHERE template = 'agent/new_case' AND state = 'sent'"
        eventually(lambda: len(found.rows(query)) == len(human), "a notice of each case")
        threads = dict(found.rows(query))
        for box in human:
            box.thread = threads[box.name]


def run(setting: Setting) -> Findings:
    """Cut each phase, then kill at each phase."""
    cuts, kills = setting.scaled((1, 1), (100, 60))
    with imap_host() as host:
        trials = []
        with _desk(setting, host, "cuts") as desk:
            done = _cut(setting, desk, cuts)
            trials += _trials(desk, "line cut", done)
        with _desk(setting, host, "kills") as desk:
            done = _kill(setting, desk, kills)
            trials += _trials(desk, "daemon killed", done)
        return Findings(trials=tuple(trials), where=f"{host.name}, SQLite, scripted SMTP sinks")


@contextmanager
def _desk(setting: Setting, host: Host, name: str) -> Iterator[Desk]:
    with ExitStack() as stack:
        boxes = [
            Box(
                name=f"{step}-{authorship}",
                step=step,
                authorship=authorship,
                user=host.user(),
                sink=stack.enter_context(SmtpSink()),
            )
            for step in PHASES
            for authorship in (HUMAN, AUTOMATIC)
        ]
        yield Desk(folder=setting.room(name), boxes=boxes, chance=setting.random(name))


def _cut(setting: Setting, desk: Desk, mails: int) -> dict[str, int]:
    """Let mails go out one after the other, while each sink cuts half of the dialogues by chance; return the cuts."""
    with desk.daemon() as daemon, _started(daemon, desk) as found:
        desk.open_cases(found)
        for box in desk.boxes:
            turns = desk.chance.choices([CUT, RESET, PASS, PASS], k=3 * mails)
            box.sink.rescript({box.step: [CUT, *turns, PASS]})
        for number in range(1, mails + 1):
            before = found.states()["filed"]
            for box in desk.boxes:
                if box.step == "connect":
                    box.sink.hang_up()
                box.send_one(desk.chance, number)
            desk.move_clock(BETWEEN_S)
            eventually(lambda before=before: found.states()["filed"] == before + len(desk.boxes), "all are filed")
            if number % 20 == 0:
                setting.tell(f"{number} mails on each line that is cut")
        eventually(lambda: all(box.sink.cut for box in desk.boxes), f"each line is cut: {daemon.tail()}")
        for box in desk.boxes:
            box.sink.rescript({})
        daemon.stop()
    _send_the_rest(desk)
    return {box.name: box.sink.cut for box in desk.boxes}


def _kill(setting: Setting, desk: Desk, kills: int) -> dict[str, int]:
    """Kill the daemon while every sink owes it the answer at its phase; return the stalled dialogues."""
    with desk.daemon() as daemon, _started(daemon, desk) as found:
        desk.open_cases(found)
        daemon.stop()
    for number in range(1, kills + 1):
        desk.move_clock(BETWEEN_S)
        with desk.daemon() as daemon, _started(daemon, desk) as found:
            eventually(lambda found=found: not found.unsent(), f"what the last one left is sent: {daemon.tail()}")
            for box in desk.boxes:
                box.sink.rescript({box.step: STALL})
                if box.step == "connect":
                    box.sink.hang_up()
                box.send_one(desk.chance, number)
            eventually(partial(_all_stall, desk, number), f"each dialogue stalls: {daemon.tail()}")
            daemon.kill()
        for box in desk.boxes:
            box.sink.rescript({})
        if number % 10 == 0:
            setting.tell(f"{number} kills at each phase")
    _send_the_rest(desk)
    return {box.name: box.sink.stalled for box in desk.boxes}


@contextmanager
def _started(daemon: DaemonProcess, desk: Desk) -> Iterator[Ledger]:
    daemon.wait_for_notice("READY=1")
    with ledger(desk.url) as found:
        yield found


def _all_stall(desk: Desk, times: int) -> bool:
    return all(box.sink.stalled >= times for box in desk.boxes)


def _send_the_rest(desk: Desk) -> None:
    """Let a last daemon send what is left, when every pause is over."""
    desk.move_clock(AT_LAST_S)
    with desk.daemon() as daemon, _started(daemon, desk) as found:
        eventually(lambda: not found.waiting() and not found.unsent(), f"everything is sent: {daemon.tail()}")
        daemon.stop()


def _trials(desk: Desk, what: str, done: dict[str, int]) -> list[Trial]:
    with ledger(desk.url) as found:
        tallies = {box.name: _tally(box, found) for box in desk.boxes}
    trials = []
    for box in desk.boxes:
        tally = tallies[box.name]
        if box.authorship == HUMAN:
            note = f"{tally.mails} mails of a person, {tally.copies} second copies"
        else:
            note = f"{tally.mails} automatic mails, {tally.unsure} not sent again"
        trials.append(
            Trial(
                what=f"{what} {PHASES[box.step]}, {box.authorship} mail",
                times=done[box.name],
                lost=tally.lost + tally.changed + tally.untold,
                doubled=tally.doubled,
                note=note,
            )
        )
    return trials


def _tally(box: Box, found: Ledger) -> Tally:
    """Compare what the desk wanted to send from a box with what its sink was given."""
    copies = defaultdict(list)
    for taken in box.sink.taken:
        copies[_message_id(taken.raw)].append(taken)
    tally = Tally()
    query = "SELECT id, message_id, authorship, state, raw FROM outbox WHERE mailbox = "
    for row, message_id, authorship, state, raw in found.rows(f"{query}'{box.name}'"):
        given = copies.pop(message_id, [])
        accepted = sum(taken.is_accepted for taken in given)
        if authorship != box.authorship:
            continue
        tally.mails += 1
        tally.changed += sum(_lines(taken.raw) != _lines(bytes(raw)) for taken in given)
        if authorship == HUMAN:
            tally.lost += accepted == 0
            tally.doubled += max(0, accepted - 1)
            tally.copies += max(0, len(given) - 1)
            tally.untold += len(given) > 1 and not found.number(TOLD.format(row))
        else:
            tally.doubled += max(0, len(given) - 1)
            tally.unsure += state == "uncertain"
    assert not copies, f"the sink has mails that the desk knows nothing of: {list(copies)}"
    return tally


def _message_id(raw: bytes) -> str:
    return message_from_bytes(raw)["Message-ID"].strip("<> \r\n")


def _lines(raw: bytes) -> list[bytes]:
    return raw.splitlines()


EXPERIMENT = Experiment(
    name="E8",
    promise="G8, G9",
    title="An agent's answer goes out at least once, an automatic mail at most once",
    how=(
        "Ten mailboxes, each with an SMTP server that breaks at one phase: half of them send agents' answers, half automatic "
        "mail. First the servers end the connection, by FIN or RST, in half of the dialogues. Then they owe the answer for "
        "ever, and the daemon is killed in the midst of all ten. Lost: an answer that no server accepted, a copy whose "
        "bytes are not those that were frozen, or a second copy that the case does not tell of. Doubled: an answer that was accepted twice, though the first acceptance was told, "
        "or an automatic mail that was handed over twice."
    ),
    run=run,
    lasts_s=300,
)

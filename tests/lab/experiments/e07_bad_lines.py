"""E7: the line to an IMAP server turns into a black hole, resets, ends, or drips, and the daemon comes back by itself."""

import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from lab.desks import Furniture, furnish
from lab.experiment import Experiment, Figure, Findings, Setting, Trial
from lab.faultproxy import Fault, FaultProxy
from lab.hosts import Host, imap_host, mailbox
from lab.imapserver import ImapServer
from lab.ledger import Ledger, ledger, sha256
from lab.letterbox import letter
from lab.process import DaemonProcess, eventually
from lab.smtpsink import SmtpSink

FAULTS = {
    Fault.BLACK_HOLE: "black hole",
    Fault.RESET: "reset, and every new connection too",
    Fault.EOF: "end of file, and every new connection too",
    Fault.DRIP: "one byte a second",
}
HEALTHY = "healthy"
BACK_WITHIN_S = 180.0
CPU_AT_MOST_PERCENT = 5.0
HEALTHY_AT_MOST_S = 15.0
"""For a mail to a mailbox whose line is good, from its delivery to its case."""
QUICK = "command_timeout_s = 4\nconnect_timeout_s = 4"
"""For the short form; the long one has the timeouts of the defaults."""


@dataclass(kw_only=True)
class Line:
    """A mailbox and the proxy before its server."""

    name: str
    fault: Fault
    user: ImapServer
    proxy: FaultProxy
    back_after_s: list[float] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)

    def send(self, raw: bytes) -> None:
        """Deliver a mail at the server, behind the proxy."""
        self.sent.append(raw)
        self.user.append(raw)


@dataclass(kw_only=True)
class Scene:
    """The daemon, its database and its lines, of which the last one stays good."""

    setting: Setting
    daemon: DaemonProcess
    found: Ledger
    lines: list[Line]
    cpu_percent: list[float] = field(default_factory=list)
    healthy_s: list[float] = field(default_factory=list)

    def letter(self, line: Line) -> bytes:
        return letter(
            self.setting.random(f"{line.name} {len(line.sent)}"), len(line.sent), to=f"{line.name}@northwind.example"
        )

    def wait_for(self, lines: list[Line], what: str, timeout_s: float) -> dict[str, float]:
        """Wait until all mail of `lines` is filed; return after how many seconds that was so for each."""
        began, took = time.monotonic(), {}

        def all_filed() -> bool:
            filed = set(self.found.activities())
            for line in lines:
                if line.name not in took and {sha256(raw) for raw in line.sent} <= filed:
                    took[line.name] = time.monotonic() - began
            return len(took) == len(lines)

        eventually(all_filed, f"{what}: {self.daemon.tail()}", timeout_s)
        return took


def run(setting: Setting) -> Findings:
    """Break four lines at once and mend them, round after round."""
    rounds, fault_s, servers_name = setting.scaled(1, 2), setting.scaled(3.0, 60.0), ""
    with imap_host() as host, _scene(setting, host) as scene:
        servers_name = host.name
        for number in range(rounds):
            _round(scene, fault_s)
            setting.tell(
                f"round {number + 1}: back after {max(line.back_after_s[-1] for line in scene.lines[:-1]):.1f} s"
            )
        activities = scene.found.activities()
        trials = [_trial(line, activities, rounds) for line in scene.lines[:-1]]
        healthy = scene.lines[-1]
        late = sum(took > HEALTHY_AT_MOST_S for took in scene.healthy_s)
        what = "mail to the mailbox with a good line, meanwhile"
        trials.append(Trial(what=what, times=len(scene.healthy_s), lost=_lost(healthy, activities), late=late))
    return Findings(trials=tuple(trials), figures=_figures(scene), where=f"{servers_name} behind fault proxies, SQLite")


def _figures(scene: Scene) -> tuple[Figure, ...]:
    back = [
        Figure(
            name=f"back after {FAULTS[line.fault]}, at most",
            value=max(line.back_after_s),
            unit="s",
            at_most=BACK_WITHIN_S,
        )
        for line in scene.lines[:-1]
    ]
    cpu = max(scene.cpu_percent)
    healthy = max(scene.healthy_s)
    return (
        *back,
        Figure(
            name="CPU while four lines are broken, at most", value=cpu, unit="% of a core", at_most=CPU_AT_MOST_PERCENT
        ),
        Figure(
            name="mail to the healthy mailbox filed after, at most", value=healthy, unit="s", at_most=HEALTHY_AT_MOST_S
        ),
    )


def _round(scene: Scene, fault_s: float) -> None:
    """Break every line but the last, let mail come in, mend them, and wait for it."""
    *broken, healthy = scene.lines
    for line in broken:
        line.proxy.turn(line.fault)
        line.send(scene.letter(line))
    time.sleep(1)
    healthy.send(scene.letter(healthy))
    scene.healthy_s += scene.wait_for([healthy], "the healthy mailbox", BACK_WITHIN_S).values()
    scene.cpu_percent.append(_cpu_percent(scene.daemon.pid, fault_s))
    assert not {sha256(line.sent[-1]) for line in broken} & set(scene.found.activities()), "the lines were broken"
    for line in broken:
        line.proxy.turn(Fault.PASS)
    for name, took in scene.wait_for(broken, "the mended lines", 2 * BACK_WITHIN_S).items():
        next(line for line in broken if line.name == name).back_after_s.append(took)


def _cpu_percent(pid: int, seconds: float) -> float:
    """Return how much of one core a process takes during the next seconds."""
    before, began = _cpu_s(pid), time.monotonic()
    time.sleep(seconds)
    return 100 * (_cpu_s(pid) - before) / (time.monotonic() - began)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # proc(5): utime and stime


@contextmanager
def _scene(setting: Setting, host: Host) -> Iterator[Scene]:
    """Start a daemon whose mailboxes all have filed a mail over good lines."""
    folder = setting.room("desk")
    url = f"sqlite:///{folder / 'desk.db'}"
    with ExitStack() as stack:
        sink = stack.enter_context(SmtpSink())
        lines = []
        for number, fault in enumerate((*FAULTS, Fault.PASS)):
            user = host.user()
            name = HEALTHY if fault is Fault.PASS else f"line{number}"
            proxy = stack.enter_context(FaultProxy(target=user.port))
            lines.append(Line(name=name, fault=fault, user=user, proxy=proxy))
        imap = setting.scaled(QUICK, "")
        extra = "".join(
            mailbox(line.name, line.user, sink.port, imap_port=line.proxy.port, imap=imap) for line in lines
        )
        daemon = stack.enter_context(DaemonProcess(furnish(folder, Furniture(url=url, extra=extra))))
        daemon.wait_for_notice("READY=1")
        scene = Scene(setting=setting, daemon=daemon, found=stack.enter_context(ledger(url)), lines=lines)
        for line in lines:
            line.send(scene.letter(line))
        scene.wait_for(lines, "good lines", BACK_WITHIN_S)
        yield scene
        daemon.stop()


def _trial(line: Line, activities: Counter[str], rounds: int) -> Trial:
    return Trial(
        what=FAULTS[line.fault],
        times=rounds,
        lost=_lost(line, activities),
        doubled=sum(max(0, activities[sha256(raw)] - 1) for raw in line.sent),
        late=sum(took > BACK_WITHIN_S for took in line.back_after_s),
    )


def _lost(line: Line, activities: Counter[str]) -> int:
    return sum(not activities[sha256(raw)] for raw in line.sent)


EXPERIMENT = Experiment(
    name="E7",
    promise="G7",
    title="A broken line is left and taken up again, and holds up no other mailbox",
    how=(
        "One daemon watches five mailboxes, four of them over lines that break at the same time, each in its way, for a minute; "
        "then all are good again. Mail comes in at every server while the lines are broken. Late: a mailbox whose mail "
        f"is not filed {BACK_WITHIN_S:.0f} s after its line is good again, or {HEALTHY_AT_MOST_S:.0f} s after it came to the mailbox whose line never broke. "
        "Timeouts are those of the defaults."
    ),
    run=run,
    lasts_s=270,
)

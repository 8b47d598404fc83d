"""E19: ten thousand mails at once, and a desk that has a great many cases already."""

import json
import subprocess
import sys
import time
from pathlib import Path

from lab.desks import Furniture, furnish
from lab.experiment import Experiment, Figure, Findings, Load, Scale, Setting, Trial
from lab.hosts import imap_host, servers
from lab.ledger import Ledger, ledger, sha256
from lab.letterbox import letters
from lab.process import DaemonProcess, environment, eventually
from lab.smtpsink import SmtpSink

ROOT = Path(__file__).parents[3]
MAILS = 10_000
MEMORY_MB = 300
CASES = 1_000_000
GROWTH = 1.5
UNEVEN = 2.0
"""The slowest quarter of a burst may take so many times as long as the fastest: it drains steadily."""
LIMITS = "[limits]\nacknowledgements_per_hour = 1000000\nacknowledgements_per_domain_hour = 1000000\noutgoing_per_day = 1000000\n"
PATIENCE_S = 1_500.0


def peak_memory_mb(daemon: DaemonProcess) -> float:
    """Return the most memory that a process has had so far."""
    status = Path(f"/proc/{daemon.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


def burst(setting: Setting) -> tuple[Trial, list[Figure], str]:
    """Start the daemon before a full mailbox, and wait until every answer is out."""
    count = setting.scaled(100, MAILS)
    mails = letters(setting.random("burst"), count, largest=20_000)
    with imap_host() as host, SmtpSink() as sink:
        user, folder = host.user(), setting.room("burst")
        user.append(*mails)
        setting.tell(f"{count} mails are in the mailbox")
        url = f"sqlite:///{folder / 'desk.db'}"
        support = servers("support", user, sink.port)
        with DaemonProcess(furnish(folder, Furniture(url=url, support=support, extra=LIMITS))) as daemon:
            daemon.wait_for_notice("READY=1")
            with ledger(url) as book:
                quarters = _quarters(book, count)
                eventually(lambda: not book.unsent(), "every answer", PATIENCE_S)
                memory = peak_memory_mb(daemon)
                daemon.stop()
                filed = book.activities()
    lost = len({sha256(one) for one in mails} - set(filed))
    trial = Trial(what="mails at once", times=count, lost=lost, doubled=filed.total() - len(filed))
    figures = [
        Figure(name=f"memory of the daemon, {count:,} mails", value=memory, unit="MB", at_most=MEMORY_MB),
        Figure(name="mails filed in a second, while all is sent", value=count / sum(quarters), unit="mails/s"),
        Figure(
            name="slowest quarter to fastest",
            value=max(quarters) / min(quarters),
            unit="times",
            at_most=setting.scaled(None, UNEVEN),
        ),
    ]
    return trial, figures, host.name


def _quarters(book: Ledger, count: int) -> list[float]:
    """Return how many seconds each quarter of the mails took to be filed, the last one until all of them were."""
    took, began = [], time.monotonic()
    for quarter in range(1, 5):
        wanted = count * quarter // 4
        eventually(lambda: book.states()["filed"] >= wanted, f"{wanted} filed mails", PATIENCE_S)  # noqa: B023
        took.append(time.monotonic() - began)
        began = time.monotonic()
    return took


def growth(setting: Setting) -> list[Figure]:
    """Let the bench compare filing on a desk with many cases to filing on one with few."""
    told, folder = setting.folder / "growth.json", setting.room("growth")
    cases, mails = CASES, 400
    words = ["--stage", "growth", "--cases", cases, "--messages", mails, "--folder", folder, "--json", told]
    command = [sys.executable, "-m", "bench", *map(str, words)]
    done = subprocess.run(
        command, cwd=ROOT, check=False, capture_output=True, text=True, env=environment(), timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stderr[-3000:]
    (result,) = json.loads(told.read_text(encoding="utf-8"))
    names = {"small": "few cases", "large": f"{cases:,} cases"}
    figures = [
        Figure(name=f"filing a mail with {name}, p95", value=result["figures"][f"{key}_p95"]["value"], unit="ms")
        for key, name in names.items()
    ]
    ratio = result["figures"]["growth"]["value"]
    return [*figures, Figure(name="p95 with many cases to few", value=ratio, unit="times", at_most=GROWTH)]


def run(setting: Setting) -> Findings:
    """Measure both."""
    trial, figures, where = burst(setting)
    setting.tell("the burst is over")
    if setting.scale is Scale.LONG:  # with a few mails, one hiccup of the disk is the whole p95
        figures += growth(setting)
    return Findings(trials=(trial,), figures=tuple(figures), where=f"{where}, SQLite")


EXPERIMENT = Experiment(
    name="E19",
    promise="G20",
    title=f"A burst drains in {MEMORY_MB} MB, and a big desk files as fast as a small one",
    how=(
        f"{MAILS:,} mails are in the mailbox when the daemon starts; its peak memory is read from the system when the last answer "
        f"is out. Then the bench files mails in turn on a desk with a few hundred cases and on one with {CASES:,}, and compares "
        "the 95th percentiles of the time that a transaction takes."
    ),
    run=run,
    lasts_s=420,
    load=Load.MEASURES,
)

"""E18: the time of day jumps by a day, forward and back, under a daemon with running clocks, mail and retries."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

from lab.desks import Furniture, furnish
from lab.experiment import Experiment, Findings, Setting, Trial
from lab.hosts import Host, imap_host, servers
from lab.ledger import Ledger, ledger, sha256
from lab.letterbox import letters
from lab.mails import ANNA, answer
from lab.process import PATIENCE_S, DaemonProcess, eventually
from lab.smtpsink import STALL, SmtpSink
from mailcase.clock import utc_now

DAY_S = int(timedelta(days=1).total_seconds())
JUMPS: dict[str, tuple[int, ...]] = {
    "a day forward and back": (0, DAY_S, 0),
    "a day back and forward": (0, -DAY_S, 0),
    "to and fro": (0, DAY_S, -DAY_S, DAY_S, 0),
}
ONE_WAY = {"a day forward": DAY_S, "a day back": -DAY_S}
WITHIN_S = 60.0
IN_FLIGHT_S = 16.0
"""In which another connection looks three times for what is to be sent."""
RETRY_S = 150
AFTERWARDS_S = 700
"""Past the first three retries and the quick clocks."""
LIBRARIES = (
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
)
RULES = {
    "sla.yaml": """\
default: quick
slas:
  quick:
    calendar: always
    items:
      - {name: soon, kpi: first_response, warn_after: 2m, fail_after: 4m, on_warn: {tell: [queue]}, on_fail: {tell: [queue]}}
      - {name: late, kpi: resolution, warn_after: 9h, fail_after: 216h, on_warn: {tell: [queue]}, on_fail: {tell: [queue]}}
""",
    "calendars.yaml": "calendars: {always: {time_zone: UTC, hours: {monday-sunday: 00:00-24:00}}}\n",
}


def library() -> str | None:
    """Return the library that moves the time of a process, or None."""
    return next((path for path in LIBRARIES if Path(path).exists()), None)


class Time:
    """The time of a daemon, moved while it runs: by libfaketime where there is one, else inside the process."""

    def __init__(self, folder: Path) -> None:
        self._by_library, self._by_daemon = folder / "faketime", folder / "ahead"
        self.set(0)

    def set(self, ahead_s: int) -> None:
        """Be this many seconds ahead of the true time."""
        for file, text in ((self._by_library, f"{ahead_s:+d}s"), (self._by_daemon, f"{ahead_s}")):
            fresh = file.with_suffix(".new")
            fresh.write_text(text)
            fresh.replace(file)

    @property
    def variables(self) -> Mapping[str, str]:
        found = library()
        if found is None:
            return {}
        timeless = {"FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1"}
        return {"LD_PRELOAD": found, "FAKETIME_TIMESTAMP_FILE": str(self._by_library)} | timeless

    def daemon(self, settings: Path) -> DaemonProcess:
        """Start a daemon that lives in this time."""
        if library() is None:
            return DaemonProcess(settings, ahead=self._by_daemon)
        return DaemonProcess(settings, variables=self.variables)


def jump(setting: Setting, host: Host, name: str, path: tuple[int, ...]) -> list[Trial]:
    """Let mail come in at each time, and clocks run, and count what was done."""
    folder, each = setting.room(name.replace(" ", "-")), setting.scaled(3, 20)
    mails = letters(setting.random(name), each * len(path), largest=2_000)
    url = f"sqlite:///{folder / 'desk.db'}"
    late: list[str] = []
    with SmtpSink() as sink:
        user, time = host.user(), Time(folder)
        settings = furnish(folder, Furniture(url=url, rules=RULES, support=servers("support", user, sink.port)))
        with time.daemon(settings) as daemon:
            daemon.wait_for_notice("READY=1")
            with ledger(url) as book:
                for number, ahead_s in enumerate(path):
                    time.set(ahead_s)
                    sink.rescript({"mail": "451 4.3.0 later"} if number == len(path) // 2 else {})
                    user.append(*mails[each * number : each * (number + 1)])
                    wanted = each * (number + 1)
                    if not _in_time(lambda: sum(book.states().values()) - book.waiting() >= wanted):  # noqa: B023
                        late.append(f"mail {number + 1}")
                sink.rescript({})
                late += _let_retries_come(time, book)
                time.set(max(path) + AFTERWARDS_S)  # where every clock that was ever begun is due
                if not _in_time(lambda: not _unfired(book)):
                    late.append("clocks")
                if not _in_time(lambda: not book.unsent(), PATIENCE_S):
                    late.append("what the clocks brought")
            daemon.stop()
        with ledger(url) as book:
            return _trials(name, book, sink, mails, late)


def in_flight(setting: Setting, host: Host, name: str, ahead_s: int) -> Trial:
    """Let the time jump while a server owes the answer to a person's mail, and then get it: nobody else may send it."""
    folder = setting.room(f"in-flight-{name.replace(' ', '-')}")
    url = f"sqlite:///{folder / 'desk.db'}"
    with SmtpSink() as sink:
        user, time = host.user(), Time(folder)
        settings = furnish(folder, Furniture(url=url, support=servers("support", user, sink.port)))
        with time.daemon(settings) as daemon, ledger(url) as book:
            daemon.wait_for_notice("READY=1")
            user.append(*letters(setting.random(name), 1, largest=2_000))
            notice = "SELECT message_id FROM outbox WHERE template = 'agent/new_case' AND state = 'sent'"
            eventually(lambda: book.rows(notice), "a notice of the case")
            eventually(lambda: not book.unsent(), "all is sent")
            sink.rescript({"dot": STALL})
            ((thread,),) = book.rows(notice)
            user.append(answer(thread, "Dear customer, try this.\n", sender=ANNA, message_id="<a@northwind.example>"))
            eventually(lambda: sink.stalled, f"the answer is on its way: {daemon.tail()}")
            time.set(ahead_s)
            _in_time(lambda: sink.stalled > 1, IN_FLIGHT_S)
            copies = sink.stalled
            sink.rescript({})
            sink.hang_up()
            underway = "SELECT id FROM outbox WHERE state = 'sending'"
            eventually(lambda: not book.rows(underway), f"the cut is noticed: {daemon.tail()}")
            time.set(max(0, ahead_s) + RETRY_S)
            arrives = _in_time(lambda: any(b"try this" in taken.raw and taken.is_accepted for taken in sink.taken))
            daemon.stop()
    what = f"an answer that is on its way, {name}"
    return Trial(what=what, times=1, lost=not arrives, doubled=copies - 1, note="sent again after the line was cut")


def _let_retries_come(time: Time, book: Ledger) -> list[str]:
    """Go on past the first retries; return when something that was due was not sent."""
    late = []
    for ahead_s in range(RETRY_S, AFTERWARDS_S, RETRY_S):
        time.set(ahead_s)
        if not _in_time(lambda: not book.unsent(due_by=utc_now() + timedelta(seconds=ahead_s))):  # noqa: B023
            late.append(f"retries after {ahead_s} s")
    return late


def _in_time(is_so: object, seconds: float = WITHIN_S) -> bool:
    try:
        eventually(is_so, "what is due", timeout_s=seconds)  # type: ignore[arg-type]
    except AssertionError:
        return False
    return True


def _fired(book: Ledger) -> Counter[tuple[int, str]]:
    """Return how often each case was told of each warning and breach."""
    told = "SELECT case_id, event || summary FROM timeline WHERE event IN ('clock_warned', 'clock_breached')"
    return Counter((case, what) for case, what in book.rows(told))


def _unfired(book: Ledger) -> int:
    """Return how many cases were not told yet that their quick clock was breached."""
    told = {case for case, what in _fired(book) if what.startswith("clock_breached")}
    return book.number("SELECT count(*) FROM cases") - len(told)


def _trials(name: str, book: Ledger, sink: SmtpSink, mails: list[bytes], late: list[str]) -> list[Trial]:
    filed, fired = book.activities(), _fired(book)
    sent = Counter(str(message_from_bytes(taken.raw)["Message-ID"]) for taken in sink.taken)
    cases = book.number("SELECT count(*) FROM cases")
    return [
        Trial(
            what=f"mails, {name}",
            times=len(mails),
            lost=len({sha256(one) for one in mails} - set(filed)),
            doubled=sum(times - 1 for times in filed.values()) + sum(times - 1 for times in sent.values()),
            late=len(late),
            note=f"late: {', '.join(late)}" if late else "",
        ),
        Trial(
            what=f"clocks, {name}",
            times=len(fired),
            lost=_unfired(book),
            doubled=sum(times - 1 for times in fired.values()),
            note=f"{fired.total()} warnings and breaches of {cases} cases",
        ),
    ]


def run(setting: Setting) -> Findings:
    """Try each way to jump."""
    chosen = setting.scaled(list(JUMPS)[:1], list(JUMPS))
    trials: list[Trial] = []
    with imap_host() as host:
        for name, ahead_s in list(ONE_WAY.items())[: setting.scaled(1, len(ONE_WAY))]:
            trials.append(in_flight(setting, host, name, ahead_s))
            setting.tell(f"on its way, {name}")
        for name in chosen:
            trials += jump(setting, host, name, JUMPS[name])
            setting.tell(name)
        where = f"{host.name}, SQLite, {'libfaketime' if library() else 'a clock inside the daemon'}"
    return Findings(trials=tuple(trials), where=where)


EXPERIMENT = Experiment(
    name="E18",
    promise="G19",
    title="A clock that jumps fires nothing twice and loses nothing",
    how=(
        "Mail comes in while the time of day of the daemon's process jumps by a day, forward and back, while SLA clocks run and "
        "while the SMTP server puts everything off, or owes the answer to a mail of a person. Doubled: a mail filed or sent twice, a warning or breach told twice. Lost: "
        "a mail without an activity, a case whose clock was not fired. Late: what was not done within a minute of being due."
    ),
    run=run,
    lasts_s=200,
)

"""E21: rule and template files that are wrong, under a daemon that is at work."""

import contextlib
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hostile_rules import HOSTILE
from lab.desks import RULES, Furniture, furnish
from lab.experiment import Experiment, Findings, Setting, Trial
from lab.hosts import imap_host, servers
from lab.imapserver import ImapServer
from lab.ledger import Ledger, ledger
from lab.mails import mail
from lab.process import DaemonProcess, eventually
from lab.smtpsink import SmtpSink

TITLE = "An invoice, number {number}"
"""Goes to the queue billing by the good rules, and only by them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bad:
    """A file that must not be taken over."""

    what: str
    file: str
    """Path in the folder of the desk."""
    content: str
    place: str
    """How the complaint begins: file, line and column as far as there is one."""


TEMPLATES = {
    "a field that is not there": ("{{ case.nonsense }}", "1"),
    "a loop that never ends": ("{% for a in words %}" * 4 + "x" + "{% endfor %}" * 4, "1"),
    "an open block": ("Hello\n\n{% if words %}\n", "3"),
    "a call": ("Hello\n{{ words.upper() }}", "2"),
    "an unknown filter": ("\n\n{{ words | explode }}", "3"),
    "an include of nothing": ("{% include 'nothing.txt.j2' %}", "1"),
    "an escape from the sandbox": ("{{ ''.__class__.__mro__ }}", "1"),
}


def bad_files() -> list[Bad]:
    """Return every bad file."""
    found = [
        Bad(what=what, file=f"rules/{file}.yaml", content=content, place=f"{file}.yaml:{place}")
        for what, file, content, place, _ in HOSTILE
        if "suport" not in content and "desk.example" not in content  # these are wrong for another desk only
    ]
    for what, (source, line) in TEMPLATES.items():
        file = "customer/acknowledged.txt.j2"
        found.append(Bad(what=what, file=f"templates/{file}", content=source, place=f"acknowledged.txt.j2:{line}"))
    return found


def unreadable() -> list[Bad]:
    """Return files that are wrong as files."""
    return [
        Bad(
            what="a file that is not UTF-8", file="rules/routing.yaml", content="rules: \udcff\n", place="routing.yaml"
        ),
        Bad(what="a file of NUL", file="rules/routing.yaml", content="\0" * 1000, place="routing.yaml"),
        Bad(what="an unknown file", file="rules/rooting.yaml", content="rules: []\n", place="rooting.yaml"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A desk at work."""

    folder: Path
    daemon: DaemonProcess
    user: ImapServer
    book: Ledger

    def reload(self) -> str:
        """Tell the daemon to look at its files; return what it wrote to the log meanwhile."""
        before = len(self.daemon.log.read_bytes())
        self.daemon.forget_notices()
        self.daemon.process.send_signal(signal.SIGHUP)
        eventually(lambda: self.daemon.is_over() or self._has_told(before), "the outcome of a reload")
        return self.daemon.log.read_bytes()[before:].decode(errors="replace")

    def _has_told(self, since: int) -> bool:
        told = self.daemon.log.read_bytes()[since:]
        return b"daemon.reload_refused" in told or b"daemon.reloaded" in told

    def queue_of(self, number: int) -> str:
        """Let a customer write, and return the queue that the case comes to."""
        title = TITLE.format(number=number)
        self.user.append(mail(sender=f"c{number}@x{number}.example", subject=title, message_id=f"<{number}@x.example>"))
        rows = f"SELECT queue FROM cases WHERE title = '{title}'"
        try:
            eventually(lambda: self.book.rows(rows), f"the case {title}")
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.book.states()}, {self.daemon.tail()}") from error
        return str(self.book.rows(rows)[0][0])


@contextlib.contextmanager
def replaced(path: Path, content: str) -> Iterator[None]:
    """Have other content in a file within the block."""
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    try:
        yield
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


def try_one(desk: Desk, bad: Bad, number: int, *, is_tried_by_mail: bool) -> tuple[bool, bool]:
    """Put a bad file in, and return whether the desk stayed as it was, and whether the complaint names the place."""
    with replaced(desk.folder / bad.file, bad.content):
        told = desk.reload()
        is_kept = "daemon.reload_refused" in told and not desk.daemon.is_over()
        if is_tried_by_mail:
            is_kept = is_kept and desk.queue_of(number) == "billing"
    return is_kept, bad.place in told


def run(setting: Setting) -> Findings:
    """Try every bad file under one daemon, and then a good one."""
    chosen = [*bad_files(), *unreadable()]
    chosen = setting.scaled(setting.random("files").sample(chosen, 6), chosen)
    with contextlib.ExitStack() as stack:
        host, sink = stack.enter_context(imap_host()), stack.enter_context(SmtpSink())
        user, folder = host.user(), setting.room("desk")
        url = f"sqlite:///{folder / 'desk.db'}"
        settings = furnish(folder, Furniture(url=url, support=servers("support", user, sink.port)))
        daemon = stack.enter_context(DaemonProcess(settings))
        daemon.wait_for_notice("READY=1")
        desk = Desk(folder=folder, daemon=daemon, user=user, book=stack.enter_context(ledger(url)))
        changed, vague = [], []
        for number, bad in enumerate(chosen):
            is_kept, is_precise = try_one(desk, bad, number, is_tried_by_mail=number % setting.scaled(6, 4) == 0)
            changed += [] if is_kept else [bad.what]
            vague += [] if is_precise else [f"{bad.what}: the complaint does not name {bad.place}"]
        good = replaced(folder / "rules" / "routing.yaml", RULES["routing.yaml"].replace("invoice|refund", "nothing"))
        with good:
            takes_good = "daemon.reloaded" in desk.reload() and desk.queue_of(len(chosen)) == "support"
        has_ended = daemon.is_over()
        daemon.stop()
        versions = desk.book.number("SELECT count(DISTINCT rulebook) FROM inbox")
    faults = [f"The desk changed: {what}" for what in changed] + vague
    faults += ["The daemon ended."] * has_ended + ["A good file was not taken over."] * (not takes_good)
    faults += [f"{versions} versions decided, not 2: the good ones before and after."] * (versions != 2)
    trials = (
        Trial(what="bad files", times=len(chosen), leaked=len(changed)),
        Trial(what="a good file after them", times=1),
    )
    return Findings(trials=trials, faults=tuple(faults), where=f"{host.name}, SQLite")


EXPERIMENT = Experiment(
    name="E21",
    promise="G22",
    title="A bad rule or template file never stops or changes the desk",
    how=(
        "Under one daemon, rule and template files are replaced by bad ones, one after the other: wrong YAML, unknown keys and "
        "names, conditions that do not compile, endless templates. After each the daemon must have refused it, with file, line "
        "and column where there is one, and be at work; mail still goes by the last good rules, whose version is on every "
        "decision. A good file at the end is taken over. Leaked: a bad file that changed something."
    ),
    run=run,
)

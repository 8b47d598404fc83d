"""From the IMAP server to the answered case: seeded mail through poll, intake and deliver, with everything on."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from resource import RUSAGE_CHILDREN, getrusage
from time import process_time

from bench import floor
from bench.mails import Seeded
from bench.result import Figure, Options, Result, peak_memory_mb
from bench.servers import Servers, servers
from bench.stopwatch import Place, Stopwatch
from bench.workplace import SECRET, database_url, desk
from mailcase.app import App
from mailcase.daemon import deliver as deliver_stage
from mailcase.daemon import intake as intake_stage
from mailcase.daemon.connections import imap_session, smtp_postmen
from mailcase.daemon.poll import poll
from mailcase.daemon.readers import Readers, readers_of
from mailcase.desk import context, intake, memory, post
from mailcase.domain.outbox import OutboxState
from mailcase.mail.render import Templates
from mailcase.store import cases, outbox
from mailcase.store.cases import CaseFilter

MESSAGES = 1000
INSIDE: tuple[Place, ...] = (
    ("parse, classify", Readers, "_taken"),
    ("parse, classify", Readers, "_read_here"),
    ("gather", context, "gather"),
    ("judge", intake, "judge"),
    ("act, record", intake, "act_on"),
    ("remember", memory, "remember"),
    ("render", Templates, "render"),
    ("compose", post, "compose"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one run of the path did, and how long each part took."""

    watch: Stopwatch
    sent: int
    memory_mb: float
    cpu: float
    """Seconds of processor time of this process and of those that read for it: other programs hardly change it."""

    @property
    def seconds(self) -> float:
        """The whole way, one stage after the other."""
        return sum(self.watch.total(name) for name in ("fetch, store", "intake", "send"))


def run(options: Options) -> Result:
    """Measure."""
    count = options.messages or MESSAGES
    with ExitStack() as stack:
        mail = stack.enter_context(servers())
        url = stack.enter_context(database_url(options.database, options.folder))
        app = stack.enter_context(desk(options.folder, url, mail, options.agents))
        seeded = Seeded(count, SECRET)
        mail.fill(seeded)
        done = file_all(app, seeded)
        least = _floor(mail, url, options, count, done.sent)
    setting = f"{count} mails ({seeded.replies} replies) from {mail.imap}, {done.sent} sent, {options.database}"
    return Result(stage="end-to-end", setting=setting, figures=_figures(count, done, least))


def file_all(app: App, seeded: Seeded) -> Run:
    """Poll, file and send all that the server holds, one stage after the other; check that it became what it should."""
    watch = Stopwatch()
    began = process_time()
    of_children = _of_children()
    with watch.on(INSIDE):
        session = imap_session(app.config, "support", app.tokens)
        watch.timed("fetch, store", lambda: poll(app, "support", session, session.open()))
        session.close()
        readers = readers_of(app)
        while watch.timed("intake", lambda: intake_stage.intake(app, readers=readers)):
            pass
        readers.close()
        postmen = smtp_postmen(app.config, app.tokens)
        while watch.timed("send", lambda: deliver_stage.deliver(app, postmen)):
            pass
        for postman in postmen.values():
            postman.close()
    cpu, memory = process_time() - began, peak_memory_mb()
    cpu += _of_children() - of_children
    with app.database.read() as tx:
        opened = cases.count(tx, CaseFilter())
        sent = len(outbox.find(tx, state=OutboxState.SENT, limit=1_000_000))
    assert opened == seeded.cases, f"{opened} cases of {seeded.cases}"
    return Run(watch=watch, sent=sent, memory_mb=memory, cpu=cpu)


def _of_children() -> float:
    """Return the seconds of processor time of all processes that this one started and that ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _floor(mail: Servers, url: str, options: Options, count: int, sent: int) -> floor.Floor:
    first = floor.measure(mail, url, options.folder, count, sent)
    return first.best(floor.measure(mail, url, options.folder, count, sent))


def _figures(count: int, done: Run, least: floor.Floor) -> list[Figure]:
    figures = [
        Figure(key="rate", name="end to end", value=count / done.seconds, unit="mails/s"),
        Figure(key="of_floor", name="of the floor", value=least.bare / done.seconds, unit="ratio"),
        Figure(
            key="of_floor_rows", name="of the floor with 8 rows", value=least.with_rows / done.seconds, unit="ratio"
        ),
        Figure(key="cpu", name="processor time", value=done.cpu / count * 1000, unit="ms a mail"),
        Figure(key="memory", name="peak memory", value=done.memory_mb, unit="MB"),
    ]
    stages = (
        "fetch, store",
        "intake",
        "parse, classify",
        "gather",
        "judge",
        "act, record",
        "render",
        "compose",
        "remember",
        "send",
    )
    parts: list[tuple[str, float, bool]] = [
        (name, done.watch.total(name), name not in ("fetch, store", "intake", "send")) for name in stages
    ]
    inside = sum(done.watch.total(name) for name in ("parse, classify", "gather", "judge", "act, record", "remember"))
    parts.insert(-1, ("settle, commit", done.watch.total("intake") - inside, True))
    parts += [
        ("floor: fetch", least.fetch, False),
        ("floor: durable commit", least.commit, False),
        ("floor: durable commit with 8 rows", least.commit_rows, False),
        ("floor: send", least.send, False),
    ]
    return figures + [
        Figure(key=_key(name), name=name, value=seconds / count * 1000, unit="ms a mail", is_part=is_part)
        for name, seconds, is_part in parts
    ]


def _key(name: str) -> str:
    words: Callable[[str], str] = lambda text: "".join(c if c.isalnum() else " " for c in text)  # noqa: E731
    return "_".join(words(name).split())

"""Reading a mail, all of it, against the standard library's over the same mails in the same run.

Ours takes the mail apart, decodes it, sanitises its HTML, finds what is new in a reply, detects the language and tells
what kind of mail it is; the standard library's (`policy.default`) takes apart and decodes all fields and parts.
"""

import email.message
import email.policy
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter

from bench.mails import Seeded
from bench.result import Figure, Options, Result, peak_memory_mb, percentile
from bench.workplace import SECRET
from mailcase.daemon.readers import Readers
from mailcase.daemon.reading import Bounds
from mailcase.errors import Unparseable
from mailcase.mail.classify import classify
from mailcase.mail.limits import Limits
from mailcase.mail.parse import parse

MESSAGES = 1000
PROCESSES = os.cpu_count() or 1
Mails = list[tuple[str, Callable[[], bytes]]]  # a name, and how its bytes are come by


@dataclass(slots=True)
class Tally:
    """How long each mail took, and how many were refused."""

    seconds: list[float] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    refused: int = 0
    refusal: str = ""

    def time(self, name: str, work: Callable[[bytes], object], raw: bytes, refusals: type[Exception]) -> None:
        """Note how long `work` takes with the mail `name`."""
        begin = perf_counter()
        try:
            work(raw)
        except refusals as error:
            self.refused += 1
            self.refusal = self.refusal or f"{name}: {type(error).__name__}"
        self.seconds.append(perf_counter() - begin)
        self.names.append(name)

    def figures(self, key: str, who: str) -> list[Figure]:
        """Return what there is to tell about one parser."""
        return [
            Figure(key=f"{key}_rate", name=who, value=len(self.seconds) / sum(self.seconds), unit="mails/s"),
            Figure(key=f"{key}_p99", name="p99", value=percentile(self.seconds, 99) * 1000, unit="ms", is_part=True),
            Figure(key=f"{key}_worst", name="worst", value=max(self.seconds) * 1000, unit="ms", is_part=True),
            Figure(key=f"{key}_refused", name="refused", value=self.refused, unit="mails", is_part=True),
        ]

    @property
    def worst(self) -> str:
        """Name the mail that took longest."""
        return self.names[self.seconds.index(max(self.seconds))]


def run(options: Options) -> Result:
    """Measure."""
    mails = _mails(options)
    ours, theirs, warm_up = Tally(), Tally(), Tally()
    for name, read in mails[:20]:  # what is loaded and compiled on first use is no cost of a mail
        warm_up.time(name, _read, read(), Unparseable)
    for name, read in mails:
        raw = read()
        ours.time(name, _read, raw, Unparseable)
        theirs.time(name, _standard, raw, Exception)
    ratio = sum(theirs.seconds) / sum(ours.seconds)
    beside = _beside(mails)
    figures = [
        *ours.figures("ours", "mailcase"),
        *theirs.figures("standard", "standard library"),
        Figure(key="ratio", name="mailcase to standard library", value=ratio, unit="ratio"),
        Figure(key="readers_rate", name=f"mailcase, {PROCESSES} processes", value=len(mails) / beside, unit="mails/s"),
        Figure(key="readers_ratio", name="to standard library", value=sum(theirs.seconds) / beside, unit="ratio"),
        Figure(key="memory", name="peak memory", value=peak_memory_mb(), unit="MB"),
    ]
    where = "of the corpus" if options.corpus else "seeded"
    notes = (f"slowest for mailcase: {ours.worst}", f"slowest for the standard library: {theirs.worst}")
    refusals = tuple(f"first refused: {told}" for told in (ours.refusal, theirs.refusal) if told)
    return Result(stage="parse", setting=f"{len(mails)} mails, {where}", figures=figures, notes=notes + refusals)


def _beside(mails: Mails) -> float:
    """Return how long it takes, in seconds, to have all mails from processes that read, as the daemon has them."""
    readers = Readers(PROCESSES, Bounds(limits=Limits(), seconds=10, memory_bytes=512_000_000))
    warm_up = [*mails[:20], *mails[:20]]
    list(readers.each(((name, read()) for name, read in warm_up), frozenset()))
    begin = perf_counter()
    for _ in readers.each(((name, read()) for name, read in mails), frozenset()):
        pass
    spent = perf_counter() - begin
    readers.close()
    return spent


def _mails(options: Options) -> Mails:
    if options.corpus is None:
        seeded = Seeded(options.messages or MESSAGES, SECRET)
        return [(f"mail {number}", lambda raw=raw: raw) for number, raw in enumerate(seeded, 1)]  # type: ignore[misc]  # a bound value
    paths = sorted(path for path in options.corpus.rglob("*") if path.is_file())[: options.messages]
    return [(str(path.relative_to(options.corpus)), path.read_bytes) for path in paths]


def _read(raw: bytes) -> object:
    """Read a mail as the daemon does before it looks into its database."""
    return classify(parse(raw))


def _standard(raw: bytes) -> list[object]:
    """Take a mail apart and decode all of it, as a program on the standard library would."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    found: list[object] = [str(value) for value in message.values()]
    for part in message.walk():
        if part.get_content_maintype() == "text":
            found.append(part.get_content())
        elif not part.is_multipart():
            found.append(part.get_payload(decode=True))
    return found

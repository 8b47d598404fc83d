"""Reading a mail, all of it, against the standard library's over the same mails in the same run.

Ours takes the mail apart, decodes it, sanitises its HTML, finds what is new in a reply, detects the language and tells
what kind of mail it is; the standard library's (`policy.default`) takes apart and decodes all fields and parts.
Once in one process, where the two take turns, and once in a process for each core, as `mailcase inspect --json` reads
many files: then ours includes reading the file and making the JSON of it.
"""

import email.message
import email.policy
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from time import perf_counter

from bench.mails import Seeded
from bench.result import Figure, Options, Result, peak_memory_mb, percentile
from bench.workplace import SECRET
from mailcase.daemon.batches import Batches, usable_cores
from mailcase.errors import Unparseable
from mailcase.mail.classify import classify
from mailcase.mail.parse import parse

MESSAGES = 1000
TURN = 50
"""Mails that one reads before it is the other's turn: the processor's caches are full of its own work, as they are in a
process that does nothing but read, and what else the machine does slows both."""
ROUNDS = 3
"""Of which the fastest counts, for each."""


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
    paths, names = _files(options)
    cores = usable_cores()
    with closing(Batches(cores)) as batches:
        _beside(batches, paths[:50] * cores)  # from here on the processes are there
        rounds = []
        beside = inf
        for _ in range(ROUNDS):  # all three in turns: what else the machine does changes from minute to minute
            rounds.append(_round(paths, names))
            beside = min(beside, _beside(batches, paths))
    ours, theirs = (min(some, key=lambda tally: sum(tally.seconds)) for some in zip(*rounds, strict=True))
    standard = sum(theirs.seconds)
    figures = [
        *ours.figures("ours", "mailcase, one process"),
        *theirs.figures("standard", "standard library, one process"),
        Figure(key="ratio", name="mailcase to standard library", value=standard / sum(ours.seconds), unit="ratio"),
        Figure(key="cores", name="cores", value=cores, unit=""),
        Figure(key="cores_rate", name="mailcase, a process a core, to JSON", value=len(paths) / beside, unit="mails/s"),
        Figure(key="cores_ratio", name="to standard library, one process", value=standard / beside, unit="ratio"),
        Figure(key="memory", name="peak memory", value=peak_memory_mb(), unit="MB"),
    ]
    where = "of the corpus" if options.corpus else "seeded"
    notes = (f"slowest for mailcase: {ours.worst}", f"slowest for the standard library: {theirs.worst}")
    refusals = tuple(f"first refused: {told}" for told in (ours.refusal, theirs.refusal) if told)
    return Result(stage="parse", setting=f"{len(paths)} mails, {where}", figures=figures, notes=notes + refusals)


def _round(paths: list[Path], names: list[str]) -> tuple[Tally, Tally]:
    """Read all mails, ours and theirs in turns."""
    ours, theirs, warm_up = Tally(), Tally(), Tally()
    for path in paths[:20]:  # what is loaded and compiled on first use is no cost of a mail
        warm_up.time("", _read, path.read_bytes(), Unparseable)
    for start in range(0, len(paths), TURN):
        here = slice(start, start + TURN)
        turn = [(name, path.read_bytes()) for name, path in zip(names[here], paths[here], strict=True)]
        for name, raw in turn:
            ours.time(name, _read, raw, Unparseable)
        for name, raw in turn:
            theirs.time(name, _standard, raw, Exception)
    return ours, theirs


def _beside(batches: Batches, paths: list[Path]) -> float:
    """Return how long it takes, in seconds, until a process for each core has made JSON of all mails."""
    begin = perf_counter()
    for _ in batches.each(map(str, paths)):
        pass
    return perf_counter() - begin


def _files(options: Options) -> tuple[list[Path], list[str]]:
    """Return the mails as files, and how each is called."""
    if options.corpus is not None:
        found = sorted(path for path in options.corpus.rglob("*") if path.is_file())[: options.messages]
        return found, [str(path.relative_to(options.corpus)) for path in found]
    paths = []
    for number, raw in enumerate(Seeded(options.messages or MESSAGES, SECRET), 1):
        paths.append(options.folder / f"{number}.eml")
        paths[-1].write_bytes(raw)
    return paths, [f"mail {number}" for number in range(1, len(paths) + 1)]


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

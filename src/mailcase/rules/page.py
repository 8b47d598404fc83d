"""One file while it is made into its part of the rulebook: its places, and where complaints go."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mailcase.domain.party import Agent
from mailcase.domain.queue import Queue
from mailcase.rules.documents import Document, Path, Problems
from mailcase.rules.expression import ALWAYS_TRUE, Condition, Environment, Faulty
from mailcase.rules.forms import suggest


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What rules may refer to by name."""

    mailboxes: frozenset[str]
    queues: Mapping[str, Queue]
    agents: Mapping[str, Agent]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One file, and what is found wrong with it."""

    document: Document
    problems: Problems

    def wrong(self, path: Path, what: str) -> None:
        """Complain about the value at `path`; a path that ends with an empty key means the key before it."""
        self.problems.add(self.document.place(path), what)

    def check_name(self, path: Path, name: str | None, noun: str, known: Iterable[str]) -> None:
        """Complain when `name` is given and is none of `known`."""
        if name is not None and name not in set(known):
            self.wrong(path, f"there is no {noun} {name!r}; {suggest(name, sorted(known))}")

    def check_repeated(self, names: list[str]) -> None:
        """Complain about rules with one name, which a trace could not tell apart."""
        for number, name in enumerate(names):
            if name in names[:number]:
                self.wrong(("rules", number, "name"), f"a rule is called {name!r} already; give it another name.")

    def condition(self, text: str, path: Path, environment: Environment) -> Condition:
        """Return the compiled condition; what is wrong with it is told at its place in the file."""
        try:
            return environment.compile(text)
        except Faulty as error:
            for fault in error.faults:
                self.problems.add(self.document.place_in(path, fault.line, fault.column), fault.what)
            return ALWAYS_TRUE

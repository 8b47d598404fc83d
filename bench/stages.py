"""The stages by name, in the order in which they run."""

import runpy
import sys
from collections.abc import Callable
from dataclasses import dataclass

from bench import burst, clocks, end_to_end, filing, parsing, replay, search
from bench.result import Options, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One thing to measure."""

    title: str
    run: Callable[[Options], Result | None]
    is_default: bool = True
    """Whether it runs when no stage is named."""


def script(module: str, *arguments: str) -> Callable[[Options], None]:
    """Return a stage that is a script of its own, which prints what it measures."""

    def run(_: Options) -> None:
        sys.argv = [module, *arguments]
        runpy.run_module(f"bench.{module}", run_name="__main__")

    return run


STAGES = {
    "end-to-end": Stage(title="from IMAP to the answered case, against the floor", run=end_to_end.run),
    "parse": Stage(title="the parser alone, against the standard library's", run=parsing.run),
    "burst": Stage(title="a full mailbox before the running daemon: speed and memory", run=burst.run),
    "growth": Stage(title="filing on a desk with many cases, against one with few", run=filing.run),
    "search": Stage(title="full-text search on a desk with many cases", run=search.run, is_default=False),
    "clocks": Stage(title="how late clocks are fired among many open ones", run=clocks.run, is_default=False),
    "replay": Stage(title="other rules tried on stored mail", run=replay.run, is_default=False),
    "store": Stage(title="the transaction of one mail, against the bare driver", run=script("store"), is_default=False),
    "store-growth": Stage(
        title="that transaction on an empty desk and on a full one", run=script("growth"), is_default=False
    ),
    "rules": Stage(title="200 rules over a mail of 100 kB", run=script("rules"), is_default=False),
    "compose": Stage(title="rendering and composing a mail", run=script("compose"), is_default=False),
    "business-time": Stage(title="adding business hours", run=script("business_time"), is_default=False),
}

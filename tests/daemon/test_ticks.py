"""Recurring jobs."""

import threading
from datetime import timedelta

from lab.process import eventually
from mailcase.daemon.ticks import Ticks
from mailcase.errors import Unavailable

SOON = timedelta(milliseconds=5)


def test_a_job_that_fails_is_done_again_and_holds_up_no_other() -> None:
    stop, done = threading.Event(), {"away": 0, "broken": 0, "slow": 0, "well": 0}
    errors: dict[str, Exception] = {"away": Unavailable("the database is away"), "broken": ValueError("a fault")}

    def job(name: str) -> None:
        done[name] += 1
        if name == "slow":
            stop.wait(60)
        if name in errors:
            raise errors[name]

    ticks = Ticks(stop)
    for name in done:
        ticks.add(name, lambda name=name: job(name), SOON)
    ticks.start()
    eventually(lambda: min(done[name] for name in ("away", "broken", "well")) >= 3, "three of each")
    assert (done["slow"], ticks.is_alive) == (1, True)
    stop.set()
    eventually(lambda: not ticks.is_alive, "the end")

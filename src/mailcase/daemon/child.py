"""A process of our own that works for this one: started from nothing, with one connection to it and no secrets.

Here are both ends: `Child` for who starts it, `confine` and `grant` for the one that was started.
"""

import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from math import ceil
from multiprocessing import Pipe
from time import process_time

from mailcase.errors import Unavailable

ENDS_WITHIN_S = 2.0


class Child:
    """A process that runs `python -m MODULE DESCRIPTOR`, and the connection to it."""

    def __init__(self, module: str, greeting: object) -> None:
        """Start it and send it `greeting`. Raises Unavailable when it cannot be started."""
        self.connection, theirs = Pipe()
        # -P: nothing is imported from the folder that this process happens to be in.
        command = [sys.executable, "-P", "-m", module, str(theirs.fileno())]
        try:
            with theirs:
                self._process = subprocess.Popen(  # noqa: S603 - our own module
                    command, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, env=_bare_environment()
                )
        except OSError as error:
            self.connection.close()
            raise Unavailable(f"No process to read mails can be started: {error}.") from error
        self.connection.send(greeting)

    def end(self) -> int:
        """Let the process end, or make it; return its status."""
        self.connection.close()
        try:
            return self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()


def _bare_environment() -> dict[str, str]:
    """Return the environment without the settings, which may hold secrets."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAILCASE_", "CREDENTIALS_"))}


def confine(memory_bytes: int) -> None:
    """Bound the memory of this process, and let only its parent end it."""
    for number in (signal.SIGTERM, signal.SIGINT):  # sent to the whole group: the parent finishes what it holds
        signal.signal(number, signal.SIG_IGN)
    _bound(resource.RLIMIT_DATA, memory_bytes)
    _bound(resource.RLIMIT_CORE, 0)


def grant(seconds: int) -> None:
    """Grant this process so many more seconds of processor time; past them SIGXCPU ends it."""
    _bound(resource.RLIMIT_CPU, ceil(process_time()) + seconds)


def _bound(what: int, most: int) -> None:
    """Set a soft limit; where the system does not let us, the parent's clock is all that bounds."""
    _, hard = resource.getrlimit(what)
    with suppress(OSError, ValueError):
        resource.setrlimit(what, (most, hard))

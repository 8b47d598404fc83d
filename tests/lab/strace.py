"""Kills a process just before its Nth system call of one kind, by strace."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 10.0

# How often the daemon makes each call while it takes in a mail or a few: a kill is put somewhere below.
CALLS = {
    "pwrite64": 60,  # a page into SQLite's log or file
    "fdatasync": 10,  # a commit becomes durable
    "sendto": 25,  # a command to a mail server
    "recvfrom": 25,  # its answer
}


def is_there() -> bool:
    """Whether strace is installed."""
    return shutil.which("strace") is not None


@contextmanager
def killing(pid: int, call: str, number: int) -> Iterator[subprocess.Popen[bytes]]:
    """Kill the process `pid` when one of its threads comes to its system call `call` for the time `number`.

    Yields as soon as strace watches it. The block ends with strace gone, whether it struck or not.
    """
    inject = f"inject={call}:signal=KILL:when={number}"
    command = ["strace", "-f", "-p", str(pid), "-e", f"trace={call}", "-e", inject, "-o", "/dev/null"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as strace:
        assert strace.stderr is not None
        strace.stderr.readline()  # "Process … attached"
        try:
            yield strace
        finally:
            strace.terminate()
            try:
                strace.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:  # now and then it waits for ever for a thread of what it killed
                strace.kill()

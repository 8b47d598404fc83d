"""`mailcase run` as a process of its own, with a service manager that listens."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Self

SOURCE = Path(__file__).parents[2] / "src"
TESTS = Path(__file__).parents[1]
DESK = "LAB_DESK"
"""Names the settings that a daemon has, to itself and to the processes that it starts."""
PATIENCE_S = float(os.environ.get("LAB_PATIENCE_S", "100"))
"""For what takes seconds on an idle machine: where a time is promised, it is counted apart. The long forms have more."""


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a process that finds mailcase and no settings but those of its file."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAILCASE_")}
    return (
        own
        | {
            "PYTHONPATH": f"{SOURCE}{os.pathsep}{TESTS}",
            "PYTHONWARNINGS": "error::ResourceWarning",
            "PYTHONFAULTHANDLER": "1",
        }
        | more
    )


def mailcase(*arguments: str, timeout_s: float = PATIENCE_S, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "mailcase", *arguments],
        env=environment(),
        input=stdin,
        capture_output=True,
        timeout=timeout_s,
        check=False,
    )


def eventually(is_so: Callable[[], object], what: str, timeout_s: float = PATIENCE_S) -> None:
    """Wait until `is_so` says something true."""
    until = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < until, f"in vain waited for: {what}"
        time.sleep(0.05)


def left_behind(config: Path) -> list[int]:
    """Return the processes that daemons with these settings have started, and themselves, which still run (proc(5))."""
    mark = f"{DESK}={config}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):  # it ended meanwhile, or is somebody else's
            if mark in path.read_bytes().split(b"\0"):
                found.append(int(path.parent.name))
    return found


class DaemonProcess:
    """The daemon of one settings file; killed at the end of the block if it is still there."""

    def __init__(
        self,
        config: Path,
        *,
        watchdog_us: int | None = None,
        ahead: Path | timedelta | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        """Start it; `ahead` puts its clock forward, by as many seconds as the file says at each moment if it is one.

        `variables` are more of its environment.
        """
        self._folder = Path(tempfile.mkdtemp(prefix="mc-"))  # a socket's path has 107 bytes at most
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self._folder / "notify"))
        self._socket.setblocking(False)
        self._notices = ""
        self.log = self._folder / "log"
        watchdog = {"WATCHDOG_USEC": str(watchdog_us)} if watchdog_us else {}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                _command(config, ahead),
                env=environment(
                    NOTIFY_SOCKET=str(self._folder / "notify"), **watchdog, **{DESK: str(config)}, **(variables or {})
                ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_S)
        self._socket.close()
        shutil.rmtree(self._folder)

    @property
    def pid(self) -> int:
        return self.process.pid

    def is_over(self) -> bool:
        """Whether the process has ended."""
        return self.process.poll() is not None

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait(PATIENCE_S)

    def wait_for_notice(self, notice: str) -> None:
        """Wait until the service manager was told `notice`."""
        try:
            eventually(lambda: notice in self.notices() or self.is_over(), notice)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.stacks()}\n{self.tail()}") from error
        assert notice in self.notices(), self.tail()

    def notices(self) -> str:
        """Everything that the service manager was told so far."""
        try:
            while True:
                self._notices += self._socket.recv(65536).decode() + "\n"
        except BlockingIOError:
            return self._notices

    def forget_notices(self) -> None:
        """Begin to listen anew."""
        self.notices()
        self._notices = ""

    def tail(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3000:]

    def stacks(self) -> str:
        """End it, and return where each of its threads was: for a daemon that hangs."""
        self.process.send_signal(signal.SIGABRT)
        self.process.wait(PATIENCE_S)
        return self.log.read_text(errors="replace").partition("Fatal Python error")[2]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; return the exit code and how many seconds it took to end."""
        began = time.monotonic()
        self.process.send_signal(how)
        return self.process.wait(PATIENCE_S), time.monotonic() - began


def _command(config: Path, ahead: Path | timedelta | None) -> list[str]:
    if ahead is None:
        return [sys.executable, "-m", "mailcase", "--config", str(config), "run"]
    by = ["--clock", str(ahead)] if isinstance(ahead, Path) else ["--by", str(ahead.total_seconds())]
    return [sys.executable, "-m", "lab.later", "--config", str(config), *by]

"""Daemons as processes of their own, to be killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"


@dataclass(frozen=True, slots=True)
class DaemonProcess:
    """One `mailcase run`."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        """Ask it to end and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


@contextmanager
def running(settings: Path, name: str) -> Iterator[DaemonProcess]:
    """Run a daemon with a settings file; its log is beside that. Nothing of it is left behind."""
    log = settings.with_name(f"{name}.log")
    command = [sys.executable, "-m", "mailcase", "--config", str(settings), "run"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    with log.open("wb") as out, subprocess.Popen(command, stderr=out, env=environment) as process:
        try:
            yield DaemonProcess(process, log)
        finally:
            if process.poll() is None:
                process.kill()

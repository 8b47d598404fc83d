"""The daemon as a service manager sees it: a real process, a real notify socket, real signals."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailcase.files import defaults

WATCHDOG_USEC = 400_000  # so that the daemon reports every 0.2 s
SETTINGS = "[mailboxes.support]\naddress = 'support@example.com'\n[log]\nformat = 'json'\n"


class Service:
    """`mailcase run` under a service manager."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._manager.bind(str(folder / "notify"))
        self._manager.settimeout(30)
        manager = {"NOTIFY_SOCKET": str(folder / "notify"), "WATCHDOG_USEC": str(WATCHDOG_USEC)}
        with (folder / "log").open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "mailcase", "--config", folder / "mailcase.toml", "run"],
                env=os.environ | manager | {"PYTHONPATH": os.pathsep.join(sys.path)},
                stderr=log,
            )

    def told(self, state: str) -> str:
        """Wait for a message with this state and return the message."""
        while True:
            message = self._manager.recv(4096).decode()
            if state in message.split("\n"):
                return message

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._manager.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    for kind in ("rules", "templates"):
        shutil.copytree(defaults(kind), tmp_path / kind)
    (tmp_path / "mailcase.toml").write_text(SETTINGS)
    running = Service(tmp_path)
    yield running
    running.end()


def test_it_is_ready_alive_and_stopped_with_code_0(service: Service) -> None:
    assert service.told("READY=1") == "READY=1\nSTATUS=watching support"
    assert service.told("WATCHDOG=1") == "WATCHDOG=1"

    service.process.send_signal(signal.SIGTERM)

    assert service.told("STOPPING=1") == "STOPPING=1"
    assert service.process.wait(20) == 0


def test_a_reload_with_a_mistake_keeps_it_running_and_says_where(service: Service) -> None:
    service.told("READY=1")
    (service.folder / "rules/queues.yaml").write_text("queues: [\n")

    service.process.send_signal(signal.SIGHUP)

    assert service.told("RELOADING=1").startswith("RELOADING=1")
    service.told("READY=1")
    assert "daemon.reload_refused" in service.log
    assert "queues.yaml:" in service.log
    assert service.process.poll() is None


def test_a_second_daemon_on_the_same_file_is_refused(service: Service) -> None:
    service.told("READY=1")

    second = subprocess.run(
        [sys.executable, "-m", "mailcase", "--config", service.folder / "mailcase.toml", "run"],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert second.returncode == 1
    assert f"process {service.process.pid}" in second.stderr

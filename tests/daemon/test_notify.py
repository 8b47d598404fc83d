"""The messages of sd_notify(3), received by a real datagram socket."""

import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from mailcase.daemon.notify import notify, watchdog_interval


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket of a service manager, by a path or by a name in the abstract namespace."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@mailcase-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name.replace("@", "\0", 1) if request.param == "abstract" else name)
        listening.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        yield listening


def test_states_arrive_in_one_datagram(manager: socket.socket) -> None:
    notify("READY=1", "STATUS=watching support")

    assert manager.recv(4096) == b"READY=1\nSTATUS=watching support"


def test_each_call_is_a_message_of_its_own(manager: socket.socket) -> None:
    notify("RELOADING=1")
    notify("READY=1")

    assert [manager.recv(4096), manager.recv(4096)] == [b"RELOADING=1", b"READY=1"]


@pytest.mark.parametrize("address", [None, ""])
def test_without_a_service_manager_nothing_is_sent(
    address: str | None, manager: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET")
    if address is not None:
        monkeypatch.setenv("NOTIFY_SOCKET", address)

    notify("READY=1")

    manager.setblocking(False)
    with pytest.raises(BlockingIOError):
        manager.recv(4096)


@pytest.mark.parametrize(
    ("usec", "pid", "interval"),
    [
        ("120000000", None, timedelta(seconds=60)),  # half of WatchdogSec=120, as sd_watchdog_enabled(3) advises
        ("120000000", str(os.getpid()), timedelta(seconds=60)),
        ("120000000", "1", None),  # meant for another process
        ("", None, None),
        ("soon", None, None),
        (None, None, None),
    ],
    ids=["for us", "for us by pid", "for another", "empty", "no number", "none"],
)
def test_the_watchdog_is_fed_at_half_its_time(
    usec: str | None, pid: str | None, interval: timedelta | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("WATCHDOG_USEC", usec), ("WATCHDOG_PID", pid)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)

    assert watchdog_interval() == interval

"""Telling systemd how the service is: the protocol of sd_notify(3), one datagram a message."""

import os
import socket
from datetime import timedelta


def notify(*states: str) -> None:
    """Send states such as `READY=1` to the service manager; does nothing when there is none."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # an abstract socket
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as connection:
        connection.connect(address)
        connection.sendall("\n".join(states).encode())


def watchdog_interval() -> timedelta | None:
    """Return how often the service manager wants to hear from us (half of WatchdogSec), or None when it does not."""
    microseconds = os.environ.get("WATCHDOG_USEC", "")
    is_for_us = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return timedelta(microseconds=int(microseconds) // 2) if microseconds.isdigit() and is_for_us else None

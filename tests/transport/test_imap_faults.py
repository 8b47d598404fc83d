"""Lines to an IMAP server that go bad."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest

from lab.faultproxy import Fault, FaultProxy
from lab.imapscript import OK, listed
from lab.imapserver import ImapServer
from lab.smtpsink import CUT, STALL
from mailcase.config import Security
from mailcase.domain.mailbox import Cursor
from mailcase.errors import Unavailable
from mailcase.transport.account import ImapAccount
from transport.imap_sessions import IMPATIENT, SOON, Connect, Scripted, fetched


@pytest.mark.parametrize("command", ["greeting", "CAPABILITY", "LOGIN", "SELECT", "UID SEARCH", "NOOP", "UID FETCH"])
@pytest.mark.parametrize("trouble", [STALL, CUT])
def test_a_dead_line_ends_within_the_command_timeout(scripted: Scripted, command: str, trouble: str) -> None:
    _, session = scripted({command: trouble}, **IMPATIENT)
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:\d+: ") as caught:
        fetched(session)
    assert time.monotonic() - started < 4
    assert caught.value.remedy


@pytest.mark.parametrize(
    "answer", ["* 1 FETCH (UID 12 BODY[] {5}\r\nhel", "* 1 FETCH (UID 12 BO"], ids=["literal", "line"]
)
def test_an_answer_that_stops_in_its_midst_is_unavailable(scripted: Scripted, answer: str) -> None:
    _, session = scripted({"UID FETCH": [listed(12, 5) + OK, answer]}, **IMPATIENT)
    with pytest.raises(Unavailable, match="no answer in time"):
        fetched(session)


@pytest.mark.parametrize("fault", [Fault.BLACK_HOLE, Fault.DRIP, Fault.EOF, Fault.RESET])
@pytest.mark.parametrize("what", ["open", "fetch", "wait", "acknowledge"])
def test_a_line_that_goes_bad_is_noticed(
    dovecot_user: ImapServer, proxy: FaultProxy, connect: Connect, *, fault: Fault, what: str
) -> None:
    dovecot_user.append(b"Subject: x\r\n\r\n" + b"y" * 500 + b"\r\n")
    session = connect(dovecot_user.account(port=proxy.port, **IMPATIENT))
    start = Cursor(uidvalidity=0, uid=0)
    assert session.open().uid == 1
    steps: dict[str, Callable[[], object]] = {
        "open": session.open,
        "fetch": lambda: list(session.fetch(start, max_messages=5)),
        "wait": lambda: session.wait(timedelta(seconds=0.1)),
        "acknowledge": lambda: session.acknowledge([1]),
    }
    proxy.turn(fault)
    started = time.monotonic()
    with pytest.raises(Unavailable) as caught:
        steps[what]()
    assert time.monotonic() - started < 5
    assert str(proxy.port) in str(caught.value)


@pytest.mark.parametrize("fault", [Fault.EOF, Fault.RESET])
def test_a_line_that_ends_during_idle_ends_the_wait(
    dovecot_user: ImapServer, proxy: FaultProxy, connect: Connect, fault: Fault
) -> None:
    session = connect(dovecot_user.account(port=proxy.port))
    session.open()
    timer = threading.Timer(0.3, proxy.turn, [fault])
    timer.start()
    started = time.monotonic()
    with pytest.raises(Unavailable):
        session.wait(timedelta(seconds=20))
    timer.join()
    assert time.monotonic() - started < 5


def test_a_black_hole_during_idle_is_noticed_when_idle_ends(
    dovecot_user: ImapServer, proxy: FaultProxy, connect: Connect
) -> None:
    session = connect(dovecot_user.account(port=proxy.port, idle_timeout=SOON, **IMPATIENT))
    session.open()
    timer = threading.Timer(0.3, proxy.turn, [Fault.BLACK_HOLE])
    timer.start()
    started = time.monotonic()
    with pytest.raises(Unavailable, match="no answer in time"):
        session.wait(timedelta(seconds=20))
    timer.join()
    assert time.monotonic() - started < 5


def test_an_interrupt_does_not_wait_for_a_dead_server(
    dovecot_user: ImapServer, proxy: FaultProxy, connect: Connect
) -> None:
    session = connect(dovecot_user.account(port=proxy.port))
    session.open()
    timers = [threading.Timer(0.2, proxy.turn, [Fault.BLACK_HOLE]), threading.Timer(0.4, session.interrupt)]
    for timer in timers:
        timer.start()
    started = time.monotonic()
    with pytest.raises(Unavailable):
        session.wait(timedelta(seconds=60))
    for timer in timers:
        timer.join()
    assert time.monotonic() - started < 5


def test_a_line_that_splits_every_answer_is_read_all_the_same(
    dovecot_user: ImapServer, proxy: FaultProxy, connect: Connect
) -> None:
    raw = b"Subject: x\r\n\r\n" + b"0123456789\r\n" * 200
    dovecot_user.append(raw)
    proxy.turn(Fault.SPLIT)
    session = connect(dovecot_user.account(port=proxy.port))
    session.open()
    assert [message.raw for message in session.fetch(Cursor(uidvalidity=0, uid=0), max_messages=5)] == [raw]


def test_a_slow_line_that_moves_on_outlives_the_command_timeout(scripted: Scripted, connect: Connect) -> None:
    raw = "x" * 30_000
    server, _ = scripted(
        {"UID FETCH": [listed(12, len(raw)) + OK, f"* 1 FETCH (UID 12 BODY[] {{{len(raw)}}}\r\n{raw})\r\n" + OK]}
    )
    with FaultProxy(target=server.port, drip_interval_s=0.2, drip_bytes=5000) as proxy:
        proxy.turn(Fault.DRIP)
        account = ImapAccount(
            host="127.0.0.1", port=proxy.port, security=Security.NONE, username="u", password="p", command_timeout=SOON
        )
        assert [len(message.raw) for message in fetched(connect(account))] == [30_000]


def test_a_session_opens_again_after_trouble(dovecot_user: ImapServer, proxy: FaultProxy, connect: Connect) -> None:
    session = connect(dovecot_user.account(port=proxy.port, **IMPATIENT))
    session.open()
    proxy.turn(Fault.RESET)
    with pytest.raises(Unavailable):
        session.wait(timedelta(seconds=0.1))
    proxy.turn(Fault.PASS)
    dovecot_user.append(b"Subject: x\r\n\r\n\r\n")
    assert session.open().uid == 1

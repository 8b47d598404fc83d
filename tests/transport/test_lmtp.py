"""Mail that is handed over, as the mail server sees it."""

import os
import smtplib
import socket
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.lmtp import listening_to
from lab.mails import mail
from lab.ports import free_port
from mailcase.errors import Unavailable
from mailcase.transport.lmtp import LmtpListener, LmtpPort, look_at
from mailcase.transport.lmtp_session import MAX_CONNECTIONS, Office, enhanced

KNOWN = {
    "support@northwind.example": "support",
    "help@northwind.example": "support",
    "bücher@northwind.example": "billing",
}
FULL = Unavailable("full", remedy="Free space.")


@dataclass
class Desk:
    """Takes mail as the daemon does, or refuses it."""

    taken: list[tuple[bytes, list[str]]] = field(default_factory=list)
    trouble: Unavailable | None = None
    room: Unavailable | None = None
    max_bytes: int = 100_000

    def store(self, raw: bytes, mailboxes: Sequence[str]) -> None:
        if self.trouble:
            raise self.trouble
        self.taken.append((raw, list(mailboxes)))

    def require_room(self) -> None:
        if self.room:
            raise self.room

    @property
    def office(self) -> Office:
        return Office(
            find=KNOWN.get, max_bytes=lambda: self.max_bytes, require_room=self.require_room, store=self.store
        )


@contextmanager
def listening(port: LmtpPort, desk: Desk) -> Iterator[LmtpListener]:
    listener = LmtpListener(port, desk.office)
    with listening_to(listener):
        yield listener


def is_heard(path: Path) -> bool:
    with smtplib.LMTP(str(path)) as client:
        return client.noop()[0] == 250


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lmtp"


@pytest.fixture
def client(desk: Desk, path: Path) -> Iterator[smtplib.LMTP]:
    with (
        listening(LmtpPort(listen=f"unix:{path}"), desk),
        smtplib.LMTP(str(path), local_hostname="mx.northwind.example") as client,
    ):
        yield client


def test_it_greets_with_what_it_can(client: smtplib.LMTP) -> None:
    assert client.ehlo()[0] == 250
    assert set(client.esmtp_features) >= {"pipelining", "8bitmime", "smtputf8", "enhancedstatuscodes", "size"}
    assert client.esmtp_features["size"] == "100000"
    assert client.docmd("EHLO", "x")[0] == 500
    assert client.docmd("HELO", "x")[0] == 500


def test_a_new_limit_is_that_of_the_next_connection(client: smtplib.LMTP, desk: Desk, path: Path) -> None:
    desk.max_bytes = 200_000
    with smtplib.LMTP(str(path)) as later:
        later.ehlo()
        assert later.esmtp_features["size"] == "200000"
    client.ehlo()
    assert client.esmtp_features["size"] == "100000"


def test_a_mail_comes_byte_for_byte_behind_its_return_path(client: smtplib.LMTP, desk: Desk) -> None:
    raw = mail("8 bit: ü €\n.\n..dots\n" + "x" * 5000 + "\n")
    assert client.sendmail("clara@customer.example", ["support@northwind.example"], raw, ["BODY=8BITMIME"]) == {}
    assert desk.taken == [(b"Return-Path: <clara@customer.example>\r\n" + raw, ["support"])]


def test_each_recipient_has_an_answer(client: smtplib.LMTP, desk: Desk) -> None:
    client.ehlo()
    client.mail("clara@customer.example")
    codes = [client.rcpt(f"{name}@northwind.example")[0] for name in ("support", "nobody", "help")]
    assert codes == [250, 550, 250]
    client.putcmd("data")
    assert client.getreply()[0] == 354
    client.send(b"Subject: x\r\n\r\nx\r\n.\r\n")
    assert [client.getreply() for _ in range(2)] == [(250, b"2.0.0 stored")] * 2
    assert [mailboxes for _, mailboxes in desk.taken] == [["support"]], "once for a mailbox"
    assert client.noop()[0] == 250, "and no answer more"


def test_a_recipient_whom_nobody_knows_is_refused_for_good(client: smtplib.LMTP) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        client.sendmail("clara@customer.example", ["nobody@northwind.example"], mail())
    assert refused.value.recipients["nobody@northwind.example"] == (550, b"5.1.1 no such mailbox here")


def test_while_nothing_can_be_stored_the_mail_is_to_come_again(client: smtplib.LMTP, desk: Desk) -> None:
    desk.trouble = FULL
    client.ehlo()
    client.mail("clara@customer.example")
    client.rcpt("support@northwind.example")
    client.rcpt("help@northwind.example")
    client.putcmd("data")
    client.getreply()
    client.send(mail() + b"\r\n.\r\n")
    answers = [client.getreply() for _ in range(2)]
    assert answers == [(451, b"4.3.0 the mail cannot be stored now")] * 2
    desk.trouble = None
    assert client.sendmail("clara@customer.example", ["support@northwind.example"], mail()) == {}


def test_without_room_no_mail_is_begun(client: smtplib.LMTP, desk: Desk) -> None:
    desk.room = FULL
    client.ehlo()
    assert client.mail("clara@customer.example") == (452, b"4.3.1 no room for mail now")


def test_a_mail_that_is_announced_too_large_is_refused_at_once(client: smtplib.LMTP) -> None:
    client.ehlo()
    code, said = client.mail("clara@customer.example", ["SIZE=100001"])
    assert (code, said[:5]) == (552, b"5.3.4")


def test_a_mail_that_turns_out_too_large_is_refused_for_each_recipient(client: smtplib.LMTP, desk: Desk) -> None:
    client.ehlo()
    client.mail("clara@customer.example")
    client.rcpt("support@northwind.example")
    client.rcpt("help@northwind.example")
    client.putcmd("data")
    client.getreply()
    client.send(b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 2000 + b".\r\n")
    assert [client.getreply()[0] for _ in range(2)] == [552, 552]
    assert desk.taken == []
    assert client.noop()[0] == 250


ODD_SENDERS = {
    "<>": "",
    "<a..b@docomo.example>": "a..b@docomo.example",
    '<"a b"@customer.example>': '"a b"@customer.example',
    "<@relay.example:clara@customer.example>": "clara@customer.example",
    "<clara>": "clara",
}


@pytest.mark.parametrize(("path_said", "noted"), ODD_SENDERS.items())
def test_no_sender_is_too_odd_to_be_taken(client: smtplib.LMTP, desk: Desk, path_said: str, noted: str) -> None:
    client.ehlo()
    assert client.docmd(f"MAIL FROM:{path_said}")[0] == 250
    client.rcpt("support@northwind.example")
    client.data(mail())
    assert desk.taken[0][0].startswith(f"Return-Path: <{noted}>\r\n".encode())


def test_parameters_that_nobody_asked_for_are_passed_over(client: smtplib.LMTP, desk: Desk) -> None:
    client.ehlo()
    assert client.docmd("MAIL FROM:<clara@customer.example> BODY=8BITMIME RET=HDRS ENVID=q1")[0] == 250
    said = "RCPT TO:<support@northwind.example> NOTIFY=NEVER ORCPT=rfc822;Support@northwind.example"
    assert client.docmd(said)[0] == 250
    assert client.data(mail())[0] == 250
    assert len(desk.taken) == 1


def test_addresses_in_utf_8_are_taken(client: smtplib.LMTP, desk: Desk) -> None:
    client.ehlo()
    client.command_encoding = "utf-8"
    assert client.mail("jörg@customer.example", ["SMTPUTF8"])[0] == 250
    assert client.rcpt("bücher@northwind.example")[0] == 250
    client.data(mail())
    assert desk.taken[0][1] == ["billing"]
    assert desk.taken[0][0].startswith("Return-Path: <jörg@customer.example>".encode())


def test_commands_may_come_in_one_piece(client: smtplib.LMTP, desk: Desk, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as line, line.makefile("rb") as answers:
        line.settimeout(10)
        line.connect(str(path))
        line.sendall(
            b"LHLO mx\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<support@northwind.example>\r\n"
            b"RCPT TO:<nobody@northwind.example>\r\nDATA\r\n"
        )
        codes = [answers.readline()[:3] for _ in range(8 + 4)]
        assert codes[-4:] == [b"250", b"250", b"550", b"354"]
        line.sendall(b"Subject: x\r\n\r\nx\r\n.\r\nQUIT\r\n")
        assert [answers.readline()[:9] for _ in range(2)] == [b"250 2.0.0", b"221 2.0.0"]
    assert len(desk.taken) == 1


def test_a_line_that_is_cut_before_the_final_dot_stores_nothing(client: smtplib.LMTP, desk: Desk, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(path))
        line.sendall(b"LHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<support@northwind.example>\r\nDATA\r\nSubject: x\r\n")
    assert client.sendmail("clara@customer.example", ["support@northwind.example"], mail()) == {}
    assert len(desk.taken) == 1


def test_a_bare_line_feed_ends_no_mail(client: smtplib.LMTP, desk: Desk) -> None:
    client.ehlo()
    client.mail("clara@customer.example")
    client.rcpt("support@northwind.example")
    client.putcmd("data")
    client.getreply()
    client.send(b"Subject: x\r\n\r\nx\n.\nMAIL FROM:<eve@evil.example>\r\n.\r\n")
    assert client.getreply()[0] == 250
    assert len(desk.taken) == 1
    assert b"eve@evil.example" in desk.taken[0][0]


def test_too_many_connections_are_told_to_come_again(client: smtplib.LMTP, path: Path) -> None:
    lines = [socket.socket(socket.AF_UNIX) for _ in range(MAX_CONNECTIONS)]
    for line in lines:
        line.settimeout(10)
        line.connect(str(path))
    greetings = [line.recv(100)[:3] for line in lines]
    for line in lines:
        line.close()
    assert greetings.count(b"421") == 1


def test_whoever_may_write_to_the_socket_may_deliver(desk: Desk, path: Path) -> None:
    with listening(LmtpPort(listen=f"unix:{path}", mode=0o600), desk):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_the_socket_of_a_daemon_that_was_killed_is_replaced(desk: Desk, path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    with listening(LmtpPort(listen=f"unix:{path}"), desk):
        assert is_heard(path)


def test_a_socket_that_is_listened_on_is_left_alone(desk: Desk, path: Path) -> None:
    port = LmtpPort(listen=f"unix:{path}")
    with listening(port, desk):
        assert look_at(port) == f"unix:{path} is listened on already, by the daemon if it runs"
        with pytest.raises(Unavailable, match="another process listens there"):
            LmtpListener(port, desk.office).serve()
        assert is_heard(path)


def test_a_folder_that_is_not_there_is_told(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"cannot be listened on \(No such file or directory\)"):
        look_at(LmtpPort(listen=f"unix:{tmp_path}/no/lmtp"))


def test_it_listens_on_a_port_too(desk: Desk) -> None:
    port = LmtpPort(listen=f"inet:127.0.0.1:{free_port()}")
    assert look_at(port).endswith("can be listened on")
    with listening(port, desk), smtplib.LMTP("127.0.0.1", int(port.listen.rpartition(":")[2])) as client:
        assert client.sendmail("clara@customer.example", ["help@northwind.example"], mail()) == {}
        assert look_at(port).endswith("by the daemon if it runs")


@pytest.fixture
def passed(path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Passes a socket to this process, as systemd does."""
    made = socket.socket(socket.AF_UNIX)
    made.bind(str(path))
    made.listen()
    monkeypatch.setattr("mailcase.transport.lmtp.FIRST_PASSED_SOCKET", made.fileno())
    monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
    monkeypatch.setenv("LISTEN_FDS", "1")
    return made.close


def test_the_socket_of_systemd_is_used_and_left_in_its_place(
    desk: Desk, path: Path, passed: Callable[[], None]
) -> None:
    for _ in range(2):
        with listening(LmtpPort(listen="systemd"), desk):
            assert is_heard(path)
    passed()
    assert path.exists()


def test_without_a_socket_of_systemd_it_says_what_to_start(desk: Desk) -> None:
    with pytest.raises(Unavailable) as error:
        LmtpListener(LmtpPort(listen="systemd"), desk.office).serve()
    assert error.value.remedy == "Start mailcase-lmtp.socket, or name a place in lmtp.listen."


@pytest.mark.parametrize(
    ("line", "sent"),
    [
        ("250 OK", "250 2.0.0 OK"),
        ("250-first", "250-2.0.0 first"),
        ("503 Error: need RCPT", "503 5.5.1 Error: need RCPT"),
        ("550 5.1.1 nobody", "550 5.1.1 nobody"),
        ("354 go on", "354 go on"),
    ],
)
def test_every_answer_has_an_enhanced_code(line: str, sent: str) -> None:
    assert enhanced(line) == sent


def test_a_client_that_reads_nothing_does_not_outlive_the_listener(desk: Desk, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        with listening(LmtpPort(listen=f"unix:{path}"), desk):
            client.connect(str(path))
            client.settimeout(1)
            with suppress(TimeoutError):
                while True:
                    client.sendall(b"NOOP\r\n" * 1000)
        client.settimeout(5)
        with suppress(ConnectionError):
            while client.recv(100_000):
                pass

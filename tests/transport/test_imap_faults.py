"""IMAP servers that stall, lie, break off or know little."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from lab.faultproxy import Fault, FaultProxy
from lab.imapscript import OK, SELECTED, ImapScript, Script, listed
from lab.imapserver import ImapServer
from lab.smtpsink import CUT, STALL
from mailcase.config import Security
from mailcase.domain.mailbox import Cursor, Fetched
from mailcase.errors import Invalid, Unavailable
from mailcase.transport.account import AfterFiling, ImapAccount, Mechanism
from mailcase.transport.imap import ImapSession
from transport.conftest import Connect

SOON = timedelta(seconds=0.6)
IMPATIENT = {"connect_timeout": SOON, "command_timeout": SOON}
START = Cursor(uidvalidity=7, uid=0)

Scripted = Callable[..., tuple[ImapScript, ImapSession]]


@pytest.fixture
def scripted(connect: Connect) -> Iterator[Scripted]:
    """Make a server with a script, and a session for it that is not open yet."""
    servers: list[ImapScript] = []

    def make(script: Script, **changes: Any) -> tuple[ImapScript, ImapSession]:
        server = ImapScript(script).__enter__()
        servers.append(server)
        values: dict[str, Any] = {"host": "127.0.0.1", "security": Security.NONE, "username": "u", "password": "p"}
        values |= {"connect_timeout": timedelta(seconds=20), "command_timeout": timedelta(seconds=20)}
        return server, connect(ImapAccount(port=server.port, **(values | changes)))

    yield make
    for server in servers:
        server.__exit__()


@pytest.fixture
def proxy(dovecot_user: ImapServer) -> Iterator[FaultProxy]:
    with FaultProxy(target=dovecot_user.port, drip_interval_s=0.05) as made:
        yield made


def fetched(session: ImapSession, most: int = 10) -> list[Fetched]:
    session.open()
    return list(session.fetch(START, max_messages=most))


# Answers that no decent server gives.


def bodies(*responses: str) -> list[str]:
    """Metadata of message 12, then these responses to the FETCH of its body."""
    return [listed(12, 5) + OK, "".join(responses) + OK]


ANSWERS = {
    "plain": ["* 1 FETCH (UID 12 BODY[] {5}\r\nhello)\r\n"],
    "the UID behind the body": ["* 1 FETCH (BODY[] {5}\r\nhello UID 12)\r\n"],
    "a quoted body": ['* 1 FETCH (UID 12 BODY[] "hello")\r\n'],
    "lower case": ["* 1 FETCH (uid 12 body[] {5}\r\nhello)\r\n"],
    "flags of another message before": ["* 2 FETCH (FLAGS (\\Seen))\r\n", "* 1 FETCH (UID 12 BODY[] {5}\r\nhello)\r\n"],
    "flags of another message after": ["* 1 FETCH (UID 12 BODY[] {5}\r\nhello)\r\n", "* 2 FETCH (UID 13 FLAGS ())\r\n"],
    "flags of the same message after": [
        "* 1 FETCH (UID 12 BODY[] {5}\r\nhello)\r\n",
        "* 1 FETCH (UID 12 FLAGS ())\r\n",
    ],
    "a body that nobody asked for": [
        "* 2 FETCH (UID 13 BODY[] {3}\r\nbad)\r\n",
        "* 1 FETCH (UID 12 BODY[] {5}\r\nhello)\r\n",
    ],
    "other news between": [
        "* 3 EXISTS\r\n* 1 RECENT\r\n* OK hm\r\n",
        "* 1 FETCH (UID 12 BODY[] {5}\r\nhello)\r\n",
        "* 9 EXPUNGE\r\n",
    ],
    "more than was asked": [
        '* 1 FETCH (MODSEQ (77) UID 12 FLAGS (\\Seen $x) BODY[] {5}\r\nhello X-GM-LABELS (a "b c"))\r\n'
    ],
}


@pytest.mark.parametrize("responses", ANSWERS.values(), ids=ANSWERS.keys())
def test_a_body_is_paired_by_its_own_uid(scripted: Scripted, responses: list[str]) -> None:
    _, session = scripted({"UID FETCH": bodies(*responses)})
    assert [(message.uid, message.raw) for message in fetched(session)] == [(12, b"hello")]


def test_a_star_that_brings_an_old_uid_brings_no_mail(scripted: Scripted) -> None:
    server, session = scripted({})
    session.open()
    assert list(session.fetch(Cursor(uidvalidity=7, uid=12), max_messages=10)) == []
    assert "UID FETCH" not in server.names()


def test_search_answers_in_many_lines_count_all(scripted: Scripted) -> None:
    search = "* SEARCH 13\r\n* SEARCH\r\n* SEARCH 12 14\r\n" + OK
    metadata = listed(12, 1) + listed(14, 1) + listed(13, 1) + OK
    body = "* 1 FETCH (UID 14 BODY[] {1}\r\nc)\r\n* 1 FETCH (UID 12 BODY[] {1}\r\na)\r\n* 1 FETCH (UID 13 BODY[] {1}\r\nb)\r\n"
    _, session = scripted({"UID SEARCH": search, "UID FETCH": [metadata, body + OK]})
    assert [message.raw for message in fetched(session)] == [b"a", b"b", b"c"]


def test_a_size_that_was_a_lie_is_cut_down_to_the_header(scripted: Scripted) -> None:
    big = "Subject: x\r\n\r\n" + "y" * 3_000_000
    answers = [listed(12, 20) + OK, f"* 1 FETCH (UID 12 BODY[] {{{len(big)}}}\r\n{big})\r\n" + OK]
    _, session = scripted({"UID FETCH": answers}, max_bytes=1000)
    (message,) = fetched(session)
    assert (message.raw, message.is_truncated) == (b"Subject: x\r\n\r\n", True)


def test_a_mail_that_the_server_cannot_read_comes_as_its_header(scripted: Scripted) -> None:
    header = "* 1 FETCH (UID 12 BODY[HEADER]<0> {14}\r\nSubject: x\r\n\r\n)\r\n"
    _, session = scripted({"UID FETCH": [listed(12, 5) + OK, "{tag} NO [SERVERBUG] broken file\r\n", header + OK]})
    (message,) = fetched(session)
    assert (message.raw, message.is_truncated) == (b"Subject: x\r\n\r\n", True)


def test_a_mail_without_even_a_header_is_still_told(scripted: Scripted) -> None:
    _, session = scripted({"UID FETCH": [listed(12, 5) + OK, "{tag} NO [SERVERBUG] broken file\r\n"]})
    (message,) = fetched(session)
    assert (message.uid, message.raw, message.is_truncated) == (12, b"", True)


def test_a_mail_that_vanished_is_passed_over(scripted: Scripted) -> None:
    searches = ["* SEARCH 12\r\n" + OK, "* SEARCH 12\r\n" + OK, "* SEARCH\r\n" + OK]
    _, session = scripted({"UID FETCH": [listed(12, 5) + OK, OK], "UID SEARCH": searches})
    assert fetched(session) == []


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("UID SEARCH", "* SEARCH twelve\r\n" + OK),
        ("UID SEARCH", "{tag} BAD what?\r\n"),
        ("SELECT", "garbage\r\n"),
        ("SELECT", SELECTED.replace("[UIDVALIDITY 7]", "[UIDVALIDITY many]")),
        ("SELECT", SELECTED.replace("[UIDVALIDITY 7]", "")),
        ("LOGIN", "* BYE too many users\r\n"),
        ("CAPABILITY", "* CAPABILITY POP3\r\n" + OK),
        ("greeting", "HTTP/1.1 400 Bad Request\r\n"),
        ("greeting", "\xff\xfe\r\n"),
        ("greeting", "* BYE closed\r\n"),
        ("greeting", "* PREAUTH welcome\r\n"),
    ],
)
def test_nonsense_ends_as_unavailable_with_a_remedy(scripted: Scripted, command: str, answer: str) -> None:
    server, session = scripted({command: answer})
    with pytest.raises(Unavailable, match=f"^127.0.0.1:{server.port}: [^\n]+$") as caught:
        session.open()
    assert caught.value.remedy


# Servers that know little.


def test_without_move_and_uidplus_mail_stays_where_it_is(scripted: Scripted) -> None:
    script = {"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n" + OK}
    server, session = scripted(script, after_filing=AfterFiling.MOVE, move_to="INBOX")
    session.open()
    session.acknowledge([12])
    assert session.limitations == ("the server has neither MOVE nor UIDPLUS: stored mail stays in INBOX",)
    assert not {"UID STORE", "UID COPY", "EXPUNGE", "UID EXPUNGE"} & set(server.names())


def test_with_uidplus_alone_only_the_moved_mail_is_expunged(scripted: Scripted) -> None:
    script = {"CAPABILITY": "* CAPABILITY IMAP4rev1 UIDPLUS\r\n" + OK}
    server, session = scripted(script, after_filing=AfterFiling.MOVE, move_to="INBOX")
    session.open()
    session.acknowledge([14, 12, 13, 20])
    marking = [
        command
        for command in server.commands
        if command.startswith(("UID STORE", "UID COPY", "UID EXPUNGE", "EXPUNGE"))
    ]
    assert marking == [
        'UID COPY 12:14,20 "INBOX"',
        "UID STORE 12:14,20 +FLAGS.SILENT (\\Deleted)",
        "UID EXPUNGE 12:14,20",
    ]


def test_a_refused_copy_expunges_nothing(scripted: Scripted) -> None:
    script = {"CAPABILITY": "* CAPABILITY IMAP4rev1 UIDPLUS\r\n" + OK, "UID COPY": "{tag} NO [OVERQUOTA] full\r\n"}
    server, session = scripted(script, after_filing=AfterFiling.MOVE, move_to="INBOX")
    session.open()
    with pytest.raises(Unavailable, match="full"):
        session.acknowledge([12])
    assert "UID EXPUNGE" not in server.names()


def test_capabilities_are_those_after_the_login(scripted: Scripted) -> None:
    capabilities = ["* CAPABILITY IMAP4rev1\r\n" + OK, "* CAPABILITY IMAP4rev1 MOVE\r\n" + OK]
    server, session = scripted({"CAPABILITY": capabilities}, after_filing=AfterFiling.MOVE, move_to="INBOX")
    session.open()
    session.acknowledge([12])
    assert 'UID MOVE 12 "INBOX"' in server.commands


def test_a_read_only_folder_is_read_all_the_same(scripted: Scripted) -> None:
    server, session = scripted({"SELECT": SELECTED.replace("READ-WRITE", "READ-ONLY")})
    session.open()
    session.acknowledge([12])
    assert session.limitations == ("INBOX is read-only: stored mail is neither marked nor moved",)
    assert "UID STORE" not in server.names()


def test_a_folder_made_anew_is_not_marked(scripted: Scripted) -> None:
    server, session = scripted({"SELECT": [SELECTED, SELECTED.replace("UIDVALIDITY 7", "UIDVALIDITY 8")]})
    session.open()
    with pytest.raises(Unavailable, match=r"made anew \(its uidvalidity was 7 and is 8\)"):
        session.acknowledge([12])
    assert "UID STORE" not in server.names()


def test_a_server_without_idle_is_waited_for_by_sleeping(scripted: Scripted) -> None:
    searches = ["* SEARCH 12\r\n" + OK, "* SEARCH 12\r\n" + OK, "* SEARCH 12 13\r\n" + OK]
    script = {"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n" + OK, "UID SEARCH": searches}
    server, session = scripted(script)
    session.open()
    started = time.monotonic()
    assert session.wait(timedelta(seconds=0.4))
    assert 0.3 < time.monotonic() - started < 5
    assert "IDLE" not in server.names()


def test_a_sleep_can_be_interrupted(scripted: Scripted) -> None:
    _, session = scripted({"CAPABILITY": "* CAPABILITY IMAP4rev1\r\n" + OK})
    session.open()
    timer = threading.Timer(0.2, session.interrupt)
    timer.start()
    started = time.monotonic()
    assert not session.wait(timedelta(seconds=20))
    timer.join()
    assert time.monotonic() - started < 5


def test_mail_that_comes_along_with_the_search_is_found(scripted: Scripted) -> None:
    late = ["* SEARCH 12\r\n" + OK, "* SEARCH\r\n* 2 EXISTS\r\n" + OK, "* SEARCH 12 13\r\n" + OK]
    _, session = scripted({"UID SEARCH": late})
    session.open()
    started = time.monotonic()
    assert session.wait(timedelta(seconds=20))
    assert time.monotonic() - started < 5


# Logging in.


def test_a_password_beyond_ascii_goes_by_authenticate(scripted: Scripted) -> None:
    server, session = scripted({"AUTHENTICATE": "+ \r\n", "line": OK}, password="pässword")
    session.open()
    assert "AUTHENTICATE PLAIN" in server.commands
    assert "LOGIN" not in server.names()


def test_an_access_token_goes_by_xoauth2(scripted: Scripted) -> None:
    server, session = scripted(
        {"AUTHENTICATE": "+ \r\n", "line": OK}, password=lambda: "token", mechanism=Mechanism.XOAUTH2
    )
    session.open()
    assert "AUTHENTICATE XOAUTH2" in server.commands


def test_a_stripped_starttls_hears_no_password(dovecot_user: ImapServer, proxy: FaultProxy, connect: Connect) -> None:
    proxy.rewrite = lambda packet: packet.replace(b"STARTTLS", b"STARTING")
    session = connect(dovecot_user.account(port=proxy.port, security=Security.STARTTLS, ca_file=dovecot_user.ca_file))
    with pytest.raises(Unavailable, match="does not offer STARTTLS, so nothing was sent") as caught:
        session.open()
    assert "strips" in caught.value.remedy


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ({"greeting": "* PREAUTH welcome\r\n"}, "does not offer STARTTLS"),
        ({"STARTTLS": "{tag} NO not now\r\n"}, "refuses STARTTLS"),
        ({"STARTTLS": OK + "* CAPABILITY IMAP4rev1\r\n"}, "plain text behind its answer to STARTTLS"),
        ({"STARTTLS": OK}, "no complete TLS handshake|no answer in time|does not speak TLS|was cut"),
    ],
)
def test_whoever_meddles_with_starttls_hears_no_password(scripted: Scripted, script: Script, words: str) -> None:
    offered = {"CAPABILITY": "* CAPABILITY IMAP4rev1 STARTTLS\r\n" + OK} | script
    server, session = scripted(offered, security=Security.STARTTLS, **IMPATIENT)
    with pytest.raises(Unavailable, match=words):
        session.open()
    assert "LOGIN" not in server.names()


@pytest.mark.parametrize(
    "changes",
    [{"username": "a\r\nb"}, {"folder": "IN\nBOX"}, {"keyword": "two words"}, {"after_filing": AfterFiling.MOVE}],
    ids=["line end in the user name", "line end in the folder", "blank in the keyword", "no folder to move to"],
)
def test_values_that_would_break_a_command_are_invalid(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match=r"imap\.example"):
        ImapAccount(**({"host": "imap.example", "username": "u", "password": "p"} | changes))


def test_an_account_does_not_show_its_password() -> None:
    assert "canary-9" not in repr(ImapAccount(host="h", username="u", password="canary-9"))


# Lines that go bad.


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


@pytest.mark.parametrize(
    ("host", "words"),
    [("127.0.0.1", "nothing listens there"), ("no-such-host.invalid", "the name is not known")],
)
def test_a_server_that_is_not_there_is_told(dovecot_user: ImapServer, connect: Connect, host: str, words: str) -> None:
    with ImapScript() as gone:
        port = gone.port
    with pytest.raises(Unavailable, match=re.escape(f"{host}:{port}: {words}")) as caught:
        connect(dovecot_user.account(host=host, port=port)).open()
    assert "host" in caught.value.remedy


def test_tls_on_a_plain_port_is_told(dovecot_user: ImapServer, connect: Connect) -> None:
    with pytest.raises(Unavailable, match="does not speak TLS") as caught:
        connect(dovecot_user.account(security=Security.TLS)).open()
    assert "starttls" in caught.value.remedy


def test_a_dripping_tls_handshake_ends_in_time(dovecot_user: ImapServer, connect: Connect) -> None:
    assert dovecot_user.tls_port is not None
    with FaultProxy(target=dovecot_user.tls_port, drip_interval_s=0.05) as proxy:
        proxy.turn(Fault.DRIP)
        started = time.monotonic()
        with pytest.raises(Unavailable, match="no answer in time"):
            connect(dovecot_user.account(port=proxy.port, security=Security.TLS, **IMPATIENT)).open()
    assert time.monotonic() - started < 4


def test_a_missing_ca_file_is_told(dovecot_user: ImapServer, connect: Connect, tmp_path: Any) -> None:
    account = dovecot_user.account(security=Security.TLS, ca_file=tmp_path / "none.pem")
    with pytest.raises(Unavailable, match=r"none\.pem: no readable certificates"):
        connect(account).open()

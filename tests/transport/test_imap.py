"""Reading and marking mail on real IMAP servers."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from lab.imapserver import ImapServer
from mailcase.config import Security
from mailcase.domain.mailbox import Cursor, Fetched
from mailcase.errors import Unavailable
from mailcase.transport.account import AfterFiling
from mailcase.transport.imap import ImapSession
from transport.imap_sessions import Connect


def mail(number: int, body: bytes = b"Hello\r\n") -> bytes:
    return b"From: ann@customer.example\r\nSubject: number %d\r\n\r\n" % number + body


def fetch_all(session: ImapSession, *, after: int = 0, most: int = 1000) -> list[Fetched]:
    uidvalidity = session.open().uidvalidity
    return list(session.fetch(Cursor(uidvalidity=uidvalidity, uid=after), max_messages=most))


ODD_MAILS = {
    "8-bit": b"Subject: caf\xe9 \xff\r\n\r\n\x80\x81\xfe\r\n",
    "no line end at the end": b"Subject: x\r\n\r\nlast",
    "parenthesis and quote": b'Subject: ) "UID 7 (\\\r\n\r\n) UID 9 BODY[] {3}\r\nabc)\r\n',
    "lines of dots": b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\n",
    "no body": b"Subject: x\r\n\r\n",
    "long line": b"Subject: x\r\n\r\n" + b"y" * 100_000 + b"\r\n",
    "3 MB": b"Subject: x\r\n\r\n" + b"0123456789abcde\r\n" * 180_000,
}


@pytest.mark.parametrize("raw", ODD_MAILS.values(), ids=ODD_MAILS.keys())
def test_a_mail_comes_byte_for_byte(imap_server: ImapServer, session: ImapSession, raw: bytes) -> None:
    imap_server.append(raw)
    fetched = fetch_all(session)
    assert [message.raw for message in fetched] == [raw]
    assert fetched[0].size == len(raw)
    assert not fetched[0].is_truncated


def test_mail_comes_in_the_order_of_its_uids(imap_server: ImapServer, session: ImapSession) -> None:
    mails = [mail(number, b"x" * (2_500_000 if number % 3 == 0 else 10) + b"\r\n") for number in range(10)]
    imap_server.append(*mails)
    fetched = fetch_all(session)
    assert [message.raw for message in fetched] == mails
    assert sorted({message.uid for message in fetched}) == [message.uid for message in fetched]


def test_only_mail_above_the_cursor_comes(imap_server: ImapServer, session: ImapSession) -> None:
    imap_server.append(mail(1), mail(2), mail(3))
    uids = [message.uid for message in fetch_all(session)]
    assert [message.uid for message in fetch_all(session, after=uids[1])] == uids[2:]
    assert fetch_all(session, after=uids[2]) == []
    assert [message.uid for message in fetch_all(session, most=2)] == uids[:2]


def test_a_cursor_of_another_uidvalidity_counts_for_nothing(imap_server: ImapServer, session: ImapSession) -> None:
    imap_server.append(mail(1))
    stranger = Cursor(uidvalidity=session.open().uidvalidity + 1, uid=1_000_000)
    assert len(list(session.fetch(stranger, max_messages=10))) == 1


def test_open_tells_the_newest_uid(imap_server: ImapServer, session: ImapSession) -> None:
    empty = session.open()
    imap_server.append(mail(1), mail(2))
    full = session.open()
    assert empty == Cursor(uidvalidity=full.uidvalidity, uid=0)
    assert full.uid == max(imap_server.flags())


def test_the_time_of_receipt_comes_in_utc(imap_server: ImapServer, session: ImapSession) -> None:
    moment = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    imap_server.append(mail(1), received_at=moment.astimezone())
    assert fetch_all(session)[0].received_at == moment


def test_first_uid_since_looks_at_the_minute_not_the_day(imap_server: ImapServer, session: ImapSession) -> None:
    noon = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)
    for hours in (-30, -1, 0, 1):
        imap_server.append(mail(hours), received_at=noon + timedelta(hours=hours))
    uids = [message.uid for message in fetch_all(session)]
    assert session.first_uid_since(noon) == uids[2]
    assert session.first_uid_since(noon - timedelta(hours=2)) == uids[1]
    assert session.first_uid_since(noon + timedelta(days=3)) == uids[3] + 1


def test_an_oversized_mail_comes_as_its_header_block(imap_server: ImapServer, connect: Connect) -> None:
    imap_server.append(mail(1), mail(2, b"y" * 5000 + b"\r\n"), mail(3))
    fetched = fetch_all(connect(imap_server.account(max_bytes=2000)))
    assert [message.is_truncated for message in fetched] == [False, True, False]
    assert fetched[1].raw == mail(2, b"")
    assert fetched[1].size == len(mail(2)) - len(b"Hello\r\n") + 5002


def test_reading_changes_no_flag(imap_server: ImapServer, session: ImapSession) -> None:
    imap_server.append(mail(1))
    imap_server.append(mail(2), flags="(\\Seen \\Flagged)")
    before = imap_server.flags()
    fetch_all(session)
    assert list(before.values()) == [set(), {"\\Seen", "\\Flagged"}]
    assert imap_server.flags() == before


def test_stored_mail_gets_the_keyword_or_the_server_is_said_to_have_none(
    imap_server: ImapServer, session: ImapSession
) -> None:
    imap_server.append(mail(1), mail(2))
    first, second = fetch_all(session)
    session.acknowledge([first.uid])
    mark = {"$MailcaseStored"} if imap_server.has_keywords else set()
    assert imap_server.flags() == {first.uid: mark, second.uid: set()}
    assert bool(session.limitations) is not imap_server.has_keywords


def test_what_a_colleague_marked_as_deleted_outlives_a_move(imap_server: ImapServer, connect: Connect) -> None:
    session = connect(imap_server.account(after_filing=AfterFiling.MOVE, move_to="Stored & süß"))
    imap_server.append(mail(1), mail(2), mail(3))
    uids = [message.uid for message in fetch_all(session)]
    with imap_server.client() as colleague:
        colleague.uid("STORE", str(uids[2]), "+FLAGS", "(\\Deleted \\Seen)")
    session.acknowledge(uids[:2])
    assert imap_server.flags() == {uids[2]: {"\\Deleted", "\\Seen"}}
    assert len(imap_server.flags('"Stored &- s&APwA3w-"')) == 2


def test_keeping_opens_the_folder_read_only(imap_server: ImapServer, connect: Connect) -> None:
    session = connect(imap_server.account(after_filing=AfterFiling.KEEP))
    imap_server.append(mail(1))
    uids = [message.uid for message in fetch_all(session)]
    session.acknowledge(uids)
    assert imap_server.flags() == {uids[0]: set()}


def test_mail_deleted_while_a_batch_is_fetched_is_passed_over(imap_server: ImapServer, session: ImapSession) -> None:
    big = b"z" * 5_000_000 + b"\r\n"
    imap_server.append(*(mail(number, big) for number in range(4)))
    batch = session.fetch(Cursor(uidvalidity=session.open().uidvalidity, uid=0), max_messages=10)
    first = next(batch)
    with imap_server.client() as colleague:
        colleague.uid("STORE", str(first.uid + 2), "+FLAGS", "(\\Deleted)")
        colleague.expunge()
    rest = [(message.uid, message.is_truncated) for message in batch]
    assert rest in ([(first.uid + 1, False), (first.uid + 3, False)], [(first.uid + n, False) for n in (1, 2, 3)])


def test_marking_mail_that_is_gone_is_no_error(imap_server: ImapServer, session: ImapSession) -> None:
    imap_server.append(mail(1), mail(2))
    uids = [message.uid for message in fetch_all(session)]
    with imap_server.client() as colleague:
        colleague.uid("STORE", str(uids[0]), "+FLAGS", "(\\Deleted)")
        colleague.expunge()
    session.acknowledge(uids)
    assert list(imap_server.flags()) == uids[1:]


def test_new_mail_ends_the_wait(imap_server: ImapServer, session: ImapSession) -> None:
    fetch_all(session)
    timer = threading.Timer(0.3, imap_server.append, [mail(1)])
    timer.start()
    started = time.monotonic()
    assert session.wait(timedelta(seconds=20))
    timer.join()
    assert 0.2 < time.monotonic() - started < 5


def test_mail_that_came_before_the_wait_ends_it_at_once(imap_server: ImapServer, session: ImapSession) -> None:
    fetch_all(session)
    imap_server.append(mail(1))
    session.acknowledge([1])  # the server may tell of the new mail here, and never again
    started = time.monotonic()
    assert session.wait(timedelta(seconds=20))
    assert time.monotonic() - started < 1


def test_a_wait_without_mail_ends_in_time_and_leaves_the_session_fit(imap_server: ImapServer, connect: Connect) -> None:
    session = connect(imap_server.account(idle_timeout=timedelta(seconds=0.1)))
    fetch_all(session)
    started = time.monotonic()
    assert not session.wait(timedelta(seconds=0.5))
    assert 0.4 < time.monotonic() - started < 2
    imap_server.append(mail(1))
    assert len(list(session.fetch(Cursor(uidvalidity=0, uid=0), max_messages=5))) == 1


@pytest.mark.parametrize("delay_s", [0.0, 0.3], ids=["before the wait", "during the wait"])
def test_an_interrupt_ends_the_wait(imap_server: ImapServer, session: ImapSession, delay_s: float) -> None:
    fetch_all(session)
    timer = threading.Timer(delay_s, session.interrupt)
    timer.start()
    if not delay_s:
        timer.join()
    started = time.monotonic()
    assert not session.wait(timedelta(seconds=20))
    timer.join()
    assert time.monotonic() - started < 2


def test_an_interrupt_of_a_closed_session_is_no_error(imap_server: ImapServer, session: ImapSession) -> None:
    session.close()
    session.interrupt()
    session.close()
    with pytest.raises(Unavailable, match="not connected"):
        session.wait(timedelta(seconds=1))


def test_a_wrong_password_says_whose(imap_server: ImapServer, connect: Connect) -> None:
    with pytest.raises(Unavailable, match=f"login of {imap_server.username} is refused") as caught:
        connect(imap_server.account(password="canary-7f3a")).open()
    assert "password" in caught.value.remedy
    assert "canary" not in str(caught.value) + caught.value.remedy


def test_the_password_is_asked_for_at_each_login(imap_server: ImapServer, connect: Connect) -> None:
    asked = []
    session = connect(imap_server.account(password=lambda: asked.append(1) or imap_server.password))
    session.open()
    session.open()
    assert len(asked) == 2


def test_a_missing_folder_is_told_with_those_there_are(imap_server: ImapServer, connect: Connect) -> None:
    with imap_server.client() as client:
        client.create("Billing")
    with pytest.raises(Unavailable, match="the folder Bilings cannot be opened") as caught:
        connect(imap_server.account(folder="Bilings")).open()
    assert "Billing" in caught.value.remedy
    assert "INBOX" in caught.value.remedy


def test_check_tells_messages_and_what_the_server_offers(imap_server: ImapServer, session: ImapSession) -> None:
    imap_server.append(mail(1), mail(2))
    line = session.check()
    assert "INBOX: 2 messages" in line
    assert "IDLE, MOVE, UIDPLUS" in line
    assert ("keyword" in line) is True


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_trusted_certificate_opens(dovecot_user: ImapServer, connect: Connect, security: Security) -> None:
    port = dovecot_user.tls_port if security is Security.TLS else dovecot_user.port
    session = connect(
        dovecot_user.account(host="localhost", port=port, security=security, ca_file=dovecot_user.ca_file)
    )
    dovecot_user.append(ODD_MAILS["3 MB"])
    assert [message.raw for message in fetch_all(session)] == [ODD_MAILS["3 MB"]]
    timer = threading.Timer(0.2, dovecot_user.append, [mail(1)])
    timer.start()
    assert session.wait(timedelta(seconds=20))
    timer.join()


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize(
    ("host", "is_known_authority"), [("localhost", False), ("127.0.0.1", True)], ids=["unknown authority", "other name"]
)
def test_an_untrusted_certificate_is_refused(
    dovecot_user: ImapServer, connect: Connect, security: Security, host: str, is_known_authority: bool
) -> None:
    port = dovecot_user.tls_port if security is Security.TLS else dovecot_user.port
    ca_file = dovecot_user.ca_file if is_known_authority else None
    with pytest.raises(Unavailable, match="certificate is not trusted") as caught:
        connect(dovecot_user.account(host=host, port=port, security=security, ca_file=ca_file)).open()
    assert "ca_file" in caught.value.remedy


def test_a_recreated_folder_is_not_marked(dovecot_user: ImapServer, connect: Connect) -> None:
    with dovecot_user.client() as client:
        client.create("Desk")
    dovecot_user.append(mail(1), folder="Desk")
    session = connect(dovecot_user.account(folder="Desk"))
    uids = [message.uid for message in fetch_all(session)]
    with dovecot_user.client() as client:
        client.delete("Desk")
        time.sleep(1.1)  # Dovecot takes the uidvalidity from the clock, in seconds
        client.create("Desk")
    dovecot_user.append(mail(2), folder="Desk")
    with pytest.raises(Unavailable):
        session.acknowledge(uids)
    assert dovecot_user.flags("Desk") == {1: set()}

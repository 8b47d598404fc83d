"""The pages for monitoring, asked over HTTP while a daemon works on real servers."""

import io
import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from lab import dovecot
from lab.desks import START, Furniture, ManualClock, furnish, open_app
from lab.imapserver import ImapServer
from lab.smtpsink import SmtpSink
from mailcase import log
from mailcase.app import App
from mailcase.daemon.supervise import Daemon
from mailcase.domain.outbox import OutboxState
from mailcase.errors import Unavailable
from mailcase.sandbox.server import Sandbox
from mailcase.store import inbox, outbox
from mailcase.web.pages import pages
from mailcase.web.server import serving
from mailcase.web.standing import look
from store.values import a_received, an_outgoing

SERVERS = """\
since = "all"
[mailboxes.support.imap]
host = "127.0.0.1"
port = {imap}
security = "none"
username = "{user}"
password = "{password}"
poll_s = 1
[smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"
"""
MAIL = b"From: clara@customer.example\r\nTo: support@northwind.example\r\nSubject: Secret\r\n\r\nHelp\r\n"
LOOPED = b"Received: from a by b; Mon, 2 Mar 2026 08:00:00 +0000\r\n" * 60 + MAIL


@pytest.fixture(autouse=True)
def logs() -> Iterator[io.StringIO]:
    """The log of this test, whatever stream another one has left behind."""
    stream = io.StringIO()
    log.configure("info", "json", stream)
    yield stream
    log.configure("warning", "console", sys.__stderr__)


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as found:
        yield found


@pytest.fixture
def server(sandbox: Sandbox) -> ImapServer:
    return ImapServer.embedded(sandbox)


@pytest.fixture
def app(database_url: str, tmp_path: Path, server: ImapServer, sink: SmtpSink) -> Iterator[App]:
    support = SERVERS.format(imap=server.port, user=server.username, password=dovecot.PASSWORD, smtp=sink.port)
    found = open_app(furnish(tmp_path, Furniture(url=database_url, support=support)), ManualClock())
    yield found
    found.close()


@pytest.fixture
def daemon(app: App) -> Daemon:
    """A daemon that is not started yet."""
    return Daemon(app)


@pytest.fixture
def ask(app: App, daemon: Daemon) -> Iterator[Callable[[str], tuple[int, str]]]:
    """Serves the pages; call it with a path for the status and the body."""
    daemon.start()
    with serving(pages(app, daemon), "127.0.0.1", 0) as port:

        def get(path: str) -> tuple[int, str]:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                    return answer.status, answer.read().decode()
            except urllib.error.HTTPError as error:
                with error:
                    return error.code, error.read().decode()

        yield get
    daemon.stop()
    daemon.join()


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def numbers(text: str) -> dict[tuple[str, ...], float]:
    """Every sample by its name and the values of its labels."""
    families = text_string_to_metric_families(text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_a_daemon_that_works_is_ready_and_counts_what_it_does(
    ask: Callable[[str], tuple[int, str]], server: ImapServer, sink: SmtpSink
) -> None:
    before = numbers(ask("/metrics")[1])
    server.append(MAIL, LOOPED)
    until(lambda: len(sink.taken) == 2 and ask("/readyz")[0] == 200)
    expected = {
        ("mailcase_mails_stored_total", "support"): 2,
        ("mailcase_mails_filed_total", "support", "filed"): 1,
        ("mailcase_mails_filed_total", "support", "held"): 1,
        ("mailcase_mails_sent_total", "support", "sent"): 2,
    }

    def counted() -> bool:
        now = numbers(ask("/metrics")[1])
        return {key: now.get(key, 0) - before.get(key, 0) for key in expected} == expected

    until(counted)
    found = numbers(ask("/metrics")[1])
    assert found["mailcase_mails_held",] == 1
    assert found["mailcase_mailbox_up", "support"] == found["mailcase_ready",] == 1
    assert found["mailcase_mailbox_last_mail_timestamp_seconds", "support"] == START.timestamp()
    assert found["mailcase_outbox_mails", "dead"] == 0


def test_the_pages_tell_nothing_of_customers(ask: Callable[[str], tuple[int, str]], server: ImapServer) -> None:
    server.append(MAIL)
    until(lambda: ask("/readyz")[0] == 200)
    told = "".join(ask(path)[1] for path in ("/healthz", "/readyz", "/metrics"))
    assert not [word for word in ("customer", "clara", "Secret", dovecot.PASSWORD) if word in told]


def test_health_is_that_of_the_threads(ask: Callable[[str], tuple[int, str]], daemon: Daemon) -> None:
    assert ask("/healthz") == (200, '{"status":"alive"}')
    daemon.stop()
    until(lambda: ask("/healthz")[0] == 503)


def test_a_mailbox_that_fails_is_named_with_its_remedy(app: App) -> None:
    app.config.mailboxes["support"].imap.__dict__["port"] = 1  # nobody listens there
    daemon = Daemon(app)
    daemon.start()
    with serving(pages(app, daemon), "127.0.0.1", 0) as port:
        until(lambda: daemon.health.all()["poll support"].failures > 0)
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10)
        told = json.loads(raised.value.read())
        raised.value.close()
    daemon.stop()
    daemon.join()
    mailbox = told["mailboxes"]["support"]
    assert (raised.value.code, told["status"], mailbox["is_well"]) == (503, "not ready", False)
    assert "nothing listens there" in mailbox["error"]
    assert "Check host and port" in mailbox["remedy"]


def test_what_waits_is_counted_and_timed(app: App, daemon: Daemon) -> None:
    with app.database.begin() as tx:
        inbox.put_many(tx, [a_received(uid, received_at=START - timedelta(minutes=uid)) for uid in (1, 2)])
        outbox.put(tx, an_outgoing("1"))
        outbox.put(tx, replace(an_outgoing("2"), state=OutboxState.DEAD))
    standing = look(app, daemon.health)
    assert standing.lag_s("support") == 120
    assert standing.lag_s("billing") == 0
    assert standing.waiting["support"].count == 2
    assert standing.unsent == {OutboxState.QUEUED: 1, OutboxState.UNCERTAIN: 0, OutboxState.DEAD: 1}
    assert not standing.is_ready


def test_a_port_that_is_taken_is_explained(app: App, daemon: Daemon) -> None:
    application = pages(app, daemon)
    told = pytest.raises(Unavailable, match=r"nothing can listen on 127\.0\.0\.1, port \d+: Address already in use")
    with serving(application, "127.0.0.1", 0) as port, told, serving(application, "127.0.0.1", port):
        pytest.fail("both listen")

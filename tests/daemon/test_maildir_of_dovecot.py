"""A Maildir that Dovecot delivers into and shows to people, while the desk takes its mail."""

import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from daemon.values import received
from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.dovecot import Dovecot
from lab.imapserver import ImapServer
from lab.mails import mail
from mailcase.app import App
from mailcase.daemon.poll_maildir import poll_maildir
from mailcase.daemon.sources import session_of
from mailcase.transport.maildir import MaildirSession

DELIVER = Path("/usr/lib/dovecot/dovecot-lda")
AGENTS, EACH = 3, 15


@pytest.fixture
def server(dovecot_server: Dovecot) -> ImapServer:
    """A user who has mail already."""
    if not DELIVER.exists():
        pytest.skip("Dovecot's delivery agent is not installed where Debian has it")
    found = ImapServer.dovecot(dovecot_server)
    deliver(dovecot_server, found.username, 0)
    return found


@pytest.fixture
def app(dovecot_server: Dovecot, server: ImapServer, tmp_path: Path, clock: ManualClock) -> Iterator[App]:
    path = dovecot_server.folder / "mail" / server.username / "Maildir"
    support = f'since = "all"\n[mailboxes.support.maildir]\npath = "{path}"\nfolders = ["INBOX", "Anfragen/Müller"]\n'
    found = open_app(furnish(tmp_path, Furniture(url="sqlite:///desk.db", support=support)), clock)
    yield found
    found.close()


def deliver(dovecot: Dovecot, user: str, number: int, *options: str) -> None:
    """Let Dovecot's delivery agent deliver a mail."""
    command = [str(DELIVER), "-c", str(dovecot.folder / "dovecot.conf"), "-d", user, "-f", "clara@customer.example"]
    raw = mail(f"Number {number}\n", message_id=f"<{number}@c.example>")
    done = subprocess.run([*command, *options], input=raw, capture_output=True, check=False)
    assert done.returncode == 0, (done.stderr.decode(), (dovecot.folder / "log").read_text()[-600:])


def test_nothing_is_lost_or_doubled_beside_a_real_mail_server(
    app: App, dovecot_server: Dovecot, server: ImapServer
) -> None:
    with server.client() as client:
        client.create('"Anfragen/M&APw-ller"')

    def deliver_some(first: int) -> None:
        for number in range(first, first + EACH):
            options = ("-m", "Anfragen/Müller") if number % 5 == 0 else ()
            deliver(dovecot_server, server.username, number, *options)

    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            with server.client() as client:  # which moves what is new to cur/, and renames it
                client.store("1:*", "+FLAGS", "\\Seen")

    agents = [threading.Thread(target=deliver_some, args=(1 + EACH * agent,)) for agent in range(AGENTS)]
    reader = threading.Thread(target=read)
    for thread in (*agents, reader):
        thread.start()
    session = session_of(app.config, "support", app.tokens)
    assert isinstance(session, MaildirSession)
    session.open()
    while any(thread.is_alive() for thread in agents):
        poll_maildir(app, "support", session)
    done.set()
    reader.join()
    poll_maildir(app, "support", session)
    assert len(received(app)) == 1 + AGENTS * EACH
    assert len({message.sha256 for message in received(app)}) == 1 + AGENTS * EACH
    assert len(server.flags()) + len(server.flags('"Anfragen/M&APw-ller"')) == 1 + AGENTS * EACH, "and people have all"

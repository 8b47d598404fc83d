"""Changed settings are taken over by a running daemon: only what they concern begins, ends or connects anew."""

import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from daemon.values import IMAP
from lab.desks import Furniture, furnish
from lab.imapserver import ImapServer
from lab.mails import mail
from lab.process import eventually
from lab.smtpsink import SmtpSink
from mailcase import log
from mailcase.app import App, build
from mailcase.daemon.supervise import Daemon
from mailcase.sandbox.server import Sandbox
from mailcase.store import outbox

BILLING = """
[mailboxes.billing.imap]
host = "127.0.0.1"
port = {port}
security = "none"
username = "{username}"
password = "{password}"
"""
SMTP = '[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A running daemon, and its settings file."""

    app: App
    daemon: Daemon
    out: io.StringIO
    support: ImapServer
    billing: ImapServer

    def change(self, edit: Callable[[str], str]) -> None:
        """Change the settings file and have it read at once, as by SIGHUP."""
        self.app.path.write_text(edit(self.app.path.read_text()))
        self.daemon._reload()

    def events(self, name: str) -> list[dict[str, object]]:
        lines = [json.loads(line) for line in self.out.getvalue().splitlines()]
        return [line for line in lines if line["event"] == name]

    def connected(self) -> list[object]:
        """The mailboxes in the order in which they were connected to, each time."""
        return [line["mailbox"] for line in self.events("mailbox.connected")]

    def is_connected(self, *mailboxes: str) -> None:
        eventually(lambda: self.connected() == list(mailboxes), f"{mailboxes}, not {self.connected()}")


@pytest.fixture
def scene(tmp_path: Path, sqlite_template: Path, sandbox: Sandbox) -> Iterator[Scene]:
    (tmp_path / "desk.db").write_bytes(sqlite_template.read_bytes())
    support, billing = ImapServer.embedded(sandbox), ImapServer.embedded(sandbox)
    section = IMAP.format(port=support.port, username=support.username, password=support.password, more="poll_s = 600")
    out = io.StringIO()
    log.configure("info", "json", out)
    app = build(furnish(tmp_path, Furniture(url="sqlite:///desk.db", support=f'since = "all"\n{section}')))
    daemon = Daemon(app)
    daemon.start()
    made = Scene(app=app, daemon=daemon, out=out, support=support, billing=billing)
    made.is_connected("support")
    yield made
    daemon.stop()
    daemon.join()
    app.close()
    log.configure("warning", "json", sys.__stderr__)


def added(scene: Scene) -> str:
    found = scene.billing
    return BILLING.format(port=found.port, username=found.username, password=found.password)


def test_a_mailbox_that_is_added_is_watched_and_the_other_not_disturbed(scene: Scene) -> None:
    scene.change(lambda text: text + added(scene))

    scene.is_connected("support", "billing")
    scene.billing.append(mail(sender="clara@customer.example"))
    eventually(lambda: len(scene.events("inbox.stored")) == 1, "the mail")
    assert set(scene.daemon.health.all()) >= {"poll support", "poll billing"}
    assert scene.daemon.is_alive


def test_a_mailbox_that_is_removed_is_left_and_the_other_not_disturbed(scene: Scene) -> None:
    scene.change(lambda text: text + added(scene))
    scene.is_connected("support", "billing")

    scene.change(lambda text: text.replace(added(scene), ""))

    assert "poll billing" not in scene.daemon.health.all()
    assert scene.daemon.is_alive
    scene.billing.append(mail(sender="clara@customer.example"))
    scene.support.append(mail(sender="dora@customer.example"))
    eventually(lambda: len(scene.events("inbox.stored")) == 1, "the mail of the other")
    assert scene.connected() == ["support", "billing"]


def test_a_mailbox_that_is_changed_is_connected_to_anew(scene: Scene) -> None:
    scene.change(lambda text: text + added(scene))
    scene.is_connected("support", "billing")

    scene.change(lambda text: text.replace("poll_s = 600", "poll_s = 601"))

    scene.is_connected("support", "billing", "support")
    assert scene.events("daemon.adapted")[-1]["restarted"] == ["support"]


def test_a_mended_password_is_used_at_once(scene: Scene) -> None:
    right = f'password = "{scene.support.password}"'
    scene.change(lambda text: text.replace(right, 'password = "wrong"'))
    eventually(lambda: scene.events("thread.unavailable") != [], "the refusal")

    scene.change(lambda text: text.replace('password = "wrong"', right))

    scene.is_connected("support", "support")
    assert scene.daemon.health.all()["poll support"].failing_since is None


def test_mail_goes_out_by_the_server_of_now(scene: Scene) -> None:
    with SmtpSink() as first, SmtpSink() as second:
        scene.change(lambda text: text + SMTP.format(port=first.port))
        scene.support.append(mail("one", sender="clara@customer.example"))
        eventually(lambda: len(first.taken) > 0, "a mail at the first server")

        scene.change(lambda text: text.replace(str(first.port), str(second.port)))
        taken = len(first.taken)
        scene.support.append(mail("two", sender="dora@other.example", message_id="<2@other.example>"))

        eventually(lambda: len(second.taken) > 0, "a mail at the second server")
        assert len(first.taken) == taken


@pytest.mark.parametrize(
    ("edit", "problem"),
    [
        (lambda text: text + "[mailboxes.support.imap", "not valid TOML"),
        (lambda text: text.replace('security = "none"', 'security = "nine"'), "mailboxes.support.imap.security"),
        (
            lambda text: text.replace("sqlite:///desk.db", "sqlite:///other.db"),
            "database: is changed, which takes a restart",
        ),
    ],
)
def test_wrong_settings_leave_everything_as_it_is(scene: Scene, edit: Callable[[str], str], problem: str) -> None:
    before = scene.app.config
    scene.change(lambda text: text.replace("[desk]", '[desk]\nadmin = "boss@northwind.example"', 1))
    scene.change(lambda text: text + SMTP.format(port=1))

    scene.change(edit)

    (told,) = scene.events("daemon.reload_refused")
    assert problem in f"{told['problems']}"
    assert (scene.app.config.database, scene.connected()) == (before.database, ["support"])
    with scene.app.database.read() as tx:
        (alarm,) = [one for one in outbox.find(tx) if one.template == "admin/alarm"]
    assert b"settings" in alarm.raw


def test_a_changed_file_is_seen_without_being_told(scene: Scene) -> None:
    scene.app.path.write_text(scene.app.path.read_text() + added(scene))

    eventually(lambda: scene.connected() == ["support", "billing"], "the new mailbox", timeout_s=20)

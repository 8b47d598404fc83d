"""Plays a story on a real desk: the daemon's own functions, a real database, a clock that the story moves."""

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from ruamel.yaml import YAML

from lab.desks import ManualClock
from lab.postman import CollectingPostman
from mailcase.app import App
from mailcase.daemon.deliver import deliver
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.daemon.watch import watch
from mailcase.domain.outbox import OutboxMessage
from mailcase.store import inbox
from scenarios.matching import differences, mail_differences
from scenarios.script import Step, Story, duration, fill
from scenarios.snapshot import snapshot

BETWEEN_MAILS = timedelta(minutes=10)
AGENT_TOKEN = re.compile(rb"mc[.-][0-9a-z]+[.-]a[a-z]", re.IGNORECASE)


class Stage:
    """One story being played."""

    def __init__(self, story: Story, app: App, clock: ManualClock) -> None:
        self._story, self._app, self._clock = story, app, clock
        self._postman = CollectingPostman()
        self._mails: dict[str, EmailMessage] = {}
        self._received: dict[str, bytes] = {}
        self._unseen: list[OutboxMessage] = []

    def play(self) -> None:
        """Play every step, and see that nothing is left over."""
        for step in self._story.steps:
            PLAY[step.kind](self, step)
        self._expect_silence("the end")
        for sent in self._postman.sent:
            self._check_secrets(sent)

    def _receive(self, step: Step) -> None:
        text = fill(step.text, self._mails)
        self._arrive(step, text.replace("\n", "\r\n").encode("utf-8", "surrogateescape"))

    def _receive_again(self, step: Step) -> None:
        number, *mailbox = step.text.split()
        raw = self._received[number]
        for name in mailbox:  # another delivery leaves other traces
            self._arrive(step, f"Delivered-To: {name}@northwind.example\r\n".encode() + raw, name)
        if not mailbox:
            self._arrive(step, raw)

    def _arrive(self, step: Step, raw: bytes, mailbox: str | None = None) -> None:
        self._expect_silence(step.path.name)
        self._clock.advance(BETWEEN_MAILS)
        self._received[step.number] = raw
        self._mails[step.number] = message_from_bytes(raw, policy=policy.default)
        stored = store(self._app, raw, mailbox)
        self._work()
        with self._app.database.read() as tx:
            assert inbox.raw(tx, stored.sha256) == raw, "the bytes are kept as they came"

    def _wait(self, step: Step) -> None:
        self._expect_silence(step.path.name)
        self._clock.advance(duration(step.text))
        self._work()

    def _work(self) -> None:
        while intake(self._app):
            pass
        watch(self._app)
        before = len(self._postman.sent)
        while deliver(self._app, dict.fromkeys(self._app.config.mailboxes, self._postman)):
            pass
        self._unseen += self._postman.sent[before:]

    def _expect_mail(self, step: Step) -> None:
        wanted = fill(step.text, self._mails)
        tried = {}
        for sent in self._unseen:
            mail = message_from_bytes(sent.raw, policy=policy.default)
            tried[_label(sent)] = mail_differences(wanted, sent, mail)
            if not tried[_label(sent)]:
                self._unseen.remove(sent)
                self._mails[step.number] = mail
                return
        told = "\n".join(f"--- {label} differs in\n" + "\n".join(found) for label, found in tried.items())
        raise AssertionError(f"{step.path.name}: no such mail was sent.\n{told or 'None was sent at all.'}")

    def _expect_cases(self, step: Step) -> None:
        found = differences(YAML(typ="safe").load(step.text), snapshot(self._app.database))
        assert not found, "\n".join([f"{step.path.name}:", *found])

    def _expect_silence(self, before: str) -> None:
        left = "\n".join(f"{_label(sent)}\n{sent.raw.decode()[:1500]}" for sent in self._unseen)
        assert not left, f"before {before} there are mails that the story does not expect:\n{left}"

    def _check_secrets(self, sent: OutboxMessage) -> None:
        """See that a mail to a customer holds neither a word of the house nor an agent's token."""
        agents = {agent.address for agent in self._app.desk.rulebook.agents.values()}
        if {recipient.address for recipient in sent.recipients} <= agents:
            return
        assert not AGENT_TOKEN.search(sent.raw), f"{_label(sent)} holds the token of an agent"
        mail = message_from_bytes(sent.raw, policy=policy.default)
        said = "\n".join(str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text")
        leaked = [words for words in self._story.secrets if words in said or words in str(mail["Subject"])]
        assert not leaked, f"{_label(sent)} tells the customer {leaked}"


def _label(sent: OutboxMessage) -> str:
    to = ", ".join(recipient.address for recipient in sent.recipients)
    return f"{sent.template or 'mail'} to {to}: {sent.subject}"


PLAY: dict[str, Callable[[Stage, Step], None]] = {
    "in.eml": Stage._receive,
    "again": Stage._receive_again,
    "later": Stage._wait,
    "out.eml": Stage._expect_mail,
    "yaml": Stage._expect_cases,
}

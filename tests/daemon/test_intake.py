"""From the inbox into cases, whatever a mail does."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from lab.desks import START, ManualClock
from lab.mails import ANNA, answer, mail
from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import ATTEMPT_DELAYS, intake
from mailcase.desk import fields
from mailcase.desk.filing import read_case
from mailcase.desk.outcome import Act
from mailcase.desk.record import record
from mailcase.domain.inbox import MAX_ATTEMPTS, HoldReason, InboxMessage, InboxState
from mailcase.domain.party import Agent
from mailcase.mail.render import Rendered, Templates
from mailcase.store import activities, cases, inbox, outbox
from mailcase.store.cases import CaseFilter

POISON = "poison"


@dataclass
class FailingTemplates(Templates):
    """Templates that break on one kind of mail."""

    inner: Templates

    def render(self, name: str, letter: object, **others: str) -> Rendered:
        if POISON in repr(letter):
            raise RecursionError("too deep for me")
        return self.inner.render(name, letter, **others)  # type: ignore[arg-type]


@pytest.fixture
def fragile(app: App) -> App:
    return replace(app, _desk=replace(app.desk, templates=FailingTemplates(app.desk.templates)))


def stored(app: App, text: str, number: int) -> InboxMessage:
    sender = f"c{number}@customer.example"
    return store(app, mail(f"{text}\n", sender=sender, subject=text, message_id=f"<{number}@c.example>"), None)


def let_leases_run_out(app: App) -> None:
    with app.database.begin() as tx:
        inbox.end_leases(tx)


def states(app: App) -> list[tuple[str, str]]:
    with app.database.read() as tx:
        return [(message.state, message.reason) for message in inbox.find(tx)][::-1]


def test_poison_is_tried_three_times_and_held_while_all_else_goes_on(fragile: App, clock: ManualClock) -> None:
    for number, text in enumerate(("one", POISON, "two")):
        stored(fragile, text, number)
    filed, waiting = (InboxState.FILED, ""), (InboxState.RECEIVED, "")
    intake(fragile)
    assert states(fragile) == [filed, waiting, filed]
    tried = 1
    while states(fragile)[1] == waiting:
        clock.advance(timedelta(minutes=1))
        tried += intake(fragile)
    assert tried == MAX_ATTEMPTS
    assert states(fragile) == [filed, (InboxState.HELD, HoldReason.FILING_FAILED), filed]
    assert clock() - START >= sum(ATTEMPT_DELAYS, timedelta(0)), "not all at once"


def test_a_mail_that_kills_the_daemon_is_held_and_costs_no_other_mail_its_attempts(
    app: App,
) -> None:
    class Killed(BaseException):
        pass

    class Killing(FailingTemplates):
        def render(self, name: str, letter: object, **others: str) -> Rendered:
            if POISON in repr(letter):
                raise Killed
            return self.inner.render(name, letter, **others)  # type: ignore[arg-type]

    deadly = replace(app, _desk=replace(app.desk, templates=Killing(app.desk.templates)))
    for number, text in enumerate((POISON, "one", "two")):
        stored(app, text, number)
    for _ in range(MAX_ATTEMPTS):
        with suppress(Killed):
            intake(deadly)
        let_leases_run_out(app)
    intake(deadly)
    assert states(app) == [(InboxState.HELD, HoldReason.FILING_FAILED), (InboxState.FILED, ""), (InboxState.FILED, "")]
    with app.database.read() as tx:
        held, *others = inbox.find(tx)[::-1]
    assert (held.attempts, [other.attempts for other in others]) == (MAX_ATTEMPTS, [2, 2])
    assert "The daemon ended while filing it, 3 times" in held.detail


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", HoldReason.EMPTY),
        (b" \r\n ", HoldReason.EMPTY),
        (b"Subject: nobody\r\n\r\nhello", HoldReason.NO_SENDER),
        (b"From: a@a.example, b@b.example\r\n\r\nhello", HoldReason.AMBIGUOUS_SENDER),
        (b"From: a@a.example\r\n" + b"X: y\r\n" * 2000 + b"\r\nhello", HoldReason.TOO_MANY_HEADERS),
        (b"Received: x\r\n" * 60 + b"From: a@a.example\r\n\r\nhello", HoldReason.TOO_MANY_HOPS),
    ],
)
def test_a_mail_that_nobody_can_file_is_held_at_once(app: App, raw: bytes, reason: HoldReason) -> None:
    store(app, raw, None)
    intake(app)
    with app.database.read() as tx:
        (message,) = inbox.find(tx)
        assert inbox.raw(tx, message.sha256) == raw
    assert (message.state, message.reason, message.next_attempt_at) == (InboxState.HELD, reason, None)
    assert message.detail


def test_mail_of_a_mailbox_that_is_gone_is_held_and_says_so(app: App) -> None:
    store(app, mail(), "billing")
    support = {"support": app.desk.mailboxes["support"]}
    intake(replace(app, _desk=replace(app.desk, mailboxes=support)))
    with app.database.read() as tx:
        (message,) = inbox.find(tx)
    assert message.state is InboxState.HELD
    assert "billing, which mailcase.toml no longer has" in message.detail


def change_case(app: App, tag: str) -> None:
    with app.database.begin() as tx:
        case = cases.get(tx, 1)
        assert case is not None
        act = Act(actor="ben", cause="command line", now=app.now())
        record(tx, app.desk, fields.set_tags(read_case(tx, case), tag, act), act.now)


class RacedAgents(dict[str, Agent]):
    """Agents whom the rules look up so slowly that somebody else changes the case meanwhile, `races` times."""

    def __init__(self, agents: Mapping[str, Agent], change: Callable[[str], None], races: int) -> None:
        super().__init__(agents)
        self.change, self.races = change, races

    def values(self):
        if self.races:
            self.races -= 1
            self.change(f"t{self.races}")
        return super().values()


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)  # SQLite has but one writer at a time
def test_a_case_that_changed_meanwhile_is_decided_on_again(app: App) -> None:
    store(app, mail(), None)
    intake(app)
    with app.database.read() as tx:
        ack = outbox.of_case(tx, 1)[0]
    store(app, answer(ack.message_id, "It blinks.\n", message_id="<2@customer.example>"), None)
    agents = RacedAgents(app.desk.rulebook.agents, lambda tag: change_case(app, tag), races=4)
    intake(replace(app, _desk=replace(app.desk, rulebook=replace(app.desk.rulebook, agents=agents))))
    with app.database.read() as tx:
        case = cases.get(tx, 1)
        assert case is not None
        assert case.tags == ("t3", "t2", "t1", "t0"), "the others' changes are kept"
        assert [activity.text for activity in activities.by_case(tx, 1)][-1].strip() == "It blinks."
        assert [message.template for message in outbox.of_case(tx, 1)].count("agent/customer_replied") == 1


def test_a_retried_mail_is_filed_once(app: App) -> None:
    message = stored(app, "hello", 1)
    intake(app)
    with app.database.begin() as tx:
        skipped = inbox.get(tx, message.id)
        assert skipped is not None
        assert skipped.state is InboxState.FILED
    assert intake(app) == 0
    with app.database.read() as tx:
        assert cases.count(tx, CaseFilter()) == 1


def test_agents_mail_without_a_case_goes_back_and_is_not_filed(app: App) -> None:
    store(app, mail("#resolve\n", sender=ANNA), None)
    intake(app)
    assert states(app) == [(InboxState.SKIPPED, "returned")]
    with app.database.read() as tx:
        assert [message.template for message in outbox.find(tx)] == ["agent/returned"]

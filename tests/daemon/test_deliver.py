"""From the outbox to a server that answers, refuses, cuts or is not there."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest

from daemon.values import filed_case
from lab.desks import ManualClock
from lab.mails import ANNA, answer, mail
from lab.ports import free_port
from lab.postman import CollectingPostman
from lab.smtpsink import CUT, SmtpSink
from mailcase.app import App
from mailcase.config import Security
from mailcase.daemon.claims import LEASE, Claims
from mailcase.daemon.deliver import deliver, take_over
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.desk.delivery import settle_delivery
from mailcase.domain.outbox import RETRY_DELAYS, Delivery, OutboxMessage, OutboxState, Phase
from mailcase.store import cases, outbox, timeline
from mailcase.transport.account import SmtpAccount
from mailcase.transport.smtp import SmtpPostman

QUICK = timedelta(seconds=5)


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


class Sender:
    """Delivers what is due to the sink."""

    def __init__(self, app: App, port: int) -> None:
        account = SmtpAccount(
            host="127.0.0.1",
            port=port,
            security=Security.NONE,
            username=None,
            password=lambda: "",
            helo_name="desk.example",
            connect_timeout=QUICK,
            command_timeout=QUICK,
            dot_timeout=QUICK,
        )
        self._app, self._postman = app, SmtpPostman(account)

    def __call__(self) -> int:
        return deliver(self._app, dict.fromkeys(self._app.config.mailboxes, self._postman))

    def close(self) -> None:
        self._postman.close()


@pytest.fixture
def send(app: App, sink: SmtpSink) -> Iterator[Sender]:
    sender = Sender(app, sink.port)
    yield sender
    sender.close()


def mails(app: App) -> list[OutboxMessage]:
    with app.database.read() as tx:
        return outbox.find(tx, limit=100)[::-1]


def with_reply(app: App, send: Sender) -> OutboxMessage:
    """Bring a case to where only an agent's answer waits to be sent, and return that."""
    filed_case(app, mail())
    send()
    filed_case(app, answer(mails(app)[-1].message_id, "Dear Clara\n", sender=ANNA, message_id="<a@northwind.example>"))
    return mails(app)[-1]


def test_what_is_due_is_sent_and_told_on_the_timeline(app: App, send: Sender, sink: SmtpSink) -> None:
    filed_case(app)
    assert send() == 2
    assert len(sink.taken) == 2
    assert [message.state for message in mails(app)] == [OutboxState.SENT] * 2
    with app.database.read() as tx:
        told = [entry.summary for entry in timeline.by_case(tx, 1)]
    assert told[-2:] == [
        "customer/acknowledged to clara@customer.example sent",
        "agent/new_case to anna@northwind.example sent",
    ]


def test_an_acknowledgement_has_the_null_return_path_and_an_answer_has_not(
    app: App, send: Sender, sink: SmtpSink
) -> None:
    with_reply(app, send)
    send()
    paths = {taken.recipients[0].split("<")[1].split(">")[0]: taken.mail for taken in (sink.taken[0], sink.taken[1])}
    assert paths["clara@customer.example"].startswith("MAIL FROM:<>")
    assert paths["anna@northwind.example"].startswith("MAIL FROM:<support@northwind.example>")
    assert sink.taken[-1].mail.startswith("MAIL FROM:<support@northwind.example>")


def test_later_means_later_by_the_table(app: App, send: Sender, sink: SmtpSink, clock: ManualClock) -> None:
    waiting = with_reply(app, send)
    sink.rescript({"rcpt": "451 4.2.1 later"})
    for delay in RETRY_DELAYS[:4]:
        assert send() == 1
        (row,) = [message for message in mails(app) if message.id == waiting.id]
        assert (row.state, row.due_at) == (OutboxState.QUEUED, clock() + delay)
        assert row.recipients[0].response == "451 4.2.1 later"
        assert send() == 0, "not before it is due"
        clock.advance(delay)
    sink.rescript({})
    assert send() == 1
    assert mails(app)[-1].state is OutboxState.SENT
    assert sink.taken[-1].raw == waiting.raw


def test_never_is_told_to_the_agent_and_the_customer_still_waits(app: App, send: Sender, sink: SmtpSink) -> None:
    waiting = with_reply(app, send)
    sink.rescript({"rcpt": "550 5.1.1 no such user"})
    assert send() == 1
    refused, told = mails(app)[-2:]
    assert (refused.id, refused.state) == (waiting.id, OutboxState.DEAD)
    assert (told.template, told.recipients[0].address) == ("agent/delivery_failed", "anna@northwind.example")
    assert b"550 5.1.1 no such user" in told.raw
    with app.database.read() as tx:
        case = cases.get(tx, 1)
        summaries = [entry.summary for entry in timeline.by_case(tx, 1)]
    assert case is not None
    assert (case.first_response_at, case.unanswered_since) == (None, case.created_at)
    assert "not delivered to clara@customer.example: 550 5.1.1 no such user" in summaries


def test_a_mail_that_is_not_out_for_hours_is_told_once_and_once_more_when_it_is_given_up(
    app: App, send: Sender, sink: SmtpSink, clock: ManualClock
) -> None:
    waiting = with_reply(app, send)
    sink.rescript({"rcpt": [*(["451 4.2.1 later"] * 100)]})
    notices: list[tuple[str, timedelta]] = []
    for _ in range(100):
        send()
        new = [one for one in mails(app) if one.id > waiting.id][len(notices) :]
        notices += [(one.template, clock() - waiting.created_at) for one in new]
        clock.advance(timedelta(hours=1))
    assert [template for template, _ in notices] == ["agent/delivery_delayed", "agent/delivery_failed"]
    assert notices[0][1] < timedelta(hours=8)
    assert notices[1][1] > timedelta(days=3)
    assert any(line.startswith("not yet delivered to clara@customer.example: 451") for line in told(app))


def test_a_refused_automatic_mail_troubles_nobody(app: App, send: Sender, sink: SmtpSink) -> None:
    sink.rescript({"rcpt": "550 5.1.1 no such user"})
    filed_case(app)
    send()
    assert [message.state for message in mails(app)] == [OutboxState.DEAD] * 2
    assert send() == 0


def test_a_line_cut_after_the_dot_sends_a_humans_words_again_with_the_same_bytes(
    app: App, send: Sender, sink: SmtpSink, clock: ManualClock
) -> None:
    with_reply(app, send)
    before = len(sink.taken)
    sink.rescript({"dot": [CUT, "250 2.0.0 taken"]})
    send()
    clock.advance(RETRY_DELAYS[0])
    send()
    first, second = sink.taken[before:]
    assert first.raw == second.raw
    assert mails(app)[-1].state is OutboxState.SENT


def told(app: App) -> list[str]:
    with app.database.read() as tx:
        return [entry.summary for entry in timeline.by_case(tx, 1)]


def test_a_second_copy_of_an_answer_is_shown_on_its_case(
    app: App, send: Sender, sink: SmtpSink, clock: ManualClock
) -> None:
    waiting = with_reply(app, send)
    sink.rescript({"dot": [CUT, "250 ok"]})
    send()
    clock.advance(RETRY_DELAYS[0])
    send()
    assert [taken.raw for taken in sink.taken[-2:]] == [waiting.raw] * 2
    perhaps, sent = told(app)[-2:]
    assert "sent perhaps: the line was cut after the text; sent again with the same Message-ID" in perhaps
    assert sent == "customer/replied to clara@customer.example sent"


def test_a_line_cut_after_the_dot_never_sends_an_automatic_mail_again(
    app: App, send: Sender, sink: SmtpSink, clock: ManualClock
) -> None:
    sink.rescript({"dot": CUT})
    filed_case(app)
    send()
    sink.rescript({})
    clock.advance(timedelta(days=1))
    send()
    assert [message.state for message in mails(app)] == [OutboxState.UNCERTAIN] * 2
    assert len(sink.taken) == 2, "each of them once"


def test_a_server_that_is_not_there_costs_no_mail(app: App, clock: ManualClock) -> None:
    filed_case(app)
    absent = Sender(app, free_port())
    absent()
    absent.close()
    assert [message.state for message in mails(app)] == [OutboxState.QUEUED] * 2
    clock.advance(RETRY_DELAYS[0])
    with SmtpSink() as sink:
        present = Sender(app, sink.port)
        assert present() == 2
        present.close()
    assert [message.state for message in mails(app)] == [OutboxState.SENT] * 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # on PostgreSQL leases run on its own clock
def test_what_a_dead_daemon_was_sending_goes_by_who_wrote_it(
    app: App, send: Sender, sink: SmtpSink, clock: ManualClock
) -> None:
    human = with_reply(app, send)
    store(app, mail(subject="Another", sender="carl@other.example", message_id="<c@other.example>"), None)
    intake(app)
    with app.database.begin() as tx:
        claimed = outbox.claim(tx, clock(), 20, LEASE)
        assert all(outbox.begin(tx, message, LEASE, clock()) for message in claimed)  # and here the daemon dies
    before = len(sink.taken)
    assert send() == 0, "another daemon waits for the lease"
    clock.advance(LEASE)
    assert send() == 1
    states = {message.id: message.state for message in mails(app)}
    assert states[human.id] is OutboxState.SENT
    assert {states[message.id] for message in claimed if message.id != human.id} == {OutboxState.UNCERTAIN}
    assert [taken.raw for taken in sink.taken[before:]] == [human.raw]
    assert any("sent perhaps: the daemon stopped while sending it; sent again" in line for line in told(app))


@pytest.mark.parametrize("by", [timedelta(days=1), timedelta(days=-1), LEASE], ids=["jump", "jump back", "slow server"])
def test_a_mail_that_is_being_sent_is_not_sent_by_another_thread_when_the_clock_moves(
    app: App, clock: ManualClock, by: timedelta
) -> None:
    claims, other = Claims(app), CollectingPostman()

    class Slow(CollectingPostman):
        def deliver(self, batch: Iterable[OutboxMessage]) -> Iterator[Delivery]:
            for delivery in super().deliver(batch):
                clock.advance(by)
                deliver(app, {"support": other}, claims=claims)
                yield delivery

    filed_case(app, mail())
    deliver(app, {"support": CollectingPostman()})
    filed_case(app, answer(mails(app)[-1].message_id, "Dear Clara\n", sender=ANNA, message_id="<a@northwind.example>"))
    human, slow = mails(app)[-1], Slow()

    deliver(app, {"support": slow}, claims=claims)

    assert [one.id for one in (*slow.sent, *other.sent)] == [human.id]
    assert mails(app)[-1].state is OutboxState.SENT


class Killed(BaseException):
    """A kill -9, as near as a test comes to it."""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # where only one daemon can be
def test_a_daemon_that_dies_midway_costs_no_mail_but_the_one_in_flight(app: App, clock: ManualClock) -> None:
    class Dying(CollectingPostman):
        def deliver(self, batch: Iterable[OutboxMessage]) -> Iterator[Delivery]:
            yield next(super().deliver(batch))
            next(iter(batch))  # the second is on its way
            raise Killed

    for number in range(3):
        filed_case(app, mail(message_id=f"<{number}@x.example>", sender=f"c{number}@x.example"))
    with pytest.raises(Killed):
        deliver(app, {"support": Dying()})
    after = CollectingPostman()
    take_over(app)
    assert deliver(app, {"support": after}) == 4
    states = [message.state for message in mails(app)]
    assert states == [OutboxState.SENT, OutboxState.UNCERTAIN, *[OutboxState.SENT] * 4]


def test_a_daemon_that_stops_begins_no_other_mail(app: App) -> None:
    filed_case(app)
    postman = CollectingPostman()
    deliver(app, {"support": postman}, lambda: len(postman.sent) == 1)
    assert [message.state for message in mails(app)] == [OutboxState.SENT, OutboxState.QUEUED]
    assert deliver(app, {"support": postman}) == 1
    assert [message.state for message in mails(app)] == [OutboxState.SENT] * 2


def test_a_late_settlement_is_dropped(app: App, send: Sender, clock: ManualClock) -> None:
    waiting = with_reply(app, send)
    with app.database.begin() as tx:
        (claimed,) = outbox.claim(tx, clock(), 20, timedelta(0))
        late = Delivery(outbox_id=waiting.id, fence=claimed.fence - 1, recipients=(), phase=Phase.DOT, response="late")
        assert settle_delivery(tx, app.desk, claimed, late, clock()) == claimed
        assert outbox.get(tx, waiting.id) == claimed

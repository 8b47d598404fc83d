"""How fast mail goes out: rates, the limit of a day, rests that a server asked for, copies for the archive."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from daemon.values import filed_case
from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.mails import ANNA, answer, mail
from lab.smtpsink import SmtpSink
from mailcase.app import App
from mailcase.daemon.connections import smtp_plans, smtp_round
from mailcase.daemon.deliver import deliver
from mailcase.domain.outbox import Authorship, OutboxMessage, OutboxState, Recipient
from mailcase.domain.pace import PAUSES, PUT_OFF_ALIKE
from mailcase.store import outbox, pauses
from store.values import an_outgoing

SMTP = """
[smtp]
host = "127.0.0.1"
security = "none"
port = {port}
{more}

[limits]
outgoing_per_day = {per_day}
"""
Opened = Callable[..., "Desk"]


class Desk:
    """A desk that sends to the sink, over the connections that its settings allow."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.rounds = [smtp_round(app.config, plan, app.tokens) for plan in smtp_plans(app.config)]

    def queue(self, *keys: str, **others: object) -> None:
        now = self.app.now()
        with self.app.database.begin() as tx:
            for key in keys:
                to = (Recipient(address=f"{key}@customer.example".replace(" ", ".")),)
                mail = replace(an_outgoing(key, recipients=to), created_at=now, due_at=now, **others)
                outbox.put(tx, mail)

    def send(self) -> int:
        """Send until nothing may go out; return how many mails were tried."""
        tried = 0
        while found := sum(deliver(self.app, postmen) for postmen in self.rounds):
            tried += found
        return tried

    def mails(self, template: str = "") -> list[OutboxMessage]:
        with self.app.database.read() as tx:
            return [one for one in outbox.find(tx, limit=100)[::-1] if one.template.startswith(template)]

    def close(self) -> None:
        for postmen in self.rounds:
            for postman in postmen.values():
                postman.close()
        self.app.close()


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as server:
        yield server


@pytest.fixture
def opened(database_url: str, tmp_path: Path, clock: ManualClock, sink: SmtpSink) -> Iterator[Opened]:
    made: list[Desk] = []

    def make(more: str = "", per_day: int = 1000, support: str = "") -> Desk:
        extra = SMTP.format(port=sink.port, more=more, per_day=per_day)
        path = furnish(tmp_path, Furniture(url=database_url, extra=extra, support=support))
        path.write_text(path.read_text().replace("[desk]", '[desk]\nadmin = "root@northwind.example"'))
        made.append(Desk(open_app(path, clock)))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


def keys(sink: SmtpSink) -> list[str]:
    return [taken.raw.decode().rpartition("\r\n\r\n")[2].strip() for taken in sink.taken]


def named(*names: str) -> dict[str, bytes]:
    return {name: f"Subject: x\r\n\r\n{name}".encode() for name in names}


def test_no_more_goes_out_in_a_span_than_the_rate_allows(opened: Opened, clock: ManualClock) -> None:
    desk = opened('rate = ["3/minute", "5/hour"]')
    desk.queue(*"abcdefgh")
    assert desk.send() == 3
    clock.advance(timedelta(seconds=59))
    assert desk.send() == 0
    clock.advance(timedelta(seconds=1))
    assert desk.send() == 2, "five in the hour"
    clock.advance(timedelta(minutes=59))
    assert desk.send() == 3


def test_the_words_of_people_go_before_automatic_mail(opened: Opened, sink: SmtpSink) -> None:
    desk = opened('rate = "2/minute"')
    for key in ("ack 1", "ack 2", "reply"):
        authorship = Authorship.AUTOMATIC if key.startswith("ack") else Authorship.HUMAN
        desk.queue(key, raw=named(key)[key], authorship=authorship)
    desk.send()
    assert keys(sink) == ["reply", "ack 1"]


def test_what_is_above_the_limit_of_a_day_waits_and_the_admin_hears_of_it(opened: Opened, clock: ManualClock) -> None:
    desk = opened(per_day=2)
    desk.queue(*"abc")
    desk.send()
    assert [one.state for one in desk.mails() if not one.template] == [
        *[OutboxState.SENT] * 2,
        OutboxState.QUEUED,
    ]
    (alarm,) = desk.mails("admin/alarm")
    assert b"2 mails went out within a day" in alarm.raw
    assert alarm.state is OutboxState.SENT, "mail to the admin is not kept back"
    clock.advance(timedelta(days=1))
    desk.send()
    assert {one.state for one in desk.mails()} == {OutboxState.SENT}


@pytest.mark.parametrize("step", ["connect", "mail"])
def test_a_server_that_wants_less_gets_a_rest_from_the_whole_account(
    opened: Opened, sink: SmtpSink, clock: ManualClock, step: str
) -> None:
    desk = opened("connections = 1")
    desk.queue(*"abc")
    sink.rescript({step: "421 4.7.0 too fast" if step == "connect" else "450 4.7.1 too fast"})
    assert desk.send() == 1
    before = sink.connections
    assert [one.attempts for one in desk.mails()] == [1, 0, 0]
    clock.advance(PAUSES[0] - timedelta(seconds=1))
    assert (desk.send(), sink.connections) == (0, before)
    sink.rescript({})
    clock.advance(timedelta(seconds=1))
    assert desk.send() == 3
    with desk.app.database.read() as tx:
        assert pauses.all_of(tx) == []


def test_after_a_rest_one_mail_tries_and_the_next_rest_is_longer(
    opened: Opened, sink: SmtpSink, clock: ManualClock
) -> None:
    desk = opened()
    desk.queue(*"abcdefgh")
    sink.rescript({"mail": "450 4.7.1 too fast"})
    tried = []
    for pause in PAUSES[:4]:
        tried.append(desk.send())
        clock.advance(pause)
    assert tried == [1, 1, 1, 1]
    (alarm,) = desk.mails("admin/alarm")
    assert b"4 times in a row" in alarm.raw.replace(b"=\r\n", b"").replace(b"\r\n", b" ")


@pytest.mark.parametrize("step", ["rcpt", "dot"])
def test_one_recipient_that_is_put_off_holds_up_no_other(opened: Opened, sink: SmtpSink, step: str) -> None:
    desk = opened("connections = 1")
    desk.queue(*"abc")
    sink.rescript({step: ["450 4.7.1 greylisted", "250 ok", "250 ok"]})

    assert desk.send() == 3

    assert [one.state for one in desk.mails()] == [OutboxState.QUEUED, OutboxState.SENT, OutboxState.SENT]


def test_many_recipients_put_off_alike_are_a_rest_for_the_account(
    opened: Opened, sink: SmtpSink, clock: ManualClock
) -> None:
    desk = opened("connections = 1")
    desk.queue(*"abcdefgh")
    sink.rescript({"rcpt": "450 4.7.1 too fast"})

    assert desk.send() == PUT_OFF_ALIKE

    sink.rescript({})
    clock.advance(PAUSES[0])
    assert desk.send() == len("abcdefgh")


def test_several_connections_share_the_work_and_no_mail_goes_twice(opened: Opened, sink: SmtpSink) -> None:
    desk = opened("connections = 3")
    desk.queue(*(f"mail {number}" for number in range(20)))
    assert len(desk.rounds) == 3
    deliver(desk.app, desk.rounds[0])
    assert len(sink.taken) == 6, "a part, so that the others have something to do"
    desk.send()
    assert (len(sink.taken), sink.connections) == (20, 3)


def test_the_archive_gets_a_copy_that_no_header_names(opened: Opened, sink: SmtpSink) -> None:
    desk = opened(support='bcc = ["archive@northwind.example"]')
    filed_case(desk.app)
    desk.send()
    acknowledgement, copy = desk.mails("customer/")[0], desk.mails("copy")[0]
    filed_case(desk.app, answer(desk.mails("agent/")[-1].message_id, "Dear Clara\n", sender=ANNA, message_id="<a@n>"))
    desk.send()
    assert copy.raw == acknowledgement.raw
    archived = [taken for taken in sink.taken if taken.recipients == ("RCPT TO:<archive@northwind.example>",)]
    assert [taken.mail.split()[1] for taken in archived] == ["FROM:<>", "FROM:<>"]
    assert b"archive@" not in b"".join(taken.raw for taken in sink.taken)
    assert b"\nbcc:" not in b"".join(taken.raw for taken in sink.taken).lower()


def test_an_archive_that_refuses_costs_the_customer_nothing(opened: Opened, sink: SmtpSink) -> None:
    desk = opened("connections = 1", support='bcc = ["archive@northwind.example"]')
    filed_case(desk.app, mail())
    sink.rescript({"rcpt": ["250 ok", "550 5.1.1 no archive", "250 ok"]})
    desk.send()
    assert [one.state for one in desk.mails("customer/")] == [OutboxState.SENT]
    assert [one.state for one in desk.mails("copy")] == [OutboxState.DEAD]
    assert desk.mails("agent/delivery_failed") == []

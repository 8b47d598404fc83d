"""E4: the same mail several times, and different mails that look the same by their Message-ID."""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab.desks import Furniture, furnish
from lab.experiment import Experiment, Findings, Setting, Trial
from lab.hosts import Host, imap_host, servers
from lab.ledger import Ledger, ledger
from lab.mails import mail
from lab.process import DaemonProcess, eventually
from lab.smtpsink import SmtpSink

SUPPORT, BILLING = "support", "billing"
BOTH = "support@northwind.example, billing@northwind.example"
ONE_CASE, PER_MAILBOX = "one_case", "one_per_mailbox"
WORDS = "My invoice is wrong, and the printer too: Grüße.\n"
LIMITS = "[limits]\nacknowledgements_per_hour = 100000\noutgoing_per_day = 100000\n"
Delivered = Sequence[tuple[str, bytes]]
"""Mailboxes and what is delivered there, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixture:
    """One way in which mails resemble each other, and what has to become of them."""

    name: str
    what: str
    make: Callable[[str, str], Delivered]
    """Takes the customer's address and a Message-ID."""
    cases: int
    acknowledgements: int
    policy: str = ONE_CASE


def _copy(number: int, raw: bytes) -> bytes:
    """Return a mail as one of its deliveries left it."""
    return f"Received: from relay{number}.example by mx.northwind.example\r\n".encode() + raw


def _written(sender: str, message_id: str, text: str = WORDS) -> bytes:
    encoding = {"Content-Transfer-Encoding": "8bit"}
    return mail(text, sender=sender, to=BOTH, subject=f"From {sender}", message_id=message_id, headers=encoding)


def _twice(sender: str, message_id: str) -> Delivered:
    raw = _written(sender, message_id)
    return [(SUPPORT, _copy(1, raw)), (BILLING, _copy(2, raw))]


def _again(sender: str, message_id: str) -> Delivered:
    raw = _written(sender, message_id)
    return [(SUPPORT, raw), (SUPPORT, raw)]


def _recoded(sender: str, message_id: str) -> Delivered:
    raw = _written(sender, message_id)
    head, _, body = raw.partition(b"\r\n\r\n")
    coded = head.replace(b"Encoding: 8bit", b"Encoding: base64") + b"\r\n\r\n" + base64.encodebytes(body)
    return [(SUPPORT, raw), (BILLING, coded.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))]


def _reused(sender: str, message_id: str) -> Delivered:
    return [(SUPPORT, _written(sender, message_id)), (SUPPORT, _written(sender, message_id, "Something else broke.\n"))]


def _stolen(sender: str, message_id: str) -> Delivered:
    other = sender.replace("@", "@other-")
    return [(SUPPORT, _written(sender, message_id)), (SUPPORT, _written(other, message_id, "What was her answer?\n"))]


def _nameless(sender: str, message_id: str) -> Delivered:
    raw = _written(sender, message_id).replace(b"Message-ID", b"X-Scanner-ID")
    return [(SUPPORT, _copy(number, raw)) for number in (1, 2)]


FIXTURES = (
    Fixture(name="twice", what="one mail to two of our mailboxes", make=_twice, cases=1, acknowledgements=1),
    Fixture(
        name="linked",
        what="one mail to two of our mailboxes, a case for each by policy",
        make=_twice,
        cases=2,
        acknowledgements=1,
        policy=PER_MAILBOX,
    ),
    Fixture(name="again", what="the same bytes again in the same mailbox", make=_again, cases=1, acknowledgements=1),
    Fixture(name="recoded", what="a copy in another encoding", make=_recoded, cases=1, acknowledgements=1),
    Fixture(name="reused", what="a Message-ID used again for other words", make=_reused, cases=2, acknowledgements=1),
    Fixture(name="stolen", what="a Message-ID used by a stranger", make=_stolen, cases=2, acknowledgements=2),
    Fixture(
        name="nameless", what="the same words twice without a Message-ID", make=_nameless, cases=2, acknowledgements=1
    ),
)  # one acknowledgement an hour to one address (E10)


def run(setting: Setting) -> Findings:
    """Deliver each fixture many times, on a desk of each policy."""
    times = setting.scaled(3, 50)
    with imap_host() as host, SmtpSink() as sink:
        policies = setting.scaled((ONE_CASE,), (ONE_CASE, PER_MAILBOX))
        trials = [trial for policy in policies for trial in _under(setting, host, sink.port, policy, times)]
        return Findings(trials=tuple(trials), where=f"{host.name}, SQLite")


def _under(setting: Setting, host: Host, smtp_port: int, policy: str, times: int) -> Iterator[Trial]:
    fixtures = [fixture for fixture in FIXTURES if fixture.policy == policy]
    folder = setting.room(policy)
    url = f"sqlite:///{folder / 'desk.db'}"
    users = {name: host.user() for name in (SUPPORT, BILLING)}
    delivered: dict[str, list[bytes]] = {SUPPORT: [], BILLING: []}
    for fixture in fixtures:
        for number in range(times):
            person = f"c{number}@{fixture.name}-{number}.example"
            for mailbox, raw in fixture.make(person, f"<{number}@{fixture.name}.example>"):
                delivered[mailbox].append(raw)
    for mailbox, mails in delivered.items():
        setting.random(f"{policy} {mailbox}").shuffle(mails)
        users[mailbox].append(*mails)
    support, billing = (servers(name, users[name], smtp_port) for name in (SUPPORT, BILLING))
    furniture = Furniture(url=url, desk=f'copies = "{policy}"', support=support, extra=billing + LIMITS)
    _file_all(furnish(folder, furniture), url, sum(map(len, delivered.values())))
    with ledger(url) as found:
        yield from (_trial(fixture, found, times) for fixture in fixtures)
    setting.tell(f"{policy}: {len(fixtures)} fixtures, {times} times each")


def _file_all(settings: Path, url: str, mails: int) -> None:
    with DaemonProcess(settings) as daemon:
        daemon.wait_for_notice("READY=1")
        with ledger(url) as found:
            eventually(
                lambda: found.states().total() == mails and not found.waiting(), f"{mails} mails: {daemon.tail()}"
            )
        daemon.stop()


def _trial(fixture: Fixture, found: Ledger, times: int) -> Trial:
    """Compare the cases, activities and acknowledgements of a fixture's customers with what they should be."""
    theirs = f"SELECT id FROM cases WHERE title LIKE 'From c%{fixture.name}-%.example'"
    counts = {
        "cases": (found.number(f"SELECT count(*) FROM ({theirs})"), fixture.cases),
        "activities": (
            found.number(f"SELECT count(*) FROM activities WHERE inbox_id IS NOT NULL AND case_id IN ({theirs})"),
            fixture.cases,
        ),
        "acknowledgements": (
            found.number(
                f"SELECT count(*) FROM outbox WHERE template = 'customer/acknowledged' AND case_id IN ({theirs})"
            ),
            fixture.acknowledgements,
        ),
    }
    return Trial(
        what=fixture.what,
        times=times,
        lost=sum(max(0, due * times - there) for there, due in counts.values()),
        doubled=sum(max(0, there - due * times) for there, due in counts.values()),
        note=f"{fixture.cases} case{'s' * (fixture.cases > 1)}, {fixture.acknowledgements} acknowledged",
    )


EXPERIMENT = Experiment(
    name="E4",
    promise="G4",
    title="A Message-ID is not an identity",
    how=(
        "Pairs of mails that are the same, or only look so, are delivered to two mailboxes that one daemon watches. What each pair "
        "must become is in the notes. Lost: a case, activity or acknowledgement too few. Doubled: one too many."
    ),
    run=run,
)

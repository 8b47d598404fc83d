"""Machines that answer machines, and forgers who let the desk write to its agents: both come to an end."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lab.desks import Furniture, ManualClock, furnish, open_app
from lab.filed import file_mail
from lab.mails import ANNA, CLARA, answer, mail
from mailcase.app import App
from mailcase.desk.responder import MAX_FAST, MAX_SAME
from mailcase.domain.inbox import HoldReason, InboxMessage, InboxState
from mailcase.domain.outbox import OutboxMessage
from mailcase.store import outbox

MACHINE = "Thank you for your message, we will get back to you soon.\n"
EXTRA = '[smtp]\nhost = "127.0.0.1"\nsecurity = "none"\nport = 25\n[limits]\nreturned_per_agent_hour = 2\n'


@pytest.fixture
def app(database_url: str, tmp_path: Path, clock: ManualClock) -> Iterator[App]:
    path = furnish(tmp_path, Furniture(url=database_url, extra=EXTRA))
    path.write_text(path.read_text().replace("[desk]", '[desk]\nadmin = "root@northwind.example"'))
    found = open_app(path, clock)
    yield found
    found.close()


def outgoing(app: App, template: str) -> list[OutboxMessage]:
    with app.database.read() as tx:
        return [one for one in outbox.find(tx, limit=1000) if one.template == template]


def answers(app: App, sender: str, template: str, texts: list[str], **headers: str) -> list[InboxMessage]:
    """Answer the newest mail of this template with each of these texts in turn."""
    return [
        file_mail(app, answer(outgoing(app, template)[0].message_id, text, sender=sender, message_id=f"<{n}.{sender[-20:]}"))
        for n, text in enumerate(texts)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("sender", "template"),
    [(CLARA, "customer/acknowledged"), (ANNA, "agent/new_case")],
    ids=["a customer's", "an agent's"],
)
def test_a_machine_that_says_the_same_again_and_again_is_held(app: App, sender: str, template: str) -> None:
    file_mail(app, mail())
    filed = answers(app, sender, template, [MACHINE] * (MAX_SAME + 2))
    assert [one.state for one in filed] == [*[InboxState.FILED] * MAX_SAME, *[InboxState.HELD] * 2]
    assert {one.reason for one in filed[MAX_SAME:]} == {HoldReason.RESPONDER}


def test_a_machine_that_says_something_new_each_time_is_held(app: App) -> None:
    file_mail(app, mail())
    filed = answers(app, CLARA, "customer/acknowledged", [f"Your ticket is {n}.\n" for n in range(MAX_FAST + 2)])
    assert Counter(one.state for one in filed)[InboxState.HELD] == 3, "the mail that opened the case counts"


def test_people_who_repeat_themselves_over_the_hours_are_heard(app: App, clock: ManualClock) -> None:
    file_mail(app, mail())
    for number in range(8):
        clock.advance(timedelta(minutes=25))
        (filed,) = answers(app, CLARA, "customer/acknowledged", ["Any news?\n"])
        assert filed.state is InboxState.FILED, number


def test_commands_are_the_same_again_and_again(app: App) -> None:
    file_mail(app, mail())
    filed = answers(app, ANNA, "agent/new_case", ["#show\n"] * (MAX_SAME + 2))
    assert {one.state for one in filed} == {InboxState.FILED}


def test_forged_mail_of_an_agent_makes_a_few_mails_to_them_and_no_more(app: App, clock: ManualClock) -> None:
    forged = [file_mail(app, mail(f"#resolve {n}\n", sender=ANNA, message_id=f"<f{n}@evil.example>")) for n in range(5)]
    assert [one.state for one in forged] == [*[InboxState.SKIPPED] * 2, *[InboxState.HELD] * 3]
    assert forged[-1].reason == HoldReason.COMMAND_REFUSED
    assert len(outgoing(app, "agent/returned")) == 2
    (alarm,) = outgoing(app, "admin/alarm")
    assert b"returned_per_agent_hour" in alarm.raw
    clock.advance(timedelta(hours=1))
    assert file_mail(app, mail("#resolve\n", sender=ANNA, message_id="<l@evil.example>")).state is InboxState.SKIPPED
    assert len(outgoing(app, "agent/returned")) == 3


def test_forged_mail_on_a_case_becomes_drafts_and_no_more_mails(app: App) -> None:
    file_mail(app, mail())
    token = outgoing(app, "customer/acknowledged")[0].message_id
    for number in range(4):
        text = f"#resolve {number}\n"
        forged = file_mail(app, answer(token, text, sender=ANNA, message_id=f"<f{number}@evil.example>"))
        assert forged.state is InboxState.FILED
    assert len(outgoing(app, "agent/confirm")) == 2

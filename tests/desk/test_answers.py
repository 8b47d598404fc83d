"""Where answers to customers go: to the Reply-To of their mail only where it is safe."""

import pytest

from lab.desks import ManualClock
from lab.filed import file_mail
from lab.mails import ANNA, mail
from mailcase.app import App
from mailcase.store import outbox

PASS = "Authentication-Results: mx.northwind.example; dmarc=pass header.from=customer.example\r\n"


def answered_to(app: App, raw: bytes) -> list[str]:
    """File a mail, let Anna answer, and return whom the answer goes to."""
    file_mail(app, raw)
    with app.database.read() as tx:
        notice = next(one for one in outbox.find(tx) if one.template == "agent/new_case")
    fields = {"In-Reply-To": f"<{notice.message_id}>"}
    file_mail(app, mail("Yes.\n", sender=ANNA, message_id="<a@nw.example>", headers=fields))
    with app.database.read() as tx:
        sent = next(one for one in outbox.find(tx) if one.template == "customer/replied")
    return [one.address for one in sent.recipients]


@pytest.mark.parametrize(
    ("sender", "reply_to", "proof", "to"),
    [
        ("clara@customer.example", "office@customer.example", "", "office@customer.example"),
        ("clara@customer.example", "office@mail.customer.example", "", "office@mail.customer.example"),
        ("clara@customer.example", "clara@home.example", "", "clara@customer.example"),
        ("clara@customer.example", "clara@home.example", PASS, "clara@home.example"),
        ("clara@gmail.com", "other@gmail.com", "", "clara@gmail.com"),
        ("clara@customer.example", "support@northwind.example", PASS, "clara@customer.example"),
        ("clara@customer.example", "ben@northwind.example", PASS, "clara@customer.example"),
        ("clara@customer.example", "a@customer.example, b@customer.example", PASS, "clara@customer.example"),
    ],
    ids=["colleague", "below", "elsewhere", "proved", "free mail", "the desk", "an agent", "two"],
)
def test_an_answer_goes_to_reply_to_where_that_is_safe(
    app: App, sender: str, reply_to: str, proof: str, to: str
) -> None:
    raw = proof.encode() + mail(sender=sender, headers={"Reply-To": reply_to})
    assert answered_to(app, raw) == [to]


def test_the_agent_is_told_and_nothing_automatic_goes_there(app: App, clock: ManualClock) -> None:
    file_mail(app, mail(headers={"Reply-To": "office@customer.example"}))
    with app.database.read() as tx:
        sent = {one.template: one for one in outbox.find(tx)}
    assert "Answers:   go to office@customer.example" in sent["agent/new_case"].raw.decode()
    assert [one.address for one in sent["customer/acknowledged"].recipients] == ["clara@customer.example"]


def test_a_reply_to_joins_nothing(app: App) -> None:
    file_mail(app, mail(headers={"Reply-To": "office@customer.example"}))
    with app.database.read() as tx:
        token = next(one.message_id for one in outbox.find(tx) if one.template == "customer/acknowledged")
    fields = {"In-Reply-To": f"<{token}>"}
    other = file_mail(app, mail(sender="office@customer.example", message_id="<o@customer.example>", headers=fields))
    assert other.case_id == 2

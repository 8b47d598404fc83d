"""How mail finds its case when a provider took our Message-ID away, and when two mails answer the same unknown one."""

from email import message_from_bytes, policy

from mailcase.app import App
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.domain.inbox import InboxMessage
from mailcase.domain.outbox import OutboxMessage
from mailcase.store import cases, inbox, outbox

PROVIDERS = "<0100-abc@email.provider.example>"


def file(app: App, *fields: str, sender: str = "clara@customer.example", to: str = "support@northwind.example") -> int:
    head = "\r\n".join((f"From: {sender}", f"To: {to}", *fields))
    message = store(app, f"{head}\r\n\r\nThe printer again: {fields}\r\n".encode(), None)
    while intake(app):
        pass
    filed = stored(app, message)
    assert filed.case_id is not None
    return filed.case_id


def stored(app: App, message: InboxMessage) -> InboxMessage:
    with app.database.read() as tx:
        found = inbox.get(tx, message.id)
    assert found is not None
    return found


def acknowledgement(app: App) -> OutboxMessage:
    with app.database.read() as tx:
        return next(mail for mail in outbox.find(tx) if mail.template == "customer/acknowledged")


def reply_address(app: App) -> str:
    mail = message_from_bytes(acknowledgement(app).raw, policy=policy.default)
    return str(mail["Reply-To"].addresses[0].addr_spec)


def test_a_name_that_a_provider_gave_our_mail_is_learned_from_the_first_answer(app: App) -> None:
    case = file(app, "Subject: Printer")
    assert file(app, "Subject: Re: a", f"In-Reply-To: {PROVIDERS}", to=reply_address(app)) == case
    assert file(app, "Subject: Re: b", f"In-Reply-To: {PROVIDERS}") == case


def test_a_name_that_nobody_proved_joins_nothing(app: App) -> None:
    case = file(app, "Subject: Printer")
    assert file(app, "Subject: Re: b", f"In-Reply-To: {PROVIDERS}") != case


def test_a_stranger_gains_nothing_by_a_learned_name(app: App) -> None:
    case = file(app, "Subject: Printer")
    file(app, "Subject: Re: a", f"In-Reply-To: {PROVIDERS}", to=reply_address(app))
    other = file(app, "Subject: Re: b", f"In-Reply-To: {PROVIDERS}", sender="eve@elsewhere.example")
    with app.database.read() as tx:
        found = cases.get(tx, other)
    assert found is not None
    assert (found.id != case, found.related_id, found.is_unverified) == (True, case, True)


def test_two_mails_that_answer_the_same_unknown_mail_are_linked(app: App) -> None:
    first = file(app, "Subject: Fwd: fault", "References: <origin@elsewhere.example>")
    second = file(app, "Subject: Fwd: fault", "References: <origin@elsewhere.example>", sender="bob@customer.example")
    with app.database.read() as tx:
        found = cases.get(tx, second)
    assert found is not None
    assert (found.id != first, found.related_id) == (True, first)


def test_a_forged_customer_joins_no_case_even_with_its_token(app: App) -> None:
    case = file(app, "Subject: Printer")
    verdict = "Authentication-Results: mx.northwind.example; dmarc=fail header.from=customer.example"
    other = file(app, "Subject: Re: a", f"In-Reply-To: <{acknowledgement(app).message_id}>", verdict)
    with app.database.read() as tx:
        found = cases.get(tx, other)
    assert found is not None
    assert (found.id != case, found.related_id, found.is_unverified) == (True, case, True)

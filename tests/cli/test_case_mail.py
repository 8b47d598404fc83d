"""`mailcase case work | send | cc`: what goes out to the customer, and to whom besides."""

import pytest

from cli.conftest import DeskFolder, Mailcase
from lab.mails import ANNA, mail
from mailcase.daemon.ingest import store
from mailcase.daemon.intake import intake
from mailcase.domain.number import format_number
from mailcase.domain.outbox import OutboxMessage
from mailcase.store import outbox

FIRST = format_number(1)


def take(desk: DeskFolder, *raws: bytes) -> list[OutboxMessage]:
    """File mails and return what the desk has written so far, the newest first."""
    app = desk.opened()
    for raw in raws:
        store(app, raw, None)
    while intake(app):
        pass
    with app.database.read() as tx:
        found = outbox.find(tx)
    app.close()
    return found


def of(mails: list[OutboxMessage], template: str) -> OutboxMessage:
    return next(one for one in mails if one.template == template)


@pytest.fixture
def desk(desk: DeskFolder) -> DeskFolder:
    """A desk on which Clara has written twice."""
    token = of(take(desk, mail()), "customer/acknowledged").message_id
    take(desk, mail("It burns.\n", message_id="<2@customer.example>", headers={"In-Reply-To": f"<{token}>"}))
    return desk


def test_an_answer_is_refused_when_the_customer_has_written_again(mailcase: Mailcase, desk: DeskFolder) -> None:
    words = ("--config", desk.config, "case", "work", FIRST, "Turn it off.", "--as", "anna")
    mailcase(*words, "--read", "1").fails(1, "has written again (mail 2)", "It burns.", "--anyway")
    assert mailcase(*words, "--read", "1", "--anyway").code == 0
    assert mailcase(*words, "--read", "2").code == 0
    assert mailcase(*words).code == 0


def test_who_is_copied_is_told_and_changed(mailcase: Mailcase, desk: DeskFolder) -> None:
    case = ("--config", desk.config, "case", "cc", FIRST, "--as", "anna")
    assert "nobody else is copied" in mailcase(*case).text
    assert "copied: +max@x.example" in mailcase(*case, "max@x.example").text
    assert "Copied" in mailcase("--config", desk.config, "case", "show", FIRST).text
    assert "copied: -max@x.example" in mailcase(*case, "--", "-max@x.example").text
    mailcase(*case, "clara@customer.example").fails(1, "is the customer")


def test_a_held_mail_is_sent(mailcase: Mailcase, desk: DeskFolder) -> None:
    token = of(take(desk), "agent/new_case").message_id
    take(desk, mail("Turn it off.\n", sender=ANNA, message_id="<a@nw.example>", headers={"In-Reply-To": f"<{token}>"}))
    send = ("--config", desk.config, "case", "send", FIRST, "--as", "anna")
    done = mailcase(*send, "--json").json["done"]
    assert [line["outcome"] for line in done] == ["draft 3 was released"]
    assert "Turn it off." in of(take(desk), "customer/replied").raw.decode()
    mailcase(*send).fails(1, "no mail of yours is held")
    mailcase(*send, "3").fails(1, "was sent already")

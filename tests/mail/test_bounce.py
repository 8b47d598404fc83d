"""A bounce takes a mail system that sent it and words of failure, in any language."""

import pytest

from letters import letter
from mailcase.domain.email import InboundEmail, Kind
from mailcase.mail.classify import classify

OWN = frozenset({"support@desk.example"})
FAILED = "Your mail could not be delivered to these people:\n\nbob@shop.example: no such user\n"
DELIVERED = "Your message has been delivered to the following recipients:\n\nbob@shop.example\n"


def notice(body: str = FAILED, **fields: str | None) -> InboundEmail:
    given = {"subject": "Undeliverable: printer", "to": "support@desk.example", "return_path": None}
    return letter(body, **(given | fields))


def kind_of(mail: InboundEmail) -> Kind:
    return classify(mail, OWN).kind


@pytest.mark.parametrize(
    "sender",
    [
        "Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@shop.example>",
        "Mail Filter <mail-filter@mx.example>",
        "antivirus@mx.example",
        "System Administrator <>",  # no address at all
    ],
)
def test_mail_systems_have_many_names(sender):
    assert kind_of(notice(**{"from": sender})) is Kind.BOUNCE


@pytest.mark.parametrize(
    ("envelope", "kind"),
    [
        ("<>", Kind.BOUNCE),
        ("<support@desk.example>", Kind.BOUNCE),  # programs that fetch mail put the recipient for the null sender
        ("<postmaster@shop.example>", Kind.HUMAN),  # somebody sits there, and would get our answer
    ],
)
def test_a_postmaster_with_a_return_path_of_his_own_may_be_a_person(envelope, kind):
    assert kind_of(notice(return_path=envelope, **{"from": "postmaster@shop.example"})) is kind


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Remise différée", "Votre message à bob@shop.example n'a pas encore été remis.\n"),
        ("Verzögerte Zustellung", "bob@shop.example\n"),
        ("Uncaught bounce notification", "The attached message was received as a bounce.\n"),
        ("Kein Titel", "Fehler bei der Zustellung an bob@shop.example\n"),
        ("Printer", "Η παράδοση στον bob@shop.example απέτυχε.\n"),
        ("Δεν είναι δυνατή η παράδοση: εκτυπωτής", "bob@shop.example\n"),
        ("打印机", "未能向以下收件人传递邮件：\nbob@shop.example\n"),
        ("未传递: 打印机", "bob@shop.example\n"),
        ("Máy in", "Không thể gửi thư tới bob@shop.example\n"),
        ("Принтер", "Не вдалося доставити листа: bob@shop.example\n"),
    ],
)
def test_notices_are_read_in_many_languages(subject, body):
    assert kind_of(notice(body, subject=subject, return_path="<>", **{"from": "postmaster@mx.example"})) is Kind.BOUNCE


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"subject": "Delivered: printer", "from": "postmaster@mx.example"}, Kind.DELIVERED),
        ({"subject": "Zugestellt: Drucker", "from": "mailer-daemon@mx.example", "return_path": "<>"}, Kind.DELIVERED),
        ({"subject": "Delivered: printer", "from": "ada@customer.example"}, Kind.HUMAN),
        ({"from": "postmaster@shop.example", "return_path": "<postmaster@shop.example>"}, Kind.HUMAN),
    ],
)
def test_success_in_plain_words_is_believed_of_a_mail_system(fields, kind):
    assert kind_of(notice(DELIVERED, **fields)) is kind

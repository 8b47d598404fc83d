"""Who wrote a mail that somebody passed on."""

import pytest

from lab.mails import ANNA, mail
from mailcase.domain.email import Address
from mailcase.mail.forward import original_sender
from mailcase.mail.limits import Limits
from mailcase.mail.parse import parse

CLARA = Address(address="clara@customer.example", name="Clara Weber")
GMAIL = """See below.

---------- Forwarded message ---------
From: Clara Weber <clara@customer.example>
Date: Mon, 2 Mar 2026 at 09:05
Subject: Printer
To: <anna@northwind.example>

It jams.
"""
APPLE = """> Begin forwarded message:
>
> From: Clara Weber <clara@customer.example>
> Subject: Printer
> Date: 2. March 2026 at 09:05:00 GMT+1
> To: anna@northwind.example
>
> It jams.
"""
THUNDERBIRD = """-------- Weitergeleitete Nachricht --------
Betreff: Drucker
Datum: Mon, 2 Mar 2026 09:05:00 +0100
Von: Clara Weber <clara@customer.example>
An: anna@northwind.example

Er klemmt.
"""
OUTLOOK = """Please help.

From: Clara Weber <clara@customer.example<mailto:clara@customer.example>>
Sent: Monday, March 2, 2026 9:05 AM
To: Anna Berg <anna@northwind.example>
Subject: Printer

It jams.
"""
FRENCH = """-----Message d'origine-----
De : Clara Weber [mailto:clara@customer.example]
Envoyé : lundi 2 mars 2026 09:05
À : Anna Berg
Objet : Imprimante

Elle bourre.
"""


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Fwd: Printer", GMAIL),
        ("Printer", GMAIL),
        ("Fwd: Printer", APPLE),
        ("Fwd: Drucker", THUNDERBIRD),
        ("FW: Printer", OUTLOOK),
        ("TR : Imprimante", FRENCH),
    ],
    ids=["Gmail", "without a mark", "Apple Mail", "Thunderbird", "Outlook", "Outlook in French"],
)
def test_the_writer_is_found_in_what_five_programs_put_above_it(subject: str, text: str) -> None:
    assert original_sender(parse(mail(text, sender=ANNA, subject=subject), Limits())) == CLARA


def test_the_writer_of_an_attached_mail_is_found() -> None:
    inner = mail("It jams.\n").decode()
    body = f"--b\r\n\r\nSee this.\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--b--\r\n"
    headers = {"MIME-Version": "1.0", "Content-Type": 'multipart/mixed; boundary="b"'}
    assert original_sender(parse(mail(body, sender=ANNA, subject="Printer", headers=headers), Limits())) == CLARA


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Printer", OUTLOOK),
        ("Printer", "From: here to there.\nTo: nobody\n"),
        ("Fwd: Printer", "As I said.\n"),
        ("Fwd: Printer", ""),
    ],
    ids=["an answer", "words", "nothing below", "empty"],
)
def test_what_is_no_forward_names_nobody(subject: str, text: str) -> None:
    assert original_sender(parse(mail(text, sender=ANNA, subject=subject), Limits())) is None

"""Return paths that tell which mail of ours a report is about."""

import pytest

from lab.mails import mail
from mailcase.domain.token import Party, Token
from mailcase.mail import return_path, thread
from mailcase.mail.parse import parse
from mailcase.mail.return_path import Sending

SECRETS = (b"the secret of the tests' desks!!", b"an older one, still good enough.")
ADDRESS = "support@northwind.example"
OWN = frozenset({ADDRESS})
TOKEN = Token(case_id=4711, party=Party.CUSTOMER, party_id="12")
MESSAGE_ID = thread.mint_message_id(TOKEN, SECRETS[0], "0123456789abcdef", "northwind.example")
OTHER_ID = thread.mint_message_id(TOKEN, SECRETS[0], "fedcba9876543210", "northwind.example")
PATH = return_path.mint(MESSAGE_ID, SECRETS[0], ADDRESS)


def found(to: str, **headers: str) -> Sending | None:
    return return_path.sending_of(parse(mail(to=to, headers=headers)), SECRETS, OWN)


def test_a_report_to_the_return_path_tells_the_mail() -> None:
    sending = found(PATH)

    assert sending is not None
    assert sending.case_id == 4711
    assert (sending.is_of(MESSAGE_ID), sending.is_of(OTHER_ID)) == (True, False)
    assert not sending.is_of("<1@customer.example>")


def test_relays_may_change_the_case_and_note_it_elsewhere() -> None:
    assert found(PATH.upper()) == found(PATH)
    assert found("undisclosed-recipients:;", **{"Delivered-To": PATH}) == found(PATH)


def test_a_key_that_was_replaced_still_proves() -> None:
    assert found(return_path.mint(MESSAGE_ID, SECRETS[1], ADDRESS)) == found(PATH)


@pytest.mark.parametrize(
    ("to", "reason"),
    [
        (ADDRESS, "there is no token"),
        (PATH.replace("mcr-3mv-", "mcr-3mw-"), "another case"),
        (PATH.replace("01234567", "01234568"), "another mail"),
        (PATH.replace("@northwind", "@elsewhere"), "not our address"),
        (return_path.mint(MESSAGE_ID, b"a key that we never had ........", ADDRESS), "another's key"),
        (thread.mint_address(TOKEN, SECRETS[0], ADDRESS), "a reply address"),
    ],
)
def test_nothing_else_proves(to: str, reason: str) -> None:
    assert found(to) is None, reason


def test_a_return_path_joins_no_mail_to_a_case() -> None:
    assert thread.keys(parse(mail(to=PATH)), SECRETS, OWN).tokens == ()


@pytest.mark.parametrize(
    ("message_id", "address", "reason"),
    [
        (MESSAGE_ID, "the.customer.service.of.the.north@northwind.example", "no room"),
        (MESSAGE_ID, "support+desk@northwind.example", "a subaddress already"),
        ("1234.notice@northwind.example", ADDRESS, "no Message-ID with a token"),
    ],
)
def test_where_it_cannot_be_made_the_address_stays(message_id: str, address: str, reason: str) -> None:
    assert return_path.mint(message_id, SECRETS[0], address) == address, reason

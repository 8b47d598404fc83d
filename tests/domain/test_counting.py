"""Numbers and nouns."""

import pytest

from mailcase.domain.counting import counted


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (0, "mail", "0 mails"),
        (1, "mailbox", "1 mailbox"),
        (2, "mailbox", "2 mailboxes"),
        (3, "entry", "3 entries"),
        (2, "day", "2 days"),
    ],
)
def test_a_noun_goes_with_its_number(number: int, noun: str, said: str) -> None:
    assert counted(number, noun) == said

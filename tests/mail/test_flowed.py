"""Lines that a mailer broke, put together again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailcase.mail import flowed
from mailcase.mail.parse import parse

ROWS = [
    ("one \ntwo\n\nthree\n", "one two\n\nthree\n", "a paragraph"),
    ("one\ntwo\n", "one\ntwo\n", "lines that are meant"),
    (" >one\n From \nhere\n", ">one\nFrom here\n", "RFC 3676 section 4.4: blanks in front"),
    ("> one \n> two\nthree\n", "> one \n> two\nthree\n", "quoted lines stay"),
    ("one \n> two\n", "one \n> two\n", "a quoted line ends a paragraph"),
    ("one \n-- \nAda\n", "one \n-- \nAda\n", "so does a signature"),
    ("one ", "one ", "nothing follows"),
]


@pytest.mark.parametrize(("text", "joined"), [row[:2] for row in ROWS], ids=[row[2] for row in ROWS])
def test_flowed_lines_are_joined(text: str, joined: str) -> None:
    assert flowed.joined(text, is_spaceless=False) == joined


@given(st.text())
def test_no_word_is_lost(text: str) -> None:
    assert "".join(flowed.joined(text, is_spaceless=False).split()) == "".join(text.split())


def test_a_mail_says_whether_blanks_belong_to_it() -> None:
    head = b"From: a@b.example\nContent-Type: text/plain; charset=utf-8; format=Flowed; DelSp=Yes\n\n"
    assert parse(head + "これは \n長い\n".encode()).text == "これは長い\n"

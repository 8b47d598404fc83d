"""Parameters of Content-Type and Content-Disposition."""

import pytest

from mailcase.mail import parameters

ROWS = [
    ('attachment; filename="a b.txt"', "a b.txt", "quoted"),
    ("attachment; filename=a b.txt", "a b.txt", "blanks without quotes"),
    ("attachment; filename=a(1).txt; size=3", "a(1).txt", "tspecials without quotes"),
    (r'attachment; filename="a\"b.txt"', 'a"b.txt', "an escaped quote"),
    ('attachment; filename="a;b.txt"', "a;b.txt", "a semicolon in quotes"),
    ('attachment; filename="=?utf-8?Q?gr=C3=BCn.txt?="', "grün.txt", "RFC 2047 where it is not allowed"),
    ("attachment; filename*=utf-8''gr%C3%BCn.txt", "grün.txt", "RFC 2231 section 4"),
    ("attachment; filename*0=a; filename*1=b.txt", "ab.txt", "RFC 2231 section 3"),
    ("attachment; filename*1=b.txt; filename*0=a", "ab.txt", "sections in disorder"),
    ("attachment; filename*0*=utf-8''gr%C3; filename*1*=%BCn.txt", "grün.txt", "a character cut between sections"),
    ("attachment; filename=x; filename*=utf-8''y", "y", "the extended form wins"),
    ("attachment; filename=x; filename=y", "x", "the first of two"),
    ("attachment; filename=a.txt size=3", "a.txt", "no semicolon"),
    ('attachment; filename="open.txt', "open.txt", "no closing quote"),
    ("attachment; FileName=a.txt", "a.txt", "any case"),
    ("attachment; filename='a b.txt'", "a b.txt", "single quotes"),
    ("attachment; filename*=utf-8'gr%C3%BCn.txt", "grün.txt", "one quote after the charset"),
    ("attachment; filename*=Bob's.txt", "Bob's.txt", "a quote and no charset"),
    ("attachment; filename*=utf-8''; filename=a.txt", "a.txt", "an empty extended form"),
    ("attachment; filename*0=a; filename*0=x; filename*1=b.txt", "ab.txt", "a section given twice"),
    ("attachment; filename*0=a; filename*1*=utf-8''%C3%BC.txt", "aü.txt", "a charset in the second section"),
    ('attachment filename="a;b.txt"', "a;b.txt", "no semicolon at all"),
    ("attachment, filename=a.txt", "a.txt", "a comma for a semicolon"),
]


@pytest.mark.parametrize(("text", "name"), [row[:2] for row in ROWS], ids=[row[2] for row in ROWS])
def test_a_file_name_is_read(text: str, name: str) -> None:
    value = parameters.parse(text)
    assert (value.main, value.parameters["filename"]) == ("attachment", name)


def test_parameters_are_read_where_there_is_no_value() -> None:
    assert parameters.parse('filename="a.txt"') == parameters.Value("", {"filename": "a.txt"})


def test_raw_bytes_take_the_charset_of_the_mail() -> None:
    assert parameters.parse("attachment; filename=\ufffd").parameters["filename"] == "\ufffd"

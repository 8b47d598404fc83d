"""File names that strangers chose."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailcase.mail import attachments

ROWS = [
    ("report.pdf", "report.pdf", "harmless"),
    ("../../etc/passwd", "passwd", "a way up"),
    ("/etc/passwd", "passwd", "a way from the root"),
    (r"C:\Users\ada\report.pdf", "report.pdf", "Windows paths"),
    ("php://filter", "filter", "an address"),
    ("invoice 3/2026.pdf", "invoice 3_2026.pdf", "a slash that is no folder"),
    ("a/../../b.txt", "a_.._.._b.txt", "a way up from a folder"),
    ("Re: offer.eml", "Re: offer.eml", "a colon that is no drive"),
    ("c:offer.eml", "offer.eml", "a drive without a folder"),
    ("a\nb.pdf", "a_b.pdf", "a line break"),
    ("a\x00.exe", "a_.exe", "NUL"),
    ("gnp.\u202eexe", "gnp.exe", "text that runs backwards"),
    ("..", "", "only dots"),
    ("  ", "", "only blanks"),
    ("x" * 300 + ".pdf", "x" * 251 + ".pdf", "too long"),
]


@pytest.mark.parametrize(("declared", "safe"), [row[:2] for row in ROWS], ids=[row[2] for row in ROWS])
def test_a_name_is_made_safe(declared: str, safe: str) -> None:
    assert attachments.safe_name(declared) == safe


@given(st.text())
@example("A\u200b:")  # a drive behind a character that nobody sees
def test_no_name_can_leave_its_folder(declared: str) -> None:
    name = attachments.safe_name(declared)
    assert len(name) <= attachments.MAX_NAME
    assert not set(name) & set("/\\\x00\r\n\u202e")
    assert name not in (".", "..")
    assert attachments.safe_name(name) == name


def test_a_nameless_attachment_gets_a_name_by_its_type() -> None:
    assert attachments.default_name("text/calendar", 2) == "invite-2.ics"
    assert attachments.default_name("x-no/such", 1) == "attachment-1.bin"

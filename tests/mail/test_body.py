"""What of a mail is its text and what is attached."""

import pytest

from mailcase.domain.email import InboundEmail
from mailcase.mail.parse import parse

HEAD = b"From: Ada <ada@example.org>\nTo: desk@example.com\nSubject: x\nMIME-Version: 1.0\n"


def mail(kind: bytes, *parts: bytes) -> InboundEmail:
    """Parse a multipart mail; the parts may hold parts with the boundary `c`."""
    body = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return parse(HEAD + b"Content-Type: multipart/" + kind + b"; boundary=b\n\n" + body + b"--b--\n")


PLAIN = b"Content-Type: text/plain\n\nHello"
HTML = b"Content-Type: text/html\n\n<p>Hello <b>you</b></p>"
PDF = b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\ncGRm"
IMAGE = b"Content-Type: image/png\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n\ncG5n"
LOG = b"Content-Type: text/plain\nContent-Disposition: attachment; filename=a.log\n\nlog"
NAMED = b"Content-Type: text/plain; name=a.txt\nContent-Disposition: inline\n\nnamed"
SUBJECTED = b"Content-Type: message/rfc822\n\nSubject: =?utf-8?Q?Re:_gr=C3=BCn?=\n\nearlier"
LOCATED = b"Content-Type: image/png\nContent-Location: http://x.example/a/logo.png?b=c\n\npng"
CONTROL = b'Content-Disposition: form-data; name="comment"\n\nHello'
ENCLOSED = b"Content-Type: message/rfc822\n\nFrom: eve@example.net\n\nearlier"
CALENDAR = b"Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nEND:VCALENDAR"

ROWS = [
    ("mixed", [PLAIN, PDF], "Hello", ["a.pdf"], "text and a file"),
    ("alternative", [PLAIN, HTML], "Hello", [], "the plain text of two ways to say it"),
    ("alternative", [b"Content-Type: text/plain\n\n ", HTML], "Hello you", [], "the HTML when the text is blank"),
    ("alternative", [PLAIN, HTML, CALENDAR], "Hello", ["invite-1.ics"], "an invitation"),
    ("mixed", [PLAIN, HTML], "Hello\nHello you", [], "parts in order"),
    ("mixed", [PLAIN, PDF, PLAIN], "Hello\nHello", ["a.pdf"], "a file between two texts"),
    ("related", [HTML, IMAGE], "Hello you", ["attachment-1.png"], "an image of the HTML"),
    ("mixed", [PLAIN, LOG], "Hello", ["a.log"], "a text that is a file"),
    ("mixed", [PLAIN, NAMED], "Hello", ["a.txt"], "a named text is a file too"),
    ("mixed", [NAMED], "named", ["a.txt"], "and is read when there is nothing else"),
    ("mixed", [PLAIN, ENCLOSED], "Hello", ["message-1.eml"], "a mail in a mail"),
    ("mixed", [PLAIN, SUBJECTED], "Hello", ["Re: grün.eml"], "a mail goes by its subject"),
    ("related", [HTML, LOCATED], "Hello you", ["logo.png"], "a file by where it came from"),
    ("form-data", [CONTROL, PDF], "Hello", ["a.pdf"], "a field of a form is no file"),
    ("mixed", [ENCLOSED], "earlier", ["message-1.eml"], "which is read when there is nothing else"),
]


@pytest.mark.parametrize(("kind", "parts", "text", "names"), [row[:4] for row in ROWS], ids=[row[4] for row in ROWS])
def test_the_parts_of_a_mail_are_sorted(kind: str, parts: list[bytes], text: str, names: list[str]) -> None:
    email = mail(kind.encode(), *parts)
    assert (email.text.strip(), [one.name for one in email.attachments]) == (text, names)


@pytest.mark.parametrize(
    ("preamble", "text"),
    [(b"Hello, the log is attached", "Hello, the log is attached"), (b"This is a multi-part message in MIME", "")],
)
def test_text_before_the_first_part_is_read_where_there_is_no_other(preamble: bytes, text: str) -> None:
    head = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
    assert parse(head + preamble + b"\n--b\n" + LOG + b"\n--b--\n").text.strip() == text


def test_the_charset_of_a_part_helps_the_subject() -> None:
    raw = HEAD.replace(b"Subject: x", "Subject: Żółć".encode("iso8859_2"))
    part = b"--b\nContent-Type: text/plain; charset=iso-8859-2\n\nx\n--b--\n"
    assert parse(raw + b"Content-Type: multipart/mixed; boundary=b\n\n" + part).subject == "Żółć"


@pytest.mark.parametrize(
    ("fields", "body", "text"),
    [
        (b"X: y", b"<html><body>Hello<br>you</body></html>", "Hello\nyou"),
        (b"Content-Type: text/plain", b"<html>Hello</html>", "<html>Hello</html>"),
        (b"Content-Type: text/x-unheard-of", b"Hello", "Hello"),
        (b"Content-Disposition: attachment; filename=a.txt", b"Hello", "Hello"),
        (b"Content-Type: text/richtext", b"<bold>Hello<nl>a<lt>b", "Hello\na<b"),
        (b"Content-Type: text/html", b"<meta charset=iso-8859-2>" + "Żółć".encode("iso8859_2"), "Żółć"),
        (b"Content-Type: text/html", b"<meta charset=iso-8859-2>" + "Żółć".encode(), "Żółć"),
    ],
    ids=[
        "HTML that says nothing",
        "HTML shown as text",
        "a text type",
        "a file alone",
        "rich text",
        "a named charset",
        "a stale one",
    ],
)
def test_a_lone_body_is_read(fields: bytes, body: bytes, text: str) -> None:
    assert parse(HEAD + fields + b"\n\n" + body).text.strip() == text


def test_an_image_that_the_html_shows_is_inline() -> None:
    (image,) = mail(b"related", HTML, IMAGE).attachments
    assert (image.is_inline, image.content_id, image.content) == (True, "logo@x", b"png")


def test_reports_are_kept_for_the_classifier() -> None:
    status = b"Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nAction: failed\nStatus: 5.1.1"
    email = mail(b"report; report-type=delivery-status", PLAIN, status, ENCLOSED)
    assert [one.content_type for one in email.reports] == ["message/delivery-status", "message/rfc822"]
    assert "Status: 5.1.1" in email.reports[0].text


def test_a_file_inside_the_text_is_attached() -> None:
    email = parse(HEAD + b"\nSee this:\n\nbegin 644 cat.txt\n#0V%T\n`\nend\n\nBye\n")
    assert [(one.name, one.content) for one in email.attachments] == [("cat.txt", b"Cat")]
    assert "begin" not in email.text
    assert "Bye" in email.text


@pytest.mark.parametrize(
    ("field", "body", "protection"),
    [
        (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data", b"x", "encrypted"),
        (b"Content-Type: application/x-pkcs7-mime; smime-type=signed-data", b"x", "signed"),
        (b"Content-Type: multipart/encrypted; boundary=b", b"--b\n\nx\n--b--", "encrypted"),
        (b"Content-Type: multipart/signed; boundary=b", b"--b\n\nx\n--b--", "signed"),
        (b"X: y", b"-----BEGIN PGP MESSAGE-----\n\nx", "encrypted"),
        (b"X: y", b"-----BEGIN PGP SIGNED MESSAGE-----\n\nx", "signed"),
        (b"X: y", b"hello", None),
    ],
)
def test_protection_is_recognised(field: bytes, body: bytes, protection: str | None) -> None:
    assert parse(HEAD + field + b"\n\n" + body).protection == protection


@pytest.mark.parametrize(
    "raw",
    [
        HEAD.replace(b"\n", b"\r") + b"\rHello\r",
        HEAD.replace(b"\n", b"\r\n") + b"\r\nHello\r\n",
        b"\xef\xbb\xbf" + HEAD + b"\nHello\n",
        b"\n\n" + HEAD + b"\nHello\n",
        b"From ada Mon Jan  1 00:00:00 2026\n" + HEAD + b"\nHello\n",
        b">From ada\n" + HEAD + b"\nHello\n",
        HEAD.replace(b"\n", b"\r") + b"\rHello\n",
        (HEAD + b"\nHello\n").decode().encode("utf-16"),
        HEAD.replace(b"From:", b"From :") + b"\nHello\n",
    ],
    ids=[
        "bare returns",
        "returns",
        "byte order mark",
        "blank lines",
        "mbox line",
        "quoted mbox line",
        "one line feed",
        "UTF-16",
        "From :",
    ],
)
def test_the_shape_of_the_file_makes_no_difference(raw: bytes) -> None:
    email = parse(raw)
    assert (email.sender and email.sender.address, email.text.strip()) == ("ada@example.org", "Hello")

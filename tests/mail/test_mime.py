"""The tree of parts, split over the bytes."""

from base64 import b64encode

import pytest

from mailcase.errors import Unparseable
from mailcase.mail import headers, mime
from mailcase.mail.limits import Limits
from mailcase.mail.mime import Part


def tree(raw: bytes, limits: Limits | None = None) -> Part:
    limits = limits or Limits()
    return mime.tree(raw, headers.split(raw, 0, len(raw), limits), len(raw), limits)


def bodies(part: Part) -> list[bytes]:
    return [body for child in part.children for body in bodies(child)] if part.children else [part.body]


ROWS = [
    (b"--b\n\none\n--b\n\ntwo\n--b--\n", [b"one", b"two"], "as it should be"),
    (b"--b\r\n\r\none\r\n--b\r\n\r\ntwo\r\n--b--\r\n", [b"one", b"two"], "with carriage returns"),
    (b"before\n--b\n\none\n--b--\nafter\n", [b"one"], "preamble and epilogue"),
    (b"--b\n\none\n--b\n\ntwo", [b"one", b"two"], "no end"),
    (b"--b  \n\none\n--b-- \n", [b"one"], "blanks after the boundary"),
    (b"--b\n\none\n--bb\ntwo\n--b--", [b"one\n--bb\ntwo"], "a longer boundary is text"),
    (b"--b\n\none --b\n--b--", [b"one --b"], "a boundary within a line is text"),
    (b"--b\n--b\n\ntwo\n--b--", [b"", b"two"], "an empty part"),
    (
        b"--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--",
        [b"one", b"two"],
        "the outer boundary ends the inner part",
    ),
    (b"--b\n\none\n--b--\n--b\n\ntwo\n--b--", [b"one", b"two"], "a part after the end"),
    (b"--x\nContent-Type: text/plain\n\none\n--x--\n", [b"one"], "another boundary than the header's"),
    (b"notice\n--'b'\nContent-ID: <a>\n\none\n--'b'--\n", [b"one"], "a boundary in the wrong quotes"),
    (b"no boundary at all", [b"no boundary at all"], "a multipart without parts is text"),
]


@pytest.mark.parametrize(("body", "parts"), [row[:2] for row in ROWS], ids=[row[2] for row in ROWS])
def test_parts_are_split(body: bytes, parts: list[bytes]) -> None:
    assert bodies(tree(b"Content-Type: multipart/mixed; boundary=b\n\n" + body)) == parts


@pytest.mark.parametrize(
    ("field", "main"),
    [
        (b"Text/HTML; charset=x", "text/html"),
        (b"text", "text/plain"),
        (b"; name=a.pdf", "application/octet-stream"),
        (b"text/plain/x", "text/plain"),
        (b"nonsense", "text/plain"),
        (b"", "text/plain"),
    ],
)
def test_a_content_type_is_repaired(field: bytes, main: str) -> None:
    assert tree(b"Content-Type: " + field + b"\n\nbody").main == main


@pytest.mark.parametrize(
    ("fields", "parts"),
    [
        (b"Content-Type: multipart/mixed", [b"one"]),
        (b"Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b", [b"one"]),
        (b"Subject: x", [b"one"]),
        (b"Content-Type: text/plain", [b"--b\nContent-Type: text/plain\n\none\n--b--\n"]),
    ],
    ids=["no boundary named", "two types", "no type", "text about mail"],
)
def test_parts_are_split_whatever_the_header_leaves_out(fields: bytes, parts: list[bytes]) -> None:
    assert bodies(tree(fields + b"\n\n--b\nContent-Type: text/plain\n\none\n--b--\n")) == parts


def test_a_multipart_that_is_encoded_as_a_whole_is_decoded() -> None:
    body = b64encode(b"--b\n\none\n--b\n\ntwo\n--b--\n")
    head = b"Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"
    assert bodies(tree(head + body)) == [b"one", b"two"]


def test_parts_of_a_digest_are_messages() -> None:
    digest = tree(b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: a@b.example\n\nx\n--b--")
    assert digest.children[0].main == "message/rfc822"


@pytest.mark.parametrize(
    ("limits", "reason"), [(Limits(max_depth=0), "too_deep"), (Limits(max_parts=2), "too_many_parts")]
)
def test_a_tree_past_its_limits_is_refused(limits: Limits, reason: str) -> None:
    with pytest.raises(Unparseable) as error:
        tree(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\n1\n--b\n\n2\n--b--", limits)
    assert error.value.reason == reason

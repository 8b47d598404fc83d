"""Laws of the parser: what is put into a mail comes out, and nothing that bytes can do breaks it."""

from base64 import b64encode
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from mailcase.domain.email import InboundEmail
from mailcase.errors import Unparseable
from mailcase.mail.parse import parse

HEAD = b"From: Ada <ada@example.org>\r\nTo: desk@example.com\r\nSubject: =?utf-8?Q?gr=C3=BCn?=\r\n"
ENDS = (b"\r\n", b"\n")


@dataclass(frozen=True)
class Tree:
    """A MIME tree and what a reader should find in it."""

    raw: bytes
    words: tuple[str, ...] = ()
    files: tuple[bytes, ...] = ()


WORDS = st.text(alphabet="abcdefghijkläöüßжщ日本", min_size=1, max_size=30)


def text(word: str) -> Tree:
    data = b64encode(word.encode())
    return Tree(b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + data, (word,))


def html(word: str) -> Tree:
    return Tree(b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>" + word.encode() + b"</p>", (word,))


def file(content: bytes) -> Tree:
    head = b"Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=a.bin\r\n"
    return Tree(head + b"Content-Transfer-Encoding: base64\r\n\r\n" + b64encode(content), (), (content,))


@st.composite
def multiparts(draw: st.DrawFn, inner: st.SearchStrategy[Tree]) -> Tree:
    parts = draw(st.lists(inner, min_size=1, max_size=4))
    boundary = draw(st.uuids()).hex.encode()
    body = b"".join(b"--" + boundary + b"\r\n" + part.raw + b"\r\n" for part in parts)
    return Tree(
        b"Content-Type: multipart/mixed; boundary=" + boundary + b"\r\n\r\n" + body + b"--" + boundary + b"--\r\n",
        sum((part.words for part in parts), ()),
        sum((part.files for part in parts), ()),
    )


LEAVES = st.one_of(WORDS.map(text), WORDS.map(html), st.binary(max_size=60).map(file))
TREES = st.recursive(LEAVES, multiparts, max_leaves=12)


def read(raw: bytes) -> InboundEmail | None:
    """Parse; None when the mail is held. Anything else that is raised fails the test."""
    try:
        return parse(raw)
    except Unparseable:
        return None


@settings(deadline=None)
@given(TREES, st.sampled_from(ENDS))
def test_every_text_and_every_file_of_a_tree_is_found(tree: Tree, end: bytes) -> None:
    email = parse((HEAD + tree.raw).replace(b"\r\n", end))
    assert email.text.split() == list(tree.words)
    assert [one.content for one in email.attachments] == list(tree.files)
    assert email.subject == "grün"


EDITS = st.lists(
    st.tuples(
        st.integers(0, 2_000), st.integers(0, 30), st.binary(max_size=6) | st.sampled_from([b"\r", b"\n", b"\x00"])
    ),
    max_size=8,
)


@settings(deadline=None, max_examples=300)
@given(TREES, EDITS)
def test_a_damaged_mail_is_read_or_held(tree: Tree, edits: list[tuple[int, int, bytes]]) -> None:
    raw = HEAD + tree.raw
    for at, length, new in edits:
        place = at % (len(raw) + 1)
        raw = raw[:place] + new + raw[place + length :]
    email = read(raw)
    assert email is None or (email.size == len(raw) and "\x00" not in email.text)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_noise_is_read_or_held(raw: bytes) -> None:
    email = read(raw)
    if email is not None:
        email.text.encode()
        email.subject.encode()
        assert "\n" not in email.subject
        assert all("\n" not in value and "\r" not in value for _, value in email.headers)


FIELDS = st.sampled_from(
    ["From", "To", "Subject", "Content-Type", "Content-Disposition", "Date", "Message-ID", "References"]
)
PIECES = st.sampled_from(
    ["=?utf-8?Q?", "?=", "=?", "<", ">", "(", ")", '"', "\\", ",", ";", ":", "@", "a@b.example", "name*0*=", "%C3", "'", " ",
     "\t", "=", "boundary=", "multipart/mixed", "text/html", "charset=", "2026", "Mon, ", "+9999", "\x00", "é"]
)  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(FIELDS, st.lists(PIECES, max_size=20)), max_size=6))
def test_fields_of_any_shape_are_read(fields: list[tuple[str, list[str]]]) -> None:
    block = "".join(f"{name}: {''.join(pieces)}\r\n" for name, pieces in fields)
    email = read(block.encode() + b"\r\nbody\r\n")
    assert email is None or all(one.address for one in (*email.senders, *email.to))

"""Parsed mail that is kept."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from mailcase.domain.email import Attachment, Reply
from mailcase.mail.parsed import pack, unpack
from rule_cases import email

FILE = Attachment(name="a.pdf", content_type="application/pdf", content=b"%PDF", sha256="0" * 64, is_inline=False)


def test_what_rules_look_at_comes_back() -> None:
    mail = email(headers=(("X-Order", "17"), ("X-Order", "18")), language="de", attachments=())
    assert unpack(pack(mail)) == replace(mail, reply=Reply(text=mail.reply.text))


def test_files_keep_their_names_and_sizes_but_not_their_contents() -> None:
    (file,) = unpack(pack(email(attachments=(FILE,)))).attachments
    assert (file.name, file.size, file.content) == ("a.pdf", 4, b"\0\0\0\0")


def test_what_no_rule_looks_at_is_left_out() -> None:
    mail = email(html="<p>secret", reply=Reply(text="new", quoted="secret", signature="secret"))
    assert b"secret" not in pack(mail)
    assert unpack(pack(mail)).html is None


@given(st.text(st.characters(exclude_categories=()), max_size=20))  # with lone surrogates, which JSON cannot hold
def test_any_text_can_be_kept(text: str) -> None:
    seen = text.encode("utf-8", "replace").decode()
    assert unpack(pack(email(subject=text, headers=(("X", text),)))).subject == seen

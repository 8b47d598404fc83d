"""Whatever is put into a draft, it injects no header and no recipient, and what is composed says what was meant."""

from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from email.utils import getaddresses

from hypothesis import given
from hypothesis import strategies as st

from mail.test_compose import DRAFT, subject
from mail.test_compose_bodies import text_of
from mailcase.domain.email import Address, Attachment
from mailcase.errors import Refused
from mailcase.mail.compose import compose
from mailcase.mail.draft import Draft

HEADERS = {
    *("date", "from", "to", "cc", "subject", "message-id", "in-reply-to", "references", "x-mailcase"),
    *("mime-version", "content-type", "content-transfer-encoding"),
}
ATTACKS = st.sampled_from(
    ["\r\nBcc: eve@evil.example", "\n", "\r", "\0", ", eve@evil.example", "<eve@evil.example>", ">,"]
)
ANYTHING = st.lists(st.one_of(st.text(max_size=40), ATTACKS), max_size=4).map("".join)
CHARACTERS = st.characters(exclude_characters="\r\n\0", exclude_categories=("Cs",))
LINE = st.text(CHARACTERS, max_size=300)
LOCAL = st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\" -]{1,40}", fullmatch=True)
PERSON = st.builds(Address, address=LOCAL.map(lambda local: f"{local}@x.example"), name=LINE)


def read_or_refused(draft: Draft) -> bytes | None:
    try:
        return compose(draft)
    except Refused:
        return None


@given(name=ANYTHING, address=ANYTHING, title=ANYTHING, ids=st.lists(ANYTHING, max_size=3), desk=ANYTHING)
def test_no_input_adds_a_header_or_a_recipient(name, address, title, ids, desk) -> None:
    person = Address(address=f"{address}@x.example", name=name)
    draft = replace(DRAFT, to=(person,), subject=title, references=tuple(ids), in_reply_to="".join(ids), desk=desk)
    raw = read_or_refused(draft)
    if raw is None:
        return
    message = message_from_bytes(raw)
    names = [header.lower() for header in message.keys()]  # noqa: SIM118 - a field twice counts twice
    assert set(names) <= HEADERS
    assert len(names) == len(set(names))
    assert len(getaddresses([message["From"]])) == 1
    assert [found.endswith("@x.example") for _, found in getaddresses([message["To"]])] == [True]


@given(name=ANYTHING, kind=ANYTHING, content_id=ANYTHING)
def test_no_file_adds_a_part_or_a_header(name, kind, content_id) -> None:
    file = Attachment(name=name, content_type=kind, content=b"x", sha256="", is_inline=True, content_id=content_id)
    raw = read_or_refused(replace(DRAFT, attachments=(file,)))
    if raw is None:
        return
    message = message_from_bytes(raw)
    assert len(message.get_payload()) == 2
    part = message.get_payload(1)
    allowed = {"content-type", "content-transfer-encoding", "content-disposition", "content-id"}
    assert {header.lower() for header in part.keys()} <= allowed  # noqa: SIM118 - Message is no dict


@given(title=LINE, people=st.lists(PERSON, min_size=1, max_size=4))
def test_subject_names_and_addresses_read_back(title, people) -> None:
    raw = read_or_refused(replace(DRAFT, subject=title, to=tuple(people)))
    if raw is None:
        return
    message = message_from_bytes(raw)
    assert subject(message).replace("\r\n", "") == title
    names = [str(make_header(decode_header(name))) for name, _ in getaddresses([message["To"].replace("\r\n", "")])]
    assert names == [person.name for person in people]


@given(person=PERSON)
def test_every_usual_address_can_be_written(person) -> None:
    local = person.address.removesuffix("@x.example")
    raw = compose(replace(DRAFT, to=(person,)))
    ((_, address),) = getaddresses([message_from_bytes(raw)["To"]])
    plain = local[1:-1] if len(local) > 2 and local[0] == local[-1] == '"' else local
    assert address.replace('"', "").replace("\\", "") == plain.replace('"', "") + "@x.example"


@given(text=st.text(st.characters(exclude_characters="\r", exclude_categories=("Cs",))))
def test_text_reads_back(text) -> None:
    raw = compose(replace(DRAFT, text=text))
    assert text_of(message_from_bytes(raw)) == (text if text.endswith("\n") else text + "\n")
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")

"""IMAP servers whose answers no decent server would give."""

import pytest

from lab.imapscript import OK, SELECTED, listed
from mailcase.domain.mailbox import Cursor
from mailcase.errors import Unavailable
from transport.imap_sessions import Scripted, fetched


def bodies(*responses: str) -> list[str]:
    """Metadata of message 12, then these responses to the FETCH of its body."""
    return [listed(12, 5) + OK, "".join(responses) + OK]


ANSWERS = {
    "plain": ["* 1 FETCH (UID 12 BODY[] {5}\r\nhello)\r\n"],
    "the UID behind the body": ["* 1 FETCH (BODY[] {5}\r\nhello UID 12)\r\n"],
    "a quoted body": ['* 1 FETCH (UID 12 BODY[] "hello")\r\n'],
    "lower case": ["* 1 FETCH (uid 12 body[] {5}\r\nhello)\r\n"],
    "flags of another message before": ["* 2 FETCH (FLAGS (\\Seen))\r\n", "* 1 FETCH (UID 12 BODY[] {5}\r\nhello)\r\n"],
    "flags of another message after": ["* 1 FETCH (UID 12 BODY[] {5}\r\nhello)\r\n", "* 2 FETCH (UID 13 FLAGS ())\r\n"],
    "flags of the same message after": [
        "* 1 FETCH (UID 12 BODY[] {5}\r\nhello)\r\n",
        "* 1 FETCH (UID 12 FLAGS ())\r\n",
    ],
    "a body that nobody asked for": [
        "* 2 FETCH (UID 13 BODY[] {3}\r\nbad)\r\n",
        "* 1 FETCH (UID 12 BODY[] {5}\r\nhello)\r\n",
    ],
    "other news between": [
        "* 3 EXISTS\r\n* 1 RECENT\r\n* OK hm\r\n",
        "* 1 FETCH (UID 12 BODY[] {5}\r\nhello)\r\n",
        "* 9 EXPUNGE\r\n",
    ],
    "more than was asked": [
        '* 1 FETCH (MODSEQ (77) UID 12 FLAGS (\\Seen $x) BODY[] {5}\r\nhello X-GM-LABELS (a "b c"))\r\n'
    ],
}


@pytest.mark.parametrize("responses", ANSWERS.values(), ids=ANSWERS.keys())
def test_a_body_is_paired_by_its_own_uid(scripted: Scripted, responses: list[str]) -> None:
    _, session = scripted({"UID FETCH": bodies(*responses)})
    assert [(message.uid, message.raw) for message in fetched(session)] == [(12, b"hello")]


def test_a_star_that_brings_an_old_uid_brings_no_mail(scripted: Scripted) -> None:
    server, session = scripted({})
    session.open()
    assert list(session.fetch(Cursor(uidvalidity=7, uid=12), max_messages=10)) == []
    assert "UID FETCH" not in server.names()


def test_search_answers_in_many_lines_count_all(scripted: Scripted) -> None:
    search = "* SEARCH 13\r\n* SEARCH\r\n* SEARCH 12 14\r\n" + OK
    metadata = listed(12, 1) + listed(14, 1) + listed(13, 1) + OK
    body = "* 1 FETCH (UID 14 BODY[] {1}\r\nc)\r\n* 1 FETCH (UID 12 BODY[] {1}\r\na)\r\n* 1 FETCH (UID 13 BODY[] {1}\r\nb)\r\n"
    _, session = scripted({"UID SEARCH": search, "UID FETCH": [metadata, body + OK]})
    assert [message.raw for message in fetched(session)] == [b"a", b"b", b"c"]


def test_a_size_that_was_a_lie_is_cut_down_to_the_header(scripted: Scripted) -> None:
    big = "Subject: x\r\n\r\n" + "y" * 3_000_000
    answers = [listed(12, 20) + OK, f"* 1 FETCH (UID 12 BODY[] {{{len(big)}}}\r\n{big})\r\n" + OK]
    _, session = scripted({"UID FETCH": answers}, max_bytes=1000)
    (message,) = fetched(session)
    assert (message.raw, message.is_truncated) == (b"Subject: x\r\n\r\n", True)


def test_a_mail_that_the_server_cannot_read_comes_as_its_header(scripted: Scripted) -> None:
    header = "* 1 FETCH (UID 12 BODY[HEADER]<0> {14}\r\nSubject: x\r\n\r\n)\r\n"
    _, session = scripted({"UID FETCH": [listed(12, 5) + OK, "{tag} NO [SERVERBUG] broken file\r\n", header + OK]})
    (message,) = fetched(session)
    assert (message.raw, message.is_truncated) == (b"Subject: x\r\n\r\n", True)


def test_a_mail_without_even_a_header_is_still_told(scripted: Scripted) -> None:
    _, session = scripted({"UID FETCH": [listed(12, 5) + OK, "{tag} NO [SERVERBUG] broken file\r\n"]})
    (message,) = fetched(session)
    assert (message.uid, message.raw, message.is_truncated) == (12, b"", True)


def test_a_mail_that_vanished_is_passed_over(scripted: Scripted) -> None:
    searches = ["* SEARCH 12\r\n" + OK, "* SEARCH 12\r\n" + OK, "* SEARCH\r\n" + OK]
    _, session = scripted({"UID FETCH": [listed(12, 5) + OK, OK], "UID SEARCH": searches})
    assert fetched(session) == []


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("UID SEARCH", "* SEARCH twelve\r\n" + OK),
        ("UID SEARCH", "{tag} BAD what?\r\n"),
        ("SELECT", "garbage\r\n"),
        ("SELECT", SELECTED.replace("[UIDVALIDITY 7]", "[UIDVALIDITY many]")),
        ("SELECT", SELECTED.replace("[UIDVALIDITY 7]", "")),
        ("LOGIN", "* BYE too many users\r\n"),
        ("CAPABILITY", "* CAPABILITY POP3\r\n" + OK),
        ("greeting", "HTTP/1.1 400 Bad Request\r\n"),
        ("greeting", "\xff\xfe\r\n"),
        ("greeting", "* BYE closed\r\n"),
        ("greeting", "* PREAUTH welcome\r\n"),
    ],
)
def test_nonsense_ends_as_unavailable_with_a_remedy(scripted: Scripted, command: str, answer: str) -> None:
    server, session = scripted({command: answer})
    with pytest.raises(Unavailable, match=f"^127.0.0.1:{server.port}: [^\n]+$") as caught:
        session.open()
    assert caught.value.remedy

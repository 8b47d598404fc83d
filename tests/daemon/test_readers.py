"""Processes that read mails: in turns, bounded, and replaced."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.hostile import MAILS
from lab.mails import mail
from mailcase.daemon.readers import IDLE_S, Readers, ReadingFailed
from mailcase.daemon.reading import Bounds, Read
from mailcase.domain.inbox import HoldReason
from mailcase.errors import Unparseable
from mailcase.mail.limits import Limits

OWN = frozenset({"support@northwind.example"})
BOUNDS = Bounds(limits=Limits(), seconds=10, memory_bytes=512_000_000)


@pytest.fixture(params=[0, 1, 2])
def readers(request: pytest.FixtureRequest) -> Iterator[Readers]:
    made = Readers(request.param, BOUNDS)
    yield made
    made.close()


@pytest.fixture
def reader() -> Iterator[Readers]:
    """One process."""
    made = Readers(1, BOUNDS)
    yield made
    made.close()


def subjects(readers: Readers, *mails: bytes | None) -> list[str | None]:
    return [
        found.email.subject if isinstance(found, Read) else None for _, found in readers.each(enumerate(mails), OWN)
    ]


def children() -> set[int]:
    """The processes that this one started."""
    return {int(child) for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def test_each_mail_has_its_own_answer_in_order(readers: Readers) -> None:
    mails = [mail(subject=str(number)) for number in range(7)]
    assert subjects(readers, *mails) == [str(number) for number in range(7)]


def test_a_mail_is_classified_with_the_desks_addresses(readers: Readers) -> None:
    ((_, found),) = readers.each([(1, mail(sender="support@northwind.example"))], OWN)
    assert isinstance(found, Read)
    assert found.classification.kind == "loop"


def test_a_mail_without_bytes_has_no_answer(readers: Readers) -> None:
    assert [found for _, found in readers.each([(1, None), (2, None), (3, None)], OWN)] == [None] * 3


def test_a_mail_past_a_limit_has_the_reason(readers: Readers) -> None:
    (_, held), (_, read) = readers.each([(1, b""), (2, mail())], OWN)
    assert isinstance(held, Unparseable)
    assert held.reason == HoldReason.EMPTY
    assert isinstance(read, Read)


def test_large_mails_pass_in_both_directions(readers: Readers) -> None:
    large = mail("x" * 5_000_000)
    assert subjects(readers, large, large, large) == ["Printer"] * 3


@pytest.mark.parametrize("name", ["26 MB attachment", "30 MB of one line", "100,000 div", "entities"])
def test_hostile_mails_fit_the_bounds(reader: Readers, name: str) -> None:
    ((_, found),) = reader.each([(1, MAILS[name]())], OWN)
    assert not isinstance(found, ReadingFailed)
    assert not isinstance(found, Unparseable) or found.reason not in (HoldReason.TOO_SLOW, HoldReason.OUT_OF_MEMORY)


def test_a_mail_that_takes_too_long_is_held_and_the_next_one_read() -> None:
    slow = mail("Regards,\n" * 1_500_000)
    readers = Readers(
        1, Bounds(limits=Limits(max_text=20_000_000, max_reply_lines=2_000_000), seconds=1, memory_bytes=4_000_000_000)
    )
    (_, found), (_, after) = readers.each([(1, slow), (2, mail())], OWN)
    readers.close()
    assert isinstance(found, Unparseable)
    assert found.reason == HoldReason.TOO_SLOW
    assert isinstance(after, Read)


def test_a_mail_that_takes_too_much_memory_is_held_and_the_next_one_read() -> None:
    readers = Readers(1, Bounds(limits=Limits(max_message=60_000_000), seconds=10, memory_bytes=128_000_000))
    (_, found), (_, after) = readers.each([(1, mail("äöü " * 8_000_000)), (2, mail())], OWN)
    readers.close()
    assert isinstance(found, Unparseable)
    assert found.reason == HoldReason.OUT_OF_MEMORY
    assert isinstance(after, Read)


def test_a_mail_whose_process_is_killed_may_be_tried_again(reader: Readers) -> None:
    before = children()
    answers = reader.each([(1, mail(subject="first")), (2, mail("x" * 5_000_000)), (3, mail(subject="third"))], OWN)
    assert isinstance(next(answers)[1], Read)  # by now the second mail is asked for
    for child in children() - before:
        os.kill(child, signal.SIGKILL)
    assert isinstance(next(answers)[1], ReadingFailed)
    assert isinstance(next(answers)[1], Read)


def test_answers_that_nobody_fetched_are_not_taken_for_others(reader: Readers) -> None:
    answers = reader.each([(number, mail(subject=str(number))) for number in range(3)], OWN)
    next(answers)
    answers.close()  # type: ignore[attr-defined]  # a generator
    assert subjects(reader, mail(subject="another")) == ["another"]


def test_what_is_sent_to_the_whole_group_ends_no_reader(reader: Readers) -> None:
    before = children()
    assert subjects(reader, mail()) == ["Printer"]
    (child,) = children() - before
    os.kill(child, signal.SIGTERM)
    os.kill(child, signal.SIGINT)
    assert subjects(reader, mail()) == ["Printer"]
    assert children() - before == {child}


def test_processes_end_when_no_mail_comes(reader: Readers, monkeypatch: pytest.MonkeyPatch) -> None:
    before = children()
    subjects(reader, mail())
    reader.rest()
    assert len(children() - before) == 1
    later = time.monotonic() + IDLE_S + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    reader.rest()
    assert children() == before


def test_no_process_is_left(readers: Readers) -> None:
    before = children()
    subjects(readers, mail(), mail())
    readers.close()
    assert children() == before

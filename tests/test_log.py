"""What the daemon tells about itself: JSON for machines, lines for people, no whole address in either."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from mailcase import log


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    yield
    log.configure("warning", "auto")


def told(level: str, form: str, stream: io.StringIO, **keys: object) -> str:
    """Log one event and return what was written."""
    log.configure(level, form, stream)
    log.get_logger("mailcase.daemon.poll").info("inbox.stored", **keys)
    return stream.getvalue()


def test_a_line_for_machines_is_one_json_object_with_its_time() -> None:
    line = told("info", "auto", io.StringIO(), mailbox="support", messages=3)

    event = json.loads(line)
    assert line.count("\n") == 1
    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "event": "inbox.stored",
        "level": "info",
        "module": "daemon.poll",
        "mailbox": "support",
        "messages": 3,
    }


def test_a_terminal_gets_lines_for_people() -> None:
    line = told("info", "auto", Terminal(), messages=3)

    assert "inbox.stored" in line
    assert not line.startswith("{")


@pytest.mark.parametrize(("form", "stream", "is_json"), [("json", Terminal(), True), ("console", io.StringIO(), False)])
def test_the_form_may_be_chosen(form: str, stream: io.StringIO, is_json: bool) -> None:
    assert told("info", form, stream).startswith("{") is is_json


@pytest.mark.parametrize("key", sorted(log.ADDRESS_KEYS))
@pytest.mark.parametrize("form", ["json", "console"])
def test_no_key_that_may_hold_an_address_shows_a_whole_one(form: str, key: str) -> None:
    line = told("info", form, io.StringIO(), **{key: "clara.weber@customer.example"})

    assert "clara.weber" not in line
    assert "c…r@customer.example" in line.replace(r"\u2026", "…")  # JSON escapes what is not ASCII


def test_what_a_server_says_about_an_address_is_masked() -> None:
    line = told("info", "console", io.StringIO(), response="550 5.1.1 <clara@customer.example>: no such user")

    assert "clara" not in line
    assert "<c…a@customer.example>: no such user" in line


def test_a_message_id_stays_whole_but_for_the_signature_of_ours() -> None:
    ours = f"mc.1.aanna.5bf2.{'a' * 26}@northwind.example"
    lines = [told("info", "console", io.StringIO(), message_id=one) for one in ("x1@customer.example", ours)]

    assert "x1@customer.example" in lines[0]
    assert "mc.1.aanna.5bf2.…@northwind.example" in lines[1]


def test_what_is_less_important_than_the_level_is_not_written() -> None:
    assert told("warning", "json", io.StringIO()) == ""


def test_a_failure_is_told_with_its_traceback() -> None:
    stream = io.StringIO()
    log.configure("info", "json", stream)
    try:
        int("no number")
    except ValueError:
        log.get_logger(__name__).exception("thread.failed")

    assert "ValueError: invalid literal" in json.loads(stream.getvalue())["exception"]


def test_warnings_of_libraries_are_lines_too_and_their_chatter_is_not() -> None:
    stream = io.StringIO()
    log.configure("debug", "json", stream)

    logging.getLogger("some.library").warning("careful with %s", "clara@customer.example")
    logging.getLogger("some.library").info("chatter")

    event = json.loads(stream.getvalue())
    assert event.pop("timestamp").endswith("Z")
    assert event == {"event": "careful with c…a@customer.example", "level": "warning", "module": "some.library"}


def test_a_traceback_of_a_library_stays_within_its_line() -> None:
    stream = io.StringIO()
    log.configure("info", "json", stream)
    try:
        int("no number")
    except ValueError:
        logging.getLogger("some.library").exception("it failed")

    event = json.loads(stream.getvalue())
    assert event["event"] == "it failed"
    assert "ValueError: invalid literal" in event["exception"]


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("clara@customer.example", "c…a@customer.example"),
        ("x@customer.example", "x…x@customer.example"),
        ('"odd@local"@customer.example', '"…"@customer.example'),
        ("no address", "no address"),
        ("", ""),
    ],
)
def test_a_masked_address_is_known_to_who_knows_it(address: str, masked: str) -> None:
    assert log.mask(address) == masked

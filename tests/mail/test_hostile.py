"""Hostile mails end as a value or as a hold with a reason, soon and in little memory."""

import pickle
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lab.hostile import MAILS
from mailcase.domain.inbox import HoldReason
from mailcase.errors import Unparseable
from mailcase.mail.classify import classify
from mailcase.mail.parse import parse

SECONDS = 3.0  # of CPU for one mail; the promise is 10, the slowest takes about 1
MEMORY = 512 * 1024 * 1024

HELD = {
    "multipart in multipart, 600": HoldReason.TOO_DEEP,
    "100,000 parts": HoldReason.TOO_MANY_PARTS,
    "1,000 short To": HoldReason.TOO_MANY_ADDRESSES,
    "100 kB Content-Type": HoldReason.HEADERS_TOO_LARGE,
    "30 MB folded field": HoldReason.HEADERS_TOO_LARGE,
    "1,001 attachments": HoldReason.TOO_MANY_PARTS,
    "101 attachments": HoldReason.TOO_MANY_ATTACHMENTS,
    "26 MB attachment": HoldReason.ATTACHMENT_TOO_LARGE,
    "40 MB mail": HoldReason.TOO_LARGE,
    "60 Received": HoldReason.TOO_MANY_HOPS,
    "empty file": HoldReason.EMPTY,
    "white space": HoldReason.EMPTY,
}


@pytest.mark.parametrize("name", MAILS)
def test_a_hostile_mail_is_read_or_held_within_seconds(name: str) -> None:
    raw = MAILS[name]()
    started = time.process_time()
    try:
        email = parse(raw)
    except Unparseable as error:
        assert error.reason in list(HoldReason)  # noqa: PT017 - both ways out are right
    else:
        classify(email)
        assert pickle.loads(pickle.dumps(email)) == email
        assert "\x00" not in email.text
        assert not any(ord(char) < 32 for char in email.subject)
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize(("name", "reason"), HELD.items())
def test_a_mail_past_a_limit_is_held_with_the_reason(name: str, reason: HoldReason) -> None:
    with pytest.raises(Unparseable) as error:
        parse(MAILS[name]())
    assert error.value.reason == reason


def test_all_of_them_fit_the_memory_of_one_worker() -> None:
    tests = Path(__file__).parents[1]
    program = (
        f"import sys; sys.path.insert(0, {str(tests)!r})\n"
        "from lab.hostile import MAILS\n"
        "from mailcase.errors import Unparseable\n"
        "from mailcase.mail.parse import parse\n"
        "for make in MAILS.values():\n"
        "    try: parse(make())\n"
        "    except Unparseable: pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY)),
    )
    assert done.returncode == 0, done.stderr[-2000:]

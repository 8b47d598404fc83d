"""How long it takes to render and compose a mail, in microseconds of CPU.

    python bench/compose.py

Prints the best of several rounds for an acknowledgement, an agent's reply and a full notification, and how the time
falls to rendering, styling, composing and reading back.
"""

import time
import timeit
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from mailcase.domain.email import Address
from mailcase.mail.compose import compose, verify
from mailcase.mail.draft import AutoSubmitted, Draft
from mailcase.mail.letter_samples import samples
from mailcase.mail.render import Templates, letter_type

ROUNDS = 5
CALLS = 300
DRAFT = Draft(
    desk="northwind",
    sender=Address(address="support@northwind.example", name="Northwind Support"),
    to=(Address(address="maja@lindqvist.example", name="Maja Lindqvist"),),
    reply_to=Address(address="support+t0k3n@northwind.example"),
    subject="",
    text="",
    message_id="c.4711.0123456789abcdef@northwind.example",
    in_reply_to="q@lindqvist.example",
    references=("q@lindqvist.example",),
    date=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
    auto_submitted=AutoSubmitted.REPLIED,
)


def microseconds(call: Callable[[], object]) -> float:
    """Return the time of one call, the best of ROUNDS."""
    return min(timeit.repeat(call, number=CALLS, repeat=ROUNDS, timer=time.process_time)) / CALLS * 1e6


def main() -> None:
    """Measure and print."""
    templates = Templates.load(Path(__file__).parents[1] / "templates")
    print(f"{'template':34}{'render':>10}{'compose':>10}{'of it verify':>14}{'plain':>10}{'bytes':>10}")
    for name in ("customer/acknowledged", "customer/replied", "agent/new_case"):
        bare = -1 if name == "customer/acknowledged" else 0
        letter = samples(name, letter_type(name))[bare]
        rendered = templates.render(name, letter)
        draft = replace(DRAFT, subject=rendered.subject, text=rendered.text, html=rendered.html)
        raw = compose(draft)
        plain = replace(draft, html=None)
        times = (
            microseconds(partial(templates.render, name, letter)),
            microseconds(partial(compose, draft)),
            microseconds(partial(verify, raw, draft)),
            microseconds(partial(compose, plain)),
        )
        print(f"{name:34}{times[0]:10.0f}{times[1]:10.0f}{times[2]:14.0f}{times[3]:10.0f}{len(raw):10}")


if __name__ == "__main__":
    main()

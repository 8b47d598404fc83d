"""How long 200 rules with regexes take over a mail of 100 kB, and how long their files take to load.

Run it by hand: `python bench/rules.py`. It is to stay under 10 ms
of processor time a mail.
"""

import random
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from mailcase.domain.decision import Context
from mailcase.domain.email import Address, Classification, InboundEmail, Kind, Reply
from mailcase.domain.mailbox import Mailbox
from mailcase.rules.decide import decide
from mailcase.rules.load import load

RULES, MAILS, TEXT = 200, 50, 100_000
SHAPES = (
    'subject.matches("(?i)ticket{n}") || text.matches("(?i)refund{n}")',
    'text.matches("ORDER-{n}-[0-9]+")',
    'text.contains("keyword{n}")',
    'from.domain == "c{n}.example" && text.matches("(?i)urgent")',
    'headers["x-topic"] == "{n}" || to.exists(t, t.startsWith("box{n}@"))',
)
WORDS = ("the", "order", "parcel", "has", "not", "come", "and", "I", "am", "waiting", "since", "Monday", "thanks")
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
BOX = Mailbox(name="support", address="support@desk.example")


def main() -> None:
    """Print the times."""
    with tempfile.TemporaryDirectory() as folder:
        rules = "\n".join(
            f"  - {{name: r{n}, when: '{SHAPES[n % len(SHAPES)].format(n=n)}', then: {{skip: r{n}}}}}"
            for n in range(RULES)
        )
        (Path(folder) / "record_creation.yaml").write_text(f"rules:\n{rules}\n", encoding="utf-8")
        started = time.process_time()
        book = load(Path(folder), [BOX])
        print(f"{RULES} rules loaded in {(time.process_time() - started) * 1000:.0f} ms")
    mail, took = _mail(), []
    for _ in range(MAILS):
        started = time.process_time()
        _, trace = decide(mail, Classification(kind=Kind.HUMAN, may_acknowledge=True, why=()), _context(), book, NOW)
        took.append((time.process_time() - started) * 1000)
    print(
        f"{len(trace.steps)} steps over {TEXT // 1000} kB: median {statistics.median(took):.2f} ms, worst {max(took):.2f}"
    )


def _context() -> Context:
    return Context(mailbox=BOX, contact=None)


def _mail() -> InboundEmail:
    text = " ".join(random.Random(1).choices(WORDS, k=TEXT // 4))[:TEXT]
    return InboundEmail(
        sha256="",
        size=len(text),
        headers=(("X-Topic", "none"),) * 30,
        message_id=None,
        in_reply_to=(),
        references=(),
        date=None,
        subject="Where is my parcel?",
        senders=(Address(address="carla@customer.example"),),
        reply_to=(),
        to=(Address(address="support@desk.example"),) * 20,
        cc=(),
        text=text,
        html=None,
        reply=Reply(text=text),
        attachments=(),
        reports=(),
        language="en",
    )


if __name__ == "__main__":
    main()

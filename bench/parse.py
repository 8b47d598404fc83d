"""How many mails a second are read, and where the time goes.

    python bench/parse.py FOLDER

FOLDER holds raw mails, one a file. Prints the throughput of the whole reader, without classification, without the
reply splitter, and of Python's email package doing a part of the same work (fields and parts decoded: no charset
repair, no text from HTML, no sanitising), in CPU time of one core.
"""

import email
import email.policy
import sys
import time
from collections.abc import Callable, Iterable
from email.message import Message
from pathlib import Path

from mailcase.errors import Unparseable
from mailcase.mail import body, headers, mime, prescan
from mailcase.mail.classify import classify
from mailcase.mail.limits import Limits
from mailcase.mail.parse import parse

LIMITS = Limits()


def rate(read: Callable[[bytes], object], mails: Iterable[bytes]) -> tuple[float, int]:
    """Return the mails a second of CPU time that `read` manages, and how many it refuses."""
    refused = count = 0
    started = time.process_time()
    for raw in mails:
        count += 1
        try:
            read(raw)
        except (Unparseable, ValueError, LookupError, AttributeError, TypeError):
            refused += 1
    return count / (time.process_time() - started), refused


def whole(raw: bytes) -> object:
    """Read a mail as the daemon does."""
    return classify(parse(raw))


def unsorted(raw: bytes) -> object:
    """Read a mail, and do not ask what kind it is."""
    return parse(raw)


def content(raw: bytes) -> object:
    """Split, decode and sanitise, without the reply splitter and language."""
    scanned, start = prescan.scan(raw, LIMITS)
    block = headers.split(scanned, start, len(scanned), LIMITS)
    root = mime.tree(scanned, block, len(scanned), LIMITS)
    values = [headers.readable(field) for field in block.fields]
    return values, body.render(body.collect(root, None, LIMITS))


def tree(raw: bytes) -> object:
    """Split fields and parts, decoding nothing."""
    scanned, start = prescan.scan(raw, LIMITS)
    return mime.tree(scanned, headers.split(scanned, start, len(scanned), LIMITS), len(scanned), LIMITS)


def standard(raw: bytes) -> object:
    """Let Python's email package decode all fields and parts, by its default policy."""
    return _walked(email.message_from_bytes(raw, policy=email.policy.default))


def compatible(raw: bytes) -> object:
    """The same by its older policy, which leaves encoded words as they are."""
    return _walked(email.message_from_bytes(raw, policy=email.policy.compat32))


def _walked(message: Message) -> object:
    fields = [str(value) for value in message.values()]
    parts = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    return fields, parts, [part.get_filename() for part in message.walk()]


def main(folder: Path) -> None:
    """Measure and print."""
    mails = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    print(f"{len(mails)} mails, {sum(map(len, mails)) / 1e6:.1f} MB")
    for read in (whole, unsorted, content, tree, standard, compatible):
        rate(read, mails[:50])
        speed, refused = rate(read, mails)
        print(f"{read.__name__:12}{speed:10.0f} a second{refused:6} refused")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

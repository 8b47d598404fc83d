"""The process that reads mails for another: `python -m mailcase.daemon.reader DESCRIPTOR`, started by `daemon.readers`.

A mail that takes too much processor time or memory ends this process, or is answered for with a reason, and the daemon
goes on. It holds no secret, no database and no connection but the one to its parent, and ends with it.
"""

import sys
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection

from mailcase.daemon.child import confine, grant
from mailcase.daemon.reading import Answer, Bounds, Fault, Held, Read, read
from mailcase.domain.inbox import HoldReason
from mailcase.errors import Unparseable
from mailcase.mail.limits import Limits

WORN_BYTES = 5_000_000
"""A mail larger than this leaves more memory behind than a fresh process takes."""


def main(descriptor: int) -> None:
    """Answer mails until the parent closes its end."""
    with Connection(descriptor) as parent, suppress(EOFError, ConnectionError):
        bounds: Bounds = parent.recv()
        confine(bounds.memory_bytes)
        is_last = False
        while not is_last:
            number, own_addresses = parent.recv()
            raw = parent.recv_bytes()
            grant(bounds.seconds)
            found = _found(raw, bounds.limits, own_addresses)
            is_last = _is_worn(raw, found)
            parent.send(Answer(number, found, is_last))


def _found(raw: bytes, limits: Limits, own_addresses: frozenset[str]) -> Read | Held | Fault:
    try:
        return read(raw, limits, own_addresses)
    except Unparseable as error:
        return Held(HoldReason(error.reason), str(error))
    except MemoryError:
        return Held(HoldReason.OUT_OF_MEMORY, "reading it takes more memory than any mail should")
    except Exception:  # noqa: BLE001 - the parent raises it: there it is logged, and the mail is tried again
        return Fault(traceback.format_exc())


def _is_worn(raw: bytes, found: Read | Held | Fault) -> bool:
    """Tell whether this process shall make room for a fresh one."""
    return len(raw) > WORN_BYTES or (isinstance(found, Held) and found.reason is HoldReason.OUT_OF_MEMORY)


if __name__ == "__main__":
    main(int(sys.argv[1]))

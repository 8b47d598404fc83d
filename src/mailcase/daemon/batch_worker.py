"""The process that examines files for another: `python -m mailcase.daemon.batch_worker DESCRIPTOR`, for `daemon.batches`.

It makes the text of a mail that the other one only has to write, and answers for a batch of mails at once: to hand over
the value of each costs a third of what it takes to read it.
"""

import gc
import resource
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from mailcase.daemon.batches import Answer, Question
from mailcase.daemon.child import confine, grant
from mailcase.daemon.examine import examine, line_of
from mailcase.daemon.reading import Bounds

KILOBYTE = 1024  # what `ru_maxrss` counts in on Linux


def main(descriptor: int) -> None:
    """Answer batches until the parent closes its end."""
    with Connection(descriptor) as parent, suppress(EOFError, ConnectionError):
        bounds: Bounds = parent.recv()
        confine(bounds.memory_bytes)
        gc.freeze()  # what is loaded now stays: no collection has to look at it
        is_last = False
        while not is_last:
            question: Question = parent.recv()
            grant(bounds.seconds)  # for all of them: who is out of time is asked about each, one by one
            lines = [line_of(examine(Path(path), question.body_type, bounds.limits)) for path in question.paths]
            is_last = _is_worn(bounds)
            parent.send(Answer(lines, is_last))


def _is_worn(bounds: Bounds) -> bool:
    """Tell whether a mail has left this process so large that a fresh one shall take its place."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE > bounds.memory_bytes // 2


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""What reading a mail takes and gives, as `daemon.readers` and the processes that it starts tell each other."""

from dataclasses import dataclass
from typing import NamedTuple

from mailcase.domain.email import Classification, InboundEmail
from mailcase.domain.inbox import HoldReason
from mailcase.mail.classify import classify
from mailcase.mail.limits import Limits
from mailcase.mail.parse import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What the work for one mail may take."""

    limits: Limits
    seconds: int
    """Of processor time."""
    memory_bytes: int
    """Of this process, with all that it has loaded."""


class Read(NamedTuple):
    """A mail that was read."""

    email: InboundEmail
    classification: Classification


class Held(NamedTuple):
    """A mail that is past a limit."""

    reason: HoldReason
    detail: str


class Fault(NamedTuple):
    """A fault of the program that a mail met."""

    traceback: str


class Answer(NamedTuple):
    """What a mail came to."""

    number: int
    """Of the question: an answer to another one would be another mail's."""
    found: Read | Held | Fault
    is_last: bool
    """Whether this process ends now."""


def read(raw: bytes, limits: Limits, own_addresses: frozenset[str]) -> Read:
    """Parse and classify one mail. Raises Unparseable with the reason for which it is held."""
    email = parse(raw, limits)
    return Read(email, classify(email, own_addresses))

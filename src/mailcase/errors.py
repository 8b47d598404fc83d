"""One tree of errors, a class for each way to react to it.

    Refused      the desk says no: tell whoever asked
    Invalid      a file or setting is wrong: mend it
    Unavailable  something outside does not answer: try again later
    StaleWrite   somebody else changed the row first: read it and decide again
    Unparseable  a mail cannot be read within the limits: hold it

A message says what, which, and what to do about it.
"""


class MailcaseError(Exception):
    """Base of everything that mailcase raises on purpose."""


class Refused(MailcaseError):  # noqa: N818 - the words are the desk's: "the desk refused"
    """A request that the desk's rules or the state of a case do not allow."""


class Invalid(MailcaseError):  # noqa: N818
    """A file, setting or argument that is wrong and that a person has to mend.

    `problems` holds one line each, `file:line:column: what, and what to do` where the place is known.
    """

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Unavailable(MailcaseError):  # noqa: N818
    """A server, disk or database that does not do its work just now.

    `remedy` says what a person can do if it stays that way, or is empty.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy

    @property
    def advice(self) -> str:
        """What is wrong and what to do, as sentences."""
        what = str(self).rstrip()
        ended = what if what.endswith((".", "!", "?")) else f"{what}."
        return f"{ended} {self.remedy}".rstrip()


class StaleWrite(MailcaseError):  # noqa: N818
    """A row that changed between reading and writing it."""


class Unparseable(MailcaseError):  # noqa: N818
    """A mail that cannot be understood within the limits.

    `reason` is a `HoldReason` value of `domain.inbox`; the message says what was found.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

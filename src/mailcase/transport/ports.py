"""What the daemon needs from a mail server, as protocols: the tests' fakes and the real sessions are alike."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from mailcase.domain.mailbox import Cursor, Fetched
from mailcase.domain.oauth import TokenKey, Tokens
from mailcase.domain.outbox import Delivery, OutboxMessage

Claim = TypeVar("Claim")


class MailboxSession(Protocol):
    """One connection to one folder of an IMAP server. Not for sharing between threads.

    Every method raises `errors.Unavailable` when the server cannot be reached, refuses the login, or does not answer
    within its deadline; the session is then of no more use and is closed by the caller.
    """

    def open(self) -> Cursor:
        """Connect, log in and select the folder; return its uidvalidity and the highest UID it has (0 when empty)."""
        ...

    def first_uid_since(self, moment: datetime) -> int:
        """Return the lowest UID whose INTERNALDATE is at or after `moment` (UTC), or UIDNEXT when there is none."""
        ...

    def fetch(self, after: Cursor, *, max_messages: int) -> Iterator[Fetched]:
        """Yield messages with a UID above `after.uid`, lowest UID first, `max_messages` at most, without marking them.

        A message larger than the limit of the session comes as its header block, `is_truncated`.
        """
        ...

    def acknowledge(self, uids: Sequence[int]) -> None:
        """Tell the server that these messages are stored with us (a keyword, a move, or nothing, as configured)."""
        ...

    def wait(self, timeout: timedelta) -> bool:
        """Block until the folder may have changed (IDLE, RFC 2177) or `timeout` passed; True when there may be mail.

        A server without IDLE is waited for by sleeping. `interrupt` ends the wait.
        """
        ...

    def interrupt(self) -> None:
        """End a `wait` of this session from another thread."""
        ...

    def close(self) -> None:
        """Log out and close the connection; never raises."""
        ...


class FolderSession(MailboxSession, Protocol):
    """A session that also looks at mail by its place in the folder, whatever was read before."""

    def uids(self) -> list[int]:
        """Return the UID of every message in the folder, ascending."""
        ...

    def uids_between(self, since: datetime, until: datetime | None) -> list[int]:
        """Return the UIDs of mail that came from `since` on and before `until` (UTC; None: to the end), ascending."""
        ...

    def fetch_uids(self, uids: Sequence[int]) -> Iterator[Fetched]:
        """Yield the messages with these UIDs that are there, without marking them."""
        ...


class TidySession(Protocol):
    """A session that can delete mail from where it came from."""

    limitations: tuple[str, ...]

    def open(self) -> Cursor:
        """Reach the folder; return its uidvalidity and the highest UID it has."""
        ...

    def uids(self) -> list[int]:
        """Return the UID of every message in the folder, ascending."""
        ...

    def remove(self, uids: Sequence[int]) -> frozenset[int]:
        """Delete these messages for good, and no other; return those that are gone then."""
        ...

    def close(self) -> None:
        """Close the connection; never raises."""
        ...


class Postman(Protocol):
    """A way to send mail."""

    def deliver(self, batch: Iterable[OutboxMessage]) -> Iterator[Delivery]:
        """Try each message once, in order, over one connection that is kept open; yield what each attempt brought.

        Never raises for what a server does: that is what a `Delivery` tells.
        """
        ...

    def check(self) -> None:
        """Connect and log in; raise `errors.Unavailable` with the remedy when that fails."""
        ...

    def close(self) -> None:
        """Close the connection; never raises."""
        ...


class TokenStore(Protocol[Claim]):
    """Where tokens of OAuth 2.0 are kept, for all threads and daemons. Every method may raise `errors.Unavailable`."""

    def load(self, key: TokenKey) -> Tokens | None:
        """Return what is kept for `key`."""
        ...

    def put(self, tokens: Tokens) -> None:
        """Keep the first tokens after a sign-in, in place of any others."""
        ...

    def renew(self, tokens: Tokens) -> bool:
        """Keep renewed tokens; False when others were stored since those that they were made from."""
        ...

    def claim(self, key: TokenKey) -> Claim | None:
        """Take the sole right to renew, among all threads and daemons; None while another has it."""
        ...

    def release(self, claim: Claim) -> None:
        """Give that right back."""
        ...

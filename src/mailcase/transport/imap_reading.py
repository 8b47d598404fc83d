"""Reading the selected folder: which mail there is above a UID, and its bytes in chunks of bounded size."""

import imaplib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from imap_tools.errors import UnexpectedCommandStatusError

from mailcase.domain.mailbox import Fetched
from mailcase.transport.imap_fetch import MONTHS, FetchItem, fetch_items
from mailcase.transport.imap_marking import UIDS_PER_COMMAND, uid_set

CHUNK_BYTES = 8_000_000
CHUNK_MESSAGES = 200
MAX_HEADER_BYTES = 1_048_576
SEARCHES_AT_MOST = 3
METADATA = "(UID RFC822.SIZE INTERNALDATE FLAGS)"
WHOLE = "(UID BODY.PEEK[])"
# A message without an end to its header must not come as a whole under another name.
HEADER = f"(UID BODY.PEEK[HEADER]<0.{MAX_HEADER_BYTES}>)"
HEADER_END = (b"\r\n\r\n", b"\n\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One message as the metadata FETCH told it."""

    uid: int
    size: int
    received_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Commands on the selected folder; raises what imaplib and imap-tools raise."""

    client: imaplib.IMAP4
    max_bytes: int
    """Of a larger message only the header block is fetched."""
    uidnext: int | None
    """As SELECT told it."""

    def highest_uid(self) -> int:
        """Return the UID of the newest message, 0 for an empty folder."""
        return max(self._search("UID", "*"), default=0)

    def uids_after(self, uid: int) -> list[int]:
        """Return the UIDs above `uid`, ascending, with those of mail that came just now."""
        self.client.noop()  # RFC 9051 section 5.2: a SEARCH sees the folder as it was when it was last told of
        found: list[int] = []
        for _ in range(SEARCHES_AT_MOST):
            self.client.untagged_responses.pop("EXISTS", None)
            found = self._search("UID", f"{uid + 1:d}:*")
            if "EXISTS" not in self.client.untagged_responses:
                break  # else mail came along with the answer, and a server does not tell it again
        # RFC 9051 section 6.4.9: `n:*` holds the highest UID even when that is below n.
        return [number for number in found if number > uid]

    def first_uid_since(self, moment: datetime) -> int:
        """Return the lowest UID whose INTERNALDATE is at or after `moment` (UTC), or the next UID to come."""
        candidates = self._search("SINCE", _day_before(moment))
        for listed in self._listed(candidates):
            if (
                listed.received_at is None or listed.received_at >= moment
            ):  # no readable INTERNALDATE: better once too often
                return listed.uid
        return max(self.uidnext or 0, self.highest_uid() + 1)

    def uids_between(self, since: datetime, until: datetime | None) -> list[int]:
        """Return the UIDs with an INTERNALDATE from `since` on and before `until` (UTC), ascending."""
        candidates = self._listed(self._search("SINCE", _day_before(since)))
        return [
            listed.uid
            for listed in candidates
            # No readable INTERNALDATE: better once too often.
            if listed.received_at is None
            or (listed.received_at >= since and (until is None or listed.received_at < until))
        ]

    def list_uids(self, uids: Sequence[int]) -> list[Listed]:
        """Return those of the messages `uids` that are there, in this order."""
        return list(self._listed(uids))

    def list_after(self, uid: int, most: int) -> list[Listed]:
        """Return the `most` lowest messages with a UID above `uid`, ascending."""
        return list(self._listed(self.uids_after(uid)[:most]))

    def fetch(self, chunk: Sequence[Listed], uidvalidity: int) -> list[Fetched]:
        """Return the messages of `chunk` that are still there, ascending.

        One that the server cannot deliver comes as its header block, or with no bytes at all, `is_truncated`.
        """
        bodies = self._bodies([listed.uid for listed in chunk if listed.size <= self.max_bytes], WHOLE)
        missing = [listed.uid for listed in chunk if listed.uid not in bodies]
        headers = self._rest(missing) if missing else {}
        fetched = []
        for listed in chunk:
            message = Fetched(
                uidvalidity=uidvalidity, uid=listed.uid, raw=b"", size=listed.size, received_at=listed.received_at
            )
            if (whole := bodies.get(listed.uid)) is not None:
                fetched.append(self._bounded(replace(message, raw=whole)))
            elif listed.uid in headers:
                fetched.append(replace(message, raw=headers[listed.uid], is_truncated=True))
        return fetched

    def _rest(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return the header block of each message that did not come as a whole but is still there."""
        # A message that is gone is no loss; one that is there but cannot be read must not go unseen.
        there = [uid for uid in self._search("UID", uid_set(uids)) if uid in uids]
        headers = dict.fromkeys(there, b"")
        for uid in there:
            headers |= self._bodies([uid], HEADER)
        return headers

    def _bounded(self, message: Fetched) -> Fetched:
        """Cut a message that is larger than its RFC822.SIZE made believe down to its header block."""
        if len(message.raw) <= self.max_bytes:
            return message
        ends = [place + len(end) for end in HEADER_END if (place := message.raw.find(end, 0, MAX_HEADER_BYTES)) >= 0]
        return replace(message, raw=message.raw[: min(ends, default=MAX_HEADER_BYTES)], is_truncated=True)

    def _listed(self, uids: Sequence[int]) -> Iterator[Listed]:
        for start in range(0, len(uids), UIDS_PER_COMMAND):
            part = uids[start : start + UIDS_PER_COMMAND]
            items = {item.uid: item for item in self._items(part, METADATA) if item.size is not None}
            for uid in part:
                if (item := items.get(uid)) is not None:
                    yield Listed(uid=uid, size=item.size or 0, received_at=item.received_at)

    def _bodies(self, uids: Sequence[int], section: str) -> dict[int, bytes]:
        if not uids:
            return {}
        wanted = set(uids)
        return {
            item.uid: item.body for item in self._items(uids, section) if item.uid in wanted and item.body is not None
        }

    def _items(self, uids: Sequence[int], section: str) -> Iterable[FetchItem]:
        # NO comes with whatever could be read when some of the messages are gone or broken: RFC 2180 section 4.1.
        _, pieces = self.client.uid("FETCH", uid_set(uids), section)
        return fetch_items(pieces)

    def _search(self, *criteria: str) -> list[int]:
        status, lines = self.client.uid("SEARCH", *criteria)
        if status != "OK":
            raise UnexpectedCommandStatusError(command_result=(status, lines), expected="OK")
        return sorted({int(number) for line in lines if line for number in line.split()})


def _day_before(moment: datetime) -> str:
    """Return the date to search from for mail since `moment`."""
    # RFC 9051 section 6.4.4: SINCE looks at the date alone, in whatever time zone the server keeps it.
    day = moment.astimezone(UTC) - timedelta(days=1)
    return f"{day.day:d}-{MONTHS[day.month - 1].capitalize()}-{day.year:04d}"


def chunks(listed: Iterable[Listed], max_bytes: int) -> Iterator[list[Listed]]:
    """Yield the messages in runs of about `CHUNK_BYTES`; one above `max_bytes` counts as its header block."""
    run: list[Listed] = []
    run_bytes = 0
    for one in listed:
        size = one.size if one.size <= max_bytes else MAX_HEADER_BYTES
        if run and (run_bytes + size > CHUNK_BYTES or len(run) == CHUNK_MESSAGES):
            yield run
            run, run_bytes = [], 0
        run.append(one)
        run_bytes += size
    if run:
        yield run

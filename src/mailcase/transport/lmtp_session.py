"""The LMTP dialogue (RFC 2033): aiosmtpd's, with what it lacks.

That is an answer for each recipient after the final dot also where aiosmtpd answers by itself, enhanced status codes
(RFC 2034), lines as long as they come in real mail, and addresses as they come there: to whom a mail is delivered is for
the mailboxes to say, and who wrote it is nothing to refuse it for.
"""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from mailcase.errors import Unavailable

MAX_CONNECTIONS = 20  # as many as Postfix opens to one destination by itself; each may hold one mail in memory
MAX_COMMAND_BYTES = 4096  # with long addresses in UTF-8, and room for parameters
MAX_RECIPIENTS = 1000  # RFC 5321 section 4.5.3.1.8 asks for 100 at least
TIMEOUT_S = 300  # RFC 5321 section 4.5.3.2.7
EXTENSIONS = ("250-PIPELINING", "250-ENHANCEDSTATUSCODES")
PATH = re.compile(r"\s*<(?:@[^:>]*:)?((?:\"(?:[^\"\\]|\\.)*\"|[^>\"])*)>(.*)", re.DOTALL)
"""A reverse or forward path; RFC 5321 section 4.1.1.3 has a source route ignored."""
PARAMETERS = frozenset({"BODY", "SIZE", "SMTPUTF8"})
"""Others change nothing for us: Dovecot sends ORCPT (RFC 3461) unasked, and a mail is not to be refused for that."""
PLAIN_STATUS = re.compile(r"([245])(\d\d)( |-)(?!\d\.\d{1,3}\.\d{1,3}\b)")
# RFC 3463, for what aiosmtpd answers by itself.
ENHANCED = {"00": "5.2", "01": "5.4", "02": "5.1", "03": "5.1", "52": "3.4", "53": "1.3", "55": "5.4"}

Find = Callable[[str], str | None]
"""Returns the mailbox of an address, or None when nobody has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What becomes of mail that is handed over."""

    find: Find
    max_bytes: Callable[[], int]
    """Returns how long a mail may be; asked at each connection."""
    require_room: Callable[[], None]
    """Raises Unavailable while no mail can be taken."""
    store: Callable[[bytes, Sequence[str]], None]
    """Stores a mail for mailboxes, durably before it returns; raises Unavailable. Called from other threads."""


class Dialogue(LMTP):
    """One connection."""

    def __init__(
        self, office: Office, others: "set[Dialogue]", *, hostname: str, loop: asyncio.AbstractEventLoop
    ) -> None:
        """Begin a connection; while it lasts it is one of `others`."""
        max_bytes = office.max_bytes()
        self.command_size_limits = defaultdict(lambda: MAX_COMMAND_BYTES)
        # Lines above 998 characters are against RFC 5322 section 2.1.1, and in many mails.
        self.line_length_limit = max_bytes
        self._others = others
        self._is_one_too_many = False
        self._is_greeting = False
        self._owed = 0
        super().__init__(
            Desk(office),
            data_size_limit=max_bytes,
            enable_SMTPUTF8=True,
            decode_data=False,
            hostname=hostname,
            ident="mailcase LMTP",
            timeout=TIMEOUT_S,
            loop=loop,
        )

    @syntax("LHLO hostname")
    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802 - aiosmtpd finds it by this name
        """Greet: an answer without enhanced codes, RFC 2034 section 4."""
        self._is_greeting = True
        await super().smtp_LHLO(arg)
        self._is_greeting = False

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - as above
        """Take a mail: after its final dot each recipient has an answer (RFC 2033 section 4.2)."""
        recipients = len(self.envelope.rcpt_tos) if self.envelope else 0
        self._owed = -recipients  # begins to count when the text is asked for
        await super().smtp_DATA(arg)

    async def push(self, status: str | bytes) -> None:
        """Send an answer."""
        text = status if isinstance(status, str) else status.decode("utf-8", "replace")
        if self._is_one_too_many:
            text = "421 4.3.2 too many connections, come again later"
        elif self._owed < 0:
            self._owed = -self._owed if text.startswith("354") else 0
        elif self._owed > 0:
            text = text if "\r\n" in text else "\r\n".join([text] * self._owed)
            self._owed = 0
        is_plain = self._is_greeting or text.startswith(("220", "3"))
        await super().push(text if is_plain else "\r\n".join(map(enhanced, text.split("\r\n"))))
        if self._is_one_too_many:
            self.hang_up()

    @property
    def is_busy(self) -> bool:
        """Whether a mail is being handed over."""
        return self._owed > 0

    def hang_up(self) -> None:
        """Close the connection."""
        if self.transport is not None:
            self.transport.close()

    def cut(self) -> None:
        """Close the connection without waiting for what the other side has not read yet."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note a connection."""
        self._is_one_too_many = len(self._others) >= MAX_CONNECTIONS
        if not self._is_one_too_many:
            self._others.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        """Forget a connection."""
        self._others.discard(self)
        super().connection_lost(error)

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        found = PATH.fullmatch(arg or "")
        if found is None:
            return None, None
        known = (word for word in found[2].split() if word.partition("=")[0].upper() in PARAMETERS)
        return found[1].strip() or "<>", " ".join(known)


class Desk:
    """What aiosmtpd calls at each step."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def handle_EHLO(  # noqa: N802 - aiosmtpd finds it by this name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Tell what there is besides what aiosmtpd tells."""
        session.host_name = hostname
        return [*responses[:-1], *EXTENSIONS, responses[-1]]

    async def handle_MAIL(  # noqa: N802 - as above
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Begin a mail, unless there is no room for one."""
        try:
            await asyncio.to_thread(self._office.require_room)
        except Unavailable:
            return "452 4.3.1 no room for mail now"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 sender ok"

    async def handle_RCPT(  # noqa: N802 - as above
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient who has a mailbox."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 too many recipients; send the rest with another mail"
        if self._office.find(address) is None:
            return "550 5.1.1 no such mailbox here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        """Store the mail for all of its recipients, or for none; an answer for each."""
        found = (self._office.find(address) for address in envelope.rcpt_tos)
        mailboxes = list(dict.fromkeys(name for name in found if name))
        content = envelope.original_content or b""
        sender = (envelope.mail_from or "").strip("<>").encode("utf-8", "surrogateescape")
        # RFC 5321 section 4.4: who makes the final delivery notes the return path.
        raw = b"Return-Path: <" + sender + b">\r\n" + content
        answer = "250 2.0.0 stored"
        try:
            await asyncio.to_thread(self._office.store, raw, mailboxes)
        except Unavailable:
            answer = "451 4.3.0 the mail cannot be stored now"
        return "\r\n".join([answer] * len(envelope.rcpt_tos))


def enhanced(line: str) -> str:
    """Return a line of an answer with an enhanced status code, its own or the one that goes with its code."""
    found = PLAIN_STATUS.match(line)
    if found is None:
        return line
    kind = "0.0" if found[1] == "2" else ENHANCED.get(found[2], "0.0")
    return f"{line[: found.end()]}{found[1]}.{kind} {line[found.end() :]}"

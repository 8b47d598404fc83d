"""One mail handed to an SMTP server, step by step (RFC 5321 section 3.3), so that it is known how far it came.

aiosmtplib's `sendmail` would do all steps at once; here MAIL, RCPT, DATA and the final dot are separate, because only
a cut after the dot leaves the outcome unknown. The dot is written after all text has left this process.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import aiosmtplib
from aiosmtplib.protocol import normalize_message_line_endings

from mailcase.config import DsnRequest
from mailcase.domain.outbox import Delivery, OutboxMessage, Phase, Recipient, RecipientState
from mailcase.transport.account import SmtpAccount
from mailcase.transport.smtp_connect import drop, reply

SERVICE_CLOSING = 421  # RFC 5321 section 3.8
# Replies that are about us and our login, not about the mail: RFC 4954 section 6.
LOGIN_REPLIES = frozenset({530, 534, 535, 538})
# Nothing that would end the command or start another; RFC 5321 section 4.1.2.
UNSAFE_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f<>]")
MAX_ENVID = 100  # characters, RFC 3461 section 5.4
FLUSH_INTERVAL_S = 0.01


class Cut(Exception):  # noqa: N818 - it is what happened to the line
    """The connection ended, or no answer came in time."""


class SessionOver(Exception):  # noqa: N818
    """The server said something about the session, not about this mail."""


@dataclass(slots=True, kw_only=True)
class _Progress:
    """How far one mail has come."""

    message: OutboxMessage
    phase: Phase = Phase.MAIL
    response: str = ""
    told: dict[str, Recipient] = field(default_factory=dict)
    """The new state of each recipient that the server spoke about."""
    accepted: list[Recipient] = field(default_factory=list)
    """Recipients that RCPT was answered with yes for."""

    def tell(self, recipients: list[Recipient], code: int, text: str, *, is_temporary: bool = False) -> None:
        self.response = reply(code, text)
        state = RecipientState.PENDING if is_temporary or code < 500 else RecipientState.REFUSED
        state = RecipientState.ACCEPTED if code < 400 else state
        self.told |= {one.address: replace(one, state=state, response=self.response) for one in recipients}

    def delivery(self, *, is_uncertain: bool = False, is_server_down: bool = False) -> Delivery:
        return Delivery(
            outbox_id=self.message.id,
            fence=self.message.fence,
            recipients=tuple(self.told.get(one.address, one) for one in pending(self.message)),
            phase=self.phase,
            response=self.response,
            is_uncertain=is_uncertain,
            is_server_down=is_server_down,
        )


def pending(message: OutboxMessage) -> list[Recipient]:
    """Return the recipients that are still to be tried."""
    return [one for one in message.recipients if one.state is RecipientState.PENDING]


async def hand_over(
    client: aiosmtplib.SMTP, account: SmtpAccount, message: OutboxMessage, is_ours: Callable[[int], bool]
) -> Delivery:
    """Try `message` once on a session that is ready for MAIL; the session is closed when it is of no more use.

    `is_ours` tells, by the id of the message, whether no other daemon can be sending it by now.
    """
    progress = _Progress(message=message)
    dialogue, transport = _Dialogue(client, account, progress, is_ours), client.transport
    try:
        await dialogue.run()
    except Cut as cut:
        progress.response = progress.response or str(cut)
        drop(client, transport)
        is_uncertain = progress.phase is Phase.DOT
        return progress.delivery(is_uncertain=is_uncertain, is_server_down=not is_uncertain)
    except SessionOver:
        drop(client, transport)
        return progress.delivery(is_server_down=True)
    if not client.is_connected:
        drop(client, transport)
    return progress.delivery()


class _Dialogue:
    """The steps for one mail."""

    def __init__(
        self, client: aiosmtplib.SMTP, account: SmtpAccount, progress: _Progress, is_ours: Callable[[int], bool]
    ) -> None:
        self._client = client
        self._progress = progress
        self._is_ours = is_ours
        self._timeout_s = account.command_timeout.total_seconds()
        self._dot_timeout_s = account.dot_timeout.total_seconds()
        self._dsn = account.dsn if client.supports_extension("dsn") else DsnRequest.NONE

    async def run(self) -> None:
        progress = self._progress
        if not await self._mail():
            return
        progress.phase = Phase.RCPT
        for recipient in pending(progress.message):
            await self._rcpt(recipient)
        if not (progress.accepted and await self._data()):
            await self._reset()

    async def _reset(self) -> None:
        try:
            await self._command(b"RSET")  # RFC 5321 section 4.1.1.5
        except (Cut, SessionOver):
            self._client.close()  # what was said about this mail stands

    async def _mail(self) -> bool:
        message = self._progress.message
        addresses = [message.envelope_from, *(one.address for one in pending(message))]
        options = []
        if not all(address.isascii() for address in addresses) and self._client.supports_extension("smtputf8"):
            options.append(b"SMTPUTF8")  # RFC 6531 section 3.4
        if not message.raw.isascii() and self._client.supports_extension("8bitmime"):
            options.append(b"BODY=8BITMIME")  # RFC 6152
        if self._client.supports_extension("size"):
            options.append(b"SIZE=%d" % len(message.raw))  # RFC 1870
        if self._dsn is not DsnRequest.NONE:
            options += [b"RET=HDRS", b"ENVID=" + xtext(message.message_id[:MAX_ENVID])]  # RFC 3461 sections 4.3 and 4.4
        path = self._path(message.envelope_from)
        if path is None:
            self._progress.tell(pending(message), 553, "5.6.7 the server does not take this sender address")
            return False
        code, text = await self._command(b"MAIL", b"FROM:" + path, *options)
        if code >= 300:
            self._progress.tell(pending(message), code, text)
            return False
        return True

    async def _rcpt(self, recipient: Recipient) -> None:
        path = self._path(recipient.address)
        if path is None or path == b"<>":
            self._progress.tell([recipient], 553, "5.6.7 the server does not take this recipient address")
            return
        code, text = await self._command(b"RCPT", b"TO:" + path, *self._notify(recipient))
        if code < 300:
            self._progress.accepted.append(recipient)
            return
        # RFC 5321 section 4.5.3.1.10: 552 once meant "too many recipients"; with 5.2.x it is the mailbox that is full.
        self._progress.tell([recipient], code, text, is_temporary=code == 552 and not text.startswith("5.2."))

    def _notify(self, recipient: Recipient) -> list[bytes]:
        """Return which reports are asked for (RFC 3461 sections 4.1 and 4.2)."""
        if self._dsn is DsnRequest.NONE:
            return []
        if not self._progress.message.envelope_from:
            return [b"NOTIFY=NEVER"]  # nobody could get them
        wanted = b"SUCCESS,FAILURE,DELAY" if self._dsn is DsnRequest.ALL else b"FAILURE,DELAY"
        original = [b"ORCPT=rfc822;" + xtext(recipient.address)] if recipient.address.isascii() else []
        return [b"NOTIFY=" + wanted, *original]

    async def _data(self) -> bool:
        """Send DATA, the text and the dot; return False when the server did not want to hear the text."""
        progress = self._progress
        progress.phase = Phase.DATA
        code, text = await self._command(b"DATA")
        if code != 354:
            progress.tell(progress.accepted, max(code, 400), text)
            return False
        code, text = await self._text_and_dot(transparent(progress.message.raw))
        progress.tell(progress.accepted, code, text)
        self._check_session(code)
        return True

    async def _text_and_dot(self, content: bytes) -> tuple[int, str]:
        protocol, transport = self._client.protocol, self._client.transport
        if protocol is None or not isinstance(transport, asyncio.WriteTransport):
            raise Cut("the connection was cut")
        # Listening from now on: a server may refuse in the midst of the text.
        answer = asyncio.ensure_future(protocol.read_response())
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            await asyncio.sleep(0)
            self._require_ours()
            protocol.write(content)
            await self._flush(transport, answer)
            if not answer.done():
                self._require_ours()
                protocol.write(b".\r\n")  # raises when the line was cut meanwhile, with the dot still here
                self._progress.phase = Phase.DOT
            response = await asyncio.wait_for(answer, self._dot_timeout_s)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Cut(_cut_reason(error)) from error
        finally:
            answer.cancel()
        if self._progress.phase is Phase.DATA:
            self._progress.response = reply(response.code, response.message)
            if response.code < 500:
                raise Cut("the server answered before the end of the text")
            self._client.close()
        return response.code, response.message

    def _require_ours(self) -> None:
        """Cut the line when this process slept so long that another may send the mail: without the dot nothing is sent."""
        if not self._is_ours(self._progress.message.id):
            raise Cut("another daemon may have taken it over meanwhile")

    async def _flush(
        self, transport: asyncio.WriteTransport, answer: "asyncio.Future[aiosmtplib.SMTPResponse]"
    ) -> None:
        """Wait until the text has left, as long as there is any progress."""
        loop = asyncio.get_running_loop()
        size, since = transport.get_write_buffer_size(), loop.time()
        while size and not answer.done():
            await asyncio.sleep(FLUSH_INTERVAL_S)
            left = transport.get_write_buffer_size()
            if left < size:
                size, since = left, loop.time()
            elif loop.time() - since > self._timeout_s:
                raise Cut("the server stopped reading")

    async def _command(self, *words: bytes) -> tuple[int, str]:
        try:
            code, text = await self._client.execute_command(*words, timeout=self._timeout_s)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Cut(_cut_reason(error)) from error
        self._check_session(code, text)
        return code, text

    def _check_session(self, code: int, text: str = "") -> None:
        if code == SERVICE_CLOSING or code in LOGIN_REPLIES:
            self._progress.response = self._progress.response if not text else reply(code, text)
            raise SessionOver

    def _path(self, address: str) -> bytes | None:
        """Return `<address>`, or None when it is not safe or this server cannot take it."""
        if UNSAFE_IN_ADDRESS.search(address):
            return None
        if not address.isascii() and not self._client.supports_extension("smtputf8"):
            return None
        return f"<{address}>".encode()


def transparent(raw: bytes) -> bytes:
    """Return the mail as DATA wants it: CRLF line ends, a last line end, and leading dots doubled."""
    content = normalize_message_line_endings(raw)
    # RFC 5321 section 4.5.2
    stuffed = content.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def xtext(text: str) -> bytes:
    """Return `text` as a value of an ESMTP parameter (RFC 3461 section 4)."""
    return b"".join(
        bytes([byte]) if 0x21 <= byte <= 0x7E and byte not in b"+=" else b"+%02X" % byte
        for byte in text.encode("ascii", "replace")
    )


def _cut_reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"an answer that is not SMTP ({reply(error.code, error.message)})"
    return "the connection was cut"

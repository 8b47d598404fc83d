"""One SMTP connection that is kept open between mails: when to open it, when to trust it, when to close it."""

import asyncio
from collections.abc import Callable

import aiosmtplib

from mailcase.domain.outbox import Delivery, OutboxMessage, Phase
from mailcase.errors import Unavailable
from mailcase.transport.account import SmtpAccount
from mailcase.transport.smtp_connect import connect, drop, fingerprint_shown
from mailcase.transport.smtp_dialogue import hand_over
from mailcase.transport.trust import Untrusted

# A connection that was idle for longer is asked for a sign of life before it is used.
TRUSTED_FOR_S = 2.0
SIGN_OF_LIFE_TIMEOUT_S = 5.0
GOODBYE_TIMEOUT_S = 2.0


class SmtpSession:
    """Lives on one event loop and is made there; attempts take turns."""

    def __init__(self, account: SmtpAccount, is_ours: Callable[[int], bool]) -> None:
        self._account = account
        self._is_ours = is_ours
        self._loop = asyncio.get_running_loop()
        self._turn = asyncio.Lock()
        self._client: aiosmtplib.SMTP | None = None
        self._connecting: asyncio.Task[aiosmtplib.SMTP] | None = None
        self._parting: asyncio.Task[None] | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._used_at = 0.0
        self._is_ended = False

    async def attempt(self, message: OutboxMessage) -> Delivery:
        """Try `message` once; raises `Unavailable` when the server cannot be reached."""
        async with self._turn:
            known = self._client
            client = await self._ready()
            delivery = await hand_over(client, self._account, message, self._is_ours)
            if client is known and delivery.phase is Phase.MAIL and delivery.is_server_down:
                # A server may end a session that it finds too long or too idle; the mail has not begun yet.
                delivery = await hand_over(await self._ready(), self._account, message, self._is_ours)
            self._rest()
            return delivery

    async def check(self) -> None:
        """Connect and log in; raises `Unavailable`, with its fingerprint for a certificate that is not trusted."""
        async with self._turn:
            try:
                await self._ready()
            except Untrusted as error:
                shown = error.fingerprint or await fingerprint_shown(self._account)
                raise error.having_shown(shown) from error
            self._rest()

    async def end(self) -> None:
        """Close the connection; an attempt that is going on ends as a cut line."""
        self._is_ended = True
        if self._connecting is not None:
            self._connecting.cancel()
        if self._client is not None and self._turn.locked():
            drop(self._client, self._client.transport)
        async with self._turn:
            await self._part()
        if self._parting is not None:
            await self._parting

    async def _ready(self) -> aiosmtplib.SMTP:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        if self._client is not None and await self._is_alive(self._client):
            return self._client
        where = f"{self._account.host}:{self._account.port}"
        if self._is_ended:
            raise Unavailable(f"{where}: mail is not sent any more, the program ends")
        self._connecting = self._loop.create_task(connect(self._account))
        try:
            self._client = await self._connecting
        except asyncio.CancelledError:
            if not self._is_ended:
                raise
            raise Unavailable(f"{where}: not connected, the program ends") from None
        finally:
            self._connecting = None
        return self._client

    async def _is_alive(self, client: aiosmtplib.SMTP) -> bool:
        if client.is_connected and self._loop.time() - self._used_at > TRUSTED_FOR_S:
            transport = client.transport
            try:
                await client.rset(timeout=SIGN_OF_LIFE_TIMEOUT_S)
            except (aiosmtplib.SMTPException, OSError):
                drop(client, transport)
        return client.is_connected

    def _rest(self) -> None:
        self._used_at = self._loop.time()
        self._idle_timer = self._loop.call_later(self._account.keep_open.total_seconds(), self._part_later)

    def _part_later(self) -> None:
        self._parting = self._loop.create_task(self._part_if_idle())

    async def _part_if_idle(self) -> None:
        if not self._turn.locked():
            await self._part()

    async def _part(self) -> None:
        client, self._client = self._client, None
        if client is not None and client.is_connected:
            transport = client.transport
            try:
                await client.quit(timeout=GOODBYE_TIMEOUT_S)
            except (aiosmtplib.SMTPException, OSError):
                pass  # whatever it says to a goodbye
            finally:
                drop(client, transport)

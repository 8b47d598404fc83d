"""From nothing to a logged-in SMTP submission session (RFC 6409), never in the clear when TLS was asked for."""

import asyncio
import base64
import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

import aiosmtplib

from mailcase.config import Security
from mailcase.errors import Unavailable
from mailcase.transport import sasl
from mailcase.transport.account import SmtpAccount, secret
from mailcase.transport.hushing import hushed
from mailcase.transport.reaching import one_line, unreachable
from mailcase.transport.sasl import LoginRefused
from mailcase.transport.trust import NO_FINGERPRINT, Untrusted, tls_context

LOG_REMEDY = "Look into the server's log."
Answer = TypeVar("Answer")


async def connect(account: SmtpAccount) -> aiosmtplib.SMTP:
    """Return a session that is ready for MAIL.

    A server that refuses an access token gets another one, once. Raises `Unavailable` when the server is not reached,
    not trusted, or refuses.
    """
    if account.username is None:
        return await _connected(account, "")
    if account.tokens is None:
        return await _logged_in(account, secret(account.password))
    token = await on_a_thread(account.tokens)
    try:
        return await _logged_in(account, token)
    except LoginRefused:
        other = await on_a_thread(partial(account.tokens, instead_of=token))
        return await _logged_in(account, other)


async def _logged_in(account: SmtpAccount, password: str) -> aiosmtplib.SMTP:
    with hushed(password):
        return await _connected(account, password)


async def _connected(account: SmtpAccount, password: str) -> aiosmtplib.SMTP:
    where = f"{account.host}:{account.port}"
    client = aiosmtplib.SMTP(
        hostname=account.host,
        port=account.port,
        timeout=account.connect_timeout.total_seconds(),
        use_tls=account.security is Security.TLS,
        start_tls=False,  # it is done below; None would mean "if the server likes", which anybody in between can deny
        tls_context=None if account.security is Security.NONE else tls_context(account.ca_file, account.fingerprint),
        local_hostname=account.helo_name,
    )
    transport = None
    try:
        await client.connect()
        transport = client.transport
        if account.security is Security.STARTTLS:
            await client.starttls()
            transport = client.transport
        if client.is_ehlo_or_helo_needed:
            await client.ehlo()
        if account.username is not None:
            await _log_in(client, account.username, account, password)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        drop(client, transport)
        raise _told(where, account, error) from error
    except BaseException:
        drop(client, transport)
        raise
    return client


async def fingerprint_shown(account: SmtpAccount) -> str:
    """Return the fingerprint of the certificate that the server shows; nothing is said to it but EHLO and STARTTLS.

    Raises `Unavailable` when it shows none.
    """
    try:
        client = await connect(replace(account, fingerprint=NO_FINGERPRINT, username=None))
    except Untrusted as shown:
        return shown.fingerprint
    drop(client, client.transport)
    return ""


def drop(client: aiosmtplib.SMTP, transport: asyncio.BaseTransport | None) -> None:
    """Close the connection at once: not a word more, nothing that is still unsent, no waiting for the end of TLS.

    `transport` is what the client had when it was connected; it forgets it when it closes by itself.
    """
    client.close()
    if isinstance(transport, asyncio.WriteTransport):
        transport.abort()


async def _log_in(client: aiosmtplib.SMTP, username: str, account: SmtpAccount, password: str) -> None:
    if account.tokens is None:
        await client.login(username, password)
        return
    mechanism = sasl.choose(client.server_auth_methods, f"{account.host}:{account.port}")
    first = sasl.first_message(mechanism, user=username, host=account.host, port=account.port, token=password)
    response = await client.execute_command(b"AUTH", mechanism.encode(), base64.b64encode(first))
    if response.code == aiosmtplib.SMTPStatus.auth_continue:  # why it is refused, which has to be answered
        response = await client.execute_command(base64.b64encode(sasl.answer_to_refusal(mechanism)))
    if response.code != aiosmtplib.SMTPStatus.auth_successful:
        raise aiosmtplib.SMTPAuthenticationError(response.code, response.message)


async def on_a_thread(work: Callable[[], Answer]) -> Answer:
    """Wait for `work`, which blocks, without holding up the loop; unlike asyncio's own way the end waits for no thread."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Answer] = loop.create_future()

    def tell(answer: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed, nobody waits
            loop.call_soon_threadsafe(lambda: None if future.done() else answer())

    def run() -> None:
        try:
            found = work()
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            failure = error
            tell(lambda: future.set_exception(failure))
        else:
            tell(lambda: future.set_result(found))

    threading.Thread(target=run, name="oauth", daemon=True).start()
    return await future


def _told(where: str, account: SmtpAccount, error: Exception) -> Unavailable:
    match error:
        case aiosmtplib.SMTPTimeoutError():
            return unreachable(where, TimeoutError())
        case aiosmtplib.SMTPAuthenticationError():
            what = f"the login of {account.username} is refused ({reply(error.code, error.message)})"
            return LoginRefused(
                f"{where}: {what}", remedy=sasl.LOGIN_REMEDY if account.tokens is None else sasl.WHEN_REFUSED
            )
        case aiosmtplib.SMTPResponseException():
            what, remedy = f"the server refuses us ({reply(error.code, error.message)})", LOG_REMEDY
        case OSError():  # aiosmtplib's own connection errors among them, with what the system said as their cause
            return unreachable(where, error.__cause__ if isinstance(error.__cause__, OSError) else _plain(error))
        case _ if account.security is Security.STARTTLS and "STARTTLS" in str(error):
            what = "the server does not offer STARTTLS, so nothing was sent"
            remedy = (
                'Use security = "tls" with port 465; if the server should offer it, something in between strips it.'
            )
        case _:
            what, remedy = one_line(error), LOG_REMEDY
    return Unavailable(f"{where}: {what}", remedy=remedy)


def _plain(error: OSError) -> OSError:
    return ConnectionError() if isinstance(error, aiosmtplib.SMTPException) else error


def reply(code: int, text: str) -> str:
    """Return an SMTP reply as one line, such as `550 5.1.1 no such user`."""
    return one_line(f"{code} {text}")

"""From nothing to a logged-in SMTP submission session (RFC 6409), never in the clear when TLS was asked for."""

import asyncio
from dataclasses import replace

import aiosmtplib

from mailcase.config import Security
from mailcase.errors import Unavailable
from mailcase.transport.account import Mechanism, SmtpAccount, secret
from mailcase.transport.reaching import one_line, unreachable
from mailcase.transport.trust import NO_FINGERPRINT, Untrusted, tls_context

LOG_REMEDY = "Look into the server's log."


async def connect(account: SmtpAccount) -> aiosmtplib.SMTP:
    """Return a session that is ready for MAIL.

    Raises `Unavailable` when the server is not reached, not trusted, or refuses.
    """
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
            await _log_in(client, account.username, account)
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


async def _log_in(client: aiosmtplib.SMTP, username: str, account: SmtpAccount) -> None:
    if account.mechanism is Mechanism.XOAUTH2:
        await client.auth_xoauth2(username, secret(account.password))
    else:
        await client.login(username, secret(account.password))


def _told(where: str, account: SmtpAccount, error: Exception) -> Unavailable:
    match error:
        case aiosmtplib.SMTPTimeoutError():
            return unreachable(where, TimeoutError())
        case aiosmtplib.SMTPAuthenticationError():
            what = f"the login of {account.username} is refused ({reply(error.code, error.message)})"
            remedy = "Check user name and password; many providers want an app password or OAuth 2.0 here."
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

"""From nothing to a logged-in IMAP connection, never in the clear when TLS was asked for."""

import contextlib
import ssl
from dataclasses import replace

import imap_tools

from mailcase.config import Security
from mailcase.errors import Unavailable
from mailcase.transport import sasl
from mailcase.transport.account import ImapAccount, secret
from mailcase.transport.hushing import hushed
from mailcase.transport.imap_errors import LINE_ERRORS, translated, translated_login
from mailcase.transport.imap_folders import enable_utf8
from mailcase.transport.imap_reading import MAX_HEADER_BYTES
from mailcase.transport.imap_wire import Wire
from mailcase.transport.sasl import LoginRefused
from mailcase.transport.trust import NO_FINGERPRINT, Untrusted, tls_context

GOODBYE_TIMEOUT_S = 2.0


class Line(imap_tools.BaseMailBox):
    """imap-tools over our wire."""

    client: Wire

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.is_utf8 = False
        """Whether names of folders, and headers of mail, come and go in UTF-8 (RFC 6855)."""
        super().__init__()

    def _get_mailbox_client(self) -> Wire:
        return self._wire


def log_in(account: ImapAccount) -> tuple[Line, frozenset[str]]:
    """Return a connection that is logged in, and what its server can do after the login.

    A server that refuses an access token gets another one, once. Raises `Unavailable` when the server is not reached,
    not trusted, or refuses.
    """
    if account.tokens is None:
        return _logged_in(account, secret(account.password))
    token = account.tokens()
    try:
        return _logged_in(account, token)
    except LoginRefused:
        return _logged_in(account, account.tokens(instead_of=token))


def _logged_in(account: ImapAccount, password: str) -> tuple[Line, frozenset[str]]:
    where = f"{account.host}:{account.port}"
    wire = _connect(account, where)
    try:
        line = Line(wire)
        with hushed(password):
            if account.tokens is None:
                with translated_login(where, account.username):
                    _log_in_by_password(line, account.username, password)
            else:
                _log_in_by_token(wire, account, where, password)
        with translated(where, "list capabilities"):
            capabilities = wire.capability_set()
            if "ID" in capabilities:  # RFC 2971; some providers let nobody read who does not introduce himself
                wire.xatom("ID", '("name" "mailcase")')
        with translated(where, "agree on UTF-8"):
            line.is_utf8 = enable_utf8(wire, capabilities)
    except BaseException:
        wire.shutdown()
        raise
    wire.answer_timeout_s = account.command_timeout.total_seconds()
    return line, capabilities


def fingerprint_shown(account: ImapAccount) -> str:
    """Return the fingerprint of the certificate that the server shows; nothing is said to it but STARTTLS.

    Raises `Unavailable` when it shows none.
    """
    try:
        _connect(replace(account, fingerprint=NO_FINGERPRINT), f"{account.host}:{account.port}").shutdown()
    except Untrusted as shown:
        return shown.fingerprint
    return ""


def hang_up(line: Line, *, politely: bool) -> None:
    """Close the connection, with a LOGOUT if `politely`; never raises."""
    with contextlib.suppress(*LINE_ERRORS):
        if politely:
            line.client.answer_timeout_s = GOODBYE_TIMEOUT_S
            line.client.logout()
    with contextlib.suppress(OSError):
        line.client.shutdown()


def _connect(account: ImapAccount, where: str) -> Wire:
    context = None if account.security is Security.NONE else tls_context(account.ca_file, account.fingerprint)
    with translated(where, "connect"):
        wire = Wire(
            account.host,
            account.port,
            context=context if account.security is Security.TLS else None,
            connect_timeout_s=account.connect_timeout.total_seconds(),
            max_literal=max(account.max_bytes, MAX_HEADER_BYTES) + 1,
        )
        if account.security is Security.STARTTLS and context is not None:
            try:
                _upgrade(wire, context, where)
            except BaseException:
                wire.shutdown()
                raise
    return wire


def _upgrade(wire: Wire, context: ssl.SSLContext, where: str) -> None:
    # RFC 8314 section 5.2: a PREAUTH greeting is how an attacker in the middle would get around STARTTLS.
    if wire.state != "NONAUTH" or "STARTTLS" not in wire.capabilities:
        raise Unavailable(
            f"{where}: the server does not offer STARTTLS, so nothing was sent",
            remedy='Use security = "tls" with port 993; if the server should offer it, something in between strips it.',
        )
    wire.upgrade(context)


def _log_in_by_password(line: Line, username: str, password: str) -> None:
    if (username + password).isascii():
        line.login(username, password, initial_folder=None)
    else:
        line.login_utf8(username, password, initial_folder=None)


def _log_in_by_token(wire: Wire, account: ImapAccount, where: str, token: str) -> None:
    offered = [name.removeprefix("AUTH=") for name in wire.capabilities if name.startswith("AUTH=")]
    mechanism = sasl.choose(offered, where)
    first = sasl.first_message(mechanism, user=account.username, host=account.host, port=account.port, token=token)
    reasons: list[str] = []

    def answer(challenge: bytes) -> bytes:
        if not challenge and not reasons:
            return first
        reasons.append(sasl.reason(challenge))
        return sasl.answer_to_refusal(mechanism)

    with translated_login(where, account.username, lambda: (" ".join(filter(None, reasons)), sasl.WHEN_REFUSED)):
        wire.authenticate(mechanism, answer)

"""From settings to connections: which server a mailbox is fetched from and sent through."""

import socket
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from mailcase.config import Config, ImapSettings, SmtpSettings
from mailcase.errors import Invalid
from mailcase.transport.account import ImapAccount, SmtpAccount
from mailcase.transport.imap import ImapSession
from mailcase.transport.smtp import SmtpPostman


def imap_session(config: Config, mailbox: str) -> ImapSession:
    """Return an unopened session for a mailbox. Raises Invalid when it has no IMAP server."""
    settings = config.mailboxes[mailbox].imap
    if settings is None:
        raise Invalid(f"mailboxes.{mailbox}: it has no [mailboxes.{mailbox}.imap]; add the server to fetch from.")
    address, max_bytes = config.mailboxes[mailbox].address, config.limits.message_bytes
    return ImapSession(imap_account(settings, f"mailboxes.{mailbox}.imap", address, max_bytes))


def imap_account(settings: ImapSettings, section: str, address: str, max_bytes: int) -> ImapAccount:
    """Return what the session has to know; `section` is where the settings stand."""
    return ImapAccount(
        host=settings.host,
        port=settings.port,
        security=settings.security,
        username=settings.username or address,
        password=partial(settings.read_password, section),
        folder=settings.folder,
        after_filing=settings.after_filing,
        keyword=settings.keyword,
        move_to=settings.move_to,
        ca_file=settings.ca_file,
        fingerprint=settings.fingerprint,
        connect_timeout=timedelta(seconds=settings.connect_timeout_s),
        command_timeout=timedelta(seconds=settings.command_timeout_s),
        idle_timeout=timedelta(seconds=settings.idle_s),
        max_bytes=max_bytes,
    )


def smtp_postman(settings: SmtpSettings, section: str, is_ours: Callable[[int], bool] = lambda _: True) -> SmtpPostman:
    """Return an unconnected postman; `section` is where the settings stand.

    It asks `is_ours` of a mail, by its id, whether it may send it, as late as just before the final dot.
    """
    return SmtpPostman(
        SmtpAccount(
            host=settings.host,
            port=settings.port,
            security=settings.security,
            username=settings.username,
            password=partial(settings.read_password, section),
            helo_name=settings.helo_name or socket.getfqdn(),
            ca_file=settings.ca_file,
            fingerprint=settings.fingerprint,
            connect_timeout=timedelta(seconds=settings.connect_timeout_s),
            command_timeout=timedelta(seconds=settings.command_timeout_s),
            dsn=settings.dsn,
            dot_timeout=timedelta(seconds=settings.data_timeout_s),
        ),
        is_ours,
    )


def smtp_postmen(config: Config, is_ours: Callable[[int], bool] = lambda _: True) -> dict[str, SmtpPostman]:
    """Return a postman for each mailbox that can send; mailboxes with the same server share one connection."""
    by_settings: dict[SmtpSettings, SmtpPostman] = {}
    postmen = {}
    for name in config.mailboxes:
        settings = config.smtp_of(name)
        if settings is not None:
            section = config.smtp_section_of(name)
            postmen[name] = by_settings.setdefault(settings, smtp_postman(settings, section, is_ours))
    return postmen


def smtp_rounds(config: Config, is_ours: Callable[[int], bool] = lambda _: True) -> list[dict[str, SmtpPostman]]:
    """Return the postmen of each connection that may be open at the same time, by the mailboxes that they send for."""
    rounds = []
    by_account: dict[str, list[str]] = {}
    for name in config.mailboxes:
        settings = config.smtp_of(name)
        if settings is not None:
            by_account.setdefault(settings.account, []).append(name)
    for names in by_account.values():
        settings = config.smtp_of(names[0])
        assert settings is not None, "asked for above"
        for _ in range(settings.connections):
            postman = smtp_postman(settings, config.smtp_section_of(names[0]), is_ours)
            rounds.append(dict.fromkeys(names, postman))
    return rounds

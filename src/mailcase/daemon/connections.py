"""From settings to connections: which server a mailbox is fetched from and sent through, and how it logs in there."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from mailcase.config import Config, ImapSettings, OAuthSettings, SmtpSettings
from mailcase.daemon.oauth_logins import oauth_client
from mailcase.errors import Invalid
from mailcase.transport.account import ImapAccount, SmtpAccount, TokenSource
from mailcase.transport.imap import ImapSession
from mailcase.transport.smtp import SmtpPostman
from mailcase.transport.tokens import TokenKeeper


def imap_session(config: Config, mailbox: str, tokens: TokenKeeper) -> ImapSession:
    """Return an unopened session for a mailbox. Raises Invalid when it has no IMAP server."""
    return ImapSession(imap_account(config, mailbox, tokens))


def imap_account(config: Config, mailbox: str, tokens: TokenKeeper) -> ImapAccount:
    """Return what the session has to know. Raises Invalid when the mailbox has no IMAP server."""
    settings = config.mailboxes[mailbox].imap
    if settings is None:
        raise Invalid(f"mailboxes.{mailbox}: it has no [mailboxes.{mailbox}.imap]; add the server to fetch from.")
    username = settings.username or config.mailboxes[mailbox].address
    return ImapAccount(
        host=settings.host,
        port=settings.port,
        security=settings.security,
        username=username,
        password=partial(settings.read_password, f"mailboxes.{mailbox}.imap"),
        tokens=token_source(config, settings, username, tokens),
        folder=settings.folder,
        after_filing=settings.after_filing,
        keyword=settings.keyword,
        move_to=settings.move_to,
        ca_file=settings.ca_file,
        fingerprint=settings.fingerprint,
        connect_timeout=timedelta(seconds=settings.connect_timeout_s),
        command_timeout=timedelta(seconds=settings.command_timeout_s),
        idle_timeout=timedelta(seconds=settings.idle_s),
        max_bytes=config.limits.message_bytes,
    )


def smtp_postman(
    config: Config, mailbox: str, tokens: TokenKeeper, is_ours: Callable[[int], bool] = lambda _: True
) -> SmtpPostman:
    """Return an unconnected postman for a mailbox. Raises Invalid when it has no SMTP server.

    It asks `is_ours` of a mail, by its id, whether it may send it, as late as just before the final dot.
    """
    settings = config.smtp_of(mailbox)
    if settings is None:
        raise Invalid(f"mailboxes.{mailbox}: there is neither [smtp] nor [mailboxes.{mailbox}.smtp]; add a server.")
    return SmtpPostman(
        SmtpAccount(
            host=settings.host,
            port=settings.port,
            security=settings.security,
            username=settings.username,
            password=partial(settings.read_password, config.smtp_section_of(mailbox)),
            tokens=token_source(config, settings, settings.username or "", tokens),
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


def smtp_postmen(
    config: Config, tokens: TokenKeeper, is_ours: Callable[[int], bool] = lambda _: True
) -> dict[str, SmtpPostman]:
    """Return a postman for each mailbox that can send; mailboxes that log in alike share one connection."""
    by_settings: dict[SmtpSettings, SmtpPostman] = {}
    postmen = {}
    for name in config.mailboxes:
        settings = config.smtp_of(name)
        if settings is not None:
            postmen[name] = by_settings.setdefault(settings, smtp_postman(config, name, tokens, is_ours))
    return postmen


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpPlan:
    """One connection that may be open beside the others, and all the settings that it depends on."""

    mailboxes: tuple[str, ...]
    """Those that it sends for: they log in alike."""
    number: int
    """From 1 on, where an account may have several connections."""
    settings: SmtpSettings
    section: str
    oauth: OAuthSettings | None

    @property
    def name(self) -> str:
        """What its thread is called."""
        return f"deliver {', '.join(self.mailboxes)}" + (f" ({self.number})" if self.number > 1 else "")


def smtp_plans(config: Config) -> list[SmtpPlan]:
    """Return the connections that may be open at the same time, each account's own: a slow one holds up no other."""
    by_account: dict[str, list[tuple[str, SmtpSettings]]] = {}
    for name in config.mailboxes:
        settings = config.smtp_of(name)
        if settings is not None:
            by_account.setdefault(settings.account, []).append((name, settings))
    return [
        SmtpPlan(
            mailboxes=tuple(name for name, _ in alike),
            number=number,
            settings=settings,
            section=config.smtp_section_of(first),
            oauth=config.oauth.get(settings.oauth or ""),
        )
        for alike in by_account.values()
        for first, settings in alike[:1]
        for number in range(1, settings.connections + 1)
    ]


def smtp_round(
    config: Config, plan: SmtpPlan, tokens: TokenKeeper, is_ours: Callable[[int], bool] = lambda _: True
) -> dict[str, SmtpPostman]:
    """Return the postman of a planned connection, by the mailboxes that it sends for."""
    return dict.fromkeys(plan.mailboxes, smtp_postman(config, plan.mailboxes[0], tokens, is_ours))


def token_source(
    config: Config, settings: ImapSettings | SmtpSettings, account: str, tokens: TokenKeeper
) -> TokenSource | None:
    """Return where a login gets its tokens, or None when it has a password."""
    if settings.oauth is None:
        return None
    return partial(tokens.token, oauth_client(config, settings.oauth), account)

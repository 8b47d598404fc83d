"""From settings to logins by OAuth 2.0: who logs in by which application, and what a provider is asked with."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from mailcase.config import Config, OAuthSettings
from mailcase.domain.oauth import Grant
from mailcase.transport.oauth_client import OAuthClient, Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthLogin:
    """Somebody who logs in by OAuth 2.0."""

    oauth: str
    """Name of the section."""
    account: str
    mailbox: str
    is_smtp: bool


def oauth_client(config: Config, name: str) -> OAuthClient:
    """Return what to ask a provider with, by the section `[oauth.NAME]`."""
    settings, section = config.oauth[name], f"oauth.{name}"
    return OAuthClient(
        name=name,
        grant=settings.grant,
        client_id=settings.client_id,
        secret=partial(settings.read_secret, section),
        signer=partial(_signer, settings, section) if _has_key(settings) else None,
        is_basic=settings.client_authentication == "basic",
        scope=settings.effective_scope,
        token_url=settings.endpoint("token_url"),
        device_url=settings.endpoint("device_url"),
        authorize_url=settings.endpoint("authorize_url"),
        revoke_url=settings.endpoint("revoke_url"),
        redirect_url=settings.endpoint("redirect_url"),
        prompt=settings.preset.prompt,
        refresh_lifetime=settings.preset.refresh_lifetime,
        ca_file=settings.ca_file,
        timeout=timedelta(seconds=settings.timeout_s),
    )


def oauth_logins(config: Config) -> Iterator[OAuthLogin]:
    """Yield every login by OAuth 2.0, mailbox by mailbox."""
    for name, mailbox in config.mailboxes.items():
        if mailbox.imap and mailbox.imap.oauth:
            account = mailbox.imap.username or mailbox.address
            yield OAuthLogin(oauth=mailbox.imap.oauth, account=account, mailbox=name, is_smtp=False)
        smtp = config.smtp_of(name)
        if smtp and smtp.oauth and smtp.username:
            yield OAuthLogin(oauth=smtp.oauth, account=smtp.username, mailbox=name, is_smtp=True)


def _has_key(settings: OAuthSettings) -> bool:
    return settings.private_key_file is not None or settings.service_account_file is not None


def _signer(settings: OAuthSettings, section: str) -> Signer:
    from mailcase.transport.oauth_assertion import of_private_key, of_service_account  # 8 MB, needed for keys

    if settings.grant is Grant.JWT_BEARER and settings.service_account_file is not None:
        return of_service_account(section, settings.service_account_file)
    assert settings.private_key_file is not None, "asked for above"
    return of_private_key(section, settings.client_id, settings.private_key_file, settings.certificate_file)

"""How tokens are got from a provider: the settings of `[oauth.NAME]`, and what is known of Microsoft and Google."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import Field, SecretStr, model_validator

from mailcase.config.secret import Secret
from mailcase.config.section import Section
from mailcase.config.values import Url
from mailcase.domain.oauth import Grant

Endpoint = Literal["token_url", "device_url", "authorize_url", "revoke_url", "redirect_url"]


class Provider(StrEnum):
    """Whose accounts they are."""

    MICROSOFT = "microsoft"
    """Microsoft 365: Entra ID, formerly Azure Active Directory."""
    GOOGLE = "google"
    """Gmail and Google Workspace."""
    CUSTOM = "custom"
    """Any other: `token_url` and the rest are given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """What is known of a provider; `{tenant}` is filled in."""

    token_url: str = ""
    device_url: str = ""
    authorize_url: str = ""
    revoke_url: str = ""
    redirect_url: str = "http://localhost"
    prompt: str = "consent"
    """What a sign-in by browser asks: many give a refresh token only together with a new consent (OpenID Connect 11)."""
    scopes: dict[Grant, str] = field(default_factory=dict)
    refresh_lifetime: timedelta | None = None
    """How long a refresh token that is not used stays good, where the provider does not say it with each one."""


OUTLOOK = "https://outlook.office.com"
PRESETS = {
    # https://learn.microsoft.com/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth
    Provider.MICROSOFT: Preset(
        token_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",  # noqa: S106 - an address
        device_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/devicecode",
        authorize_url="https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        scopes={
            Grant.REFRESH_TOKEN: f"{OUTLOOK}/IMAP.AccessAsUser.All {OUTLOOK}/SMTP.Send offline_access",
            Grant.CLIENT_CREDENTIALS: "https://outlook.office365.com/.default",
        },
        prompt="select_account",  # a new consent could be one that only administrators may give
        # https://learn.microsoft.com/entra/identity-platform/refresh-tokens#token-lifetime
        refresh_lifetime=timedelta(days=90),
    ),
    # https://developers.google.com/identity/protocols/oauth2/native-app; its device flow gives no access to mail
    Provider.GOOGLE: Preset(
        token_url="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
        revoke_url="https://oauth2.googleapis.com/revoke",
        redirect_url="http://127.0.0.1",
        scopes=dict.fromkeys(Grant, "https://mail.google.com/"),
    ),
    Provider.CUSTOM: Preset(),
}


class OAuthSettings(Section):
    """How to get access tokens for OAuth 2.0. IMAP and SMTP servers name the section by their key `oauth`."""

    provider: Provider = Field(description="`microsoft`, `google` or `custom`.")
    grant: Grant = Field(
        Grant.REFRESH_TOKEN, description="`refresh_token`, `client_credentials` or `jwt_bearer`: see the values below."
    )
    tenant: str = Field("", description="For microsoft: the tenant, by its id or a domain such as example.com.")
    client_id: str = Field("", description="The application's id, as the provider registered it.")
    client_secret: SecretStr | None = Field(None, description="Its secret; better use one of the next three.")
    client_secret_file: Path | None = Field(None, description="File whose first line is the secret.")
    client_secret_env: str | None = Field(None, description="Environment variable that holds the secret.")
    client_secret_credential: str | None = Field(
        None, description="systemd credential (LoadCredential=) with the secret."
    )
    client_secret_expires: date | None = Field(
        None, description="The day the secret ends, as the provider shows it: `mailcase check` warns in time."
    )
    client_authentication: Literal["post", "basic"] = Field(
        "post", description="How the secret is sent: in the form, or by HTTP Basic (RFC 6749 section 2.3.1)."
    )
    private_key_file: Path | None = Field(
        None, description="Private key (PEM) in place of a secret: the request is signed (RFC 7523)."
    )
    certificate_file: Path | None = Field(
        None, description="The certificate (PEM) of that key, as Microsoft knows it; may be the same file."
    )
    service_account_file: Path | None = Field(
        None, description="For jwt_bearer: the key of a service account, as Google gives it (JSON)."
    )
    scope: str = Field("", description="What is asked for; the preset's when empty.")
    token_url: Url = Field("", description="Where tokens are given; the preset's when empty.")
    device_url: Url = Field("", description="Where device codes are given (RFC 8628); the preset's when empty.")
    authorize_url: Url = Field("", description="Where people sign in by browser; the preset's when empty.")
    revoke_url: Url = Field("", description="Where tokens are revoked (RFC 7009); the preset's when empty.")
    redirect_url: Url = Field(
        "",
        description="Where a sign-in by browser ends, as the provider has it registered; the preset's when empty. "
        "Nothing has to answer there.",
    )
    ca_file: Path | None = Field(None, description="Certificate authority to trust instead of the system's, PEM.")
    timeout_s: Annotated[float, Field(gt=0, le=60)] = Field(30, description="For the provider's answer, seconds.")

    @model_validator(mode="after")
    def _is_complete(self) -> "OAuthSettings":
        problem = next((words for is_wrong, words in self._problems() if is_wrong), None)
        if problem:
            raise ValueError(problem)
        return self

    def _problems(self) -> list[tuple[bool, str]]:
        secrets, signs = self._secret.keys, self.private_key_file is not None
        is_account = self.grant is Grant.JWT_BEARER
        is_microsoft = self.provider is Provider.MICROSOFT
        return [
            (len(secrets) > 1, f"{' and '.join(secrets)} are set; keep one"),
            (bool(secrets) and signs, f"{''.join(secrets)} and private_key_file are set; keep one"),
            (is_microsoft and not self.tenant, "tenant is missing; set it to your domain or the tenant's id"),
            (is_microsoft and is_account, "microsoft has no jwt_bearer; use client_credentials"),
            (
                is_microsoft and signs and not self.certificate_file,
                "certificate_file is missing; Microsoft asks for it",
            ),
            (not self.endpoint("token_url"), "token_url is missing; set it"),
            (not self.client_id and not self.service_account_file, "client_id is missing; set it"),
            (is_account and not (self.service_account_file or signs), "service_account_file is missing; set it"),
            (
                not is_account and self.service_account_file is not None,
                'service_account_file needs grant = "jwt_bearer"',
            ),
            (
                self.grant is Grant.CLIENT_CREDENTIALS and not secrets and not signs,
                "a client secret or private_key_file is missing; set one",
            ),
        ]

    @property
    def preset(self) -> Preset:
        """What is known of the provider."""
        return PRESETS[self.provider]

    @property
    def effective_scope(self) -> str:
        """What is asked for."""
        return self.scope or self.preset.scopes.get(self.grant, "")

    def endpoint(self, name: Endpoint) -> str:
        """Return the address under the key `name`: as set, or the preset's, or empty."""
        url: str = getattr(self, name) or getattr(self.preset, name).format(tenant=quote(self.tenant, safe=""))
        return url

    @property
    def _secret(self) -> Secret:
        return Secret(
            name="client_secret",
            value=self.client_secret,
            file=self.client_secret_file,
            env=self.client_secret_env,
            credential=self.client_secret_credential,
        )

    def read_secret(self, section: str) -> str:
        """Return the client secret, or "" without one. Raises Invalid when it cannot be read.

        `section` is where these settings stand, such as `oauth.office`.
        """
        return self._secret.read(section)

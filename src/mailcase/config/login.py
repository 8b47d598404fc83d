"""How to log in to a mail server, and where its password is read."""

from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr, model_validator

from mailcase.config.secret import Secret
from mailcase.config.section import Section
from mailcase.config.values import Fingerprint, Seconds, SectionName, is_loopback


class Security(StrEnum):
    """How a connection to a mail server is protected."""

    TLS = "tls"
    """Implicit TLS from the first byte (RFC 8314 section 3)."""
    STARTTLS = "starttls"
    """Upgraded after the greeting; a server that does not offer it is refused, never used in the clear."""
    NONE = "none"
    """In the clear: only for servers on this machine."""


class Login(Section):
    """How to log in to a server."""

    host: str = Field(min_length=1, description="Name or address of the server.")
    security: Security = Field(Security.TLS, description="`tls`, `starttls`, or `none` for a server on this machine.")
    ca_file: Path | None = Field(None, description="Certificate authority to trust instead of the system's, PEM.")
    fingerprint: Fingerprint | None = Field(
        None,
        description="Trust this certificate of the server and no other, whoever signed it: SHA-256 of it in DER, "
        "hexadecimal. `mailcase check` shows that of a server whose certificate is not trusted.",
    )
    username: str | None = Field(None, description="Defaults to the address of the mailbox.")
    password: SecretStr | None = Field(None, description="The password itself; better use one of the next three.")
    password_file: Path | None = Field(None, description="File whose first line is the password.")
    password_env: str | None = Field(None, description="Environment variable that holds the password.")
    password_credential: str | None = Field(None, description="systemd credential (LoadCredential=) with the password.")
    oauth: SectionName | None = Field(
        None, description="In place of a password: log in by OAuth 2.0, with tokens as `[oauth.NAME]` says."
    )
    connect_timeout_s: Seconds = Field(30, description="For connecting, seconds.")

    @model_validator(mode="after")
    def _clear_text_stays_here(self) -> "Login":
        if self.security is Security.NONE and not is_loopback(self.host):
            raise ValueError(f"security none would send passwords in the clear to {self.host}; use tls or starttls")
        return self

    @model_validator(mode="after")
    def _one_way_to_trust(self) -> "Login":
        if self.fingerprint and self.ca_file:
            raise ValueError("ca_file and fingerprint are set; keep one")
        if self.fingerprint and self.security is Security.NONE:
            raise ValueError("fingerprint is set, and with security none there is no certificate; leave one out")
        return self

    @model_validator(mode="after")
    def _one_password(self) -> "Login":
        given = self._password.keys + ["oauth"] * (self.oauth is not None)
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} are set; keep one")
        return self

    @property
    def password_key(self) -> str:
        """Name of the key that tells the password, empty without one."""
        return next(iter(self._password.keys), "")

    @property
    def _password(self) -> Secret:
        return Secret(
            name="password",
            value=self.password,
            file=self.password_file,
            env=self.password_env,
            credential=self.password_credential,
        )

    def read_password(self, section: str) -> str:
        """Return the password, read anew so that a changed one is used. Raises Invalid when it cannot be read.

        `section` is where these settings stand, such as `smtp`.
        """
        return self._password.read(section)

"""How to log in to a mail server, and where its password is read."""

import os
from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr, model_validator

from mailcase.config.section import Section
from mailcase.config.values import Seconds, first_line, is_loopback
from mailcase.errors import Invalid

PASSWORD_KEYS = ("password", "password_file", "password_env", "password_credential")


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
    username: str | None = Field(None, description="Defaults to the address of the mailbox.")
    password: SecretStr | None = Field(None, description="The password itself; better use one of the next three.")
    password_file: Path | None = Field(None, description="File whose first line is the password.")
    password_env: str | None = Field(None, description="Environment variable that holds the password.")
    password_credential: str | None = Field(None, description="systemd credential (LoadCredential=) with the password.")
    connect_timeout_s: Seconds = Field(30, description="For connecting, seconds.")

    @model_validator(mode="after")
    def _clear_text_stays_here(self) -> "Login":
        if self.security is Security.NONE and not is_loopback(self.host):
            raise ValueError(f"security none would send passwords in the clear to {self.host}; use tls or starttls")
        return self

    @model_validator(mode="after")
    def _one_password(self) -> "Login":
        given = [name for name in PASSWORD_KEYS if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} are set; keep one")
        return self

    @property
    def password_key(self) -> str:
        """Name of the key that tells the password, empty without one."""
        return next((name for name in PASSWORD_KEYS if getattr(self, name) is not None), "")

    def read_password(self) -> str:
        """Return the password, read anew so that a changed one is used. Raises Invalid when it cannot be read."""
        if self.password is not None:
            return self.password.get_secret_value()
        if self.password_env is not None:
            value = os.environ.get(self.password_env)
            if value is None:
                raise Invalid(f"the environment variable {self.password_env} is not set; it should hold the password.")
            return value
        if self.password_credential is not None:
            folder = os.environ.get("CREDENTIALS_DIRECTORY")
            if folder is None:
                raise Invalid(
                    f"no systemd credentials here, so no {self.password_credential}; "
                    "start under systemd with LoadCredential=, or use password_file."
                )
            return first_line(Path(folder) / self.password_credential)
        if self.password_file is not None:
            return first_line(self.password_file)
        return ""

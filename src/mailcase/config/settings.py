"""The settings of the daemon, each with its meaning, unit and default: the documentation is printed from here."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from mailcase.config.values import (
    Address,
    Keyword,
    Language,
    MailboxName,
    Moment,
    Port,
    Seconds,
    ZoneName,
    first_line,
    is_loopback,
)
from mailcase.errors import Invalid

ENVIRONMENT_PREFIX = "MAILCASE_"
PASSWORD_KEYS = ("password", "password_file", "password_env", "password_credential")


class Security(StrEnum):
    """How a connection to a mail server is protected."""

    TLS = "tls"
    """Implicit TLS from the first byte (RFC 8314 section 3)."""
    STARTTLS = "starttls"
    """Upgraded after the greeting; a server that does not offer it is refused, never used in the clear."""
    NONE = "none"
    """In the clear: only for servers on this machine."""


class AfterFiling(StrEnum):
    """What happens on the IMAP server to a mail that is stored with us."""

    KEEP = "keep"
    """Nothing: the position in the folder is remembered by us."""
    KEYWORD = "keyword"
    """The keyword `keyword` is set, where the server has keywords."""
    MOVE = "move"
    """The mail is moved to `move_to`."""


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Desk(_Section):
    """Who you are."""

    name: str = Field("Support", min_length=1, description="Name of the desk, as customers see it.")
    admin: Address | None = Field(None, description="Hears about troubles of the daemon; nobody when empty.")
    time_zone: ZoneName = Field("UTC", description="Time zone in which people are told dates.")
    language: Language = Field("en", description="Language of mails when the customer's is unknown, ISO 639-1.")
    authserv_id: str = Field(
        "",
        description="The name under which your own mail server writes Authentication-Results (RFC 8601 section 2.5).",
    )


class DatabaseSettings(_Section):
    """Where everything is kept."""

    url: str = Field(
        "sqlite:///mailcase.db",
        description="`sqlite:///FILE` or `postgresql://user@host/name` (PostgreSQL 15 or later).",
    )
    password_file: Path | None = Field(None, description="File with the password of PostgreSQL.")

    def url_with_password(self) -> str:
        """Return the URL with the password of `password_file` in it. Raises Invalid when that cannot be read."""
        scheme, separator, rest = self.url.partition("://")
        if self.password_file is None or not separator:
            return self.url
        user, at, host = rest.rpartition("@")
        if not at or ":" in user:
            raise Invalid(
                "database.password_file: the url needs a user and no password, as postgresql://user@host/name."
            )
        return f"{scheme}://{user}:{quote(first_line(self.password_file), safe='')}@{host}"


class Paths(_Section):
    """The folders that you edit."""

    rules: Path = Field(Path("rules"), description="Folder of the rule files.")
    templates: Path = Field(
        Path("templates"), description="Folder of the templates; what it lacks is taken as shipped."
    )


class Login(_Section):
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


class ImapSettings(Login):
    """Where the mail of a mailbox is fetched."""

    port: Port = Field(993, description="993 for tls, 143 for starttls.")
    folder: str = Field("INBOX", min_length=1, description="Folder that is watched.")
    poll_s: Seconds = Field(60, description="Longest time between two looks, IDLE or not, seconds.")
    idle_s: Annotated[float, Field(gt=0, le=1740)] = Field(
        540, description="Longest IDLE, seconds (RFC 2177 allows 29 minutes)."
    )
    command_timeout_s: Seconds = Field(120, description="For the server's answer to a command, seconds.")
    after_filing: AfterFiling = Field(AfterFiling.KEEP, description="`keep`, `keyword` or `move`.")
    keyword: Keyword = Field("$MailcaseStored", description="For `keyword`.")
    move_to: str = Field("Mailcase", min_length=1, description="Folder for `move`; made when it is missing.")


class SmtpSettings(Login):
    """Where mail is handed over for sending."""

    port: Port = Field(465, description="465 for tls, 587 for starttls, 25 for none.")
    username: str | None = Field(None, description="Without it there is no login.")
    helo_name: str = Field("", description="Name we greet with; this machine's when empty.")
    command_timeout_s: Seconds = Field(300, description="For the answer to a command (RFC 5321 4.5.3.2), seconds.")
    data_timeout_s: Seconds = Field(600, description="For the answer to the final dot (RFC 5321 4.5.3.2), seconds.")

    @model_validator(mode="after")
    def _a_password_has_a_user(self) -> "SmtpSettings":
        if self.password_key and not self.username:
            raise ValueError(f"{self.password_key} is set and username is not; set both, or neither for no login")
        return self


class MailboxSettings(_Section):
    """A support mailbox."""

    address: Address = Field(description="The address that customers write to.")
    name: str = Field("", description="Display name of mail from it; the desk's name when empty.")
    aliases: tuple[Address, ...] = Field((), description="Other addresses that deliver into it.")
    queue: str = Field("", description="Queue of its cases when no routing rule decides.")
    language: Language | None = Field(
        None, description="Language when the customer's is unknown; the desk's when empty."
    )
    since: Moment | None = Field(
        None,
        description="On the first contact mail from this moment on is taken, ISO 8601 with its zone, or `all`; "
        "when empty: from the moment the database was made.",
    )
    subaddress: bool = Field(
        False, description="The server delivers support+anything@… to support@…: replies are then found by address too."
    )
    imap: ImapSettings | None = Field(None, description="Where its mail is fetched.")
    smtp: SmtpSettings | None = Field(None, description="Where its mail is sent; `[smtp]` when empty.")


class LimitSettings(_Section):
    """Bounds. A mail past one is held with that reason, never dropped."""

    message_bytes: int = Field(35_000_000, gt=0, description="Largest mail that is fetched.")
    header_block_bytes: int = Field(256_000, gt=0, description="Largest header block.")
    header_bytes: int = Field(64_000, gt=0, description="Largest single header field.")
    headers: int = Field(1000, gt=0, description="Header fields.")
    depth: int = Field(20, gt=0, description="Nested MIME levels.")
    parts: int = Field(500, gt=0, description="MIME parts.")
    addresses: int = Field(200, gt=0, description="Addresses in To and Cc.")
    attachments: int = Field(100, gt=0, description="Attachments.")
    attachment_bytes: int = Field(25_000_000, gt=0, description="Largest attachment, decoded.")
    hops: int = Field(50, gt=0, description="Received fields.")
    acknowledgements_per_address_hour: int = Field(1, ge=0, description="Automatic mails to one address in an hour.")
    acknowledgements_per_address_day: int = Field(3, ge=0, description="Automatic mails to one address in a day.")
    acknowledgements_per_domain_hour: int = Field(20, ge=0, description="Automatic mails to one domain in an hour.")
    acknowledgements_per_hour: int = Field(200, ge=0, description="Automatic mails in an hour, in all.")
    free_space_bytes: int | None = Field(
        None,
        ge=0,
        description="No mail is fetched while the disk of the SQLite file has less free; "
        "1.5 times message_bytes and 200 MB when empty.",
    )


class LogSettings(_Section):
    """What the daemon tells about itself."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least important lines shown.")
    format: Literal["auto", "console", "json"] = Field(
        "auto", description="`auto`: for people on a terminal, JSON otherwise."
    )


class WebSettings(_Section):
    """Pages for monitoring: /healthz, /readyz and /metrics. There is no customer data in them."""

    port: Port | None = Field(None, description="Port to listen on, such as 9464; nothing listens when empty.")
    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on.")


class Config(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix=ENVIRONMENT_PREFIX, env_nested_delimiter="__"
    )

    desk: Desk = Field(default_factory=lambda: Desk())  # noqa: PLW0108 - pydantic fills the defaults at call time
    database: DatabaseSettings = Field(default_factory=lambda: DatabaseSettings())  # noqa: PLW0108
    paths: Paths = Field(default_factory=lambda: Paths())  # noqa: PLW0108
    smtp: SmtpSettings | None = Field(None, description="Default way of sending for every mailbox.")
    mailboxes: dict[MailboxName, MailboxSettings] = Field(default_factory=dict)
    limits: LimitSettings = Field(default_factory=lambda: LimitSettings())  # noqa: PLW0108
    log: LogSettings = Field(default_factory=lambda: LogSettings())  # noqa: PLW0108
    web: WebSettings = Field(default_factory=lambda: WebSettings())  # noqa: PLW0108

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file, which comes as the initial values."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings

    @model_validator(mode="after")
    def _addresses_are_distinct(self) -> "Config":
        seen: dict[str, str] = {}
        for name, mailbox in self.mailboxes.items():
            for address in (mailbox.address, *mailbox.aliases):
                if address in seen:
                    raise ValueError(
                        f"mailboxes {seen[address]} and {name} share the address {address}; each needs its own"
                    )
                seen[address] = name
        return self

    def smtp_of(self, mailbox: str) -> SmtpSettings | None:
        """Return the way of sending of the mailbox with this name."""
        return self.mailboxes[mailbox].smtp or self.smtp

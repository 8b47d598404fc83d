"""The settings of the daemon, each with its meaning, unit and default: the documentation is printed from here."""

from pathlib import Path
from typing import Literal
from urllib.parse import quote

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from mailcase.config.canary import CanarySettings
from mailcase.config.dkim import DkimSettings
from mailcase.config.limits import LimitSettings
from mailcase.config.local import LmtpSettings, MaildirSettings
from mailcase.config.login import Login
from mailcase.config.oauth import OAuthSettings
from mailcase.config.retention import RetentionSettings
from mailcase.config.secret import first_line
from mailcase.config.section import Section
from mailcase.config.servers import ImapSettings, SmtpSettings
from mailcase.config.values import (
    Address,
    Language,
    MailboxName,
    Moment,
    Port,
    SectionName,
    ZoneName,
)
from mailcase.domain.mailbox import Copies, ReturnPath
from mailcase.errors import Invalid

ENVIRONMENT_PREFIX = "MAILCASE_"


class Desk(Section):
    """Who you are."""

    name: str = Field("Support", min_length=1, description="Name of the desk, as customers see it.")
    admin: Address | None = Field(None, description="Hears about troubles of the daemon; nobody when empty.")
    time_zone: ZoneName = Field("UTC", description="Time zone in which people are told dates.")
    language: Language = Field("en", description="Language of mails when the customer's is unknown, ISO 639-1.")
    copies: Copies = Field(
        Copies.ONE_CASE,
        description="One mail to several of the mailboxes: `one_case`, or `one_per_mailbox`. "
        "It is acknowledged once, and a copy in the same mailbox is never filed again.",
    )
    authserv_id: str = Field(
        "",
        description="The name under which your own mail server writes Authentication-Results (RFC 8601 section 2.5).",
    )


class DatabaseSettings(Section):
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
        password = first_line(self.password_file, "database.password_file")
        return f"{scheme}://{user}:{quote(password, safe='')}@{host}"


class Paths(Section):
    """The folders that you edit."""

    rules: Path = Field(Path("rules"), description="Folder of the rule files.")
    templates: Path = Field(
        Path("templates"), description="Folder of the templates; what it lacks is taken as shipped."
    )
    articles: Path = Field(Path("articles"), description="Folder of the articles; it need not be there.")


class MailboxSettings(Section):
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
        "when empty: from the moment the desk has the mailbox. It counts as well when the server renumbers the folder.",
    )
    subaddress: bool = Field(
        False, description="The server delivers support+anything@… to support@…: replies are then found by address too."
    )
    return_path: ReturnPath = Field(
        ReturnPath.ADDRESS,
        description="Where reports on undelivered answers come back: to the `address`, or with a signed `token` in it "
        "that tells the exact mail. Needs `subaddress`, and a server that lets it send from support+anything@….",
    )
    bcc: tuple[Address, ...] = Field(
        (), description="Gets a copy of each mail to customers, such as an archive; customers do not see it."
    )
    dkim: DkimSettings | None = Field(None, description="How its mail is signed; it is not when empty.")
    imap: ImapSettings | None = Field(None, description="Where its mail is fetched.")
    maildir: MaildirSettings | None = Field(None, description="The folder that its mail is delivered into.")
    smtp: SmtpSettings | None = Field(None, description="Where its mail is sent; `[smtp]` when empty.")

    @model_validator(mode="after")
    def _one_source(self) -> "MailboxSettings":
        if self.imap and self.maildir:
            raise ValueError("it has both imap and maildir; keep one, or make another mailbox of the other")
        if self.return_path is ReturnPath.TOKEN and not self.subaddress:
            raise ValueError('return_path = "token" needs subaddress = true, or reports would come back to nobody')
        return self


class LogSettings(Section):
    """What the daemon tells about itself."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least important lines shown.")
    format: Literal["auto", "console", "json"] = Field(
        "auto", description="`auto`: for people on a terminal, JSON otherwise."
    )


class WebSettings(Section):
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
    oauth: dict[SectionName, OAuthSettings] = Field(default_factory=dict)
    smtp: SmtpSettings | None = Field(None, description="Default way of sending for every mailbox.")
    mailboxes: dict[MailboxName, MailboxSettings] = Field(default_factory=dict)
    limits: LimitSettings = Field(default_factory=lambda: LimitSettings())  # noqa: PLW0108
    lmtp: LmtpSettings = Field(default_factory=lambda: LmtpSettings())  # noqa: PLW0108
    canary: CanarySettings = Field(default_factory=lambda: CanarySettings())  # noqa: PLW0108
    retention: RetentionSettings = Field(default_factory=lambda: RetentionSettings())  # noqa: PLW0108
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

    @model_validator(mode="after")
    def _oauth_sections_are_there(self) -> "Config":
        logins: list[tuple[str, Login | None]] = [("smtp", self.smtp)]
        for name, mailbox in self.mailboxes.items():
            logins += [(f"mailboxes.{name}.imap", mailbox.imap), (f"mailboxes.{name}.smtp", mailbox.smtp)]
        for section, login in logins:
            if login and login.oauth and login.oauth not in self.oauth:
                raise ValueError(f"{section}.oauth names {login.oauth}, and there is no [oauth.{login.oauth}]; add it")
        return self

    def smtp_of(self, mailbox: str) -> SmtpSettings | None:
        """Return the way of sending of the mailbox with this name; with oauth it logs in as itself unless told otherwise."""
        found = self.mailboxes[mailbox].smtp or self.smtp
        if found is None or found.oauth is None or found.username:
            return found
        return found.model_copy(update={"username": self.mailboxes[mailbox].address})

    def smtp_section_of(self, mailbox: str) -> str:
        """Return the name of the section that `smtp_of` comes from."""
        return f"mailboxes.{mailbox}.smtp" if self.mailboxes[mailbox].smtp else "smtp"

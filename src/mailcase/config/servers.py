"""The servers that mail is fetched from and sent by."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field, model_validator

from mailcase.config.login import Login
from mailcase.config.values import Duration, Keyword, Port, Rates, Seconds

DELETE_AFTER = timedelta(days=30)


class AfterFiling(StrEnum):
    """What happens on the IMAP server to a mail that is stored with us."""

    KEEP = "keep"
    """Nothing: the position in the folder is remembered by us."""
    KEYWORD = "keyword"
    """The keyword `keyword` is set, where the server has keywords."""
    MOVE = "move"
    """The mail is moved to `move_to`."""
    DELETE = "delete"
    """The mail is deleted `delete_after` it was filed or skipped; held mail never is."""


class ImapSettings(Login):
    """Where the mail of a mailbox is fetched."""

    port: Port = Field(993, description="993 for tls, 143 for starttls.")
    folder: str = Field("INBOX", min_length=1, description="Folder that is watched.")
    poll_s: Seconds = Field(60, description="Longest time between two looks, IDLE or not, seconds.")
    idle_s: Annotated[float, Field(gt=0, le=1740)] = Field(
        540, description="Longest IDLE, seconds (RFC 2177 allows 29 minutes)."
    )
    command_timeout_s: Seconds = Field(120, description="For the server's answer to a command, seconds.")
    after_filing: AfterFiling = Field(AfterFiling.KEEP, description="`keep`, `keyword`, `move` or `delete`.")
    keyword: Keyword = Field("$MailcaseStored", description="For `keyword`.")
    move_to: str = Field("Mailcase", min_length=1, description="Folder for `move`; made when it is missing.")
    delete_after: Duration = Field(DELETE_AFTER, description="For `delete`: how long the server keeps filed mail.")


class DsnRequest(StrEnum):
    """Which delivery reports a server that offers them (RFC 3461) is asked for."""

    NONE = "none"
    """The server is asked for nothing: it does as it likes."""
    FAILURE = "failure"
    """When a mail cannot be delivered, or not yet. For automatic mail with the null return path: never."""
    ALL = "all"
    """When a mail was delivered too."""


class SmtpSettings(Login):
    """Where mail is handed over for sending."""

    port: Port = Field(465, description="465 for tls, 587 for starttls, 25 for none.")
    username: str | None = Field(
        None, description="Without it there is no login; with oauth, the address of the mailbox."
    )
    helo_name: str = Field("", description="Name we greet with; this machine's when empty.")
    connections: Annotated[int, Field(ge=1, le=20)] = Field(2, description="Connections at the same time, at most.")
    rate: Rates = Field(
        (),
        description='What the provider allows, such as `["30/minute", "10000/day"]`; more waits, the words of people go '
        "first.",
    )
    dsn: DsnRequest = Field(DsnRequest.FAILURE, description="Delivery reports to ask for: `none`, `failure` or `all`.")
    command_timeout_s: Seconds = Field(300, description="For the answer to a command (RFC 5321 4.5.3.2), seconds.")
    data_timeout_s: Seconds = Field(600, description="For the answer to the final dot (RFC 5321 4.5.3.2), seconds.")

    @model_validator(mode="after")
    def _a_password_has_a_user(self) -> "SmtpSettings":
        if self.password_key and not self.username:
            raise ValueError(f"{self.password_key} is set and username is not; set both, or neither for no login")
        return self

    @property
    def account(self) -> str:
        """Who we are to which server: what its rates are for."""
        return f"{self.username or ''}@{self.host}:{self.port}"

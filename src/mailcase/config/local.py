"""Where mail is taken that an MTA delivers on this machine: a Maildir, or our own LMTP listener."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from pydantic import Field

from mailcase.config.section import Section
from mailcase.config.values import Duration, Listen, Mode, Seconds


class AfterTaking(StrEnum):
    """What happens to the file of a mail that is stored with us."""

    KEEP = "keep"
    """It is moved from new/ to cur/, as by any program that has seen it, and stays there."""
    DELETE = "delete"
    """It is moved to cur/, and deleted `delete_after` it was filed or skipped; held mail never is."""


class MaildirSettings(Section):
    """A Maildir that a mail server of this machine delivers into."""

    path: Path = Field(Path("~/Maildir"), description="The folder that has new/, cur/ and tmp/.")
    folders: tuple[str, ...] = Field(
        ("INBOX",), min_length=1, description="Folders in it (Maildir++), such as `INBOX` or `Support/Anfragen`."
    )
    poll_s: Seconds = Field(5, description="Time between two looks, seconds.")
    after_filing: AfterTaking = Field(AfterTaking.KEEP, description="`keep` or `delete`.")
    delete_after: Duration = Field(timedelta(days=30), description="For `delete`: how long filed mail stays.")


class LmtpSettings(Section):
    """The LMTP listener (RFC 2033): a mail server of this machine hands over mail for every mailbox."""

    listen: Listen | None = Field(
        None,
        description="`unix:/run/mailcase/lmtp`, `inet:127.0.0.1:2424`, or `systemd` for the socket that a unit "
        "passes; nothing listens when empty.",
    )
    mode: Mode = Field("0660", description="Permissions of the Unix socket, octal: who may write to it may deliver.")

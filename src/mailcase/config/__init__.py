"""The daemon's settings: one typed TOML file, overridden by environment variables."""

from mailcase.config.load import FILE_NAME, load_config
from mailcase.config.settings import (
    AfterFiling,
    Config,
    ImapSettings,
    LimitSettings,
    MailboxSettings,
    Security,
    SmtpSettings,
    WebSettings,
)

__all__ = [
    "FILE_NAME",
    "AfterFiling",
    "Config",
    "ImapSettings",
    "LimitSettings",
    "MailboxSettings",
    "Security",
    "SmtpSettings",
    "WebSettings",
    "load_config",
]

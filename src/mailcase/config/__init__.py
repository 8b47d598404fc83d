"""The daemon's settings: one typed TOML file, overridden by environment variables."""

from mailcase.config.canary import CanarySettings
from mailcase.config.dkim import DkimSettings
from mailcase.config.limits import LimitSettings
from mailcase.config.load import FILE_NAME, load_config
from mailcase.config.local import AfterTaking, LmtpSettings, MaildirSettings
from mailcase.config.login import Security
from mailcase.config.oauth import OAuthSettings, Provider
from mailcase.config.retention import RetentionSettings
from mailcase.config.servers import AfterFiling, DsnRequest, ImapSettings, SmtpSettings
from mailcase.config.settings import Config, MailboxSettings, WebSettings

__all__ = [
    "FILE_NAME",
    "AfterFiling",
    "AfterTaking",
    "CanarySettings",
    "Config",
    "DkimSettings",
    "DsnRequest",
    "ImapSettings",
    "LimitSettings",
    "LmtpSettings",
    "MailboxSettings",
    "MaildirSettings",
    "OAuthSettings",
    "Provider",
    "RetentionSettings",
    "Security",
    "SmtpSettings",
    "WebSettings",
    "load_config",
]

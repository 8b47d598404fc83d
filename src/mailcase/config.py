"""The daemon's settings: one flat typed TOML file, overridden by environment variables and systemd credentials."""

from enum import StrEnum


class Security(StrEnum):
    """How a connection to a mail server is protected."""

    TLS = "tls"
    """Implicit TLS from the first byte (RFC 8314 section 3)."""
    STARTTLS = "starttls"
    """Upgraded after the greeting; a server that does not offer it is refused, never used in the clear."""
    NONE = "none"
    """In the clear: only for servers on this machine."""

"""How mail of a mailbox is signed."""

from pathlib import Path

from pydantic import Field

from mailcase.config.section import Section
from mailcase.config.values import DomainName


class DkimSettings(Section):
    """DKIM signatures (RFC 6376) on mail from this mailbox; leave it out when your mail server signs."""

    domain: DomainName | None = Field(
        None, description="Domain that signs: that of the address when empty, or above it."
    )
    selector: DomainName = Field(description="Name of the key, such as `mailcase1`: SELECTOR._domainkey.DOMAIN in DNS.")
    private_key_file: Path = Field(description="PEM file with an RSA or Ed25519 private key, without a password.")

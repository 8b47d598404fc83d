"""A certificate authority of the test's own."""

from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """PEM files: the authority, and a certificate with key for the name localhost, not for its number."""

    ca: Path
    certificate: Path
    key: Path

    @classmethod
    def create(cls, folder: Path) -> "Certificates":
        authority = trustme.CA()
        issued = authority.issue_cert("localhost")
        made = cls(ca=folder / "ca.pem", certificate=folder / "server.pem", key=folder / "server.key")
        authority.cert_pem.write_to_path(made.ca)
        for number, blob in enumerate(issued.cert_chain_pems):
            blob.write_to_path(made.certificate, append=number > 0)
        issued.private_key_pem.write_to_path(made.key)
        return made

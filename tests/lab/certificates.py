"""A certificate authority of the test's own."""

import hashlib
import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """PEM files: the authority, and a certificate with key for the name localhost, not for its number."""

    ca: Path
    certificate: Path
    key: Path

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the server's certificate, as the settings take it."""
        first = self.certificate.read_text().split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----"
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(first)).hexdigest()

    def server_context(self) -> ssl.SSLContext:
        """Return a context for a server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context

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

"""Why a mail server was not reached, in words that a person can act on; the same for IMAP and SMTP."""

import socket
import ssl
from pathlib import Path

from mailcase.errors import Unavailable

CERTIFICATE_REMEDY = (
    "Use the host name that the certificate was made for, or name the authority that signed it in ca_file."
)
# From the narrow to the wide: the first that fits.
REASONS: tuple[tuple[type[BaseException], str, str], ...] = (
    (
        ssl.SSLError,
        "it does not speak TLS as it should",
        "Check port and security: implicit TLS is usual on 993 and 465, starttls on 143 and 587.",
    ),
    (socket.gaierror, "the name is not known", "Check the host name and this machine's DNS."),
    (ConnectionRefusedError, "nothing listens there", "Check host and port, and that the server runs."),
    (TimeoutError, "no answer in time", "Check host, port and any firewall between; it is tried again."),
    (ConnectionError, "the connection was cut", "It is tried again; if it stays so, look into the server's log."),
)


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Return a context that verifies the certificate and the host name.

    Raises `Unavailable` when `ca_file` cannot be read.
    """
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise Unavailable(
            f"{ca_file}: no readable certificates ({error})",
            remedy="Point ca_file at a PEM file of trusted certificates.",
        ) from error


def unreachable(where: str, error: BaseException) -> Unavailable:
    """Return the error that tells why `where` (host:port) could not be spoken to."""
    what, remedy = _reason(error)
    return Unavailable(f"{where}: {what}", remedy=remedy)


def one_line(text: object, most: int = 300) -> str:
    """Return what a server said as one printable line of at most `most` characters."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    printable = "".join(character if character.isprintable() else " " for character in str(text))
    return " ".join(printable.split())[:most]


def _reason(error: BaseException) -> tuple[str, str]:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({one_line(error.verify_message)})", CERTIFICATE_REMEDY
    for kind, what, remedy in REASONS:
        if isinstance(error, kind):
            return what, remedy
    words = error.strerror if isinstance(error, OSError) and error.strerror else error
    return one_line(words) or type(error).__name__, "Check the network, and look into the server's log."

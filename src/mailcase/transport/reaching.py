"""Why a mail server was not reached, in words that a person can act on; the same for IMAP and SMTP."""

import socket
import ssl

from mailcase.errors import Unavailable
from mailcase.transport.trust import untrusted

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


def unreachable(where: str, error: BaseException) -> Unavailable:
    """Return the error that tells why `where` (host:port) could not be spoken to."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return untrusted(where, error, one_line(error.verify_message))
    what, remedy = _reason(error)
    return Unavailable(f"{where}: {what}", remedy=remedy)


def one_line(text: object, most: int = 300) -> str:
    """Return what a server said as one printable line of at most `most` characters."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    printable = "".join(character if character.isprintable() else " " for character in str(text))
    return " ".join(printable.split())[:most]


def _reason(error: BaseException) -> tuple[str, str]:
    for kind, what, remedy in REASONS:
        if isinstance(error, kind):
            return what, remedy
    words = error.strerror if isinstance(error, OSError) and error.strerror else error
    return one_line(words) or type(error).__name__, "Check the network, and look into the server's log."

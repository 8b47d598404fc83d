"""Which certificate of a server is trusted: one that an authority signed for its name, or a single pinned one.

A pinned certificate is compared at the end of the TLS handshake, before a byte of ours goes over the line, whatever
library drives it: so says the context that all of them are given.
"""

import hashlib
import hmac
import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any

from mailcase.errors import Unavailable

NO_FINGERPRINT = "0" * 64
"""Pinned by whoever only wants to see the server's own: no certificate has it."""
SIGNED_REMEDY = "Use the host name that the certificate was made for, or name the authority that signed it in ca_file."


class NotPinned(ssl.SSLCertVerificationError):
    """The server shows another certificate than the pinned one; `fingerprint` is what it shows."""

    def __init__(self, fingerprint: str) -> None:
        super().__init__(f"its fingerprint is {fingerprint}")
        self.verify_message = "not the pinned certificate"  # OpenSSL sets it on errors of its own
        self.fingerprint = fingerprint


class Untrusted(Unavailable):
    """A server whose certificate is not trusted; `fingerprint` is what it shows, as far as that is known."""

    def __init__(self, message: str, *, remedy: str, fingerprint: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.fingerprint = fingerprint

    def having_shown(self, fingerprint: str) -> "Untrusted":
        """Return the error with the fingerprint that the server shows, for who may want to pin it."""
        told = f"Or, if the server's own administrator reads the same there, pin it: {pin_line(fingerprint)}"
        return Untrusted(str(self), remedy=f"{self.remedy} {told}", fingerprint=fingerprint)


def tls_context(ca_file: Path | None, fingerprint: str | None = None, *, is_shared: bool = True) -> ssl.SSLContext:
    """Return a context that verifies the certificate and the host name, or else that the certificate is the pinned one.

    `fingerprint` is the SHA-256 of the certificate in DER, as 64 small hexadecimal digits. A shared context
    must not be changed: give a library that does so (httpx names protocols in it) one of its own. Raises `Unavailable` when
    `ca_file` cannot be read.
    """
    if fingerprint is not None:
        return _pinning(fingerprint)
    try:
        return _signed(ca_file, _changed_at(ca_file)) if is_shared else ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise Unavailable(
            f"{ca_file}: no readable certificates ({error})",
            remedy="Point ca_file at a PEM file of trusted certificates.",
        ) from error


@lru_cache(maxsize=8)
def _signed(ca_file: Path | None, changed_at: tuple[int, ...]) -> ssl.SSLContext:  # noqa: ARG001 - part of the key
    """Return the one context for these authorities: with those of the system it takes 1 MB, and 10 ms to make."""
    return ssl.create_default_context(cafile=ca_file)


def _changed_at(ca_file: Path | None) -> tuple[int, ...]:
    """Return when the file of authorities was changed last, or those of the system, in nanoseconds."""
    system = ssl.get_default_verify_paths()
    places = [ca_file] if ca_file else [Path(place) for place in (system.cafile, system.capath) if place]
    return tuple(place.stat().st_mtime_ns for place in places if place.exists())


def pin_line(fingerprint: str) -> str:
    """Return the line of the settings that pins a certificate."""
    return f'fingerprint = "{fingerprint}".'


def untrusted(where: str, error: ssl.SSLCertVerificationError, reason: str) -> Untrusted:
    """Return the error for a certificate of `where` (host:port) that is not trusted; `reason` is in OpenSSL's words."""
    if not isinstance(error, NotPinned):
        return Untrusted(f"{where}: its certificate is not trusted ({reason})", remedy=SIGNED_REMEDY)
    return Untrusted(
        f"{where}: its certificate is not the pinned one (its fingerprint is {error.fingerprint})",
        remedy="If the server has a new certificate, which its administrator can tell, change fingerprint; "
        "else something in between answers in its place.",
        fingerprint=error.fingerprint,
    )


def _pinning(fingerprint: str) -> ssl.SSLContext:
    # https://docs.python.org/3/library/ssl.html#ssl.SSLContext.sslsocket_class and its sibling for asyncio
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # an authority has no say: the certificate itself is compared

    def compare(connection: ssl.SSLSocket | ssl.SSLObject) -> None:
        shown = hashlib.sha256(connection.getpeercert(binary_form=True) or b"").hexdigest()
        if not hmac.compare_digest(shown, fingerprint):
            raise NotPinned(shown)

    class PinnedSocket(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            super().do_handshake(block)
            compare(self)

    class PinnedObject(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            compare(self)

    kinds: Any = (PinnedSocket, PinnedObject)  # typeshed has them as the classes themselves
    context.sslsocket_class, context.sslobject_class = kinds
    return context
